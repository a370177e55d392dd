//! Backing up.

use super::{BackupSummary, PathText, SkippedFile, Vault};
use crate::{
    Cancel, Result,
    messages::{self, Act},
};
use std::{path::PathBuf, sync::Arc};
use vault::{
    Progress, Skipped,
    backup::{BackupOptions, BackupReport, ParentChoice},
    format::NodeTime,
};

/// Which backup a backup is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Parent {
    /// The latest of this machine with the same sources.
    #[default]
    Latest,
    /// The one whose id begins so.
    Backup(String),
    /// None: every file is read again.
    None,
}

/// What to back up, and how.
#[derive(Clone, Debug, Default)]
pub struct BackupRequest {
    /// Files and folders.
    pub sources: Vec<PathBuf>,
    /// Patterns of what is left out.
    pub excludes: Vec<String>,
    /// Folders that are never backed up, besides that of the repository.
    pub never: Vec<PathBuf>,
    /// Tags of the backup.
    pub tags: Vec<String>,
    /// The name of the machine, where it is another than its own.
    pub hostname: Option<String>,
    /// What to compare with.
    pub parent: Parent,
    /// A folder for what helps the next backup when this one breaks off.
    pub journal: Option<PathBuf>,
    /// Whether it yields to other programs, where the system has priorities for
    /// threads.
    pub background: bool,
}

impl Vault {
    /// Backs up. The folder of the repository is never part of it.
    ///
    /// # Errors
    /// When no backup was made.
    pub async fn backup(
        &self,
        request: BackupRequest,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<BackupSummary> {
        let mut host = self.host.clone();
        if let Some(hostname) = request.hostname {
            host.hostname = hostname;
        }
        let mut never = request.never;
        never.push(self.folder.clone());
        let options = BackupOptions {
            excludes: request.excludes,
            never,
            tags: request.tags,
            journal: request.journal,
            background: request.background,
            parent: match request.parent {
                Parent::Latest => ParentChoice::Latest,
                Parent::Backup(id) => ParentChoice::Snapshot(id),
                Parent::None => ParentChoice::None,
            },
            ..BackupOptions::new(request.sources)
        };
        let report = self
            .repository
            .backup(&options, &host, progress, cancel)
            .await
            .map_err(self.failed(Act::Backup))?;
        Ok(summary(&report))
    }
}

fn summary(report: &BackupReport) -> BackupSummary {
    BackupSummary {
        outcome: report.outcome.into(),
        snapshot_id: report.id.to_string(),
        parent: report.snapshot.parent.map(|id| id.to_string()),
        counts: (&report.summary).into(),
        duration_seconds: seconds(&report.summary.backup_start, &report.summary.backup_end),
        skipped: report.skipped.iter().map(skipped).collect(),
        left_out: report.left_out.iter().map(|path| path.to_string_lossy().into_owned()).collect(),
    }
}

pub(super) fn skipped(skipped: &Skipped) -> SkippedFile {
    let (reason, message) = messages::skipped(skipped.reason);
    SkippedFile { path: PathText::new(&skipped.path), reason, message: message.to_owned() }
}

fn seconds(start: &NodeTime, end: &NodeTime) -> f64 {
    let nanoseconds = f64::from(end.nanoseconds) - f64::from(start.nanoseconds);
    #[expect(clippy::cast_precision_loss, reason = "a duration for people")]
    let seconds = (end.seconds - start.seconds) as f64;
    (seconds + nanoseconds / 1e9).max(0.0)
}
