//! What every other crate may know: the clock, randomness, and ids.
//!
//! Invariant: no I/O. The two system sources at the end of [`clock`] and
//! [`random`] are the only places that ask the machine for time or entropy;
//! everything else receives them as arguments.

pub mod clock;
pub mod random;

pub use clock::{Clock, SystemClock};
pub use random::{Random, SystemRandom};
use std::sync::Arc;

/// Time and randomness, handed down together to whatever needs them.
#[derive(Clone, Debug)]
pub struct Ambient {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub random: Arc<dyn Random>,
}

impl Ambient {
    /// The machine's clock, time zone and entropy.
    #[must_use]
    pub fn system() -> Self {
        Self { clock: Arc::new(SystemClock), random: Arc::new(SystemRandom) }
    }
}
