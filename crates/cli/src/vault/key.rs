//! `keepstead vault key`.

use super::Session;
use crate::{
    failure::Result,
    output::{local_time, unless_closed, visible},
    passphrase,
};
use app::{
    Cancel,
    vault::{KeyChange, KeyEntry, Outcome, Passphrase},
};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::{path::PathBuf, process::ExitCode};

/// List, add and remove keys, or change the passphrase
///
/// Each key opens the repository with a passphrase of its own.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the keys
    List,
    /// Add a key, with a passphrase of its own
    Add(New),
    /// Remove a key
    Remove {
        /// The beginning of its id
        id: String,
    },
    /// Change the passphrase that the repository is opened with
    Passphrase(New),
}

#[derive(Debug, Args)]
struct New {
    /// A file that holds the new passphrase; without it, the variable
    /// KEEPSTEAD_NEW_PASSWORD or the terminal is asked
    #[arg(long, value_name = "FILE")]
    new_password_file: Option<PathBuf>,
}

impl New {
    async fn passphrase(&self, cancel: &Cancel) -> Result<Passphrase> {
        Ok(passphrase::NEXT.get(self.new_password_file.as_deref(), cancel).await?)
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    outcome: Outcome,
    #[serde(flatten)]
    change: &'a KeyChange,
}

impl Arguments {
    pub(super) async fn run(self, session: &Session) -> Result<ExitCode> {
        let Session { output, cancel, .. } = session;
        let vault = session.open().await?;
        let (change, what) = match self.command {
            Command::List => {
                let keys = vault.keys(cancel).await?;
                if output.json {
                    output.value(&keys)?;
                } else {
                    output.bytes(table(&keys).as_bytes())?;
                }
                return Ok(ExitCode::SUCCESS);
            }
            Command::Add(new) => {
                let passphrase = new.passphrase(cancel).await?;
                (vault.add_key(&passphrase, cancel).await?, "Added key")
            }
            Command::Remove { id } => (vault.remove_key(&id, cancel).await?, "Removed key"),
            Command::Passphrase(new) => {
                let passphrase = new.passphrase(cancel).await?;
                let change = vault.change_passphrase(&passphrase, cancel).await?;
                (change, "Changed the passphrase; the new key is")
            }
        };
        let summary = Summary { outcome: Outcome::Succeeded, change: &change };
        unless_closed(output.message("summary", &summary))?;
        unless_closed(output.say(&format!("{what} {}", &change.key_id[..8])))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn table(keys: &[KeyEntry]) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for key in keys {
        let current = if key.current { "  in use" } else { "" };
        let made = if key.created.is_empty() {
            "made by a program that does not say when".to_owned()
        } else {
            let (user, host) = (visible(&key.username), visible(&key.hostname));
            format!("{}  {user}@{host}", local_time(&key.created))
        };
        let _ = writeln!(text, "{}  {made}{current}", key.short_id);
    }
    text
}
