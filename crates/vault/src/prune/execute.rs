//! Carrying a plan out, in the order that leaves nothing unreadable whenever
//! it ends.

use super::{
    plan::{PrunePlan, PruneReport},
    repack,
    rewrite::Rewrite,
};
use crate::{
    error::{Error, Result},
    format::Id,
    host::Host,
    layout::FileKind,
    lock::{Held, LockMode},
    progress::Progress,
    repository::Repository,
};
use std::collections::BTreeSet;
use storage::Cancel;

impl Repository {
    /// Carries `plan` out: nobody else may work on the repository meanwhile.
    ///
    /// # Errors
    /// [`Error::PlanOutdated`] when the repository holds other snapshots or
    /// index files than the plan was made from; nothing is changed then. When
    /// the destination fails, whatever snapshots need is still there, and the
    /// next prune goes on from there.
    pub async fn prune(
        &self,
        plan: &PrunePlan,
        host: &Host,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<PruneReport> {
        if plan.is_empty() {
            return Ok(PruneReport::default());
        }
        self.locked(LockMode::Exclusive, host, cancel, |held| async move {
            self.prune_under(plan, progress, &held).await
        })
        .await
    }

    /// The same, under an exclusive lock that is held already.
    ///
    /// # Errors
    /// As [`Repository::prune`].
    pub async fn prune_under(
        &self,
        plan: &PrunePlan,
        progress: &Progress,
        held: &Held,
    ) -> Result<PruneReport> {
        if plan.is_empty() {
            return Ok(PruneReport::default());
        }
        let cancel = &held.cancel;
        self.is_as_planned(plan, &plan.indexes, cancel).await?;
        let kept = plan.repack.iter().flat_map(|repack| &repack.keep);
        progress.bytes_total.add(kept.map(|blob| u64::from(blob.length)).sum());
        progress.set_counted();
        let mut report = PruneReport::default();
        let mut rewrite = Rewrite::new(self, cancel);
        repack::repack(self, &plan.repack, &mut rewrite, &mut report, progress, cancel).await?;
        rewrite.replace(plan, self.ambient().clock.now()).await?;
        let written = std::mem::take(&mut rewrite.written);

        // Everything is there twice now. Whatever has changed since the plan
        // was made must not lose its old place.
        let both: BTreeSet<Id> = plan.indexes.union(&written).copied().collect();
        self.is_as_planned(plan, &both, cancel).await?;
        self.still_held(held).await?;
        self.remove_files(FileKind::Index, plan.replace.clone(), cancel).await?;
        let new: BTreeSet<Id> = both.difference(&plan.replace).copied().collect();
        self.is_as_planned(plan, &new, cancel).await?;

        self.still_held(held).await?;
        let mut packs = plan.delete.clone();
        if plan.is_instant() {
            packs.extend(plan.repack.iter().map(|repack| repack.change));
        }
        let gone: Vec<Id> = packs.iter().map(|change| change.pack).collect();
        self.remove_files(FileKind::Pack, gone, cancel).await?;

        report.packs_deleted = packs.len() as u64;
        report.bytes_deleted = packs.iter().map(|change| change.size).sum();
        let mut marked = plan.mark.clone();
        if !plan.is_instant() {
            marked.extend(plan.repack.iter().map(|repack| repack.change));
        }
        report.packs_marked = marked.len() as u64;
        report.bytes_marked = marked.iter().map(|change| change.size).sum();
        report.packs_unmarked = plan.unmark.len() as u64;
        report.indexes_removed = plan.replace.len() as u64;
        report.indexes_written = written.len() as u64;
        // Whoever reads with what was known before would look in vain.
        if self.with_index(|index| index.counts().0) > 0 {
            self.load_index(cancel).await?;
        }
        Ok(report)
    }

    /// Fails when there are other snapshots than the plan was made from, or
    /// other index files than `indexes`.
    async fn is_as_planned(
        &self,
        plan: &PrunePlan,
        indexes: &BTreeSet<Id>,
        cancel: &Cancel,
    ) -> Result<()> {
        let snapshots = self.snapshot_ids(cancel).await?;
        if snapshots == plan.snapshots && self.index_ids(cancel).await? == *indexes {
            Ok(())
        } else {
            Err(Error::PlanOutdated)
        }
    }
}
