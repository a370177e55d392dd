//! How much of the processors threads may take together.

use std::time::{Duration, Instant};

/// What was not used for so long is not made up for.
const SLACK: Duration = Duration::from_millis(500);

/// Shares out the time of processors.
#[derive(Debug, Default)]
pub(super) struct Duty {
    /// When what was used so far has been rested for.
    rested: Option<Instant>,
}

impl Duty {
    /// Takes note that a thread has used so much time of a processor, and says
    /// how long it rests then. `share` is the number of processors that may be
    /// busy on average.
    pub(super) fn used(&mut self, now: Instant, used: Duration, share: f64) -> Duration {
        let earliest = now.checked_sub(SLACK).unwrap_or(now);
        let rested = self.rested.map_or(now, |rested| rested.max(earliest));
        let rested = rested + used.div_f64(share);
        self.rested = Some(rested);
        rested.saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Threads that always have work get their share within a tenth over
        /// any 30 seconds, but for the pieces that lie across their ends.
        #[test]
        fn threads_get_their_share(
            pieces in prop::collection::vec(1_u64..80, 1..9),
            percent in 1_u32..=100,
        ) {
            let begun = Instant::now();
            // More than there are threads for is no limit.
            let share = f64::from(percent) / 100.0 * pieces.len() as f64;
            let mut duty = Duty::default();
            // When each thread begins its next piece.
            let mut free: Vec<Instant> = vec![begun; pieces.len()];
            let mut done: Vec<(f64, f64)> = Vec::new();
            while let Some((at, thread)) =
                free.iter().copied().zip(0..).min().filter(|(at, _)| *at < begun + Duration::from_secs(70))
            {
                let piece = Duration::from_millis(pieces[thread]);
                let end = at + piece;
                done.push(((end - begun).as_secs_f64(), piece.as_secs_f64()));
                free[thread] = end + duty.used(end, piece, share);
            }
            let across = pieces.iter().sum::<u64>() as f64 / 1000.0 / (30.0 * share);
            let starts = done.iter().filter(|(at, _)| (5.0..=39.0).contains(at));
            for (start, _) in starts.step_by(97) {
                let within = done.iter().filter(|(at, _)| *at >= *start && *at < start + 30.0);
                let part = within.map(|(_, used)| used).sum::<f64>() / (30.0 * share);
                prop_assert!(part <= 1.1 + across, "{part}");
                // Threads that are all busy cannot make up for their rests.
                prop_assert!(percent > 50 || part >= 0.9 - across, "{part}");
            }
        }
    }
}
