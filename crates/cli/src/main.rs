//! `keepstead`: Keepstead without a window.
//!
//! Invariant: nothing is decided here. Arguments become a call of a use case
//! in `app`, and what comes back becomes text or JSON.
//!
//! Exit codes: 0 done; 1 failed or cancelled; 2 wrong arguments; 3 done but for
//! the files listed.

mod arguments;
mod failure;
mod generate;
mod home;
mod output;
mod passphrase;
mod platform;
mod progress;
mod restoring;
mod signals;
mod vault;

use arguments::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

/// Threads that free what others have allocated do not wait for one another, as
/// they do in glibc's.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Status(arguments) => arguments.run(),
        Command::Destination(arguments) => arguments.run(),
        Command::Plan(arguments) => arguments.run(),
        Command::Run(arguments) => arguments.run(),
        Command::Pause(arguments) => arguments.run(),
        Command::Resume(arguments) => arguments.run(),
        Command::Restore(arguments) => arguments.run(),
        Command::Verify(arguments) => arguments.run(),
        Command::CleanUp(arguments) => arguments.run(),
        Command::History(arguments) => arguments.run(),
        Command::Kit(arguments) => arguments.run(),
        Command::Settings(arguments) => arguments.run(),
        Command::Vault(arguments) => vault::run(arguments),
        Command::Completions { shell } => generate::completions(shell),
        Command::Man { out } => generate::man(out.as_deref()),
    }
}
