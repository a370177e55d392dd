//! How far a piece of work is: counters that the worker raises and whoever
//! shows them reads as often as it likes.

use crate::control::Control;
use std::{
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
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

/// How much there is to do: what the work has met, and what was counted ahead
/// of it, whichever is more. When the work has met everything, only that
/// counts: what vanished meanwhile is no longer waited for.
#[derive(Debug, Default)]
pub struct Total {
    met: AtomicU64,
    ahead: AtomicU64,
    met_all: AtomicBool,
}

impl Total {
    /// Adds something that the work has met.
    pub fn add(&self, amount: u64) {
        self.met.fetch_add(amount, Ordering::Relaxed);
    }

    /// Its value now.
    #[must_use]
    pub fn get(&self) -> u64 {
        let ahead = match self.met_all.load(Ordering::Acquire) {
            true => 0,
            false => self.ahead.load(Ordering::Relaxed),
        };
        self.met.load(Ordering::Relaxed).max(ahead)
    }
}

/// The state of a backup, restore or check while it runs, and how it is steered.
#[derive(Debug, Default)]
pub struct Progress {
    /// Files (or packs, when checking) known so far.
    pub files_total: Total,
    /// Files (or packs) finished.
    pub files_done: Counter,
    /// Bytes known so far.
    pub bytes_total: Total,
    /// Bytes finished.
    pub bytes_done: Counter,
    /// Bytes written to the destination, or read from it.
    pub bytes_moved: Counter,
    /// Bytes handed over to be written to the destination.
    pub(crate) bytes_packed: Counter,
    /// Files skipped.
    pub skipped: Counter,
    /// Pauses the work.
    pub control: Control,
    counted: AtomicBool,
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

    /// Whether the totals say all there is to do, so that it can be told how
    /// long it will take. They change after that only as what is worked on
    /// does.
    #[must_use]
    pub fn counted(&self) -> bool {
        self.counted.load(Ordering::Acquire)
    }

    /// The totals are final.
    pub(crate) fn set_counted(&self) {
        self.counted.store(true, Ordering::Release);
    }

    /// Takes note of what was counted so far, ahead of the work.
    pub(crate) fn set_ahead(&self, files: u64, bytes: u64) {
        self.files_total.ahead.store(files, Ordering::Relaxed);
        self.bytes_total.ahead.store(bytes, Ordering::Relaxed);
    }

    /// The work has met everything, so the totals are final.
    pub(crate) fn set_met(&self) {
        self.files_total.met_all.store(true, Ordering::Release);
        self.bytes_total.met_all.store(true, Ordering::Release);
        self.set_counted();
    }

    /// Bytes that wait to be written to the destination.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        let moved = self.bytes_moved.get();
        self.bytes_packed.get().saturating_sub(moved)
    }

    /// Files and bytes that are done. Never more than the totals when those are
    /// read afterwards.
    #[must_use]
    pub fn done(&self) -> (u64, u64) {
        let (files, bytes) = (self.files_done.get(), self.bytes_done.get());
        (files.min(self.files_total.get()), bytes.min(self.bytes_total.get()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_what_was_counted_until_all_was_met() {
        let progress = Progress::default();
        progress.files_total.add(2);
        progress.set_ahead(10, 100);
        assert_eq!((progress.files_total.get(), progress.bytes_total.get()), (10, 100));
        assert!(!progress.counted());
        progress.files_total.add(9);
        assert_eq!(progress.files_total.get(), 11, "new files count as well");
        progress.bytes_done.add(500);
        assert_eq!(progress.done(), (0, 100));
        progress.set_met();
        assert!(progress.counted());
        assert_eq!((progress.files_total.get(), progress.bytes_total.get()), (11, 0));
        progress.set_ahead(99, 99);
        assert_eq!(progress.files_total.get(), 11, "whoever counts comes too late");
    }
}
