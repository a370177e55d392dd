//! How a backup or a restore ended, file by file where that matters.

use std::path::PathBuf;

/// How the whole work ended. That it failed is an [`Error`](crate::Error).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was done.
    Succeeded,
    /// It was done but for the files listed.
    FinishedWithSkipped,
}

/// A file that was not backed up or restored as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Where it is.
    pub path: PathBuf,
    /// Why.
    pub reason: SkipReason,
}

/// Why a file was not backed up or restored as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SkipReason {
    /// This account may not read or write it.
    #[error("permission denied")]
    PermissionDenied,
    /// It was there when the folder was listed and gone when it was opened.
    #[error("it vanished while the backup ran")]
    Vanished,
    /// The source that was asked for does not exist.
    #[error("it does not exist")]
    Missing,
    /// It changed while it was read, again and again. What was read is kept.
    #[error("it kept changing while it was read")]
    Changing,
    /// The disk could not read it.
    #[error("it could not be read")]
    Unreadable,
    /// It is neither file, folder, link nor device.
    #[error("it is of a kind that cannot be backed up")]
    Kind,
    /// Its contents are missing from the repository, or damaged there.
    #[error("its contents are missing or damaged in the backup")]
    Contents,
    /// It could not be written.
    #[error("it could not be written")]
    NotWritten,
    /// Its owner, times, permissions or attributes could not be set.
    #[error("its attributes could not be set")]
    Attributes,
    /// Something was at its place and was kept.
    #[error("something else is in its place and was kept")]
    Exists,
    /// It lies in a folder that nothing is restored into.
    #[error("it lies in a folder that nothing is restored into")]
    Destination,
    /// The disk is full.
    #[error("the disk is full")]
    OutOfSpace,
    /// The system lets this process open no further files.
    #[error("too many files are open")]
    Exhausted,
}

impl SkipReason {
    /// From an error of the operating system while reading.
    #[must_use]
    pub fn of_read(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::PermissionDenied => Self::PermissionDenied,
            std::io::ErrorKind::NotFound => Self::Vanished,
            _ if crate::platform::is_exhausted(error) => Self::Exhausted,
            _ => Self::Unreadable,
        }
    }

    /// From an error of the operating system while writing.
    #[must_use]
    pub fn of_write(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::PermissionDenied => Self::PermissionDenied,
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::OutOfSpace,
            _ if crate::platform::is_exhausted(error) => Self::Exhausted,
            _ => Self::NotWritten,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_lack_of_file_handles_is_no_fault_of_the_disk() {
        for errno in [rustix::io::Errno::MFILE, rustix::io::Errno::NFILE] {
            assert_eq!(SkipReason::of_read(&errno.into()), SkipReason::Exhausted);
            assert_eq!(SkipReason::of_write(&errno.into()), SkipReason::Exhausted);
        }
        assert_eq!(SkipReason::of_read(&rustix::io::Errno::IO.into()), SkipReason::Unreadable);
    }
}
