//! What a check finds.

use crate::format::Id;
use serde::Serialize;
use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something is lost, or will be in the way.
    Error,
    /// Nothing is lost.
    Remark,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase", tag = "kind", content = "id")]
pub enum Subject {
    /// The configuration.
    Config,
    /// A key file.
    Key(Id),
    /// A lock file.
    Lock(Id),
    /// A snapshot.
    Snapshot(Id),
    /// An index file.
    Index(Id),
    /// A pack.
    Pack(Id),
    /// A folder of a snapshot, by its blob.
    Tree(Id),
    /// A part of the contents of files.
    Blob(Id),
    /// As many further parts, when there are too many to list.
    MoreBlobs(u64),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config => f.write_str("config"),
            Self::Key(id) => write!(f, "key {id}"),
            Self::Lock(id) => write!(f, "lock {id}"),
            Self::Snapshot(id) => write!(f, "snapshot {id}"),
            Self::Index(id) => write!(f, "index {id}"),
            Self::Pack(id) => write!(f, "pack {id}"),
            Self::Tree(id) => write!(f, "tree {id}"),
            Self::Blob(id) => write!(f, "blob {id}"),
            Self::MoreBlobs(count) => write!(f, "{count} more blobs"),
        }
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "kind", content = "details")]
pub enum Problem {
    /// It is not there.
    #[error("it is missing")]
    Missing,
    /// It is not what it should be.
    #[error("{0}")]
    Damaged(String),
    /// The destination could not read it.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// It is longer or shorter than the index says.
    #[error("it has {found} bytes instead of {expected}")]
    Length {
        /// In bytes, as the index says.
        expected: u64,
        /// In bytes.
        found: u64,
    },
    /// No index names a pack: a backup was interrupted, or an index is lost.
    #[error("no index names it")]
    Orphan,
    /// No index names a blob that a snapshot needs.
    #[error("it is needed, and no index names it")]
    NotIndexed,
    /// A blob of the other kind stands where one is needed.
    #[error("it is needed as the contents of files, and is stored as a folder")]
    WrongKind,
    /// Index files say different things of a pack.
    #[error("index files disagree about it")]
    IndexesDisagree,
    /// What the index says of a pack leaves room for something else.
    #[error("its blobs do not follow one another")]
    Gaps,
    /// The pack holds other blobs, or at other places, than the index says.
    #[error("its own list of blobs is not that of the index")]
    HeaderDiffers,
    /// Blobs of a pack are damaged.
    #[error("{count} of its blobs are damaged, the first is {first}")]
    Blobs {
        /// How many.
        count: u64,
        /// The first of them.
        first: Id,
    },
    /// A file has another length than its contents. restic before 0.9 wrote
    /// this for files that changed while it read them; then nothing is lost.
    #[error("`{name}` is recorded with {recorded} bytes, and its contents have {contents}")]
    Size {
        /// The file.
        name: String,
        /// In bytes, as recorded.
        recorded: u64,
        /// In bytes, all blobs together.
        contents: u64,
    },
}

/// What a damage means for the backups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// The snapshots that cannot be restored completely, where it can be told.
    pub snapshots: Vec<Id>,
    /// How many files and folders are concerned; one that is the same in many
    /// snapshots counts once.
    pub files: u64,
    /// Some of their paths.
    pub examples: Vec<String>,
}

/// Something that a check has found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// What is wrong.
    pub problem: Problem,
    /// What it means for the backups.
    pub effect: Effect,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.problem)
    }
}
