//! `keepstead vault repair`.

use super::Session;
use crate::{
    failure::Result,
    output::{Output, duration, local_time, plural, size, unless_closed, visible},
    progress,
};
use app::vault::{IndexRepairSummary, LostPack, Progress, SnapshotsRepairSummary};
use clap::{Args, Subcommand};
use std::{process::ExitCode, sync::Arc, time::Duration};

/// How many lines of a kind are shown to people.
const SHOWN: usize = 100;

/// Make a repository that has lost something usable again
///
/// Keep a copy of the repository before. First the index, then the backups.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tell anew what lies where, from the packs that are there
    ///
    /// No pack is deleted. Nobody else can work on the repository meanwhile.
    Index {
        /// Say what would be done, and change nothing
        #[arg(long, short = 'n')]
        dry_run: bool,
    },
    /// Find backups that have lost something, and save what is left of them
    ///
    /// Without --apply nothing is changed. A file of which any part is lost is
    /// left out of the repaired backup as a whole.
    Snapshots {
        /// Read and verify every byte before
        #[arg(long)]
        read_data: bool,
        /// Make a new backup of what is left of each, tagged `repaired`
        #[arg(long)]
        apply: bool,
        /// Remove the broken ones then
        #[arg(long, requires = "apply")]
        forget: bool,
    },
}

impl Arguments {
    pub(super) async fn run(self, session: &Session) -> Result<ExitCode> {
        match self.command {
            Command::Index { dry_run } => index(session, dry_run).await,
            Command::Snapshots { read_data, apply, forget } => {
                snapshots(session, read_data, apply, forget).await
            }
        }
    }
}

async fn index(session: &Session, dry_run: bool) -> Result<ExitCode> {
    let Session { output, cancel, .. } = session;
    let vault = session.open().await?;
    let progress = Arc::new(Progress::default());
    let work = vault.plan_index_repair(&progress, cancel);
    let planned = progress::shown(*output, ("pack", "packs"), &progress, work).await?;
    let preview = vault.preview_index_repair(&planned);
    warn_of_packs(*output, &preview);
    let summary = if dry_run { preview } else { vault.repair_index(&planned, cancel).await? };
    unless_closed(output.message("summary", &summary))?;
    unless_closed(say_index(*output, &summary))?;
    Ok(ExitCode::SUCCESS)
}

fn warn_of_packs(output: Output, plan: &IndexRepairSummary) {
    for id in &plan.indexes_damaged {
        output.warn(&format!("The index file {id} is damaged"));
    }
    let held = |pack: &LostPack| {
        let folders = plural(pack.trees as u64, "folder", "folders");
        format!("{} of files and {folders}", plural(pack.data as u64, "part", "parts"))
    };
    for pack in plan.packs_missing.iter().take(SHOWN) {
        output.warn(&format!("The pack {} is missing; it held {}", pack.id, held(pack)));
    }
    for pack in plan.packs_unreadable.iter().take(SHOWN) {
        let what = match (pack.left, pack.data + pack.trees) {
            (true, _) => "the destination cannot read it; what is known of it stays".to_owned(),
            (false, 0) => "nobody knows what it held".to_owned(),
            (false, _) => format!("it held {}, of which {} are whole", held(pack), pack.whole),
        };
        let bytes = size(pack.size.unwrap_or_default());
        output.warn(&format!("The pack {} ({bytes}) is damaged: {what}", pack.id));
    }
    let all = plan.packs_missing.len().max(plan.packs_unreadable.len());
    if all > SHOWN {
        output.warn("And more (--json lists all)");
    }
}

fn say_index(output: Output, summary: &IndexRepairSummary) -> Result<()> {
    let packs = |count: usize| plural(count as u64, "pack", "packs");
    let took = duration(Duration::from_secs_f64(summary.duration_seconds));
    let last = match summary.dry_run {
        true => "; nothing was changed".to_owned(),
        false => format!(", in {took}"),
    };
    output.say(&format!(
        "{} as before, {} marked for deletion",
        packs(summary.packs_kept),
        packs(summary.packs_marked)
    ))?;
    output.say(&format!(
        "{} found that no index named, {} told anew, {} gone",
        packs(summary.packs_adopted),
        packs(summary.packs_corrected),
        packs(summary.packs_missing.len()),
    ))?;
    if summary.blobs_salvaged > 0 {
        let parts = plural(summary.blobs_salvaged as u64, "part", "parts");
        output.say(&format!("{parts} saved from damaged packs"))?;
    }
    let files = plural(summary.indexes_replaced as u64, "index file", "index files");
    output.say(&format!("{files} replaced{last}"))
}

async fn snapshots(
    session: &Session,
    read_data: bool,
    apply: bool,
    forget: bool,
) -> Result<ExitCode> {
    let Session { output, cancel, .. } = session;
    let vault = session.open().await?;
    let progress = Arc::new(Progress::default());
    let work = vault.plan_snapshots_repair(read_data, &progress, cancel);
    let planned = progress::shown(*output, ("folder", "folders"), &progress, work).await?;
    let preview = vault.preview_snapshots_repair(&planned);
    warn_of_backups(*output, &preview);
    let summary = match apply {
        true => vault.repair_snapshots(&planned, forget, cancel).await?,
        false => preview,
    };
    unless_closed(output.message("summary", &summary))?;
    unless_closed(say_snapshots(*output, &summary))?;
    Ok(if summary.is_unfinished() { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

fn warn_of_backups(output: Output, plan: &SnapshotsRepairSummary) {
    for id in &plan.damaged {
        output.warn(&format!("The backup {} is damaged: nobody knows what it held", &id[..8]));
    }
    for broken in plan.broken.iter().take(SHOWN) {
        let (id, time) = (&broken.backup.short_id, local_time(&broken.backup.time));
        if broken.nothing_left {
            output.warn(&format!("Of the backup {id} of {time} nothing is left"));
            continue;
        }
        let lost = plural(broken.lost, "file or folder", "files or folders");
        output.warn(&format!("The backup {id} of {time} has lost {lost}"));
        for file in &broken.examples {
            output.warn(&format!("  {}", visible(&file.path)));
        }
        let more = broken.lost.saturating_sub(broken.examples.len() as u64);
        if more > 0 {
            output.warn(&format!("  and {more} more"));
        }
    }
    if plan.broken.len() > SHOWN {
        output.warn("And more (--json lists all)");
    }
}

fn say_snapshots(output: Output, summary: &SnapshotsRepairSummary) -> Result<()> {
    let backups = |count: usize| plural(count as u64, "backup", "backups");
    let broken = summary.broken.len() + summary.damaged.len();
    output.say(&format!(
        "{} whole, {} not, {} lost",
        backups(summary.whole),
        broken,
        plural(summary.lost_count as u64, "part", "parts")
    ))?;
    let took = duration(Duration::from_secs_f64(summary.duration_seconds));
    if summary.dry_run {
        return output.say(&match broken {
            0 => format!("Nothing to repair, in {took}"),
            _ => "Nothing was changed; --apply saves what is left".to_owned(),
        });
    }
    let repaired = summary.broken.iter().filter(|backup| backup.repaired.is_some()).count();
    output.say(&format!(
        "Repaired {}, removed {}, in {took}",
        backups(repaired),
        backups(summary.removed)
    ))
}
