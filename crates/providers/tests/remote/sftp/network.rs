//! Connections that are lost, and servers that fall silent.

use super::Said;
use crate::{ensure_tidy, key, names_on_disk, never, noise};
use bytes::Bytes;
use futures_util::{StreamExt, future::join_all, stream};
use servers::OpenSsh;
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use storage::{Body, ByteRange, ErrorKind, Overwrite, Prefix, PutMode, Retry, StoreExt};

/// A body that does something halfway.
fn interrupted(bytes: Bytes, midway: impl Fn() + Clone + Send + Sync + 'static) -> Body {
    Body::replayable(bytes.len() as u64, move || {
        let (first, second) = (bytes.slice(..bytes.len() / 2), bytes.slice(bytes.len() / 2..));
        let midway = midway.clone();
        let rest = stream::once(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            midway();
            Ok(second)
        });
        stream::iter([Ok(first)]).chain(rest).boxed()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_midway_leaves_nothing_that_shows() {
    let server = OpenSsh::start().unwrap();
    let (folder, said) = (server.folder(), Said::about(&server));
    let server = Arc::new(Mutex::new(server));
    let store = said.open().await.unwrap();
    let (old, bytes) = (noise(1, 1000), noise(2, 24 << 20));
    let (new, kept) = (key("data/new"), key("data/kept"));
    store.put(&kept, old.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    for (name, mode) in [(&new, PutMode::CreateNew), (&kept, PutMode::Replace)] {
        let killed = Arc::clone(&server);
        let body = interrupted(bytes.clone(), move || killed.lock().unwrap().stop());
        let error = store.put(name, body, mode, &never()).await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Unreachable, Retry::Soon));
        assert!(names_on_disk(&folder).iter().any(|name| name.contains(".keepstead-")));
        server.lock().unwrap().start_again().unwrap();

        // The next operation works by itself, and finds what was there before.
        let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
        assert_eq!(listed.iter().map(|entry| &entry.key).collect::<Vec<_>>(), [&kept]);
        let read = store.read(&kept, ByteRange::Whole, 1000, &never()).await.unwrap();
        assert_eq!(read, old);
        // What could not be removed at the time is removed now.
        ensure_tidy(&folder).await;
    }
    store.put(&new, bytes.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    let read = store.read(&new, ByteRange::Whole, 25 << 20, &never()).await.unwrap();
    assert!(read == bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operations_share_one_connection_and_one_attempt() {
    let mut server = OpenSsh::start().unwrap();
    let store = Said::about(&server).open().await.unwrap();
    let a = key("a");
    store.put(&a, noise(1, 10).into(), PutMode::CreateNew, &never()).await.unwrap();
    let eight = || async {
        let looks = (0..8).map(|_| async { store.stat(&a, &never()).await });
        join_all(looks).await
    };
    assert!(eight().await.iter().all(Result::is_ok));
    assert_eq!(server.said().matches("Accepted publickey").count(), 1);

    server.stop();
    for lost in eight().await {
        let error = lost.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Unreachable, Retry::Soon));
    }
    server.start_again().unwrap();
    for found in eight().await {
        assert_eq!(found.unwrap().unwrap().length, 10);
    }
    assert_eq!(server.said().matches("Accepted publickey").count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_falls_silent_is_given_up_and_found_again() {
    let server = OpenSsh::start().unwrap();
    let store = Said::about(&server).with("timeout", "5").open().await.unwrap();
    let a = key("a");
    store.put(&a, noise(1, 10).into(), PutMode::CreateNew, &never()).await.unwrap();
    server.freeze();
    let since = Instant::now();
    let error = store.stat(&a, &never()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::TimedOut, Retry::Soon));
    let took = since.elapsed().as_secs_f64();
    assert!((4.0..8.0).contains(&took), "{took} s");
    // A new connection is not answered either, and being cancelled ends it.
    let cancel = never();
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        cancel.cancel();
    };
    let since = Instant::now();
    let (error, ()) = tokio::join!(store.stat(&a, &cancel), stopping);
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Cancelled);
    assert!(since.elapsed() < Duration::from_secs(1));
    server.thaw();
    assert!(store.stat(&a, &never()).await.unwrap().is_some());
}

/// It is the silence of the server that counts, not how long something takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_source_is_no_reason_to_give_up() {
    let server = OpenSsh::start().unwrap();
    let store = Said::about(&server).with("timeout", "5").open().await.unwrap();
    let bytes = noise(3, 4 << 20);
    let source = bytes.clone();
    let slow = Body::replayable(bytes.len() as u64, move || {
        let source = source.clone();
        let pieces = stream::iter(0..4).then(move |at: usize| {
            let piece = source.slice(at << 20..(at + 1) << 20);
            async move {
                tokio::time::sleep(Duration::from_secs(2)).await;
                Ok(piece)
            }
        });
        pieces.boxed()
    });
    let a = key("a");
    store.put(&a, slow, PutMode::CreateNew, &never()).await.unwrap();
    let mut reading = store.get(&a, ByteRange::Whole, &never()).await.unwrap();
    let mut read = Vec::new();
    while let Some(piece) = reading.next().await {
        read.extend_from_slice(&piece.unwrap());
        if read.len() < 1 << 20 {
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    }
    assert!(bytes == read);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_is_dropped_cleans_up() {
    let server = OpenSsh::start().unwrap();
    let store = Said::about(&server).open().await.unwrap();
    let bytes = noise(4, 32 << 20);
    for wait in [0, 1, 2, 5, 10, 20, 40, 80] {
        let (name, never) = (key("data/new"), never());
        let body = Body::from(bytes.clone());
        let put = store.put(&name, body, PutMode::CreateNew, &never);
        let _ = tokio::time::timeout(Duration::from_millis(wait), put).await;
        let deleted = store.delete_one(&name, &never).await;
        deleted.unwrap();
    }
    ensure_tidy(&server.folder()).await;
    // A store that is dropped right after does what it was asked.
    let body = interrupted(bytes.clone(), || {});
    let (name, never) = (key("data/last"), never());
    let put = store.put(&name, body, PutMode::CreateNew, &never);
    let _ = tokio::time::timeout(Duration::from_millis(100), put).await;
    drop(store);
    ensure_tidy(&server.folder()).await;
}

/// A connection that is lost while bytes come in yields an error, never less.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_and_a_listing_cut_short_say_so() {
    let mut server = OpenSsh::start().unwrap();
    let store = Said::about(&server).open().await.unwrap();
    let a = key("a");
    store.put(&a, noise(5, 24 << 20).into(), PutMode::CreateNew, &never()).await.unwrap();
    for at in 0..300 {
        std::fs::create_dir_all(server.folder().join(format!("d/{at}"))).unwrap();
        std::fs::write(server.folder().join(format!("d/{at}/x")), "x").unwrap();
    }
    let cancel = never();
    let mut reading = store.get(&a, ByteRange::Whole, &cancel).await.unwrap();
    reading.next().await.unwrap().unwrap();
    let mut listing = store.list(&Prefix::everything(), &cancel);
    listing.next().await.unwrap().unwrap();
    server.stop();
    let mut seen = 0;
    let kind = loop {
        match reading.next().await.expect("an error before the end") {
            Ok(_) => seen += 1,
            Err(error) => break error.kind(),
        }
    };
    assert_eq!(kind, ErrorKind::Unreachable, "after {seen} pieces");
    assert!(reading.next().await.is_none());
    let rest: Vec<_> = listing.collect().await;
    assert_eq!(rest.last().unwrap().as_ref().unwrap_err().kind(), ErrorKind::Unreachable);
    let renamed = store.rename(&a, &key("b"), Overwrite::Refuse, &cancel).await;
    assert_eq!(renamed.unwrap_err().kind(), ErrorKind::Unreachable);
}
