//! Writing repaired snapshots, and removing the broken ones when that is asked
//! for.

use super::snapshots::{BrokenSnapshot, Fate, SnapshotsPlan, TAG};
use crate::{
    error::{Error, Result},
    format::{Id, Snapshot},
    host::Host,
    layout::FileKind,
    lock::{Held, LockMode},
    pack::{BlobKind, MAX_BLOB, PackWriter},
    prune::{repack, rewrite::Rewrite},
    repository::Repository,
};
use std::collections::{BTreeMap, BTreeSet};
use storage::Cancel;

const LEVEL: i32 = 3;

/// What a repair of the snapshots did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapshotsReport {
    /// The new snapshots by those that they are made from.
    pub repaired: BTreeMap<Id, Id>,
    /// Those that were removed.
    pub removed: BTreeSet<Id>,
}

impl Repository {
    /// Writes a new snapshot for each broken one; with `forget`, removes the
    /// broken ones then. Nobody else may work on the repository meanwhile.
    ///
    /// # Errors
    /// [`Error::PlanOutdated`] when the repository holds other snapshots or
    /// index files than the plan was made from; nothing is changed then. When
    /// the destination fails, every snapshot is there that was, unless a
    /// repaired one has taken its place.
    pub async fn repair_snapshots(
        &self,
        plan: &SnapshotsPlan,
        forget: bool,
        host: &Host,
        cancel: &Cancel,
    ) -> Result<SnapshotsReport> {
        if plan.is_empty() {
            return Ok(SnapshotsReport::default());
        }
        self.locked(LockMode::Exclusive, host, cancel, |held| async move {
            self.write_repaired(plan, forget, &held).await
        })
        .await
    }

    async fn write_repaired(
        &self,
        plan: &SnapshotsPlan,
        forget: bool,
        held: &Held,
    ) -> Result<SnapshotsReport> {
        let cancel = &held.cancel;
        if self.snapshot_ids(cancel).await? != plan.snapshots
            || self.index_ids(cancel).await? != plan.indexes
        {
            return Err(Error::PlanOutdated);
        }
        // The index as well may have been read in a bad moment.
        self.load_index(cancel).await?;
        self.is_still_lost(plan, cancel).await?;
        self.write_trees(plan, cancel).await?;
        let mut report = SnapshotsReport::default();
        let mut expected = plan.snapshots.clone();
        for broken in &plan.broken {
            let Fate::Repaired { tree, already } = broken.fate else { continue };
            let id = match already {
                Some(id) => id,
                None => {
                    let json = repaired(broken, tree).to_json();
                    let json = json.map_err(|_| Error::Internal("a snapshot is plain JSON"))?;
                    self.save_file(FileKind::Snapshot, &json, cancel).await?
                }
            };
            expected.insert(id);
            report.repaired.insert(broken.id, id);
        }
        if forget {
            let removed = plan.removable();
            for id in &removed {
                self.is_still_broken(plan, id, cancel).await?;
            }
            self.still_held(held).await?;
            if self.snapshot_ids(cancel).await? != expected {
                return Err(Error::PlanOutdated);
            }
            self.remove_files(FileKind::Snapshot, removed.clone(), cancel).await?;
            expected.retain(|id| !removed.contains(id));
            report.removed = removed;
        }
        let left = self.snapshot_ids(cancel).await?;
        match expected.difference(&left).next() {
            Some(lost) => Err(Error::Missing(format!("snapshot {lost}"))),
            None => Ok(report),
        }
    }

    /// Stores the new folders, and reads them back.
    async fn write_trees(&self, plan: &SnapshotsPlan, cancel: &Cancel) -> Result<()> {
        if plan.trees.is_empty() {
            return Ok(());
        }
        let size = repack::pack_size(self);
        let mut rewrite = Rewrite::new(self, cancel);
        let mut writer = PackWriter::default();
        for (id, plain) in &plan.trees {
            let (sealed, uncompressed) = self.sealed(plain)?;
            writer.add(BlobKind::Tree, *id, &sealed, uncompressed)?;
            if writer.is_full(size) {
                let (pack, _) = repack::store(self, std::mem::take(&mut writer), cancel).await?;
                rewrite.add_pack(pack.id, pack.blobs).await?;
            }
        }
        if writer.len() > 0 {
            let (pack, _) = repack::store(self, writer, cancel).await?;
            rewrite.add_pack(pack.id, pack.blobs).await?;
        }
        rewrite.flush().await?;
        let both: BTreeSet<Id> = plan.indexes.union(&rewrite.written).copied().collect();
        if self.index_ids(cancel).await? != both {
            return Err(Error::PlanOutdated);
        }
        self.load_index(cancel).await
    }

    /// A blob as it stands in a pack, and its length when it is compressed.
    fn sealed(&self, plain: &[u8]) -> Result<(Vec<u8>, Option<u32>)> {
        let compressed = zstd::bulk::compress(plain, LEVEL)
            .map_err(|_| Error::Internal("compressing into memory failed"))?;
        let shrinks = compressed.len() < plain.len();
        let length = u32::try_from(plain.len()).ok().filter(|length| *length <= MAX_BLOB);
        let length = length.ok_or(Error::Internal("a tree that was read is too long"))?;
        let mut sealed = Vec::new();
        let body = if shrinks { &compressed } else { plain };
        self.master().seal_into(&*self.ambient().random, body, &mut sealed);
        Ok((sealed, shrinks.then_some(length)))
    }

    /// Looks once more for what is called lost: a bad moment of the destination
    /// must not cost what is there.
    async fn is_still_lost(&self, plan: &SnapshotsPlan, cancel: &Cancel) -> Result<()> {
        for lost in &plan.lost {
            let read = match lost.kind {
                BlobKind::Tree => self.load_tree(&lost.id, cancel).await.map(drop),
                BlobKind::Data => self.load_blob(lost.kind, &lost.id, cancel).await.map(drop),
            };
            match read {
                Err(Error::Damaged { .. } | Error::Missing(_)) => {}
                Ok(()) => return Err(Error::PlanOutdated),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Looks once more at a snapshot file that is damaged, before it goes.
    async fn is_still_broken(&self, plan: &SnapshotsPlan, id: &Id, cancel: &Cancel) -> Result<()> {
        if !plan.damaged.contains_key(id) {
            return Ok(());
        }
        let read = self.snapshot(id, cancel).await.map(drop);
        match read {
            Err(Error::Damaged { .. } | Error::Missing(_)) => Ok(()),
            Ok(()) => Err(Error::PlanOutdated),
            Err(error) => Err(error),
        }
    }
}

/// The snapshot of what is left. What its run did is no longer true of it.
fn repaired(broken: &BrokenSnapshot, tree: Id) -> Snapshot {
    let mut tags = broken.snapshot.tags.clone();
    if !tags.iter().any(|tag| tag == TAG) {
        tags.push(TAG.to_owned());
    }
    let original = Some(broken.id);
    Snapshot { tree, tags, original, summary: None, ..broken.snapshot.clone() }
}
