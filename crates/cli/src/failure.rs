//! Why a command ends early.

use app::{Code, Error};
use std::io;

/// Why a command ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was asked for could not be done.
    App(Error),
    /// Whoever read the output has had enough: `keepstead vault ls | head`.
    Closed,
}

pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::App(error)
    }
}

impl From<io::Error> for Failure {
    /// Of writing to the standard output.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            kind => Self::App(Error {
                code: Code::OutputFailed,
                message: match kind {
                    io::ErrorKind::StorageFull => {
                        "The output cannot be written: its disk is full.".to_owned()
                    }
                    _ => "The output cannot be written.".to_owned(),
                },
                hint: "Write it elsewhere. What was done by then stays done.".to_owned(),
                remedy: None,
            }),
        }
    }
}
