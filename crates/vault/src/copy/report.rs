//! What a copy is going to do, what it did, and why it could not.

use crate::{
    error::Error,
    format::{Id, Snapshot},
};

/// One of the two repositories of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one that is copied from.
    Source,
    /// The one that is copied to.
    Destination,
}

/// A failure of a copy as a whole, and which of the two repositories failed.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct CopyError {
    /// Which of them.
    pub side: Side,
    /// What went wrong.
    pub error: Error,
}

impl CopyError {
    /// Of the repository that is copied from.
    pub(super) fn of_source(error: impl Into<Error>) -> Self {
        Self { side: Side::Source, error: error.into() }
    }

    /// Of the repository that is copied to.
    pub(super) fn of_destination(error: impl Into<Error>) -> Self {
        Self { side: Side::Destination, error: error.into() }
    }
}

/// A snapshot that is in both repositories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// In the one that is copied from.
    pub id: Id,
    /// In the one that is copied to.
    pub copy: Id,
    /// What it is in the first.
    pub snapshot: Snapshot,
}

/// A snapshot that is not copied, because it is not whole.
#[derive(Debug)]
pub struct Uncopied {
    /// Which.
    pub id: Id,
    /// What it is, when that can be read.
    pub snapshot: Option<Snapshot>,
    /// What of it is missing or damaged; the first that was found.
    pub error: Error,
}

/// How much is copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Blobs of file contents.
    pub data_blobs: u64,
    /// Folders.
    pub tree_blobs: u64,
    /// Their length in bytes, as they lie in packs.
    pub bytes: u64,
}

/// What a copy is going to do.
#[derive(Debug, Default)]
pub struct CopyPlan {
    /// The snapshots that are copied, oldest first.
    pub copy: Vec<(Id, Snapshot)>,
    /// Those that are there already.
    pub there: Vec<Copied>,
    /// Those that are not whole, as far as names and folders tell.
    pub uncopied: Vec<Uncopied>,
    /// What the other repository lacks.
    pub sizes: Sizes,
}

/// What a copy did.
#[derive(Debug, Default)]
pub struct CopyReport {
    /// The snapshots that were copied, oldest first.
    pub copied: Vec<Copied>,
    /// Those that were there already.
    pub there: Vec<Copied>,
    /// Those that are not whole.
    pub uncopied: Vec<Uncopied>,
    /// What was stored.
    pub sizes: Sizes,
}
