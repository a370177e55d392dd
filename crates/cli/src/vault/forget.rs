//! `keepstead vault forget`.

use super::{
    Session,
    prune::{self, percent},
    span,
};
use crate::{
    failure::Result,
    output::{Output, local_time, plural, unless_closed, visible},
    progress,
};
use app::vault::{
    Count, Filter, ForgetOptions, ForgetRequest, ForgetSummary, GroupBy, NamedBackup, Period,
    Policy, Progress, PruneSettings, TagList,
};
use clap::Args;
use jiff::tz::TimeZone;
use std::{process::ExitCode, sync::Arc, time::Duration};

/// Remove backups that no rule keeps, or those that are named
///
/// The rules are those of restic, and each is asked by itself: a backup stays
/// when one of them wants it. They are carried out for each machine and set of
/// paths by themselves, and never take the newest backup of them. Room is freed
/// by `prune`, or with --prune.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The beginning of a backup's id, or `latest`: remove these and no others
    #[arg(conflicts_with_all = ["Rules", "Groups"])]
    ids: Vec<String>,
    #[command(flatten)]
    rules: Rules,
    #[command(flatten)]
    groups: Groups,
    /// Free their room as well, before anyone else works on the repository
    #[arg(long)]
    prune: bool,
    /// How long to wait before deleting what that frees, as 1d12h; 0 deletes at
    /// once
    #[arg(long, value_name = "SPAN", default_value = "24h", requires = "prune")]
    #[arg(value_parser = span::or_zero)]
    grace: Duration,
    /// How much of what is stored may be unneeded then, in percent
    #[arg(long, value_name = "PERCENT", default_value = "5", requires = "prune")]
    #[arg(value_parser = percent)]
    max_unused: f64,
    /// Say what would be removed, and remove nothing
    #[arg(long, short = 'n')]
    dry_run: bool,
}

#[derive(Debug, Args)]
#[group(id = "Rules", multiple = true)]
struct Rules {
    /// Keep the newest N backups; here and below, `unlimited` is all
    #[arg(long, value_name = "N", value_parser = count)]
    keep_last: Option<Count>,
    /// Keep the newest backup of each of the last N hours that have one
    #[arg(long, value_name = "N", value_parser = count)]
    keep_hourly: Option<Count>,
    /// The same of days
    #[arg(long, value_name = "N", value_parser = count)]
    keep_daily: Option<Count>,
    /// The same of weeks, which begin on Monday
    #[arg(long, value_name = "N", value_parser = count)]
    keep_weekly: Option<Count>,
    /// The same of months
    #[arg(long, value_name = "N", value_parser = count)]
    keep_monthly: Option<Count>,
    /// The same of years
    #[arg(long, value_name = "N", value_parser = count)]
    keep_yearly: Option<Count>,
    /// Keep all that are not older than the newest by more than this, as 1y5m7d2h
    #[arg(long, value_name = "SPAN")]
    keep_within: Option<Period>,
    /// Of these, keep the newest of each hour
    #[arg(long, value_name = "SPAN")]
    keep_within_hourly: Option<Period>,
    /// Of each day
    #[arg(long, value_name = "SPAN")]
    keep_within_daily: Option<Period>,
    /// Of each week
    #[arg(long, value_name = "SPAN")]
    keep_within_weekly: Option<Period>,
    /// Of each month
    #[arg(long, value_name = "SPAN")]
    keep_within_monthly: Option<Period>,
    /// Of each year
    #[arg(long, value_name = "SPAN")]
    keep_within_yearly: Option<Period>,
    /// Keep all that have these tags, as a,b
    #[arg(long, value_name = "TAGS", value_parser = tags)]
    keep_tag: Vec<TagList>,
}

#[derive(Debug, Args)]
#[group(id = "Groups", multiple = true)]
struct Groups {
    /// What the rules are carried out for by themselves: host, paths, tags
    #[arg(long, value_name = "LIST", default_value = "host,paths", value_parser = group_by)]
    group_by: GroupBy,
    /// Only about backups of this machine
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// Only about backups that have these tags, as a,b
    #[arg(long, value_name = "TAGS", value_parser = tags)]
    tag: Vec<TagList>,
    /// Only about backups of this path
    #[arg(long, value_name = "PATH")]
    path: Vec<String>,
    /// Where days and hours begin, as Europe/Berlin; otherwise by the clock
    /// that each backup was made with
    #[arg(long, value_name = "NAME", value_parser = zone)]
    time_zone: Option<TimeZone>,
}

fn count(text: &str) -> std::result::Result<Count, &'static str> {
    match text {
        "unlimited" => Ok(Count::All),
        number => number.parse().map(Count::Newest).map_err(|_| "a number, or `unlimited`"),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the form that clap wants")]
fn tags(text: &str) -> std::result::Result<TagList, std::convert::Infallible> {
    Ok(TagList::parse(text))
}

fn group_by(text: &str) -> std::result::Result<GroupBy, &'static str> {
    let mut by = GroupBy { host: false, paths: false, tags: false };
    for word in text.split(',') {
        match word.trim() {
            "host" | "hosts" => by.host = true,
            "path" | "paths" => by.paths = true,
            "tag" | "tags" => by.tags = true,
            "" => {}
            _ => return Err("host, paths and tags, with commas between them"),
        }
    }
    Ok(by)
}

fn zone(name: &str) -> std::result::Result<TimeZone, &'static str> {
    TimeZone::get(name).map_err(|_| "no such time zone")
}

impl Arguments {
    pub(super) async fn run(self, session: &Session) -> Result<ExitCode> {
        let Session { output, cancel, .. } = session;
        let vault = session.open().await?;
        let (dry_run, prune) = (self.dry_run, self.prune);
        let (max_unused, grace) = (self.max_unused, self.grace);
        let settings = PruneSettings { max_unused, grace, ..PruneSettings::default() };
        let planned = vault.plan_forget(&self.request(), cancel).await?;
        let progress = Arc::new(Progress::default());
        let shown = ("step", "steps");
        let (summary, pruned) = match (dry_run, prune) {
            (true, false) => (planned.preview(), None),
            (false, false) => (vault.forget(&planned, cancel).await?, None),
            (true, true) => {
                let work = vault.plan_prune_after(&planned, &settings, &progress, cancel);
                let plan = progress::shown(*output, shown, &progress, work).await?;
                (planned.preview(), Some(Ok(vault.preview_prune(&plan))))
            }
            (false, true) => {
                let work = vault.forget_and_prune(&planned, &settings, &progress, cancel);
                let (summary, pruned) = progress::shown(*output, shown, &progress, work).await?;
                (summary, Some(pruned))
            }
        };
        unless_closed(output.message("summary", &summary))?;
        unless_closed(say(*output, &summary, prune))?;
        if let Some(pruned) = pruned {
            let pruned = pruned?;
            unless_closed(output.message("prune", &pruned))?;
            unless_closed(prune::say(*output, &pruned))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn request(self) -> ForgetRequest {
        if !self.ids.is_empty() {
            return ForgetRequest::Backups(self.ids);
        }
        let Rules { keep_within, keep_tag, .. } = self.rules;
        let policy = Policy {
            last: self.rules.keep_last.unwrap_or_default(),
            hourly: self.rules.keep_hourly.unwrap_or_default(),
            daily: self.rules.keep_daily.unwrap_or_default(),
            weekly: self.rules.keep_weekly.unwrap_or_default(),
            monthly: self.rules.keep_monthly.unwrap_or_default(),
            yearly: self.rules.keep_yearly.unwrap_or_default(),
            within: keep_within.unwrap_or_default(),
            within_hourly: self.rules.keep_within_hourly.unwrap_or_default(),
            within_daily: self.rules.keep_within_daily.unwrap_or_default(),
            within_weekly: self.rules.keep_within_weekly.unwrap_or_default(),
            within_monthly: self.rules.keep_within_monthly.unwrap_or_default(),
            within_yearly: self.rules.keep_within_yearly.unwrap_or_default(),
            tags: keep_tag,
        };
        let Groups { group_by, host, tag, path, time_zone } = self.groups;
        let filter = Filter { hosts: host, tags: tag, paths: path };
        let options = ForgetOptions { policy, group_by, filter, zone: time_zone };
        ForgetRequest::Rules(Box::new(options))
    }
}

fn say(output: Output, summary: &ForgetSummary, prune: bool) -> Result<()> {
    for group in &summary.groups {
        for kept in &group.keep {
            let why = match &kept.reasons[..] {
                [] => String::new(),
                reasons => format!("  ({})", visible(&reasons.join(", "))),
            };
            output.say(&format!("keep    {}{why}", line(&kept.backup)))?;
        }
        for backup in &group.remove {
            output.say(&format!("remove  {}", line(backup)))?;
        }
    }
    let removed = plural(summary.removed as u64, "backup", "backups");
    let kept = plural(summary.kept as u64, "backup", "backups");
    if summary.dry_run {
        output.say(&format!("Would remove {removed} and keep {kept}; nothing was changed"))
    } else {
        let then = if prune { "" } else { "; `prune` frees the room" };
        output.say(&format!("Removed {removed}, kept {kept}{then}"))
    }
}

fn line(backup: &NamedBackup) -> String {
    format!(
        "{}  {}  {}  {}",
        backup.short_id,
        local_time(&backup.time),
        visible(&backup.hostname),
        visible(&backup.paths.join(", ")),
    )
}
