//! `keepstead vault copy`.

use super::{Session, limits::Limits};
use crate::{
    failure::Result,
    output::{Output, duration, local_time, plural, size, unless_closed},
    passphrase, progress,
};
use app::vault::{CopySummary, Outcome, Progress, Vault};
use clap::Args;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

/// How many backups are named to people.
const SHOWN: usize = 100;

/// Copy backups from another repository
///
/// What is in this repository already is neither read nor copied again, so a
/// copy that broke off goes on where it was. A backup of which anything is
/// damaged is not copied; the others are.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The beginnings of their ids, or `latest`; all backups when none is given
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// The folder of the repository to copy from
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// A file that holds its passphrase; without it, the variable
    /// KEEPSTEAD_FROM_PASSWORD or the terminal is asked
    #[arg(long, value_name = "FILE")]
    from_password_file: Option<PathBuf>,
    /// Say what would be copied, and change nothing
    #[arg(long, short = 'n')]
    dry_run: bool,
    #[command(flatten)]
    limits: Limits,
}

/// Opens the repository that something is taken over from.
pub(super) async fn open_from(
    session: &Session,
    folder: &Path,
    password_file: Option<&Path>,
) -> Result<Vault> {
    let passphrase = passphrase::FROM.get(password_file, &session.cancel).await?;
    session.open_in(folder, &passphrase).await
}

impl Arguments {
    pub(super) async fn run(self, session: &Session) -> Result<ExitCode> {
        let Session { output, cancel, .. } = session;
        let from = open_from(session, &self.from, self.from_password_file.as_deref()).await?;
        let to = session.open().await?;
        let progress = Arc::new(Progress::default());
        self.limits.apply(&from, &progress);
        self.limits.apply(&to, &progress);
        let things = ("backup", "backups");
        let summary = if self.dry_run {
            let work = to.preview_copy(&from, &self.ids, &progress, cancel);
            progress::shown(*output, things, &progress, work).await?
        } else {
            let work = to.copy(&from, &self.ids, &progress, cancel);
            progress::shown(*output, things, &progress, work).await?
        };
        warn(*output, &summary);
        unless_closed(output.message("summary", &summary))?;
        unless_closed(say(*output, &summary))?;
        Ok(match summary.outcome {
            Outcome::Succeeded => ExitCode::SUCCESS,
            Outcome::Partial => ExitCode::from(3),
        })
    }
}

fn warn(output: Output, summary: &CopySummary) {
    for backup in summary.uncopied.iter().take(SHOWN) {
        let time = backup.time.as_deref();
        let time = time.map_or_else(String::new, |time| format!(" of {}", local_time(time)));
        output.warn(&format!("Not copied: backup {}{time}. {}", backup.short_id, backup.message));
    }
    if summary.uncopied.len() > SHOWN {
        output.warn("And more (--json lists all)");
    }
}

fn say(output: Output, summary: &CopySummary) -> Result<()> {
    let backups = |count: usize| plural(count as u64, "backup", "backups");
    for copied in summary.copied.iter().take(SHOWN) {
        let (id, time) = (&copied.backup.short_id, local_time(&copied.backup.time));
        let copy = copied.copy_id.as_deref().and_then(|id| id.get(..8));
        let copy = copy.map_or_else(String::new, |copy| format!("  is here as {copy}"));
        output.say(&format!("{id}  {time}{copy}"))?;
    }
    if summary.copied.len() > SHOWN {
        output.say("and more (--json lists all)")?;
    }
    if !summary.already.is_empty() {
        let were = if summary.already.len() == 1 { "was" } else { "were" };
        output.say(&format!("{} {were} here already", backups(summary.already.len())))?;
    }
    let what = format!(
        "{}: {} and {}, {}",
        backups(summary.copied.len()),
        plural(summary.data_blobs, "part of files", "parts of files"),
        plural(summary.tree_blobs, "folder", "folders"),
        size(summary.bytes),
    );
    let took = duration(Duration::from_secs_f64(summary.duration_seconds));
    output.say(&match summary.dry_run {
        true => format!("Would copy {what}; nothing was changed"),
        false => format!("Copied {what}, in {took}"),
    })
}
