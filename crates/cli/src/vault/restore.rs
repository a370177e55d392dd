//! `keepstead vault restore`.

use super::{Session, limits::Limits, skipped};
use crate::{
    failure::Result,
    output::{Output, duration, plural, size, unless_closed, visible},
    progress,
    restoring::{ExistingFiles, renamed, would},
};
use app::vault::{Outcome, Progress, RestoreRequest, RestoreSummary};
use clap::Args;
use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

/// Bring files back
///
/// The paths of the backup are laid out below the target, as restic lays them
/// out: /home/me/letter comes to DIR/home/me/letter. Below / everything comes to
/// where it was, through links that have taken the place of folders since.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The beginning of the backup's id, or `latest`
    id: String,
    /// The folder to restore to; it is made when it is missing
    #[arg(long, short, value_name = "DIR")]
    target: PathBuf,
    /// Only what matches: a path in the backup, or a pattern as `*.odt`
    #[arg(long, short, value_name = "PATTERN")]
    include: Vec<String>,
    /// What happens when files are there already
    #[arg(long, value_enum, value_name = "WHAT", default_value = "refuse")]
    existing: ExistingFiles,
    /// Say what would be restored, and write nothing
    #[arg(long, short = 'n')]
    dry_run: bool,
    #[command(flatten)]
    limits: Limits,
}

impl Arguments {
    pub(super) async fn run(self, session: &Session) -> Result<ExitCode> {
        let (Session { output, cancel, .. }, limits) = (session, self.limits);
        let vault = session.open().await?;
        let request = RestoreRequest {
            paths: Vec::new(),
            backup: self.id,
            target: self.target,
            include: self.include,
            existing: self.existing.into(),
            never: Vec::new(),
        };
        let planned = vault.plan_restore(request, cancel).await?;
        if self.dry_run {
            return would(*output, &planned.preview(), self.existing.into());
        }
        let progress = Arc::new(Progress::default());
        limits.apply(&vault, &progress);
        let work = vault.restore(&planned, &progress, cancel);
        let summary = progress::shown(*output, ("file", "files"), &progress, work).await?;
        skipped::report(*output, &summary.skipped);
        unless_closed(output.message("summary", &summary))?;
        unless_closed(say(*output, &summary))?;
        Ok(skipped::exit_code(summary.outcome))
    }
}

fn say(output: Output, summary: &RestoreSummary) -> Result<()> {
    renamed(output, &summary.renamed, summary.renamed_count)?;
    if summary.files_kept > 0 {
        let kept = plural(summary.files_kept, "file", "files");
        let were = if summary.files_kept == 1 { "was" } else { "were" };
        output.say(&format!("Kept {kept} that {were} there already"))?;
    }
    output.say(&format!(
        "Restored {} and {} of backup {}, {}, to {} in {}{}",
        plural(summary.files + summary.others, "file", "files"),
        plural(summary.folders, "folder", "folders"),
        &summary.snapshot_id[..8],
        size(summary.bytes),
        visible(&summary.target),
        duration(Duration::from_secs_f64(summary.duration_seconds)),
        match summary.outcome {
            Outcome::Succeeded => "",
            Outcome::Partial => "; not all, see above",
        },
    ))
}
