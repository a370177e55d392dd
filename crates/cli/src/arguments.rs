//! The words of the command line.

use crate::{home, vault};
use clap::{Parser, Subcommand};
use clap_complete::Shell;
use std::path::PathBuf;

const HELP: &str = "\
Examples:
  keepstead kit create
  keepstead destination add /media/disk --name Disk
  keepstead plan add Documents --source ~/Documents --to Disk
  keepstead run
  keepstead status
  keepstead restore --from Disk --target ~/restored

Any repository of the restic format, without a plan:
  keepstead vault init --repository /media/disk/backup
  keepstead vault backup ~/Documents ~/Pictures --repository /media/disk/backup
  keepstead vault restore latest --target ~/restored --repository /media/disk/backup

Exit codes:
  0  done
  1  failed or cancelled
  2  wrong arguments
  3  done, but files were skipped; they are listed with reasons";

/// Keepstead keeps a home's records and files safe
///
/// Encrypted, deduplicated backups of any folder, in a format that restic and
/// rustic read as well.
#[derive(Debug, Parser)]
#[command(
    name = "keepstead",
    version,
    disable_help_subcommand = true,
    after_help = HELP
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Status(home::StatusArguments),
    Destination(home::DestinationArguments),
    Plan(home::PlanArguments),
    Run(home::RunArguments),
    Pause(home::PauseArguments),
    Resume(home::ResumeArguments),
    Restore(home::RestoreArguments),
    Verify(home::VerifyArguments),
    CleanUp(home::CleanUpArguments),
    History(home::HistoryArguments),
    Kit(home::KitArguments),
    Settings(home::SettingsArguments),
    Vault(vault::Arguments),
    /// Write the completions of a shell to the standard output
    #[command(hide = true)]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Write the manual: one page to the standard output, or all pages to a folder
    #[command(hide = true)]
    Man {
        /// The folder, which is made when it is missing
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}
