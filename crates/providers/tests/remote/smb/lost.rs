//! A server, a share or a caller that goes away.

use super::{failure, open, reach, samba, values};
use crate::{ensure_tidy, key, names_on_disk, never, noise};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use providers::Missing;
use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};
use storage::{Body, ByteRange, ErrorKind, Prefix, PutMode, Retry, StoreExt};
use tokio::sync::Notify;

/// A body that says when its first half was taken, and then waits.
fn halting(bytes: &Bytes, sent: &Arc<Notify>) -> Body {
    let (half, sent) = (bytes.slice(..bytes.len() / 2), Arc::clone(sent));
    Body::replayable(bytes.len() as u64, move || {
        let sent = Arc::clone(&sent);
        let wait = stream::once(async move {
            sent.notify_one();
            std::future::pending().await
        });
        stream::iter([Ok(half.clone())]).chain(wait).boxed()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_ends_amid_a_write_leaves_nothing_to_be_seen() {
    let mut samba = samba();
    let store = open(&samba, "store").await;
    let old = noise(1, 5000);
    store.put(&key("a/old"), old.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    for (round, mode) in [PutMode::CreateNew, PutMode::Replace].into_iter().enumerate() {
        let name = if mode == PutMode::Replace { "a/old" } else { "a/new" };
        let bytes = noise(2 + round as u64, 64 << 20);
        let writer = Arc::clone(&store);
        let writing =
            tokio::spawn(async move { writer.put(&key(name), bytes.into(), mode, &never()).await });
        while !names_on_disk(&samba.folder()).iter().any(|it| it.contains(".keepstead-")) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        samba.kill();
        let error = failure(writing.await.unwrap());
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Unreachable, Retry::Soon));
        let error = failure(store.stat(&key("a/old"), &never()).await);
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Unreachable, Retry::Soon));

        samba.restart().unwrap();
        let read = store.read(&key("a/old"), ByteRange::Whole, 10_000, &never()).await.unwrap();
        assert_eq!(read, old);
        let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
        assert_eq!(listed.len(), 1, "{listed:?}");
    }
    let (a, b, cancel) = (key("a/1"), key("a/2"), never());
    let (one, two) = tokio::join!(
        store.put(&a, noise(8, 10).into(), PutMode::CreateNew, &cancel),
        store.put(&b, noise(9, 10).into(), PutMode::CreateNew, &cancel),
    );
    one.and(two).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_that_is_dropped_cleans_up() {
    let samba = samba();
    let store = open(&samba, "").await;
    let sent = Arc::new(Notify::new());
    for _ in 0..3 {
        let (name, bytes) = (key("a/object"), noise(1, 20 << 20));
        let (body, cancel) = (halting(&bytes, &sent), never());
        let put = store.put(&name, body, PutMode::CreateNew, &cancel);
        tokio::select! {
            _ = put => panic!("it cannot end"),
            () = sent.notified() => {}
        }
    }
    ensure_tidy(&samba.folder()).await;
    assert!(names_on_disk(&samba.folder()).is_empty());
    // The connection is still of use.
    store.put(&key("a/object"), noise(2, 5).into(), PutMode::CreateNew, &never()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_went_elsewhere_is_not_made_anew() {
    let samba = samba();
    let store = open(&samba, "store").await;
    store.put(&key("a/object"), noise(1, 10).into(), PutMode::CreateNew, &never()).await.unwrap();
    let (there, elsewhere) = (samba.folder().join("store"), samba.folder().join("elsewhere"));
    // Gone, and with an empty one in its place, as a disk that was unmounted.
    for empty in [false, true] {
        std::fs::rename(&there, &elsewhere).unwrap();
        if empty {
            std::fs::create_dir(&there).unwrap();
        }
        let kinds = [
            failure(store.list_all(&Prefix::everything(), &never()).await).kind(),
            failure(store.list_all(&Prefix::folder("a").unwrap(), &never()).await).kind(),
            failure(store.stat(&key("a/object"), &never()).await).kind(),
            failure(store.read(&key("a/object"), ByteRange::Whole, 10, &never()).await).kind(),
            failure(store.delete_one(&key("a/object"), &never()).await).kind(),
            failure(
                store.put(&key("b/new"), noise(2, 10).into(), PutMode::CreateNew, &never()).await,
            )
            .kind(),
            failure(store.put(&key("new"), vec![1].into(), PutMode::Replace, &never()).await)
                .kind(),
        ];
        assert_eq!(kinds, [ErrorKind::NotMounted; 7], "empty: {empty}");
        ensure_tidy(&samba.folder()).await;
        if empty {
            assert!(std::fs::read_dir(&there).unwrap().next().is_none());
            std::fs::remove_dir(&there).unwrap();
        }
        std::fs::rename(&elsewhere, &there).unwrap();
        assert!(store.stat(&key("a/object"), &never()).await.unwrap().is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_share_that_is_gone_fails_and_comes_back() {
    let mut samba = samba();
    let store = open(&samba, "store").await;
    store.put(&key("object"), noise(1, 10).into(), PutMode::CreateNew, &never()).await.unwrap();
    // The server ends the share for whoever uses it; it can be had again.
    samba.control(&["smbd", "close-share", "backup"]).unwrap();
    let since = Instant::now();
    let found = loop {
        match store.stat(&key("object"), &never()).await {
            Ok(found) => break found,
            Err(error) => {
                assert_eq!(error.retry(), Retry::Soon, "{error:?}");
                assert!(since.elapsed() < Duration::from_secs(5), "{error:?}");
            }
        }
    };
    assert!(found.is_some());

    // The disk behind the share as a whole is somewhere else.
    let (there, elsewhere) = (samba.folder(), samba.place().join("elsewhere"));
    std::fs::rename(&there, &elsewhere).unwrap();
    let error = failure(store.list_all(&Prefix::everything(), &never()).await);
    assert_eq!(error.kind(), ErrorKind::NotMounted, "{error:?}");
    samba.restart().unwrap();
    let error = failure(store.list_all(&Prefix::everything(), &never()).await);
    assert!([ErrorKind::NotMounted, ErrorKind::Unreachable].contains(&error.kind()), "{error:?}");
    let error = failure(store.list_all(&Prefix::everything(), &never()).await);
    assert_eq!(error.kind(), ErrorKind::NotMounted, "{error:?}");
    std::fs::rename(&elsewhere, &there).unwrap();
    let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    assert_eq!(listed.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_dead_writers_left_is_removed_after_a_day() {
    let samba = samba();
    let store = open(&samba, "").await;
    store.put(&key("a/object"), noise(1, 10).into(), PutMode::CreateNew, &never()).await.unwrap();
    let day = Duration::from_secs(24 * 60 * 60);
    #[expect(clippy::disallowed_methods, reason = "files on a disk have the machine's time")]
    let now = SystemTime::now();
    for (name, age) in [
        (".keepstead-0000000000000001.tmp", day + day),
        (".keepstead-0000000000000002.tmp", day / 2),
        ("old", day * 9),
    ] {
        let file = std::fs::File::create(samba.folder().join("a").join(name)).unwrap();
        file.set_modified(now - age).unwrap();
    }
    let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    assert_eq!(listed.len(), 2, "{listed:?}");
    for _ in 0..50 {
        if names_on_disk(&samba.folder()).len() == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let left = names_on_disk(&samba.folder());
    assert!(left.iter().any(|name| name.ends_with("2.tmp")), "{left:?}");
    assert!(!left.iter().any(|name| name.ends_with("1.tmp")), "{left:?}");
    assert_eq!(left.len(), 3, "{left:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_is_given_up_and_can_be_cancelled() {
    let samba = samba();
    let mut values = values(&samba, "backup", "");
    values.plain.insert("timeout".into(), "2".into());
    let store = reach(&values, Missing::Fail).await.unwrap();
    store.put(&key("object"), noise(1, 10).into(), PutMode::CreateNew, &never()).await.unwrap();
    samba.stall(true).unwrap();
    let (since, cancel) = (Instant::now(), never());
    let large = noise(2, 30 << 20);
    let name = key("large");
    let put = store.put(&name, large.into(), PutMode::CreateNew, &cancel);
    let stop = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        cancel.cancel();
    };
    let (put, ()) = tokio::join!(put, stop);
    assert_eq!(failure(put).kind(), ErrorKind::Cancelled);
    assert!(since.elapsed() < Duration::from_millis(1_300), "{:?}", since.elapsed());

    let error = failure(store.stat(&key("object"), &never()).await);
    let kinds = [ErrorKind::TimedOut, ErrorKind::Unreachable];
    assert!(kinds.contains(&error.kind()), "{error:?}");
    assert_eq!(error.retry(), Retry::Soon);
    assert!(since.elapsed() < Duration::from_secs(20), "{:?}", since.elapsed());
    samba.stall(false).unwrap();
    assert!(store.stat(&key("object"), &never()).await.unwrap().is_some());
    let read = store.read(&key("object"), ByteRange::Whole, 20, &never()).await.unwrap();
    assert_eq!(read, noise(1, 10));
    assert_eq!(store.list_all(&Prefix::everything(), &never()).await.unwrap().len(), 1);
}
