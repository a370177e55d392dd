//! The words of the command line.

use crate::vault;
use clap::{Parser, Subcommand};
use clap_complete::Shell;
use std::path::PathBuf;

/// Keepstead keeps a home's records and files safe
///
/// Encrypted, deduplicated backups of any folder, in a format that restic and
/// rustic read as well.
#[derive(Debug, Parser)]
#[command(
    name = "keepstead",
    version,
    disable_help_subcommand = true,
    after_help = "Exit codes:\n  \
        0  done\n  \
        1  failed or cancelled\n  \
        2  wrong arguments\n  \
        3  done, but files were skipped; they are listed with reasons"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
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
