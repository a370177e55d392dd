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

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::mpsc, time::Duration};
    use tokio::sync::oneshot;

    /// Work that says when it has started, waits to be told to go on, and then
    /// says what the gate said.
    struct Slow {
        started: oneshot::Receiver<()>,
        go: mpsc::Sender<()>,
        passed: oneshot::Receiver<bool>,
    }

    fn slow(pass_first: bool) -> (Slow, impl FnOnce(&Gate) -> Result<()> + Send + 'static) {
        let (say_started, started) = oneshot::channel();
        let (say_passed, passed) = oneshot::channel();
        let (go, wait) = mpsc::channel();
        let work = move |gate: &Gate| {
            if pass_first {
                gate.pass("put")?;
            }
            let _ = say_started.send(());
            let _ = wait.recv();
            let outcome = gate.pass("put");
            let _ = say_passed.send(outcome.is_ok());
            outcome
        };
        (Slow { started, go, passed }, work)
    }

    #[tokio::test]
    async fn what_is_cancelled_before_the_gate_returns_at_once_and_changes_nothing() {
        let (slow, work) = slow(false);
        let cancel = Cancel::new();
        let (outcome, ()) = tokio::join!(blocking("put", &cancel, work), async {
            slow.started.await.unwrap();
            cancel.cancel();
        });
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Cancelled);
        slow.go.send(()).unwrap();
        assert!(!slow.passed.await.unwrap());
    }

    #[tokio::test]
    async fn what_is_cancelled_after_the_gate_has_its_own_outcome() {
        let (slow, work) = slow(true);
        let cancel = Cancel::new();
        let (outcome, ()) = tokio::join!(blocking("put", &cancel, work), async {
            slow.started.await.unwrap();
            cancel.cancel();
            // Time enough to give up, if it would.
            tokio::time::sleep(Duration::from_millis(50)).await;
            let _ = slow.go.send(());
        });
        outcome.unwrap();
        assert!(slow.passed.await.unwrap());
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_changes_nothing() {
        let (slow, work) = slow(false);
        let cancel = Cancel::new();
        let waited =
            tokio::time::timeout(Duration::from_millis(50), blocking("put", &cancel, work)).await;
        assert!(waited.is_err());
        slow.go.send(()).unwrap();
        assert!(!slow.passed.await.unwrap());
    }
}
