//! Uploads in parts, as Nextcloud and ownCloud take them. Apache keeps the
//! parts; what puts them together is a stand-in.

use super::{
    faults::Bench,
    grounds::{self, Ground},
    key, never, noise, said, streamed,
};
use bytes::{Bytes, BytesMut};
use servers::{
    USER,
    proxy::{Fault, Reply, Rule, Script, When},
};
use std::{fs, path::PathBuf, time::Duration};
use storage::{ByteRange, ErrorKind, PutMode};

const MIB: u64 = 1 << 20;
/// The longest part.
const PART: u64 = 9 * MIB;
const LENGTH: u64 = 40 * MIB + 5;

/// What `streamed` makes.
fn whole(seed: u64, length: u64) -> Bytes {
    let mut bytes = BytesMut::new();
    for at in 0..length.div_ceil(MIB) {
        let piece = usize::try_from(MIB.min(length - at * MIB)).unwrap();
        bytes.extend_from_slice(&noise(seed * 10_000 + at, piece));
    }
    bytes.freeze()
}

/// A server, and where its uploads are that were begun. It ends with the tests.
fn server() -> (&'static Ground, PathBuf) {
    let server = grounds::apache_in_parts();
    let uploads = server.data().join("remote.php/dav/uploads").join(USER);
    (Box::leak(Box::new(grounds::nextcloud(server))), uploads)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_large_goes_in_parts_and_arrives_whole() {
    let bench = Bench::new(server().0, "parts");
    let store = bench.open().await;
    let (large, small) = (key("data/large"), key("data/small"));
    store.put(&small, noise(1, 9 << 20).into(), PutMode::CreateNew, &never()).await.unwrap();
    let seen = bench.proxy.take_seen();
    assert!(seen.requests.iter().all(|seen| !seen.path.contains("/uploads/")), "that is no part");
    for (seed, mode) in [(2, PutMode::CreateNew), (3, PutMode::Replace)] {
        store.put(&large, streamed(seed, LENGTH), mode, &never()).await.unwrap();
        let seen = bench.proxy.take_seen();
        let parts: Vec<_> = seen.requests.iter().filter(|seen| seen.method == "PUT").collect();
        assert_eq!(parts.len() as u64, LENGTH.div_ceil(PART));
        assert!(parts.iter().all(|part| part.path.contains("/uploads/") && part.sent <= PART));
        assert_eq!(seen.requests.iter().filter(|seen| seen.method == "MOVE").count(), 1);
        let read = store.read(&large, ByteRange::Whole, LENGTH, &never()).await.unwrap();
        assert!(read == whole(seed, LENGTH), "other bytes");
    }
    // One that is there already stays.
    let put = store.put(&large, streamed(4, LENGTH), PutMode::CreateNew, &never()).await;
    assert_eq!(put.unwrap_err().kind(), ErrorKind::AlreadyExists);
    let read = store.read(&large, ByteRange::Whole, LENGTH, &never()).await.unwrap();
    assert!(read == whole(3, LENGTH), "another one was replaced");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_an_upload_that_is_cut_one_part_is_sent_again() {
    let bench = Bench::new(server().0, "cut");
    let store = bench.open().await;
    for cut in [0, 3 * MIB, PART - 1] {
        let key = key(&format!("cut/{cut}"));
        let rule = Rule::new(When::First(1), Fault::CutRequest(cut)).method("PUT");
        bench.proxy.play(Script::new().rule(rule));
        drop(bench.proxy.take_seen());
        let put = store.put(&key, streamed(5, LENGTH), PutMode::CreateNew, &never()).await;
        put.unwrap_or_else(|error| panic!("{cut}: {}", said(&error)));
        let seen = bench.proxy.seen();
        assert_eq!(seen.befallen(), 1);
        assert!((LENGTH..=LENGTH + PART).contains(&seen.sent()), "{} were sent", seen.sent());
        bench.proxy.play(Script::new());
        let read = store.read(&key, ByteRange::Whole, LENGTH, &never()).await.unwrap();
        assert!(read == whole(5, LENGTH), "{cut}: other bytes");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_to_what_publishes_is_no_failure_and_no_conflict() {
    let bench = Bench::new(server().0, "lost");
    let store = bench.open().await;
    for (number, mode) in [PutMode::CreateNew, PutMode::Replace].into_iter().enumerate() {
        let key = key(&format!("lost/{number}"));
        let rule = Rule::new(When::First(1), Fault::Lost).method("MOVE");
        bench.proxy.play(Script::new().rule(rule));
        let put = store.put(&key, streamed(6, LENGTH), mode, &never()).await;
        put.unwrap_or_else(|error| panic!("{}", said(&error)));
        bench.proxy.play(Script::new());
        let read = store.read(&key, ByteRange::Whole, LENGTH, &never()).await.unwrap();
        assert!(read == whole(6, LENGTH), "other bytes");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_leaves_no_parts_and_nothing_of_that_name() {
    let (ground, uploads) = server();
    let bench = Bench::new(ground, "failed");
    let store = bench.open().await;
    let key = key("failed");
    for fault in [Reply::status(507), Reply::status(403)] {
        let rule = Rule::new(When::Nth(3), Fault::Answer(fault)).method("PUT");
        bench.proxy.play(Script::new().rule(rule));
        store.put(&key, streamed(7, LENGTH), PutMode::CreateNew, &never()).await.unwrap_err();
    }
    bench.proxy.play(Script::new());
    assert!(store.stat(&key, &never()).await.unwrap().is_none());
    // Removed by itself, beside what goes on.
    for _ in 0..100 {
        if fs::read_dir(&uploads).unwrap().next().is_none() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("parts stay");
}
