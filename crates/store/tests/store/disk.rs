//! Full disks and copies.

use crate::{Place, ambient, at, plan};
use std::{fs, process::Command};
use store::{Error, Store};

/// A file system of a few megabytes; gone when dropped. Mounting needs root,
/// and without it the test fails: a full disk that was never tried is not a
/// passed test.
struct Tmpfs(tempfile::TempDir);

impl Tmpfs {
    fn mount(options: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mount = ["-t", "tmpfs", "-o", options, "keepstead-test"];
        let status = Command::new("mount").args(mount).arg(folder.path()).status().unwrap();
        assert!(status.success(), "these tests mount small file systems and so run as root");
        Self(folder)
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let mut mount = Command::new("mount");
        assert!(mount.args(["-o", &options]).arg(self.0.path()).status().unwrap().success());
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-q", "-l"]).arg(self.0.path()).status();
    }
}

#[tokio::test]
async fn a_full_disk_is_called_full_and_nothing_is_lost() {
    let disk = Tmpfs::mount("size=2m");
    let path = disk.0.path().join("keepstead.db");
    let store = Store::open(&path, &ambient()).await.unwrap();
    let mut saved = Vec::new();
    let error = loop {
        let mut next = plan(saved.len() as u64, &[]);
        next.description = "x".repeat(50_000);
        match store.plans().save(&next).await {
            Ok(()) => saved.push(next),
            Err(error) => break error,
        }
        assert!(saved.len() < 100, "the disk was never full");
    };
    assert!(matches!(error, Error::Full), "{error:?}");
    assert!(saved.len() > 3);
    saved.sort_by_key(|plan| (plan.created_at, plan.id));
    assert_eq!(store.plans().list().await.unwrap(), saved);
    let error = store.vacuum_into(&disk.0.path().join("copy.db")).await.unwrap_err();
    assert!(matches!(error, Error::Full), "{error:?}");
    assert!(!disk.0.path().join("copy.db").exists(), "half a copy is no copy");

    disk.remount("size=20m");
    store.settings().set("room", "again").await.unwrap();
    store.close().await;
    let store = Store::open(&path, &ambient()).await.unwrap();
    assert_eq!(store.plans().list().await.unwrap(), saved);
    store.close().await;
}

#[tokio::test]
async fn a_disk_that_turned_read_only_is_called_that() {
    let disk = Tmpfs::mount("size=4m");
    let path = disk.0.path().join("keepstead.db");
    Store::open(&path, &ambient()).await.unwrap().close().await;
    disk.remount("ro");
    let error = Store::open(&path, &ambient()).await.unwrap_err();
    assert!(matches!(error, Error::ReadOnly), "{error:?}");
    let error = Store::open(&disk.0.path().join("new.db"), &ambient()).await.unwrap_err();
    assert!(matches!(error, Error::ReadOnly), "{error:?}");
}

#[tokio::test]
async fn a_copy_is_whole_private_and_new() {
    let place = Place::new();
    let store = place.open().await;
    store.plans().save(&plan(1, &[])).await.unwrap();
    let copy = place.folder.path().join("copy.db");
    store.vacuum_into(&copy).await.unwrap();
    let expected = store.installation().get().await.unwrap();
    let copied = Store::open(&copy, &ambient()).await.unwrap();
    assert_eq!(copied.installation().get().await.unwrap(), expected);
    assert_eq!(copied.plans().list().await.unwrap(), [plan(1, &[])]);
    copied.close().await;

    let before = fs::read(&copy).unwrap();
    store.installation().kit_saved(at(9)).await.unwrap();
    assert!(store.vacuum_into(&copy).await.is_err(), "a file that is there is not replaced");
    assert!(fs::read(&copy).unwrap() == before);
}
