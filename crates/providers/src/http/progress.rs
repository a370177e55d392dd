//! Whether anything moves.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// When something last moved. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    begun: Instant,
    /// Milliseconds after `begun`.
    moved: Arc<AtomicU64>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { begun: Instant::now(), moved: Arc::default() }
    }

    /// Something moves.
    pub(super) fn mark(&self) {
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved.store(now, Ordering::Relaxed);
    }

    /// What `work` yields, or `None` when nothing has moved for `stall`.
    pub(super) async fn within<F: Future>(&self, stall: Duration, work: F) -> Option<F::Output> {
        let mut work = std::pin::pin!(work);
        loop {
            let moved = Duration::from_millis(self.moved.load(Ordering::Relaxed));
            let due = self.begun + moved + stall;
            if due <= Instant::now() {
                return None;
            }
            match tokio::time::timeout_at(due, &mut work).await {
                Ok(output) => return Some(output),
                Err(_) => continue,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_moves_may_take_any_time_and_what_stalls_is_given_up() {
        let (since, progress) = (Instant::now(), Progress::new());
        let stall = Duration::from_secs(30);
        let moves = progress.clone();
        let work = async move {
            for _ in 0..100 {
                tokio::time::sleep(Duration::from_secs(29)).await;
                moves.mark();
            }
            tokio::time::sleep(Duration::from_secs(40)).await;
        };
        assert_eq!(progress.within(stall, work).await, None);
        assert_eq!(since.elapsed().as_secs(), 29 * 100 + 30);
        let progress = Progress::new();
        let work = tokio::time::sleep(Duration::from_secs(29));
        assert_eq!(progress.within(stall, work).await, Some(()));
    }
}
