//! Deciding between "done" and "cancelled" exactly once.
//!
//! A blocked system call cannot be stopped, so a cancelled operation returns
//! while its last call is still under way on another thread. The gate makes
//! sure that this thread does not change anything visible afterwards: whoever
//! comes first, the thread about to publish or the caller giving up, decides.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};
use storage::{Cancel, Error, ErrorKind, Result};

const OPEN: u8 = 0;
const PASSED: u8 = 1;
const SHUT: u8 = 2;

/// One decision.
#[derive(Clone, Debug, Default)]
pub(super) struct Gate(Arc<AtomicU8>);

impl Gate {
    /// Goes through; from here on the operation can no longer be cancelled.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`] when the caller has given up.
    pub(super) fn pass(&self, operation: &'static str) -> Result<()> {
        match self.0.compare_exchange(OPEN, PASSED, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) | Err(PASSED) => Ok(()),
            Err(_) => Err(Error::cancelled(operation)),
        }
    }

    /// Gives up; `false` when it is too late for that.
    fn shut(&self) -> bool {
        let was = self.0.compare_exchange(OPEN, SHUT, Ordering::AcqRel, Ordering::Acquire);
        matches!(was, Ok(_) | Err(SHUT))
    }

    /// Whether the caller has given up.
    pub(super) fn is_shut(&self) -> bool {
        self.0.load(Ordering::Acquire) == SHUT
    }
}

/// Shuts its gate when the future that holds it is dropped.
struct Holder(Gate);

impl Drop for Holder {
    fn drop(&mut self) {
        self.0.shut();
    }
}

/// Runs `work` on a thread that may block. When it is cancelled before it has
/// passed the gate, this returns at once and `work` finds the gate shut; after
/// that its outcome is awaited.
pub(super) async fn blocking<T: Send + 'static>(
    operation: &'static str,
    cancel: &Cancel,
    work: impl FnOnce(&Gate) -> Result<T> + Send + 'static,
) -> Result<T> {
    if cancel.is_cancelled() {
        return Err(Error::cancelled(operation));
    }
    let gate = Gate::default();
    let held = Holder(gate.clone());
    let mut task = tokio::task::spawn_blocking(move || work(&gate));
    let outcome = tokio::select! {
        biased;
        outcome = &mut task => outcome,
        () = cancel.cancelled() => {
            if held.0.shut() {
                return Err(Error::cancelled(operation));
            }
            task.await
        }
    };
    outcome.map_err(|error| Error::new(ErrorKind::Other, operation).because(error))?
}
