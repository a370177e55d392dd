//! Removing snapshots.

use super::{ForgetOptions, ForgetPlan, plan};
use crate::{
    error::{Error, Result},
    format::Id,
    host::Host,
    layout::FileKind,
    lock::{Held, LockMode},
    repository::Repository,
};
use std::collections::BTreeSet;
use storage::Cancel;

impl Repository {
    /// Decides which snapshots are kept. Changes nothing.
    ///
    /// # Errors
    /// When a snapshot is damaged or cannot be read: nobody knows whether it is
    /// the one to keep.
    pub async fn plan_forget(
        &self,
        options: &ForgetOptions,
        cancel: &Cancel,
    ) -> Result<ForgetPlan> {
        let snapshots = self.snapshots(cancel).await?;
        Ok(plan(&snapshots, options, self.ambient().clock.now()))
    }

    /// Removes the snapshots that `plan` does not keep, and returns them. Like
    /// restic, it works alone: a snapshot that goes may be the parent of a
    /// backup under way.
    ///
    /// # Errors
    /// [`Error::NoRules`] when the plan was made without a rule,
    /// [`Error::PlanOutdated`] when the repository holds other snapshots than
    /// the plan has seen; nothing is removed then. When the destination fails,
    /// some of them may be gone, and none that the plan keeps.
    pub async fn forget(
        &self,
        plan: &ForgetPlan,
        host: &Host,
        cancel: &Cancel,
    ) -> Result<BTreeSet<Id>> {
        if plan.without_rules {
            return Err(Error::NoRules);
        }
        if plan.removed().is_empty() {
            return Ok(BTreeSet::new());
        }
        self.locked(LockMode::Exclusive, host, cancel, |held| async move {
            self.forget_under(plan, &held).await
        })
        .await
    }

    /// The same, under an exclusive lock that is held already.
    ///
    /// # Errors
    /// As [`Repository::forget`].
    pub async fn forget_under(&self, plan: &ForgetPlan, held: &Held) -> Result<BTreeSet<Id>> {
        if plan.without_rules {
            return Err(Error::NoRules);
        }
        let (removed, seen) = (plan.removed(), plan.seen());
        if removed.is_empty() {
            return Ok(removed);
        }
        if self.snapshot_ids(&held.cancel).await? != seen {
            return Err(Error::PlanOutdated);
        }
        self.still_held(held).await?;
        self.remove_files(FileKind::Snapshot, removed.clone(), &held.cancel).await?;
        let left = self.snapshot_ids(&held.cancel).await?;
        if let Some(lost) = seen.difference(&removed).find(|id| !left.contains(id)) {
            return Err(Error::Missing(format!("snapshot {lost}")));
        }
        Ok(removed)
    }

    /// The snapshots that are there.
    pub(crate) async fn snapshot_ids(&self, cancel: &Cancel) -> Result<BTreeSet<Id>> {
        let files = FileKind::Snapshot.list(self.store(), cancel).await?;
        Ok(files.into_iter().map(|(id, _)| id).collect())
    }
}
