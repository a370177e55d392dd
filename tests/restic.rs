//! restic, the judge.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    compare::Tolerance,
    engine::{Engine, PASSPHRASE},
    program::{Outcome, Running},
};

/// restic on one repository.
#[derive(Clone, Debug)]
pub struct Restic {
    program: PathBuf,
    repository: PathBuf,
    home: PathBuf,
    old: bool,
}

impl Restic {
    /// Debian 12's.
    ///
    /// # Panics
    /// When there is none: what is not judged must not count as good.
    #[must_use]
    pub fn old(repository: &Path, home: &Path) -> Self {
        Self::named("KEEPSTEAD_TEST_RESTIC_OLD", repository, home, true)
    }

    /// Version 0.18 or newer.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn new(repository: &Path, home: &Path) -> Self {
        Self::named("KEEPSTEAD_TEST_RESTIC_NEW", repository, home, false)
    }

    fn named(variable: &str, repository: &Path, home: &Path, old: bool) -> Self {
        let Some(program) = std::env::var_os(variable) else {
            panic!("{variable} names no restic: run the tests with `cargo xtask test`");
        };
        Self { program: program.into(), repository: repository.into(), home: home.into(), old }
    }

    /// Starts restic with `arguments`.
    #[track_caller]
    pub fn start<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Running {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .arg("--no-cache")
            .env("RESTIC_REPOSITORY", &self.repository)
            .env("RESTIC_PASSWORD", PASSPHRASE)
            .env("HOME", &self.home)
            .env_remove("XDG_CACHE_HOME");
        Running::start(command)
    }

    /// Runs restic with `arguments`.
    #[track_caller]
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Outcome {
        self.start(arguments).finish()
    }

    /// The text of `restic cat KIND ID`.
    #[track_caller]
    #[must_use]
    pub fn cat(&self, kind: &str, id: &str) -> String {
        self.run(["cat", kind, id, "--no-lock"]).succeeds().stdout
    }

    /// `restic cat KIND ID` as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    #[must_use]
    pub fn cat_json(&self, kind: &str, id: &str) -> Value {
        serde_json::from_str(&self.cat(kind, id)).expect("restic prints JSON")
    }

    /// The id of the tree of the folder `path` in a snapshot.
    ///
    /// # Panics
    /// When the snapshot does not hold it.
    #[track_caller]
    #[must_use]
    pub fn subtree(&self, snapshot: &str, path: &Path) -> String {
        let root = self.cat_json("snapshot", snapshot);
        let mut tree = root["tree"].as_str().expect("a snapshot has a tree").to_owned();
        for name in path.strip_prefix("/").expect("an absolute path") {
            let nodes = self.cat_json("blob", &tree);
            let node = nodes["nodes"]
                .as_array()
                .and_then(|nodes| nodes.iter().find(|node| node["name"] == *name.to_string_lossy()))
                .unwrap_or_else(|| panic!("no {name:?} in {nodes}"));
            node["subtree"].as_str().expect("a folder has a subtree").clone_into(&mut tree);
        }
        tree
    }

    /// All blobs the index knows, as `data ID` or `tree ID`, sorted.
    #[track_caller]
    #[must_use]
    pub fn blobs(&self) -> Vec<String> {
        let list = self.run(["list", "blobs", "--no-lock"]).succeeds().stdout;
        let mut blobs: Vec<String> = list.lines().map(str::to_owned).collect();
        blobs.sort();
        blobs.dedup();
        blobs
    }
}

impl Engine for Restic {
    fn name(&self) -> &'static str {
        if self.old { "old restic" } else { "new restic" }
    }

    fn repository(&self) -> &Path {
        &self.repository
    }

    fn tolerance(&self) -> Tolerance {
        // Restoring holes came with 0.15.
        Tolerance { missing_sockets: true, filled_holes: self.old, ..Tolerance::default() }
    }

    #[track_caller]
    fn init(&self) {
        let _ = self.run(["init", "--repository-version", "2"]).succeeds();
    }

    #[track_caller]
    fn backup(&self, source: &Path, again: bool) -> String {
        let mut arguments = vec!["backup".as_ref(), source.as_os_str(), "--json".as_ref()];
        if again {
            arguments.push("--force".as_ref());
        }
        let outcome = self.run(arguments).succeeds();
        let summary = outcome.json_lines().pop().expect("restic prints a summary");
        let id = summary["snapshot_id"].as_str().expect("a snapshot id");
        self.snapshot_id(id)
    }

    #[track_caller]
    fn check(&self) {
        let _ = self.run(["check", "--read-data"]).succeeds();
    }

    #[track_caller]
    fn restore(&self, snapshot: &str, target: &Path) {
        let mut arguments =
            vec!["restore".as_ref(), snapshot.as_ref(), "--target".as_ref(), target.as_os_str()];
        if !self.old {
            arguments.push("--sparse".as_ref());
        }
        let _ = self.run(arguments).succeeds();
    }
}
