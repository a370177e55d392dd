//! The backups of a repository.

use super::{BackupEntry, Vault};
use crate::{Cancel, Result, messages::Act};

impl Vault {
    /// All backups, oldest first.
    ///
    /// # Errors
    /// When one of them is damaged or cannot be read.
    pub async fn list(&self, cancel: &Cancel) -> Result<Vec<BackupEntry>> {
        let snapshots = self.repository.snapshots(cancel).await.map_err(self.failed(Act::List))?;
        let entry = |(id, snapshot): (vault::format::Id, vault::format::Snapshot)| BackupEntry {
            short_id: short(&id.to_string()),
            id: id.to_string(),
            time: snapshot.time.to_string(),
            hostname: snapshot.hostname,
            username: snapshot.username,
            paths: snapshot.paths,
            tags: snapshot.tags,
            tree: snapshot.tree.to_string(),
            parent: snapshot.parent.map(|id| id.to_string()),
            summary: snapshot.summary.as_ref().map(Into::into),
        };
        Ok(snapshots.into_iter().map(entry).collect())
    }
}

/// The beginning of an id, as restic shows it.
pub(super) fn short(id: &str) -> String {
    id.get(..8).unwrap_or(id).to_owned()
}
