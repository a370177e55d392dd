//! What a prune is going to do.

use crate::{format::Id, pack::PackedBlob};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// How long a pack stays after it was found to be unneeded, unless it is set
/// otherwise.
pub const GRACE: Duration = Duration::from_secs(24 * 60 * 60);
/// How much of what is stored may be unneeded, in percent, unless it is set
/// otherwise.
pub const MAX_UNUSED: f64 = 5.0;

/// How to prune.
#[derive(Clone, Debug, PartialEq)]
pub struct PruneOptions {
    /// How much of what is stored may stay although nothing needs it, in
    /// percent. Packs that are needed in part are written anew until it is no
    /// more; 100 and above is never.
    pub max_unused: f64,
    /// How long a pack stays after it was found to be unneeded. Zero deletes
    /// at once: then a backup of a machine that slept through the work may be
    /// lost.
    pub grace: Duration,
    /// Snapshots that are known to be there: when the destination does not
    /// list one of them, nothing is done.
    pub known: BTreeSet<Id>,
    /// Snapshots that count as removed. Such a plan can be carried out when
    /// they are.
    pub without: BTreeSet<Id>,
}

impl Default for PruneOptions {
    fn default() -> Self {
        let (known, without) = (BTreeSet::new(), BTreeSet::new());
        Self { max_unused: MAX_UNUSED, grace: GRACE, known, without }
    }
}

/// Why a pack is marked, deleted or written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// No snapshot needs anything in it.
    Unused,
    /// No index names it: a backup was interrupted.
    Orphan,
    /// It was marked long enough ago, and still nothing needs it.
    Waited,
    /// A part of it is needed.
    PartlyUsed,
    /// It is small, and there are several such.
    Small,
}

/// A pack of which something becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackChange {
    /// Which.
    pub pack: Id,
    /// Its length in bytes.
    pub size: u64,
    /// Why.
    pub why: Why,
}

/// A pack whose needed blobs are written anew, into other packs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repack {
    /// The pack, which is then unneeded.
    pub change: PackChange,
    /// The blobs that are needed, in the order of their offsets.
    pub keep: Vec<PackedBlob>,
}

/// Sums over the whole repository, in bytes where nothing else is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PruneFigures {
    /// How many snapshots there are.
    pub snapshots: u64,
    /// How many different folders they hold.
    pub trees: u64,
    /// How many packs there are.
    pub packs: u64,
    /// All packs.
    pub bytes: u64,
    /// What snapshots need.
    pub used: u64,
    /// What they do not need, in packs that an index names.
    pub unused: u64,
    /// All packs, when the plan has been carried out and whatever is marked
    /// has been deleted.
    pub bytes_after: u64,
    /// What snapshots do not need of that.
    pub unused_after: u64,
    /// Packs that were marked before and go on waiting.
    pub waiting: u64,
}

impl PruneFigures {
    /// How many bytes become free in the end.
    #[must_use]
    pub fn reclaimable(&self) -> u64 {
        self.bytes.saturating_sub(self.bytes_after)
    }
}

/// What a prune is going to do. Made by
/// [`Repository::plan_prune`](crate::Repository::plan_prune).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrunePlan {
    /// How long unneeded packs stay.
    pub grace: Duration,
    /// Packs that are marked: they are deleted when the grace is over.
    pub mark: Vec<PackChange>,
    /// Packs that are deleted.
    pub delete: Vec<PackChange>,
    /// Packs whose needed blobs are written anew. Then they are marked, or
    /// deleted when there is no grace.
    pub repack: Vec<Repack>,
    /// Packs that were marked and are needed again.
    pub unmark: BTreeSet<Id>,
    /// Packs that were marked and go on waiting, since when.
    pub waiting: BTreeMap<Id, Option<Timestamp>>,
    /// Packs that an index names, that are not there, and that nothing needs.
    pub lost: BTreeSet<Id>,
    /// Index files that others take the place of.
    pub replace: BTreeSet<Id>,
    /// What it comes to.
    pub figures: PruneFigures,
    /// Packs in the index files to be replaced that others name as well.
    pub(super) elsewhere: BTreeSet<Id>,
    /// The snapshots that were walked.
    pub(super) snapshots: BTreeSet<Id>,
    /// The index files that were read.
    pub(super) indexes: BTreeSet<Id>,
}

impl PrunePlan {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.mark.is_empty()
            && self.delete.is_empty()
            && self.repack.is_empty()
            && self.unmark.is_empty()
            && self.lost.is_empty()
            && self.replace.is_empty()
    }

    /// A hash of everything that it changes, and of what it was made from: two
    /// plans of the same id do the same.
    #[must_use]
    pub fn id(&self) -> Id {
        let mut packs: Vec<(Id, u8)> = Vec::new();
        packs.extend(self.mark.iter().map(|change| (change.pack, b'm')));
        packs.extend(self.delete.iter().map(|change| (change.pack, b'd')));
        // What is kept of a pack follows from snapshots and index files.
        packs.extend(self.repack.iter().map(|repack| (repack.change.pack, b'r')));
        packs.extend(self.unmark.iter().map(|pack| (*pack, b'u')));
        packs.extend(self.lost.iter().map(|pack| (*pack, b'l')));
        packs.sort_unstable();
        let mut said = self.grace.as_nanos().to_le_bytes().to_vec();
        for (pack, what) in packs {
            said.extend_from_slice(pack.as_bytes());
            said.push(what);
        }
        for (what, files) in [(b'R', &self.replace), (b'S', &self.snapshots), (b'I', &self.indexes)]
        {
            for file in files {
                said.extend_from_slice(file.as_bytes());
                said.push(what);
            }
        }
        Id::of(&said)
    }

    /// When the last of what goes on waiting may be deleted; `None` when nothing
    /// waits.
    #[must_use]
    pub fn waiting_until(&self) -> Option<Timestamp> {
        let last = self.waiting.values().flatten().max()?;
        last.checked_add(self.grace).ok()
    }

    /// Whether unneeded packs are deleted in the same run.
    #[must_use]
    pub fn is_instant(&self) -> bool {
        self.grace.is_zero()
    }
}

/// What a prune did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PruneReport {
    /// Packs that were deleted.
    pub packs_deleted: u64,
    /// Their bytes.
    pub bytes_deleted: u64,
    /// Packs that were marked, to be deleted when the grace is over.
    pub packs_marked: u64,
    /// Their bytes.
    pub bytes_marked: u64,
    /// Packs that were marked and are needed again.
    pub packs_unmarked: u64,
    /// Packs whose needed blobs were written anew.
    pub packs_repacked: u64,
    /// Packs that were written.
    pub packs_written: u64,
    /// Their bytes.
    pub bytes_written: u64,
    /// Index files that were removed.
    pub indexes_removed: u64,
    /// Index files that took their place.
    pub indexes_written: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_that_do_something_else_have_another_id() {
        let set = |name: &str| BTreeSet::from([Id::of(name.as_bytes())]);
        let change = PackChange { pack: Id::of(b"pack"), size: 7, why: Why::Unused };
        let none = PrunePlan::default();
        let others = [
            PrunePlan { grace: GRACE, ..none.clone() },
            PrunePlan { mark: vec![change], ..none.clone() },
            PrunePlan { delete: vec![change], ..none.clone() },
            PrunePlan { repack: vec![Repack { change, keep: Vec::new() }], ..none.clone() },
            PrunePlan { unmark: set("pack"), ..none.clone() },
            PrunePlan { lost: set("pack"), ..none.clone() },
            PrunePlan { replace: set("pack"), ..none.clone() },
            PrunePlan { snapshots: set("pack"), ..none.clone() },
            PrunePlan { indexes: set("pack"), ..none.clone() },
            none.clone(),
        ];
        let ids: BTreeSet<Id> = others.iter().map(PrunePlan::id).collect();
        assert_eq!(ids.len(), others.len());
        // The order in which packs were met does not matter.
        let (one, two) = (change, PackChange { pack: Id::of(b"other"), ..change });
        let mark = |mark| PrunePlan { mark, ..none.clone() }.id();
        assert_eq!(mark(vec![one, two]), mark(vec![two, one]));
    }

    #[test]
    fn what_waits_may_be_deleted_when_its_grace_is_over() {
        let at = |hour: i64| Timestamp::from_second(hour * 3600).unwrap();
        let waiting = BTreeMap::from([
            (Id::of(b"a"), Some(at(3))),
            (Id::of(b"b"), Some(at(5))),
            (Id::of(b"c"), None),
        ]);
        let plan = PrunePlan { grace: GRACE, waiting, ..PrunePlan::default() };
        assert_eq!(plan.waiting_until(), Some(at(29)));
        assert_eq!(PrunePlan::default().waiting_until(), None);
    }
}
