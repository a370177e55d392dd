//! Trying again: how often, after what time, and when it is no use.

mod store;

pub use store::{RetryStore, is_there};

use crate::Retry;
use model::Random;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// How patient somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The first wait is half of it to all of it; each further one up to twice
    /// as long as the one before.
    pub first: Duration,
    /// No wait is longer, unless the destination asks for it.
    pub longest: Duration,
    /// What has failed for so long fails for good.
    pub patience: Duration,
}

impl Policy {
    /// For a run: rides out a router that starts again.
    pub const RUN: Self = Self {
        first: Duration::from_millis(400),
        longest: Duration::from_secs(30),
        patience: Duration::from_secs(5 * 60),
    };

    /// For a person who waits for the answer.
    pub const PERSON: Self = Self {
        first: Duration::from_millis(250),
        longest: Duration::from_secs(2),
        patience: Duration::from_secs(6),
    };
}

/// The tries of one operation.
#[derive(Debug)]
pub struct Tries {
    policy: Policy,
    random: Arc<dyn Random>,
    failed_since: Option<Instant>,
    failures: u32,
}

impl Tries {
    /// The first try has yet to be made. `random` spreads the waits of many, so
    /// that they do not all come back at once.
    #[must_use]
    pub fn new(policy: Policy, random: Arc<dyn Random>) -> Self {
        Self { policy, random, failed_since: None, failures: 0 }
    }

    /// A try has failed: how long to wait until the next one; `None` when there
    /// is to be none.
    pub fn wait(&mut self, advice: Retry) -> Option<Duration> {
        let since = *self.failed_since.get_or_insert_with(Instant::now);
        let left = self.policy.patience.checked_sub(since.elapsed())?;
        let wait = match advice {
            Retry::Never | Retry::Exhausted => return None,
            // Never sooner than the destination asked.
            Retry::After(asked) => asked + self.policy.first.mul_f64(self.part()),
            Retry::Soon => {
                let doubled = self.policy.first.saturating_mul(1 << self.failures.min(16));
                doubled.min(self.policy.longest).mul_f64(0.5 + self.part() / 2.0)
            }
        };
        self.failures += 1;
        (wait <= left).then_some(wait)
    }

    /// How many tries have failed.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// A number from 0 to 1.
    fn part(&self) -> f64 {
        let mut bytes = [0; 4];
        self.random.fill(&mut bytes);
        f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::random::SeededRandom;

    fn waits(policy: Policy, seed: u64, advice: impl Fn(u32) -> Retry) -> Vec<Duration> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut tries = Tries::new(policy, Arc::new(SeededRandom::new(seed)));
            let mut waits = Vec::new();
            while let Some(wait) = tries.wait(advice(tries.failures())) {
                waits.push(wait);
                tokio::time::sleep(wait).await;
            }
            waits
        })
    }

    proptest::proptest! {
        #[test]
        fn waits_double_up_to_the_longest_and_end_with_the_patience(seed: u64) {
            let waits = waits(Policy::RUN, seed, |_| Retry::Soon);
            for (at, wait) in waits.iter().enumerate() {
                let most = Policy::RUN.first.saturating_mul(1 << at.min(16)).min(Policy::RUN.longest);
                proptest::prop_assert!((most / 2..=most).contains(wait), "{at}: {wait:?}");
            }
            let all: Duration = waits.iter().sum();
            proptest::prop_assert!(all <= Policy::RUN.patience);
            proptest::prop_assert!(all + Policy::RUN.longest > Policy::RUN.patience, "gave up after {all:?}");
        }

        #[test]
        fn nobody_comes_back_before_the_time_that_was_asked_for(seed: u64, asked in 1_u64..100) {
            let asked = Duration::from_secs(asked);
            for wait in waits(Policy::RUN, seed, |_| Retry::After(asked)) {
                proptest::prop_assert!(wait >= asked && wait <= asked + Policy::RUN.first);
            }
        }
    }

    #[test]
    fn what_is_no_use_is_not_tried_again() {
        assert!(waits(Policy::RUN, 1, |_| Retry::Never).is_empty());
        assert!(waits(Policy::RUN, 1, |_| Retry::Exhausted).is_empty());
        let longer = Policy::PERSON.patience + Duration::from_secs(1);
        assert!(waits(Policy::PERSON, 1, |_| Retry::After(longer)).is_empty());
        let then = |failures| if failures < 3 { Retry::Soon } else { Retry::Never };
        assert_eq!(waits(Policy::RUN, 1, then).len(), 3);
    }
}
