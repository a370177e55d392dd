//! What went wrong at a destination, and whether trying again can help.

use std::{error::Error as StdError, fmt, time::Duration};

/// The result of an operation of a [`Store`](crate::Store).
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure it was. The caller branches on this; everything else in
/// an [`Error`] is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The object is not there.
    NotFound,
    /// [`PutMode::CreateNew`](crate::PutMode::CreateNew) met an object of that name.
    AlreadyExists,
    /// The destination refuses this account or this folder.
    PermissionDenied,
    /// The destination does not take this name, password or key.
    BadCredentials,
    /// The destination proves to be another than was expected: its certificate
    /// or host key is not trusted. [`Error::presented`] says what it showed.
    Untrusted,
    /// The destination's bucket, share or folder is not there.
    PlaceMissing,
    /// The bucket is in another region than was said. [`Error::presented`] says
    /// which, where the destination does.
    WrongRegion,
    /// The clock here differs too much from the destination's.
    WrongClock,
    /// What answers does not speak the protocol that was expected.
    NotThisService,
    /// The sign-in has run out or was revoked.
    AuthExpired,
    /// The destination asks to slow down.
    RateLimited,
    /// No room left: disk full or quota reached. Never retried.
    OutOfSpace,
    /// The object is larger than the destination takes. Never retried.
    TooLarge,
    /// The destination can be read but not written.
    ReadOnly,
    /// The disk or share is not there at the moment.
    NotMounted,
    /// The destination cannot be reached.
    Unreachable,
    /// It took too long without any progress.
    TimedOut,
    /// The destination answered with other bytes, or fewer, than it had promised.
    Damaged,
    /// The destination cannot do this (see [`Capabilities`](crate::Capabilities)).
    Unsupported,
    /// The operation was cancelled by the caller.
    Cancelled,
    /// The machine is out of file handles, memory or the like.
    Exhausted,
    /// Anything else; the source says what.
    Other,
}

/// Whether the same operation can succeed when it is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It fails again until something changes: a setting, a disk, room.
    Never,
    /// It may succeed at any time; wait as the caller's policy says.
    Soon,
    /// The destination named the time to wait.
    After(Duration),
    /// It was tried again already, as often as is sensible, and still failed.
    Exhausted,
}

/// A failure at a destination.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    retry: Retry,
    operation: &'static str,
    key: Option<String>,
    presented: Option<Box<str>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// A failure of `operation` (`"put"`, `"get"`, …) with the retry advice
    /// that is usual for its kind.
    #[must_use]
    pub fn new(kind: ErrorKind, operation: &'static str) -> Self {
        let retry = match kind {
            ErrorKind::RateLimited
            | ErrorKind::Unreachable
            | ErrorKind::TimedOut
            | ErrorKind::Damaged
            | ErrorKind::Exhausted => Retry::Soon,
            _ => Retry::Never,
        };
        Self { kind, retry, operation, key: None, presented: None, source: None }
    }

    /// Names the object.
    #[must_use]
    pub fn at(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Says what the destination showed to prove who it is: the fingerprint of
    /// its certificate or host key.
    #[must_use]
    pub fn showing(mut self, fingerprint: impl Into<Box<str>>) -> Self {
        self.presented = Some(fingerprint.into());
        self
    }

    /// Keeps the cause. It must hold no secret: it is written to logs.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Replaces the retry advice.
    #[must_use]
    pub fn retry_advice(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// The operation was cancelled by its caller.
    #[must_use]
    pub fn cancelled(operation: &'static str) -> Self {
        Self::new(ErrorKind::Cancelled, operation)
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether trying again can help.
    #[must_use]
    pub fn retry(&self) -> Retry {
        self.retry
    }

    /// The operation that failed.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The object, when there was one.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// The fingerprint of what the destination showed to prove who it is, where
    /// that is what failed.
    #[must_use]
    pub fn presented(&self) -> Option<&str> {
        self.presented.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            ErrorKind::NotFound => "not found",
            ErrorKind::AlreadyExists => "exists already",
            ErrorKind::PermissionDenied => "permission denied",
            ErrorKind::BadCredentials => "the name, password or key is not accepted",
            ErrorKind::Untrusted => "the destination does not prove who it is",
            ErrorKind::PlaceMissing => "the bucket, share or folder is not there",
            ErrorKind::WrongRegion => "the bucket is in another region",
            ErrorKind::WrongClock => "the clock here is wrong",
            ErrorKind::NotThisService => "does not speak the expected protocol",
            ErrorKind::AuthExpired => "the sign-in has expired",
            ErrorKind::RateLimited => "asked to slow down",
            ErrorKind::OutOfSpace => "no room left",
            ErrorKind::TooLarge => "too large for this destination",
            ErrorKind::ReadOnly => "read-only",
            ErrorKind::NotMounted => "not mounted",
            ErrorKind::Unreachable => "cannot be reached",
            ErrorKind::TimedOut => "timed out",
            ErrorKind::Damaged => "returned damaged or missing bytes",
            ErrorKind::Unsupported => "not supported here",
            ErrorKind::Cancelled => "cancelled",
            ErrorKind::Exhausted => "the machine is out of resources",
            ErrorKind::Other => "failed",
        };
        match &self.key {
            Some(key) => write!(f, "{} {key}: {what}", self.operation),
            None => write!(f, "{}: {what}", self.operation),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
