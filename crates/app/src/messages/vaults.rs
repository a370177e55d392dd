//! What a vault says.

use super::{Act, Said, destination, internal, said};
use crate::{Code, Error};
use std::path::Path;
use vault::{LockHolder, TargetProblem};

/// A failure of a vault in `folder`, while doing `act`.
#[expect(clippy::needless_pass_by_value, reason = "the form that map_err wants")]
pub(crate) fn vault(error: vault::Error, act: Act, folder: &Path) -> Error {
    let said = in_words(&error, act, folder);
    if said.code == Code::Cancelled { said.alone() } else { said.while_doing(act) }
}

fn in_words(error: &vault::Error, act: Act, folder: &Path) -> Said {
    let place = folder.display();
    match error {
        vault::Error::Storage(error) => destination::failure(error, folder),
        vault::Error::Target { path, problem } => target(path, problem),
        vault::Error::Locked(holder) => locked(holder, folder),
        vault::Error::NotARepository(_) => said(
            Code::NotARepository,
            format!("There is no backup repository at {place}."),
            "Check the path, and that its disk or share is mounted; or set up a repository there.",
        ),
        vault::Error::HalfCreated(_) => said(
            Code::RepositoryIncomplete,
            format!(
                "The repository at {place} is incomplete: its file \"config\" is missing. \
                 Either its making was interrupted, or the file is lost."
            ),
            "If it held backups, get the file back from a copy of the repository. If it never \
             did, set it up again, or choose an empty folder.",
        ),
        vault::Error::RepositoryExists(_) => said(
            Code::RepositoryExists,
            format!("There is a backup repository at {place} already."),
            "Back up into it, or choose another folder.",
        ),
        vault::Error::WrongPassphrase => said(
            Code::WrongPassphrase,
            format!("The passphrase does not open the repository at {place}."),
            "Check for typing errors, another keyboard layout, and spaces at the end. The \
             recovery kit holds the passphrase.",
        ),
        vault::Error::NoKeys => said(
            Code::RepositoryIncomplete,
            format!("The repository at {place} has no key, so no passphrase can open it."),
            "Get its folder \"keys\" back from a copy of the repository.",
        ),
        vault::Error::UnsupportedVersion(version) => said(
            Code::UnsupportedVersion,
            format!(
                "The repository at {place} has format version {version}; Keepstead reads and \
                 writes version 2."
            ),
            match version {
                0 | 1 => "Run `restic migrate upgrade_repo_v2` on it, then try again.",
                _ => "Use a newer version of Keepstead.",
            },
        ),
        vault::Error::LockLost => said(
            Code::LockLost,
            format!(
                "The lock on the repository at {place} was lost: another program removed it, or \
                 this machine slept for too long."
            ),
            "Try again, and keep other programs away from the repository meanwhile.",
        ),
        vault::Error::Damaged { what, .. } => said(
            Code::Damaged,
            format!("A part of the repository at {place} is damaged: {what}."),
            repair(what),
        ),
        vault::Error::Missing(what) => said(
            Code::MissingObject,
            format!("A part of the repository at {place} is missing: {what}."),
            repair(what),
        ),
        vault::Error::EmptyPassphrase => {
            said(Code::EmptyPassphrase, "The passphrase is empty.", "Give one that is not.")
        }
        vault::Error::KeyInUse => said(
            Code::KeyInUse,
            "The repository was opened with this key, so it cannot be removed.",
            "Open the repository with another passphrase, or change the passphrase of this key.",
        ),
        vault::Error::NoSuchSnapshot(wanted) if wanted == "latest" => {
            said(Code::NoSuchBackup, "The repository holds no backup yet.", "Make a backup first.")
        }
        vault::Error::NoSuchSnapshot(wanted) => said(
            Code::NoSuchBackup,
            format!("There is no backup \"{wanted}\"."),
            "The list of backups shows their ids; \"latest\" stands for the newest.",
        ),
        vault::Error::AmbiguousSnapshot(wanted) => said(
            Code::AmbiguousBackup,
            format!("Several backups begin with \"{wanted}\"."),
            "Give more digits of the id.",
        ),
        vault::Error::NoSuchPath(path) => said(
            Code::NoSuchPath,
            format!("The backup holds nothing that is named {path}."),
            "List the backup to see its paths: they are absolute, as they were on the machine \
             that was backed up.",
        ),
        vault::Error::NoSource(paths) => {
            let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
            let what = match &paths[..] {
                [path] => format!("{path} does not exist, or cannot be opened."),
                _ => format!("None of these exists, or can be opened: {}.", paths.join(", ")),
            };
            let hint =
                "Check the path, that its disk is mounted, and that this account may read it.";
            said(Code::SourceMissing, what, hint)
        }
        vault::Error::SourceInDestination(source, destination) => said(
            Code::SourceInDestination,
            if source == destination {
                format!("{} is where the backups are.", source.display())
            } else {
                format!(
                    "{} lies in {}, where the backups are.",
                    source.display(),
                    destination.display()
                )
            },
            "Back up other folders. To have a second copy of the backups themselves, copy the \
             folder as it is.",
        ),
        vault::Error::Pattern { pattern, .. } => said(
            Code::Pattern,
            format!("\"{pattern}\" is not a pattern."),
            "In a pattern, * and ? stand for any characters of a name, ** for any folders, [ab] \
             for one of these characters and {a,b} for one of these texts. Brackets must be \
             closed; a backslash before a character takes its meaning away.",
        ),
        vault::Error::NoRules => said(
            Code::NoRules,
            "Nothing says which backups are to be kept.",
            "Say how many to keep, of which days, weeks, months or years, or with which tags.",
        ),
        vault::Error::NoSnapshots => said(
            Code::NoBackups,
            format!(
                "The repository at {place} lists no backup, although data of backups is there, so \
                 nobody knows what is needed."
            ),
            "Check that its folder snapshots is there and can be read. When it is not needed any \
             more, delete the whole folder of the repository.",
        ),
        vault::Error::PlanOutdated => said(
            Code::PlanOutdated,
            format!(
                "The repository at {place} has changed since it was decided what to do: another \
                 program has backed up or removed something, or the destination does not list all \
                 files."
            ),
            "Try again: it is then decided anew.",
        ),
        vault::Error::Cancelled => cancelled(act),
        vault::Error::Internal(_) => internal(),
    }
}

/// Why a backup is not whole, for programs and for people.
pub(crate) fn not_whole(error: &vault::Error) -> (Code, String) {
    match error {
        vault::Error::Missing(what) => {
            (Code::MissingObject, format!("A part of it is missing: {what}."))
        }
        vault::Error::Damaged { what, .. } => {
            (Code::Damaged, format!("A part of it is damaged: {what}."))
        }
        _ => (Code::Damaged, "A part of it cannot be read.".to_owned()),
    }
}

/// What helps against the loss of `what`, such as `pack 1f…`.
fn repair(what: &str) -> &'static str {
    match what.split(' ').next().unwrap_or_default() {
        "index" => {
            "`keepstead vault repair index` makes a new index from the data. Keep a copy of the \
             repository before you repair it."
        }
        "config" => "Get the file back from a copy of the repository.",
        "key" => {
            "Open the repository with another passphrase, or get the file back from a copy of the \
             repository."
        }
        "lock" => "`keepstead vault unlock` removes it, once nobody works on the repository.",
        "snapshot" => {
            "Other backups are not affected. `keepstead vault repair snapshots` says what is left; \
             removing the file lets work go on without this one."
        }
        _ => {
            "Check the repository with all its data to see which backups are affected. `restic \
             repair packs` takes what is damaged out of it; the next backup then stores anew what \
             still exists on this machine. Keep a copy of the repository before you repair it."
        }
    }
}

fn cancelled(act: Act) -> Said {
    let message = match act {
        Act::Backup => {
            "The backup was cancelled. No backup was made this time; what was stored already is \
             used by the next."
        }
        Act::Restore => {
            "The restore was cancelled. It is not complete; the backup was not changed."
        }
        Act::PlanRestore => "The restore was cancelled. Nothing was restored.",
        Act::Forget => {
            "Cancelled. Every backup that is to be kept is there; of the others some may be gone."
        }
        Act::Prune => {
            "The clean-up was cancelled. No backup was harmed; the next one goes on from there."
        }
        Act::Repair => {
            "The repair was cancelled. It is not complete; what could be read before can be read \
             still."
        }
        Act::Copy => {
            "The copy was cancelled. Backups that were copied by then are whole; what else was \
             stored is used by the next copy."
        }
        Act::Check => "The check was cancelled, so it proves nothing. Nothing was changed.",
        Act::Init => "Cancelled. No repository was set up.",
        Act::Keys => "Cancelled. The passphrase that was used still works.",
        Act::Open
        | Act::List
        | Act::Browse
        | Act::PlanPrune
        | Act::Unlock
        | Act::AddDestination
        | Act::ChangeDestination
        | Act::Plan => "Cancelled. Nothing was changed.",
    };
    said(Code::Cancelled, message, "")
}

fn locked(holder: &LockHolder, folder: &Path) -> Said {
    let LockHolder { hostname, username, pid, since, exclusive } = holder;
    let place = folder.display();
    let how = if *exclusive { ", and wants to be alone with it" } else { "" };
    let what = format!(
        "Another program is working on the repository at {place}{how}: process {pid} of \
         {username} on {hostname}, since {since}."
    );
    let hint = "Try again when it has finished. What a program leaves behind that broke off no \
                longer counts after half an hour.";
    said(Code::Locked, what, hint)
}

fn target(path: &Path, problem: &TargetProblem) -> Said {
    let place = path.display();
    match problem {
        TargetProblem::NotAFolder => said(
            Code::TargetNotAFolder,
            format!("{place} is not a folder, so nothing can be restored into it."),
            "Name another folder to restore to.",
        ),
        TargetProblem::InsideDestination(destination) => said(
            Code::TargetInsideDestination,
            format!("{place} lies in {}, where the backups are.", destination.display()),
            "Name a folder outside of it.",
        ),
        TargetProblem::InsideSource(source) => said(
            Code::TargetInsideSource,
            format!(
                "{place} lies inside {}, which this backup was made of: the next backup would \
                 back up the restored copy as well.",
                source.display()
            ),
            "Name a folder outside of it.",
        ),
        TargetProblem::NotWritable(_) => said(
            Code::TargetNotWritable,
            format!("{place} cannot be written to."),
            "Check that its disk is there and not read-only, and that this account may write \
             there; or name another folder.",
        ),
        TargetProblem::Exists { count, first } => said(
            Code::TargetExists,
            format!(
                "{} already, the first is {}.",
                match count {
                    1 => "1 file or folder of the restore is there".to_owned(),
                    _ => format!("{count} files or folders of the restore are there"),
                },
                first.display()
            ),
            "Restore to an empty folder, or say whether what is there is kept or overwritten.",
        ),
    }
}
