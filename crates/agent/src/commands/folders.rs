//! Folders of this machine.

use super::{Answer, At};
use app::{FolderListing, Measured, PathText};

/// What lies in a folder; without a path, in the home.
#[specta::specta]
pub(super) async fn list_folder(
    _desk: At,
    path: Option<PathText>,
    hidden: bool,
) -> Answer<FolderListing> {
    app::list_folder(path, hidden).await
}

/// Counts files and bytes below folders. Asked for again by the same `slot`,
/// what was asked for before ends with the code `cancelled`.
#[specta::specta]
pub(super) async fn measure(
    desk: At,
    slot: String,
    folders: Vec<PathText>,
    excludes: Vec<String>,
) -> Answer<Measured> {
    desk.session().await.measure(slot, folders, excludes).await
}
