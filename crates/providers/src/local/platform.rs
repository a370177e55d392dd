//! The seam between the local store and the system: both sides of it offer the
//! same [`Folder`] and [`Identity`].

use std::time::SystemTime;

#[cfg(not(unix))]
pub(super) use super::fallback::{Folder, Identity, read_at};
#[cfg(unix)]
pub(super) use super::unix::{Folder, Identity, read_at};

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    File,
    Folder,
    /// A symbolic link, a pipe, a device: nothing this store has made.
    Other,
}

/// A name as it was looked up, without following a link.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) what: What,
    /// In bytes.
    pub(super) length: u64,
    pub(super) modified: SystemTime,
}

/// How a file came to its new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moved {
    /// The old name is gone.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only links there"))]
    Renamed,
    /// The old name is still there and has to be removed.
    Linked,
}

/// A folder as it was found when the store was opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inspected {
    pub(super) identity: Identity,
    pub(super) case_sensitive: bool,
    pub(super) on_this_machine: bool,
}
