//! Where copies go.

use super::{Answer, At};
use app::{
    Cancel, CleanUpPlan, Depth, DestinationEntry, PathText, Place, Topic, TriedPlace, Trigger,
};
use std::path::PathBuf;

const CHANGED: &[Topic] = &[Topic::Destinations, Topic::Plans, Topic::Verdict];
const QUEUED: &[Topic] = &[Topic::Working, Topic::Verdict];

/// Disks and shares that could hold copies, the best first.
#[specta::specta]
pub(super) async fn places(desk: At) -> Answer<Vec<Place>> {
    desk.session().await.places().await
}

/// Tries to write in a folder, and leaves nothing there.
#[specta::specta]
pub(super) async fn try_place(desk: At, path: PathText) -> Answer<TriedPlace> {
    desk.session().await.try_place(&PathBuf::from(path)).await
}

/// All destinations.
#[specta::specta]
pub(super) async fn destinations(desk: At) -> Answer<Vec<DestinationEntry>> {
    desk.application().await?.destinations().await
}

/// Takes a folder as a destination.
#[specta::specta]
pub(super) async fn add_destination(
    desk: At,
    path: PathText,
    name: Option<String>,
) -> Answer<DestinationEntry> {
    let application = desk.application().await?;
    desk.changing(CHANGED, application.add_destination(&PathBuf::from(path), name.as_deref())).await
}

/// Calls a destination something else.
#[specta::specta]
pub(super) async fn rename_destination(
    desk: At,
    id: String,
    name: String,
) -> Answer<DestinationEntry> {
    let application = desk.application().await?;
    desk.changing(CHANGED, application.rename_destination(&id, &name)).await
}

/// Forgets a destination; what lies on it stays.
#[specta::specta]
pub(super) async fn remove_destination(desk: At, id: String) -> Answer<DestinationEntry> {
    let application = desk.application().await?;
    desk.changing(CHANGED, application.remove_destination(&id)).await
}

/// Writes to a destination, and opens its backups.
#[specta::specta]
pub(super) async fn test_destination(desk: At, id: String) -> Answer<TriedPlace> {
    let application = desk.application().await?;
    desk.changing(CHANGED, application.test_destination(&id, &Cancel::new())).await
}

/// Verifies what lies at a destination. Returns the id of the run; when such a
/// run waits or is under way, that one's.
#[specta::specta]
pub(super) async fn verify_destination(desk: At, id: String, depth: Depth) -> Answer<String> {
    let application = desk.application().await?;
    desk.changing(QUEUED, application.queue_verify(&id, depth, Trigger::Manual)).await
}

/// What a clean-up of a destination would do. Changes nothing there.
#[specta::specta]
pub(super) async fn plan_clean_up(desk: At, id: String) -> Answer<CleanUpPlan> {
    let session = desk.session().await;
    desk.changing(&[Topic::Destinations], session.plan_clean_up(&id)).await
}

/// Stops finding out what a clean-up would do, where that is under way.
#[specta::specta]
pub(super) async fn stop_clean_up_plan(desk: At) -> Answer<()> {
    desk.session().await.stop_planning();
    Ok(())
}

/// Cleans a destination up exactly as the plan of this id says. Returns the id
/// of the run.
#[specta::specta]
pub(super) async fn clean_up(desk: At, id: String, plan: String) -> Answer<String> {
    let application = desk.application().await?;
    desk.changing(QUEUED, application.queue_clean_up(&id, &plan, Trigger::Manual)).await
}
