//! The work of a run that restores.

use super::{backup::skipped_row, order::asked, work::Ended};
use crate::{
    Application, Cancel, Result,
    backups::PLAN_TAG,
    messages,
    vault::{Existing, Outcome, PathText, Progress, RenamedFile, RestoreRequest, Vault},
};
use model::{PlanId, RunStatus};
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use store::{Renamed, Run, RunCounts};

/// Above everything.
const ROOT: &str = "/";
/// The newest backup.
const LATEST: &str = "latest";

/// Where restored files go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WhereTo {
    /// To where they came from. What is there now stays, and what is restored
    /// gets another name.
    KeepBoth,
    /// To where they came from, in place of what is there now.
    InPlace,
    /// Below this folder, which is made when it is missing.
    Elsewhere {
        /// Absolute.
        folder: PathText,
        /// What happens to files that are there already.
        #[serde(default)]
        existing: Existing,
    },
}

/// What is restored, from where and where to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct RestoreOrder {
    /// The name or id of the destination that holds the backup.
    pub destination: String,
    /// The plan whose backup it is, by name or id.
    #[serde(default)]
    pub plan: Option<String>,
    /// The beginning of the backup's id, or `latest`: the plan's newest, or
    /// the newest of all.
    pub backup: String,
    /// Paths in the backup; together with no pattern, none means everything.
    pub include: Vec<PathText>,
    /// Patterns of paths in the backup.
    #[serde(default)]
    pub patterns: Vec<String>,
    /// Where to.
    pub to: WhereTo,
}

impl WhereTo {
    /// To where the files came from.
    #[must_use]
    pub fn in_place(existing: Existing) -> Self {
        match existing {
            Existing::KeepBoth => Self::KeepBoth,
            Existing::Overwrite => Self::InPlace,
            Existing::Refuse | Existing::Keep => {
                Self::Elsewhere { folder: PathText::new(Path::new(ROOT)), existing }
            }
        }
    }
}

impl RestoreOrder {
    /// The folder below which the paths of the backup are laid out.
    pub(crate) fn target(&self) -> PathText {
        match &self.to {
            WhereTo::KeepBoth | WhereTo::InPlace => PathText::new(Path::new(ROOT)),
            WhereTo::Elsewhere { folder, .. } => folder.clone(),
        }
    }

    /// The same as the backup's repository takes it.
    pub(crate) fn request(&self, backup: String, never: Vec<PathBuf>) -> RestoreRequest {
        RestoreRequest {
            backup,
            target: self.target().into(),
            paths: self.include.iter().cloned().map(PathBuf::from).collect(),
            include: self.patterns.clone(),
            existing: match self.to {
                WhereTo::KeepBoth => Existing::KeepBoth,
                WhereTo::InPlace => Existing::Overwrite,
                WhereTo::Elsewhere { existing, .. } => existing,
            },
            never,
        }
    }
}

impl Application {
    pub(super) async fn restore_run(
        &self,
        run: &Run,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<Ended> {
        let order: RestoreOrder = asked(run)?;
        let destination = self.find_destination(&order.destination).await?;
        let vault = self.open_vault(&destination, cancel).await?;
        let of = run.plan.map(|plan| (plan, run.plan_name.as_str()));
        let backup = wanted(&vault, &order.backup, of, &destination.name, cancel).await?;
        let never = self.never(&destination);
        let planned = vault.plan_restore(order.request(backup, never), cancel).await?;
        let summary = vault.restore(&planned, progress, cancel).await?;
        Ok(Ended {
            status: match summary.outcome {
                Outcome::Succeeded => RunStatus::Success,
                Outcome::Partial => RunStatus::PartialSuccess,
            },
            counts: RunCounts {
                files_total: Some(summary.files),
                files_done: summary.files,
                files_skipped: summary.skipped.len() as u64,
                bytes_total: Some(summary.bytes),
                bytes_done: summary.bytes,
                ..RunCounts::default()
            },
            snapshot: Some(summary.snapshot_id),
            // Every piece of a file is compared with its hash as it is written.
            verified: true,
            skipped: summary.skipped.into_iter().map(skipped_row).collect(),
            renamed: (
                summary.renamed.into_iter().map(renamed_row).collect(),
                summary.renamed_count,
            ),
            ..Ended::default()
        })
    }
}

/// The backup that is wanted: for `latest` of a plan that plan's newest.
pub(crate) async fn wanted(
    vault: &Vault,
    backup: &str,
    of: Option<(PlanId, &str)>,
    destination: &str,
    cancel: &Cancel,
) -> Result<String> {
    let (Some((plan, name)), LATEST) = (of, backup) else { return Ok(backup.to_owned()) };
    let tag = format!("{PLAN_TAG}{plan}");
    let all = vault.list(cancel).await?;
    let newest = all.into_iter().rfind(|backup| backup.tags.contains(&tag));
    Ok(newest.ok_or_else(|| messages::no_backup_of(name, destination))?.id)
}

fn renamed_row(file: RenamedFile) -> Renamed {
    let name = PathText { path: file.name, path_hex: file.name_hex };
    Renamed { path: file.path.into(), name: name.into() }
}
