//! `keepstead destination`.

use super::{Common, Session};
use crate::{
    failure::Result,
    output::{Output, local_time, size, visible},
};
use app::{Depth, DestinationEntry, Reach, Verified};
use clap::{Args, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// Choose where copies go
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
    /// Take a folder as a destination
    ///
    /// It is marked with a file, so that a copy never goes to another disk that
    /// is mounted in its place, and gets a repository that restic opens.
    Add {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// What to call it, where it is not to be called as the folder
        #[arg(long)]
        name: Option<String>,
    },
    /// List the destinations
    List,
    /// Forget a destination; what lies on it stays
    Remove {
        /// Its name
        name: String,
    },
}

impl Arguments {
    pub(crate) fn run(self) -> ExitCode {
        super::run(self.common, |session| self.command.run(session))
    }
}

impl Command {
    async fn run(self, session: Session) -> Result<ExitCode> {
        let output = session.output;
        let application = session.open().await?;
        match self {
            Self::Add { folder, name } => {
                let entry = application.add_destination(&folder, name.as_deref()).await?;
                output.message("destination", &entry)?;
                say(output, &entry)?;
                if entry.off_disk != Some(true) {
                    output
                        .say("It does not help when this computer's disk breaks or is stolen.")?;
                }
            }
            Self::List => {
                let entries = application.destinations().await?;
                if output.json {
                    output.value(&entries)?;
                }
                for entry in &entries {
                    say(output, entry)?;
                    for line in figures(entry) {
                        output.say(&format!("  {line}"))?;
                    }
                }
            }
            Self::Remove { name } => {
                let entry = application.remove_destination(&name).await?;
                output.message("destination", &entry)?;
                output.say(&format!(
                    "Forgot {}. What lies in {} stays.",
                    visible(&entry.name),
                    visible(&entry.path)
                ))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn say(output: Output, entry: &DestinationEntry) -> Result<()> {
    let free = entry.capacity_free.map(|free| format!(", {} free", size(free)));
    let state = match entry.state {
        Reach::Ready => "ready",
        Reach::NotMounted => "not here",
    };
    let copy = entry
        .last_copy_at
        .as_deref()
        .map_or_else(|| "no copy yet".to_owned(), |at| format!("last copy {}", local_time(at)));
    output.say(&format!(
        "{}  {}  {state}{}, {copy}",
        visible(&entry.name),
        visible(&entry.path),
        free.unwrap_or_default()
    ))
}

/// How much is stored, and whether that was verified.
fn figures(entry: &DestinationEntry) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(stored) = entry.stored {
        let freed = entry.reclaimable.map(|bytes| format!(", {} can be freed", size(bytes)));
        let at = entry.measured_at.as_deref().map(|at| format!(" (as of {})", local_time(at)));
        let (freed, at) = (freed.unwrap_or_default(), at.unwrap_or_default());
        lines.push(format!("{} used by backups{freed}{at}", size(stored)));
    }
    lines.push(match &entry.verified {
        Some(verified) => verified_line(verified),
        None => "never verified".to_owned(),
    });
    lines
}

fn verified_line(verified: &Verified) -> String {
    let depth = match verified.depth {
        Depth::Structure => "names and folders read",
        Depth::Sample => "a tenth read",
        Depth::Everything => "everything read",
    };
    let found = if verified.sound { "no errors" } else { "damage was found" };
    format!("verified {}, {depth}: {found}", local_time(&verified.at))
}
