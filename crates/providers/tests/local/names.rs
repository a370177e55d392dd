//! Names, links and modes: what lies in the folder, and what does not belong.

use super::{key, names_on_disk, never, noise, open};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use std::{
    ffi::OsStr,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt, fs::symlink},
};
use storage::{
    Body, ByteRange, ErrorKind, Key, Overwrite, Prefix, PutMode, Retry, Store, StoreExt,
};

/// A body that is produced while it is sent.
pub(crate) fn streamed(bytes: Bytes) -> Body {
    Body::replayable(bytes.len() as u64, move || {
        let pieces: Vec<_> = bytes.chunks(64 << 10).map(|it| Ok(bytes.slice_ref(it))).collect();
        stream::iter(pieces).boxed()
    })
}

#[tokio::test]
async fn objects_are_private_files_under_their_own_names() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    for body in [Body::from(noise(1, 5)), streamed(noise(1, 5))] {
        store.put(&key("data/ab/abcd"), body, PutMode::Replace, &never()).await.unwrap();
    }
    assert_eq!(std::fs::read(folder.path().join("data/ab/abcd")).unwrap(), noise(1, 5));
    for (name, mode) in [("data", 0o700), ("data/ab", 0o700), ("data/ab/abcd", 0o600)] {
        let about = folder.path().join(name).metadata().unwrap();
        assert_eq!(about.permissions().mode() & 0o777, mode, "{name}");
    }
    assert_eq!(names_on_disk(folder.path()).len(), 1);
    assert_eq!(store.location(), store.folder().display().to_string());
}

#[tokio::test]
async fn readable_names_may_hold_anything_a_name_can() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let names =
        ["a b/c:d?*", "Ünïcödé/日本語", "new\nline", "-rf", "~", "%2e", "a/.hidden", "\u{1}"];
    for name in names {
        store.put(&key(name), noise(1, 3).into(), PutMode::CreateNew, &never()).await.unwrap();
        assert!(store.stat(&key(name), &never()).await.unwrap().is_some(), "{name:?}");
    }
    assert_eq!(store.list_all(&Prefix::everything(), &never()).await.unwrap().len(), names.len());

    let long = key(&"x".repeat(256));
    assert!(store.put(&long, noise(1, 3).into(), PutMode::CreateNew, &never()).await.is_err());
    store
        .put(&key(&"x".repeat(255)), noise(1, 3).into(), PutMode::CreateNew, &never())
        .await
        .unwrap();
}

#[tokio::test]
async fn the_names_of_unfinished_files_are_nobodys() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let temp = ".keepstead-00.tmp";
    std::fs::create_dir(folder.path().join("x")).unwrap();
    std::fs::write(folder.path().join("x").join(temp), "half").unwrap();
    store.put(&key("x/a"), noise(1, 3).into(), PutMode::CreateNew, &never()).await.unwrap();
    for name in [format!("x/{temp}"), temp.into(), format!("{temp}/x")] {
        let name = key(&name);
        let written = store.put(&name, noise(1, 3).into(), PutMode::Replace, &never()).await;
        assert_eq!(written.unwrap_err().kind(), ErrorKind::Unsupported);
        let moved = store.rename(&key("x/a"), &name, Overwrite::Allow, &never()).await;
        assert_eq!(moved.unwrap_err().kind(), ErrorKind::Unsupported);
        assert_eq!(store.stat(&name, &never()).await.unwrap(), None);
        let read = store.read(&name, ByteRange::Whole, 9, &never()).await;
        assert_eq!(read.unwrap_err().kind(), ErrorKind::NotFound);
        // In one batch with an object of the same folder.
        store.put(&key("x/b"), noise(1, 3).into(), PutMode::Replace, &never()).await.unwrap();
        for result in store.delete(&[name, key("x/b")], &never()).await {
            result.unwrap();
        }
        assert_eq!(store.stat(&key("x/b"), &never()).await.unwrap(), None);
    }
    assert!(folder.path().join("x").join(temp).exists());
    assert_eq!(store.list_all(&Prefix::everything(), &never()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn no_link_leads_out_of_the_folder() {
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = open(folder.path()).await;
    std::fs::write(outside.path().join("secret"), "secret").unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    symlink(outside.path(), folder.path().join("data/out")).unwrap();
    symlink(outside.path().join("secret"), folder.path().join("data/file")).unwrap();

    for name in ["data/out/secret", "data/file"] {
        let name = key(name);
        let read = store.read(&name, ByteRange::Whole, 9, &never()).await;
        assert_eq!(read.unwrap_err().kind(), ErrorKind::Other, "{name}");
        store.stat(&name, &never()).await.unwrap_err();
        store.copy(&name, &key("copy"), Overwrite::Refuse, &never()).await.unwrap_err();
        store.rename(&name, &key("moved"), Overwrite::Refuse, &never()).await.unwrap_err();
    }
    for mode in [PutMode::CreateNew, PutMode::Replace] {
        let put = async |name| store.put(&key(name), noise(1, 3).into(), mode, &never()).await;
        put("data/out/new").await.unwrap_err();
        put("data/out/deeper/new").await.unwrap_err();
    }
    store.delete_one(&key("data/out/secret"), &never()).await.unwrap_err();
    store.sweep(std::time::SystemTime::UNIX_EPOCH, &never()).await.unwrap();

    // What lies behind a link is unknown, so a listing with one is not complete.
    for prefix in [Prefix::everything(), Prefix::folder("data").unwrap()] {
        let listed = store.list_all(&prefix, &never()).await;
        assert_eq!(listed.unwrap_err().kind(), ErrorKind::Other);
    }
    for inside in ["data/out", "data/out/deeper"] {
        store.list_all(&Prefix::folder(inside).unwrap(), &never()).await.unwrap_err();
    }
    // Replacing or deleting a link touches the link alone.
    store.put(&key("data/file"), noise(1, 3).into(), PutMode::Replace, &never()).await.unwrap();
    store.delete_one(&key("data/out"), &never()).await.unwrap();
    assert_eq!(names_on_disk(outside.path()).len(), 1);
    assert_eq!(std::fs::read(outside.path().join("secret")).unwrap(), b"secret");
    assert_eq!(store.list_all(&Prefix::everything(), &never()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_folder_itself_may_be_reached_by_a_link() {
    let parent = tempfile::tempdir().unwrap();
    let (real, link) = (parent.path().join("real"), parent.path().join("link"));
    std::fs::create_dir(&real).unwrap();
    symlink(&real, &link).unwrap();
    let store = open(&link).await;
    store.put(&key("a"), noise(1, 3).into(), PutMode::CreateNew, &never()).await.unwrap();
    assert!(real.join("a").exists());
    assert_eq!(store.folder(), real.canonicalize().unwrap());
}

#[tokio::test]
async fn devices_and_pipes_neither_block_nor_count_as_objects() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let status = std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status();
    assert!(status.unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    for name in ["pipe", "socket"] {
        let read = store.read(&key(name), ByteRange::Whole, 9, &never()).await.unwrap_err();
        assert_eq!(read.kind(), ErrorKind::Other, "{read}");
        store.stat(&key(name), &never()).await.unwrap_err();
    }
    store.list_all(&Prefix::everything(), &never()).await.unwrap_err();
}

#[tokio::test]
async fn names_that_no_key_can_have_are_no_objects() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.put(&key("x/a"), noise(1, 3).into(), PutMode::CreateNew, &never()).await.unwrap();
    std::fs::write(folder.path().join(OsStr::from_bytes(b"x/\xff\xfe")), "x").unwrap();
    std::fs::write(folder.path().join("x/back\\slash"), "x").unwrap();
    std::fs::create_dir(folder.path().join(OsStr::from_bytes(b"\xff"))).unwrap();
    std::fs::write(folder.path().join(OsStr::from_bytes(b"\xff/b")), "x").unwrap();
    let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
}

#[tokio::test]
async fn an_object_and_a_folder_exclude_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let put =
        async |name: &str, mode| store.put(&key(name), noise(1, 3).into(), mode, &never()).await;
    put("a", PutMode::CreateNew).await.unwrap();
    put("b/c", PutMode::CreateNew).await.unwrap();
    for mode in [PutMode::CreateNew, PutMode::Replace] {
        put("a/b", mode).await.unwrap_err();
        put("b", mode).await.unwrap_err();
    }
    // Below an object there is nothing, and that is no error.
    assert_eq!(store.stat(&key("a/b/c"), &never()).await.unwrap(), None);
    let read = store.read(&key("a/b"), ByteRange::Whole, 3, &never()).await;
    assert_eq!(read.unwrap_err().kind(), ErrorKind::NotFound);
    store.delete_one(&key("a/b"), &never()).await.unwrap();
    assert!(store.list_all(&Prefix::folder("a").unwrap(), &never()).await.unwrap().is_empty());
    let all: Vec<Key> = store
        .list_all(&Prefix::everything(), &never())
        .await
        .unwrap()
        .into_iter()
        .map(|entry| entry.key)
        .collect();
    assert_eq!(all.len(), 2, "{all:?}");
}

#[tokio::test]
async fn a_range_past_the_end_is_damage_that_does_not_heal() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let a = key("a");
    store.put(&a, noise(1, 3 << 20).into(), PutMode::CreateNew, &never()).await.unwrap();
    let range = ByteRange::Exact { offset: 3 << 20, length: 1 };
    let error = store.read(&a, range, 9, &never()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Damaged, Retry::Never));

    // The file shrinks while it is read.
    let mut reading = store.get(&a, ByteRange::Whole, &never()).await.unwrap();
    assert_eq!(reading.next().await.unwrap().unwrap().len(), 1 << 20);
    let file = std::fs::File::options().write(true).open(folder.path().join("a")).unwrap();
    file.set_len((1 << 20) + 5).unwrap();
    assert_eq!(reading.next().await.unwrap().unwrap_err().kind(), ErrorKind::Damaged);
    assert!(reading.next().await.is_none());
}

/// Objects come and go while they are listed; those that stay are all listed,
/// each once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listing_amid_changes_has_everything_that_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    for at in 0..300 {
        let name = folder.path().join(format!("stay-{at}"));
        std::fs::write(name, "x").unwrap();
    }
    let (writer, stop) = (store.clone(), never());
    let stopped = stop.clone();
    let changing = tokio::spawn(async move {
        let mut rounds = 0_u64;
        while !stopped.is_cancelled() {
            for at in 0..40 {
                let name = key(&format!("go-{at}"));
                writer.put(&name, noise(1, 3).into(), PutMode::Replace, &never()).await.unwrap();
            }
            for at in 0..40 {
                writer.delete_one(&key(&format!("go-{at}")), &never()).await.unwrap();
            }
            rounds += 1;
        }
        rounds
    });
    for _ in 0..200 {
        let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
        let mut names: Vec<_> = listed.iter().map(|entry| entry.key.as_str()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert_eq!(names.iter().filter(|name| name.starts_with("stay-")).count(), 300);
    }
    stop.cancel();
    assert!(changing.await.unwrap() > 0);
}
