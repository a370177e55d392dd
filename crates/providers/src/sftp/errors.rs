//! What a server says, in the words of the contract.
//!
//! Invariant: nothing here holds a secret; what a server says of itself is
//! shortened, because it ends up in logs.

use super::wire::code;
use std::{fmt, sync::Arc};
use storage::{Error, ErrorKind, Retry};

/// So much of what a server says is kept.
const KEPT: usize = 200;

/// Why a connection cannot be had, or not any more. Several operations end with
/// the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lost {
    kind: ErrorKind,
    cause: Arc<str>,
    presented: Option<Arc<str>>,
}

impl Lost {
    pub(super) fn new(kind: ErrorKind, cause: impl fmt::Display) -> Self {
        Self { kind, cause: shortened(&cause.to_string()).into(), presented: None }
    }

    /// With the fingerprint of the host key that is not trusted.
    pub(super) fn showing(mut self, fingerprint: &str) -> Self {
        self.presented = Some(fingerprint.into());
        self
    }

    pub(super) fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub(super) fn into_error(self, operation: &'static str) -> Error {
        let error = Error::new(self.kind, operation).because(self.cause.to_string());
        match self.presented {
            Some(fingerprint) => error.showing(&*fingerprint),
            None => error,
        }
    }
}

/// What went wrong with one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The server refused it.
    Status { code: u32, message: String },
    /// There is no connection any more.
    Lost(Lost),
    /// The answer belongs to another request.
    Odd,
}

impl From<Lost> for Fault {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

impl Fault {
    /// Whether the server says that there is no such file or folder.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Status { code: code::NO_SUCH_FILE, .. })
    }

    /// Whether the server said no, for a reason it does not tell apart.
    pub(super) fn is_vague(&self) -> bool {
        matches!(self, Self::Status { .. }) && self.kind() == ErrorKind::Other
    }

    /// What kind of failure it is, as far as the answer itself says.
    pub(super) fn kind(&self) -> ErrorKind {
        match self {
            Self::Lost(lost) => lost.kind(),
            Self::Odd => ErrorKind::Damaged,
            Self::Status { code, message } => match *code {
                code::NO_SUCH_FILE => ErrorKind::NotFound,
                code::PERMISSION_DENIED => ErrorKind::PermissionDenied,
                code::UNSUPPORTED => ErrorKind::Unsupported,
                code::FILE_ALREADY_EXISTS => ErrorKind::AlreadyExists,
                code::WRITE_PROTECT => ErrorKind::ReadOnly,
                code::NO_SPACE | code::QUOTA_EXCEEDED => ErrorKind::OutOfSpace,
                _ => kind_of_words(message),
            },
        }
    }

    pub(super) fn into_error(self, operation: &'static str, key: &str) -> Error {
        let kind = self.kind();
        let error = match self {
            Self::Lost(lost) => lost.into_error(operation),
            Self::Odd => Error::new(kind, operation).because("the server answered something else"),
            Self::Status { code: code::BAD_MESSAGE, .. } => Error::new(kind, operation)
                .because("the server does not take this name (bad message)"),
            Self::Status { code, message } => {
                let said = format!("the server says {code}: {}", shortened(&message));
                Error::new(kind, operation).because(said)
            }
        };
        if key.is_empty() { error } else { error.at(key) }
    }
}

/// Version 3 has one code for most failures. Some servers say in words what it
/// was; OpenSSH does not.
fn kind_of_words(message: &str) -> ErrorKind {
    let message = message.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if says(&["no space", "disk full", "quota", "not enough space"]) {
        ErrorKind::OutOfSpace
    } else if says(&["read-only", "read only"]) {
        ErrorKind::ReadOnly
    } else if says(&["already exists", "file exists"]) {
        ErrorKind::AlreadyExists
    } else {
        ErrorKind::Other
    }
}

/// The object has other bytes than were asked for. Trying again reads the same.
pub(super) fn damaged(operation: &'static str, key: &str, why: &'static str) -> Error {
    Error::new(ErrorKind::Damaged, operation).at(key).retry_advice(Retry::Never).because(why)
}

/// Something stands under a name that this store does not make and will not
/// touch.
pub(super) fn foreign(operation: &'static str, key: &str) -> Error {
    Error::new(ErrorKind::Other, operation)
        .at(key)
        .because("a link or a device stands where an object or a folder should be")
}

fn shortened(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).take(KEPT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_has_its_kind_and_advice() {
        for (code, message, expected, retry) in [
            (2, "", ErrorKind::NotFound, Retry::Never),
            (3, "", ErrorKind::PermissionDenied, Retry::Never),
            (4, "Failure", ErrorKind::Other, Retry::Never),
            (4, "No space left on device", ErrorKind::OutOfSpace, Retry::Never),
            (4, "Disk quota exceeded", ErrorKind::OutOfSpace, Retry::Never),
            (4, "Read-only file system", ErrorKind::ReadOnly, Retry::Never),
            (4, "File exists", ErrorKind::AlreadyExists, Retry::Never),
            (8, "", ErrorKind::Unsupported, Retry::Never),
            (11, "", ErrorKind::AlreadyExists, Retry::Never),
            (12, "", ErrorKind::ReadOnly, Retry::Never),
            (14, "", ErrorKind::OutOfSpace, Retry::Never),
            (15, "", ErrorKind::OutOfSpace, Retry::Never),
        ] {
            let fault = Fault::Status { code, message: message.into() };
            let error = fault.into_error("put", "data/00");
            assert_eq!((error.kind(), error.retry()), (expected, retry), "{code} {message}");
            assert_eq!(error.key(), Some("data/00"));
        }
        let lost = Fault::from(Lost::new(ErrorKind::Unreachable, "cut")).into_error("get", "a");
        assert_eq!((lost.kind(), lost.retry()), (ErrorKind::Unreachable, Retry::Soon));
    }

    #[test]
    fn what_a_server_says_is_shortened() {
        let long = format!("a\u{1b}[2J{}", "b".repeat(1000));
        let error = Lost::new(ErrorKind::Other, long).into_error("get");
        let said = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(said.chars().count(), KEPT);
        assert!(!said.contains('\u{1b}'));
    }
}
