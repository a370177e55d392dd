//! How many requests it takes, counted by a proxy.

use super::{
    document,
    faults::Bench,
    grounds::{Ground, shared},
    key, never, noise,
};
use futures_util::stream::{self, StreamExt};
use std::sync::Arc;
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

async fn counted(ground: &'static Ground) {
    let bench = Bench::new(ground, "budget");
    let store = bench.open().await;
    // How long an object may be is found out with the first one.
    let first = noise(0, 2048).into();
    store.put(&key("data/first"), first, PutMode::CreateNew, &never()).await.unwrap();
    // One that was never answered, because the server had just given its
    // connection up, is asked again by any client.
    let count = || {
        let seen = bench.proxy.take_seen().requests;
        let answered = seen.iter().filter(|seen| seen.status.is_some()).count();
        assert!(seen.len() - answered <= 1, "{} were not answered", seen.len() - answered);
        answered.to_string()
    };
    drop(count());
    let mut cells = Vec::new();
    write(&store, 1000).await;
    cells.push(count());
    let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    assert_eq!(listed.len(), 1001);
    cells.push(count());
    let read = |at: u64| {
        let store = Arc::clone(&store);
        async move {
            let read = store.read(&name(at), ByteRange::Whole, 4096, &never()).await.unwrap();
            assert_eq!(read, noise(at, 1024));
        }
    };
    let at_once = store.capabilities().concurrency;
    stream::iter(0..1000).map(read).buffer_unordered(at_once).collect::<Vec<()>>().await;
    cells.push(count());
    let keys: Vec<Key> = (0..1000).map(name).collect();
    assert!(store.delete(&keys, &never()).await.iter().all(Result::is_ok));
    cells.push(count());
    document::says("Requests", ground, &cells);
}

async fn long_listing(ground: &'static Ground) {
    let bench = Bench::new(ground, "crowd");
    let store = bench.open().await;
    write(&store, 10_000).await;
    drop(bench.proxy.take_seen());
    let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    assert_eq!(listed.len(), 10_000);
    let requests = bench.proxy.seen().requests.len().to_string();
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
}
