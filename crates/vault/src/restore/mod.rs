//! Restoring files, folders and whole snapshots.
//!
//! First a [`RestorePlan`]: it looks, counts and refuses, and writes nothing.
//! Then [`Repository::restore`] carries it out.
//!
//! Invariant: nothing is made, changed or followed outside of the target, or
//! within the folders that nothing is restored into; a file gets its name only
//! when all its bytes are there and were verified; what stood there before is
//! lost only with [`Existing::Overwrite`], and only when the new one has taken
//! its place.
//!
//! What is deliberately absent: the lock. Whoever calls holds one
//! ([`Repository::locked`]) where the destination can be written to; a restore
//! from a read-only copy must work without.

mod cache;
mod contents;
mod execute;
mod files;
mod folders;
mod include;
mod leftovers;
mod list;
mod names;
mod plan;
mod run;
mod salvage;
mod target;
mod trees;

use crate::{
    format::Id,
    outcome::{Outcome, Skipped},
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

pub use include::Include;
pub(crate) use trees::{LOOK_AHEAD, Trees, is_loss, is_lost_object};

#[cfg(doc)]
use crate::repository::Repository;

/// What happens to files that stand where something is restored to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Existing {
    /// Nothing is restored at all.
    #[default]
    Refuse,
    /// They stay as they are, and so do folders.
    Keep,
    /// Those of the snapshot take their place. Links are replaced, not
    /// followed; a folder that is not empty is never replaced by a file.
    Overwrite,
    /// They stay as they are, and what is restored comes beside them under
    /// another name; where they have the same bytes already, nothing does.
    /// Folders are united.
    KeepBoth,
}

/// What is restored, and where to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestoreOptions {
    /// The folder below which the paths of the snapshot are laid out. It is
    /// made when it is missing.
    pub target: PathBuf,
    /// Paths within the snapshot or globs for them; nothing means everything.
    /// A folder stands for all that is in it. With a `/` at its beginning a
    /// glob is held against the whole path, otherwise against its end.
    pub include: Vec<Include>,
    /// What happens to files that are there already.
    pub existing: Existing,
    /// Folders that nothing is restored into, whatever names and links lead
    /// there: the destination itself, and the program's own data.
    pub never: Vec<PathBuf>,
    /// Whether the target stands for the root of the file system that the
    /// snapshot was taken of, so that files come back to where they were: links
    /// that have taken the place of folders since are followed, as long as they
    /// lead to somewhere within the target, and never replaced by folders.
    pub in_place: bool,
    /// What [`Existing::KeepBoth`] puts into the names of what it restores
    /// beside something else, in the language of whoever reads them: `backup of
    /// 2026-11-24`. Without one they are numbered.
    pub label: String,
}

/// What a restore is going to do. Made by [`Repository::plan_restore`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestorePlan {
    /// The root folder of the snapshot.
    pub tree: Id,
    /// The folder to restore to: absolute, links resolved.
    pub target: PathBuf,
    /// Whether the target is there already.
    pub target_exists: bool,
    /// As in [`RestoreOptions`].
    pub include: Vec<Include>,
    /// As in [`RestoreOptions`].
    pub existing: Existing,
    /// As in [`RestoreOptions`].
    pub never: Vec<PathBuf>,
    /// As in [`RestoreOptions`].
    pub in_place: bool,
    /// As in [`RestoreOptions`].
    pub label: String,
    /// Regular files, further names of hard links included.
    pub files: u64,
    /// Folders, without those that are only passed through.
    pub folders: u64,
    /// Symbolic links, pipes and devices.
    pub others: u64,
    /// Bytes of all files; those of hard links count once.
    pub bytes: u64,
    /// How many things stand where something else is to be restored.
    pub conflicts: u64,
    /// The first of them.
    pub conflict_examples: Vec<PathBuf>,
    /// Folders of the snapshot that are missing or damaged in the repository,
    /// with all that was in them.
    pub unreadable: Vec<PathBuf>,
    /// Folders of the snapshot that lie where nothing is restored to; what is
    /// in them is not counted.
    pub left_out: Vec<PathBuf>,
    /// Whether the index is damaged or lacks a part, so that the packs were
    /// asked what they hold.
    pub index_incomplete: bool,
}

/// How many new names a report holds.
pub const RENAMED: usize = 10_000;

/// Something that was given another name than in the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Renamed {
    /// Its path in the snapshot.
    pub path: PathBuf,
    /// Its name in the target: the last component of its path there.
    pub name: PathBuf,
}

/// What a restore did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestoreReport {
    /// Regular files that were restored, further names of hard links included.
    pub files: u64,
    /// Folders that were restored or were there already, without those that
    /// are only passed through.
    pub folders: u64,
    /// Symbolic links, pipes and devices that were restored.
    pub others: u64,
    /// Bytes of the files that were restored; those of hard links count once.
    pub bytes: u64,
    /// Files that were there already and stayed: with [`Existing::Keep`] any,
    /// with [`Existing::KeepBoth`] those that are the same already.
    pub kept: u64,
    /// What was given another name, because its own was taken. The first
    /// [`RENAMED`] of them.
    pub renamed: Vec<Renamed>,
    /// How many were given another name.
    pub renamed_count: u64,
    /// What was not restored, or not completely, by its path in the snapshot.
    pub skipped: Vec<Skipped>,
}

impl RestoreReport {
    /// Whether everything was restored.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        if self.skipped.is_empty() { Outcome::Succeeded } else { Outcome::FinishedWithSkipped }
    }
}
