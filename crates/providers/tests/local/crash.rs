//! A process that is killed while it writes.

use super::{key, names_on_disk, never, open};
use ::model::{Random, SystemRandom, random::SeededRandom};
use providers::LocalStore;
use sha2::{Digest, Sha256};
use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, SystemTime},
};
use storage::{ByteRange, Overwrite, Prefix, PutMode, Store, StoreExt};

const FOLDER: &str = "KEEPSTEAD_TEST_FOLDER";

/// Random bytes that end in their own hash.
fn sealed(random: &dyn Random) -> Vec<u8> {
    let mut size = [0; 4];
    random.fill(&mut size);
    // Mostly small ones, and some of a few megabytes.
    let large = size[3] < 24;
    let limit = if large { 6 << 20 } else { 200_000 };
    let mut bytes = vec![0; u32::from_le_bytes(size) as usize % limit];
    random.fill(&mut bytes);
    let hash = Sha256::digest(&bytes);
    bytes.extend_from_slice(&hash);
    bytes
}

fn is_sealed(bytes: &[u8]) -> bool {
    let Some(at) = bytes.len().checked_sub(32) else { return false };
    Sha256::digest(&bytes[..at])[..] == bytes[at..]
}

/// Writes until it is killed, and says what it was told is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
#[ignore = "started and killed by the test below"]
async fn writer() {
    let folder = std::env::var_os(FOLDER).expect("started by another test");
    let store = LocalStore::open(folder, Arc::new(SystemRandom)).await.unwrap();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for at in 0_u64.. {
                    let bytes = sealed(&SystemRandom);
                    let name = hex::encode(Sha256::digest(&bytes));
                    let own = key(&format!("data/{}/{name}", &name[..2]));
                    let length = bytes.len();
                    match at % 4 {
                        0 => {
                            let body = super::names::streamed(bytes.into());
                            store.put(&own, body, PutMode::CreateNew, &never()).await.unwrap();
                        }
                        1 => {
                            let temp = key(&format!("publish/{writer}"));
                            let body = bytes.into();
                            store.put(&temp, body, PutMode::Replace, &never()).await.unwrap();
                            store.rename(&temp, &own, Overwrite::Refuse, &never()).await.unwrap();
                        }
                        2 => {
                            // The same name again and again, never a mix.
                            let same = key("current/object");
                            let body = bytes.into();
                            store.put(&same, body, PutMode::Replace, &never()).await.unwrap();
                            continue;
                        }
                        _ => {
                            let body = bytes.into();
                            store.put(&own, body, PutMode::CreateNew, &never()).await.unwrap();
                        }
                    }
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "\ndone {own} {length}").unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

/// Runs the writer for a while and kills it; what it had been told is there.
fn run_and_kill(folder: &Path, after: Duration) -> Vec<(String, u64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::writer", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut done = Vec::new();
    let mut note = |line: &str| {
        let mut words = line.strip_prefix("done ")?.split(' ');
        let name = words.next()?.to_owned();
        done.push((name, words.next()?.parse().ok()?));
        Some(())
    };
    // From its first object on, so that it is killed at work.
    while let Some(Ok(line)) = lines.next() {
        if note(&line).is_some() {
            break;
        }
    }
    std::thread::sleep(after);
    child.kill().unwrap();
    for line in lines.map_while(Result::ok) {
        note(&line);
    }
    child.wait().unwrap();
    done
}

#[tokio::test]
async fn a_killed_writer_leaves_whole_objects_only() {
    let folder = tempfile::tempdir().unwrap();
    let random = SeededRandom::new(11);
    let mut left_behind = 0;
    let mut promised = std::collections::BTreeMap::new();
    for round in 0..25 {
        let mut wait = [0; 1];
        random.fill(&mut wait);
        let wait = Duration::from_millis(u64::from(wait[0]) / 4);
        promised.extend(run_and_kill(folder.path(), wait));

        let store = open(folder.path()).await;
        let entries = store.list_all(&Prefix::everything(), &never()).await.unwrap();
        for entry in &entries {
            let read = store.read(&entry.key, ByteRange::Whole, 8 << 20, &never()).await.unwrap();
            assert_eq!(read.len() as u64, entry.length);
            assert!(is_sealed(&read), "round {round}: {} is torn", entry.key);
            let name = entry.key.split().1;
            if entry.key.as_str().starts_with("data/") {
                assert_eq!(name, hex::encode(Sha256::digest(&read)));
            }
            assert!(!name.contains("keepstead"), "{name} is listed");
            if let Some(length) = promised.remove(entry.key.as_str()) {
                assert_eq!(length, entry.length);
            }
            // Later rounds need not read it again.
            store.delete_one(&entry.key, &never()).await.unwrap();
        }
        assert!(promised.is_empty(), "round {round}: acknowledged and gone: {promised:?}");
        left_behind += names_on_disk(folder.path()).len();

        // In a year's time it is safe to tidy up.
        let future = SystemTime::UNIX_EPOCH + Duration::from_secs(10_000_000_000);
        store.sweep(future, &never()).await.unwrap();
        assert!(names_on_disk(folder.path()).is_empty());
    }
    assert!(left_behind > 0, "no round killed the writer in the middle of an object");
}
