//! `keepstead vault forget`.

use super::Session;
use crate::{
    failure::Result,
    output::{Output, local_time, plural, unless_closed, visible},
};
use app::vault::{
    Count, Filter, ForgetOptions, ForgetRequest, ForgetSummary, GroupBy, NamedBackup, Period,
    Policy, TagList,
};
use clap::Args;
use jiff::tz::TimeZone;
use std::process::ExitCode;

/// Remove backups that no rule keeps, or those that are named
///
/// The rules are those of restic, and each is asked by itself: a backup stays
/// when one of them wants it. They are carried out for each machine and set of
/// paths by themselves, and never take the newest backup of them. Room is freed
/// by `prune`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The beginning of a backup's id, or `latest`: remove these and no others
    #[arg(conflicts_with_all = ["Rules", "Groups"])]
    ids: Vec<String>,
    #[command(flatten)]
    rules: Rules,
    #[command(flatten)]
    groups: Groups,
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
        let dry_run = self.dry_run;
        let planned = vault.plan_forget(&self.request(), cancel).await?;
        let summary =
            if dry_run { planned.preview() } else { vault.forget(&planned, cancel).await? };
        unless_closed(output.message("summary", &summary))?;
        unless_closed(say(*output, &summary))?;
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

fn say(output: Output, summary: &ForgetSummary) -> Result<()> {
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
        output.say(&format!("Removed {removed}, kept {kept}; `prune` frees the room"))
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
