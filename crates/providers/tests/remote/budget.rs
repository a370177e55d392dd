//! How many requests it takes, counted by a proxy, or by the server where a proxy
//! cannot tell them apart.

use super::{
    document,
    faults::Bench,
    grounds::{Ground, shared},
    key, never, noise, open,
};
use futures_util::stream::{self, StreamExt};
use std::{sync::Arc, time::Duration};
use storage::{ByteRange, Key, Prefix, PutMode, Store, StoreExt};

/// In sixteen folders.
fn name(at: u64) -> Key {
    key(&format!("data/{:02x}/{at}", at % 16))
}

async fn write(store: &Arc<dyn Store>, objects: u64) {
    let put = |at: u64| {
        let store = Arc::clone(store);
        async move {
            let body = noise(at, 1024).into();
            store.put(&name(at), body, PutMode::CreateNew, &never()).await.unwrap();
        }
    };
    let at_once = store.capabilities().concurrency;
    stream::iter(0..objects).map(put).buffer_unordered(at_once).collect::<Vec<()>>().await;
}

/// A store, and how many requests its server was sent since this was last asked.
struct Counted {
    store: Arc<dyn Store>,
    count: Box<dyn FnMut() -> usize + Send>,
    /// What is counted by a server is known to so many: folders that several
    /// make at once, and files that are closed behind their readers' backs, make
    /// a few more or fewer.
    grain: usize,
}

impl Counted {
    async fn new(ground: &'static Ground, folder: &str) -> Self {
        let Some(asked) = &ground.asked else {
            let bench = Bench::new(ground, folder);
            let store = bench.open().await;
            return Self { store, count: Box::new(move || passed(&bench)), grain: 1 };
        };
        let store = open(ground.kind, &ground.apart(folder)).await.unwrap();
        let mut before = 0;
        let count = move || {
            let all = asked();
            all - std::mem::replace(&mut before, all)
        };
        Self { store, count: Box::new(count), grain: 1000 }
    }

    /// For objects.
    async fn requests(&mut self) -> String {
        let requests = self.all().await;
        ((requests + self.grain / 2) / self.grain * self.grain).to_string()
    }

    /// For a listing, which nothing disturbs.
    async fn requests_of_listing(&mut self) -> String {
        self.all().await.to_string()
    }

    /// Once there are no more of them.
    async fn all(&mut self) -> usize {
        let mut all = (self.count)();
        loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            match (self.count)() {
                0 => return all,
                more => all += more,
            }
        }
    }
}

/// How many requests have passed a proxy since this was last asked. One that
/// was never answered, because the server had just given its connection up, is
/// asked again by any client.
fn passed(bench: &Bench) -> usize {
    let seen = bench.proxy.take_seen().requests;
    let answered = seen.iter().filter(|seen| seen.status.is_some()).count();
    assert!(seen.len() - answered <= 1, "{} were not answered", seen.len() - answered);
    answered
}

async fn counted(ground: &'static Ground) {
    let mut counted = Counted::new(ground, "budget").await;
    let store = Arc::clone(&counted.store);
    // How long an object may be is found out with the first one.
    let first = noise(0, 2048).into();
    store.put(&key("data/first"), first, PutMode::CreateNew, &never()).await.unwrap();
    drop(counted.requests().await);
    let mut cells = Vec::new();
    write(&store, 1000).await;
    cells.push(counted.requests().await);
    let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    assert_eq!(listed.len(), 1001);
    cells.push(counted.requests_of_listing().await);
    let read = |at: u64| {
        let store = Arc::clone(&store);
        async move {
            let read = store.read(&name(at), ByteRange::Whole, 4096, &never()).await.unwrap();
            assert_eq!(read, noise(at, 1024));
        }
    };
    let at_once = store.capabilities().concurrency;
    stream::iter(0..1000).map(read).buffer_unordered(at_once).collect::<Vec<()>>().await;
    cells.push(counted.requests().await);
    let keys: Vec<Key> = (0..1000).map(name).collect();
    assert!(store.delete(&keys, &never()).await.iter().all(Result::is_ok));
    cells.push(counted.requests().await);
    document::says("Requests", ground, &cells);
}

async fn long_listing(ground: &'static Ground) {
    let mut counted = Counted::new(ground, "crowd").await;
    let store = Arc::clone(&counted.store);
    write(&store, 10_000).await;
    drop(counted.requests().await);
    let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    assert_eq!(listed.len(), 10_000);
    let requests = counted.requests_of_listing().await;
    document::says("Requests for a listing of 10,000 objects", ground, &[requests]);
}

macro_rules! count {
    ($($test:ident: $ground:expr;)*) => {
        $(
            mod $test {
                use super::shared;

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn a_thousand_objects() {
                    super::counted($ground).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                #[ignore = "takes long; for the document"]
                async fn ten_thousand_listed() {
                    super::long_listing($ground).await;
                }
            }
        )*
    };
}

count! {
    webdav: shared::webdav();
    s3: shared::s3();
    s3_that_looks_first: shared::s3_that_looks_first();
    azure: shared::azure();
    gcs: shared::gcs();
    sftp: shared::sftp_that_counts();
    smb: shared::smb_that_counts();
}
