//! How many requests a second, and none while the destination wants a rest.

use std::{num::NonZeroU32, time::Duration};
use tokio::{sync::Mutex, time::Instant};

#[derive(Debug)]
pub(super) struct Pacer {
    /// The time between two requests.
    apart: Option<Duration>,
    /// Before this moment no request goes out.
    next: Mutex<Option<Instant>>,
}

impl Pacer {
    pub(super) fn new(per_second: Option<NonZeroU32>) -> Self {
        let apart = per_second.map(|rate| Duration::from_secs(1) / rate.get());
        Self { apart, next: Mutex::default() }
    }

    /// Waits until a request may go out.
    pub(super) async fn turn(&self) {
        let due = {
            let mut next = self.next.lock().await;
            let now = Instant::now();
            let due = next.filter(|due| *due > now);
            // Requests that go out together after a rest keep their distance.
            *next = match (self.apart, due) {
                (Some(apart), due) => Some(due.unwrap_or(now) + apart),
                (None, due) => due,
            };
            due
        };
        if let Some(due) = due {
            tokio::time::sleep_until(due).await;
        }
    }

    /// The destination asked everybody to wait for `time`.
    pub(super) async fn rest(&self, time: Duration) {
        let mut next = self.next.lock().await;
        let due = Instant::now() + time;
        *next = Some(next.map_or(due, |next| next.max(due)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;

    #[tokio::test(start_paused = true)]
    async fn no_more_go_out_than_may_and_none_before_the_rest_is_over() {
        let since = Instant::now();
        let pacer = Pacer::new(NonZeroU32::new(10));
        join_all((0..25).map(|_| pacer.turn())).await;
        assert_eq!(since.elapsed().as_millis(), 2400);
        pacer.rest(Duration::from_secs(7)).await;
        pacer.turn().await;
        assert_eq!(since.elapsed().as_millis(), 9400);

        let since = Instant::now();
        let pacer = Pacer::new(None);
        join_all((0..1000).map(|_| pacer.turn())).await;
        assert_eq!(since.elapsed(), Duration::ZERO);
        pacer.rest(Duration::from_secs(3)).await;
        join_all((0..10).map(|_| pacer.turn())).await;
        assert_eq!(since.elapsed().as_secs(), 3);
    }
}
