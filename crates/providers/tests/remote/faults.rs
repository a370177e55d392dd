//! What networks and servers do to requests, and what comes of it.

use super::{context, grounds, grounds::Ground, key, never, noise, open_as, said, streamed};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use providers::{Missing, Secret, Values};
use servers::{
    Proxy,
    proxy::{Fault, Reply, Rule, Script, When},
};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};
use storage::{
    ByteRange, ErrorKind, Key, Prefix, PutMode, Retry, RetryStore, Store, StoreExt, retry::Policy,
};

/// As patient as a run, with shorter waits.
const BRISK: Policy = Policy {
    first: Duration::from_millis(50),
    longest: Duration::from_secs(1),
    patience: Duration::from_secs(60),
};
/// What is done at once takes no longer.
const AT_ONCE: Duration = Duration::from_secs(3);
/// The most that may be sent again.
const PART: u64 = 8 << 20;

/// A server with a proxy in front that breaks what comes through it.
pub(super) struct Bench {
    pub(super) ground: &'static Ground,
    pub(super) proxy: Proxy,
    pub(super) values: Values,
}

impl Bench {
    /// In a folder of its own.
    pub(super) fn new(ground: &'static Ground, folder: &str) -> Self {
        let proxy = Proxy::http(ground.port()).unwrap();
        let values = ground.in_folder(&proxy.url(), folder);
        Self { ground, proxy, values }
    }

    fn with(mut self, key: &str, value: &str) -> Self {
        self.values.plain.insert(key.to_owned(), value.to_owned());
        self
    }

    pub(super) async fn open(&self) -> Arc<dyn Store> {
        self.open_as(BRISK).await
    }

    pub(super) async fn open_as(&self, patience: Policy) -> Arc<dyn Store> {
        open_as(self.ground.kind, &self.values, patience).await.unwrap_or_else(|error| {
            panic!("{}: {}", self.ground.server, said(&error));
        })
    }

    /// What lies there really.
    async fn stored(&self, key: &Key) -> Bytes {
        self.proxy.play(Script::new());
        self.open().await.read(key, ByteRange::Whole, 1 << 30, &never()).await.unwrap()
    }

    /// The stand-in for Google's takes no parts but of what is new.
    fn takes_parts(&self, mode: PutMode) -> bool {
        self.ground.kind != "gcs" || mode == PutMode::CreateNew
    }
}

/// Each of these on one server of each kind.
macro_rules! on_each_kind {
    ($($test:ident,)*) => {
        $(
            mod $test {
                use super::{Bench, grounds::shared};

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn webdav() {
                    super::$test(Bench::new(shared::webdav(), stringify!($test))).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn s3() {
                    super::$test(Bench::new(shared::s3(), stringify!($test))).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn azure() {
                    super::$test(Bench::new(shared::azure(), stringify!($test))).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn gcs() {
                    super::$test(Bench::new(shared::gcs(), stringify!($test))).await;
                }
            }
        )*
    };
}
pub(super) use on_each_kind;

on_each_kind! {
    nothing_is_lost_when_a_third_is_refused,
    a_lost_answer_is_no_failure_and_no_conflict,
    a_lost_answer_to_a_part_or_to_all_of_them_is_no_failure,
    of_an_upload_that_is_cut_one_part_is_sent_again,
    a_read_that_is_cut_goes_on_where_it_stopped,
    what_stalls_is_given_up_and_tried_again,
    what_always_stalls_fails_in_time,
    a_sign_in_that_is_refused_is_no_reason_to_go_on_asking,
    nothing_follows_to_another_host,
    a_redirect_on_the_same_host_is_followed,
    no_more_requests_a_second_than_may_be,
    the_proxy_of_the_network_is_used,
    what_reports_success_and_stores_nothing_is_found_out,
    what_is_too_large_is_said_quickly_and_once,
}

async fn nothing_is_lost_when_a_third_is_refused(bench: Bench) {
    let store = bench.open().await;
    bench.proxy.play(
        Script::new()
            .on(When::OneOf { many: 20, seed: 1 }, Fault::Answer(Reply::too_many(1)))
            .on(When::OneOf { many: 10, seed: 2 }, Fault::Answer(Reply::status(429)))
            .on(When::OneOf { many: 5, seed: 3 }, Fault::Answer(Reply::status(503))),
    );
    let objects: BTreeMap<Key, Bytes> = (0..60_u64)
        .map(|at| {
            // From nothing to 3 MiB, most of them small.
            let length = (at * at * at * 15) as usize;
            (key(&format!("data/{:02x}/{at}", at % 4)), noise(at, length.min(3 << 20)))
        })
        .collect();
    let at_once = store.capabilities().concurrency;
    let put = |(key, bytes): (&Key, &Bytes)| {
        let (store, key, bytes) = (Arc::clone(&store), key.clone(), bytes.clone());
        async move { store.put(&key, bytes.into(), PutMode::CreateNew, &never()).await }
    };
    let puts: Vec<_> = stream::iter(objects.iter().map(put)).buffered(at_once).collect().await;
    for result in puts {
        result.unwrap_or_else(|error| panic!("{}", said(&error)));
    }
    let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    let listed: BTreeMap<Key, u64> =
        listed.into_iter().map(|entry| (entry.key, entry.length)).collect();
    let lengths = objects.iter().map(|(key, bytes)| (key.clone(), bytes.len() as u64));
    assert_eq!(listed, lengths.collect());
    let read = |(key, bytes): (&Key, &Bytes)| {
        let (store, key, bytes) = (Arc::clone(&store), key.clone(), bytes.clone());
        async move {
            let read = store.read(&key, ByteRange::Whole, 4 << 20, &never()).await.unwrap();
            assert!(read == bytes, "{key} is another");
        }
    };
    stream::iter(objects.iter().map(read)).buffered(at_once).collect::<Vec<()>>().await;
    let keys: Vec<Key> = objects.into_keys().collect();
    for result in store.delete(&keys, &never()).await {
        result.unwrap_or_else(|error| panic!("{}", said(&error)));
    }
    assert!(store.list_all(&Prefix::everything(), &never()).await.unwrap().is_empty());
    let seen = bench.proxy.seen();
    let (refused, all) = (seen.befallen(), seen.requests.len());
    assert!(refused * 4 > all && refused * 5 < all * 2, "{refused} of {all} were refused");
}

async fn a_lost_answer_is_no_failure_and_no_conflict(bench: Bench) {
    let store = bench.open().await;
    for (round, fault) in
        [Fault::Lost, Fault::AnswerAfter(Reply::status(503))].into_iter().enumerate()
    {
        for method in ["PUT", "MOVE", "POST"] {
            let lose = || Rule::new(When::Once, fault.clone()).method(method);
            let key = key(&format!("{round}/{method}"));
            let (bytes, others) = (noise(1, 300_000), noise(2, 300_000));
            bench.proxy.play(Script::new().rule(lose()));
            let put = async |bytes: &Bytes| {
                store.put(&key, bytes.clone().into(), PutMode::CreateNew, &never()).await
            };
            put(&bytes).await.unwrap_or_else(|error| panic!("{key}: {}", said(&error)));
            assert!(bench.stored(&key).await == bytes, "{key}");
            bench.proxy.play(Script::new().rule(lose()));
            let error = put(&others).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{key}: {}", said(&error));
            assert!(bench.stored(&key).await == bytes, "{key}");
            // Replacing does not care who was there.
            bench.proxy.play(Script::new().rule(lose()));
            store.put(&key, others.clone().into(), PutMode::Replace, &never()).await.unwrap();
            assert!(bench.stored(&key).await == others, "{key}");
            bench
                .proxy
                .play(Script::new().rule(Rule::new(When::Once, fault.clone()).method("DELETE")));
            store.delete_one(&key, &never()).await.unwrap();
            assert!(store.stat(&key, &never()).await.unwrap().is_none(), "{key}");
        }
    }
    let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    assert!(listed.is_empty(), "{listed:?}");
}

async fn a_lost_answer_to_a_part_or_to_all_of_them_is_no_failure(bench: Bench) {
    let store = bench.open().await;
    let length = 20 << 20;
    for (round, fault) in
        [Fault::Lost, Fault::AnswerAfter(Reply::status(503))].into_iter().enumerate()
    {
        for (mode, method) in [
            (PutMode::CreateNew, "PUT"),
            (PutMode::CreateNew, "POST"),
            (PutMode::Replace, "PUT"),
            (PutMode::Replace, "POST"),
        ] {
            if !bench.takes_parts(mode) {
                continue;
            }
            let key = key(&format!("{round}/{method}/{mode:?}"));
            bench
                .proxy
                .play(Script::new().rule(Rule::new(When::First(1), fault.clone()).method(method)));
            let put = store.put(&key, streamed(1, length), mode, &never()).await;
            put.unwrap_or_else(|error| panic!("{key}: {}", said(&error)));
            let stored = bench.stored(&key).await;
            let mut at = 0;
            let mut wanted = streamed(1, length).stream();
            while let Some(piece) = wanted.next().await {
                let piece = piece.unwrap();
                assert!(stored[at..].starts_with(&piece), "{key} at {at}");
                at += piece.len();
            }
            assert_eq!(at, stored.len());
            // One that is there already is still one that is there already.
            bench
                .proxy
                .play(Script::new().rule(Rule::new(When::First(1), fault.clone()).method(method)));
            let put = store.put(&key, streamed(2, length), PutMode::CreateNew, &never()).await;
            let error = put.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{key}: {}", said(&error));
            store.delete_one(&key, &never()).await.unwrap();
        }
    }
}

async fn of_an_upload_that_is_cut_one_part_is_sent_again(bench: Bench) {
    let store = bench.open().await;
    let length = 40 << 20;
    for cut in [0, 3_000_000, PART - 1] {
        let key = key(&format!("cut/{cut}"));
        let rule = Rule::new(When::First(1), Fault::CutRequest(cut)).method("PUT");
        bench.proxy.play(Script::new().rule(rule));
        drop(bench.proxy.take_seen());
        let put = store.put(&key, streamed(3, length), PutMode::CreateNew, &never()).await;
        put.unwrap_or_else(|error| panic!("{key}: {}", said(&error)));
        let seen = bench.proxy.seen();
        assert_eq!(seen.befallen(), 1);
        // What describes the parts is sent as well.
        let most = length + PART + 100_000;
        assert!((length..=most).contains(&seen.sent()), "{cut}: {} were sent", seen.sent());
        let found = store.stat(&key, &never()).await.unwrap().unwrap();
        assert_eq!(found.length, length);
        assert!(bench.stored(&key).await.starts_with(&noise(30_000, 1 << 20)), "{key}");
        store.delete_one(&key, &never()).await.unwrap();
    }
}

async fn a_read_that_is_cut_goes_on_where_it_stopped(bench: Bench) {
    const OFFSET: u64 = 500_000;
    const LENGTH: u64 = 3 << 20;
    let store = bench.open().await;
    let random = Arc::new(model::SystemRandom);
    let patient = RetryStore::new(Arc::clone(&store), BRISK, random);
    let (key, bytes) = (key("read/me"), noise(4, 4 << 20));
    store.put(&key, bytes.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    for cut in [0, 1, 1_000_000, LENGTH - 1] {
        let rule = Rule::new(When::First(1), Fault::CutAnswer(cut)).method("GET");
        bench.proxy.play(Script::new().rule(rule));
        drop(bench.proxy.take_seen());
        let range = ByteRange::Exact { offset: OFFSET, length: LENGTH };
        let mut pieces = patient.get(&key, range, &never()).await.unwrap();
        let mut read = Vec::new();
        while let Some(piece) = pieces.next().await {
            let piece = piece.unwrap_or_else(|error| panic!("{cut}: {}", said(&error)));
            read.extend_from_slice(&piece);
        }
        let wanted = &bytes[OFFSET as usize..(OFFSET + LENGTH) as usize];
        assert!(read == wanted, "{cut}: other bytes");
        let seen = bench.proxy.seen();
        let gets: Vec<_> = seen.requests.iter().filter(|seen| seen.method == "GET").collect();
        assert_eq!(gets.len(), 2, "{cut}");
        // What was on its way when it broke comes twice, no more.
        let twice = seen.received() - LENGTH;
        assert!(twice <= 512 << 10, "{cut}: {twice} bytes came twice");
        if cut > 512 << 10 {
            let range = gets[1].header("range").or(gets[1].header("x-ms-range")).unwrap();
            assert_ne!(gets[0].header("range"), Some(range));
        }
    }
    // What is read as a whole, and into memory, begins again.
    let rule = Rule::new(When::First(1), Fault::CutAnswer(1_000_000)).method("GET");
    bench.proxy.play(Script::new().rule(rule));
    let read = patient.read(&key, ByteRange::Whole, 8 << 20, &never()).await.unwrap();
    assert!(read == bytes);
}

async fn what_stalls_is_given_up_and_tried_again(bench: Bench) {
    let bench = bench.with("timeout", "5");
    let store = bench.open().await;
    let patient = RetryStore::new(Arc::clone(&store), BRISK, Arc::new(model::SystemRandom));
    let (key, bytes) = (key("stall"), noise(5, 1 << 20));
    let since = Instant::now();
    let rule = Rule::new(When::First(1), Fault::StallRequest(100_000)).method("PUT");
    bench.proxy.play(Script::new().rule(rule));
    store.put(&key, bytes.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    let rule = Rule::new(When::First(1), Fault::StallAnswer(100_000)).method("GET");
    bench.proxy.play(Script::new().rule(rule));
    let read = patient.read(&key, ByteRange::Whole, 8 << 20, &never()).await.unwrap();
    assert!(read == bytes);
    let took = since.elapsed();
    assert!((9..20).contains(&took.as_secs()), "took {took:?}");
}

async fn what_always_stalls_fails_in_time(bench: Bench) {
    let bench = bench.with("timeout", "5");
    let store = bench.open_as(Policy::PERSON).await;
    let since = Instant::now();
    let (key, bytes) = (key("stall"), noise(5, 1 << 20));
    bench.proxy.play(Script::new().on(When::Always, Fault::StallRequest(0)));
    let error = store.put(&key, bytes.into(), PutMode::Replace, &never()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{}", said(&error));
    assert_eq!(error.retry(), Retry::Exhausted);
    let took = since.elapsed();
    assert!(took.as_secs() < 30, "took {took:?}");
}

async fn a_sign_in_that_is_refused_is_no_reason_to_go_on_asking(bench: Bench) {
    let store = bench.open().await;
    let (key, bytes) = (key("once"), noise(6, 1000));
    store.put(&key, bytes.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    drop(bench.proxy.take_seen());
    let refusal = Reply::status(401).header("WWW-Authenticate", "Basic realm=\"files\"");
    let rule = Rule::new(When::First(1), Fault::Answer(refusal)).method("GET");
    bench.proxy.play(Script::new().rule(rule));
    let error = store.read(&key, ByteRange::Whole, 8 << 20, &never()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadCredentials, "{}", said(&error));
    assert_eq!(error.retry(), Retry::Never);
    // An account is locked after a few.
    assert_eq!(bench.proxy.take_seen().requests.len(), 1);
    let read = store.read(&key, ByteRange::Whole, 8 << 20, &never()).await.unwrap();
    assert!(read == bytes);
}

async fn nothing_follows_to_another_host(bench: Bench) {
    let elsewhere = Proxy::http(bench.ground.port()).unwrap();
    let store = bench.open().await;
    let (key, bytes) = (key("sent/on"), noise(7, 1000));
    store.put(&key, bytes.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    for address in [elsewhere.url(), elsewhere.url().replace("127.0.0.1", "localhost")] {
        bench.proxy.play(Script::new().on(When::Always, Fault::Redirect(address)));
        let opened = open_as(bench.ground.kind, &bench.values, BRISK).await;
        let read = store.read(&key, ByteRange::Whole, 8 << 20, &never()).await;
        let put = store.put(&key, bytes.clone().into(), PutMode::Replace, &never()).await;
        let listed = store.list_all(&Prefix::everything(), &never()).await;
        let deleted = store.delete_one(&key, &never()).await;
        let errors = [opened.map(drop), read.map(drop), put, listed.map(drop), deleted]
            .map(Result::unwrap_err);
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::NotThisService, "{}", said(&error));
            assert_eq!(error.retry(), Retry::Never);
        }
    }
    let seen = elsewhere.seen();
    assert!(seen.requests.is_empty(), "{:?}", seen.requests);
    assert!(bench.stored(&key).await == bytes);
}

async fn a_redirect_on_the_same_host_is_followed(bench: Bench) {
    let store = bench.open().await;
    let here = Fault::Redirect(bench.proxy.url());
    bench.proxy.play(Script::new().on(When::Every(2), here));
    let (key, bytes) = (key("sent/on"), noise(8, 1 << 20));
    store.put(&key, bytes.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    let read = store.read(&key, ByteRange::Whole, 8 << 20, &never()).await.unwrap();
    assert!(read == bytes);
    store.delete_one(&key, &never()).await.unwrap();
    assert!(bench.proxy.seen().befallen() >= 2);
    // Round in circles is no way.
    bench.proxy.play(Script::new().on(When::Always, Fault::Redirect(bench.proxy.url())));
    let error = store.read(&key, ByteRange::Whole, 8 << 20, &never()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotThisService, "{}", said(&error));
}

async fn no_more_requests_a_second_than_may_be(bench: Bench) {
    let bench = bench.with("requests_per_second", "8");
    let store = bench.open().await;
    drop(bench.proxy.take_seen());
    let since = Instant::now();
    let put = |at: u64| {
        let store = Arc::clone(&store);
        async move {
            let key = key(&format!("slowly/{at}"));
            store.put(&key, noise(at, 1000).into(), PutMode::CreateNew, &never()).await.unwrap();
        }
    };
    stream::iter((0..12).map(put)).buffer_unordered(4).collect::<Vec<()>>().await;
    let requests = bench.proxy.seen().requests.len() as u32;
    let least = Duration::from_millis(125) * (requests - 1);
    let took = since.elapsed();
    assert!(requests >= 12 && took + Duration::from_millis(125) >= least, "{requests} in {took:?}");
    assert!(took < least + Duration::from_secs(3), "{requests} in {took:?}");
}

async fn the_proxy_of_the_network_is_used(bench: Bench) {
    let (user, password) = ("prüxy", "pa:ss wörd/+%20");
    let forward = Proxy::forward(Some((user, password))).unwrap();
    // What is in front of the server sees what comes out of the proxy.
    let mut bench = bench.with("proxy", &forward.url()).with("proxy_user", user);
    bench.values.secret.insert("proxy_password".to_owned(), Secret::new(password.to_owned()));
    let store = bench.open().await;
    let (key, bytes) = (key("by/proxy"), noise(9, 1 << 20));
    store.put(&key, bytes.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    let read = store.read(&key, ByteRange::Whole, 8 << 20, &never()).await.unwrap();
    assert!(read == bytes);
    store.delete_one(&key, &never()).await.unwrap();
    let (passed, came) = (forward.seen(), bench.proxy.seen());
    assert_eq!(passed.requests.len(), came.requests.len());
    assert!(!came.any_header("proxy-authorization"), "the server sees the proxy's password");

    bench.values.secret.insert("proxy_password".to_owned(), Secret::new("wrong".to_owned()));
    let since = Instant::now();
    let provider = providers::find(bench.ground.kind).unwrap();
    let context = context(Policy::PERSON);
    let opened = provider.open(&bench.values, Missing::Fail, &context, &never()).await;
    let error = opened.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{}", said(&error));
    assert_eq!(error.retry(), Retry::Never, "{}", said(&error));
    assert!(said(&error).contains("proxy"), "{}", said(&error));
    assert!(since.elapsed() < AT_ONCE);
}

async fn what_reports_success_and_stores_nothing_is_found_out(bench: Bench) {
    let store = bench.open().await;
    // A longer one has arrived, so that there is little reason to look.
    let long = noise(10, 2 << 20);
    store.put(&key("long"), long.into(), PutMode::CreateNew, &never()).await.unwrap();
    let swallow = || Rule::new(When::Always, Fault::Swallow);
    let scripts = [
        Script::new().on(When::Always, Fault::Swallow),
        Script::new().rule(swallow().method("PUT")),
        Script::new().rule(swallow().method("PUT")).rule(swallow().method("POST")),
    ];
    for (round, script) in scripts.into_iter().enumerate() {
        for (at, mode) in [PutMode::CreateNew, PutMode::Replace].into_iter().enumerate() {
            for (length, in_parts) in [(1_000_u64, false), (3 << 20, false), (20 << 20, true)] {
                if in_parts && !bench.takes_parts(mode) {
                    continue;
                }
                let key = key(&format!("swallowed/{round}/{at}/{length}"));
                bench.proxy.play(script.clone());
                let body = match in_parts {
                    true => streamed(11, length),
                    false => noise(11, length as usize).into(),
                };
                let put = store.put(&key, body, mode, &never()).await;
                bench.proxy.play(Script::new());
                let found = store.stat(&key, &never()).await.unwrap();
                match put {
                    // Not every way to write was swallowed.
                    Ok(()) => assert_eq!(found.map(|entry| entry.length), Some(length), "{key}"),
                    Err(error) => {
                        assert!(found.is_none(), "{key}: {}", said(&error));
                        assert_ne!(error.kind(), ErrorKind::AlreadyExists, "{}", said(&error));
                    }
                }
            }
        }
    }
    // What is not there is not passed off for what is not to be read.
    bench.proxy.play(Script::new().on(When::Always, Fault::Swallow));
    assert!(store.list_all(&Prefix::everything(), &never()).await.is_err());
    assert!(store.stat(&key("long"), &never()).await.is_err());
}

async fn what_is_too_large_is_said_quickly_and_once(bench: Bench) {
    let store = bench.open().await;
    bench.proxy.play(Script::new().on(When::Always, Fault::TooLarge(1 << 20)));
    for (at, mode) in [PutMode::CreateNew, PutMode::Replace].into_iter().enumerate() {
        for (length, in_parts) in [(3_u64 << 20, false), (20 << 20, true)] {
            if in_parts && !bench.takes_parts(mode) {
                continue;
            }
            let key = key(&format!("large/{at}/{length}"));
            let body = match in_parts {
                true => streamed(12, length),
                false => noise(12, length as usize).into(),
            };
            let since = Instant::now();
            drop(bench.proxy.take_seen());
            let error = store.put(&key, body, mode, &never()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TooLarge, "{key}: {}", said(&error));
            assert_eq!(error.retry(), Retry::Never, "{key}: {}", said(&error));
            assert!(since.elapsed() < AT_ONCE, "{key} took {:?}", since.elapsed());
            let sent = bench.proxy.seen().sent();
            // Where the connection ends before the refusal was read, once more.
            assert!(sent <= 8 << 20, "{key}: {sent} bytes were sent");
        }
    }
    let small = noise(13, 1 << 20);
    store.put(&key("small"), small.into(), PutMode::CreateNew, &never()).await.unwrap();
    let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
}
