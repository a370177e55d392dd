//! Everything that is printed.

mod text;

pub(crate) use text::{duration, local_time, plural, shorten, size, visible};

use crate::failure::{Failure, Result};
use app::Error;
use serde::Serialize;
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// How a command speaks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    /// To programs.
    pub(crate) json: bool,
    /// Only what was asked for, and what went wrong.
    pub(crate) quiet: bool,
}

/// A line of JSON, and what it is.
#[derive(Serialize)]
struct Message<'a, T> {
    message_type: &'static str,
    #[serde(flatten)]
    content: &'a T,
}

impl Output {
    /// To people.
    pub(crate) fn plain() -> Self {
        Self { json: false, quiet: false }
    }

    /// Prints what was asked for.
    pub(crate) fn bytes(self, bytes: &[u8]) -> Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes)?;
        Ok(stdout.flush()?)
    }

    /// Says what was done, to people.
    pub(crate) fn say(self, text: &str) -> Result<()> {
        if self.json || self.quiet { Ok(()) } else { self.bytes(format!("{text}\n").as_bytes()) }
    }

    /// Says what was not done, to people.
    pub(crate) fn warn(self, text: &str) {
        if !self.json {
            // There is nowhere left to complain to.
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// Prints a value that is the whole answer, to programs.
    pub(crate) fn value(self, value: &impl Serialize) -> Result<()> {
        let mut line = serde_json::to_vec(value).map_err(io::Error::from)?;
        line.push(b'\n');
        self.bytes(&line)
    }

    /// Prints a message, to programs.
    pub(crate) fn message(self, kind: &'static str, content: &impl Serialize) -> Result<()> {
        if self.json { self.value(&Message { message_type: kind, content }) } else { Ok(()) }
    }

    /// Says how the command failed.
    pub(crate) fn error(self, error: &Error) {
        let mut stderr = io::stderr().lock();
        let _ = if self.json {
            let message = Message { message_type: "error", content: error };
            serde_json::to_string(&message)
                .map_err(io::Error::from)
                .and_then(|line| writeln!(stderr, "{line}"))
        } else if error.hint.is_empty() {
            writeln!(stderr, "{}", visible(&error.message))
        } else {
            writeln!(stderr, "{}\n{}", visible(&error.message), visible(&error.hint))
        };
    }

    /// The exit code of a command that ended so.
    pub(crate) fn ended(self, result: Result<ExitCode>) -> ExitCode {
        match result {
            Ok(code) => code,
            Err(Failure::Closed) => ExitCode::SUCCESS,
            Err(Failure::App(error)) => {
                self.error(&error);
                ExitCode::FAILURE
            }
        }
    }
}

/// Goes on when nobody reads the output any more: what is being done matters
/// more than who watches.
pub(crate) fn unless_closed(result: Result<()>) -> Result<()> {
    match result {
        Err(Failure::Closed) => Ok(()),
        other => other,
    }
}
