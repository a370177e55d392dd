//! Names, folders and links, and what other programs see of them.

use super::{failure, open, samba};
use crate::{ensure_tidy, key, never, noise};
use futures_util::stream::{self, StreamExt};
use std::{collections::BTreeSet, os::unix::fs::symlink, sync::Arc};
use storage::{ByteRange, ErrorKind, Overwrite, Prefix, PutMode, StoreExt};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_programs_see_the_same_bytes() {
    let samba = samba();
    let store = open(&samba, "our folder").await;
    let bytes = noise(1, (9 << 20) + 3);
    let name = "what is kept/ünd & 100 % 日本 'a'";
    store.put(&key(name), bytes.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    assert_eq!(std::fs::read(samba.folder().join("our folder").join(name)).unwrap(), bytes);
    let place = tempfile::tempdir().unwrap();
    let (fetched, sent) = (place.path().join("fetched"), place.path().join("sent"));
    let get = format!("get \"our folder/{name}\" {}", fetched.display());
    samba.client("backup", &get).unwrap();
    assert_eq!(std::fs::read(fetched).unwrap(), bytes);

    let bytes = noise(2, (9 << 20) + 7);
    std::fs::write(&sent, &bytes).unwrap();
    let put = format!("put {} \"our folder/theirs\"", sent.display());
    samba.client("backup", &put).unwrap();
    let read = store.read(&key("theirs"), ByteRange::Whole, 20 << 20, &never()).await.unwrap();
    assert_eq!(read, bytes);
    assert_eq!(store.list_all(&Prefix::everything(), &never()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn names_that_smb_cannot_carry_are_refused_not_changed() {
    let samba = samba();
    let store = open(&samba, "").await;
    for name in ["a:b", "a*", "a?", "\"a", "<a", "a>", "a|b", "a.", "a ", "b./a", "a/b /c", "\u{7}"]
    {
        let name = key(name);
        let put = store.put(&name, vec![1].into(), PutMode::CreateNew, &never()).await;
        let error = failure(put);
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{name}");
        let why = std::error::Error::source(&error).unwrap().to_string();
        assert!(why.contains("a name on an SMB share cannot"), "{why}");
        assert_eq!(failure(store.stat(&name, &never()).await).kind(), ErrorKind::Unsupported);
        let to = store.rename(&key("x"), &name, Overwrite::Allow, &never()).await;
        assert_eq!(failure(to).kind(), ErrorKind::Unsupported);
    }
    let reserved = key("a/.keepstead-0123456789abcdef.tmp");
    let put = store.put(&reserved, vec![1].into(), PutMode::CreateNew, &never()).await;
    assert_eq!(failure(put).kind(), ErrorKind::Unsupported);
    std::fs::create_dir_all(samba.folder().join("a")).unwrap();
    std::fs::write(samba.folder().join(reserved.as_str()), b"1").unwrap();
    assert_eq!(store.stat(&reserved, &never()).await.unwrap(), None);
    let read = store.read(&reserved, ByteRange::Whole, 1, &never()).await;
    assert_eq!(failure(read).kind(), ErrorKind::NotFound);
    store.delete_one(&reserved, &never()).await.unwrap();
    assert!(samba.folder().join(reserved.as_str()).exists());
}

#[tokio::test]
async fn names_that_differ_in_case_only_are_one() {
    let samba = samba();
    let store = open(&samba, "").await;
    assert!(!store.capabilities().case_sensitive);
    let (bytes, other) = (noise(1, 100), noise(2, 200));
    store.put(&key("Data/Pack"), bytes.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    let name = key("data/pack");
    let again = store.put(&name, other.clone().into(), PutMode::CreateNew, &never()).await;
    assert_eq!(failure(again).kind(), ErrorKind::AlreadyExists);
    let read = store.read(&key("data/PACK"), ByteRange::Whole, 1000, &never()).await.unwrap();
    assert_eq!(read, bytes);
    store.put(&key("data/pack"), other.clone().into(), PutMode::Replace, &never()).await.unwrap();
    assert_eq!(store.list_all(&Prefix::everything(), &never()).await.unwrap().len(), 1);
    let read = store.read(&key("Data/Pack"), ByteRange::Whole, 1000, &never()).await.unwrap();
    assert_eq!(read, other);
}

#[tokio::test]
async fn no_link_leads_out_of_the_share() {
    let samba = samba();
    let outside = samba.place().join("outside");
    std::fs::create_dir_all(outside.join("deep")).unwrap();
    std::fs::write(outside.join("deep/secret"), b"secret").unwrap();
    let store = open(&samba, "store").await;
    store.put(&key("object"), noise(1, 10).into(), PutMode::CreateNew, &never()).await.unwrap();
    let root = samba.folder().join("store");
    symlink(&outside, root.join("link")).unwrap();
    symlink(outside.join("deep/secret"), root.join("secret")).unwrap();

    let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    assert_eq!(listed.iter().map(|it| it.key.as_str()).collect::<Vec<_>>(), ["object"]);
    for name in ["link/deep/secret", "secret"] {
        assert!(store.read(&key(name), ByteRange::Whole, 10, &never()).await.is_err(), "{name}");
        for mode in [PutMode::CreateNew, PutMode::Replace] {
            let _ = store.put(&key(name), b"ours".to_vec().into(), mode, &never()).await;
        }
        let _ = store.delete_one(&key(name), &never()).await;
    }
    let _ = store.put(&key("link/new"), vec![1].into(), PutMode::CreateNew, &never()).await;
    assert_eq!(std::fs::read(outside.join("deep/secret")).unwrap(), b"secret");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1);
    assert_eq!(std::fs::read_dir(outside.join("deep")).unwrap().count(), 1);
    ensure_tidy(&samba.folder()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_objects_are_listed() {
    let samba = samba();
    let store = open(&samba, "store").await;
    let mut expected = BTreeSet::new();
    for at in 0..10_000 {
        // One large folder, and many small ones.
        let name = match at {
            0..7_000 => format!("large/{at:064x}"),
            _ => format!("small/{:02x}/{:02x}/{at}", at % 200, at % 7),
        };
        let path = samba.folder().join("store").join(&name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, vec![0; at % 5]).unwrap();
        expected.insert((name, (at % 5) as u64));
    }
    let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    assert_eq!(listed.len(), expected.len());
    let found: BTreeSet<_> =
        listed.into_iter().map(|it| (it.key.as_str().to_owned(), it.length)).collect();
    assert!(found == expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_folder_may_be_made_by_many_at_once() {
    let samba = samba();
    let mut stores = Vec::new();
    for _ in 0..6 {
        stores.push(open(&samba, "store").await);
    }
    for round in 0..5 {
        let putting = stream::iter(stores.iter().enumerate()).map(|(at, store)| async move {
            let name = key(&format!("{round}/deep/er/{at}"));
            store.put(&name, noise(at as u64, 10).into(), PutMode::CreateNew, &never()).await
        });
        let results: Vec<_> = putting.buffer_unordered(6).collect().await;
        results.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    }
    assert_eq!(stores[0].list_all(&Prefix::everything(), &never()).await.unwrap().len(), 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_machines_one_gets_a_new_name() {
    let samba = samba();
    let mut stores = Vec::new();
    for _ in 0..6 {
        stores.push(open(&samba, "").await);
    }
    for round in 0..60 {
        let name = key(&format!("race/{round}"));
        let start = Arc::new(tokio::sync::Barrier::new(stores.len()));
        let racers: Vec<_> = stores
            .iter()
            .enumerate()
            .map(|(at, store)| {
                let (store, name, start) = (Arc::clone(store), name.clone(), Arc::clone(&start));
                tokio::spawn(async move {
                    start.wait().await;
                    let bytes = noise(at as u64, 100 + at);
                    store.put(&name, bytes.into(), PutMode::CreateNew, &never()).await
                })
            })
            .collect();
        let mut winners = 0;
        for racer in racers {
            match racer.await.unwrap() {
                Ok(()) => winners += 1,
                Err(error) => assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{error:?}"),
            }
        }
        assert_eq!(winners, 1, "round {round}");
    }
    ensure_tidy(&samba.folder()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reads_slowly_does_not_keep_others_from_writing() {
    let samba = samba();
    let store = open(&samba, "").await;
    let (old, new) = (noise(1, 40 << 20), noise(2, 41 << 20));
    store.put(&key("object"), old.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    for replace in [true, false] {
        let mut reading = store.get(&key("object"), ByteRange::Whole, &never()).await.unwrap();
        let first = reading.next().await.unwrap().unwrap();
        assert!(old.starts_with(&first) || new.starts_with(&first));
        if replace {
            let body = new.clone().into();
            store.put(&key("object"), body, PutMode::Replace, &never()).await.unwrap();
        } else {
            store.delete_one(&key("object"), &never()).await.unwrap();
            assert_eq!(store.stat(&key("object"), &never()).await.unwrap(), None);
        }
        // What comes is the old object's, or the reading ends with an error.
        let mut seen = first.len();
        let end = loop {
            match reading.next().await {
                Some(Ok(piece)) => seen += piece.len(),
                Some(Err(error)) => break error,
                None => panic!("all {seen} bytes of an object that was replaced"),
            }
        };
        assert_eq!(end.kind(), ErrorKind::Damaged, "{end:?}");
    }
}
