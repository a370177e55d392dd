//! Writing the new index, in the order that leaves nothing unnamed whenever it
//! ends.

use super::{index::IndexPlan, salvage};
use crate::{
    error::{Error, Result},
    format::Id,
    host::Host,
    layout::FileKind,
    lock::{Held, LockMode},
    prune::rewrite::Rewrite,
    repository::Repository,
};
use std::collections::{BTreeMap, BTreeSet};
use storage::Cancel;

/// What a repair of the index did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IndexReport {
    /// New index files.
    pub written: usize,
    /// Old ones that are gone.
    pub removed: usize,
    /// Blobs of unreadable packs that were copied to others.
    pub salvaged: usize,
}

impl Repository {
    /// Carries `plan` out: nobody else may work on the repository meanwhile.
    ///
    /// # Errors
    /// [`Error::PlanOutdated`] when the repository holds other index files or
    /// packs than the plan was made from; nothing is changed then. When the
    /// destination fails, whatever the index named is named still.
    pub async fn repair_index(
        &self,
        plan: &IndexPlan,
        host: &Host,
        cancel: &Cancel,
    ) -> Result<IndexReport> {
        if plan.is_empty() {
            return Ok(IndexReport::default());
        }
        self.locked(LockMode::Exclusive, host, cancel, |held| async move {
            self.rebuild(plan, &held).await
        })
        .await
    }

    async fn rebuild(&self, plan: &IndexPlan, held: &Held) -> Result<IndexReport> {
        let cancel = &held.cancel;
        let packs = FileKind::Pack.list(self.store(), cancel).await?;
        if packs.into_iter().collect::<BTreeMap<_, _>>() != plan.packs
            || self.index_ids(cancel).await? != plan.indexes
        {
            return Err(Error::PlanOutdated);
        }
        for file in &plan.damaged {
            // A bad moment of the destination must not cost what it says.
            match self.load_index_file(&file.id, cancel).await {
                Err(Error::Damaged { .. }) => {}
                Ok(_) | Err(Error::Missing(_)) => return Err(Error::PlanOutdated),
                Err(error) => return Err(error),
            }
        }
        let mut report = IndexReport::default();
        let mut rewrite = Rewrite::new(self, cancel);
        for pack in plan.unreadable.iter().filter(|pack| !pack.left) {
            report.salvaged += salvage::copy(self, pack, &mut rewrite, cancel).await?;
        }
        for pack in plan.said_again.iter().chain(&plan.adopted).chain(&plan.corrected) {
            rewrite.add_pack(pack.id, pack.blobs.clone()).await?;
        }
        for mark in &plan.marks {
            rewrite.add_mark(mark.clone()).await?;
        }
        rewrite.flush().await?;
        let written = std::mem::take(&mut rewrite.written);

        // The new files were read back. Everything that is true is said twice
        // now, so the old ones can go.
        let both: BTreeSet<Id> = plan.indexes.union(&written).copied().collect();
        if self.index_ids(cancel).await? != both {
            return Err(Error::PlanOutdated);
        }
        self.still_held(held).await?;
        self.remove_files(FileKind::Index, plan.replace.clone(), cancel).await?;
        let new: BTreeSet<Id> = both.difference(&plan.replace).copied().collect();
        if self.index_ids(cancel).await? != new {
            return Err(Error::PlanOutdated);
        }
        (report.written, report.removed) = (written.len(), plan.replace.len());
        // Whoever reads with what was known before would look in vain.
        if self.with_index(|index| index.counts().0) > 0 {
            self.load_index(cancel).await?;
        }
        Ok(report)
    }
}
