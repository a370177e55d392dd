//! Freeing the room of what no snapshot needs, in two phases.
//!
//! The first marks packs: it moves them within the index, where nobody takes
//! what is in them for stored any more. The second, when the grace is over and
//! again with every snapshot read, deletes those that nothing needs, and takes
//! the others back into use. In between stands a machine that slept through the
//! first phase, woke up, and wrote a snapshot that leans on such a pack.
//!
//! First a [`PrunePlan`]: it reads, and changes nothing. Then
//! [`Repository::prune`] carries it out, under an exclusive lock and only as
//! long as the repository still holds exactly the snapshots and index files
//! that the plan was made from.
//!
//! Invariant: what a listed snapshot needs is in a pack that an index names,
//! at every moment of the work. New packs come before the index that names
//! them, new index files before the removal of old ones, and the removal of
//! index files before that of packs. Whatever is missing or damaged stops it.
//!
//! What is deliberately absent: repairing; and the lock of
//! [`Repository::plan_prune`], which whoever calls holds where one can be had.

mod decide;
mod execute;
mod plan;
pub(crate) mod repack;
pub(crate) mod rewrite;
pub(crate) mod stretch;
mod table;
mod used;

pub use plan::{
    GRACE, MAX_UNUSED, PackChange, PruneFigures, PruneOptions, PrunePlan, PruneReport, Repack, Why,
};

use crate::{
    error::{Error, Result},
    format::Id,
    layout::FileKind,
    progress::Progress,
    repository::Repository,
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};
use storage::Cancel;
use table::Table;

impl Repository {
    /// Finds what no snapshot needs. Changes nothing.
    ///
    /// # Errors
    /// When anything that a snapshot needs is missing or damaged, an index file
    /// or a snapshot cannot be read, or the destination cannot list all files:
    /// then nobody knows what is needed. [`Error::NoSnapshots`] when there are
    /// packs and no snapshot.
    pub async fn plan_prune(
        &self,
        options: &PruneOptions,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<PrunePlan> {
        // In this order, a backup that ends meanwhile looks like no more than
        // index files and packs that nothing needs yet; the plan is then out of
        // date.
        let mut snapshots = self.snapshots(cancel).await?;
        let listed: BTreeSet<Id> = snapshots.iter().map(|(id, _)| *id).collect();
        if let Some(missing) = options.known.difference(&listed).next() {
            return Err(Error::Missing(format!("snapshot {missing}")));
        }
        snapshots.retain(|(id, _)| !options.without.contains(id));
        let ids: BTreeSet<Id> = listed.difference(&options.without).copied().collect();
        let indexes = self.index_ids(cancel).await?;
        let found: HashMap<Id, u64> =
            FileKind::Pack.list(self.store(), cancel).await?.into_iter().collect();
        // A folder that has gone lists nothing, and then everything would.
        if ids.is_empty() && !found.is_empty() {
            return Err(Error::NoSnapshots);
        }
        let table = Arc::new(Table::load(self, &indexes, &found, cancel).await?);
        let roots = snapshots.iter().map(|(_, snapshot)| snapshot.tree);
        used::find(self, &table, roots, progress, cancel).await?;
        let (options, now) = (options.clone(), self.ambient().clock.now());
        let pack_size = repack::pack_size(self);
        let deciding = tokio::task::spawn_blocking(move || {
            decide::decide(&table, &found, &options, pack_size, now)
        });
        let mut plan = deciding.await.map_err(|_| Error::Internal("no plan was made"))??;
        plan.figures.snapshots = ids.len() as u64;
        plan.figures.trees = progress.files_done.get();
        (plan.snapshots, plan.indexes) = (ids, indexes);
        Ok(plan)
    }

    /// The index files that are there.
    pub(crate) async fn index_ids(&self, cancel: &Cancel) -> Result<BTreeSet<Id>> {
        let files = FileKind::Index.list(self.store(), cancel).await?;
        Ok(files.into_iter().map(|(id, _)| id).collect())
    }
}
