//! `keepstead vault prune`.

use super::{Session, span};
use crate::{
    failure::Result,
    output::{Output, duration, plural, size, unless_closed},
    progress,
};
use app::vault::{Progress, PruneSettings, PruneSummary};
use clap::Args;
use std::{process::ExitCode, sync::Arc, time::Duration};

/// Free the room of what no backup needs
///
/// What is found to be unneeded is marked, and deleted by a later prune when a
/// day has passed: until then a machine that was asleep meanwhile can still say
/// that it needs it. Nobody else can work on the repository meanwhile.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How long to wait before deleting, as 1d12h; 0 deletes at once
    #[arg(long, value_name = "SPAN", default_value = "24h", value_parser = span::or_zero)]
    grace: Duration,
    /// How much of what is stored may be unneeded, in percent, before packs
    /// that are needed in part are written anew
    #[arg(long, value_name = "PERCENT", default_value = "5", value_parser = percent)]
    max_unused: f64,
    /// Say what would be done, and change nothing
    #[arg(long, short = 'n')]
    dry_run: bool,
}

pub(super) fn percent(text: &str) -> std::result::Result<f64, &'static str> {
    let number = text.trim_end_matches('%').parse().ok();
    number.filter(|number| (0.0..=100.0).contains(number)).ok_or("a number from 0 to 100")
}

impl Arguments {
    pub(super) async fn run(self, session: &Session) -> Result<ExitCode> {
        let Session { output, cancel, .. } = session;
        let vault = session.open().await?;
        let (max_unused, grace) = (self.max_unused, self.grace);
        let settings = PruneSettings { max_unused, grace, ..PruneSettings::default() };
        let progress = Arc::new(Progress::default());
        let work = vault.plan_prune(&settings, &progress, cancel);
        let planned = progress::shown(*output, ("folder", "folders"), &progress, work).await?;
        let summary = if self.dry_run {
            vault.preview_prune(&planned)
        } else {
            let progress = Arc::new(Progress::default());
            let work = vault.prune(&planned, &progress, cancel);
            progress::shown(*output, ("pack", "packs"), &progress, work).await?
        };
        unless_closed(output.message("summary", &summary))?;
        unless_closed(say(*output, &summary))?;
        Ok(ExitCode::SUCCESS)
    }
}

pub(super) fn say(output: Output, summary: &PruneSummary) -> Result<()> {
    let packs = |count: usize| plural(count as u64, "pack", "packs");
    let would = if summary.dry_run { "Would have " } else { "" };
    let verb = |done: &str| if would.is_empty() { capital(done) } else { done.to_owned() };
    output.say(&format!(
        "{} in {}, of which {} no backup needs",
        size(summary.bytes),
        plural(summary.packs, "pack", "packs"),
        size(summary.bytes.saturating_sub(summary.bytes_used)),
    ))?;
    if summary.packs_repacked > 0 {
        let what = packs(summary.packs_repacked);
        let bytes = size(summary.bytes_repacked);
        output.say(&format!("{would}{} {bytes} of {what} anew", verb("written")))?;
    }
    if summary.packs_marked > 0 {
        let (what, bytes) = (packs(summary.packs_marked), size(summary.bytes_marked));
        let after = duration(Duration::from_secs(summary.grace_seconds));
        let when = format!("to be deleted by the next prune after {after}");
        output.say(&format!("{would}{} {what}, {bytes}, {when}", verb("marked")))?;
    }
    if summary.packs_unmarked > 0 {
        let what = packs(summary.packs_unmarked);
        output.say(&format!("{would}{} {what} back into use", verb("taken")))?;
    }
    if summary.packs_waiting > 0 {
        let what = packs(summary.packs_waiting);
        output.say(&format!("{what} marked earlier: their time is not over yet"))?;
    }
    let (what, bytes) = (packs(summary.packs_deleted), size(summary.bytes_deleted));
    let took = duration(Duration::from_secs_f64(summary.duration_seconds));
    let last =
        if summary.dry_run { "; nothing was changed".to_owned() } else { format!(", in {took}") };
    output.say(&format!("{would}{} {what}, {bytes}{last}", verb("deleted")))
}

/// With a capital letter at its beginning.
fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}
