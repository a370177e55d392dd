//! `keepstead run`, and what is shown of runs.

use super::{Common, Session};
use crate::{
    failure::Result,
    output::{Output, plural, size, unless_closed, visible},
    restoring,
};
use app::{Application, Cancel, LogLevel, RunEntry, RunKind, RunResult, RunStatus, Trigger};
use clap::Args;
use indicatif::ProgressBar;
use std::{
    io::{self, IsTerminal},
    process::ExitCode,
    time::Duration,
};

/// How many skipped files are named.
const NAMED: u32 = 20;

/// Back up now: these plans, or all that are not paused
///
/// While the window is open, or another command runs, that one does the work
/// and this one watches. Exit codes: 0 done, 1 one of the runs failed, 3 files
/// were skipped.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
    /// Names of plans
    #[arg(value_name = "PLAN")]
    plans: Vec<String>,
}

impl Arguments {
    pub(crate) fn run(self) -> ExitCode {
        super::run(self.common, |session: Session| async move {
            let application = session.open().await?;
            let ids = application.queue_backups(&self.plans, Trigger::Command).await?;
            finish(&application, &ids, session.output, &session.cancel).await
        })
    }
}

/// Sees runs to their end, shows how far they are, and says how they ended.
pub(super) async fn finish(
    application: &Application,
    ids: &[String],
    output: Output,
    cancel: &Cancel,
) -> Result<ExitCode> {
    let bar = (!output.json && !output.quiet && io::stderr().is_terminal())
        .then(|| ProgressBar::new_spinner().with_style(style()));
    if let Some(bar) = &bar {
        bar.enable_steady_tick(Duration::from_millis(120));
    }
    let mut last: Option<RunEntry> = None;
    let mut watch = |entry: &RunEntry| {
        if entry.is_over() || entry.progress.is_none() || last.as_ref() == Some(entry) {
            return;
        }
        if let Some(bar) = &bar {
            bar.set_message(line(entry));
        } else {
            // Work goes on when nobody watches.
            let _ = output.message("status", entry);
        }
        last = Some(entry.clone());
    };
    let entries = application.finish_runs(ids, &mut watch, cancel).await;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let mut code = 0;
    for entry in entries? {
        unless_closed(output.message("run", &entry))?;
        unless_closed(say(output, &entry))?;
        if entry.kind == RunKind::Restore {
            name_renamed(application, output, &entry).await?;
        }
        if entry.kind == RunKind::Verify {
            name_findings(application, output, &entry).await?;
        }
        if entry.files_skipped > 0 {
            name_skipped(application, output, &entry).await?;
        }
        code = match (code, entry.status) {
            (1, _) | (_, RunStatus::Failed | RunStatus::Cancelled) => 1,
            (_, RunStatus::PartialSuccess) => 3,
            (code, _) => code,
        };
    }
    Ok(ExitCode::from(code))
}

fn style() -> indicatif::ProgressStyle {
    indicatif::ProgressStyle::with_template("{spinner} {msg}")
        .unwrap_or_else(|_| indicatif::ProgressStyle::default_spinner())
}

fn line(entry: &RunEntry) -> String {
    let Some(progress) = &entry.progress else { return String::new() };
    let (one, many) = match entry.kind {
        RunKind::Verify => ("pack", "packs"),
        RunKind::Prune => ("folder", "folders"),
        RunKind::Backup | RunKind::Restore | RunKind::Drill | RunKind::Copy => ("file", "files"),
    };
    format!(
        "{}: {}{} of {} · {} of {}",
        visible(&name(entry)),
        if entry.paused { "paused · " } else { "" },
        progress.files_done,
        plural(progress.total_files, one, many),
        size(progress.bytes_done),
        size(progress.total_bytes)
    )
}

fn name(entry: &RunEntry) -> String {
    match entry.kind {
        RunKind::Restore => format!("Restore from {}", entry.destination),
        RunKind::Verify => format!("Verifying {}", entry.destination),
        RunKind::Prune => format!("Cleaning up {}", entry.destination),
        RunKind::Backup | RunKind::Drill | RunKind::Copy => {
            format!("{} → {}", entry.plan, entry.destination)
        }
    }
}

/// How a run stands or ended, in a line or two.
pub(super) fn say(output: Output, entry: &RunEntry) -> Result<()> {
    let what = visible(&name(entry)).into_owned();
    let files = plural(entry.files_total, "file", "files");
    let done = match (entry.kind, &entry.result) {
        (RunKind::Restore, _) => format!("{files}, {}", size(entry.bytes_total)),
        (_, Some(result)) => came_to(result),
        _ => format!(
            "{files}, {}; {} new, {} changed; stored {}",
            size(entry.bytes_total),
            entry.files_new,
            entry.files_changed,
            size(entry.bytes_stored)
        ),
    };
    match entry.status {
        RunStatus::Success if entry.result.is_some() => output.say(&format!("{what}: {done}")),
        RunStatus::Success => output.say(&format!("{what}: done, and read back. {done}")),
        RunStatus::PartialSuccess => {
            output.say(&format!("{what}: done, with skipped files. {done}"))
        }
        RunStatus::Cancelled => output.say(&format!("{what}: cancelled.")),
        RunStatus::Failed => {
            if let Some(error) = &entry.error {
                let failed = if entry.result.is_some() { "" } else { "failed. " };
                output.warn(&format!("{what}: {failed}{}", visible(&error.message)));
                if !error.hint.is_empty() {
                    output.warn(&visible(&error.hint));
                }
            }
            Ok(())
        }
        RunStatus::Pending => output.say(&format!("{what}: waiting.")),
        _ if entry.paused => output.say(&format!("{what}: paused.")),
        _ => output.say(&format!("{what}: under way.")),
    }
}

/// What a verification or a clean-up came to.
fn came_to(result: &RunResult) -> String {
    match result {
        RunResult::Verified { backups, bytes, bytes_read, .. } => format!(
            "no errors were found in {}; read {} of {}",
            plural(*backups, "backup", "backups"),
            size(*bytes_read),
            size(*bytes),
        ),
        RunResult::CleanedUp { bytes_freed, bytes_waiting, .. } => {
            let waits = match bytes_waiting {
                0 => String::new(),
                bytes => format!("; {} waits to be deleted by a later clean-up", size(*bytes)),
            };
            format!("done, {} freed{waits}", size(*bytes_freed))
        }
    }
}

/// Names what a verification found.
async fn name_findings(application: &Application, output: Output, entry: &RunEntry) -> Result<()> {
    for line in application.log(&entry.id).await? {
        unless_closed(output.message("log", &line))?;
        // The last line says how it ended, and was said.
        let is_end = entry.error.as_ref().is_some_and(|error| error.message == line.message);
        if line.level != LogLevel::Info && !is_end {
            output.warn(&format!("  {}", visible(&line.message)));
        }
    }
    Ok(())
}

async fn name_renamed(application: &Application, output: Output, entry: &RunEntry) -> Result<()> {
    let files = application.renamed(&entry.id, 0, u32::MAX).await?;
    for file in &files {
        unless_closed(output.message("renamed", file))?;
    }
    unless_closed(restoring::renamed(output, &files, files.len() as u64))
}

async fn name_skipped(application: &Application, output: Output, entry: &RunEntry) -> Result<()> {
    if output.json {
        let files = application.skipped(&entry.id, None, 0, u32::MAX).await?;
        for file in &files {
            unless_closed(output.message("skipped", file))?;
        }
        return Ok(());
    }
    for file in application.skipped(&entry.id, None, 0, NAMED).await? {
        output.warn(&format!("  {}  {}", visible(&file.path.path), file.message));
    }
    if entry.files_skipped > u64::from(NAMED) {
        let more = entry.files_skipped - u64::from(NAMED);
        output.warn(&format!("  and {more} more (--json lists all)"));
    }
    Ok(())
}
