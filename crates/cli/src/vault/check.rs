//! `keepstead vault check`.

use super::Session;
use crate::{
    failure::Result,
    output::{Output, duration, plural, size, unless_closed, visible},
    progress,
};
use app::vault::{CheckSummary, Progress};
use clap::Args;
use std::{process::ExitCode, sync::Arc, time::Duration};

/// How many findings are shown to people.
const SHOWN: usize = 100;

/// Verify that the backups are whole
///
/// Without --read-data every file of the repository must be there with the
/// right length, and every folder of every backup is read.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Read and verify every byte
    #[arg(long)]
    read_data: bool,
}

impl Arguments {
    pub(super) async fn run(self, session: &Session) -> Result<ExitCode> {
        let Session { output, cancel, .. } = session;
        let vault = session.open().await?;
        let progress = Arc::new(Progress::default());
        let work = vault.check(self.read_data, &progress, cancel);
        let summary = progress::shown(*output, ("pack", "packs"), &progress, work).await?;
        warn(*output, &summary);
        unless_closed(output.message("summary", &summary))?;
        summary.is_sound()?;
        unless_closed(say(*output, &summary))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn warn(output: Output, summary: &CheckSummary) {
    for found in summary.findings.iter().take(SHOWN) {
        let word = if found.is_error() { "Error" } else { "Note" };
        output.warn(&format!("{word}: {}", visible(&found.message)));
        for path in &found.examples {
            output.warn(&format!("  {}", visible(path)));
        }
        let more = found.files.saturating_sub(found.examples.len() as u64);
        if more > 0 {
            output.warn(&format!("  and {more} more"));
        }
    }
    let more = summary.findings.len().saturating_sub(SHOWN);
    if more > 0 {
        output.warn(&format!("And {more} more findings (--json lists all)"));
    }
}

fn say(output: Output, summary: &CheckSummary) -> Result<()> {
    let how = if summary.read_data {
        format!("read and verified {}", size(summary.bytes_read))
    } else {
        "names and lengths verified; --read-data reads every byte".to_owned()
    };
    output.say(&format!(
        "No errors found in {}, {} and {} ({how}), in {}",
        plural(summary.backups, "backup", "backups"),
        plural(summary.trees, "folder", "folders"),
        plural(summary.packs, "pack", "packs"),
        duration(Duration::from_secs_f64(summary.duration_seconds)),
    ))
}
