//! What every other crate may know: the clock, randomness, ids, and the words
//! for plans and runs.
//!
//! Invariant: no I/O. The two system sources at the end of [`clock`] and
//! [`random`] are the only places that ask the machine for time or entropy;
//! everything else receives them as arguments.

pub mod clock;
pub mod ids;
pub mod key_slot;
pub mod random;
pub mod run;
mod words;

pub use clock::{Clock, SystemClock};
pub use ids::{DestinationId, GroupId, InvalidId, MachineId, PlanId, RunId, TargetId};
pub use key_slot::KeySlotKind;
pub use random::{Random, SystemRandom};
pub use run::{LogLevel, RunKind, RunStatus, TargetKind, Trigger};
use std::sync::Arc;
pub use words::UnknownWord;

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
