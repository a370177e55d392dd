//! Time as an argument.

use jiff::{Timestamp, Zoned, tz::TimeZone};
use std::{fmt::Debug, sync::Mutex};

/// Where the time comes from.
pub trait Clock: Debug + Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// The zone in which moments are written down.
    fn time_zone(&self) -> TimeZone;

    /// The present moment in [`Clock::time_zone`].
    fn now_zoned(&self) -> Zoned {
        self.now().to_zoned(self.time_zone())
    }
}

/// The machine's clock and time zone.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn time_zone(&self) -> TimeZone {
        TimeZone::system()
    }
}

/// A clock that stands still until it is told to move.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Timestamp>,
    zone: TimeZone,
}

impl ManualClock {
    /// A clock at `now`, writing times in UTC.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self::in_zone(now, TimeZone::UTC)
    }

    /// A clock at `now`, writing times in `zone`.
    #[must_use]
    pub fn in_zone(now: Timestamp, zone: TimeZone) -> Self {
        Self { now: Mutex::new(now), zone }
    }

    /// Moves the clock to `now`, forwards or backwards.
    pub fn set(&self, now: Timestamp) {
        *self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = now;
    }

    /// Moves the clock forward.
    ///
    /// # Panics
    /// When the result lies outside the range of a timestamp.
    pub fn advance(&self, by: std::time::Duration) {
        let mut now = self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn time_zone(&self) -> TimeZone {
        self.zone.clone()
    }
}
