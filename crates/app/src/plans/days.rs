//! A plan's last 90 days, one after another: how each one's backups ended.

use crate::{Installation, Result, messages};
use jiff::{SignedDuration, ToSpan, civil::Date};
use model::{PlanId, RunStatus};
use serde::Serialize;
use std::collections::BTreeMap;
use store::Days;

/// How many days are looked at.
const DAYS: i64 = 90;

/// A day of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct PlanDay {
    /// The day in this machine's time zone, as `2026-11-25`.
    pub date: String,
    /// The worst end of its backups; `null` when none ended by itself.
    pub status: Option<RunStatus>,
    /// How many ended by themselves.
    pub runs: u32,
}

/// A cancelled run says nothing about a day.
fn badness(status: RunStatus) -> Option<u8> {
    match status {
        RunStatus::Success => Some(0),
        RunStatus::PartialSuccess => Some(1),
        RunStatus::Failed => Some(2),
        _ => None,
    }
}

impl Installation {
    /// The days of a plan, the oldest first, today last.
    pub(super) async fn days(&self, plan: PlanId) -> Result<Vec<PlanDay>> {
        let clock = &self.ambient.clock;
        let zone = clock.time_zone();
        let today = clock.now_zoned().date();
        let first = today.saturating_sub((DAYS - 1).days());
        // A day more than needed: runs are found by when they were asked for.
        let since = clock.now() - SignedDuration::from_hours(24 * (DAYS + 1));
        let found = self.store.runs().days(Days::Plan(plan), since).await;
        let mut days: BTreeMap<Date, (RunStatus, u32)> = BTreeMap::new();
        for run in found.map_err(messages::store)?.into_values().flatten() {
            let (Some(bad), Some(ended)) = (badness(run.status), run.ended_at) else { continue };
            let day = days.entry(ended.to_zoned(zone.clone()).date()).or_insert((run.status, 0));
            day.1 += 1;
            if badness(day.0).is_none_or(|worst| worst < bad) {
                day.0 = run.status;
            }
        }
        let day = |date: Date| {
            let (status, runs) = days.get(&date).map_or((None, 0), |day| (Some(day.0), day.1));
            PlanDay { date: date.to_string(), status, runs }
        };
        Ok(first.series(1.day()).take_while(|date| *date <= today).map(day).collect())
    }
}
