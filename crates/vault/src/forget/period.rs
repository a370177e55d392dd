//! How long ago: years, months, days and hours of the calendar.

use crate::format::NodeTime;
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime},
    tz::{Offset, TimeZone},
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A span of the calendar, written as restic does: `1y5m7d2h`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    /// Years.
    pub years: u32,
    /// Months.
    pub months: u32,
    /// Days.
    pub days: u32,
    /// Hours.
    pub hours: u32,
}

/// A text is no [`Period`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no span of time such as 1y5m7d2h")]
pub struct InvalidPeriod(String);

impl Period {
    /// Whether it is no time at all, which asks for nothing.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// The moment that lies this long before `moment`, by the calendar of
    /// `zone`; `None` when no calendar goes back that far. A day that a month
    /// does not have becomes one of the next month, as in Go: a month before
    /// 31 March is 3 March, or the 2nd in a leap year.
    #[must_use]
    pub fn before(&self, moment: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let local = moment.to_zoned(zone.clone()).datetime();
        let date = local.date();
        let months = i64::from(date.year()) * 12 + i64::from(date.month())
            - 1
            - i64::from(self.years) * 12
            - i64::from(self.months);
        let year = i16::try_from(months.div_euclid(12)).ok()?;
        let month = i8::try_from(months.rem_euclid(12) + 1).ok()?;
        let days = i64::from(date.day()) - 1 - i64::from(self.days);
        let date = Date::new(year, month, 1).ok()?;
        let date = date.checked_add(SignedDuration::from_hours(24 * days)).ok()?;
        let then = DateTime::from_parts(date, local.time()).to_zoned(zone.clone()).ok()?;
        then.timestamp().checked_sub(SignedDuration::from_hours(self.hours.into())).ok()
    }
}

/// The zone of the clock that `time` was written with.
pub(super) fn own_zone(time: &NodeTime) -> TimeZone {
    let offset = Offset::from_seconds(time.offset_seconds / 60 * 60).unwrap_or(Offset::UTC);
    offset.to_time_zone()
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [(self.years, 'y'), (self.months, 'm'), (self.days, 'd'), (self.hours, 'h')];
        for (number, unit) in parts.into_iter().filter(|(number, _)| *number != 0) {
            write!(f, "{number}{unit}")?;
        }
        if self.is_zero() { f.write_str("0h") } else { Ok(()) }
    }
}

impl FromStr for Period {
    type Err = InvalidPeriod;

    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        let invalid = || InvalidPeriod(text.to_owned());
        let mut period = Self::default();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, unit) = rest.split_at(digits);
            let number = number.parse().map_err(|_| invalid())?;
            let mut unit = unit.chars();
            match unit.next() {
                Some('y') => period.years = number,
                Some('m') => period.months = number,
                Some('d') => period.days = number,
                Some('h') => period.hours = number,
                _ => return Err(invalid()),
            }
            rest = unit.as_str();
        }
        Ok(period)
    }
}

impl TryFrom<String> for Period {
    type Error = InvalidPeriod;

    fn try_from(text: String) -> Result<Self, InvalidPeriod> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_restic_reads() {
        let period = |text: &str| text.parse::<Period>();
        let all = Period { years: 1, months: 5, days: 7, hours: 2 };
        assert_eq!(period("1y5m7d2h"), Ok(all));
        assert_eq!(period(" 2h7d5m1y "), Ok(all));
        assert_eq!(all.to_string(), "1y5m7d2h");
        assert!(period("").unwrap().is_zero() && period("0d").unwrap().is_zero());
        assert_eq!(Period::default().to_string().parse(), Ok(Period::default()));
        for text in ["1", "y", "1w", "-1d", "1 d", "1y 2m", "99999999999h", "1é"] {
            assert!(period(text).is_err(), "{text}");
        }
    }

    #[test]
    fn counts_back_as_go_does() {
        let table = [
            ("2026-03-31T12:30:00Z", "1m", "2026-03-03T12:30:00Z"),
            ("2024-03-31T12:30:00Z", "1m", "2024-03-02T12:30:00Z"),
            ("2024-02-29T00:00:00Z", "1y", "2023-03-01T00:00:00Z"),
            ("2026-01-15T00:00:00Z", "2m14d1h", "2025-10-31T23:00:00Z"),
            ("2026-01-15T00:00:00Z", "400d", "2024-12-11T00:00:00Z"),
        ];
        for (from, period, to) in table {
            let period: Period = period.parse().unwrap();
            let before = period.before(from.parse().unwrap(), &TimeZone::UTC);
            assert_eq!(before, Some(to.parse().unwrap()), "{from} {period}");
        }
        let ages = Period { years: u32::MAX, ..Period::default() };
        assert_eq!(ages.before(Timestamp::UNIX_EPOCH, &TimeZone::UTC), None);
    }
}
