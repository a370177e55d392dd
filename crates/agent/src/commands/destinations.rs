//! Where copies go.

use super::{Answer, At};
use app::{
    Cancel, CleanUpPlan, Depth, DestinationEntry, DestinationKind, FieldChoice, PathText, Place,
    RemoteOrder, Topic, TriedPlace, TriedRemote, Trigger, WrongField, vault::Passphrase,
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

/// Takes a folder as a destination. `adopt` is the passphrase of a repository
/// that is there and is taken over.
#[specta::specta]
pub(super) async fn add_destination(
    desk: At,
    path: PathText,
    name: Option<String>,
    adopt: Option<String>,
) -> Answer<DestinationEntry> {
    let (application, path) = (desk.application().await?, PathBuf::from(path));
    let adopt = adopt.map(Passphrase::new).transpose()?;
    let added = application.add_destination(&path, name.as_deref(), adopt.as_ref());
    desk.changing(CHANGED, added).await
}

/// The kinds of destinations that are no folder of this machine.
#[specta::specta]
pub(super) async fn destination_kinds(_desk: At) -> Answer<Vec<DestinationKind>> {
    Ok(app::destination_kinds())
}

/// What of an order is said wrongly, or not at all. Nothing is sent.
#[specta::specta]
pub(super) async fn wrong_settings(desk: At, order: RemoteOrder) -> Answer<Vec<WrongField>> {
    desk.session().await.wrong_settings(&order).await
}

/// Writes to a place that is described, reads it back, and leaves nothing
/// there.
#[specta::specta]
pub(super) async fn try_remote(desk: At, order: RemoteOrder) -> Answer<TriedRemote> {
    desk.session().await.try_remote(&order, &Cancel::new()).await
}

/// What a setting can hold, as the destination says; for a folder, those right
/// below `below`.
#[specta::specta]
pub(super) async fn remote_choices(
    desk: At,
    order: RemoteOrder,
    field: String,
    below: String,
) -> Answer<Vec<FieldChoice>> {
    desk.session().await.remote_choices(&order, &field, &below, &Cancel::new()).await
}

/// Makes a folder in a place that is described.
#[specta::specta]
pub(super) async fn make_remote_folder(desk: At, order: RemoteOrder, folder: String) -> Answer<()> {
    desk.session().await.make_remote_folder(&order, &folder, &Cancel::new()).await
}

/// Takes a place that is no folder of this machine as a destination; `adopt` as
/// with one that is.
#[specta::specta]
pub(super) async fn add_remote(
    desk: At,
    order: RemoteOrder,
    adopt: Option<String>,
) -> Answer<DestinationEntry> {
    let application = desk.application().await?;
    let (adopt, cancel) = (adopt.map(Passphrase::new).transpose()?, Cancel::new());
    desk.changing(CHANGED, application.add_remote(&order, adopt.as_ref(), &cancel)).await
}

/// Says other things about a destination, once it is reached with them.
#[specta::specta]
pub(super) async fn change_remote(
    desk: At,
    id: String,
    order: RemoteOrder,
) -> Answer<DestinationEntry> {
    let application = desk.application().await?;
    desk.changing(CHANGED, application.change_remote(&id, &order, &Cancel::new())).await
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
