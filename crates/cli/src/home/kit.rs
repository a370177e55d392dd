//! `keepstead kit`.

use super::{Common, Session, absolute};
use crate::{failure::Result, output::Output, passphrase};
use app::{Ambient, Application, KeychainState, RecoveryPassphrase};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::{path::PathBuf, process::ExitCode};

/// Make and keep the recovery kit: the words that open every backup
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
    /// Set Keepstead up for this account, and show the words once
    Create,
    /// Show the words
    Words,
    /// Save the kit as a PDF to print, with the words and the way back
    ///
    /// The file can be read by this account only. Print it, keep it on paper,
    /// and delete the file.
    Save {
        /// The file to make
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// Replace a file that is there
        #[arg(long)]
        replace: bool,
    },
    /// Confirm that the kit is at hand, by two of its words
    Confirm {
        /// A file with the words of the kit, where there is no terminal
        #[arg(long, value_name = "FILE")]
        words_file: Option<PathBuf>,
    },
    /// Say whether the kit was saved and confirmed
    Status,
}

/// The words, for programs.
#[derive(Serialize)]
struct Words<'a> {
    words: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keychain: Option<KeychainState>,
}

impl Arguments {
    pub(crate) fn run(self) -> ExitCode {
        super::run(self.common, |session| self.command.run(session))
    }
}

impl Command {
    async fn run(self, session: Session) -> Result<ExitCode> {
        let output = session.output;
        if let Self::Create = self {
            return create(output).await;
        }
        let application = session.open().await?;
        match self {
            Self::Create => {}
            Self::Words => {
                let words = application.kit_words().await?;
                show(output, words.iter().map(String::as_str).collect(), None)?;
            }
            Self::Save { to, replace } => {
                let state = application.save_kit(&absolute(&to), replace).await?;
                output.message("kit", &state)?;
                output.say(
                    "The recovery kit is saved. Print it, keep it on paper away from this \
                            computer, and delete the file.",
                )?;
            }
            Self::Confirm { words_file } => {
                let asked = application.kit_questions().await?;
                let typed = passphrase::kit_words(words_file.as_deref(), asked)?;
                let state = application.confirm_kit(&typed).await?;
                output.message("kit", &state)?;
                output.say("The recovery kit is confirmed.")?;
            }
            Self::Status => {
                let state = application.kit_state().await?;
                output.message("kit", &state)?;
                output.say(match &state.confirmed_at {
                    Some(_) => "The recovery kit is confirmed.",
                    None => "The recovery kit is not confirmed.",
                })?;
                if state.saved_at.is_none() {
                    output.say("It was not saved as a file; `keepstead kit save` does that.")?;
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn create(output: Output) -> Result<ExitCode> {
    let ambient = Ambient::system();
    let passphrase = RecoveryPassphrase::generate(&*ambient.random);
    let folder = app::data_folder()?;
    let application = Application::set_up(&folder, &passphrase, ambient).await?;
    let keychain = application.keychain();
    show(output, passphrase.words(), Some(keychain))?;
    if keychain != KeychainState::Stored {
        output.say(
            "This system's keychain does not keep the key, so the words are asked for each time: \
             in the variable KEEPSTEAD_UNLOCK, or with --unlock-file FILE.",
        )?;
    }
    output.say("Write them down, and keep them off this computer.")?;
    Ok(ExitCode::SUCCESS)
}

fn show(output: Output, words: Vec<&str>, keychain: Option<KeychainState>) -> Result<()> {
    if output.json {
        output.message("words", &Words { words, keychain })
    } else {
        output.bytes(format!("{}\n", words.join(" ")).as_bytes())
    }
}
