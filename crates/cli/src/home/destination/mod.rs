//! `keepstead destination`.

mod remote;

use self::remote::{Said, hidden_by, say_kinds, say_tried};
use super::{Common, Session, asking};
use crate::{
    failure::Result,
    output::{Output, local_time, size, visible},
    passphrase,
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
    /// Take a folder, a server or a cloud storage as a destination
    ///
    /// It is marked with a file, so that a copy never goes to another disk that
    /// is mounted in its place, and gets a repository that restic opens.
    Add {
        /// The folder
        #[arg(value_name = "DIR", required_unless_present = "kind", conflicts_with = "kind")]
        folder: Option<PathBuf>,
        /// How it is reached, where it is no folder of this machine: see
        /// `destination kinds`
        #[arg(long)]
        kind: Option<String>,
        /// The service, where it is a known one
        #[arg(long, requires = "kind")]
        preset: Option<String>,
        /// What to call it, where it is not to be called as the place
        #[arg(long)]
        name: Option<String>,
        /// Take over the repository that lies there: of restic, or of Keepstead
        /// with another kit. It gets a key more, and stays what it is
        #[arg(long)]
        adopt: bool,
        /// A file that holds the passphrase of that repository
        #[arg(long, value_name = "FILE", requires = "adopt")]
        from_password_file: Option<PathBuf>,
        #[command(flatten)]
        said: Said,
    },
    /// List the kinds of destinations, or all that can be said about one
    Kinds {
        /// The kind
        kind: Option<String>,
    },
    /// Write to a destination and read it back, without adding it
    Try {
        /// How it is reached: see `destination kinds`
        #[arg(long)]
        kind: String,
        /// The service, where it is a known one
        #[arg(long)]
        preset: Option<String>,
        #[command(flatten)]
        said: Said,
    },
    /// List what a setting of a destination can hold: buckets, shares, folders
    Choices {
        /// How it is reached: see `destination kinds`
        #[arg(long)]
        kind: String,
        /// The service, where it is a known one
        #[arg(long)]
        preset: Option<String>,
        /// The setting
        setting: String,
        /// For a folder: those in this one
        #[arg(long, default_value = "")]
        below: String,
        #[command(flatten)]
        said: Said,
    },
    /// Write to a destination that was added, and read it back
    Test {
        /// Its name
        name: String,
    },
    /// Say other things about a destination; it is reached before anything
    /// changes
    Edit {
        /// Its name
        name: String,
        /// What to call it
        #[arg(long)]
        rename: Option<String>,
        #[command(flatten)]
        said: Said,
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
        if let Self::Kinds { kind } = &self {
            say_kinds(output, kind.as_deref())?;
            return Ok(ExitCode::SUCCESS);
        }
        let application = session.open().await?;
        match self {
            // Needs nothing that is set up.
            Self::Kinds { .. } => {}
            Self::Try { kind, preset, said } => {
                let asks = asking::can_ask(output.json);
                let order = said.order(&kind, preset, None, asks, &session.cancel).await?;
                let tried = application.try_remote(&order, &session.cancel).await?;
                output.message("tried", &tried)?;
                say_tried(output, &tried)?;
            }
            Self::Choices { kind, preset, setting, below, said } => {
                let asks = asking::can_ask(output.json);
                let order = said.order(&kind, preset, None, asks, &session.cancel).await?;
                let cancel = &session.cancel;
                let found = application.remote_choices(&order, &setting, &below, cancel).await?;
                if output.json {
                    output.value(&found)?;
                }
                for choice in &found {
                    output.say(&visible(&choice.value))?;
                }
            }
            Self::Test { name } => {
                let tried = application.test_destination(&name, &session.cancel).await?;
                output.message("tried", &tried)?;
                let free = tried.free.map(|free| format!(", {} free", size(free)));
                let speed = size(tried.bytes_per_second);
                let (place, free) = (visible(&tried.path.path), free.unwrap_or_default());
                output.say(&format!("{place}: {speed} a second were written{free}"))?;
            }
            Self::Edit { name, rename, said } => {
                let known = application.destinations().await?;
                let row = known.iter().find(|row| row.name == name || row.id == name);
                let remote = row.and_then(|row| row.remote.as_ref());
                let entry = match remote {
                    Some(remote) => {
                        let cancel = &session.cancel;
                        let preset = remote.preset.clone();
                        let mut order =
                            said.order(&remote.kind, preset, rename, false, cancel).await?;
                        let hidden = hidden_by(&order)?;
                        for (key, value) in &remote.values {
                            // What a service says of itself follows from the rest.
                            if !hidden.contains(key) {
                                order.values.entry(key.clone()).or_insert_with(|| value.clone());
                            }
                        }
                        application.change_remote(&name, &order, cancel).await?
                    }
                    None => {
                        let rename = rename.as_deref().unwrap_or(&name);
                        application.rename_destination(&name, rename).await?
                    }
                };
                output.message("destination", &entry)?;
                say(output, &entry)?;
            }
            Self::Add { folder, kind, preset, name, adopt, from_password_file, said } => {
                let cancel = &session.cancel;
                let adopted = match adopt {
                    true => {
                        Some(passphrase::FROM.get(from_password_file.as_deref(), cancel).await?)
                    }
                    false => None,
                };
                let adopt = adopted.as_ref();
                let entry = match (kind, folder) {
                    (Some(kind), _) => {
                        let asks = asking::can_ask(output.json);
                        let order = said.order(&kind, preset, name, asks, cancel).await?;
                        application.add_remote(&order, adopt, cancel).await?
                    }
                    (None, folder) => {
                        let folder = folder.unwrap_or_default();
                        application.add_destination(&folder, name.as_deref(), adopt).await?
                    }
                };
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
    if let Some(cost) = &entry.monthly_cost {
        lines.push(format!("about {cost} a month, at the price that was said"));
    }
    if let Some(latency) = entry.latency_ms {
        lines.push(format!("answered within {latency} ms when it was last tried"));
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
