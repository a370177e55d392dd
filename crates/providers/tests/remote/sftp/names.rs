//! What stands in a folder besides objects, and very many objects.

use super::Said;
use crate::{ensure_tidy, key, names_on_disk, never, noise};
use futures_util::StreamExt;
use servers::OpenSsh;
use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt as _, fs::symlink},
    time::{Duration, SystemTime},
};
use storage::{ByteRange, ErrorKind, Overwrite, Prefix, PutMode, StoreExt};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_openssh_of_today_promises() {
    let server = OpenSsh::start().unwrap();
    let promised = Said::about(&server).open().await.unwrap().capabilities();
    assert!(promised.atomic_create && promised.atomic_replace);
    assert!(promised.durable && promised.case_sensitive);
}

#[tokio::test]
async fn no_link_leads_out_of_the_folder() {
    let server = OpenSsh::start().unwrap();
    let outside = server.home().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret"), "not yours").unwrap();
    let store = Said::about(&server).open().await.unwrap();
    let whole = ByteRange::Whole;
    let a = key("a");
    store.put(&a, noise(1, 9).into(), PutMode::CreateNew, &never()).await.unwrap();
    symlink(&outside, server.folder().join("out")).unwrap();
    symlink(outside.join("secret"), server.folder().join("link")).unwrap();
    let (below, link, new) = (key("out/secret"), key("link"), key("out/new"));

    let mut kinds = Vec::new();
    for name in [&below, &link] {
        kinds.push(store.read(name, whole, 100, &never()).await.map(drop));
        kinds.push(store.stat(name, &never()).await.map(drop));
        kinds.push(store.rename(name, &key("b"), Overwrite::Refuse, &never()).await);
        kinds.push(store.copy(name, &key("b"), Overwrite::Refuse, &never()).await);
    }
    for mode in [PutMode::CreateNew, PutMode::Replace] {
        kinds.push(store.put(&new, noise(2, 9).into(), mode, &never()).await);
        kinds.push(store.put(&below, noise(2, 9).into(), mode, &never()).await);
    }
    kinds.push(store.rename(&a, &new, Overwrite::Allow, &never()).await);
    kinds.push(store.delete_one(&below, &never()).await);
    kinds.push(store.list_all(&Prefix::folder("out").unwrap(), &never()).await.map(drop));
    kinds.push(store.list_all(&Prefix::everything(), &never()).await.map(drop));
    for (at, outcome) in kinds.into_iter().enumerate() {
        let error = outcome.expect_err(&format!("operation {at}"));
        assert_eq!(error.kind(), ErrorKind::Other, "operation {at}: {error:?}");
    }
    assert_eq!(names_on_disk(&outside).len(), 1);
    assert_eq!(fs::read(outside.join("secret")).unwrap(), b"not yours");
    assert_eq!(store.read(&a, whole, 9, &never()).await.unwrap(), noise(1, 9));
}

#[tokio::test]
async fn files_being_written_are_no_objects_and_old_ones_are_removed() {
    let server = OpenSsh::start().unwrap();
    let store = Said::about(&server).open().await.unwrap();
    // The store's clock stands at this moment.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_796_040_000);
    let day = Duration::from_secs(86_400);
    fs::create_dir(server.folder().join("x")).unwrap();
    for (name, age) in [
        (".keepstead-0000000000000000.tmp", 3 * day),
        ("x/.keepstead-0000000000000001.tmp", 2 * day),
        ("x/.keepstead-0000000000000002.tmp", day / 2),
        ("x/keepstead-3.tmp", 3 * day),
    ] {
        let path = server.folder().join(name);
        fs::write(&path, "half").unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(now - age).unwrap();
    }
    let temp = key("x/.keepstead-0000000000000002.tmp");
    assert!(store.stat(&temp, &never()).await.unwrap().is_none());
    let read = store.read(&temp, ByteRange::Whole, 9, &never()).await;
    assert_eq!(read.unwrap_err().kind(), ErrorKind::NotFound);
    store.delete_one(&temp, &never()).await.unwrap();
    let written = store.put(&temp, noise(1, 1).into(), PutMode::Replace, &never()).await;
    assert_eq!(written.unwrap_err().kind(), ErrorKind::Unsupported);
    let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
    // Reading removes nothing.
    assert_eq!(names_on_disk(&server.folder()).len(), 4);

    for name in ["a", "x/a"] {
        store.put(&key(name), noise(1, 1).into(), PutMode::CreateNew, &never()).await.unwrap();
    }
    let left = || {
        let names = names_on_disk(&server.folder());
        names.into_iter().filter(|name| name.contains(".keepstead-")).collect::<Vec<_>>()
    };
    for _ in 0..100 {
        if left().len() == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(matches!(&*left(), [young] if young.ends_with("0002.tmp")), "{:?}", left());
}

#[tokio::test]
async fn odd_names_are_kept_and_impossible_ones_are_no_objects() {
    let server = OpenSsh::start().unwrap();
    let store = Said::about(&server).open().await.unwrap();
    let names = ["ä ö/…", "-rf", "a b/c:d", "*?", "tab\there", "new\nline", "'\"`$"];
    for (at, name) in names.iter().enumerate() {
        let bytes = noise(at as u64, at + 1);
        store.put(&key(name), bytes.into(), PutMode::CreateNew, &never()).await.unwrap();
    }
    fs::write(server.folder().join(OsStr::from_bytes(b"no\xffutf8")), "x").unwrap();
    fs::write(server.folder().join("back\\slash"), "x").unwrap();
    let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    let found: BTreeSet<_> = listed.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(found, BTreeSet::from(names));
    for (at, name) in names.iter().enumerate() {
        let read = store.read(&key(name), ByteRange::Whole, 100, &never()).await.unwrap();
        assert_eq!(read, noise(at as u64, at + 1));
    }
    // A name below an object, and one longer than the server takes.
    let long = "n".repeat(300);
    for name in ["-rf/below", &long] {
        let put = store.put(&key(name), noise(1, 1).into(), PutMode::CreateNew, &never()).await;
        assert!(put.is_err(), "{name}");
    }
    ensure_tidy(&server.folder()).await;
}

#[tokio::test]
async fn ten_thousand_objects_are_listed_and_deleted() {
    let server = OpenSsh::start().unwrap();
    let mut expected = BTreeSet::new();
    for at in 0..10_000 {
        let name = match at {
            0..6000 => format!("flat/{at:05}"),
            _ => format!("deep/{:02x}/{}/{at}", at % 256, at % 3),
        };
        let path = server.folder().join(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, vec![0; at % 7]).unwrap();
        expected.insert((key(&name), (at % 7) as u64));
    }
    let store = Said::about(&server).open().await.unwrap();
    let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    assert_eq!(listed.len(), 10_000);
    let found: BTreeSet<_> = listed.into_iter().map(|it| (it.key, it.length)).collect();
    assert!(found == expected);
    let keys: Vec<_> = expected.into_iter().map(|(key, _)| key).collect();
    let results = store.delete(&keys, &never()).await;
    assert!(results.len() == 10_000 && results.iter().all(Result::is_ok));
    assert!(store.list_all(&Prefix::everything(), &never()).await.unwrap().is_empty());
}

/// OpenSSH numbers its handles, so that with many of them not all are text.
#[tokio::test]
async fn hundreds_of_objects_are_read_at_once() {
    let server = OpenSsh::start().unwrap();
    let store = Said::about(&server).open().await.unwrap();
    for at in 0..300_usize {
        fs::write(server.folder().join(at.to_string()), noise(at as u64, 50_000)).unwrap();
    }
    let mut open = Vec::new();
    for at in 0..300_u64 {
        let name = key(&at.to_string());
        open.push(store.get(&name, ByteRange::Whole, &never()).await.unwrap());
    }
    for (at, mut reading) in open.into_iter().enumerate().rev() {
        let mut read = Vec::new();
        while let Some(piece) = reading.next().await {
            read.extend_from_slice(&piece.unwrap());
        }
        assert!(noise(at as u64, 50_000) == read, "{at}");
    }
}
