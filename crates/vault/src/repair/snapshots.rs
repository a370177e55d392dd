//! Which snapshots have lost something, and what they are without it.

use super::{
    lost::{LostBlob, LostFile, Survey},
    walk::{Outcome, Walk},
};
use crate::{
    error::{Error, Result},
    format::{Id, Snapshot},
    layout::FileKind,
    progress::Progress,
    repository::Repository,
};
use futures_util::{StreamExt, stream};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use storage::Cancel;

/// The tag of a snapshot that was repaired, as restic has it.
pub(super) const TAG: &str = "repaired";

/// What becomes of a broken snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A new snapshot of what is left.
    Repaired {
        /// Its root.
        tree: Id,
        /// It was written before.
        already: Option<Id>,
    },
    /// Its root is lost: nothing is left.
    Nothing,
}

/// A snapshot that has lost something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenSnapshot {
    /// Which.
    pub id: Id,
    /// What it was.
    pub snapshot: Snapshot,
    /// How many files and folders are left out.
    pub lost: u64,
    /// How many files were recorded with another length than they have.
    pub corrected: u64,
    /// Some of those that are left out.
    pub examples: Vec<LostFile>,
    /// What becomes of it.
    pub fate: Fate,
}

/// What a repair of the snapshots is going to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapshotsPlan {
    /// Snapshots that are not whole, oldest first.
    pub broken: Vec<BrokenSnapshot>,
    /// Snapshot files that are damaged, and in which way.
    pub damaged: BTreeMap<Id, String>,
    /// How many snapshots are whole.
    pub whole: usize,
    /// What is lost, and what that means.
    pub lost: Vec<LostBlob>,
    /// The folders that are written anew.
    pub(super) trees: BTreeMap<Id, Vec<u8>>,
    /// What the plan was made from.
    pub(super) snapshots: BTreeSet<Id>,
    pub(super) indexes: BTreeSet<Id>,
}

impl SnapshotsPlan {
    /// Whether every snapshot is whole.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.broken.is_empty() && self.damaged.is_empty()
    }

    /// The snapshots that are removed when that is asked for: broken ones of
    /// which there is a repaired one, and those that cannot be read at all as
    /// long as another stays.
    #[must_use]
    pub fn removable(&self) -> BTreeSet<Id> {
        let is_repaired = |broken: &&BrokenSnapshot| matches!(broken.fate, Fate::Repaired { .. });
        let any = self.whole > 0 || self.broken.iter().any(|broken| is_repaired(&broken));
        let repaired = self.broken.iter().filter(|broken| any || is_repaired(broken));
        let damaged = self.damaged.keys().filter(|_| any);
        repaired.map(|broken| &broken.id).chain(damaged).copied().collect()
    }
}

impl Repository {
    /// Finds the snapshots that have lost something. Changes nothing. With
    /// `read_data` every pack is read, and what is damaged in it counts as
    /// lost.
    ///
    /// # Errors
    /// When an index file is damaged, or the destination cannot read or list:
    /// then nobody knows what is lost; or when it is in a pack that no index
    /// names. [`Error::NoSnapshots`] when there are packs
    /// and no snapshot. [`Error::Missing`] when there is no pack
    /// at all, although an index names some.
    pub async fn plan_snapshots_repair(
        &self,
        read_data: bool,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<SnapshotsPlan> {
        let mut plan =
            SnapshotsPlan { snapshots: self.snapshot_ids(cancel).await?, ..Default::default() };
        let mut snapshots = Vec::new();
        let width = self.store().capabilities().concurrency.max(1);
        let mut loading = stream::iter(plan.snapshots.clone())
            .map(|id| async move { (id, self.snapshot(&id, cancel).await) })
            .buffered(width);
        while let Some((id, snapshot)) = loading.next().await {
            match snapshot {
                Ok(snapshot) => snapshots.push((id, snapshot)),
                Err(Error::Damaged { reason, .. }) => {
                    plan.damaged.insert(id, reason);
                }
                Err(Error::Missing(_)) => return Err(Error::PlanOutdated),
                Err(error) => return Err(error),
            }
        }
        drop(loading);
        snapshots.sort_by_key(|(id, one)| (one.time.seconds, one.time.nanoseconds, *id));
        plan.indexes = self.index_ids(cancel).await?;
        // A folder that has gone lists nothing.
        if plan.snapshots.is_empty() && !FileKind::Pack.list(self.store(), cancel).await?.is_empty()
        {
            return Err(Error::NoSnapshots);
        }
        let survey = Survey::new(self, read_data, progress, cancel).await?;
        let mut walk = Walk::new(self, survey, progress, cancel);
        for (id, snapshot) in &snapshots {
            let root = snapshot.tree;
            let fate = match walk.root(root).await? {
                Outcome::Whole => {
                    plan.whole += 1;
                    continue;
                }
                Outcome::Changed(tree) => {
                    Fate::Repaired { tree, already: already(&snapshots, id, &tree) }
                }
                Outcome::Lost => Fate::Nothing,
            };
            let losses = walk.losses(*id, root);
            plan.broken.push(BrokenSnapshot {
                id: *id,
                snapshot: snapshot.clone(),
                lost: losses.count,
                corrected: losses.corrected,
                examples: losses.examples,
                fate,
            });
        }
        plan.lost = walk.lost();
        walk.survey.is_complete(&plan.lost, cancel).await?;
        plan.trees = walk.trees;
        progress.set_met();
        Ok(plan)
    }
}

/// The snapshot that an earlier repair made.
fn already(snapshots: &[(Id, Snapshot)], broken: &Id, tree: &Id) -> Option<Id> {
    let is_it = |snapshot: &Snapshot| {
        snapshot.original == Some(*broken)
            && snapshot.tree == *tree
            && snapshot.tags.iter().any(|tag| tag == TAG)
    };
    snapshots.iter().find(|(_, snapshot)| is_it(snapshot)).map(|(id, _)| *id)
}
