//! Runs as they are handed out. The names of the fields are stable.

use super::{Depth, RestoreOrder};
use crate::{Code, Error, destinations::moment, vault::PathText};
use model::{RunKind, RunStatus, Trigger};
use serde::{Deserialize, Serialize};
use store::Run;

/// Why a run failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct RunError {
    /// For programs.
    pub code: String,
    /// What happened, and what it means for protection.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// How far a run is. Sizes are in bytes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct RunProgress {
    /// Files known so far.
    pub total_files: u64,
    /// Files finished.
    pub files_done: u64,
    /// Size of all that is known so far.
    pub total_bytes: u64,
    /// Size of what is finished.
    pub bytes_done: u64,
    /// What was written to the destination, or read from it.
    pub bytes_moved: u64,
    /// Files skipped.
    pub files_skipped: u64,
    /// What is being worked on.
    pub current_file: String,
    /// Whether the totals are final.
    pub counted: bool,
    /// How much is done, from 0 to 1; `null` while that cannot be told.
    pub fraction: Option<f64>,
    /// Bytes of what is copied per second, lately.
    pub bytes_per_second: u64,
    /// How long it will take still; `null` while that cannot be told.
    pub seconds_left: Option<u64>,
}

/// What a run that verifies or cleans up came to. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RunResult {
    /// A verification that came to its end.
    Verified {
        /// How much it read.
        depth: Depth,
        /// Backups that are sound.
        backups: u64,
        /// All that backups take.
        bytes: u64,
        /// What of it was read.
        bytes_read: u64,
        /// What is lost, or will be in the way.
        errors: u64,
        /// What was noticed and harms nothing.
        remarks: u64,
    },
    /// A clean-up.
    CleanedUp {
        /// What was deleted.
        bytes_freed: u64,
        /// What was marked, now or before: it is deleted by a clean-up after
        /// the grace.
        bytes_waiting: u64,
        /// What was written anew, because only a part of it was needed.
        bytes_rewritten: u64,
    },
}

/// A run as it is listed. Sizes are in bytes, moments RFC 3339.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
pub struct RunEntry {
    /// Its id.
    pub id: String,
    /// What it does.
    pub kind: RunKind,
    /// The name of its plan.
    pub plan: String,
    /// The id of its plan, while that is there.
    pub plan_id: Option<String>,
    /// The name of its destination.
    pub destination: String,
    /// The id of its destination, while that is there.
    pub destination_id: Option<String>,
    /// What started it.
    pub trigger: Trigger,
    /// How far it is, or how it ended.
    pub status: RunStatus,
    /// When it was asked for.
    pub queued_at: String,
    /// When it began.
    pub started_at: Option<String>,
    /// When it ended.
    pub ended_at: Option<String>,
    /// Files it looked at, or restored.
    pub files_total: u64,
    /// Files that the backup before did not have.
    pub files_new: u64,
    /// Files that were read again.
    pub files_changed: u64,
    /// Files that were taken over.
    pub files_unmodified: u64,
    /// Files that were skipped.
    pub files_skipped: u64,
    /// Size of all files.
    pub bytes_total: u64,
    /// Size of what was new.
    pub bytes_added: u64,
    /// Size of that as it is stored.
    pub bytes_stored: u64,
    /// The backup it made, or restored from.
    pub backup_id: Option<String>,
    /// Whether what it made was read back.
    pub verified: bool,
    /// Where a restore goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<PathText>,
    /// Whether somebody asked it to stop.
    pub cancel_requested: bool,
    /// Whether somebody has it stand still.
    pub paused: bool,
    /// How far it is, while it is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<RunProgress>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<RunError>,
    /// What it came to; `null` for backups and restores, and until it is over.
    pub result: Option<RunResult>,
}

impl RunEntry {
    /// Whether it has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.status.is_over()
    }
}

pub(crate) fn entry(run: Run) -> RunEntry {
    let progress = run.progress.as_deref().filter(|_| run.status.is_active());
    let order = run.request.as_deref().filter(|_| run.kind == RunKind::Restore);
    let order = order.and_then(|text| serde_json::from_str::<RestoreOrder>(text).ok());
    RunEntry {
        id: run.id.to_string(),
        kind: run.kind,
        trigger: run.trigger,
        status: run.status,
        queued_at: moment(run.queued_at),
        started_at: run.started_at.map(moment),
        ended_at: run.ended_at.map(moment),
        files_total: run.counts.files_total.unwrap_or_default(),
        files_new: run.counts.files_new,
        files_changed: run.counts.files_changed,
        files_unmodified: run.counts.files_unmodified,
        files_skipped: run.counts.files_skipped,
        bytes_total: run.counts.bytes_total.unwrap_or_default(),
        bytes_added: run.counts.bytes_added,
        bytes_stored: run.counts.bytes_stored,
        verified: run.verified,
        plan_id: run.plan.map(|id| id.to_string()),
        destination_id: run.destination.map(|id| id.to_string()),
        target: order.map(|order| order.target()),
        cancel_requested: run.cancel_requested,
        paused: run.paused,
        progress: progress
            .and_then(|text| serde_json::from_str(text).ok())
            .map(|progress| if run.paused { standing(progress) } else { progress }),
        plan: run.plan_name,
        destination: run.destination_name,
        backup_id: run.snapshot,
        result: run.result.as_deref().and_then(result),
        error: run.error.map(|error| RunError {
            code: error.code,
            message: error.message,
            hint: error.hint.unwrap_or_default(),
        }),
    }
}

/// What a run came to, out of its row.
pub(super) fn result(text: &str) -> Option<RunResult> {
    serde_json::from_str(text).ok()
}

/// What stands still has no speed, and nobody knows when it ends: whatever was
/// written down last.
fn standing(progress: RunProgress) -> RunProgress {
    RunProgress { bytes_per_second: 0, seconds_left: None, ..progress }
}

/// The name of a code, as programs know it.
fn code_name(code: Code) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

pub(super) fn error_row(error: &Error) -> store::RunError {
    store::RunError {
        code: code_name(error.code),
        message: error.message.clone(),
        hint: (!error.hint.is_empty()).then(|| error.hint.clone()),
    }
}
