//! The three programs, and how each is told to do the same work.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{self, Outcome};

/// Which program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Keepstead,
    Restic,
    Rustic,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Keepstead => "Keepstead",
            Self::Restic => "restic",
            Self::Rustic => "rustic",
        }
    }
}

/// A program with a place for its repositories and its cache.
pub(super) struct Tool {
    pub(super) kind: Kind,
    program: PathBuf,
    /// What it says its version is.
    pub(super) version: String,
    password_file: PathBuf,
    place: PathBuf,
}

impl Tool {
    /// `work` is the folder for all that is removed afterwards.
    pub(super) fn new(
        kind: Kind,
        program: PathBuf,
        password_file: &Path,
        work: &Path,
    ) -> Outcome<Self> {
        let flag = if kind == Kind::Restic { "version" } else { "--version" };
        let version = step::output(Command::new(&program).arg(flag))?;
        let version = version.lines().next().unwrap_or_default();
        // restic names its compiler as well.
        let version = version.split(" compiled").next().unwrap_or_default().to_owned();
        let place = work.join(kind.name());
        Ok(Self { kind, program, version, password_file: password_file.to_owned(), place })
    }

    pub(super) fn place(&self) -> &Path {
        &self.place
    }

    pub(super) fn cache(&self) -> PathBuf {
        self.place.join("cache")
    }

    pub(super) fn repository(&self, name: &str) -> PathBuf {
        self.place.join(name)
    }

    /// The program, with nobody's settings but those given here.
    pub(super) fn bare(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env("HOME", &self.place).env("XDG_CONFIG_HOME", &self.place);
        command
    }

    /// The program on one of its repositories.
    pub(super) fn command<A: AsRef<OsStr>>(
        &self,
        repository: &Path,
        arguments: impl IntoIterator<Item = A>,
    ) -> Command {
        let mut command = self.bare();
        let passwords = |command: &mut Command| {
            command.arg("--repository").arg(repository);
            command.arg("--password-file").arg(&self.password_file);
        };
        match self.kind {
            Kind::Keepstead => {
                command.arg("vault").args(arguments).arg("--quiet");
                passwords(&mut command);
            }
            Kind::Restic => {
                command.arg("--repo").arg(repository);
                command.arg("--password-file").arg(&self.password_file);
                command.arg("--cache-dir").arg(self.cache()).arg("--quiet").args(arguments);
            }
            Kind::Rustic => {
                passwords(&mut command);
                command.arg("--cache-dir").arg(self.cache()).arg("--no-progress").args(arguments);
            }
        }
        command
    }

    pub(super) fn restore(&self, repository: &Path, target: &Path) -> Command {
        let [word, latest] = ["restore", "latest"].map(OsStr::new);
        let arguments = match self.kind {
            Kind::Rustic => vec![word, latest, target.as_os_str()],
            _ => vec![word, latest, OsStr::new("--target"), target.as_os_str()],
        };
        self.command(repository, arguments)
    }

    /// Removes backups, and frees at once what no other needs, but for 5 %.
    pub(super) fn forget(&self, repository: &Path, backups: [&str; 2]) -> Command {
        let how: &[&str] = match self.kind {
            Kind::Keepstead => &["--grace", "0"],
            Kind::Restic => &["--max-unused", "5%"],
            Kind::Rustic => &["--instant-delete", "--max-unused", "5%"],
        };
        let mut command = self.command(repository, ["forget", "--prune"]);
        command.args(how).args(backups);
        command
    }
}
