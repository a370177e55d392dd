//! The fault-injecting store does what its plan says, when it says so.

#![expect(clippy::unwrap_used, reason = "a failing step of a test is a failing test")]

use bytes::Bytes;
use futures_util::stream::StreamExt;
use std::time::{Duration, Instant};
use storage::{
    Body, ByteRange, Cancel, ErrorKind, FaultStore, Key, MemoryStore, Overwrite, Prefix, PutMode,
    Result, Retry, Store, StoreExt,
    fault::{Effect, Fault, Operation},
};

fn key(name: &str) -> Key {
    Key::new(name).unwrap()
}

fn faulty(faults: impl IntoIterator<Item = Fault>) -> FaultStore<MemoryStore> {
    let store = FaultStore::new(MemoryStore::new());
    store.plan(faults);
    store
}

async fn put(store: &impl Store, name: &str, length: usize) -> Result<()> {
    let body = Body::from(vec![7; length]);
    store.put(&key(name), body, PutMode::CreateNew, &Cancel::new()).await
}

fn length(store: &FaultStore<MemoryStore>, name: &str) -> Option<usize> {
    store.inner().snapshot().get(&key(name)).map(Bytes::len)
}

async fn pieces(store: &impl Store, name: &str) -> (usize, Option<ErrorKind>) {
    let mut stream = store.get(&key(name), ByteRange::Whole, &Cancel::new()).await.unwrap();
    let mut seen = 0;
    while let Some(piece) = stream.next().await {
        match piece {
            Ok(piece) => seen += piece.len(),
            Err(error) => return (seen, Some(error.kind())),
        }
    }
    (seen, None)
}

async fn listed(store: &impl Store) -> (usize, Option<ErrorKind>) {
    let mut stream = store.list(&Prefix::everything(), &Cancel::new());
    let mut seen = 0;
    while let Some(entry) = stream.next().await {
        match entry {
            Ok(_) => seen += 1,
            Err(error) => return (seen, Some(error.kind())),
        }
    }
    (seen, None)
}

#[tokio::test]
async fn an_error_strikes_the_nth_matching_operation_only() {
    let fault = Fault::new(Effect::Error(ErrorKind::RateLimited, Retry::Soon));
    let store = faulty([fault.on(Operation::Put).below("data/").nth(2)]);
    put(&store, "index/1", 1).await.unwrap();
    put(&store, "data/1", 1).await.unwrap();
    put(&store, "index/2", 1).await.unwrap();
    store.stat(&key("data/2"), &Cancel::new()).await.unwrap();
    let error = put(&store, "data/2", 1).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::RateLimited, Retry::Soon));
    assert_eq!((error.operation(), error.key()), ("put", Some("data/2")));
    assert_eq!(length(&store, "data/2"), None);
    put(&store, "data/2", 1).await.unwrap();
}

#[tokio::test]
async fn from_the_nth_on_everything_fails() {
    let store = faulty([Fault::new(Effect::error(ErrorKind::Unreachable)).from_nth(2)]);
    put(&store, "a", 1).await.unwrap();
    for _ in 0..3 {
        assert_eq!(put(&store, "b", 1).await.unwrap_err().retry(), Retry::Soon);
        assert!(store.stat(&key("a"), &Cancel::new()).await.is_err());
    }
}

#[tokio::test]
async fn operations_are_written_down_in_order() {
    let store = faulty([Fault::new(Effect::error(ErrorKind::Unreachable)).on(Operation::Get)]);
    put(&store, "a", 1).await.unwrap();
    let _ = store.get(&key("a"), ByteRange::Whole, &Cancel::new()).await;
    listed(&store).await;
    store.delete(&[key("a"), key("b")], &Cancel::new()).await;
    let seen = store.operations();
    let seen: Vec<_> = seen.iter().map(|(operation, key)| (*operation, key.as_str())).collect();
    assert_eq!(
        seen,
        [
            (Operation::Put, "a"),
            (Operation::Get, "a"),
            (Operation::List, ""),
            (Operation::Delete, "a"),
            (Operation::Delete, "b"),
        ]
    );
    assert_eq!(store.count(Operation::Delete), 2);
    store.plan([]);
    assert!(store.operations().is_empty());
}

#[tokio::test]
async fn bytes_are_cut_in_half_with_and_without_an_error() {
    for (effect, error) in
        [(Effect::Truncate, Some(ErrorKind::Unreachable)), (Effect::TruncateSilently, None)]
    {
        let store = faulty([Fault::new(effect.clone()).on(Operation::Put)]);
        let outcome = put(&store, "a", 1001).await;
        assert_eq!(outcome.err().map(|error| error.kind()), error);
        assert_eq!(length(&store, "a"), Some(500));

        store.plan([Fault::new(effect).on(Operation::Get)]);
        store.inner().insert(key("large"), vec![1; 3_000_001]);
        assert_eq!(pieces(&store, "large").await, (1_500_000, error));
        assert_eq!(pieces(&store, "a").await, (250, error));
    }
}

#[tokio::test]
async fn listings_end_early_twice_or_with_an_error() {
    let store = faulty([]);
    for at in 0..9 {
        put(&store, &format!("a/{at}"), 1).await.unwrap();
    }
    let lost = Some(ErrorKind::Unreachable);
    for (effect, expected) in [
        (Effect::ShortList { after: 4 }, (4, None)),
        (Effect::TornList { after: 4 }, (4, lost)),
        (Effect::ShortList { after: 0 }, (0, None)),
        (Effect::Truncate, (4, lost)),
        (Effect::TruncateSilently, (4, None)),
        (Effect::Duplicate, (18, None)),
        (Effect::FalseSuccess, (0, None)),
        (Effect::error(ErrorKind::Unreachable), (0, lost)),
    ] {
        store.plan([Fault::new(effect.clone()).on(Operation::List)]);
        assert_eq!(listed(&store).await, expected, "{effect:?}");
    }
}

#[tokio::test]
async fn success_and_error_can_be_swapped() {
    let store = faulty([Fault::new(Effect::SuccessButError(ErrorKind::TimedOut))]);
    assert_eq!(put(&store, "a", 3).await.unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(length(&store, "a"), Some(3));
    let renamed = store.rename(&key("a"), &key("b"), Overwrite::Refuse, &Cancel::new()).await;
    assert_eq!(renamed.unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(length(&store, "b"), Some(3));
    assert!(store.delete_one(&key("b"), &Cancel::new()).await.is_err());
    assert_eq!(length(&store, "b"), None);

    store.plan([Fault::new(Effect::FalseSuccess)]);
    put(&store, "a", 3).await.unwrap();
    assert_eq!(length(&store, "a"), None);
    store.inner().insert(key("a"), vec![1]);
    store.delete_one(&key("a"), &Cancel::new()).await.unwrap();
    store.copy(&key("a"), &key("b"), Overwrite::Refuse, &Cancel::new()).await.unwrap();
    assert_eq!((length(&store, "a"), length(&store, "b")), (Some(1), None));
    assert_eq!(store.stat(&key("a"), &Cancel::new()).await.unwrap(), None);
}

#[tokio::test]
async fn a_write_sent_twice_reports_the_second_answer() {
    let store = faulty([Fault::new(Effect::Duplicate).on(Operation::Put)]);
    assert_eq!(put(&store, "a", 3).await.unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(length(&store, "a"), Some(3));
    let body = Body::from(vec![1; 9]);
    store.put(&key("a"), body, PutMode::Replace, &Cancel::new()).await.unwrap();
    assert_eq!(length(&store, "a"), Some(9));
}

#[tokio::test]
async fn room_runs_out_for_good() {
    let store = faulty([Fault::new(Effect::OutOfSpace { after: 100 })]);
    put(&store, "a", 60).await.unwrap();
    let error = put(&store, "b", 41).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::OutOfSpace, Retry::Never));
    put(&store, "c", 40).await.unwrap();
    store.delete_one(&key("a"), &Cancel::new()).await.unwrap();
    assert!(put(&store, "d", 1).await.is_err());
    assert_eq!((length(&store, "b"), length(&store, "d")), (None, None));
}

#[tokio::test]
async fn a_delay_passes_or_is_cancelled() {
    let store = faulty([Fault::new(Effect::Delay(Duration::from_millis(30)))]);
    let start = Instant::now();
    put(&store, "a", 1).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(30));
    assert_eq!(listed(&store).await, (1, None));

    store.plan([Fault::new(Effect::Delay(Duration::from_secs(600)))]);
    let cancel = Cancel::new();
    let (body, b) = (Body::from(vec![1]), key("b"));
    let (written, ()) = tokio::join!(store.put(&b, body, PutMode::CreateNew, &cancel), async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        cancel.cancel();
    });
    assert_eq!(written.unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(length(&store, "b"), None);
}

/// How the log is meant to be used: once without a fault, then once for each
/// operation with that one failing.
#[tokio::test]
async fn a_scenario_can_fail_at_every_operation() {
    async fn scenario(store: &impl Store) -> Result<()> {
        put(store, "a", 10).await?;
        store.read(&key("a"), ByteRange::Whole, 10, &Cancel::new()).await?;
        store.list_all(&Prefix::everything(), &Cancel::new()).await?;
        store.delete_one(&key("a"), &Cancel::new()).await
    }
    let store = faulty([]);
    scenario(&store).await.unwrap();
    let count = store.operations().len() as u64;
    assert_eq!(count, 4);
    for n in 1..=count {
        let store = faulty([Fault::new(Effect::error(ErrorKind::Unreachable)).nth(n)]);
        scenario(&store).await.unwrap_err();
        assert_eq!(store.operations().len() as u64, n);
    }
}
