//! Times as Go prints them: RFC 3339 with as many digits as needed.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{FormatError, error::excerpt};

const DAY: i64 = 86_400;

/// An instant, and the offset of the clock that it is written with.
///
/// Part of a tree's bytes and so of its id: restic writes times in the
/// machine's zone, so trees deduplicate only when the offset is the same one.
/// [`Default`] is Go's zero time, the year 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeTime {
    /// Seconds since 1970 in UTC.
    pub seconds: i64,
    /// Nanoseconds after `seconds`, below 1,000,000,000.
    pub nanoseconds: u32,
    /// Seconds by which the written clock is ahead of UTC. Only whole minutes
    /// below 24 hours can be written; the rest is dropped, and the instant
    /// stays what it is.
    pub offset_seconds: i32,
}

impl Default for NodeTime {
    fn default() -> Self {
        Self { seconds: -62_135_596_800, nanoseconds: 0, offset_seconds: 0 }
    }
}

impl NodeTime {
    /// An instant written in UTC.
    #[must_use]
    pub const fn utc(seconds: i64, nanoseconds: u32) -> Self {
        Self { seconds, nanoseconds, offset_seconds: 0 }
    }

    /// Whether both are the same instant, whatever clock they are written with.
    #[must_use]
    pub fn same_instant(&self, other: &Self) -> bool {
        (self.seconds, self.nanoseconds) == (other.seconds, other.nanoseconds)
    }

    /// The instant.
    ///
    /// # Errors
    /// [`FormatError::Time`] when it lies outside the years that can be stored.
    pub fn timestamp(&self) -> Result<jiff::Timestamp, FormatError> {
        let nanoseconds = i32::try_from(self.nanoseconds).unwrap_or(i32::MAX);
        jiff::Timestamp::new(self.seconds, nanoseconds)
            .map_err(|_| FormatError::Time(self.to_string()))
    }

    /// Appends the time as Go's `RFC3339Nano` layout prints it: zeros at the
    /// end of the fraction are left out, and `Z` stands for no offset. Years
    /// outside 0000 to 9999 become the nearest of them, as in restic.
    pub fn append(&self, out: &mut Vec<u8>) {
        let offset = match self.offset_seconds / 60 {
            minutes if minutes.abs() < 24 * 60 => minutes,
            _ => 0,
        };
        let local = self.seconds.saturating_add(i64::from(offset) * 60);
        let (year, month, day) = stored_date(local.div_euclid(DAY));
        let second = local.rem_euclid(DAY);
        append_digits(out, year, 4);
        out.push(b'-');
        append_digits(out, month, 2);
        out.push(b'-');
        append_digits(out, day, 2);
        out.push(b'T');
        append_digits(out, second / 3600, 2);
        out.push(b':');
        append_digits(out, second / 60 % 60, 2);
        out.push(b':');
        append_digits(out, second % 60, 2);
        if self.nanoseconds > 0 {
            out.push(b'.');
            append_digits(out, i64::from(self.nanoseconds.min(999_999_999)), 9);
            while out.last() == Some(&b'0') {
                out.pop();
            }
        }
        if offset == 0 {
            out.push(b'Z');
        } else {
            out.push(if offset < 0 { b'-' } else { b'+' });
            append_digits(out, i64::from(offset.abs() / 60), 2);
            out.push(b':');
            append_digits(out, i64::from(offset.abs() % 60), 2);
        }
    }

    /// Reads an RFC 3339 time. Digits of the fraction after the ninth are
    /// dropped.
    ///
    /// # Errors
    /// [`FormatError::Time`] when it is no RFC 3339 time, or no date of the
    /// calendar. Leap seconds are refused, as Go refuses them.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        parse(text.as_bytes()).ok_or_else(|| FormatError::Time(excerpt(text.as_bytes())))
    }
}

/// The proleptic Gregorian date of a day since 1970-01-01 (Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms"), moved into the years that
/// four digits can write.
fn stored_date(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let day_of_era = day.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    match era * 400 + year_of_era + i64::from(month <= 2) {
        // Go's AddDate turns a 29 February that the year does not have into
        // the day after. The year 0 has one.
        year if year > 9999 && (month, day) == (2, 29) => (9999, 3, 1),
        year => (year.clamp(0, 9999), month, day),
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
fn day_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn append_digits(out: &mut Vec<u8>, value: i64, digits: u32) {
    for place in (0..digits).rev() {
        let digit = value / 10_i64.pow(place) % 10;
        out.push(b'0' + u8::try_from(digit).unwrap_or_default());
    }
}

fn parse(text: &[u8]) -> Option<NodeTime> {
    let (date_time, rest) = text.split_at_checked(19)?;
    if [4, 7, 10, 13, 16].map(|at| date_time[at]) != *b"--T::" {
        return None;
    }
    let year = number(&date_time[..4], 9999)?;
    let month = number(&date_time[5..7], 12)?;
    let day = number(&date_time[8..10], 31)?;
    let hour = number(&date_time[11..13], 23)?;
    let minute = number(&date_time[14..16], 59)?;
    let second = number(&date_time[17..], 59)?;
    let days = day_of(year, month, day);
    if month == 0 || stored_date(days) != (year, month, day) {
        return None;
    }
    let (nanoseconds, zone) = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (fraction, zone) = fraction.split_at(digits);
            (nanoseconds(fraction)?, zone)
        }
        None => (0, rest),
    };
    let offset = match zone {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), hours @ .., b':', ten, one] if hours.len() == 2 => {
            let seconds = number(hours, 23)? * 3600 + number(&[*ten, *one], 59)? * 60;
            if *sign == b'-' { -seconds } else { seconds }
        }
        _ => return None,
    };
    Some(NodeTime {
        seconds: days * DAY + hour * 3600 + minute * 60 + second - offset,
        nanoseconds,
        offset_seconds: i32::try_from(offset).ok()?,
    })
}

fn nanoseconds(fraction: &[u8]) -> Option<u32> {
    let kept = fraction.get(..9).unwrap_or(fraction);
    let scale = 10_u32.pow(9 - u32::try_from(kept.len()).ok()?);
    (!kept.is_empty()).then_some(u32::try_from(number(kept, 999_999_999)?).ok()? * scale)
}

fn number(digits: &[u8], limit: i64) -> Option<i64> {
    let mut value = 0;
    for digit in digits {
        value = value * 10 + i64::from(char::from(*digit).to_digit(10)?);
    }
    (value <= limit).then_some(value)
}

impl fmt::Display for NodeTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::with_capacity(35);
        self.append(&mut text);
        formatter.pad(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl FromStr for NodeTime {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        Self::parse(text)
    }
}

impl From<jiff::Timestamp> for NodeTime {
    fn from(instant: jiff::Timestamp) -> Self {
        // jiff counts from 1970 outwards; a file system counts forwards.
        let nanoseconds = instant.subsec_nanosecond();
        let borrowed = i32::from(nanoseconds < 0);
        Self {
            seconds: instant.as_second() - i64::from(borrowed),
            nanoseconds: u32::try_from(nanoseconds + borrowed * 1_000_000_000).unwrap_or_default(),
            offset_seconds: 0,
        }
    }
}

impl From<&jiff::Zoned> for NodeTime {
    fn from(moment: &jiff::Zoned) -> Self {
        Self { offset_seconds: moment.offset().seconds(), ..moment.timestamp().into() }
    }
}

impl Serialize for NodeTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NodeTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rfc3339;

        impl de::Visitor<'_> for Rfc3339 {
            type Value = NodeTime;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an RFC 3339 time")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<NodeTime, E> {
                NodeTime::parse(text).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Rfc3339)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(seconds: i64, nanoseconds: u32, offset_seconds: i32) -> NodeTime {
        NodeTime { seconds, nanoseconds, offset_seconds }
    }

    #[test]
    fn prints_as_go_does() {
        for (moment, text) in [
            (NodeTime::default(), "0001-01-01T00:00:00Z"),
            (time(0, 0, 0), "1970-01-01T00:00:00Z"),
            (time(-1, 999_999_999, 0), "1969-12-31T23:59:59.999999999Z"),
            (time(1_700_000_000, 120_000_000, 7200), "2023-11-15T00:13:20.12+02:00"),
            (time(1_700_000_000, 1, -12_600), "2023-11-14T18:43:20.000000001-03:30"),
            (time(1_709_164_800, 0, 0), "2024-02-29T00:00:00Z"),
            (time(-62_167_219_200, 0, 0), "0000-01-01T00:00:00Z"),
            (time(253_402_300_799, 0, 0), "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(moment.to_string(), text);
            assert_eq!(text.parse::<NodeTime>().unwrap(), moment);
        }
    }

    #[test]
    fn keeps_the_instant_when_the_offset_cannot_be_written() {
        assert_eq!(time(0, 0, 3208).to_string(), "1970-01-01T00:53:00+00:53");
        assert_eq!(time(0, 0, -59).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(time(0, 0, 86_400).to_string(), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn moves_other_years_to_the_nearest() {
        assert_eq!(time(253_402_300_800, 0, 0).to_string(), "9999-01-01T00:00:00Z");
        assert_eq!(time(-62_167_219_201, 5, 0).to_string(), "0000-12-31T23:59:59.000000005Z");
        for seconds in [i64::MIN, i64::MAX] {
            time(seconds, u32::MAX, i32::MAX).to_string().parse::<NodeTime>().unwrap();
            time(seconds, 0, 3600).to_string().parse::<NodeTime>().unwrap();
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "2024-01-01",
            "2024-01-01T00:00:00",
            "2024-01-01T00:00:00z",
            "2024-01-01 00:00:00Z",
            "2024-00-01T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2024-01-00T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:00:60Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00,5Z",
            "2024-01-01T00:00:00+24:00",
            "2024-01-01T00:00:00+0100",
            "2024-01-01T00:00:00+00:60",
            "12024-01-01T00:00:00Z",
            "2024-01-01T00:00:00Z ",
            "+024-01-01T00:00:00Z",
        ] {
            assert_eq!(text.parse::<NodeTime>(), Err(FormatError::Time(text.to_owned())), "{text}");
        }
        assert_eq!(NodeTime::parse("1970-01-01T00:00:00.1234567899Z"), Ok(time(0, 123_456_789, 0)));
    }

    #[test]
    fn converts_to_and_from_instants() {
        let moment = time(-1, 999_999_999, 0);
        let instant = moment.timestamp().unwrap();
        assert_eq!(instant.to_string(), "1969-12-31T23:59:59.999999999Z");
        assert_eq!(NodeTime::from(instant), moment);
        assert!(time(i64::MAX, 0, 0).timestamp().is_err());
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(
            seconds in -62_167_132_800_i64..253_402_214_400,
            nanoseconds in 0..1_000_000_000_u32,
            minutes in -1439..1440_i32,
        ) {
            let moment = time(seconds, nanoseconds, minutes * 60);
            prop_assert_eq!(moment.to_string().parse::<NodeTime>().unwrap(), moment);
            if minutes == 0 {
                prop_assert_eq!(moment.to_string(), moment.timestamp().unwrap().to_string());
            }
        }

        #[test]
        fn arbitrary_text_does_not_panic(text: String) {
            let _ = NodeTime::parse(&text);
        }

        #[test]
        fn nearly_times_do_not_panic(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.]?[0-9]{0,12}[Z+-]?[0-9:é]{0,6}") {
            let _ = NodeTime::parse(&text);
        }
    }
}
