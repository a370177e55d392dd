//! `keepstead vault check`.

use super::{Session, span};
use crate::{
    failure::Result,
    output::{Output, duration, local_time, plural, size, unless_closed, visible},
    progress,
};
use app::vault::{CheckOptions, CheckSummary, Progress, Reading, Sample};
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
    #[arg(long, group = "Reads")]
    read_data: bool,
    /// Read and verify a part: so many percent of all packs (5%) or so many
    /// bytes (500M), chosen at random, or a fixed part (1/12)
    #[arg(long, value_name = "N%|SIZE|N/T", group = "Reads")]
    sample: Option<Sample>,
    /// Do not read again what was found right not longer ago than this, as 30d
    #[arg(long, value_name = "SPAN", value_parser = span::parse, requires = "Reads")]
    max_age: Option<Duration>,
}

impl Arguments {
    fn options(&self) -> Result<CheckOptions> {
        let reading = match self.sample {
            Some(sample) => Reading::Sample(sample),
            None if self.read_data => Reading::All,
            None => Reading::Nothing,
        };
        let record = match app::data_folder() {
            // A folder of Keepstead's own is made only for who asks for it.
            Ok(folder) if self.max_age.is_some() || folder.is_dir() => {
                Some(app::checks_folder(&folder))
            }
            Err(error) if self.max_age.is_some() => return Err(error.into()),
            _ => None,
        };
        Ok(CheckOptions { reading, max_age: self.max_age, record, ..CheckOptions::default() })
    }

    pub(super) async fn run(self, session: &Session) -> Result<ExitCode> {
        let Session { output, cancel, .. } = session;
        let options = self.options()?;
        let vault = session.open().await?;
        let progress = Arc::new(Progress::default());
        let work = vault.check(&options, &progress, cancel);
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
    let how = how(summary);
    output.say(&format!(
        "No errors found in {}, {} and {} ({how}), in {}",
        plural(summary.backups, "backup", "backups"),
        plural(summary.trees, "folder", "folders"),
        plural(summary.packs, "pack", "packs"),
        duration(Duration::from_secs_f64(summary.duration_seconds)),
    ))
}

/// What was read, and what was not.
fn how(summary: &CheckSummary) -> String {
    if !summary.read_data && !summary.sampled {
        return "names and lengths verified; --read-data reads every byte".to_owned();
    }
    let mut how = format!("read and verified {}", size(summary.bytes_read));
    if summary.sampled {
        how += &format!(" of {}", size(summary.bytes));
    }
    if let Some(oldest) = &summary.oldest_reused {
        how += &format!(
            " now; {} in {} were read earlier, the first on {}",
            size(summary.bytes_reused),
            plural(summary.packs_reused, "pack", "packs"),
            local_time(oldest),
        );
    }
    how
}
