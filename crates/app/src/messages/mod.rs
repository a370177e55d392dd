//! Every English sentence: what went wrong, and what stands on the recovery
//! kit. Each failure comes as what happened, what it means for protection, and
//! what to do.
//!
//! Invariant: no text of a library or of the system is passed on. Reasons
//! that only a programmer understands stay out; ids and paths are named.

mod application;
mod desktop;
mod destination;
mod findings;
mod kit;
mod vaults;

#[cfg(test)]
mod tests;

use crate::{Code, Error, vault::Reason};
use std::path::Path;
use vault::SkipReason;

pub(crate) use application::*;
pub use desktop::{ShellWords, failure_notice, shell_words};
pub(crate) use desktop::{paused_line, progress_line, run_name, run_status, tray, waiting};
pub(crate) use destination::{
    another_place, no_such_kind, opening, other_kit, reaching, two_repositories, wrong_settings,
};
pub(crate) use findings::{
    damaged, finding_line, more_findings, newest_not_listed, problem, unopened, unsound,
};
pub(crate) use kit::{kit, kit_names, kit_not_made, kit_not_saved, no_saved_kit};
pub(crate) use vaults::{not_whole, vault};

/// What was being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Init,
    Open,
    Backup,
    List,
    Browse,
    PlanRestore,
    Restore,
    Check,
    Keys,
    Forget,
    PlanPrune,
    Prune,
    Repair,
    Copy,
    Unlock,
    AddDestination,
    ChangeDestination,
    Plan,
}

impl Act {
    /// What it means that it failed.
    fn effect(self) -> &'static str {
        match self {
            Self::Init => "No repository was set up.",
            Self::Open => "Nothing was read or changed.",
            Self::Backup => "No backup was made this time; earlier backups stay as they are.",
            Self::List | Self::Browse => "The list is not complete; nothing was changed.",
            Self::PlanRestore => "Nothing was restored.",
            Self::Restore => "The restore is not complete; the backup itself was not changed.",
            Self::Check => "The check is not complete, so it proves nothing; nothing was changed.",
            Self::Keys => "The passphrase that was used still works.",
            Self::Forget => "Every backup that is to be kept is left alone.",
            Self::PlanPrune => "Nothing was cleaned up or changed.",
            Self::Prune => "No backup was harmed; not all of the room was freed.",
            Self::Repair => {
                "The repair is not complete; what could be read before can be read still."
            }
            Self::Copy => {
                "Not every backup was copied; those that were are whole, and no other was changed."
            }
            Self::AddDestination => "No destination was added.",
            Self::ChangeDestination => "The destination stays as it was.",
            Self::Plan => "No plan was made.",
            Self::Unlock => "Locks may be left; no backup was changed.",
        }
    }
}

/// The parts of a failure.
struct Said {
    code: Code,
    what: String,
    hint: String,
}

fn said(code: Code, what: impl Into<String>, hint: impl Into<String>) -> Said {
    Said { code, what: what.into(), hint: hint.into() }
}

impl Said {
    fn while_doing(self, act: Act) -> Error {
        let effect = match (act, self.code) {
            // Of earlier backups nothing good can be said then.
            (Act::Backup, Code::Damaged | Code::MissingObject | Code::RepositoryIncomplete) => {
                "No backup was made this time."
            }
            _ => act.effect(),
        };
        let message = format!("{} {effect}", self.what);
        Error { code: self.code, message, hint: self.hint, remedy: None }
    }

    fn alone(self) -> Error {
        Error { code: self.code, message: self.what, hint: self.hint, remedy: None }
    }
}

/// A file stands where a repository's folder should be.
pub(crate) fn not_a_folder(path: &Path) -> Error {
    let what = format!("{} is not a folder. Nothing was read or changed.", path.display());
    said(Code::NotAFolder, what, "Name the folder that holds the repository.").alone()
}

/// No key has this id.
pub(crate) fn no_such_key(wanted: &str) -> Error {
    let what = format!("No key of the repository begins with \"{wanted}\". Nothing was changed.");
    said(Code::NoSuchKey, what, "The list of keys shows their ids.").alone()
}

/// Several keys begin so.
pub(crate) fn ambiguous_key(wanted: &str) -> Error {
    let what = format!("Several keys begin with \"{wanted}\". Nothing was changed.");
    said(Code::AmbiguousKey, what, "Give more digits of the id.").alone()
}

/// Work on the repository is still under way elsewhere in this program.
pub(crate) fn busy(act: Act) -> Error {
    internal().while_doing(act)
}

/// A fault of the program.
fn internal() -> Said {
    let hint = "Try again. If it happens again, please report it with the version of Keepstead.";
    said(Code::Internal, "Keepstead itself failed.", hint)
}

/// What a file is called that is restored beside another of its name: this
/// comes in brackets after the name.
pub(crate) fn backup_of(day: jiff::civil::Date) -> String {
    format!("backup of {day}")
}

/// Why a file was skipped, for programs and for people.
pub(crate) fn skipped(reason: SkipReason) -> (Reason, &'static str) {
    match reason {
        SkipReason::PermissionDenied => {
            (Reason::PermissionDenied, "This account may not read or write it.")
        }
        SkipReason::Vanished => (Reason::Vanished, "It was gone when its turn came."),
        SkipReason::Missing => (Reason::Missing, "It does not exist."),
        SkipReason::Changing => {
            (Reason::Changing, "It kept changing while it was read; its last state was kept.")
        }
        SkipReason::Unreadable => (Reason::Unreadable, "The disk could not read it."),
        SkipReason::Kind => (Reason::Kind, "It is of a kind that cannot be backed up."),
        SkipReason::Contents => {
            (Reason::Contents, "Its contents are missing from the repository, or damaged there.")
        }
        SkipReason::NotWritten => (Reason::NotWritten, "It could not be written."),
        SkipReason::Attributes => (
            Reason::Attributes,
            "It is there, but not all of its owner, times, permissions and attributes.",
        ),
        SkipReason::Exists => (Reason::Exists, "Something else is in its place and was kept."),
        SkipReason::Destination => (
            Reason::Destination,
            "It lies where nothing is restored to: in the destination's own folder, or Keepstead's.",
        ),
        SkipReason::OutOfSpace => (Reason::OutOfSpace, "The disk is full."),
        SkipReason::Exhausted => {
            (Reason::Exhausted, "The system lets this program open no further files.")
        }
    }
}
