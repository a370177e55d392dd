//! What a server says, in the words of the contract.
//!
//! Invariant: nothing here holds a secret. What the library says of a failure
//! names hosts, shares and accounts, never a password or a key.

use smb2::types::{Command, status::NtStatus};
use std::fmt;
use storage::{Error, ErrorKind, Retry};

/// Codes the library has no name for: [MS-ERREF] 2.3.1.
mod status {
    use smb2::types::status::NtStatus;

    pub(super) const QUOTA_EXCEEDED: NtStatus = NtStatus(0xC000_0044);
    pub(super) const MEDIA_WRITE_PROTECTED: NtStatus = NtStatus(0xC000_00A2);
    pub(super) const DEVICE_DOES_NOT_EXIST: NtStatus = NtStatus(0xC000_00C0);
    pub(super) const TOO_MANY_OPENED_FILES: NtStatus = NtStatus(0xC000_011F);
    pub(super) const VOLUME_DISMOUNTED: NtStatus = NtStatus(0xC000_026E);
    pub(super) const DISK_QUOTA_EXCEEDED: NtStatus = NtStatus(0xC000_0802);
    pub(super) const FILE_TOO_LARGE: NtStatus = NtStatus(0xC000_0904);
}

/// A failure, before it is known to whom it has to be told.
#[derive(Debug)]
pub(super) enum Fault {
    /// The server said no.
    Refused(NtStatus, Command),
    /// The connection failed, or what came over it.
    Library(smb2::Error),
    /// An answer is not what it should be.
    Malformed(&'static str),
    /// The program is being ended.
    Stopped,
    /// It is in the contract's words already.
    Known(Error),
}

impl From<smb2::Error> for Fault {
    fn from(error: smb2::Error) -> Self {
        match error {
            smb2::Error::Protocol { status, command } => Self::Refused(status, command),
            error => Self::Library(error),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Known(error)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(status, command) => write!(f, "{status} in answer to {command:?}"),
            Self::Library(error) => error.fmt(f),
            Self::Malformed(what) => f.write_str(what),
            Self::Stopped => f.write_str("the program is being ended"),
            Self::Known(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// What the server said.
    pub(super) fn status(&self) -> Option<NtStatus> {
        match self {
            Self::Refused(status, _) => Some(*status),
            _ => None,
        }
    }

    /// Whether there is no file or folder of that name.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(
            self.status(),
            Some(
                NtStatus::OBJECT_NAME_NOT_FOUND
                    | NtStatus::OBJECT_PATH_NOT_FOUND
                    | NtStatus::NO_SUCH_FILE
                    | NtStatus::NOT_FOUND
                    // Something that is being removed is gone.
                    | NtStatus::DELETE_PENDING
            )
        )
    }

    /// Whether a file stands where a folder should, or the other way round.
    pub(super) fn is_another_thing(&self) -> bool {
        matches!(self.status(), Some(NtStatus::FILE_IS_A_DIRECTORY | NtStatus::NOT_A_DIRECTORY))
    }

    /// Whether the name is in use by somebody who will soon have done with it.
    pub(super) fn is_in_use(&self) -> bool {
        matches!(
            self.status(),
            Some(NtStatus::ACCESS_DENIED | NtStatus::SHARING_VIOLATION | NtStatus::DELETE_PENDING)
        )
    }

    /// Whether somebody else has the file, or is just giving it up.
    pub(super) fn is_claimed(&self) -> bool {
        matches!(
            self.status(),
            Some(
                NtStatus::OBJECT_NAME_COLLISION
                    | NtStatus::SHARING_VIOLATION
                    | NtStatus::DELETE_PENDING
            )
        )
    }

    /// Whether the server does not know how to do this.
    pub(super) fn is_unable(&self) -> bool {
        matches!(
            self.status(),
            Some(
                NtStatus::NOT_SUPPORTED
                    | NtStatus::NOT_IMPLEMENTED
                    | NtStatus::INVALID_DEVICE_REQUEST
                    | NtStatus::INVALID_PARAMETER
                    | NtStatus::INVALID_INFO_CLASS
            )
        )
    }

    /// Whether the connection, the session or the share is of no use any more.
    pub(super) fn ends_connection(&self) -> bool {
        match self {
            Self::Refused(status, _) => matches!(
                *status,
                NtStatus::NETWORK_NAME_DELETED
                    | NtStatus::USER_SESSION_DELETED
                    | NtStatus::NETWORK_SESSION_EXPIRED
                    | status::VOLUME_DISMOUNTED
            ),
            Self::Library(_) => true,
            Self::Malformed(_) | Self::Stopped | Self::Known(_) => false,
        }
    }

    /// In the contract's words, in the midst of work on a share that was
    /// reached before.
    pub(super) fn told(self, operation: &'static str, key: &str) -> Error {
        let (kind, retry) = match &self {
            Self::Known(_) => (ErrorKind::Other, None),
            Self::Refused(status, _) => of_status(*status),
            Self::Library(error) => of_library(error),
            Self::Malformed(_) => (ErrorKind::Damaged, None),
            Self::Stopped => (ErrorKind::Cancelled, None),
        };
        let error = match self {
            Self::Known(error) => error,
            fault => {
                let error = Error::new(kind, operation);
                let error = retry
                    .map_or_else(|| Error::new(kind, operation), |retry| error.retry_advice(retry));
                error.because(fault)
            }
        };
        if key.is_empty() || error.key().is_some() { error } else { error.at(key) }
    }
}

fn of_status(code: NtStatus) -> (ErrorKind, Option<Retry>) {
    let soon = Some(Retry::Soon);
    match code {
        NtStatus::OBJECT_NAME_NOT_FOUND
        | NtStatus::OBJECT_PATH_NOT_FOUND
        | NtStatus::NO_SUCH_FILE
        | NtStatus::NOT_FOUND => (ErrorKind::NotFound, None),
        NtStatus::OBJECT_NAME_COLLISION => (ErrorKind::AlreadyExists, None),
        NtStatus::ACCESS_DENIED | NtStatus::CANNOT_DELETE => (ErrorKind::PermissionDenied, None),
        NtStatus::DISK_FULL | status::QUOTA_EXCEEDED | status::DISK_QUOTA_EXCEEDED => {
            (ErrorKind::OutOfSpace, None)
        }
        status::MEDIA_WRITE_PROTECTED => (ErrorKind::ReadOnly, None),
        status::FILE_TOO_LARGE => (ErrorKind::TooLarge, None),
        NtStatus::NETWORK_NAME_DELETED
        | NtStatus::BAD_NETWORK_NAME
        | NtStatus::NO_SUCH_DEVICE
        | status::DEVICE_DOES_NOT_EXIST
        | status::VOLUME_DISMOUNTED => (ErrorKind::NotMounted, soon),
        NtStatus::USER_SESSION_DELETED
        | NtStatus::NETWORK_SESSION_EXPIRED
        | NtStatus::FILE_CLOSED
        | NtStatus::BAD_NETWORK_PATH => (ErrorKind::Unreachable, None),
        NtStatus::INSUFFICIENT_RESOURCES
        | NtStatus::INSUFF_SERVER_RESOURCES
        | NtStatus::REQUEST_NOT_ACCEPTED
        | status::TOO_MANY_OPENED_FILES => (ErrorKind::Exhausted, None),
        NtStatus::SHARING_VIOLATION | NtStatus::FILE_LOCK_CONFLICT | NtStatus::DELETE_PENDING => {
            (ErrorKind::Other, soon)
        }
        NtStatus::OBJECT_NAME_INVALID
        | NtStatus::NOT_SUPPORTED
        | NtStatus::NOT_IMPLEMENTED
        | NtStatus::INVALID_DEVICE_REQUEST => (ErrorKind::Unsupported, None),
        _ => (ErrorKind::Other, None),
    }
}

fn of_library(error: &smb2::Error) -> (ErrorKind, Option<Retry>) {
    use smb2::ErrorKind as Kind;
    match error.kind() {
        Kind::TimedOut => (ErrorKind::TimedOut, None),
        // A server that has ended a session says so without a signature.
        Kind::ConnectionLost | Kind::Io | Kind::SessionExpired | Kind::SignatureInvalid => {
            (ErrorKind::Unreachable, None)
        }
        Kind::InvalidData => (ErrorKind::Damaged, None),
        Kind::Cancelled => (ErrorKind::Cancelled, None),
        _ => (ErrorKind::Other, None),
    }
}

/// The name and password were not accepted, or something else kept the sign-in
/// from succeeding.
pub(super) fn of_sign_in(fault: Fault, operation: &'static str) -> Error {
    use smb2::ErrorKind as Kind;
    let kind = match &fault {
        Fault::Library(error) => match error.kind() {
            Kind::AuthRequired | Kind::GuestSessionRefused => Some(ErrorKind::BadCredentials),
            Kind::SignatureInvalid => Some(ErrorKind::Untrusted),
            _ => None,
        },
        // Whatever is wrong with the account, such as its being locked.
        Fault::Refused(status, command) => {
            let refused = smb2::Error::Protocol { status: *status, command: *command };
            match refused.kind() {
                Kind::AuthRequired | Kind::AccessDenied => Some(ErrorKind::BadCredentials),
                _ => None,
            }
        }
        _ => None,
    };
    match kind {
        Some(kind) => Error::new(kind, operation).because(fault),
        None => fault.told(operation, ""),
    }
}

/// The object has other bytes than were asked for. Trying again reads the same.
pub(super) fn damaged(operation: &'static str, key: &str, why: &'static str) -> Error {
    Error::new(ErrorKind::Damaged, operation).at(key).retry_advice(Retry::Never).because(why)
}

/// The folder of the store is not, or no longer, what it was.
pub(super) fn not_mounted(operation: &'static str, why: &'static str) -> Error {
    Error::new(ErrorKind::NotMounted, operation).because(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_its_kind_and_advice() {
        for (code, kind, retry) in [
            (NtStatus::OBJECT_NAME_NOT_FOUND, ErrorKind::NotFound, Retry::Never),
            (NtStatus::OBJECT_NAME_COLLISION, ErrorKind::AlreadyExists, Retry::Never),
            (NtStatus::ACCESS_DENIED, ErrorKind::PermissionDenied, Retry::Never),
            (NtStatus::DISK_FULL, ErrorKind::OutOfSpace, Retry::Never),
            (status::QUOTA_EXCEEDED, ErrorKind::OutOfSpace, Retry::Never),
            (status::MEDIA_WRITE_PROTECTED, ErrorKind::ReadOnly, Retry::Never),
            (status::FILE_TOO_LARGE, ErrorKind::TooLarge, Retry::Never),
            (NtStatus::NETWORK_NAME_DELETED, ErrorKind::NotMounted, Retry::Soon),
            (NtStatus::USER_SESSION_DELETED, ErrorKind::Unreachable, Retry::Soon),
            (NtStatus::INSUFF_SERVER_RESOURCES, ErrorKind::Exhausted, Retry::Soon),
            (NtStatus::SHARING_VIOLATION, ErrorKind::Other, Retry::Soon),
            (NtStatus::OBJECT_NAME_INVALID, ErrorKind::Unsupported, Retry::Never),
            (NtStatus::UNSUCCESSFUL, ErrorKind::Other, Retry::Never),
        ] {
            let error = Fault::Refused(code, Command::Create).told("put", "data/00");
            assert_eq!((error.kind(), error.retry()), (kind, retry), "{code:?}");
            assert_eq!(error.key(), Some("data/00"));
        }
    }

    #[test]
    fn a_lost_connection_may_come_back() {
        for lost in [smb2::Error::Disconnected, smb2::Error::SessionExpired] {
            let error = Fault::from(lost).told("get", "");
            assert_eq!((error.kind(), error.retry()), (ErrorKind::Unreachable, Retry::Soon));
        }
        let error = Fault::from(smb2::Error::Timeout).told("get", "");
        assert_eq!((error.kind(), error.retry()), (ErrorKind::TimedOut, Retry::Soon));
    }
}
