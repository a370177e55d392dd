//! Randomness as an argument.

use std::{fmt::Debug, sync::Mutex};

/// Where random bytes come from.
pub trait Random: Debug + Send + Sync {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's cryptographic generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    /// # Panics
    /// When the operating system has no entropy to give: no key may be made
    /// without it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine for entropy"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        #[expect(clippy::expect_used, reason = "going on without entropy would make weak keys")]
        getrandom::fill(bytes).expect("the operating system provides random bytes");
    }
}

/// A generator for tests (SplitMix64): the same seed gives the same bytes. Not
/// for keys.
#[derive(Debug)]
pub struct SeededRandom(Mutex<u64>);

impl SeededRandom {
    /// A generator that starts at `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut word = *state;
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^= word >> 31;
            chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
        }
    }
}
