//! A folder of its own for each test, gone afterwards.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use tempfile::TempDir;

use crate::{engine::Engine, forge::Forge, keepstead::Keepstead, restic::Restic};

/// User and group number of the unprivileged user of the permission cases.
pub const NOBODY: u32 = 65_534;

/// A test's own folder. Its path is kept short, because [`crate::odd_tree`]
/// needs nearly all of what the kernel allows.
#[derive(Debug)]
pub struct Sandbox(TempDir);

impl Sandbox {
    /// Makes the folder.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it makes a folder")]
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("ks").tempdir().expect("a temporary folder");
        // The unprivileged user must be able to pass through.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("its mode");
        let sandbox = Self(dir);
        fs::create_dir(sandbox.home()).expect("a home folder");
        sandbox
    }

    /// The path of `name` in the folder, links resolved.
    ///
    /// # Panics
    /// When the folder is gone.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().canonicalize().expect("the sandbox exists").join(name)
    }

    /// Where programs find their home.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.path("home")
    }

    /// Keepstead on the repository `name` in the folder.
    #[must_use]
    pub fn keepstead(&self, name: &str) -> Keepstead {
        Keepstead::new(&self.path(name), &self.home())
    }

    /// Keepstead on a repository that it has made: a copy of one that is made
    /// once, with a key that opens fast.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn repository(&self, name: &str) -> Keepstead {
        static MADE: OnceLock<Vec<(PathBuf, Vec<u8>)>> = OnceLock::new();
        let keepstead = self.keepstead(name);
        let root = keepstead.repository();
        let files = MADE.get_or_init(|| {
            let sandbox = Self::new();
            let keepstead = sandbox.keepstead("r");
            keepstead.init();
            Forge::new(&sandbox.new_restic("r")).cheapen_key();
            let root = keepstead.repository();
            let read = |path: PathBuf| {
                let bytes = fs::read(&path).expect("a file of the repository");
                (path.strip_prefix(root).expect("it lies there").to_path_buf(), bytes)
            };
            files_below(root).into_iter().map(read).collect()
        });
        for folder in ["data", "index", "keys", "locks", "snapshots"] {
            fs::create_dir_all(root.join(folder)).expect("a folder of the repository");
        }
        for (path, bytes) in files {
            fs::write(root.join(path), bytes).expect("a file of the repository");
        }
        keepstead
    }

    /// A newer restic on a repository that it has made, with a polynomial of
    /// its own and a key that opens fast.
    #[must_use]
    pub fn restic_repository(&self, name: &str) -> Restic {
        let restic = self.new_restic(name);
        restic.init();
        Forge::new(&restic).cheapen_key();
        restic
    }

    /// The restic of Debian 12 on the repository `name` in the folder.
    #[must_use]
    pub fn old_restic(&self, name: &str) -> Restic {
        Restic::old(&self.path(name), &self.home())
    }

    /// A restic of version 0.18 or newer on the repository `name` in the folder.
    #[must_use]
    pub fn new_restic(&self, name: &str) -> Restic {
        Restic::new(&self.path(name), &self.home())
    }

    /// Makes the folder `name` with one file for each `(name, content)`;
    /// folders in the names are made.
    ///
    /// # Panics
    /// When they cannot be made.
    #[must_use]
    pub fn source(&self, name: &str, files: &[(&str, &[u8])]) -> PathBuf {
        let root = self.path(name);
        for (name, content) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
            fs::write(path, content).expect("a file");
        }
        root
    }

    /// Hands everything at `path` and below to the unprivileged user, when
    /// this process may.
    ///
    /// # Panics
    /// When it cannot be done.
    pub fn give_away(&self, path: &Path) {
        if !crate::odd_tree::is_root() {
            return;
        }
        std::os::unix::fs::lchown(path, Some(NOBODY), Some(NOBODY)).expect("a new owner");
        if path.is_dir() && !path.is_symlink() {
            for entry in fs::read_dir(path).expect("a folder") {
                self.give_away(&entry.expect("an entry").path());
            }
        }
    }
}

/// All files below `folder`, sorted.
///
/// # Panics
/// When a folder cannot be read.
#[must_use]
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { all.extend(files_below(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

/// Where a restore into `target` puts what stood at the absolute path `source`.
///
/// # Panics
/// When `source` is not absolute.
#[must_use]
pub fn restored(target: &Path, source: &Path) -> PathBuf {
    target.join(source.strip_prefix("/").expect("an absolute path"))
}
