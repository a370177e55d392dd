//! The work of a run that restores.

use super::{backup::skipped_row, work::Ended};
use crate::{
    Application, Cancel, Result, messages,
    vault::{Existing, Outcome, PathText, Progress, RestoreRequest},
};
use model::RunStatus;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::{Run, RunCounts};

/// What is restored, from where and where to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RestoreOrder {
    /// The name or id of the destination that holds the backup.
    pub destination: String,
    /// The plan whose backup it is, by name or id.
    pub plan: Option<String>,
    /// The beginning of the backup's id, or `latest`: the plan's newest, or
    /// the newest of all.
    pub backup: String,
    /// The folder below which the paths of the backup are laid out. Absolute.
    pub target: PathText,
    /// Paths within the backup, or patterns of them; nothing means everything.
    pub include: Vec<String>,
    /// What happens to files that are there already.
    pub existing: Existing,
}

impl RestoreOrder {
    pub(super) fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|_| messages::fault())
    }
}

impl Application {
    pub(super) async fn restore_run(
        &self,
        run: &Run,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<Ended> {
        let request = run.request.as_deref().unwrap_or_default();
        let order: RestoreOrder =
            serde_json::from_str(request).map_err(|_| messages::request_lost())?;
        let destination = self.find_destination(&order.destination).await?;
        let vault = self.open_vault(&destination, cancel).await?;
        let backup = match (run.plan, order.backup.as_str()) {
            (Some(plan), "latest") => {
                let tag = format!("ks:plan={plan}");
                let all = vault.list(cancel).await?;
                let newest = all.into_iter().rfind(|backup| backup.tags.contains(&tag));
                newest.ok_or_else(|| messages::no_backup_of(&run.plan_name, &destination.name))?.id
            }
            _ => order.backup,
        };
        let planned = vault
            .plan_restore(
                RestoreRequest {
                    backup,
                    target: order.target.into(),
                    include: order.include,
                    existing: order.existing,
                },
                cancel,
            )
            .await?;
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
        })
    }
}
