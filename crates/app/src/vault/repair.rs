//! Making a repository that has lost something usable again.

use super::{NamedBackup, Outcome, Vault, list::short};
use crate::{Cancel, Result, messages::Act};
use jiff::Timestamp;
use serde::Serialize;
use std::{collections::BTreeSet, sync::Arc};
use vault::{
    Progress,
    format::Id,
    pack::{BlobKind, PackedBlob},
    repair::{
        BrokenSnapshot, Fate, IndexPlan, IndexReport, LostBlob, SnapshotsPlan, SnapshotsReport,
    },
};

/// How many lost parts are listed.
const LISTED: usize = 1000;

/// What a repair of the index is going to do.
#[derive(Clone, Debug)]
pub struct PlannedIndexRepair {
    plan: IndexPlan,
    started: Timestamp,
}

/// A pack that is missing, or does not say what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LostPack {
    /// Its id.
    pub id: String,
    /// Its size in bytes; `None` when it is missing.
    pub size: Option<u64>,
    /// Parts of files that an index says are in it.
    pub data: usize,
    /// Folders that an index says are in it.
    pub trees: usize,
    /// How many of both are whole, and are copied to another pack.
    pub whole: usize,
    /// Whether what the index says of it is left alone, because the
    /// destination cannot read it.
    pub left: bool,
}

/// What a repair of the index did, or would do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IndexRepairSummary {
    /// How it ended.
    pub outcome: Outcome,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// Index files that cannot be used.
    pub indexes_damaged: Vec<String>,
    /// Packs that an index names and that are gone.
    pub packs_missing: Vec<LostPack>,
    /// Packs that do not say what is in them. They stay.
    pub packs_unreadable: Vec<LostPack>,
    /// Packs that no index named.
    pub packs_adopted: usize,
    /// Packs of which the index said something else than they do.
    pub packs_corrected: usize,
    /// Packs that are named as before.
    pub packs_kept: usize,
    /// Packs that stay marked for deletion.
    pub packs_marked: usize,
    /// Parts that were copied from unreadable packs.
    pub blobs_salvaged: usize,
    /// Index files that others took the place of.
    pub indexes_replaced: usize,
    /// How long it took.
    pub duration_seconds: f64,
}

/// What a repair of backups is going to do.
#[derive(Clone, Debug)]
pub struct PlannedSnapshotsRepair {
    plan: SnapshotsPlan,
    started: Timestamp,
}

/// A file or folder that is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOutFile {
    /// Where it was.
    pub path: String,
    /// The id of the lost part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
}

/// A backup that has lost something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BrokenBackup {
    /// Which.
    #[serde(flatten)]
    pub backup: NamedBackup,
    /// How many files and folders are left out.
    pub lost: u64,
    /// How many files were recorded with a wrong length.
    pub corrected: u64,
    /// Some of those that are left out.
    pub examples: Vec<LeftOutFile>,
    /// Whether nothing is left of it.
    pub nothing_left: bool,
    /// The backup of what is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repaired: Option<String>,
    /// Whether it was removed.
    pub removed: bool,
}

/// A part that is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LostPart {
    /// `data` or `tree`.
    pub kind: BlobKind,
    /// Its id.
    pub id: String,
    /// How many files or folders need it.
    pub files: u64,
    /// Some of their paths.
    pub examples: Vec<String>,
    /// The backups that are not whole without it.
    pub backups: Vec<String>,
}

/// What a repair of backups did, or would do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SnapshotsRepairSummary {
    /// How it ended.
    pub outcome: Outcome,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// How many backups are whole.
    pub whole: usize,
    /// Those that are not.
    pub broken: Vec<BrokenBackup>,
    /// The ids of those whose own file is damaged.
    pub damaged: Vec<String>,
    /// How many backups were removed.
    pub removed: usize,
    /// How many parts are lost.
    pub lost_count: usize,
    /// The first thousand of them.
    pub lost: Vec<LostPart>,
    /// How long it took.
    pub duration_seconds: f64,
}

impl SnapshotsRepairSummary {
    /// Whether backups that are not whole are there still.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        self.removed < self.broken.len() + self.damaged.len()
    }
}

impl Vault {
    /// Finds what a new index has to say. Changes nothing.
    ///
    /// # Errors
    /// When the destination cannot be read or does not list what is there.
    pub async fn plan_index_repair(
        &self,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<PlannedIndexRepair> {
        let started = self.ambient.clock.now();
        let plan = self.locked_if_possible(cancel, |cancel| async move {
            self.repository.plan_index_repair(progress, &cancel).await
        });
        Ok(PlannedIndexRepair { plan: plan.await.map_err(self.failed(Act::Repair))?, started })
    }

    /// Does what was decided.
    ///
    /// # Errors
    /// [`Code::PlanOutdated`](crate::Code::PlanOutdated) when the repository
    /// has changed meanwhile, [`Code::Locked`](crate::Code::Locked) when
    /// another program works on it, or what keeps it from being changed.
    pub async fn repair_index(
        &self,
        planned: &PlannedIndexRepair,
        cancel: &Cancel,
    ) -> Result<IndexRepairSummary> {
        let report = self.repository.repair_index(&planned.plan, &self.host, cancel).await;
        let report = report.map_err(self.failed(Act::Repair))?;
        Ok(self.index_summary(planned, report, false))
    }

    /// What it would do.
    #[must_use]
    pub fn preview_index_repair(&self, planned: &PlannedIndexRepair) -> IndexRepairSummary {
        let plan = &planned.plan;
        let report = IndexReport {
            removed: plan.replace.len(),
            salvaged: plan.unreadable.iter().map(|pack| pack.whole.len()).sum(),
            ..IndexReport::default()
        };
        self.index_summary(planned, report, true)
    }

    fn index_summary(
        &self,
        planned: &PlannedIndexRepair,
        report: IndexReport,
        dry_run: bool,
    ) -> IndexRepairSummary {
        let plan = &planned.plan;
        let missing = plan.missing.iter().map(|pack| lost_pack(&pack.id, None, &pack.blobs));
        let unreadable = plan.unreadable.iter().map(|pack| LostPack {
            whole: pack.whole.len(),
            left: pack.left,
            ..lost_pack(&pack.id, Some(pack.length), &pack.known)
        });
        IndexRepairSummary {
            outcome: Outcome::Succeeded,
            dry_run,
            indexes_damaged: plan.damaged.iter().map(|file| file.id.to_string()).collect(),
            packs_missing: missing.collect(),
            packs_unreadable: unreadable.collect(),
            packs_adopted: plan.adopted.len(),
            packs_corrected: plan.corrected.len(),
            packs_kept: plan.kept,
            packs_marked: plan.marked,
            blobs_salvaged: report.salvaged,
            indexes_replaced: report.removed,
            duration_seconds: self.seconds_since(planned.started),
        }
    }

    /// Finds the backups that have lost something. Changes nothing. With
    /// `read_data` every byte is read.
    ///
    /// # Errors
    /// When an index file is damaged, or the destination cannot be read or does
    /// not list what is there: then nobody knows what is lost.
    pub async fn plan_snapshots_repair(
        &self,
        read_data: bool,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<PlannedSnapshotsRepair> {
        let started = self.ambient.clock.now();
        let plan = self.locked_if_possible(cancel, |cancel| async move {
            self.repository.plan_snapshots_repair(read_data, progress, &cancel).await
        });
        Ok(PlannedSnapshotsRepair { plan: plan.await.map_err(self.failed(Act::Repair))?, started })
    }

    /// Does what was decided; with `forget`, the broken backups are removed.
    ///
    /// # Errors
    /// As [`Vault::repair_index`].
    pub async fn repair_snapshots(
        &self,
        planned: &PlannedSnapshotsRepair,
        forget: bool,
        cancel: &Cancel,
    ) -> Result<SnapshotsRepairSummary> {
        let repaired = self.repository.repair_snapshots(&planned.plan, forget, &self.host, cancel);
        let report = repaired.await.map_err(self.failed(Act::Repair))?;
        Ok(self.snapshots_summary(planned, &report, false))
    }

    /// What it would do.
    #[must_use]
    pub fn preview_snapshots_repair(
        &self,
        planned: &PlannedSnapshotsRepair,
    ) -> SnapshotsRepairSummary {
        self.snapshots_summary(planned, &SnapshotsReport::default(), true)
    }

    fn snapshots_summary(
        &self,
        planned: &PlannedSnapshotsRepair,
        report: &SnapshotsReport,
        dry_run: bool,
    ) -> SnapshotsRepairSummary {
        let plan = &planned.plan;
        SnapshotsRepairSummary {
            outcome: Outcome::Succeeded,
            dry_run,
            whole: plan.whole,
            broken: plan.broken.iter().map(|broken| broken_backup(broken, report)).collect(),
            damaged: plan.damaged.keys().map(ToString::to_string).collect(),
            removed: report.removed.len(),
            lost_count: plan.lost.len(),
            lost: plan.lost.iter().take(LISTED).map(lost_part).collect(),
            duration_seconds: self.seconds_since(planned.started),
        }
    }
}

fn lost_pack(id: &Id, size: Option<u64>, known: &[PackedBlob]) -> LostPack {
    let of = |kind| known.iter().filter(|blob| blob.kind == kind).count();
    let (data, trees) = (of(BlobKind::Data), of(BlobKind::Tree));
    LostPack { id: id.to_string(), size, data, trees, whole: 0, left: false }
}

fn broken_backup(broken: &BrokenSnapshot, report: &SnapshotsReport) -> BrokenBackup {
    let id = broken.id.to_string();
    let snapshot = &broken.snapshot;
    let already = match broken.fate {
        Fate::Repaired { already, .. } => already,
        Fate::Nothing => None,
    };
    BrokenBackup {
        backup: NamedBackup {
            short_id: short(&id),
            id,
            time: snapshot.time.to_string(),
            hostname: snapshot.hostname.clone(),
            paths: snapshot.paths.clone(),
            tags: snapshot.tags.clone(),
        },
        lost: broken.lost,
        corrected: broken.corrected,
        examples: broken
            .examples
            .iter()
            .map(|file| LeftOutFile {
                path: file.path.clone(),
                blob: file.blob.map(|id| id.to_string()),
            })
            .collect(),
        nothing_left: broken.fate == Fate::Nothing,
        repaired: report.repaired.get(&broken.id).copied().or(already).map(|id| id.to_string()),
        removed: report.removed.contains(&broken.id),
    }
}

fn lost_part(lost: &LostBlob) -> LostPart {
    let backups: BTreeSet<String> = lost.snapshots.iter().map(ToString::to_string).collect();
    LostPart {
        kind: lost.kind,
        id: lost.id.to_string(),
        files: lost.files,
        examples: lost.examples.clone(),
        backups: backups.into_iter().collect(),
    }
}
