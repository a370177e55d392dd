//! Restoring: first a plan, which can be shown and refused, then its execution.

use super::{RenamedFile, RestorePreview, RestoreSummary, Vault, backup::skipped};
use crate::{
    Cancel, Result,
    messages::{self, Act},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, sync::Arc};
use vault::{Progress, RestoreOptions, format::NodeTime};

/// What happens to files that stand where something is restored to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Existing {
    /// Nothing is restored at all.
    #[default]
    Refuse,
    /// Those of the backup take their place.
    Overwrite,
    /// They stay as they are.
    Keep,
    /// They stay as they are, and what is not the same comes beside them under
    /// another name.
    KeepBoth,
}

/// What is restored, and where to.
#[derive(Clone, Debug, Default)]
pub struct RestoreRequest {
    /// The beginning of the backup's id, or `latest`.
    pub backup: String,
    /// The folder below which the paths of the backup are laid out.
    pub target: PathBuf,
    /// Paths within the backup, or patterns of them; nothing means everything.
    pub include: Vec<String>,
    /// Paths within the backup, exactly these.
    pub paths: Vec<PathBuf>,
    /// What happens to files that are there already.
    pub existing: Existing,
    /// Folders that nothing is restored into, besides that of the repository:
    /// Keepstead's own data.
    pub never: Vec<PathBuf>,
}

/// A restore that can be carried out.
#[derive(Clone, Debug)]
pub struct PlannedRestore {
    snapshot_id: String,
    plan: vault::RestorePlan,
}

impl PlannedRestore {
    /// What it is going to do.
    #[must_use]
    pub fn preview(&self) -> RestorePreview {
        let texts = |paths: &[PathBuf]| {
            paths.iter().map(|path| path.to_string_lossy().into_owned()).collect()
        };
        RestorePreview {
            snapshot_id: self.snapshot_id.clone(),
            target: self.plan.target.to_string_lossy().into_owned(),
            files: self.plan.files,
            folders: self.plan.folders,
            others: self.plan.others,
            bytes: self.plan.bytes,
            conflicts: self.plan.conflicts,
            conflict_examples: texts(&self.plan.conflict_examples),
            unreadable: texts(&self.plan.unreadable),
            left_out: texts(&self.plan.left_out),
        }
    }
}

impl Vault {
    /// Looks at what a restore would do. Writes nothing.
    ///
    /// # Errors
    /// When there is no such backup or path, or the target cannot be used.
    pub async fn plan_restore(
        &self,
        request: RestoreRequest,
        cancel: &Cancel,
    ) -> Result<PlannedRestore> {
        let failed = self.failed(Act::PlanRestore);
        let (id, snapshot) =
            self.repository.find_snapshot(&request.backup, cancel).await.map_err(&failed)?;
        let zone = self.ambient.clock.time_zone();
        let mut never = request.never;
        never.push(self.folder.clone());
        let mut options = RestoreOptions {
            // Below the root, every file comes to where it was.
            in_place: request.target.has_root() && request.target.parent().is_none(),
            label: messages::backup_of(day(&snapshot.time, zone)),
            target: request.target,
            include: {
                let patterns = request.include.into_iter().map(vault::Include::Pattern);
                patterns.chain(request.paths.into_iter().map(vault::Include::Path)).collect()
            },
            existing: match request.existing {
                Existing::Refuse => vault::Existing::Refuse,
                Existing::Overwrite => vault::Existing::Overwrite,
                Existing::Keep => vault::Existing::Keep,
                Existing::KeepBoth => vault::Existing::KeepBoth,
            },
            never,
        };
        let everything = options.include.is_empty();
        if options.in_place && everything {
            options.include = sources(&snapshot.paths);
        }
        let plan = match self.repository.plan_restore(&snapshot, &options, cancel).await {
            // Another program may name something else there.
            Err(vault::Error::NoSuchPath(_)) if everything => {
                options.include.clear();
                self.repository.plan_restore(&snapshot, &options, cancel).await
            }
            planned => planned,
        };
        let plan = plan.map_err(failed)?;
        Ok(PlannedRestore { snapshot_id: id.to_string(), plan })
    }

    /// Carries a plan out. What cannot be restored is listed.
    ///
    /// # Errors
    /// When the target or the repository fails, or the work is cancelled.
    pub async fn restore(
        &self,
        planned: &PlannedRestore,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<RestoreSummary> {
        let started = self.ambient.clock.now();
        let report = self
            .locked_if_possible(cancel, |cancel| async move {
                self.repository.restore(&planned.plan, progress, &cancel).await
            })
            .await
            .map_err(self.failed(Act::Restore))?;
        Ok(RestoreSummary {
            outcome: report.outcome().into(),
            snapshot_id: planned.snapshot_id.clone(),
            target: planned.plan.target.to_string_lossy().into_owned(),
            files: report.files,
            folders: report.folders,
            others: report.others,
            bytes: report.bytes,
            files_kept: report.kept,
            duration_seconds: self.seconds_since(started),
            skipped: report.skipped.iter().map(skipped).collect(),
            renamed: report
                .renamed
                .iter()
                .map(|renamed| RenamedFile::new(&renamed.path, &renamed.name))
                .collect(),
            renamed_count: report.renamed_count,
        })
    }
}

/// All that was backed up, without the folders around it: `/home` is none of
/// those that come back, and an ordinary user may not change it either.
fn sources(paths: &[String]) -> Vec<vault::Include> {
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    if paths.iter().any(|path| path.parent().is_none()) {
        return Vec::new();
    }
    paths.into_iter().map(vault::Include::Path).collect()
}

/// The day of a moment, in `zone`.
fn day(time: &NodeTime, zone: TimeZone) -> Date {
    Timestamp::from_second(time.seconds).unwrap_or_default().to_zoned(zone).date()
}
