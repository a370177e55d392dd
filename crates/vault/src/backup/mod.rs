//! Backing up.
//!
//! One thread walks the sources and hands out the files, some of a folder at a
//! time, with what the parent snapshot says of them; others read what is not the
//! same and cut it into chunks; others compress, seal and pack these, or those that
//! read do while all of them have files; tokio stores the packs; one thread puts
//! the trees together in the order of the walk; one counts ahead what there is to
//! do. All of them share one budget of memory, so the slowest sets the pace. Files
//! go to the destination in this order: packs, the index that names them, the
//! snapshot.

mod assemble;
mod budget;
mod count;
mod exclude;
mod journal;
mod large;
mod read;
mod run;
mod segments;
mod shared;
mod sink;
mod sources;
pub(crate) mod upload;
mod walk;

use crate::{
    format::{Id, Snapshot, SnapshotSummary},
    outcome::{Outcome, Skipped},
};
pub use exclude::Excludes;
use std::path::PathBuf;

/// The memory that file contents take at once, in bytes, unless it is set
/// otherwise: four times a pack.
pub const MEMORY: usize = 64 << 20;
/// As much more where so many threads store that one file is read in segments.
const MEMORY_OF_SEGMENTS: usize = MEMORY / 4;

/// After how many stored bytes an index file is written, unless it is set
/// otherwise.
pub const CHECKPOINT: u64 = 1 << 30;

/// Which snapshot a backup is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ParentChoice {
    /// The latest of this machine with the same sources.
    #[default]
    Latest,
    /// This one.
    Snapshot(String),
    /// None: every file is read.
    None,
}

/// What to back up, and how.
#[derive(Clone, Debug)]
pub struct BackupOptions {
    /// Files and folders.
    pub sources: Vec<PathBuf>,
    /// Patterns of what is left out; see [`Excludes`].
    pub excludes: Vec<String>,
    /// Folders that are never backed up: the destination itself, and the
    /// program's own data.
    pub never: Vec<PathBuf>,
    /// Tags of the snapshot.
    pub tags: Vec<String>,
    /// What to compare with.
    pub parent: ParentChoice,
    /// How many files are read, and how many chunks are stored, at once.
    pub threads: usize,
    /// The memory that file contents take at once, in bytes.
    pub memory: usize,
    /// Whether its threads yield to other programs, where the system has
    /// priorities for threads.
    pub background: bool,
    /// A folder of this machine for what helps the next backup when this one
    /// breaks off: what it has read and stored is not read again. With none,
    /// everything is that is in no snapshot.
    pub journal: Option<PathBuf>,
    /// After how many bytes that were stored an index file names them: so much
    /// at most is done again after a crash.
    pub checkpoint: u64,
    /// Whether to count ahead how much there is to do, for whoever watches.
    pub count: bool,
}

impl BackupOptions {
    /// The usual way to back up `sources`.
    #[must_use]
    pub fn new(sources: Vec<PathBuf>) -> Self {
        let threads =
            std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 8));
        let more = if threads < run::SEGMENTS_FROM { 0 } else { MEMORY_OF_SEGMENTS };
        Self {
            sources,
            excludes: Vec::new(),
            never: Vec::new(),
            tags: Vec::new(),
            parent: ParentChoice::Latest,
            threads,
            memory: MEMORY + more,
            background: false,
            journal: None,
            checkpoint: CHECKPOINT,
            count: true,
        }
    }
}

/// What a backup did.
#[derive(Clone, Debug)]
pub struct BackupReport {
    /// The snapshot's id.
    pub id: Id,
    /// The snapshot.
    pub snapshot: Snapshot,
    /// Counts.
    pub summary: SnapshotSummary,
    /// How it ended.
    pub outcome: Outcome,
    /// What was not backed up as it is, by path.
    pub skipped: Vec<Skipped>,
    /// Files that were not read because a backup that broke off had done so.
    pub resumed: u64,
    /// Folders that lay in the sources and are never backed up.
    pub left_out: Vec<PathBuf>,
}
