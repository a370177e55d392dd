//! Copying snapshots to another repository, which has other keys.
//!
//! Blobs are copied as they are: what is in them, and so their ids, stay the
//! same, and what the other repository has already is not copied. Each is
//! opened, decompressed and compared with its id before it is sealed with the
//! other key, so that nothing damaged is ever written. Which snapshots are
//! there already is told as restic tells it (`cmd/restic/cmd_copy.go`), so both
//! may be used in turn.
//!
//! Snapshots are copied in batches, oldest first: whatever a batch lacks is
//! read in the order in which it lies in its packs, then come the packs, the
//! index that names them, and the snapshots of the batch. What is damaged in the
//! source costs the snapshots that need it, and no others.
//!
//! Invariant: a snapshot is written when all that it needs is in packs that an
//! index of the other repository names for use. What lies in packs that are
//! going to be deleted there does not count.
//!
//! What is deliberately absent: cutting files anew, so two repositories share
//! chunks only when they have the same polynomial; and the lock of the
//! repository that is copied from, which whoever calls holds where one can be
//! had: a copy is wanted just when a disk turns read-only.

mod choose;
mod report;
mod reseal;
mod run;
mod transfer;
mod walk;
mod wanted;

pub use report::{Copied, CopyError, CopyPlan, CopyReport, Side, Sizes, Uncopied};

use crate::backup::CHECKPOINT;

/// Which snapshots are copied, and how.
#[derive(Clone, Debug)]
pub struct CopyOptions {
    /// The beginnings of their ids, or `latest`; all of them when none is
    /// named.
    pub snapshots: Vec<String>,
    /// After how many bytes that were stored an index file names them, and
    /// about how many the snapshots of a batch lack: so much at most is done
    /// again after a crash.
    pub checkpoint: u64,
}

impl Default for CopyOptions {
    fn default() -> Self {
        Self { snapshots: Vec::new(), checkpoint: CHECKPOINT }
    }
}
