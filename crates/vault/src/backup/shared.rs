//! What the threads of one backup share.

use super::{budget::Budget, journal::Journal, sink::Sink};
use crate::{
    control::Worker,
    error::{Error, Result},
    format::{Id, PastNode},
    outcome::{SkipReason, Skipped},
    pack::BlobKind,
    platform::{self, Describer},
    progress::Progress,
    repository::Repository,
};
use std::{
    collections::HashSet,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};
use storage::{Cancel, buffers::Buffers};
use tokio::runtime::Handle;

/// What a run ends with when one of its threads does before its work is done.
pub(super) const BROKE_OFF: &str = "a thread of the backup broke off";

/// Counts of files and folders.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) files_new: AtomicU64,
    pub(crate) files_changed: AtomicU64,
    pub(crate) files_unmodified: AtomicU64,
    pub(crate) dirs_new: AtomicU64,
    pub(crate) dirs_changed: AtomicU64,
    pub(crate) dirs_unmodified: AtomicU64,
    pub(crate) bytes: AtomicU64,
    /// Taken over from the journal; new or changed as well.
    pub(crate) resumed: AtomicU64,
}

/// What the threads of a backup share.
pub(crate) struct Run {
    pub(crate) repository: Arc<Repository>,
    pub(crate) cancel: Cancel,
    pub(crate) progress: Arc<Progress>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) sink: Sink,
    /// Memory of chunks of large files.
    pub(crate) chunks: Buffers,
    /// Held by who reads a file in segments, where that gains.
    pub(super) in_segments: Option<Mutex<()>>,
    pub(crate) describer: Describer,
    pub(crate) journal: Option<Arc<Journal>>,
    pub(super) background: bool,
    /// How many threads read files, and how many others store their chunks.
    pub(super) threads: usize,
    /// How many of those that read have files to read.
    pub(super) reading: AtomicUsize,
    pub(crate) tally: Tally,
    pub(super) skipped: Mutex<Vec<Skipped>>,
    pub(super) left_out: Mutex<Vec<PathBuf>>,
    pub(super) failure: Mutex<Option<Error>>,
    pub(super) runtime: Handle,
}

impl Run {
    /// What a thread of the backup asks between two pieces of its work.
    pub(crate) fn worker(&self) -> Worker<'_> {
        Worker::new(&self.progress.control, &self.cancel, self.runtime.clone())
    }

    /// Whether a thread that reads stores its chunks itself: every processor has
    /// a file then, and a chunk is in the memory next to the one that has just
    /// read it.
    pub(super) fn all_read(&self) -> bool {
        self.reading.load(Ordering::Relaxed) >= self.threads
    }

    /// Lowers the priority of this thread, where that is wanted. It cannot be
    /// raised again, so it must be one of the backup's own.
    pub(super) fn yield_if_asked(&self) {
        if self.background {
            platform::yield_to_others();
        }
    }

    /// Notes a file that is not backed up as it is.
    pub(crate) fn skip(&self, path: PathBuf, reason: SkipReason) {
        self.progress.skipped.add(1);
        let mut skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        skipped.push(Skipped { path, reason });
    }

    /// Notes a folder that is never backed up.
    pub(crate) fn leave_out(&self, path: PathBuf) {
        self.left_out.lock().unwrap_or_else(PoisonError::into_inner).push(path);
    }

    /// The entries of a tree of the parent snapshot. One that cannot be read costs
    /// reading the files again; what lies beside it in its pack is stored anew as
    /// well.
    pub(crate) fn parent_tree(&self, id: &Id) -> Option<Vec<PastNode>> {
        let loaded = self.runtime.block_on(self.repository.load_past_tree(id, &self.cancel));
        if let Err(Error::Damaged { .. } | Error::Missing(_)) = loaded {
            self.repository.with_index_mut(|index| {
                while let Some(place) = index.find(BlobKind::Tree, id) {
                    index.forget_packs(|pack, _| *pack == place.pack);
                }
            });
        }
        loaded.ok()
    }

    /// Whether every one of the sources was skipped as a whole.
    pub(super) fn read_nothing_of(&self, sources: &[PathBuf]) -> bool {
        let skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        let lost: HashSet<_> = skipped
            .iter()
            .filter(|one| !matches!(one.reason, SkipReason::Changing | SkipReason::Attributes))
            .map(|one| &one.path)
            .collect();
        sources.iter().all(|source| lost.contains(source))
    }

    /// Whether all these blobs are stored.
    pub(crate) fn is_stored(&self, content: &[Id]) -> bool {
        is_stored(&self.repository, content)
    }

    /// Ends the run with `error`, unless it is ending already.
    pub(super) fn fail(&self, error: Error) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*failure, None | Some(Error::Cancelled)) {
            *failure = Some(error);
        }
        drop(failure);
        self.cancel.cancel();
        self.budget.close();
    }

    /// What ends the run when the thread that holds it breaks off.
    pub(super) fn breaking(&self) -> Breaking<'_> {
        Breaking(self)
    }

    /// Takes note of how a thread ended.
    pub(super) fn ended<T>(&self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.fail(error)).ok()
    }
}

/// See [`Run::breaking`].
pub(super) struct Breaking<'a>(&'a Run);

impl Drop for Breaking<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.fail(Error::Internal(BROKE_OFF));
        }
    }
}

/// Whether all these blobs of file contents are stored.
pub(super) fn is_stored(repository: &Repository, content: &[Id]) -> bool {
    repository.with_index(|index| content.iter().all(|id| index.contains(BlobKind::Data, id)))
}
