//! Steering work from outside while it runs.
//!
//! Whoever works asks between two small pieces of work whether it may go on.
//! What is under way to the destination when a pause begins comes to its end:
//! a request that is held up would time out there, and its bytes would have to
//! be sent again. Locks are renewed meanwhile.

mod duty;
mod worker;

use crate::error::{Error, Result};
use duty::Duty;
use std::{
    sync::{
        LazyLock, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};
use storage::Cancel;
use tokio::sync::watch;

pub(crate) use worker::Worker;

/// How many processors this process may use.
static PROCESSORS: LazyLock<f64> = LazyLock::new(|| {
    std::thread::available_parallelism().map_or(1.0, |processors| processors.get() as f64)
});

/// How a backup, restore or check is steered while it runs. It reaches the
/// work as a part of its [`Progress`](crate::Progress).
#[derive(Debug, Default)]
pub struct Control {
    paused: watch::Sender<bool>,
    /// The same, for whoever asks a million times.
    is_paused: AtomicBool,
    /// Percent of all processors; 0 is no limit.
    cpu: AtomicU8,
    duty: Mutex<Duty>,
}

impl Control {
    /// Has the work stand still: no further bytes are read or sent. Takes
    /// effect within two seconds, but for packs that are on their way already.
    pub fn pause(&self) {
        self.set_paused(true);
    }

    /// Has the work go on where it stands.
    pub fn resume(&self) {
        self.set_paused(false);
    }

    /// Whether the work stands still, or is about to.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.is_paused.load(Ordering::Acquire)
    }

    /// Has the work take no more than so many percent, 1 to 100, of the time of
    /// all processors. Counts from the next second on. What stores the bytes at
    /// the destination is not counted.
    pub fn set_cpu(&self, percent: Option<u8>) {
        self.cpu.store(percent.map_or(0, |percent| percent.clamp(1, 100)), Ordering::Relaxed);
    }

    /// How many processors the work may keep busy on average, if it is limited.
    fn share(&self) -> Option<f64> {
        let percent = self.cpu.load(Ordering::Relaxed);
        // Linux reads a dozen files to count processors: not for every file.
        (1..100).contains(&percent).then(|| f64::from(percent) / 100.0 * *PROCESSORS)
    }

    /// How long a thread rests that has used so much time of a processor.
    fn rest(&self, used: Duration, share: f64) -> Duration {
        let mut duty = self.duty.lock().unwrap_or_else(PoisonError::into_inner);
        duty.used(Instant::now(), used, share)
    }

    fn set_paused(&self, paused: bool) {
        self.paused.send_modify(|state| {
            *state = paused;
            self.is_paused.store(paused, Ordering::Release);
        });
    }

    /// Waits while the work is paused.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub(crate) async fn go_on(&self, cancel: &Cancel) -> Result<()> {
        if self.is_paused() {
            let mut changes = self.paused.subscribe();
            tokio::select! {
                biased;
                () = cancel.cancelled() => {}
                // Fails only when there is nobody left who could pause.
                _ = changes.wait_for(|paused| !paused) => {}
            }
        }
        if cancel.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }
}
