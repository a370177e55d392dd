//! Work that must not hold its caller for longer than it has time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missed {
    /// It took too long.
    Late,
    /// It panicked, or never began.
    Died,
}

/// Does `work` on a thread of its own and waits for it, but no longer than
/// `limit`. When it ends after that, `undo` gets what it left.
pub(crate) fn within<T: Send + 'static, L: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> (T, L) + Send + 'static,
    undo: impl FnOnce(L) + Send + 'static,
) -> Result<T, Missed> {
    let (sender, receiver) = mpsc::channel();
    // Whoever comes first decides: the end of the work, or the end of the time.
    let decided = Arc::new(AtomicBool::new(false));
    let first = Arc::clone(&decided);
    let run = move || {
        let (done, left) = work();
        if first.swap(true, Ordering::SeqCst) {
            undo(left);
        } else {
            let _ = sender.send(done);
        }
    };
    thread::Builder::new().spawn(run).map_err(|_| Missed::Died)?;
    match receiver.recv_timeout(limit) {
        Ok(done) => Ok(done),
        Err(RecvTimeoutError::Disconnected) => Err(Missed::Died),
        Err(RecvTimeoutError::Timeout) if decided.swap(true, Ordering::SeqCst) => {
            // It ended in this very moment.
            receiver.recv().map_err(|_| Missed::Died)
        }
        Err(RecvTimeoutError::Timeout) => Err(Missed::Late),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn what_is_done_in_time_is_handed_over_and_stays() {
        let undo = |()| panic!("nothing is undone");
        assert_eq!(within(LONG, || (7, ()), undo), Ok(7));
    }

    #[test]
    fn a_panic_is_not_lateness() {
        assert_eq!(
            within(LONG, || -> ((), ()) { panic!("on purpose") }, |()| ()),
            Err(Missed::Died)
        );
    }

    #[test]
    fn what_ends_too_late_is_undone() {
        let (go, wait) = mpsc::channel::<()>();
        let (tell, told) = mpsc::channel();
        let work = move || {
            let _ = wait.recv();
            ((), "what was left")
        };
        let undo = move |left| tell.send(left).expect("the test listens");
        assert_eq!(within(Duration::from_millis(20), work, undo), Err(Missed::Late));
        assert!(told.try_recv().is_err(), "it is still under way");
        go.send(()).expect("it waits");
        assert_eq!(told.recv_timeout(LONG), Ok("what was left"));
    }
}
