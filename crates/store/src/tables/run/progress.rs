//! A run from its start to its end.

use super::{RunCounts, RunError, Runs};
use crate::{
    Result,
    db::{Query, millis, number},
};
use jiff::Timestamp;
use model::{RunId, RunStatus};

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// One of those that are over.
    pub status: RunStatus,
    /// When.
    pub ended_at: Timestamp,
    /// How much was done.
    pub counts: RunCounts,
    /// The snapshot it made.
    pub snapshot: Option<String>,
    /// Whether what it wrote was read back.
    pub verified: bool,
    /// What it came to, as JSON.
    pub result: Option<String>,
    /// What went wrong.
    pub error: Option<RunError>,
}

impl Runs<'_> {
    /// Starts a run that waits; `false` when it does not wait, because somebody
    /// else has started it or it is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start(&self, id: RunId, at: Timestamp) -> Result<bool> {
        let start = sqlx::query(
            "UPDATE run SET status = 'RUNNING', started_at = ?
             WHERE id = ? AND status = 'PENDING'",
        );
        Ok(self.0.change(start.bind(millis(at)).bind(id.to_string())).await? > 0)
    }

    /// Says what an active run does now; `false`, and no change, when the run
    /// or the status is not an active one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_status(&self, id: RunId, status: RunStatus) -> Result<bool> {
        if !status.is_active() {
            return Ok(false);
        }
        let set = sqlx::query(
            "UPDATE run SET status = ?
             WHERE id = ? AND status IN ('RUNNING', 'UPLOADING', 'ROTATING')",
        );
        Ok(self.0.change(set.bind(status.as_str()).bind(id.to_string())).await? > 0)
    }

    /// Remembers how an active run is going; `false` when it is not active.
    /// `progress` is JSON. Meant to be called every two seconds at most.
    ///
    /// # Errors
    /// When the database fails or `progress` is not JSON.
    pub async fn progress(&self, id: RunId, progress: &str, counts: &RunCounts) -> Result<bool> {
        let set = sqlx::query(
            "UPDATE run SET progress = ?, files_total = ?, files_done = ?, files_new = ?,
                 files_changed = ?, files_unmodified = ?, files_skipped = ?, bytes_total = ?,
                 bytes_done = ?, bytes_added = ?, bytes_stored = ?
             WHERE id = ? AND status IN ('RUNNING', 'UPLOADING', 'ROTATING')",
        );
        let set = bind(set.bind(progress), counts).bind(id.to_string());
        Ok(self.0.change(set).await? > 0)
    }

    /// Ends a run; `false`, and no change, when it is over already or the
    /// status is not an end. A run that waits can be ended as well. Its last
    /// progress is forgotten.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish(&self, id: RunId, finished: &Finished) -> Result<bool> {
        if !finished.status.is_over() {
            return Ok(false);
        }
        let finish = sqlx::query(
            "UPDATE run SET files_total = ?, files_done = ?, files_new = ?,
                 files_changed = ?, files_unmodified = ?, files_skipped = ?, bytes_total = ?,
                 bytes_done = ?, bytes_added = ?, bytes_stored = ?, status = ?, ended_at = ?,
                 snapshot_id = ?, verified = ?, result = ?, error_code = ?, error_message = ?,
                 error_hint = ?, progress = NULL, paused = 0
             WHERE id = ? AND ended_at IS NULL",
        );
        let error = finished.error.as_ref();
        let finish = bind(finish, &finished.counts)
            .bind(finished.status.as_str())
            .bind(millis(finished.ended_at))
            .bind(&finished.snapshot)
            .bind(finished.verified)
            .bind(&finished.result)
            .bind(error.map(|error| error.code.as_str()))
            .bind(error.map(|error| error.message.as_str()))
            .bind(error.and_then(|error| error.hint.as_deref()))
            .bind(id.to_string());
        Ok(self.0.change(finish).await? > 0)
    }

    /// Asks a run to stop; `false` when it is over. Its process has to look.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn request_cancel(&self, id: RunId) -> Result<bool> {
        let request =
            sqlx::query("UPDATE run SET cancel_requested = 1 WHERE id = ? AND ended_at IS NULL");
        Ok(self.0.change(request.bind(id.to_string())).await? > 0)
    }

    /// Has an active run stand still, or go on; `false` when it is not active.
    /// Its process has to look.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_paused(&self, id: RunId, paused: bool) -> Result<bool> {
        let set = sqlx::query(
            "UPDATE run SET paused = ?
             WHERE id = ? AND status IN ('RUNNING', 'UPLOADING', 'ROTATING')",
        );
        Ok(self.0.change(set.bind(paused).bind(id.to_string())).await? > 0)
    }
}

fn bind<'q>(query: Query<'q>, counts: &RunCounts) -> Query<'q> {
    query
        .bind(counts.files_total.map(number))
        .bind(number(counts.files_done))
        .bind(number(counts.files_new))
        .bind(number(counts.files_changed))
        .bind(number(counts.files_unmodified))
        .bind(number(counts.files_skipped))
        .bind(counts.bytes_total.map(number))
        .bind(number(counts.bytes_done))
        .bind(number(counts.bytes_added))
        .bind(number(counts.bytes_stored))
}
