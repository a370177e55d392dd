//! Asking before something is changed that cannot be taken back.

use crate::{arguments, failure::Result};
use app::{Cancel, Code, Error};
use clap::{CommandFactory, error::ErrorKind};
use std::{
    io::{self, BufRead, IsTerminal, Write},
    process::ExitCode,
};

/// Whether there is somebody to ask.
pub(super) fn can_ask(json: bool) -> bool {
    !json && io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// There is nobody to ask: `command` says so, and what to give instead.
pub(super) fn unconfirmed(command: &str, what: &str) -> ExitCode {
    let mut all = arguments::Arguments::command();
    all.build();
    let error = match all.find_subcommand_mut(command) {
        Some(command) => command.error(ErrorKind::MissingRequiredArgument, what),
        None => all.error(ErrorKind::MissingRequiredArgument, what),
    };
    // There is nowhere left to complain to.
    let _ = error.print();
    ExitCode::from(2)
}

/// Shows what is going to happen, asks, and goes on when that is meant;
/// otherwise ends with `not_done`.
pub(super) async fn confirm(
    shown: &str,
    question: &str,
    not_done: &str,
    cancel: &Cancel,
) -> Result<()> {
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "{shown}\n{question} [y/N] ");
    let _ = stderr.flush();
    drop(stderr);
    let answer = tokio::select! {
        biased;
        () = cancel.cancelled() => None,
        answer = tokio::task::spawn_blocking(answer) => answer.ok().flatten(),
    };
    match answer.as_deref().map(str::trim) {
        Some("y" | "Y" | "yes") => Ok(()),
        _ => Err(Error {
            code: Code::Cancelled,
            message: not_done.to_owned(),
            hint: String::new(),
            remedy: None,
        }
        .into()),
    }
}

fn answer() -> Option<String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).ok().map(|_| line)
}
