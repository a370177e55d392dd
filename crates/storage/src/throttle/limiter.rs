//! One direction's share of bytes.

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use std::{
    num::NonZeroU64,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Mutex, time::Instant};

use crate::{ByteStream, Cancel, unless_cancelled};

/// A piece takes this part of a second at most: so soon a change of the limit
/// takes effect.
const PIECES_A_SECOND: u64 = 10;
/// The largest piece in bytes.
const LARGEST: u64 = 256 << 10;
/// What was not used for so long is not made up for. Makes good for timers that
/// fire late, and is the longest burst.
const SLACK: Duration = Duration::from_millis(500);

/// Shares out bytes at a rate, first come, first served. Over any 30 seconds,
/// those who always want more get the rate within a tenth, and nobody more.
#[derive(Debug, Default)]
pub struct Limiter {
    /// Bytes a second; 0 is no limit.
    rate: AtomicU64,
    /// When the next piece may go. Whoever waits for it keeps others waiting,
    /// so that the limit of this moment counts for each.
    next: Mutex<Option<Instant>>,
}

impl Limiter {
    /// A limit of so many bytes a second.
    #[must_use]
    pub fn new(limit: Option<NonZeroU64>) -> Self {
        let limiter = Self::default();
        limiter.set(limit);
        limiter
    }

    /// Changes the limit in bytes a second. Counts from the next piece on, a
    /// tenth of a second later at most.
    pub fn set(&self, limit: Option<NonZeroU64>) {
        self.rate.store(limit.map_or(0, NonZeroU64::get), Ordering::Relaxed);
    }

    /// The limit in bytes a second.
    #[must_use]
    pub fn get(&self) -> Option<NonZeroU64> {
        NonZeroU64::new(self.rate.load(Ordering::Relaxed))
    }

    /// How many bytes may go in one piece.
    fn piece(&self) -> usize {
        let rate = self.get().map_or(u64::MAX, NonZeroU64::get);
        (rate / PIECES_A_SECOND).clamp(1, LARGEST) as usize
    }

    /// Waits until some of `bytes` may go, and says how many.
    async fn take(&self, bytes: usize) -> usize {
        if self.get().is_none() {
            return bytes.min(self.piece());
        }
        let mut next = self.next.lock().await;
        let due = next.unwrap_or_else(Instant::now);
        if due > Instant::now() {
            tokio::time::sleep_until(due).await;
        }
        // Not before: the limit may have changed meanwhile, and what was small
        // by the old one is not by the new one.
        let granted = bytes.min(self.piece());
        if let Some(rate) = self.get() {
            let taken = Duration::from_secs_f64(granted as f64 / rate.get() as f64);
            let now = Instant::now();
            *next = Some(due.max(now.checked_sub(SLACK).unwrap_or(now)) + taken);
        }
        granted
    }
}

/// `bytes` as fast as `limiter` lets them. `always` makes pieces small even
/// while there is no limit, so that one that is set meanwhile counts.
pub(super) fn paced(
    bytes: ByteStream,
    limiter: Arc<impl AsRef<Limiter> + Send + Sync + 'static>,
    cancel: Cancel,
    operation: &'static str,
    always: bool,
) -> ByteStream {
    let state = (bytes, Bytes::new(), limiter, cancel);
    stream::unfold(Some(state), move |state| async move {
        let (mut bytes, mut rest, limiter, cancel) = state?;
        while rest.is_empty() {
            match bytes.next().await? {
                Ok(piece) if piece.is_empty() => {}
                Ok(piece) => rest = piece,
                Err(error) => return Some((Err(error), None)),
            }
        }
        let limit = (*limiter).as_ref();
        let all = limit.get().is_none() && !always;
        let granted = match all {
            true => Ok(rest.len()),
            false => unless_cancelled(&cancel, operation, limit.take(rest.len())).await,
        };
        let piece = match granted {
            Ok(granted) => rest.split_to(granted),
            Err(error) => return Some((Err(error), None)),
        };
        Some((Ok(piece), Some((bytes, rest, limiter, cancel))))
    })
    .boxed()
}
