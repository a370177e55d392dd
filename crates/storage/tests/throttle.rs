//! Bytes pass at the rate that is set, whatever their number, however many
//! transfers there are, and from when on it is set.

#![expect(clippy::unwrap_used, reason = "a failing step of a test is a failing test")]

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use proptest::{prelude::*, test_runner::TestCaseError};
use std::{
    num::NonZeroU64,
    sync::{Arc, Mutex},
    time::Duration,
};
use storage::{
    Body, ByteRange, ByteStream, Cancel, Capabilities, Entry, EntryStream, ErrorKind, Key, Limits,
    MemoryStore, Prefix, PutMode, Result, Store, ThrottledStore, conformance,
};
use tokio::time::Instant;

/// How long a limit takes to settle, and over what time it holds.
const SETTLED: f64 = 5.0;
const WINDOW: f64 = 30.0;

fn limit(bytes: u64) -> Option<NonZeroU64> {
    NonZeroU64::new(bytes)
}

fn key(name: impl Into<String>) -> Key {
    Key::new(name).unwrap()
}

/// Takes every byte, and writes down when.
#[derive(Clone, Debug)]
struct Meter {
    since: Instant,
    seen: Arc<Mutex<Vec<(f64, usize)>>>,
    /// How long the destination takes for a piece, and for which ones.
    pause: Duration,
    every: usize,
}

impl Meter {
    fn new(pause: Duration) -> Self {
        Self { since: Instant::now(), seen: Arc::default(), pause, every: 1 }
    }

    fn note(&self, bytes: usize) {
        self.seen.lock().unwrap().push((self.since.elapsed().as_secs_f64(), bytes));
    }

    /// The bytes of each window of 30 seconds that begins with a transfer
    /// between the two moments, and ends before the second.
    fn windows(&self, from: f64, to: f64) -> Vec<f64> {
        let seen = self.seen.lock().unwrap();
        let starts = seen.iter().map(|(at, _)| *at).filter(|at| *at >= from && at + WINDOW <= to);
        starts
            .map(|start| {
                let within = seen.iter().filter(|(at, _)| *at >= start && *at < start + WINDOW);
                within.map(|(_, bytes)| *bytes as f64).sum()
            })
            .collect()
    }
}

#[async_trait]
impl Store for Meter {
    fn capabilities(&self) -> Capabilities {
        Capabilities::minimal()
    }
    fn location(&self) -> String {
        "meter".into()
    }
    async fn put(&self, _: &Key, body: Body, _: PutMode, _: &Cancel) -> Result<()> {
        let mut bytes = body.stream();
        while let Some(piece) = bytes.next().await {
            self.note(piece?.len());
            let number = self.seen.lock().unwrap().len();
            if !self.pause.is_zero() && number.is_multiple_of(self.every) {
                tokio::time::sleep(self.pause).await;
            }
        }
        Ok(())
    }
    async fn get(&self, _: &Key, range: ByteRange, _: &Cancel) -> Result<ByteStream> {
        let ByteRange::Exact { length, .. } = range else { panic!("{range:?}") };
        Ok(stream::iter([Ok(Bytes::from(vec![7; length as usize]))]).boxed())
    }
    async fn stat(&self, _: &Key, _: &Cancel) -> Result<Option<Entry>> {
        Ok(None)
    }
    fn list<'a>(&'a self, _: &Prefix, _: &Cancel) -> EntryStream<'a> {
        stream::empty().boxed()
    }
    async fn delete(&self, _: &[Key], _: &Cancel) -> Vec<Result<()>> {
        Vec::new()
    }
}

/// Moves bodies of these sizes again and again, each size by a transfer of its
/// own, until `end`; sets the limits at their moments (seconds, bytes a second).
async fn run(meter: &Meter, upload: bool, sizes: &[usize], limits: &[(f64, u64)], end: f64) {
    let shared = Arc::new(Limits::default());
    let store = ThrottledStore::new(Arc::new(meter.clone()), Arc::clone(&shared));
    let set = |bytes| match upload {
        true => shared.upload.set(limit(bytes)),
        false => shared.download.set(limit(bytes)),
    };
    let setting = async {
        for (at, bytes) in limits {
            tokio::time::sleep_until(meter.since + Duration::from_secs_f64(*at)).await;
            set(*bytes);
        }
        tokio::time::sleep_until(meter.since + Duration::from_secs_f64(end)).await;
    };
    set(limits[0].1);
    let (cancel, key) = (Cancel::new(), key("a"));
    let moving = futures_util::future::join_all(sizes.iter().map(|size| {
        let (store, cancel, key) = (&store, &cancel, &key);
        async move {
            loop {
                if upload {
                    let body = Body::from(vec![7; *size]);
                    store.put(key, body, PutMode::Replace, cancel).await.unwrap();
                } else {
                    let range = ByteRange::Exact { offset: 0, length: *size as u64 };
                    let mut bytes = store.get(key, range, cancel).await.unwrap();
                    while let Some(piece) = bytes.next().await {
                        meter.note(piece.unwrap().len());
                    }
                }
            }
        }
    }));
    tokio::select! {
        biased;
        () = setting => {}
        _ = moving => {}
    }
}

fn clocked<T>(work: impl Future<Output = T>) -> T {
    let builder = &mut tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap().block_on(work)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Between two changes of the limit every 30 seconds get it within a tenth.
    #[test]
    fn any_thirty_seconds_get_the_rate(
        upload: bool,
        sizes in prop::collection::vec(1_usize..3_000_000, 1..9),
        first in 10_u32..23,
        second in 10_u32..23,
        fraction in 0.5_f64..1.0,
        change in 36.0_f64..60.0,
    ) {
        let rate = |power: u32| (f64::from(1 << power) * fraction) as u64;
        let meter = clocked(async {
            let meter = Meter::new(Duration::ZERO);
            let limits = [(0.0, rate(first)), (change, rate(second))];
            run(&meter, upload, &sizes, &limits, change + 40.0).await;
            meter
        });
        for (from, to, rate) in [(0.0, change, rate(first)), (change, change + 40.0, rate(second))] {
            let windows = meter.windows(from + SETTLED, to);
            prop_assert!(!windows.is_empty());
            for bytes in windows {
                let part = bytes / (rate as f64 * WINDOW);
                if !(0.9..=1.1).contains(&part) {
                    return Err(TestCaseError::fail(format!("{part} of {rate}")));
                }
            }
        }
    }

    /// A destination that is slow by itself, or at times, never gets more.
    #[test]
    fn nobody_gets_more_than_the_rate(
        sizes in prop::collection::vec(1_usize..300_000, 1..3),
        rate in 1_000_u64..1_000_000,
        (pause, every) in prop_oneof![(0_u64..3_000, Just(1)), (0_u64..20_000, 1_usize..300)],
    ) {
        let meter = clocked(async {
            let meter = Meter { every, ..Meter::new(Duration::from_millis(pause)) };
            run(&meter, true, &sizes, &[(0.0, rate)], 70.0).await;
            meter
        });
        for bytes in meter.windows(0.0, 70.0) {
            prop_assert!(bytes <= rate as f64 * WINDOW * 1.1, "{bytes} at {rate}");
        }
    }
}

/// A limit that is set in the middle of a long transfer counts for the rest of
/// it, and one that is lifted no longer.
#[tokio::test(start_paused = true)]
async fn a_change_counts_within_a_transfer() {
    let meter = Meter::new(Duration::from_millis(10));
    let megabyte = 1 << 20;
    // 256 KiB every 10 ms, 1 MiB a second, then as fast as before.
    let limits = [(0.0, 0), (2.0, megabyte), (42.0, 0)];
    run(&meter, true, &[usize::try_from(megabyte).unwrap() * 200], &limits, 44.0).await;
    let between = |from: f64, to: f64| -> usize {
        let seen = meter.seen.lock().unwrap();
        seen.iter().filter(|(at, _)| *at >= from && *at < to).map(|(_, bytes)| bytes).sum()
    };
    assert!(between(0.0, 2.0) > 40 << 20);
    let limited = between(7.0, 37.0) as f64 / f64::from(30 << 20);
    assert!((0.9..1.1).contains(&limited), "{limited}");
    assert!(between(43.0, 44.0) > 20 << 20);
}

#[tokio::test(start_paused = true)]
async fn a_read_that_waits_for_its_turn_can_be_cancelled() {
    let limits = Arc::new(Limits::default());
    limits.download.set(limit(1));
    let store = ThrottledStore::new(Arc::new(Meter::new(Duration::ZERO)), limits);
    let cancel = Cancel::new();
    let range = ByteRange::Exact { offset: 0, length: 1_000 };
    let mut bytes = store.get(&key("a"), range, &cancel).await.unwrap();
    assert_eq!(bytes.next().await.unwrap().unwrap().len(), 1);
    cancel.cancel();
    let since = Instant::now();
    assert_eq!(bytes.next().await.unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    assert!(bytes.next().await.is_none());
    assert_eq!(since.elapsed(), Duration::ZERO);
}

/// Without a limit, bytes in memory are handed on as they are, and a read of
/// one piece stays one.
#[tokio::test]
async fn no_limit_costs_nothing() {
    #[derive(Debug)]
    struct AtOnce(MemoryStore);
    #[async_trait]
    impl Store for AtOnce {
        fn capabilities(&self) -> Capabilities {
            self.0.capabilities()
        }
        fn location(&self) -> String {
            self.0.location()
        }
        async fn put(&self, key: &Key, body: Body, mode: PutMode, token: &Cancel) -> Result<()> {
            assert_eq!(body.chunks().map(<[Bytes]>::len), Some(1));
            self.0.put(key, body, mode, token).await
        }
        async fn get(&self, key: &Key, _: ByteRange, _: &Cancel) -> Result<ByteStream> {
            let whole = self.0.snapshot()[key].clone();
            Ok(stream::iter([Ok(whole)]).boxed())
        }
        async fn stat(&self, key: &Key, cancel: &Cancel) -> Result<Option<Entry>> {
            self.0.stat(key, cancel).await
        }
        fn list<'a>(&'a self, prefix: &Prefix, cancel: &Cancel) -> EntryStream<'a> {
            self.0.list(prefix, cancel)
        }
        async fn delete(&self, keys: &[Key], cancel: &Cancel) -> Vec<Result<()>> {
            self.0.delete(keys, cancel).await
        }
    }
    let store = ThrottledStore::new(Arc::new(AtOnce(MemoryStore::new())), Arc::default());
    let (key, cancel) = (key("a"), Cancel::new());
    store.put(&key, vec![7; 5 << 20].into(), PutMode::CreateNew, &cancel).await.unwrap();
    let bytes = store.get(&key, ByteRange::Whole, &cancel).await.unwrap();
    let lengths: Vec<_> = bytes.map(|piece| piece.unwrap().len()).collect().await;
    assert_eq!(lengths, [5 << 20]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_conforms() {
    for rate in [None, limit(400 << 20)] {
        let place = MemoryStore::new();
        let limits = Arc::new(Limits::default());
        limits.upload.set(rate);
        limits.download.set(rate);
        let report = conformance::check(|| {
            let store = ThrottledStore::new(Arc::new(place.clone()), Arc::clone(&limits));
            async { Ok(Arc::new(store) as Arc<dyn Store>) }
        })
        .await;
        assert!(report.is_clean(), "{rate:?}: {report}");
        assert!(report.absent.is_empty(), "{report}");
    }
}
