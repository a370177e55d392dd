//! What is done, and what was done.

use super::{Answer, At};
use app::{
    ActivityWanted, LogEntry, PathText, RunEntry, RunsWanted, SkippedEntry, SkippedReason, Topic,
    Trigger,
};

const CHANGED: &[Topic] = &[Topic::Working, Topic::Verdict];
const HELD: &[Topic] = &[Topic::Working, Topic::Runs];

/// Backs up these plans now, or all that are not paused. Returns the ids of
/// the runs.
#[specta::specta]
pub(super) async fn back_up(desk: At, plans: Vec<String>) -> Answer<Vec<String>> {
    let application = desk.application().await?;
    desk.changing(CHANGED, application.queue_backups(&plans, Trigger::Manual)).await
}

/// Stops a run.
#[specta::specta]
pub(super) async fn cancel_run(desk: At, id: String) -> Answer<()> {
    let application = desk.application().await?;
    desk.changing(CHANGED, application.cancel_run(&id)).await
}

/// Has a run stand still.
#[specta::specta]
pub(super) async fn pause_run(desk: At, id: String) -> Answer<RunEntry> {
    let application = desk.application().await?;
    desk.changing(HELD, application.pause_run(&id)).await
}

/// Has a run go on where it stands.
#[specta::specta]
pub(super) async fn resume_run(desk: At, id: String) -> Answer<RunEntry> {
    let application = desk.application().await?;
    desk.changing(HELD, application.resume_run(&id)).await
}

/// One run.
#[specta::specta]
pub(super) async fn run(desk: At, id: String) -> Answer<RunEntry> {
    desk.application().await?.run(&id).await
}

/// What is under way, and what waits.
#[specta::specta]
pub(super) async fn working(desk: At) -> Answer<Vec<RunEntry>> {
    desk.application().await?.working().await
}

/// Runs, the newest first.
#[specta::specta]
pub(super) async fn runs(desk: At, filter: RunsWanted) -> Answer<Vec<RunEntry>> {
    desk.application().await?.runs(&filter).await
}

/// A part of what a run skipped.
#[specta::specta]
pub(super) async fn skipped(
    desk: At,
    run: String,
    reason: Option<String>,
    offset: u32,
    limit: u32,
) -> Answer<Vec<SkippedEntry>> {
    desk.application().await?.skipped(&run, reason.as_deref(), offset.into(), limit).await
}

/// Why a run skipped files.
#[specta::specta]
pub(super) async fn skipped_reasons(desk: At, run: String) -> Answer<Vec<SkippedReason>> {
    desk.application().await?.skipped_reasons(&run).await
}

/// Says that it is all right that this path was skipped.
#[specta::specta]
pub(super) async fn accept_skipped(desk: At, run: String, path: PathText) -> Answer<()> {
    let application = desk.application().await?;
    let changed = &[Topic::Runs, Topic::Plans, Topic::Verdict];
    desk.changing(changed, application.accept_skipped(&run, path)).await
}

/// The log of a run.
#[specta::specta]
pub(super) async fn run_log(desk: At, run: String) -> Answer<Vec<LogEntry>> {
    desk.application().await?.log(&run).await
}

/// The log of all runs, the newest lines first.
#[specta::specta]
pub(super) async fn activity(desk: At, filter: ActivityWanted) -> Answer<Vec<LogEntry>> {
    desk.application().await?.activity(&filter).await
}
