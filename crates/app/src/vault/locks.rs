//! What programs that broke off left behind in a repository.

use super::{LocksRemoved, Vault};
use crate::{Cancel, Result, messages::Act};

impl Vault {
    /// Removes the locks that nobody holds any more: of programs of this
    /// account that no longer run, older than half an hour, or damaged.
    ///
    /// # Errors
    /// When they cannot be listed, read or removed.
    pub async fn unlock(&self, cancel: &Cancel) -> Result<LocksRemoved> {
        let removed = self.repository.remove_stale_locks(&self.host, cancel).await;
        removed
            .map(|locks_removed| LocksRemoved { locks_removed })
            .map_err(self.failed(Act::Unlock))
    }
}
