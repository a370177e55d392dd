//! How far a piece of work is.

use super::Progress;
use serde::Serialize;

/// How far a piece of work is. The totals grow while sources are still being
/// counted, and say all there is to do after that. Sizes are in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Files (or packs, when checking) known so far.
    pub total_files: u64,
    /// Files (or packs) finished.
    pub files_done: u64,
    /// Size of all that is known so far.
    pub total_bytes: u64,
    /// Size of what is finished.
    pub bytes_done: u64,
    /// What was written to the destination, or read from it.
    pub bytes_moved: u64,
    /// What was read and waits to be written to the destination.
    #[serde(skip)]
    pub bytes_waiting: u64,
    /// Files skipped.
    pub files_skipped: u64,
    /// Whether the totals say all there is to do, so that it can be told how
    /// long it will take.
    pub counted: bool,
    /// What is being worked on.
    pub current_file: String,
}

impl Status {
    /// Reads the counters.
    #[must_use]
    pub fn of(progress: &Progress) -> Self {
        // What is done is read first, so that it is never more than the total,
        // and whether that is final before it, so that it is.
        let counted = progress.counted();
        let (files_done, bytes_done) = progress.done();
        Self {
            total_files: progress.files_total.get(),
            files_done,
            total_bytes: progress.bytes_total.get(),
            bytes_done,
            bytes_moved: progress.bytes_moved.get(),
            bytes_waiting: progress.waiting(),
            files_skipped: progress.skipped.get(),
            counted,
            current_file: progress.current().to_string_lossy().into_owned(),
        }
    }

    /// How much is done, from 0 to 1. By bytes, and by files where there are
    /// only empty ones.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    pub fn fraction(&self) -> f64 {
        let part = |done: u64, total: u64| (done as f64 / total as f64).clamp(0.0, 1.0);
        match (self.total_bytes, self.total_files) {
            (0, 0) => 0.0,
            (0, files) => part(self.files_done, files),
            (bytes, _) => part(self.bytes_done, bytes),
        }
    }
}
