//! How much memory, and how much time, large objects take on their way to a
//! share and back. A program of its own: the peak of one is that of all.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failing step of a test is a failing test")]
#![expect(clippy::print_stdout, reason = "rates and memory are shown to whoever asks")]

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use model::{SystemClock, SystemRandom};
use providers::{Context, Missing, Secret, Values};
use servers::Samba;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use storage::{Body, ByteRange, Cancel, Key, PutMode, Store, retry::Policy};

const MIB: u64 = 1 << 20;

async fn open(samba: &Samba) -> Arc<dyn Store> {
    let mut values = Values::default();
    let port = samba.port().to_string();
    for (key, value) in
        [("host", "127.0.0.1"), ("port", &*port), ("user", samba.user()), ("share", "backup")]
    {
        values.plain.insert(key.into(), value.into());
    }
    values.secret.insert("password".into(), Secret::new(samba.password().into()));
    let context = Context {
        random: Arc::new(SystemRandom),
        clock: Arc::new(SystemClock),
        patience: Policy::PERSON,
    };
    providers::find("smb")
        .unwrap()
        .open(&values, Missing::Make, &context, &Cancel::new())
        .await
        .unwrap()
}

/// What a piece of the object holds. No two are alike.
fn piece(at: u64) -> Bytes {
    let mut bytes = vec![0; MIB as usize];
    for (word, place) in bytes.chunks_exact_mut(8).enumerate() {
        let word = (at << 20 | word as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        place.copy_from_slice(&word.to_le_bytes());
    }
    bytes.into()
}

fn body(pieces: u64) -> Body {
    Body::replayable(pieces * MIB, move || {
        stream::iter((0..pieces).map(|at| Ok(piece(at)))).boxed()
    })
}

/// The peak of this process's memory in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

async fn there_and_back(pieces: u64) -> (Duration, Duration) {
    let samba = Samba::start("password").unwrap();
    let store = open(&samba).await;
    let (key, cancel) = (Key::new("object").unwrap(), Cancel::new());
    let before = peak();
    let since = Instant::now();
    store.put(&key, body(pieces), PutMode::CreateNew, &cancel).await.unwrap();
    let written = since.elapsed();
    let grown = peak() - before;
    assert!(grown <= 64, "writing took {grown} MiB of memory");

    let since = Instant::now();
    let mut reading = store.get(&key, ByteRange::Whole, &cancel).await.unwrap();
    let (mut seen, mut expected) = (0, Bytes::new());
    while let Some(bytes) = reading.next().await.transpose().unwrap() {
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            if expected.is_empty() {
                expected = piece(seen / MIB);
            }
            let part = rest.len().min(expected.len());
            assert!(rest[..part] == expected.split_to(part)[..], "other bytes at {seen}");
            rest = &rest[part..];
            seen += part as u64;
        }
    }
    assert_eq!(seen, pieces * MIB);
    let read = since.elapsed();
    let grown = peak() - before;
    assert!(grown <= 64, "reading took {grown} MiB of memory");
    let rate = |time: Duration| (pieces as f64 / time.as_secs_f64()).round();
    println!("{pieces} MiB: {} MiB/s there, {} MiB/s back", rate(written), rate(read));
    println!("{grown} MiB of memory");
    (written, read)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_object_takes_little_memory() {
    there_and_back(1024).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "writes 4 GiB"]
async fn an_object_larger_than_32_bits_can_count_takes_little_memory() {
    there_and_back(4100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement; by itself, and optimised"]
async fn rates_beside_those_of_smbclient() {
    there_and_back(1024).await;
    let samba = Samba::start("password").unwrap();
    let place = tempfile::tempdir().unwrap();
    let (sent, fetched) = (place.path().join("sent"), place.path().join("fetched"));
    let pieces: Vec<u8> = (0..1024).flat_map(|at| piece(at).to_vec()).collect();
    std::fs::write(&sent, pieces).unwrap();
    for (way, command) in [
        ("there", format!("put {} object", sent.display())),
        ("back", format!("get object {}", fetched.display())),
    ] {
        let since = Instant::now();
        samba.client("backup", &command).unwrap();
        println!("smbclient: {} MiB/s {way}", (1024.0 / since.elapsed().as_secs_f64()).round());
    }
}
