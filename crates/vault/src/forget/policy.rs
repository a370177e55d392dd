//! Which snapshots of a group are kept, and why.
//!
//! The rules and their words are restic's (`internal/data/snapshot_policy.go`
//! and "Removing backup snapshots" in its manual). One thing is stricter: the
//! newest snapshot of a group is kept even when nothing but tags decides and it
//! has none of them.

use super::period::{Period, own_zone};
use crate::format::{NodeTime, Snapshot};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How many of a kind are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// None for this reason.
    #[default]
    None,
    /// The newest so many.
    Newest(u32),
    /// All.
    All,
}

impl Count {
    fn is_none(self) -> bool {
        matches!(self, Self::None | Self::Newest(0))
    }

    fn take_one(&mut self) {
        if let Self::Newest(left) = self {
            *left = left.saturating_sub(1);
        }
    }
}

/// Tags that a snapshot must have, all of them. The empty tag stands for
/// having none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagList(pub Vec<String>);

impl TagList {
    /// Reads `a,b`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self(text.split(',').map(|tag| tag.trim().to_owned()).collect())
    }

    pub(super) fn is_in(&self, snapshot: &Snapshot) -> bool {
        for tag in &self.0 {
            if tag.is_empty() && snapshot.tags.is_empty() {
                return true;
            }
            if !snapshot.tags.contains(tag) {
                return false;
            }
        }
        true
    }
}

impl fmt::Display for TagList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]", self.0.join(", "))
    }
}

/// What snapshots are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Each by itself.
    Last,
    /// One an hour.
    Hourly,
    /// One a day.
    Daily,
    /// One a week that begins on Monday (ISO 8601).
    Weekly,
    /// One a month.
    Monthly,
    /// One a year.
    Yearly,
}

impl Unit {
    /// Equal for snapshots of which one is enough. `number` is the snapshot's
    /// place in its group.
    fn bucket(self, time: DateTime, number: usize) -> i64 {
        let date = time.date();
        let (year, month) = (i64::from(date.year()), i64::from(date.month()));
        let day = (year * 100 + month) * 100 + i64::from(date.day());
        match self {
            Self::Last => i64::try_from(number).unwrap_or(i64::MAX),
            Self::Hourly => day * 100 + i64::from(time.hour()),
            Self::Daily => day,
            Self::Weekly => {
                let week = date.iso_week_date();
                i64::from(week.year()) * 100 + i64::from(week.week())
            }
            Self::Monthly => year * 100 + month,
            Self::Yearly => year,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Last => "last",
            Self::Hourly => "hourly",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
            Self::Yearly => "yearly",
        }
    }
}

/// What is kept. Each rule is asked by itself; a snapshot stays when one of
/// them wants it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// The newest snapshots.
    pub last: Count,
    /// The newest of each of the last hours that have one.
    pub hourly: Count,
    /// Likewise of days.
    pub daily: Count,
    /// Likewise of weeks.
    pub weekly: Count,
    /// Likewise of months.
    pub monthly: Count,
    /// Likewise of years.
    pub yearly: Count,
    /// All that are not older than the newest by more than this.
    pub within: Period,
    /// The newest of each hour, as long as they are not older than that.
    pub within_hourly: Period,
    /// Likewise of days.
    pub within_daily: Period,
    /// Likewise of weeks.
    pub within_weekly: Period,
    /// Likewise of months.
    pub within_monthly: Period,
    /// Likewise of years.
    pub within_yearly: Period,
    /// All that have all tags of one of these lists.
    pub tags: Vec<TagList>,
}

impl Policy {
    /// Whether it has no rule at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts().iter().all(|(_, count)| count.is_none())
            && self.periods().iter().all(|(_, period)| period.is_zero())
            && self.within.is_zero()
            && self.tags.is_empty()
    }

    fn counts(&self) -> [(Unit, Count); 6] {
        [
            (Unit::Last, self.last),
            (Unit::Hourly, self.hourly),
            (Unit::Daily, self.daily),
            (Unit::Weekly, self.weekly),
            (Unit::Monthly, self.monthly),
            (Unit::Yearly, self.yearly),
        ]
    }

    fn periods(&self) -> [(Unit, Period); 5] {
        [
            (Unit::Hourly, self.within_hourly),
            (Unit::Daily, self.within_daily),
            (Unit::Weekly, self.within_weekly),
            (Unit::Monthly, self.within_monthly),
            (Unit::Yearly, self.within_yearly),
        ]
    }
}

/// Why a snapshot is kept. [`fmt::Display`] says it in restic's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It has these tags.
    Tags(TagList),
    /// It is young enough.
    Within(Period),
    /// It is the newest of its hour, day, …
    Counted {
        /// Of which.
        unit: Unit,
        /// It is not, but the oldest of its group, and there is room left.
        oldest: bool,
    },
    /// The same, and young enough.
    CountedWithin {
        /// Of which.
        unit: Unit,
        /// As above.
        oldest: bool,
        /// How young.
        period: Period,
    },
    /// It is the newest of its group, which is never lost by a policy.
    Newest,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let oldest = |oldest: &bool| if *oldest { "oldest " } else { "" };
        match self {
            Self::Tags(list) => write!(f, "has tags {list}"),
            Self::Within(period) => write!(f, "within {period}"),
            Self::Counted { unit, oldest: old } => {
                write!(f, "{}{} snapshot", oldest(old), unit.word())
            }
            Self::CountedWithin { unit, oldest: old, period } => {
                write!(f, "{}{} within {period}", oldest(old), unit.word())
            }
            Self::Newest => f.write_str("newest snapshot"),
        }
    }
}

/// Why each snapshot of a group is kept, the newest first; those with no
/// reason are not. `now` is the moment after which a snapshot's time is not
/// believed; `zone` cuts days and hours, where it is not the clock of each
/// snapshot.
pub(super) fn reasons(
    group: &[&Snapshot],
    policy: &Policy,
    zone: Option<&TimeZone>,
    now: Timestamp,
) -> Vec<Vec<Reason>> {
    let zone_of = |time: &NodeTime| zone.cloned().unwrap_or_else(|| own_zone(time));
    let times: Vec<Timestamp> = group.iter().map(|snapshot| moment(&snapshot.time)).collect();
    let latest = group.iter().zip(&times).filter(|(_, time)| **time < now).max_by_key(|(_, t)| **t);
    // Without a moment to count from, everything is young.
    let since = |period: &Period| {
        latest.and_then(|(snapshot, time)| period.before(*time, &zone_of(&snapshot.time)))
    };
    let is_within =
        |time: Timestamp, since: Option<Timestamp>| since.is_none_or(|then| time > then);
    let within = since(&policy.within);
    let mut counts = policy.counts().map(|(unit, count)| (unit, count, -1));
    let mut periods = policy.periods().map(|(unit, period)| (unit, period, since(&period), -1));
    let mut all = Vec::with_capacity(group.len());
    for (number, (snapshot, time)) in group.iter().zip(&times).enumerate() {
        let local = time.to_zoned(zone_of(&snapshot.time)).datetime();
        let is_oldest = number + 1 == group.len();
        let mut reasons: Vec<Reason> = Vec::new();
        let tags = policy.tags.iter().filter(|list| list.is_in(snapshot));
        reasons.extend(tags.cloned().map(Reason::Tags));
        if !policy.within.is_zero() && is_within(*time, within) {
            reasons.push(Reason::Within(policy.within));
        }
        for (unit, count, last) in &mut counts {
            let bucket = unit.bucket(local, number);
            let is_new = bucket != *last;
            if !count.is_none() && (is_new || is_oldest) {
                *last = bucket;
                count.take_one();
                reasons.push(Reason::Counted { unit: *unit, oldest: !is_new });
            }
        }
        for (unit, period, since, last) in &mut periods {
            let bucket = unit.bucket(local, number);
            let is_new = bucket != *last;
            if !period.is_zero() && is_within(*time, *since) && (is_new || is_oldest) {
                *last = bucket;
                let (unit, period) = (*unit, *period);
                reasons.push(Reason::CountedWithin { unit, oldest: !is_new, period });
            }
        }
        all.push(reasons);
    }
    if let Some(newest) = all.first_mut().filter(|reasons| reasons.is_empty()) {
        newest.push(Reason::Newest);
    }
    all
}

/// The instant of a snapshot; those outside of what can be told are the last.
pub(super) fn moment(time: &NodeTime) -> Timestamp {
    time.timestamp().unwrap_or(if time.seconds < 0 { Timestamp::MIN } else { Timestamp::MAX })
}
