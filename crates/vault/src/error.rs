//! What can go wrong with a vault.

use crate::format::Id;
use std::path::PathBuf;

/// The result of a vault operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the whole operation. What concerns a single file of a backup or
/// restore is a [`Skipped`](crate::Skipped) instead.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The destination failed.
    #[error(transparent)]
    Storage(storage::Error),
    /// There is no repository here.
    #[error("there is no backup repository at {0}")]
    NotARepository(String),
    /// Only a part of a repository is here: its making was interrupted, or its
    /// configuration is lost.
    #[error("the repository at {0} is incomplete: it has no configuration")]
    HalfCreated(String),
    /// There is a repository here already.
    #[error("there is a backup repository at {0} already")]
    RepositoryExists(String),
    /// No key of the repository opens with this passphrase.
    #[error("no key of this repository opens with this passphrase")]
    WrongPassphrase,
    /// All keys of the repository are missing.
    #[error("the repository has no key file")]
    NoKeys,
    /// The repository has a version that cannot be used.
    #[error("the repository has format version {0}")]
    UnsupportedVersion(u32),
    /// The passphrase is empty.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
    /// The last key, or the one in use, cannot be removed.
    #[error("the key in use cannot be removed")]
    KeyInUse,
    /// Another program holds the repository.
    #[error("the repository is locked by {0}")]
    Locked(LockHolder),
    /// The own lock was lost while working: someone removed it, or it could not
    /// be renewed in time.
    #[error("the lock on the repository was lost")]
    LockLost,
    /// An object is damaged.
    #[error("{what} is damaged: {reason}")]
    Damaged {
        /// `pack 1f…`, `index 2e…`, `config`.
        what: String,
        /// In which way.
        reason: String,
    },
    /// An object is missing.
    #[error("{0} is missing")]
    Missing(String),
    /// No snapshot matches.
    #[error("there is no snapshot `{0}`")]
    NoSuchSnapshot(String),
    /// Several snapshots match.
    #[error("several snapshots begin with `{0}`")]
    AmbiguousSnapshot(String),
    /// No source could be read at all.
    #[error("none of the sources can be read: {}", .0.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "))]
    NoSource(Vec<PathBuf>),
    /// A source lies in the destination, or is it.
    #[error("{0} lies in {1}, where the backups are")]
    SourceInDestination(PathBuf, PathBuf),
    /// An exclude or include pattern makes no sense.
    #[error("`{pattern}` is not a pattern: {reason}")]
    Pattern {
        /// As given.
        pattern: String,
        /// Why not.
        reason: String,
    },
    /// The restore target cannot be used.
    #[error("cannot restore to {path}: {problem}")]
    Target {
        /// The target.
        path: PathBuf,
        /// Why not.
        problem: TargetProblem,
    },
    /// The path is not in the snapshot.
    #[error("the snapshot holds no {0}")]
    NoSuchPath(String),
    /// No rule says which snapshots are kept, so none is removed.
    #[error("no rule says which snapshots are kept")]
    NoRules,
    /// There is data of snapshots and no snapshot, so nobody knows what is
    /// needed.
    #[error("no snapshot is listed, although there is data of snapshots")]
    NoSnapshots,
    /// The repository is not what it was when a plan was made.
    #[error("the repository has changed since the plan was made")]
    PlanOutdated,
    /// The work was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// A worker ended without an answer.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

/// Why a restore target cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetProblem {
    /// There is something else of that name.
    #[error("it is not a folder")]
    NotAFolder,
    /// It lies inside a folder that the snapshot was taken of.
    #[error("it lies inside {0}, which this backup was made of")]
    InsideSource(PathBuf),
    /// It lies in the destination, or is it.
    #[error("it lies inside {0}, where the backups are")]
    InsideDestination(PathBuf),
    /// It is not writable.
    #[error("it cannot be written to: {0}")]
    NotWritable(String),
    /// Files that would be restored exist already.
    #[error("{count} files are there already, the first is {first}")]
    Exists {
        /// How many.
        count: u64,
        /// One of them.
        first: PathBuf,
    },
}

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockHolder {
    /// The name of the machine.
    pub hostname: String,
    /// The user there.
    pub username: String,
    /// The process there.
    pub pid: u64,
    /// Since when, RFC 3339.
    pub since: String,
    /// Whether nobody else may work meanwhile.
    pub exclusive: bool,
}

impl std::fmt::Display for LockHolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{} (process {}) since {}", self.username, self.hostname, self.pid, self.since)
    }
}

impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Self {
        match error.kind() {
            storage::ErrorKind::Cancelled => Self::Cancelled,
            _ => Self::Storage(error),
        }
    }
}

impl Error {
    /// A damaged object.
    pub(crate) fn damaged(what: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Damaged { what: what.into(), reason: reason.into() }
    }

    /// A damaged object of a kind that is named by its id.
    pub(crate) fn damaged_id(kind: &str, id: &Id, reason: impl Into<String>) -> Self {
        Self::damaged(format!("{kind} {id}"), reason)
    }
}
