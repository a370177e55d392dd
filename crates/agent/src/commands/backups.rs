//! What lies at destinations, and getting it back.

use super::{Answer, At};
use app::{
    BackupEntry, BackupItem, Cancel, PathText, RestoreOrder, RestorePreview, Topic, Trigger,
};

/// The backups at a destination, the newest first.
#[specta::specta]
pub(super) async fn backups(desk: At, destination: String) -> Answer<Vec<BackupEntry>> {
    desk.application().await?.backups(&destination, &Cancel::new()).await
}

/// What lies in a folder of a backup; without a path, what was backed up.
#[specta::specta]
pub(super) async fn backup_folder(
    desk: At,
    destination: String,
    backup: String,
    path: Option<PathText>,
) -> Answer<Vec<BackupItem>> {
    let application = desk.application().await?;
    application.backup_folder(&destination, &backup, path, &Cancel::new()).await
}

/// What a restore would do. Writes nothing.
#[specta::specta]
pub(super) async fn preview_restore(desk: At, order: RestoreOrder) -> Answer<RestorePreview> {
    desk.application().await?.preview_restore(&order, &Cancel::new()).await
}

/// Restores. Returns the id of the run.
#[specta::specta]
pub(super) async fn restore(desk: At, order: RestoreOrder) -> Answer<String> {
    let application = desk.application().await?;
    desk.changing(&[Topic::Working], application.queue_restore(&order, Trigger::Manual)).await
}
