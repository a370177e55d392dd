//! How far a piece of work is: counters that the worker raises and whoever
//! shows them reads as often as it likes.

use std::{
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds to it.
    pub fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    /// Its value now.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The state of a backup, restore or check while it runs.
#[derive(Debug, Default)]
pub struct Progress {
    /// Files (or packs, when checking) known so far.
    pub files_total: Counter,
    /// Files (or packs) finished.
    pub files_done: Counter,
    /// Bytes known so far.
    pub bytes_total: Counter,
    /// Bytes finished.
    pub bytes_done: Counter,
    /// Bytes written to the destination, or read from it.
    pub bytes_moved: Counter,
    /// Files skipped.
    pub skipped: Counter,
    current: Mutex<PathBuf>,
}

impl Progress {
    /// Names what is being worked on.
    pub fn set_current(&self, path: &Path) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        path.clone_into(&mut current);
    }

    /// What is being worked on.
    #[must_use]
    pub fn current(&self) -> PathBuf {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
