//! What this program is.

use serde::Serialize;
use specta::Type;

/// The program's version and the format of the backups it writes.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// Version of the program, for instance `0.1.0`.
    version: String,
    /// Version of the restic repository format of new encrypted backups.
    backup_format: u32,
}

/// Says which program this is.
#[tauri::command]
#[specta::specta]
#[must_use]
pub fn about() -> About {
    About { version: env!("CARGO_PKG_VERSION").to_owned(), backup_format: 2 }
}
