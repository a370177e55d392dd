//! `keepstead vault`: one repository, at the level of restic.

mod backup;
mod check;
mod copy;
mod forget;
mod init;
mod key;
mod limits;
mod list;
mod ls;
mod prune;
mod repair;
mod restore;
mod skipped;
mod span;
mod unlock;

use crate::{
    failure::Result,
    home::no_threads,
    output::Output,
    passphrase::{self, Wanted},
    signals,
};
use app::{
    Ambient, Cancel,
    vault::{OpenOptions, Passphrase, Vault},
};
use clap::{Args, CommandFactory, Subcommand, error::ErrorKind};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Make and use an encrypted backup repository in a folder
///
/// Works on any repository of the restic format, version 2, whoever made it.
/// The passphrase comes from --password-file, the variable KEEPSTEAD_PASSWORD,
/// or the terminal.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Stands after the options of the command itself.
const COMMON: &str = "Options of all commands";

#[derive(Debug, Args)]
struct Common {
    /// The folder of the repository
    #[arg(long, short, global = true, help_heading = COMMON, value_name = "DIR")]
    repository: Option<PathBuf>,
    /// A file that holds the passphrase; one newline at its end is removed
    #[arg(long, global = true, help_heading = COMMON, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Answer in JSON: progress and summary on the standard output, errors on
    /// the standard error
    #[arg(long, global = true, help_heading = COMMON)]
    json: bool,
    /// Show no progress and no summary
    #[arg(long, short, global = true, help_heading = COMMON)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Arguments),
    Backup(backup::Arguments),
    List(list::Arguments),
    Ls(ls::Arguments),
    Restore(restore::Arguments),
    Check(check::Arguments),
    Copy(copy::Arguments),
    Forget(Box<forget::Arguments>),
    Prune(prune::Arguments),
    Repair(repair::Arguments),
    Key(key::Arguments),
    Unlock(unlock::Arguments),
}

/// What all commands share.
struct Session {
    output: Output,
    repository: PathBuf,
    password_file: Option<PathBuf>,
    cancel: Cancel,
}

impl Session {
    async fn passphrase(&self, wanted: Wanted) -> Result<Passphrase> {
        Ok(wanted.get(self.password_file.as_deref(), &self.cancel).await?)
    }

    async fn open(&self) -> Result<Vault> {
        let passphrase = self.passphrase(passphrase::CURRENT).await?;
        self.open_in(&self.repository, &passphrase).await
    }

    async fn open_in(&self, folder: &Path, passphrase: &Passphrase) -> Result<Vault> {
        // A folder of Keepstead's own is not made for this.
        let data = app::data_folder().ok().filter(|data| data.is_dir());
        let copies = data.map(|data| app::copies_folder(&data));
        let options = OpenOptions { copies, ..OpenOptions::default() };
        let ambient = Ambient::system();
        Ok(Vault::open_with(folder, passphrase, options, ambient, &self.cancel).await?)
    }
}

/// Runs a command to its end.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    let Common { repository, password_file, json, quiet } = arguments.common;
    let Some(repository) = repository else {
        let message = "the argument --repository <DIR> is needed: the folder of the repository";
        let mut program = crate::arguments::Arguments::command();
        program.build();
        let vault = program.find_subcommand_mut("vault");
        vault
            .map_or_else(crate::arguments::Arguments::command, |vault| vault.clone())
            .error(ErrorKind::MissingRequiredArgument, message)
            .exit();
    };
    let output = Output { json, quiet };
    let session = Session { output, repository, password_file, cancel: Cancel::new() };
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().enable_all().build() else {
        output.error(&no_threads());
        return ExitCode::FAILURE;
    };
    let result = runtime.block_on(async {
        signals::watch(&session.cancel).map_err(|_| no_threads())?;
        match arguments.command {
            Command::Init(arguments) => arguments.run(&session).await,
            Command::Backup(arguments) => arguments.run(&session).await,
            Command::List(arguments) => arguments.run(&session).await,
            Command::Ls(arguments) => arguments.run(&session).await,
            Command::Restore(arguments) => arguments.run(&session).await,
            Command::Check(arguments) => arguments.run(&session).await,
            Command::Copy(arguments) => arguments.run(&session).await,
            Command::Forget(arguments) => arguments.run(&session).await,
            Command::Prune(arguments) => arguments.run(&session).await,
            Command::Repair(arguments) => arguments.run(&session).await,
            Command::Key(arguments) => arguments.run(&session).await,
            Command::Unlock(arguments) => arguments.run(&session).await,
        }
    });
    // A thread that hangs in a dead network share must not keep the program.
    runtime.shutdown_background();
    output.ended(result)
}
