//! Lengths of time, as 1d12h.

use app::vault::Period;
use std::time::Duration;

/// Reads days and hours.
pub(super) fn parse(text: &str) -> Result<Duration, &'static str> {
    of(text).ok_or("days and hours, as 1d12h")
}

/// Reads days and hours, or 0.
pub(super) fn or_zero(text: &str) -> Result<Duration, &'static str> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    of(text).ok_or("days and hours, as 1d12h, or 0")
}

fn of(text: &str) -> Option<Duration> {
    let period = text.parse::<Period>().ok()?;
    let Period { days, hours, .. } = period;
    (period.years + period.months == 0)
        .then(|| Duration::from_secs((u64::from(days) * 24 + u64::from(hours)) * 3600))
}
