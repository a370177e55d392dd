//! What every program that knows the format can do.

use std::path::Path;

use crate::compare::Tolerance;

/// The passphrase of every repository the tests make. It must never be seen in
/// any output.
pub const PASSPHRASE: &str = "no-one may see thi\u{df} passphrase";

/// A program that reads and writes repositories, set on one of them.
pub trait Engine {
    /// Its name in messages.
    fn name(&self) -> &'static str;
    /// The repository's folder.
    fn repository(&self) -> &Path;
    /// What its restores are known to lack.
    fn tolerance(&self) -> Tolerance;
    /// What its backups are known to lack.
    fn forgets(&self) -> Tolerance {
        Tolerance::default()
    }
    /// Makes the repository.
    fn init(&self);
    /// Backs up `source` and returns the full id of the snapshot. With `again`
    /// everything is read, however little seems changed.
    fn backup(&self, source: &Path, again: bool) -> String;
    /// Checks the repository and reads all data.
    fn check(&self);
    /// Restores a whole snapshot below `target`.
    fn restore(&self, snapshot: &str, target: &Path);

    /// The full id of the snapshot whose id starts with `start`.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    fn snapshot_id(&self, start: &str) -> String {
        let ids = self.snapshots();
        let id = ids.iter().find(|id| id.starts_with(start));
        id.unwrap_or_else(|| panic!("no snapshot {start} among {ids:?}")).clone()
    }

    /// The ids of all snapshots, as the file system lists them.
    ///
    /// # Panics
    /// When the repository has no folder for them.
    #[track_caller]
    fn snapshots(&self) -> Vec<String> {
        let folder = self.repository().join("snapshots");
        let entries = std::fs::read_dir(&folder).expect("the repository has snapshots");
        let mut ids: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter(|name| name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .collect();
        ids.sort();
        ids
    }
}
