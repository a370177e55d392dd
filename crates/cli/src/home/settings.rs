//! `keepstead settings`.

use super::{Common, Session};
use crate::{failure::Result, output::Output};
use app::RunLimits;
use clap::{Args, Subcommand};
use std::{process::ExitCode, str::FromStr};

/// Change what counts for all runs
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Limits(Limits),
}

/// Say how much runs may take, and change it
///
/// A change counts at once, also for what is under way. What is not named stays
/// as it is.
#[derive(Debug, Args)]
struct Limits {
    /// Send at most this many KiB a second to destinations
    #[arg(long, value_name = "KiB/s|off", value_parser = rate)]
    upload: Option<Limit<u64>>,
    /// Read at most this many KiB a second from destinations
    #[arg(long, value_name = "KiB/s|off", value_parser = rate)]
    download: Option<Limit<u64>>,
    /// Take at most this part of the time of all processors
    #[arg(long, value_name = "PERCENT|off", value_parser = percent)]
    cpu: Option<Limit<u8>>,
    /// Have backups yield to other programs, from the next one on
    #[arg(long, value_name = "on|off", value_parser = switch)]
    background: Option<bool>,
}

/// A limit that was given, or that there is to be none.
#[derive(Clone, Copy, Debug)]
struct Limit<T>(Option<T>);

fn rate(text: &str) -> std::result::Result<Limit<u64>, String> {
    limit(text, |rate| (1..1 << 40).contains(rate), "a number of KiB a second, or off")
}

fn percent(text: &str) -> std::result::Result<Limit<u8>, String> {
    // All of them is no limit.
    let limit =
        limit(text, |percent| (1..=100).contains(percent), "a number from 1 to 100, or off")?;
    Ok(Limit(limit.0.filter(|percent| *percent < 100)))
}

fn limit<T: FromStr>(
    text: &str,
    sound: impl Fn(&T) -> bool,
    wanted: &str,
) -> std::result::Result<Limit<T>, String> {
    if text == "off" {
        return Ok(Limit(None));
    }
    let number = text.parse().ok().filter(sound);
    number.map(|number| Limit(Some(number))).ok_or_else(|| format!("it takes {wanted}"))
}

fn switch(text: &str) -> std::result::Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("it takes on or off".to_owned()),
    }
}

impl Arguments {
    pub(crate) fn run(self) -> ExitCode {
        let Command::Limits(wanted) = self.command;
        super::run(self.common, |session: Session| async move {
            let application = session.open().await?;
            let mut limits = application.limits().await?;
            if wanted.change(&mut limits) {
                limits = application.set_limits(&limits).await?;
            }
            if session.output.json {
                session.output.value(&limits)?;
            }
            say(session.output, &limits)?;
            Ok(ExitCode::SUCCESS)
        })
    }
}

impl Limits {
    /// Takes over what was named; whether that changes anything.
    fn change(&self, limits: &mut RunLimits) -> bool {
        let before = *limits;
        limits.upload_kib = self.upload.map_or(limits.upload_kib, |limit| limit.0);
        limits.download_kib = self.download.map_or(limits.download_kib, |limit| limit.0);
        limits.cpu_percent = self.cpu.map_or(limits.cpu_percent, |limit| limit.0);
        limits.background = self.background.unwrap_or(limits.background);
        *limits != before
    }
}

fn say(output: Output, limits: &RunLimits) -> Result<()> {
    let rate = |kib: Option<u64>| kib.map_or_else(none, |kib| format!("at most {kib} KiB/s"));
    let percent = |percent: u8| format!("at most {percent} % of all");
    output.say(&format!("Upload      {}", rate(limits.upload_kib)))?;
    output.say(&format!("Download    {}", rate(limits.download_kib)))?;
    output.say(&format!("Processors  {}", limits.cpu_percent.map_or_else(none, percent)))?;
    output.say(&format!("Background  {}", if limits.background { "on" } else { "off" }))
}

fn none() -> String {
    "no limit".to_owned()
}
