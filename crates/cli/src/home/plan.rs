//! `keepstead plan`.

use super::{Common, Session, absolute};
use crate::{
    failure::Result,
    output::{Output, visible},
};
use app::{PathText, PlanDraft, PlanEntry};
use clap::{Args, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// Choose what is copied, and where to
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
    /// Make a plan
    Add {
        /// What to call it
        name: String,
        /// A file or folder to copy
        #[arg(long, short, required = true, value_name = "PATH")]
        source: Vec<PathBuf>,
        /// A destination, by its name
        #[arg(long, short, required = true, value_name = "DESTINATION")]
        to: Vec<String>,
        /// Leave out what matches: `*.tmp` and `node_modules` at any depth
        #[arg(long, short, value_name = "GLOB")]
        exclude: Vec<String>,
        /// More about it
        #[arg(long, default_value = "")]
        description: String,
    },
    /// List the plans
    List,
    /// Pause a plan: it no longer runs with all, and no longer counts
    Pause {
        /// Its name
        name: String,
    },
    /// Take a plan up again
    Resume {
        /// Its name
        name: String,
    },
    /// Forget a plan; its backups stay
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
        let (entry, what) = match self {
            Self::Add { name, source, to, exclude, description } => {
                let draft = PlanDraft {
                    name,
                    description,
                    sources: source.iter().map(|path| PathText::new(&absolute(path))).collect(),
                    excludes: exclude,
                    destinations: to,
                };
                (application.save_plan(None, &draft).await?, None)
            }
            Self::List => {
                let entries = application.plans().await?;
                if output.json {
                    output.value(&entries)?;
                }
                for entry in &entries {
                    say(output, entry)?;
                }
                return Ok(ExitCode::SUCCESS);
            }
            Self::Pause { name } => {
                (application.enable_plan(&name, false).await?, Some("is paused."))
            }
            Self::Resume { name } => {
                (application.enable_plan(&name, true).await?, Some("counts again."))
            }
            Self::Remove { name } => {
                (application.remove_plan(&name).await?, Some("is forgotten; its backups stay."))
            }
        };
        output.message("plan", &entry)?;
        match what {
            Some(what) => output.say(&format!("{} {what}", visible(&entry.name)))?,
            None => say(output, &entry)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn say(output: Output, entry: &PlanEntry) -> Result<()> {
    let paused = if entry.enabled { "" } else { " (paused)" };
    output.say(&format!(
        "{}{paused}  {} → {}",
        visible(&entry.name),
        visible(&entry.sources.join(", ")),
        visible(&entry.destinations.join(", "))
    ))
}
