//! What the application itself says: its data, its key, plans, destinations
//! and runs.

use super::{Act, destination, internal, run_name, said};
use crate::{Code, Error, KeychainState, RunEntry};
use model::{LogLevel, RunKind, RunStatus};
use std::{io, path::Path};

/// A fault of the program.
pub(crate) fn fault() -> Error {
    internal().alone()
}

/// The database failed.
pub(crate) fn store(error: store::Error) -> Error {
    use store::Error as E;
    let nothing = "Nothing was changed.";
    match error {
        E::Corrupt { path } => said(
            Code::StoreDamaged,
            format!(
                "Keepstead's database {} is damaged. Your backups are not: they lie at their \
                 destinations. {nothing}",
                path.display()
            ),
            "Get the file back from a backup, or move it aside and set Keepstead up anew, with \
             other folders for the copies. The words of your recovery kit go on opening the \
             backups that are there.",
        ),
        E::Newer { found, known } => said(
            Code::StoreNewer,
            format!(
                "Keepstead's database was written by a newer version of Keepstead (its format is \
                 {found}; this version knows {known}). {nothing}"
            ),
            "Use that newer version.",
        ),
        E::Full => said(
            Code::OutOfSpace,
            format!("There is no room left where Keepstead keeps its data. {nothing}"),
            "Make room on that disk, then try again.",
        ),
        E::ReadOnly | E::Permission => said(
            Code::PermissionDenied,
            format!("This account may not write where Keepstead keeps its data. {nothing}"),
            "Give it the right to, or set KEEPSTEAD_DATA to another folder.",
        ),
        E::Busy => said(
            Code::StoreBusy,
            format!("Another program has held Keepstead's database for too long. {nothing}"),
            "Try again.",
        ),
        E::Taken { .. } => {
            said(Code::NameTaken, format!("That name is taken. {nothing}"), "Choose another one.")
        }
        _ => internal(),
    }
    .alone()
}

/// A secret cannot be sealed or shown.
pub(crate) fn sealed(_: secrets::Error) -> Error {
    fault()
}

/// What unlocks did not.
pub(crate) fn unlocking(error: secrets::Error) -> Error {
    use secrets::Error as E;
    match error {
        E::WrongPassphrase | E::NotAPassphrase => said(
            Code::WrongPassphrase,
            "These are not the words of the recovery kit. Nothing was read or changed.",
            "Type the eight words in their order, as they stand on the kit.",
        )
        .alone(),
        _ => secret_damaged(),
    }
}

/// A sealed value does not open.
pub(crate) fn secret_damaged() -> Error {
    let what = "A secret in Keepstead's database is damaged, or of another installation. Your \
                backups are not concerned; the recovery kit opens them.";
    said(
        Code::SecretDamaged,
        what,
        "Get the database back from a backup, or set Keepstead up again.",
    )
    .alone()
}

/// Neither the keychain nor a passphrase opens the application.
pub(crate) fn locked(keychain: Option<KeychainState>) -> Error {
    let why = match keychain {
        Some(KeychainState::Locked) => "this system's keychain is locked",
        Some(KeychainState::Off) => "the keychain is turned off",
        Some(_) => "this system has no keychain",
        None => "this system's keychain does not hold its key",
    };
    let what = format!("Keepstead is locked: {why}. Nothing was read or changed.");
    let hint = "Give the eight words of the recovery kit in a file with --unlock-file FILE, or in \
                the variable KEEPSTEAD_UNLOCK.";
    said(Code::AppLocked, what, hint).alone()
}

/// There is no installation.
pub(crate) fn not_set_up(folder: &Path) -> Error {
    let what = format!("Keepstead is not set up in {}: nothing is backed up.", folder.display());
    said(Code::NotSetUp, what, "Set it up with `keepstead kit create`.").alone()
}

/// There is one.
pub(crate) fn already_set_up(folder: &Path) -> Error {
    let what = format!("Keepstead is set up in {} already. Nothing was changed.", folder.display());
    said(Code::AlreadySetUp, what, "`keepstead status` shows what it does.").alone()
}

/// The account has no home.
pub(crate) fn no_home() -> Error {
    let what = "This account has no home folder, so there is no place for Keepstead's data.";
    said(Code::FolderMissing, what, "Set KEEPSTEAD_DATA to a folder.").alone()
}

/// The data folder cannot be used.
pub(crate) fn data_folder(folder: &Path) -> Error {
    let what = format!("Keepstead cannot write in its data folder {}.", folder.display());
    let hint = "Check who owns it, and that its disk is not full or read-only.";
    said(Code::PermissionDenied, what, hint).alone()
}

/// A marker cannot be written.
pub(crate) fn marking(error: &storage::Error, folder: &Path) -> Error {
    destination::failure(error, folder).while_doing(Act::AddDestination)
}

/// The folder to be used is not there.
pub(crate) fn no_folder(folder: &Path) -> Error {
    let what = format!("There is no folder {}. No destination was added.", folder.display());
    let hint = "Check the path, and that its disk or share is plugged in and mounted.";
    said(Code::FolderMissing, what, hint).alone()
}

/// The folder holds what only looks like a marker.
pub(crate) fn marker_unusable(folder: &Path) -> Error {
    let what = format!(
        "The file {} in {} is not one that Keepstead can read. No destination was added.",
        crate::marker::NAME,
        folder.display()
    );
    said(Code::NotOurs, what, "Choose another folder, or use a newer version of Keepstead.").alone()
}

/// The folder is a destination under another name.
pub(crate) fn destination_known(folder: &Path, name: &str) -> Error {
    let what =
        format!("{} is the destination \"{name}\" already. Nothing was changed.", folder.display());
    said(Code::NameTaken, what, "Use it by that name.").alone()
}

/// The folder is Keepstead's own.
pub(crate) fn own_data(folder: &Path) -> Error {
    let what =
        format!("{} lies in Keepstead's own data. No destination was added.", folder.display());
    said(Code::NotOurs, what, "Choose a folder on another disk.").alone()
}

/// A plan copies to the destination.
pub(crate) fn destination_in_use(name: &str, plan: &str) -> Error {
    let what = format!("The plan \"{plan}\" copies to \"{name}\". Nothing was changed.");
    said(Code::DestinationInUse, what, "Remove the plan first; its backups stay.").alone()
}

/// No destination has this name.
pub(crate) fn no_destination(wanted: &str) -> Error {
    let what = format!("There is no destination \"{wanted}\". Nothing was changed.");
    said(Code::NoSuchDestination, what, "`keepstead destination list` shows their names.").alone()
}

/// The right disk is not there.
pub(crate) fn not_here(name: &str, path: &Path) -> Error {
    let what = format!(
        "{name} is not here: {} is missing, or is another disk. Nothing was read or changed there.",
        path.display()
    );
    said(Code::NotMounted, what, "Plug the disk in, or connect the share, then try again.").alone()
}

/// A name that is no name.
pub(crate) fn bad_name(limit: usize) -> Error {
    let what = format!("A name has 1 to {limit} characters. Nothing was changed.");
    said(Code::BadName, what, "Choose another one.").alone()
}

/// A limit that is none.
pub(crate) fn bad_limit() -> Error {
    let what = "That is no limit: it is a number of KiB a second from 1 on, or a share of the \
                processors from 1 to 99 %. Nothing was changed.";
    said(Code::BadLimit, what, "Choose another one, or none.").alone()
}

/// A name that is taken.
pub(crate) fn name_taken(name: &str) -> Error {
    let what = format!("The name \"{name}\" is taken. Nothing was changed.");
    said(Code::NameTaken, what, "Choose another one.").alone()
}

/// A plan without sources or destinations.
pub(crate) fn plan_incomplete() -> Error {
    let what = "A plan needs a folder to copy and a destination. Nothing was changed.";
    said(Code::PlanIncomplete, what, "Name at least one of each.").alone()
}

/// A source is not there.
pub(crate) fn no_source(source: &Path) -> Error {
    let what = format!("{} does not exist, or cannot be read. No plan was made.", source.display());
    said(Code::SourceMissing, what, "Check the path, and who may read it.").alone()
}

/// No plan has this name.
pub(crate) fn no_plan(wanted: &str) -> Error {
    let what = format!("There is no plan \"{wanted}\". Nothing was changed.");
    said(Code::NoSuchPlan, what, "`keepstead plan list` shows their names.").alone()
}

/// There is no plan to run.
pub(crate) fn nothing_to_run() -> Error {
    let what = "There is no plan to run. No backup was made.";
    said(Code::NoSuchPlan, what, "Make one with `keepstead plan add`, or take one up again.")
        .alone()
}

/// The plan was changed while its run waited.
pub(crate) fn plan_gone(name: &str) -> Error {
    let what = format!(
        "The plan \"{name}\" was removed, or no longer copies there. No backup was made this time."
    );
    said(Code::NoSuchPlan, what, "If that was not meant, make the plan again.").alone()
}

/// No run has this id.
pub(crate) fn no_run(id: &str) -> Error {
    let what = format!("There is no run \"{id}\".");
    said(Code::NoSuchRun, what, "`keepstead history` shows their ids.").alone()
}

/// The run has ended, so it can be neither paused nor resumed.
pub(crate) fn run_over(run: &RunEntry) -> Error {
    let what = format!("{} has ended already. Nothing was changed.", run_name(run));
    said(Code::RunOver, what, "`keepstead history` shows how it ended; start it again to go on.")
        .alone()
}

/// The run waits, so there is nothing to be paused.
pub(crate) fn run_waits(run: &RunEntry) -> Error {
    let what =
        format!("{} waits for its turn and has not begun. Nothing was changed.", run_name(run));
    let hint = "Pause what is under way: what waits goes on waiting behind it. Or cancel this one.";
    said(Code::RunWaits, what, hint).alone()
}

/// What the log says when a run stands still, and when it goes on.
pub(crate) fn run_paused(paused: bool) -> String {
    if paused { "Paused." } else { "Resumed." }.to_owned()
}

/// What was asked for is no longer readable.
pub(crate) fn request_lost() -> Error {
    let what = "What should be done can no longer be read. Nothing was done.";
    said(Code::Internal, what, "Ask for it again.").alone()
}

/// The destination holds no backup of the plan.
pub(crate) fn no_backup_of(plan: &str, destination: &str) -> Error {
    let what = format!("{destination} holds no backup of \"{plan}\". Nothing was restored.");
    said(Code::NoSuchBackup, what, "Choose another destination, or name a backup by its id.")
        .alone()
}

/// A process ended in the middle of a run.
pub(crate) fn interrupted(kind: RunKind) -> Error {
    let (effect, hint) = match kind {
        RunKind::Restore => (
            "The restore is not complete; the backup was not changed.",
            "Look at what is there already, then restore the rest.",
        ),
        RunKind::Verify => (
            "The verification is not complete, so it proves nothing; nothing was changed.",
            "Verify again.",
        ),
        RunKind::Prune => (
            "No backup was harmed; not all of the room was freed.",
            "Clean up again: it goes on from there.",
        ),
        RunKind::Backup | RunKind::Drill | RunKind::Copy => (
            "No backup was made that time; earlier backups stay as they are.",
            "It is taken up by itself: what was stored already is not stored again.",
        ),
    };
    let what = format!("Keepstead, or this computer, stopped in the middle. {effect}");
    said(Code::Interrupted, what, hint).alone()
}

/// What a clean-up would do is no longer what was shown.
pub(crate) fn clean_up_outdated(destination: &str) -> Error {
    let what = format!(
        "{destination} has changed since it was shown what the clean-up would do, or the time of \
         something that waited is over. Nothing was changed."
    );
    said(Code::PlanOutdated, what, "Look at what it would do now, and clean up again.").alone()
}

/// A run was cancelled before it began.
pub(crate) fn cancelled_run() -> Error {
    said(Code::Cancelled, "Cancelled before it began.", "").alone()
}

/// A backup was written, but does not read back.
pub(crate) fn not_read_back(error: &Error) -> Error {
    if error.code == Code::Cancelled {
        return error.clone();
    }
    let what = format!(
        "The backup was written, but could not be read back, so it does not count. {}",
        error.message
    );
    said(error.code, what, "Check the destination, then run the plan again.").alone()
}

/// A folder that was left out by itself.
pub(crate) fn left_out(folder: &str) -> String {
    format!("{folder} was left out: it holds backups, or Keepstead's own data.")
}

/// Something that was restored under another name, because its own was taken.
pub(crate) fn renamed(path: &Path, name: &Path) -> String {
    format!("Its name was taken: {} is here as {}", path.display(), name.display())
}

/// The same of those that the log does not name.
pub(crate) fn more_renamed(count: u64) -> String {
    match count {
        1 => "The name of one more was taken.".to_owned(),
        count => format!("The names of {count} more were taken."),
    }
}

/// How a run ended, as its log says it.
pub(crate) fn run_ended(kind: RunKind, status: RunStatus, skipped: usize) -> (LogLevel, String) {
    match (status, skipped) {
        (RunStatus::Success, _) => (LogLevel::Info, format!("{}.", capital(done(kind)))),
        (_, 1) => (LogLevel::Warning, "Done, but for one file.".to_owned()),
        (_, count) => (LogLevel::Warning, format!("Done, but for {count} files.")),
    }
}

/// How a run ended well: after a colon, or at the beginning of a sentence.
pub(super) fn done(kind: RunKind) -> &'static str {
    match kind {
        RunKind::Verify => "done, no errors were found",
        RunKind::Prune => "done, no backup was changed",
        RunKind::Backup | RunKind::Restore | RunKind::Drill | RunKind::Copy => {
            "done, and read back"
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A disk that is away while its copy is fresh.
pub(crate) fn due(name: &str, age: &str) -> String {
    format!("{name} is not here. Its copy is from {age}; plug it in for a newer one.")
}

/// What the verdict does not go by yet.
pub(crate) fn drills_left_out() -> String {
    "Restore drills are not there yet and do not count.".to_owned()
}

/// No path was typed.
pub(crate) fn no_path() -> Error {
    said(Code::FolderMissing, "No folder was named. Nothing was changed.", "Name one.").alone()
}

/// Too few words.
pub(crate) fn two_words() -> Error {
    let what = "Two different words of the recovery kit are needed. It is not confirmed.";
    said(Code::WrongKitWord, what, "Type the words that were asked for.").alone()
}

/// A word is not the one on the kit.
pub(crate) fn wrong_word(position: usize) -> Error {
    let what = format!(
        "That is not word {} of the recovery kit. It is not confirmed.",
        position.saturating_add(1)
    );
    said(Code::WrongKitWord, what, "Look at the kit again; capitals do not matter.").alone()
}

/// The disk of this computer's own files, as a place for copies.
pub(crate) fn own_disk() -> &'static str {
    "This computer’s own disk"
}

/// Where one may begin to look for a folder.
pub(crate) fn home() -> &'static str {
    "Home"
}

/// The same: everything.
pub(crate) fn computer() -> &'static str {
    "This computer"
}

/// A folder that cannot be written to.
pub(crate) fn cannot_write(folder: &Path, error: &io::Error) -> Error {
    let place = folder.display();
    let effect = "Nothing was changed.";
    match error.kind() {
        io::ErrorKind::ReadOnlyFilesystem => said(
            Code::ReadOnly,
            format!("{place} can be read but not written. {effect}"),
            "Check the switch of the disk or card, or how it is mounted.",
        ),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => said(
            Code::OutOfSpace,
            format!("There is no room left at {place}. {effect}"),
            "Make room there, or choose a larger disk.",
        ),
        io::ErrorKind::PermissionDenied => said(
            Code::PermissionDenied,
            format!("This account may not write to {place}. {effect}"),
            "Give it the right to, or choose another folder.",
        ),
        io::ErrorKind::NotADirectory => said(
            Code::NotAFolder,
            format!("{place} lies in a file, not in a folder. {effect}"),
            "Choose a folder.",
        ),
        io::ErrorKind::InvalidFilename | io::ErrorKind::NotFound => said(
            Code::FolderMissing,
            format!("There is no folder {place}. {effect}"),
            "Check the path, and that its disk or share is plugged in and mounted.",
        ),
        _ => said(
            Code::DestinationFailed,
            format!("{place} did not take what was written to try it. {effect}"),
            "Check the disk and its connection, then try again.",
        ),
    }
    .alone()
}

/// A folder that cannot be looked into.
pub(crate) fn cannot_list(folder: &Path, error: &io::Error) -> Error {
    let place = folder.display();
    match error.kind() {
        io::ErrorKind::PermissionDenied => said(
            Code::PermissionDenied,
            format!("This account may not look into {place}."),
            "Give it the right to, or choose another folder.",
        ),
        _ => said(
            Code::FolderMissing,
            format!("There is no folder {place}."),
            "Check the path, and that its disk or share is plugged in and mounted.",
        ),
    }
    .alone()
}

/// Looking was stopped, because it is not needed any more.
pub(crate) fn stopped() -> Error {
    said(Code::Cancelled, "Stopped. Nothing was changed.", "").alone()
}

/// A database that is not damaged is not set aside.
pub(crate) fn not_damaged() -> Error {
    let what = "Keepstead’s database is not damaged. Nothing was changed.";
    said(Code::AlreadySetUp, what, "Close this window, and open it again.").alone()
}

/// The run did not skip this path.
pub(crate) fn not_skipped(path: &Path) -> Error {
    let what = format!("This run did not skip {}. Nothing was changed.", path.display());
    said(Code::NoSuchPath, what, "Look at the run again: its list may have changed.").alone()
}

/// What it means that the key does not lie in the keychain.
pub(crate) fn keychain_note(keychain: KeychainState) -> Option<String> {
    let why = match keychain {
        KeychainState::Stored => return None,
        KeychainState::Locked => "This system’s keychain is locked",
        KeychainState::Off => "The keychain is turned off",
        KeychainState::Unavailable => "This system has no keychain",
    };
    Some(format!(
        "{why}, so Keepstead will ask for the words of the recovery kit each time it starts."
    ))
}

/// The desktop does not do what it was asked for.
pub(crate) fn desktop_refuses() -> Error {
    let what =
        "This desktop did not do what Keepstead asked of it. Your backups are not concerned.";
    said(Code::DesktopRefused, what, "Look into the settings of the desktop, then try again.")
        .alone()
}
