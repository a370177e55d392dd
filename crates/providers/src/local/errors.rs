//! What the system says, in the words of the contract.

use std::io;
use storage::{Error, ErrorKind, Retry};

/// Puts a failure of the system into the contract's words.
pub(super) fn from_io(error: io::Error, operation: &'static str, key: &str) -> Error {
    let kind = kind(&error);
    let mapped = Error::new(kind, operation).because(error);
    if key.is_empty() { mapped } else { mapped.at(key) }
}

/// The folder of the store is not, or no longer, what it was.
pub(super) fn not_mounted(operation: &'static str, why: &'static str) -> Error {
    Error::new(ErrorKind::NotMounted, operation).because(why)
}

/// The object has other bytes than were asked for. Trying again reads the same.
pub(super) fn damaged(operation: &'static str, key: &str, why: &'static str) -> Error {
    Error::new(ErrorKind::Damaged, operation).at(key).retry_advice(Retry::Never).because(why)
}

fn kind(error: &io::Error) -> ErrorKind {
    #[cfg(unix)]
    if let Some(kind) = error.raw_os_error().and_then(kind_of_errno) {
        return kind;
    }
    match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::AlreadyExists => ErrorKind::AlreadyExists,
        io::ErrorKind::PermissionDenied => ErrorKind::PermissionDenied,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::OutOfSpace,
        io::ErrorKind::FileTooLarge => ErrorKind::TooLarge,
        io::ErrorKind::ReadOnlyFilesystem => ErrorKind::ReadOnly,
        io::ErrorKind::StaleNetworkFileHandle | io::ErrorKind::NotConnected => {
            ErrorKind::NotMounted
        }
        io::ErrorKind::OutOfMemory => ErrorKind::Exhausted,
        io::ErrorKind::Unsupported => ErrorKind::Unsupported,
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown => ErrorKind::Unreachable,
        io::ErrorKind::TimedOut => ErrorKind::TimedOut,
        _ => ErrorKind::Other,
    }
}

/// Those the standard library has no name for.
#[cfg(unix)]
fn kind_of_errno(raw: i32) -> Option<ErrorKind> {
    use rustix::io::Errno;
    Some(match Errno::from_raw_os_error(raw) {
        Errno::MFILE | Errno::NFILE | Errno::NOMEM => ErrorKind::Exhausted,
        Errno::STALE | Errno::NOTCONN | Errno::NODEV | Errno::NXIO => ErrorKind::NotMounted,
        _ => return None,
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use rustix::io::Errno;

    #[test]
    fn every_failure_of_a_disk_has_its_kind_and_advice() {
        for (errno, expected, retry) in [
            (Errno::NOENT, ErrorKind::NotFound, Retry::Never),
            (Errno::EXIST, ErrorKind::AlreadyExists, Retry::Never),
            (Errno::ACCESS, ErrorKind::PermissionDenied, Retry::Never),
            (Errno::PERM, ErrorKind::PermissionDenied, Retry::Never),
            (Errno::NOSPC, ErrorKind::OutOfSpace, Retry::Never),
            (Errno::DQUOT, ErrorKind::OutOfSpace, Retry::Never),
            (Errno::FBIG, ErrorKind::TooLarge, Retry::Never),
            (Errno::ROFS, ErrorKind::ReadOnly, Retry::Never),
            (Errno::MFILE, ErrorKind::Exhausted, Retry::Soon),
            (Errno::NFILE, ErrorKind::Exhausted, Retry::Soon),
            (Errno::NOMEM, ErrorKind::Exhausted, Retry::Soon),
            (Errno::IO, ErrorKind::Other, Retry::Never),
            (Errno::STALE, ErrorKind::NotMounted, Retry::Never),
            (Errno::NOTCONN, ErrorKind::NotMounted, Retry::Never),
            (Errno::NODEV, ErrorKind::NotMounted, Retry::Never),
            (Errno::NXIO, ErrorKind::NotMounted, Retry::Never),
        ] {
            let error = from_io(errno.into(), "put", "data/00");
            assert_eq!((error.kind(), error.retry()), (expected, retry), "{errno:?}");
            assert_eq!(error.key(), Some("data/00"));
        }
    }
}
