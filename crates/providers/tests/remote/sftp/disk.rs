//! Disks of a server that are full or cannot be written.

use super::Said;
use crate::{ensure_tidy, key, names_on_disk, never, noise};
use futures_util::{StreamExt, stream};
use servers::OpenSsh;
use std::process::Command;
use storage::{Body, ByteRange, ErrorKind, Overwrite, Prefix, PutMode, Retry, StoreExt};

const ROOT: &str = "these tests mount small file systems and so run as root";

#[tokio::test]
async fn a_full_disk_is_said_once_and_leaves_nothing() {
    let mut server = OpenSsh::start().unwrap();
    server.mount("size=8m").expect(ROOT);
    let store = Said::about(&server).open().await.unwrap();
    let room = store.capacity(&never()).await.unwrap().unwrap();
    assert_eq!(room.total, Some(8 << 20));
    let kept = noise(1, 3 << 20);
    let a = key("data/a");
    store.put(&a, kept.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    let large = noise(2, 6 << 20);
    let pieces: Vec<_> = large.chunks(700_000).map(|it| large.slice_ref(it)).collect();
    let streamed = {
        let pieces = pieces.clone();
        Body::replayable(6 << 20, move || stream::iter(pieces.clone()).map(Ok).boxed())
    };
    for body in [Body::from(large.clone()), Body::from_chunks(pieces), streamed] {
        for (key, mode) in [(key("data/b"), PutMode::CreateNew), (a.clone(), PutMode::Replace)] {
            let error = store.put(&key, body.clone(), mode, &never()).await.unwrap_err();
            let found = (error.kind(), error.retry());
            assert_eq!(found, (ErrorKind::OutOfSpace, Retry::Never), "{error:?}");
            ensure_tidy(&server.folder()).await;
            assert_eq!(names_on_disk(&server.folder()).len(), 1);
        }
    }
    let copies = async |to: &str| store.copy(&a, &key(to), Overwrite::Refuse, &never()).await;
    copies("data/copy").await.unwrap();
    assert_eq!(copies("data/copy2").await.unwrap_err().kind(), ErrorKind::OutOfSpace);
    ensure_tidy(&server.folder()).await;

    // Reading and deleting go on, and what was there is whole.
    let read = store.read(&a, ByteRange::Whole, 4 << 20, &never()).await.unwrap();
    assert!(read == kept);
    store.delete_one(&key("data/copy"), &never()).await.unwrap();
    let fits = noise(3, 4 << 20);
    store.put(&key("data/b"), fits.into(), PutMode::CreateNew, &never()).await.unwrap();
    let room = store.capacity(&never()).await.unwrap().unwrap();
    assert!(room.free.unwrap() <= 1 << 20, "{room:?}");
}

#[tokio::test]
async fn no_inode_left_is_no_room_left() {
    let mut server = OpenSsh::start().unwrap();
    server.mount("size=8m,nr_inodes=6").expect(ROOT);
    let store = Said::about(&server).open().await.unwrap();
    let (mut stored, mut refused) = (0, 0);
    for at in 0..6 {
        let name = key(&format!("folder/{at}"));
        match store.put(&name, noise(at, 10).into(), PutMode::CreateNew, &never()).await {
            Ok(()) => stored += 1,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::OutOfSpace, "{error:?}");
                refused += 1;
            }
        }
        ensure_tidy(&server.folder()).await;
    }
    assert!(stored > 0 && refused > 0, "{stored} stored, {refused} refused");
    assert_eq!(store.list_all(&Prefix::everything(), &never()).await.unwrap().len(), stored);
}

#[tokio::test]
async fn a_read_only_disk_can_be_read() {
    let mut server = OpenSsh::start().unwrap();
    server.mount("size=8m").expect(ROOT);
    let said = Said::about(&server);
    let a = key("x/a");
    let store = said.open().await.unwrap();
    store.put(&a, noise(1, 10).into(), PutMode::CreateNew, &never()).await.unwrap();
    ensure_tidy(&server.folder()).await;
    let remounted =
        Command::new("mount").args(["-o", "remount,ro"]).arg(server.folder()).status().unwrap();
    assert!(remounted.success());
    for store in [store, said.open().await.unwrap()] {
        for (name, mode) in [("x/b", PutMode::CreateNew), ("y/c", PutMode::Replace)] {
            let error =
                store.put(&key(name), noise(2, 1).into(), mode, &never()).await.unwrap_err();
            let found = (error.kind(), error.retry());
            assert_eq!(found, (ErrorKind::ReadOnly, Retry::Never), "{name} {error:?}");
        }
        let error = store.delete_one(&a, &never()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ReadOnly);
        let error = store.rename(&a, &key("x/b"), Overwrite::Allow, &never()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ReadOnly);
        assert_eq!(store.read(&a, ByteRange::Whole, 10, &never()).await.unwrap(), noise(1, 10));
    }
}
