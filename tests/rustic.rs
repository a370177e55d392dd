//! rustic, which reads and writes the same format, and of whose marks for packs
//! that are going to be deleted ours are made.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    compare::Tolerance,
    engine::{Engine, PASSPHRASE},
    program::{Outcome, Running},
};

/// A command that has not ended by then hangs.
const LIMIT: Duration = Duration::from_secs(600);

/// rustic on one repository.
#[derive(Clone, Debug)]
pub struct Rustic {
    program: PathBuf,
    repository: PathBuf,
    home: PathBuf,
}

impl Rustic {
    /// The rustic that `KEEPSTEAD_TEST_RUSTIC` names.
    ///
    /// # Panics
    /// When it names none.
    #[must_use]
    pub fn new(repository: &Path, home: &Path) -> Self {
        let Some(program) = std::env::var_os("KEEPSTEAD_TEST_RUSTIC") else {
            panic!("KEEPSTEAD_TEST_RUSTIC names no rustic: run this with `cargo xtask slow`");
        };
        Self { program: program.into(), repository: repository.into(), home: home.into() }
    }

    /// Runs rustic with `arguments`.
    #[track_caller]
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Outcome {
        let mut command = Command::new(&self.program);
        command
            .args(["--no-progress", "--no-cache", "--repository"])
            .arg(&self.repository)
            .args(arguments)
            .env("RUSTIC_PASSWORD", PASSPHRASE)
            .env("HOME", &self.home)
            .env_remove("XDG_CACHE_HOME")
            .env_remove("XDG_CONFIG_HOME");
        Running::start(command).finish_within(LIMIT)
    }
}

impl Engine for Rustic {
    fn name(&self) -> &'static str {
        "rustic"
    }

    fn repository(&self) -> &Path {
        &self.repository
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance {
            missing_sockets: true,
            filled_holes: true,
            mode_for_nobody: true,
            ..Tolerance::default()
        }
    }

    fn forgets(&self) -> Tolerance {
        Tolerance { bare_top: true, ..Tolerance::default() }
    }

    #[track_caller]
    fn init(&self) {
        self.run(["init"]).succeeds();
    }

    #[track_caller]
    fn backup(&self, source: &Path, again: bool) -> String {
        let mut arguments = vec!["backup".as_ref(), source.as_os_str(), "--json".as_ref()];
        if again {
            arguments.push("--force".as_ref());
        }
        let snapshot = self.run(arguments).succeeds().json();
        let id = snapshot["id"].as_str().expect("a snapshot id");
        self.snapshot_id(id)
    }

    #[track_caller]
    fn check(&self) {
        self.run(["check", "--read-data"]).succeeds();
    }

    #[track_caller]
    fn restore(&self, snapshot: &str, target: &Path) {
        let arguments = ["restore".as_ref(), snapshot.as_ref(), target.as_os_str()];
        self.run(arguments).succeeds();
    }
}
