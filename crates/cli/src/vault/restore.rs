//! `keepstead vault restore`.

use super::{Session, skipped};
use crate::{
    failure::Result,
    output::{Output, duration, plural, size, unless_closed, visible},
    progress,
};
use app::vault::{Existing, Outcome, Progress, RestorePreview, RestoreRequest, RestoreSummary};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

/// Bring files back
///
/// The paths of the backup are laid out below the target, as restic lays them
/// out: /home/me/letter comes to DIR/home/me/letter.
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
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ExistingFiles {
    /// Restore nothing at all
    Refuse,
    /// Replace them by those of the backup
    Overwrite,
    /// Leave them as they are
    Keep,
}

/// What a restore would do, for programs.
#[derive(Serialize)]
struct DryRun<'a> {
    outcome: Outcome,
    dry_run: bool,
    #[serde(flatten)]
    preview: &'a RestorePreview,
}

impl Arguments {
    pub(super) async fn run(self, session: &Session) -> Result<ExitCode> {
        let Session { output, cancel, .. } = session;
        let vault = session.open().await?;
        let request = RestoreRequest {
            backup: self.id,
            target: self.target,
            include: self.include,
            existing: match self.existing {
                ExistingFiles::Refuse => Existing::Refuse,
                ExistingFiles::Overwrite => Existing::Overwrite,
                ExistingFiles::Keep => Existing::Keep,
            },
        };
        let planned = vault.plan_restore(request, cancel).await?;
        if self.dry_run {
            return would(*output, &planned.preview());
        }
        let progress = Arc::new(Progress::default());
        let work = vault.restore(&planned, &progress, cancel);
        let summary = progress::shown(*output, ("file", "files"), &progress, work).await?;
        skipped::report(*output, &summary.skipped);
        unless_closed(output.message("summary", &summary))?;
        unless_closed(say(*output, &summary))?;
        Ok(skipped::exit_code(summary.outcome))
    }
}

fn would(output: Output, preview: &RestorePreview) -> Result<ExitCode> {
    let complete = preview.unreadable.is_empty();
    let outcome = if complete { Outcome::Succeeded } else { Outcome::Partial };
    for path in &preview.unreadable {
        output.warn(&format!("Cannot be restored, it is damaged in the backup: {}", visible(path)));
    }
    output.message("summary", &DryRun { outcome, dry_run: true, preview })?;
    output.say(&format!(
        "Would restore {} and {} of backup {}, {}, to {}",
        plural(preview.files + preview.others, "file", "files"),
        plural(preview.folders, "folder", "folders"),
        &preview.snapshot_id[..8],
        size(preview.bytes),
        visible(&preview.target),
    ))?;
    if preview.conflicts > 0 {
        output.say(&format!("{} there already", plural(preview.conflicts, "is", "are")))?;
    }
    Ok(skipped::exit_code(outcome))
}

fn say(output: Output, summary: &RestoreSummary) -> Result<()> {
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
