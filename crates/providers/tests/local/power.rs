//! A power cut, tried on an ext4 file system in a file.
//!
//! What the file system has not been made to write is not in that file yet. A
//! copy of it is the disk as a power cut at this moment would leave it: what
//! was acknowledged must be there when the copy is mounted.

use super::{key, never, noise, open};
use bytes::Bytes;
use providers::LocalStore;
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use storage::{Body, ByteRange, Overwrite, Prefix, PutMode, Store, StoreExt};

fn run(program: &str, args: &[&str]) {
    let output = Command::new(program).args(args).output().expect(program);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {args:?} (needs root and loop devices): {said}");
}

struct Disk {
    image: PathBuf,
    folder: PathBuf,
}

impl Disk {
    /// Mounts the image. The kernel writes nothing of its own accord for ten
    /// minutes.
    fn mount(image: PathBuf, folder: PathBuf) -> Self {
        std::fs::create_dir_all(&folder).unwrap();
        let (from, to) = (image.to_str().unwrap(), folder.to_str().unwrap());
        run("mount", &["-t", "ext4", "-o", "loop,commit=600", from, to]);
        Self { image, folder }
    }

    fn make(place: &Path) -> Self {
        let image = place.join("disk");
        let file = std::fs::File::create(&image).unwrap();
        file.set_len(48 << 20).unwrap();
        run("mkfs.ext4", &["-q", "-F", image.to_str().unwrap()]);
        Self::mount(image, place.join("mounted"))
    }

    /// The disk after a power cut now.
    fn after_a_power_cut(&self, place: &Path) -> Self {
        let image = place.join("copy");
        std::fs::copy(&self.image, &image).unwrap();
        Self::mount(image, place.join("mounted-copy"))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-q").arg(&self.folder).status();
    }
}

/// Cuts the power and compares what is left with what must be there.
async fn ensure_after_a_power_cut(disk: &Disk, place: &Path, expected: &[(&str, &Bytes)]) {
    let copy = disk.after_a_power_cut(place);
    let store = open(&copy.folder).await;
    let data = Prefix::folder("data").unwrap();
    let mut names: Vec<String> = Vec::new();
    for entry in store.list_all(&data, &never()).await.unwrap() {
        names.push(entry.key.to_string());
    }
    names.sort();
    let mut wanted: Vec<_> = expected.iter().map(|(name, _)| (*name).to_owned()).collect();
    wanted.sort();
    assert_eq!(names, wanted);
    for (name, bytes) in expected {
        let read = store.read(&key(name), ByteRange::Whole, 8 << 20, &never()).await.unwrap();
        assert!(read == *bytes, "{name} has {} other bytes", read.len());
    }
}

async fn put(store: &LocalStore, name: &str, body: Body, mode: PutMode) {
    store.put(&key(name), body, mode, &never()).await.unwrap();
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_power_cut() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    let disk = Disk::make(place);
    let store = open(&disk.folder).await;
    let (a, b, c) = (noise(1, 3 << 20), noise(2, 70_000), noise(3, 2 << 20));

    put(&store, "data/deep/er/a", a.clone().into(), PutMode::CreateNew).await;
    ensure_after_a_power_cut(&disk, place, &[("data/deep/er/a", &a)]).await;

    put(&store, "data/deep/er/a", b.clone().into(), PutMode::Replace).await;
    ensure_after_a_power_cut(&disk, place, &[("data/deep/er/a", &b)]).await;

    put(&store, "data/c", super::names::streamed(c.clone()), PutMode::CreateNew).await;
    let expected = [("data/deep/er/a", &b), ("data/c", &c)];
    ensure_after_a_power_cut(&disk, place, &expected).await;

    let (from, to) = (key("data/c"), key("data/other/c"));
    store.rename(&from, &to, Overwrite::Refuse, &never()).await.unwrap();
    let expected = [("data/deep/er/a", &b), ("data/other/c", &c)];
    ensure_after_a_power_cut(&disk, place, &expected).await;

    store.copy(&to, &key("data/d"), Overwrite::Refuse, &never()).await.unwrap();
    let expected = [("data/deep/er/a", &b), ("data/other/c", &c), ("data/d", &c)];
    ensure_after_a_power_cut(&disk, place, &expected).await;

    let doomed = [to, key("data/deep/er/a")];
    for result in store.delete(&doomed, &never()).await {
        result.unwrap();
    }
    ensure_after_a_power_cut(&disk, place, &[("data/d", &c)]).await;
}
