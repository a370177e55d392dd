//! `keepstead vault backup`.

use super::{Session, limits::Limits, skipped};
use crate::{
    failure::Result,
    output::{Output, duration, plural, size, unless_closed, visible},
    progress,
};
use app::vault::{BackupRequest, BackupSummary, Outcome, Parent, Progress};
use clap::Args;
use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

/// Back up files and folders
///
/// Files that have not changed since the backup before are not read again. The
/// folder of the repository itself is left out.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Leave out what matches: `*.tmp` and `node_modules` at any depth,
    /// `/home/*/Downloads` only there
    #[arg(long, short, value_name = "GLOB")]
    exclude: Vec<String>,
    /// A word to find the backup by
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// The name of this machine, where it should be another than its own
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
    /// Compare with this backup, instead of the latest of the same paths
    #[arg(long, value_name = "ID", conflicts_with = "force")]
    parent: Option<String>,
    /// Compare with none: read every file again
    #[arg(long, short)]
    force: bool,
    #[command(flatten)]
    limits: Limits,
}

impl Arguments {
    pub(super) async fn run(self, session: &Session) -> Result<ExitCode> {
        let (Session { output, cancel, .. }, limits) = (session, self.limits);
        let vault = session.open().await?;
        let request = BackupRequest {
            sources: self.paths,
            excludes: self.exclude,
            never: Vec::new(),
            tags: self.tag,
            hostname: self.host,
            journal: None,
            background: false,
            parent: match (self.parent, self.force) {
                (Some(id), _) => Parent::Backup(id),
                (None, true) => Parent::None,
                (None, false) => Parent::Latest,
            },
        };
        let progress = Arc::new(Progress::default());
        limits.apply(&vault, &progress);
        let work = vault.backup(request, &progress, cancel);
        let summary = progress::shown(*output, ("file", "files"), &progress, work).await?;
        skipped::report(*output, &summary.skipped);
        unless_closed(output.message("summary", &summary))?;
        unless_closed(say(*output, &summary))?;
        Ok(skipped::exit_code(summary.outcome))
    }
}

fn say(output: Output, summary: &BackupSummary) -> Result<()> {
    let counts = &summary.counts;
    for path in &summary.left_out {
        output
            .say(&format!("Left out: {}, because it is the destination itself", visible(path)))?;
    }
    output.say(&format!(
        "Files    {} new, {} changed, {} unchanged",
        counts.files_new, counts.files_changed, counts.files_unmodified
    ))?;
    output.say(&format!(
        "Folders  {} new, {} changed, {} unchanged",
        counts.dirs_new, counts.dirs_changed, counts.dirs_unmodified
    ))?;
    output.say(&format!(
        "Stored   {}, compressed to {}",
        size(counts.data_added),
        size(counts.data_added_packed)
    ))?;
    let ending = match summary.outcome {
        Outcome::Succeeded => "Backup",
        Outcome::Partial => "Backup with skipped files:",
    };
    output.say(&format!(
        "{ending} {} of {}, {}, in {}",
        &summary.snapshot_id[..8],
        plural(counts.total_files_processed, "file", "files"),
        size(counts.total_bytes_processed),
        duration(Duration::from_secs_f64(summary.duration_seconds)),
    ))
}
