//! Runs: rows before any work starts, and what became of them.
//!
//! Invariant: a run that is over never changes again.

mod history;
mod progress;
mod record;

pub use history::{Day, Days, LatestRuns};
pub use progress::Finished;
pub use record::{NewRun, Run, RunCounts, RunError};

use crate::{
    Result,
    db::{Db, json_list, millis},
    row::Table,
};
use jiff::Timestamp;
use model::{DestinationId, PlanId, RunId, RunKind, RunStatus};

const TABLE: Table = Table { name: "run", key: &["id"] };

/// Which runs. The default is the newest hundred.
#[derive(Clone, Debug)]
pub struct RunFilter {
    /// Runs of this plan.
    pub plan: Option<PlanId>,
    /// Runs to or from this destination.
    pub destination: Option<DestinationId>,
    /// Of these kinds; none means all.
    pub kinds: Vec<RunKind>,
    /// With one of these statuses; none means all.
    pub statuses: Vec<RunStatus>,
    /// Queued before this one: the last of the page before.
    pub before: Option<(Timestamp, RunId)>,
    /// How many at most.
    pub limit: u32,
}

impl Default for RunFilter {
    fn default() -> Self {
        Self {
            plan: None,
            destination: None,
            kinds: Vec::new(),
            statuses: Vec::new(),
            before: None,
            limit: 100,
        }
    }
}

/// The runs.
#[derive(Clone, Copy)]
pub struct Runs<'a>(pub(crate) &'a Db);

impl Runs<'_> {
    /// Queues runs, all or none: those that one trigger started.
    ///
    /// # Errors
    /// [`Error::Reference`](crate::Error::Reference) when a plan, target or
    /// destination is not there; otherwise when the database fails.
    pub async fn insert(&self, runs: &[NewRun]) -> Result<()> {
        let mut work = self.0.writing().await?;
        for run in runs {
            work.change(record::insert(run)).await?;
        }
        work.commit().await
    }

    /// Queues a run, unless one of the same kind, destination and request
    /// waits or is under way that nobody asked to stop. Returns the id of the
    /// one that does it.
    ///
    /// # Errors
    /// As [`Runs::insert`].
    pub async fn insert_once(&self, run: &NewRun) -> Result<RunId> {
        let mut work = self.0.writing().await?;
        let find = sqlx::query(
            "SELECT * FROM run
             WHERE ended_at IS NULL AND cancel_requested = 0
               AND kind = ? AND destination_id IS ? AND request IS ?
             ORDER BY queued_at, id LIMIT 1",
        );
        let find = find
            .bind(run.kind.as_str())
            .bind(run.destination.map(|id| id.to_string()))
            .bind(&run.request);
        if let Some(row) = work.row(TABLE, find).await? {
            return row.get("id");
        }
        work.change(record::insert(run)).await?;
        work.commit().await?;
        Ok(run.id)
    }

    /// One run.
    ///
    /// # Errors
    /// When the database fails or the row cannot be read.
    pub async fn get(&self, id: RunId) -> Result<Option<Run>> {
        let find = sqlx::query("SELECT * FROM run WHERE id = ?").bind(id.to_string());
        self.0.row(TABLE, find).await?.as_ref().map(record::run).transpose()
    }

    /// Runs that fit the filter, newest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn list(&self, filter: &RunFilter) -> Result<Vec<Run>> {
        let kinds: Vec<_> = filter.kinds.iter().map(|kind| kind.as_str()).collect();
        let statuses: Vec<_> = filter.statuses.iter().map(|status| status.as_str()).collect();
        let find = sqlx::query(
            "SELECT * FROM run
             WHERE (?1 IS NULL OR plan_id = ?1)
               AND (?2 IS NULL OR destination_id = ?2)
               AND (?3 = '[]' OR kind IN (SELECT value FROM json_each(?3)))
               AND (?4 = '[]' OR status IN (SELECT value FROM json_each(?4)))
               AND (?5 IS NULL OR (queued_at, id) < (?5, ?6))
             ORDER BY queued_at DESC, id DESC LIMIT ?7",
        );
        let find = find
            .bind(filter.plan.map(|id| id.to_string()))
            .bind(filter.destination.map(|id| id.to_string()))
            .bind(json_list(&kinds))
            .bind(json_list(&statuses))
            .bind(filter.before.map(|(at, _)| millis(at)))
            .bind(filter.before.map(|(_, id)| id.to_string()))
            .bind(filter.limit);
        self.0.rows(TABLE, find).await?.iter().map(record::run).collect()
    }

    /// Runs that have started and are not over, oldest first. When nobody works
    /// on them they were interrupted.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn unfinished(&self) -> Result<Vec<Run>> {
        let find = sqlx::query(
            "SELECT * FROM run WHERE ended_at IS NULL AND status <> 'PENDING'
             ORDER BY queued_at, id",
        );
        self.0.rows(TABLE, find).await?.iter().map(record::run).collect()
    }

    /// Runs that wait for their turn, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn pending(&self) -> Result<Vec<Run>> {
        let find = sqlx::query(
            "SELECT * FROM run WHERE ended_at IS NULL AND status = 'PENDING'
             ORDER BY queued_at, id",
        );
        self.0.rows(TABLE, find).await?.iter().map(record::run).collect()
    }
}
