//! The one connection of a store, made again when it was lost.
//!
//! Invariant: there is one attempt at a time. Whoever asks meanwhile waits for
//! it and shares its outcome, so that a server that is gone is not asked once
//! for each operation.

use super::{connection::connect, errors::Lost, session::Session, settings::Settings};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tokio::sync::Mutex;

/// A connection that comes back.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) settings: Settings,
    /// How many attempts there were.
    attempts: AtomicU64,
    last: Mutex<Option<Result<Arc<Session>, Lost>>>,
}

impl Link {
    pub(super) fn new(settings: Settings) -> Self {
        Self { settings, attempts: AtomicU64::new(0), last: Mutex::new(None) }
    }

    /// A session that was alive a moment ago.
    ///
    /// # Errors
    /// As [`connect`].
    pub(super) async fn session(&self) -> Result<Arc<Session>, Lost> {
        let before = self.attempts.load(Ordering::Acquire);
        let mut last = self.last.lock().await;
        match &*last {
            Some(Ok(session)) if session.is_alive() => return Ok(Arc::clone(session)),
            // Made while this one waited for its turn.
            Some(Err(lost)) if self.attempts.load(Ordering::Acquire) != before => {
                return Err(lost.clone());
            }
            _ => {}
        }
        *last = None;
        let outcome = connect(&self.settings).await.map(Arc::new);
        self.attempts.fetch_add(1, Ordering::Release);
        *last = Some(outcome.clone());
        outcome
    }
}
