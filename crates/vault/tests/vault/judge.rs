//! restic on a repository that lies in memory: its files are put on a disk,
//! and read back from there.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};
use storage::{Key, MemoryStore};

/// A repository on a disk, and a restic that opens it with the usual passphrase.
pub(crate) struct Disk {
    pub(crate) folder: tempfile::TempDir,
    program: PathBuf,
}

impl Disk {
    /// The objects of `store` on a disk, for restic 0.18 or newer.
    pub(crate) fn of(store: &MemoryStore) -> Self {
        Self::named("KEEPSTEAD_TEST_RESTIC_NEW", store)
    }

    /// The same for Debian 12's restic.
    pub(crate) fn of_old(store: &MemoryStore) -> Self {
        Self::named("KEEPSTEAD_TEST_RESTIC_OLD", store)
    }

    fn named(variable: &str, store: &MemoryStore) -> Self {
        let Some(program) = std::env::var_os(variable) else {
            panic!("{variable} names no restic: run the tests with `cargo xtask test`");
        };
        let disk = Self { folder: tempfile::tempdir().unwrap(), program: program.into() };
        for (key, bytes) in store.snapshot() {
            let path = disk.repository().join(key.as_str());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        for folder in ["data", "index", "keys", "locks", "snapshots"] {
            std::fs::create_dir_all(disk.repository().join(folder)).unwrap();
        }
        disk
    }

    pub(crate) fn repository(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    /// The repository as it is now, in memory again.
    pub(crate) fn store(&self) -> MemoryStore {
        let root = self.repository();
        let (mut objects, mut open) = (BTreeMap::new(), vec![root.clone()]);
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                    continue;
                }
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                objects.insert(Key::new(name).unwrap(), std::fs::read(path).unwrap().into());
            }
        }
        MemoryStore::from_snapshot(objects)
    }

    /// Runs restic; whether it succeeded, and all it said.
    pub(crate) fn try_run<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> (bool, String) {
        let output = Command::new(&self.program)
            .args(arguments)
            .arg("--no-cache")
            .env("RESTIC_REPOSITORY", self.repository())
            .env("RESTIC_PASSWORD", "correct horse")
            .env("RESTIC_FROM_PASSWORD", "correct horse")
            .env("HOME", self.folder.path())
            .env("TZ", "UTC")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout) + &text(&output.stderr))
    }

    /// Runs restic, which must succeed; all it said.
    #[track_caller]
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> String {
        let (success, said) = self.try_run(arguments);
        assert!(success, "{said}");
        said
    }

    /// `restic check --read-data` finds no error.
    #[track_caller]
    pub(crate) fn check(&self) -> String {
        self.run(["check", "--read-data"])
    }

    /// Restores a snapshot; the folder it came to.
    #[track_caller]
    pub(crate) fn restore(&self, snapshot: &str) -> PathBuf {
        let target = self.folder.path().join(format!("restored-{snapshot}"));
        self.run([OsStr::new("restore"), snapshot.as_ref(), "--target".as_ref(), target.as_ref()]);
        target
    }

    /// Backs a folder up.
    #[track_caller]
    pub(crate) fn back_up(&self, source: &Path) {
        self.run([OsStr::new("backup"), source.as_ref()]);
    }
}
