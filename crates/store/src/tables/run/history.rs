//! What runs say about a plan over time.

use super::{Run, Runs, TABLE, record};
use crate::{Result, db::millis};
use jiff::Timestamp;
use model::{DestinationId, PlanId, RunId, RunKind, RunStatus, TargetId};
use std::collections::BTreeMap;

/// The newest runs of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatestRuns {
    /// The one that was queued last.
    pub last: Run,
    /// The last that ended as SUCCESS or PARTIAL_SUCCESS.
    pub last_good: Option<Run>,
}

/// Whose days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Days {
    /// Of every target.
    All,
    /// Of the targets of one plan.
    Plan(PlanId),
    /// Of one target.
    Target(TargetId),
}

/// A run as a strip of days shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The run.
    pub run: RunId,
    /// Where it stands.
    pub status: RunStatus,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
}

impl Runs<'_> {
    /// The newest runs of a kind, for each target that has any.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn latest_per_target(&self, kind: RunKind) -> Result<BTreeMap<TargetId, LatestRuns>> {
        let find = sqlx::query(
            "WITH latest AS (
                 SELECT
                     (SELECT id FROM run
                      WHERE target_id = plan_target.id AND kind = ?1
                      ORDER BY queued_at DESC, id DESC LIMIT 1) AS last,
                     (SELECT id FROM run
                      WHERE target_id = plan_target.id AND kind = ?1
                        AND status IN ('SUCCESS', 'PARTIAL_SUCCESS')
                      ORDER BY queued_at DESC, id DESC LIMIT 1) AS good
                 FROM plan_target)
             SELECT run.* FROM latest JOIN run ON run.id IN (latest.last, latest.good)
             ORDER BY run.queued_at DESC, run.id DESC",
        );
        let mut found: BTreeMap<TargetId, LatestRuns> = BTreeMap::new();
        for row in self.0.rows(TABLE, find.bind(kind.as_str())).await? {
            let run = record::run(&row)?;
            // The newest of a target comes first.
            let latest = found
                .entry(row.get("target_id")?)
                .or_insert_with(|| LatestRuns { last: run.clone(), last_good: None });
            if run.status.is_good() {
                latest.last_good = Some(run);
            }
        }
        Ok(found)
    }

    /// The backups queued at `since` or later, oldest first, by target.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn days(&self, of: Days, since: Timestamp) -> Result<BTreeMap<TargetId, Vec<Day>>> {
        let (plan, target) = match of {
            Days::All => (None, None),
            Days::Plan(plan) => (Some(plan.to_string()), None),
            Days::Target(target) => (None, Some(target.to_string())),
        };
        let find = sqlx::query(
            "SELECT run.id, target_id, status, queued_at, ended_at
             FROM plan_target JOIN run ON run.target_id = plan_target.id
             WHERE run.kind = 'backup' AND queued_at >= ?1
               AND (?2 IS NULL OR plan_target.plan_id = ?2)
               AND (?3 IS NULL OR plan_target.id = ?3)
             ORDER BY queued_at, run.id",
        );
        let mut found: BTreeMap<TargetId, Vec<Day>> = BTreeMap::new();
        for row in self.0.rows(TABLE, find.bind(millis(since)).bind(plan).bind(target)).await? {
            found.entry(row.get("target_id")?).or_default().push(Day {
                run: row.get("id")?,
                status: row.get("status")?,
                queued_at: row.get("queued_at")?,
                ended_at: row.get("ended_at")?,
            });
        }
        Ok(found)
    }

    /// What the verdict on a destination goes by: of the verifications that
    /// came to their end, the newest of each depth that ended well, and the
    /// newest of each that did not. The newest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn verifications(&self, destination: DestinationId) -> Result<Vec<Run>> {
        let find = sqlx::query(
            "SELECT * FROM (
                 SELECT *, ROW_NUMBER() OVER (
                     PARTITION BY result ->> 'depth', status
                     ORDER BY queued_at DESC, id DESC) AS place
                 FROM run WHERE destination_id = ? AND kind = 'verify' AND result IS NOT NULL)
             WHERE place = 1 ORDER BY queued_at DESC, id DESC",
        );
        self.0
            .rows(TABLE, find.bind(destination.to_string()))
            .await?
            .iter()
            .map(record::run)
            .collect()
    }

    /// Forgets runs that were over before `at`, with their logs, and says how
    /// many. The last good run of each kind stays for every target: without it
    /// a plan that was long protected would look as if it never had been. What
    /// [`Runs::verifications`] finds stays as well: damage is not over because
    /// time has passed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_before(&self, at: Timestamp) -> Result<u64> {
        let delete = sqlx::query(
            "DELETE FROM run WHERE ended_at < ? AND id NOT IN (
                 SELECT id FROM (
                     SELECT id, ROW_NUMBER() OVER (
                         PARTITION BY target_id, kind ORDER BY queued_at DESC, id DESC) AS place
                     FROM run
                     WHERE target_id IS NOT NULL AND status IN ('SUCCESS', 'PARTIAL_SUCCESS')
                     UNION ALL
                     SELECT id, ROW_NUMBER() OVER (
                         PARTITION BY destination_id, result ->> 'depth', status
                         ORDER BY queued_at DESC, id DESC) AS place
                     FROM run
                     WHERE kind = 'verify' AND destination_id IS NOT NULL AND result IS NOT NULL)
                 WHERE place = 1)",
        );
        self.0.change(delete.bind(millis(at))).await
    }
}
