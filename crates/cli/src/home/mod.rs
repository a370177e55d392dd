//! The application without its window: destinations, plans, runs, the verdict
//! and the recovery kit, on the same data as the window.

mod asking;
mod clean_up;
mod destination;
mod history;
mod kit;
mod pause;
mod plan;
mod restore;
mod run;
mod settings;
mod status;
mod verify;

pub(crate) use clean_up::Arguments as CleanUpArguments;
pub(crate) use destination::Arguments as DestinationArguments;
pub(crate) use history::Arguments as HistoryArguments;
pub(crate) use kit::Arguments as KitArguments;
pub(crate) use pause::{PauseArguments, ResumeArguments};
pub(crate) use plan::Arguments as PlanArguments;
pub(crate) use restore::Arguments as RestoreArguments;
pub(crate) use run::Arguments as RunArguments;
pub(crate) use settings::Arguments as SettingsArguments;
pub(crate) use status::Arguments as StatusArguments;
pub(crate) use verify::Arguments as VerifyArguments;

use crate::{failure::Result, output::Output, passphrase, signals};
use app::{Ambient, Application, Cancel, Code, Error};
use clap::Args;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Stands after the options of the command itself.
const COMMON: &str = "Options of all commands";

#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    /// A file with the eight words of the recovery kit, where there is no
    /// keychain
    #[arg(long, global = true, help_heading = COMMON, value_name = "FILE")]
    unlock_file: Option<PathBuf>,
    /// Answer in JSON: results on the standard output, errors on the standard
    /// error
    #[arg(long, global = true, help_heading = COMMON)]
    json: bool,
    /// Show no progress and no summary
    #[arg(long, short, global = true, help_heading = COMMON)]
    quiet: bool,
}

/// What all commands share.
pub(crate) struct Session {
    output: Output,
    unlock_file: Option<PathBuf>,
    cancel: Cancel,
}

impl Session {
    /// The application of this account, unlocked.
    async fn open(&self) -> Result<Application> {
        let folder = app::data_folder()?;
        let unlock = passphrase::unlocking(self.unlock_file.as_deref())?;
        Ok(Application::open(&folder, unlock.as_deref(), Ambient::system()).await?)
    }
}

/// Runs a command to its end.
pub(crate) fn run<F>(common: Common, command: impl FnOnce(Session) -> F) -> ExitCode
where
    F: Future<Output = Result<ExitCode>>,
{
    let output = Output { json: common.json, quiet: common.quiet };
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().enable_all().build() else {
        output.error(&no_threads());
        return ExitCode::FAILURE;
    };
    let result = runtime.block_on(async {
        let cancel = Cancel::new();
        signals::watch(&cancel).map_err(|_| no_threads())?;
        command(Session { output, unlock_file: common.unlock_file, cancel }).await
    });
    // A thread that hangs in a dead network share must not keep the program.
    runtime.shutdown_background();
    output.ended(result)
}

pub(crate) fn no_threads() -> Error {
    Error {
        code: Code::Exhausted,
        message: "The system starts no further threads. Nothing was read or changed.".to_owned(),
        hint: "Close other programs, then try again.".to_owned(),
        remedy: None,
    }
}

/// A path as it was given, from the folder the program was started in.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
