//! Where copies go.

use super::{Answer, At};
use app::{Cancel, DestinationEntry, PathText, Place, Topic, TriedPlace};
use std::path::PathBuf;

const CHANGED: &[Topic] = &[Topic::Destinations, Topic::Plans, Topic::Verdict];

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
