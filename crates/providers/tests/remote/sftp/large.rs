//! Large objects: how much memory they take, and how fast they are.

use super::Said;
use crate::{key, never, noise};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use servers::{ClientKey, OpenSsh};
use std::{
    fmt::Write as _,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use storage::{Body, ByteRange, PutMode, Store};

const MIB: u64 = 1 << 20;
/// Memory that a large object may take.
const GROWTH: u64 = 64 * MIB;

/// An object that is made while it is sent.
fn generated(length: u64) -> Body {
    let piece = noise(9, MIB as usize);
    Body::replayable(length, move || {
        let piece = piece.clone();
        let pieces = (0..length.div_ceil(MIB)).map(move |at| {
            let left = (length - at * MIB).min(MIB);
            Ok(piece.slice(..left as usize))
        });
        stream::iter(pieces).boxed()
    })
}

/// The most memory this process has had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

/// Writes an object and reads it back.
async fn there_and_back(store: &dyn Store, length: u64) {
    let name = key("data/large");
    store.put(&name, generated(length), PutMode::CreateNew, &never()).await.unwrap();
    assert_eq!(store.stat(&name, &never()).await.unwrap().unwrap().length, length);
    let expected = noise(9, MIB as usize);
    let mut reading = store.get(&name, ByteRange::Whole, &never()).await.unwrap();
    let mut seen = 0;
    while let Some(piece) = reading.next().await {
        let mut piece: Bytes = piece.unwrap();
        if seen == 0 {
            // Whoever takes his time is not sent more than he can hold.
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
        while !piece.is_empty() {
            let at = (seen % MIB) as usize;
            let part = piece.split_to(piece.len().min(expected.len() - at));
            assert!(part == expected[at..at + part.len()], "other bytes at {seen}");
            seen += part.len() as u64;
        }
    }
    assert_eq!(seen, length);
}

/// Run by the tests below in a process of its own.
#[tokio::test]
#[ignore = "only as a process of another test"]
async fn memory_of_one_object() {
    let length = std::env::var("KEEPSTEAD_TEST_LENGTH").unwrap().parse().unwrap();
    let server = OpenSsh::start().unwrap();
    let store = Said::about(&server).open().await.unwrap();
    // What every object takes is not what grows.
    there_and_back(&*store, 4 * MIB).await;
    store.delete(&[key("data/large")], &never()).await.pop().unwrap().unwrap();
    let before = peak();
    there_and_back(&*store, length).await;
    let growth = peak() - before;
    assert!(growth <= GROWTH, "{} MiB more memory", growth / MIB);
}

fn in_a_process_of_its_own(length: u64) {
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sftp::large::memory_of_one_object", "--ignored", "--nocapture"])
        .env("KEEPSTEAD_TEST_LENGTH", length.to_string())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn a_gibibyte_takes_no_more_memory_than_a_few_requests() {
    in_a_process_of_its_own(1024 * MIB);
}

/// Longer than SSH keeps the same keys, several times.
#[test]
#[ignore = "writes and reads 4 GiB"]
fn four_gibibytes_take_no_more_memory_than_a_few_requests() {
    in_a_process_of_its_own(4096 * MIB + 17);
}

/// Prints how fast one object of 1 GiB goes both ways, here and by OpenSSH's own
/// client.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, for a release build"]
async fn speed_beside_openssh() {
    const LENGTH: u64 = 1024 * MIB;
    let server = OpenSsh::start().unwrap();
    let store = Said::about(&server).open().await.unwrap();
    let rate = |since: Instant| (LENGTH / MIB) as f64 / since.elapsed().as_secs_f64();
    let mut said = String::new();
    for round in 0..3 {
        let name = key(&format!("data/{round}"));
        let since = Instant::now();
        store.put(&name, generated(LENGTH), PutMode::CreateNew, &never()).await.unwrap();
        let put = rate(since);
        let since = Instant::now();
        let mut reading = store.get(&name, ByteRange::Whole, &never()).await.unwrap();
        while let Some(piece) = reading.next().await {
            piece.unwrap();
        }
        writeln!(said, "store: put {put:.0} MiB/s, get {:.0} MiB/s", rate(since)).unwrap();
        store.delete(&[name], &never()).await.pop().unwrap().unwrap();
    }
    let (local, remote) = (server.home().join("local"), server.folder().join("theirs"));
    std::fs::write(&local, vec![7; LENGTH as usize]).unwrap();
    for cipher in ["aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com"] {
        for command in [
            format!("put {} {}", local.display(), remote.display()),
            format!("put -f {} {}", local.display(), remote.display()),
            format!("get {} /dev/null", remote.display()),
        ] {
            let batch = server.home().join("batch");
            std::fs::write(&batch, &command).unwrap();
            let since = Instant::now();
            let status = Command::new("sftp")
                .args([
                    "-q",
                    "-o",
                    "StrictHostKeyChecking=no",
                    "-o",
                    "UserKnownHostsFile=/dev/null",
                ])
                .args(["-o", "LogLevel=ERROR", "-c", cipher])
                .arg("-P")
                .arg(server.port().to_string())
                .arg("-i")
                .arg(server.key_file(ClientKey::Ed25519))
                .arg("-b")
                .arg(&batch)
                .arg(format!("{}@{}", server.user(), server.host()))
                .stdout(Stdio::null())
                .status()
                .unwrap();
            assert!(status.success());
            let what = &command[..6];
            writeln!(said, "sftp {cipher} {what}: {:.0} MiB/s", rate(since)).unwrap();
        }
    }
    println!("{said}");
}
