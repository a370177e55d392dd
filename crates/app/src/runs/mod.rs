//! Runs: rows first, then work.
//!
//! What should be done is written down before anything is. Of all processes
//! that use one data folder, the one that holds the lease does the work; the
//! others watch. What a process that died left undone is closed, and taken up.

mod backup;
mod clean_up;
mod history;
mod lease;
mod order;
mod pace;
mod pause;
mod queue;
mod restore;
mod verify;
mod wire;
mod work;

pub use history::{ActivityWanted, LogEntry, LogPlace, RunsWanted, SkippedEntry, SkippedReason};
pub use restore::{RestoreOrder, WhereTo};
pub use verify::Depth;
pub use wire::{RunEntry, RunError, RunProgress, RunResult};

pub(crate) use restore::wanted;
pub(crate) use verify::damage;
use wire::entry;
