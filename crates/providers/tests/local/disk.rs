//! Full disks, missing disks, disks that turn up elsewhere.

use super::{key, names_on_disk, never, noise, open, random};
use providers::LocalStore;
use std::{
    path::Path,
    process::Command,
    time::{Duration, SystemTime},
};
use storage::{Body, ByteRange, ErrorKind, Overwrite, Prefix, PutMode, Retry, Store, StoreExt};

/// A file system of a few megabytes in a folder; gone when dropped.
struct Tmpfs<'a>(&'a Path);

impl<'a> Tmpfs<'a> {
    /// Mounting needs root. Without it these tests fail: a full disk that was
    /// never tried is not a passed test.
    fn mount(folder: &'a Path, options: &str) -> Self {
        let status = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "keepstead-test"])
            .arg(folder)
            .status()
            .expect("mount is there");
        assert!(status.success(), "these tests mount small file systems and so run as root");
        Self(folder)
    }

    fn remount(&self, options: &str) {
        let status = Command::new("mount")
            .args(["-o", &format!("remount,{options}")])
            .arg(self.0)
            .status()
            .expect("mount is there");
        assert!(status.success());
    }

    fn unmount(&self) {
        let status = Command::new("umount").arg(self.0).status().expect("umount is there");
        assert!(status.success(), "something keeps the disk busy");
    }
}

impl Drop for Tmpfs<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-q", "-l"]).arg(self.0).status();
    }
}

#[tokio::test]
async fn a_full_disk_is_said_once_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let _disk = Tmpfs::mount(folder.path(), "size=8m");
    let store = open(folder.path()).await;
    let room = store.capacity(&never()).await.unwrap().unwrap();
    assert_eq!(room.total, Some(8 << 20));

    let kept = noise(1, 3 << 20);
    let a = key("data/a");
    store.put(&a, kept.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    let large = noise(2, 6 << 20);
    let chunks: Vec<_> = large.chunks(700_000).map(|it| large.slice_ref(it)).collect();
    let streamed = super::names::streamed(large.clone());
    for body in [Body::from(large.clone()), Body::from_chunks(chunks), streamed] {
        for (key, mode) in [(key("data/b"), PutMode::CreateNew), (a.clone(), PutMode::Replace)] {
            let error = store.put(&key, body.clone(), mode, &never()).await.unwrap_err();
            assert_eq!((error.kind(), error.retry()), (ErrorKind::OutOfSpace, Retry::Never));
            assert_eq!(names_on_disk(folder.path()).len(), 1, "the torn file is gone");
        }
    }
    let copies = async |to: &str| store.copy(&a, &key(to), Overwrite::Refuse, &never()).await;
    copies("data/copy").await.unwrap();
    assert_eq!(copies("data/copy2").await.unwrap_err().kind(), ErrorKind::OutOfSpace);
    assert_eq!(names_on_disk(folder.path()).len(), 2);

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
    let folder = tempfile::tempdir().unwrap();
    let _disk = Tmpfs::mount(folder.path(), "size=8m,nr_inodes=4");
    let store = open(folder.path()).await;
    let mut outcome = Ok(());
    for at in 0..4 {
        let name = key(&format!("folder/{at}"));
        outcome = store.put(&name, noise(at, 10).into(), PutMode::CreateNew, &never()).await;
    }
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::OutOfSpace);
    assert_eq!(store.list_all(&Prefix::everything(), &never()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_read_only_disk_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Tmpfs::mount(folder.path(), "size=8m");
    let store = open(folder.path()).await;
    let (a, b) = (key("x/a"), key("x/b"));
    store.put(&a, noise(1, 10).into(), PutMode::CreateNew, &never()).await.unwrap();
    disk.remount("ro");
    for (name, mode) in [("x/b", PutMode::CreateNew), ("y/c", PutMode::Replace)] {
        let error = store.put(&key(name), noise(2, 1).into(), mode, &never()).await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (ErrorKind::ReadOnly, Retry::Never));
    }
    let error = store.delete_one(&a, &never()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ReadOnly);
    let error = store.rename(&a, &b, Overwrite::Refuse, &never()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ReadOnly);
    assert_eq!(store.read(&a, ByteRange::Whole, 10, &never()).await.unwrap(), noise(1, 10));
    assert_eq!(store.list_all(&Prefix::everything(), &never()).await.unwrap().len(), 1);
}

/// Every operation on a store whose folder is not the one it was.
async fn ensure_not_mounted(store: &LocalStore) {
    let (a, b) = (key("x/a"), key("x/b"));
    let mut kinds = Vec::new();
    for mode in [PutMode::CreateNew, PutMode::Replace] {
        kinds.push(store.put(&b, noise(2, 1).into(), mode, &never()).await.err());
        kinds.push(store.put(&b, super::names::streamed(noise(2, 9)), mode, &never()).await.err());
    }
    kinds.push(store.read(&a, ByteRange::Whole, 10, &never()).await.err());
    kinds.push(store.stat(&a, &never()).await.err());
    kinds.push(store.list_all(&Prefix::everything(), &never()).await.err());
    kinds.push(store.list_all(&Prefix::folder("x").unwrap(), &never()).await.err());
    kinds.push(store.delete_one(&a, &never()).await.err());
    kinds.push(store.rename(&a, &b, Overwrite::Refuse, &never()).await.err());
    kinds.push(store.copy(&a, &b, Overwrite::Allow, &never()).await.err());
    kinds.push(store.capacity(&never()).await.err());
    kinds.push(store.sweep(SystemTime::UNIX_EPOCH, &never()).await.err());
    for (at, error) in kinds.into_iter().enumerate() {
        let error = error.unwrap_or_else(|| panic!("operation {at} succeeded"));
        assert_eq!(error.kind(), ErrorKind::NotMounted, "operation {at}: {error}");
    }
}

#[tokio::test]
async fn a_disk_that_is_pulled_is_not_written_around() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Tmpfs::mount(folder.path(), "size=8m");
    let store = open(folder.path()).await;
    let a = key("x/a");
    store.put(&a, noise(1, 10).into(), PutMode::CreateNew, &never()).await.unwrap();

    // An idle store does not keep the disk busy.
    disk.unmount();
    ensure_not_mounted(&store).await;
    assert!(names_on_disk(folder.path()).is_empty(), "the mount point was written to");

    // Another disk in the same place is another disk.
    let _other = Tmpfs::mount(folder.path(), "size=8m");
    ensure_not_mounted(&store).await;
    assert!(names_on_disk(folder.path()).is_empty(), "the other disk was written to");
}

#[tokio::test]
async fn a_folder_that_is_moved_away_or_replaced_is_gone() {
    let parent = tempfile::tempdir().unwrap();
    let (here, there) = (parent.path().join("here"), parent.path().join("there"));
    let store = LocalStore::create(&here, random()).await.unwrap();
    let a = key("x/a");
    store.put(&a, noise(1, 10).into(), PutMode::CreateNew, &never()).await.unwrap();
    std::fs::rename(&here, &there).unwrap();
    ensure_not_mounted(&store).await;
    assert!(!here.exists(), "the missing folder was made");
    std::fs::create_dir(&here).unwrap();
    ensure_not_mounted(&store).await;
    std::fs::remove_dir(&here).unwrap();
    std::fs::write(&here, "a file").unwrap();
    ensure_not_mounted(&store).await;
    std::fs::remove_file(&here).unwrap();
    std::fs::rename(&there, &here).unwrap();
    assert_eq!(store.read(&a, ByteRange::Whole, 10, &never()).await.unwrap(), noise(1, 10));
}

/// The disk goes away while an object, and while a listing, is under way.
#[tokio::test]
async fn a_disk_that_is_pulled_midway_ends_what_is_under_way() {
    use futures_util::{StreamExt, stream};
    let folder = tempfile::tempdir().unwrap();
    let disk = Tmpfs::mount(folder.path(), "size=8m");
    let store = open(folder.path()).await;
    // More than are handed on together.
    for at in 0..100 {
        let name = key(&format!("{at}/a"));
        store.put(&name, noise(1, 10).into(), PutMode::CreateNew, &never()).await.unwrap();
    }
    let cancel = never();
    let mut listing = store.list(&Prefix::everything(), &cancel);
    assert!(listing.next().await.unwrap().is_ok());
    disk.unmount();
    let rest: Vec<_> = listing.collect().await;
    let last = rest.into_iter().next_back().expect("a listing cut short says so");
    assert_eq!(last.unwrap_err().kind(), ErrorKind::NotMounted);

    // A file that is open keeps the disk from being unmounted, so this one is
    // torn off; nothing may appear under the object's name afterwards.
    let disk = Tmpfs::mount(folder.path(), "size=8m");
    let store = open(folder.path()).await;
    let path = folder.path().to_owned();
    let body = Body::replayable(6 << 20, move || {
        let path = path.clone();
        let pulling = stream::once(async move {
            let status = Command::new("umount").arg("-l").arg(path).status().unwrap();
            assert!(status.success());
            Ok(noise(2, 1 << 20))
        });
        stream::iter([Ok(noise(3, 5 << 20))]).chain(pulling).boxed()
    });
    let written = store.put(&key("x/new"), body, PutMode::CreateNew, &never()).await;
    assert_eq!(written.unwrap_err().kind(), ErrorKind::NotMounted);
    assert!(names_on_disk(folder.path()).is_empty());
    drop(disk);
}

#[tokio::test]
async fn a_missing_folder_is_made_only_when_asked() {
    let parent = tempfile::tempdir().unwrap();
    let missing = parent.path().join("not-mounted");
    let error = LocalStore::open(&missing, random()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = LocalStore::create(missing.join("deeper"), random()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(!missing.exists());

    LocalStore::create(&missing, random()).await.unwrap();
    LocalStore::create(&missing, random()).await.unwrap();
    open(&missing).await;
    let mode = std::os::unix::fs::PermissionsExt::mode(&missing.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o700);

    let file = parent.path().join("file");
    std::fs::write(&file, "no folder").unwrap();
    assert!(LocalStore::open(&file, random()).await.is_err());
    assert!(LocalStore::create(&file, random()).await.is_err());
}

#[tokio::test]
async fn what_was_left_unfinished_is_swept_away_when_it_is_old() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.put(&key("x/a"), noise(1, 10).into(), PutMode::CreateNew, &never()).await.unwrap();
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000);
    let day = Duration::from_secs(86_400);
    for (name, age) in [
        (".keepstead-0000000000000000.tmp", 3 * day),
        ("x/.keepstead-0000000000000001.tmp", 2 * day),
        ("x/.keepstead-0000000000000002.tmp", day / 2),
        ("x/keepstead-3.tmp", 3 * day),
        ("x/.keepstead-4", 3 * day),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, "half").unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(now - age).unwrap();
    }
    let entries = store.list_all(&Prefix::everything(), &never()).await.unwrap();
    let listed: Vec<_> = entries.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(listed.len(), 3, "{listed:?}");
    assert_eq!(store.sweep(now - day, &never()).await.unwrap(), 2);
    assert_eq!(store.sweep(now - day, &never()).await.unwrap(), 0);
    assert_eq!(names_on_disk(folder.path()).len(), 4);
    assert_eq!(store.sweep(now, &never()).await.unwrap(), 1);
    assert_eq!(store.list_all(&Prefix::everything(), &never()).await.unwrap().len(), 3);
}
