//! The work of a run that backs up.

use super::work::Ended;
use crate::{
    Application, Cancel, Error, Result, messages,
    vault::{BackupRequest, BackupSummary, Outcome, Progress, SkippedFile, Vault},
};
use model::{LogLevel, RunStatus, TargetKind};
use std::{path::PathBuf, sync::Arc};
use store::{Destination, NewLine, NewSkipped, Plan, Run, RunCounts};

impl Application {
    pub(super) async fn back_up(
        &self,
        run: &Run,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<Ended> {
        let (plan, destination) = self.still_there(run).await?;
        let vault = self.open_vault(&destination, cancel).await?;
        let background = self.limits().await?.background;
        let request = BackupRequest { background, ..self.request(&plan, &destination) };
        let summary = vault.backup(request, progress, cancel).await?;
        for folder in &summary.left_out {
            self.note(run, messages::left_out(folder)).await?;
        }
        read_back(&vault, &summary, cancel).await?;
        let now = self.ambient.clock.now();
        let stored = summary.counts.data_added_packed;
        let copied = self.store.destinations().copied(destination.id, now, stored).await;
        copied.map_err(messages::store)?;
        Ok(ended(summary))
    }

    /// The plan and the destination as they are now, not as they were when the
    /// run was asked for.
    async fn still_there(&self, run: &Run) -> Result<(Plan, Destination)> {
        let gone = || messages::plan_gone(&run.plan_name);
        let plan = self.store.plans().get(run.plan.ok_or_else(gone)?).await;
        let plan = plan.map_err(messages::store)?.ok_or_else(gone)?;
        let target = plan.targets.iter().find(|target| Some(target.id) == run.target);
        let target = target.filter(|target| target.kind == TargetKind::Encrypted);
        let id = target.ok_or_else(gone)?.destination;
        let row = self.store.destinations().get(id).await.map_err(messages::store)?;
        Ok((plan, row.ok_or_else(gone)?))
    }

    fn request(&self, plan: &Plan, destination: &Destination) -> BackupRequest {
        BackupRequest {
            sources: plan.sources.clone(),
            excludes: plan.excludes.clone(),
            tags: vec![format!("ks:plan={}", plan.id), format!("ks:machine={}", self.machine)],
            never: self.never(destination),
            journal: Some(self.cache().join("journals")),
            ..BackupRequest::default()
        }
    }

    /// What is neither backed up nor restored into: where the copies lie, and
    /// Keepstead's own data.
    pub(crate) fn never(&self, destination: &Destination) -> Vec<PathBuf> {
        let own = [self.folder().to_owned()];
        own.into_iter().chain(destination.folder().map(Into::into)).collect()
    }

    async fn note(&self, run: &Run, message: String) -> Result<()> {
        let line = NewLine { at: self.ambient.clock.now(), level: LogLevel::Info, message };
        self.store.run_log().append(run.id, &[line]).await.map_err(messages::store)
    }
}

/// A backup counts when it can be read by somebody who knows nothing yet: opens
/// the repository anew and reads the backup's entry, the index and the backup's
/// first folder.
async fn read_back(vault: &Vault, summary: &BackupSummary, cancel: &Cancel) -> Result<()> {
    let mut any = |_| std::ops::ControlFlow::Continue(());
    let read = async {
        let anew = vault.anew(cancel).await?;
        anew.browse(&summary.snapshot_id, None, false, &mut any, cancel).await
    };
    read.await.map_err(|error: Error| messages::not_read_back(&error))
}

fn ended(summary: BackupSummary) -> Ended {
    let counts = &summary.counts;
    Ended {
        status: match summary.outcome {
            Outcome::Succeeded => RunStatus::Success,
            Outcome::Partial => RunStatus::PartialSuccess,
        },
        counts: RunCounts {
            files_total: Some(counts.total_files_processed),
            files_done: counts.total_files_processed,
            files_new: counts.files_new,
            files_changed: counts.files_changed,
            files_unmodified: counts.files_unmodified,
            files_skipped: summary.skipped.len() as u64,
            bytes_total: Some(counts.total_bytes_processed),
            bytes_done: counts.total_bytes_processed,
            bytes_added: counts.data_added,
            bytes_stored: counts.data_added_packed,
        },
        verified: true,
        skipped: summary.skipped.into_iter().map(skipped_row).collect(),
        snapshot: Some(summary.snapshot_id),
        ..Ended::default()
    }
}

pub(super) fn skipped_row(file: SkippedFile) -> NewSkipped {
    NewSkipped {
        path: file.path.into(),
        reason: match serde_json::to_value(file.reason) {
            Ok(serde_json::Value::String(name)) => name,
            _ => String::new(),
        },
        message: file.message,
    }
}
