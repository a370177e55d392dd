//! What a thread asks between two pieces of its work.

use super::Control;
use crate::{
    error::{Error, Result},
    platform,
};
use std::time::Duration;
use storage::Cancel;
use tokio::runtime::Handle;

/// A thread that does a part of the work.
pub(crate) struct Worker<'a> {
    control: &'a Control,
    cancel: &'a Cancel,
    runtime: Handle,
    /// The time of a processor that its thread had used when it was asked last;
    /// not known until there is a limit.
    used: Option<Duration>,
}

/// No rest is longer, so that a change of the limit counts soon.
const LONGEST: Duration = Duration::from_secs(1);

impl<'a> Worker<'a> {
    /// A thread outside of `runtime`, or one of those of it that may block.
    pub(crate) fn new(control: &'a Control, cancel: &'a Cancel, runtime: Handle) -> Self {
        Self { control, cancel, runtime, used: None }
    }

    /// Waits while the work is paused, and as long as the limit of processors
    /// demands. To be asked before every piece of work
    /// that takes no longer than a fraction of a second.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub(crate) fn go_on(&mut self) -> Result<()> {
        if self.control.is_paused() {
            return self.runtime.block_on(self.control.go_on(self.cancel));
        }
        match self.control.share() {
            Some(share) => self.rest(share),
            None => self.used = None,
        }
        if self.cancel.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }

    fn rest(&mut self, share: f64) {
        let now = platform::processor_time();
        let used = now.saturating_sub(self.used.replace(now).unwrap_or(now));
        let rest = self.control.rest(used, share).min(LONGEST);
        if !rest.is_zero() {
            let cancelled = self.cancel.cancelled();
            // Over when either is.
            let _ = self.runtime.block_on(async { tokio::time::timeout(rest, cancelled).await });
        }
    }
}
