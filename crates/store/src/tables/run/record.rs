//! The row of a run.

use crate::{
    Result,
    db::{Query, millis},
    row::Row,
};
use jiff::Timestamp;
use model::{DestinationId, GroupId, PlanId, RunId, RunKind, RunStatus, TargetId, Trigger};

/// A run to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun {
    /// Its id.
    pub id: RunId,
    /// What it does.
    pub kind: RunKind,
    /// The plan it belongs to.
    pub plan: Option<PlanId>,
    /// What the plan is called now.
    pub plan_name: String,
    /// The target of the plan.
    pub target: Option<TargetId>,
    /// Where it goes to, or comes from.
    pub destination: Option<DestinationId>,
    /// What the destination is called now.
    pub destination_name: String,
    /// The runs it was queued with.
    pub group: GroupId,
    /// Why it was queued.
    pub trigger: Trigger,
    /// When.
    pub queued_at: Timestamp,
    /// What it was asked to do, as JSON that is not understood here.
    pub request: Option<String>,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// What it does.
    pub kind: RunKind,
    /// The plan it belongs to, unless that was deleted since.
    pub plan: Option<PlanId>,
    /// What the plan was called then.
    pub plan_name: String,
    /// The target of the plan, unless that was deleted since.
    pub target: Option<TargetId>,
    /// Where it goes to, or comes from, unless that was deleted since.
    pub destination: Option<DestinationId>,
    /// What the destination was called then.
    pub destination_name: String,
    /// The runs it was queued with.
    pub group: GroupId,
    /// Why it was queued.
    pub trigger: Trigger,
    /// Where it stands.
    pub status: RunStatus,
    /// Whether somebody asked it to stop.
    pub cancel_requested: bool,
    /// Whether somebody has it stand still; only while it is active.
    pub paused: bool,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When work began.
    pub started_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// How much was done.
    pub counts: RunCounts,
    /// The snapshot it made.
    pub snapshot: Option<String>,
    /// Whether what it wrote was read back.
    pub verified: bool,
    /// What it was asked to do, as JSON that is not understood here.
    pub request: Option<String>,
    /// How it was going last, as JSON that is not understood here.
    pub progress: Option<String>,
    /// What it came to, as JSON of which only the member `depth` of a
    /// verification is understood here. There once it is over.
    pub result: Option<String>,
    /// What went wrong.
    pub error: Option<RunError>,
}

/// How much a run has to do, and has done. Sizes are in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct RunCounts {
    /// Once it is known.
    pub files_total: Option<u64>,
    pub files_done: u64,
    pub files_new: u64,
    pub files_changed: u64,
    pub files_unmodified: u64,
    pub files_skipped: u64,
    /// Once it is known.
    pub bytes_total: Option<u64>,
    pub bytes_done: u64,
    /// New to the destination, before compression.
    pub bytes_added: u64,
    /// Written to the destination, after compression.
    pub bytes_stored: u64,
}

/// What went wrong with a run, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunError {
    /// What the program goes by.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

pub(super) fn insert(run: &NewRun) -> Query<'_> {
    sqlx::query(
        "INSERT INTO run (id, kind, plan_id, plan_name, target_id, destination_id,
             destination_name, group_id, trigger, queued_at, request)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(run.id.to_string())
    .bind(run.kind.as_str())
    .bind(run.plan.map(|id| id.to_string()))
    .bind(&run.plan_name)
    .bind(run.target.map(|id| id.to_string()))
    .bind(run.destination.map(|id| id.to_string()))
    .bind(&run.destination_name)
    .bind(run.group.to_string())
    .bind(run.trigger.as_str())
    .bind(millis(run.queued_at))
    .bind(&run.request)
}

pub(super) fn run(row: &Row) -> Result<Run> {
    Ok(Run {
        id: row.get("id")?,
        kind: row.get("kind")?,
        plan: row.get("plan_id")?,
        plan_name: row.get("plan_name")?,
        target: row.get("target_id")?,
        destination: row.get("destination_id")?,
        destination_name: row.get("destination_name")?,
        group: row.get("group_id")?,
        trigger: row.get("trigger")?,
        status: row.get("status")?,
        cancel_requested: row.get("cancel_requested")?,
        paused: row.get("paused")?,
        queued_at: row.get("queued_at")?,
        started_at: row.get("started_at")?,
        ended_at: row.get("ended_at")?,
        counts: counts(row)?,
        snapshot: row.get("snapshot_id")?,
        verified: row.get("verified")?,
        request: row.get("request")?,
        progress: row.get("progress")?,
        result: row.get("result")?,
        error: error(row)?,
    })
}

fn counts(row: &Row) -> Result<RunCounts> {
    Ok(RunCounts {
        files_total: row.get("files_total")?,
        files_done: row.get("files_done")?,
        files_new: row.get("files_new")?,
        files_changed: row.get("files_changed")?,
        files_unmodified: row.get("files_unmodified")?,
        files_skipped: row.get("files_skipped")?,
        bytes_total: row.get("bytes_total")?,
        bytes_done: row.get("bytes_done")?,
        bytes_added: row.get("bytes_added")?,
        bytes_stored: row.get("bytes_stored")?,
    })
}

fn error(row: &Row) -> Result<Option<RunError>> {
    let Some(code) = row.get("error_code")? else { return Ok(None) };
    Ok(Some(RunError { code, message: row.get("error_message")?, hint: row.get("error_hint")? }))
}
