//! What a destination says.

use super::{Act, Said, said};
use crate::{Code, Error};
use std::path::Path;
use storage::ErrorKind;

/// A destination's folder cannot be opened.
pub(crate) fn opening(error: &storage::Error, act: Act, folder: &Path) -> Error {
    let place = folder.display();
    if error.kind() != ErrorKind::NotFound {
        return failure(error, folder).while_doing(act);
    }
    let hint = "Check the path, and that its disk or share is plugged in and mounted.";
    match act {
        Act::Init => {
            let what = format!("The folder that {place} should lie in does not exist.");
            said(Code::FolderMissing, what, hint).while_doing(act)
        }
        _ => {
            let what = format!("There is no backup repository at {place}: no such folder.");
            said(Code::NotARepository, what, hint).while_doing(act)
        }
    }
}

/// A destination that is no folder of this machine cannot be reached or used.
pub(crate) fn reaching(error: &storage::Error, act: Act, place: &Path) -> Error {
    let said = failure(error, place);
    if said.code == Code::Cancelled { said.alone() } else { said.while_doing(act) }
}

/// Another destination, or none, is where this one was.
pub(crate) fn another_place(name: &str, act: Act, place: &Path) -> Error {
    let place = place.display();
    said(
        Code::NotMounted,
        format!("{place} is there, but is not the destination \"{name}\"."),
        "Check the folder in the destination's settings: its file keepstead-destination.json is \
         missing or is another's.",
    )
    .while_doing(act)
}

/// Keepstead's own backups lie beside those of another program.
pub(crate) fn two_repositories(place: &Path) -> Error {
    let place = place.display();
    let what = format!(
        "Keepstead has backups of its own in {place}, in the folder vault, beside those of another \
         program."
    );
    let hint = "Add it without taking those over, or move them to a folder of their own first.";
    said(Code::RepositoryExists, what, hint).while_doing(Act::AddDestination)
}

/// Everything is to begin where backups of other words lie.
pub(crate) fn other_kit(place: &Path) -> Error {
    let what = format!(
        "{} holds backups that were made with another recovery kit. Nothing was changed.",
        place.display()
    );
    let hint = "Choose another folder there, or another place: those backups stay as they are.";
    said(Code::WrongPassphrase, what, hint).alone()
}

/// There is no such kind of destination.
pub(crate) fn no_such_kind(kind: &str) -> Error {
    let what = format!("There is no kind of destination called \"{kind}\". Nothing was changed.");
    said(Code::BadSettings, what, "`keepstead destination kinds` lists them.").alone()
}

/// What was said about a destination is wrong.
pub(crate) fn wrong_settings(wrong: &[providers::Wrong]) -> Error {
    let each = wrong.iter().map(|wrong| format!("{}: {}", wrong.label, wrong.message));
    let what = format!("{} Nothing was changed.", each.collect::<Vec<_>>().join(" "));
    said(Code::BadSettings, what, "Say it otherwise, then try again.").alone()
}

/// A destination failed.
pub(super) fn failure(error: &storage::Error, folder: &Path) -> Said {
    let place = folder.display();
    match error.kind() {
        ErrorKind::NotFound => said(
            Code::MissingObject,
            format!("{} is missing at {place}.", object(error)),
            "Check the repository to see what else is missing.",
        ),
        ErrorKind::AlreadyExists => said(
            Code::DestinationFailed,
            format!("{} is at {place} already.", object(error)),
            "Another program may be writing there: try again when it has finished.",
        ),
        ErrorKind::PermissionDenied => said(
            Code::PermissionDenied,
            format!("This account may not use {place}."),
            "Give it the right to read and write that folder, or choose another one.",
        ),
        ErrorKind::BadCredentials => said(
            Code::BadCredentials,
            format!("{place} does not accept the name, password or key."),
            "Check them in the destination's settings. Nothing is copied there until they are \
             right.",
        ),
        ErrorKind::Untrusted => said(
            Code::Untrusted,
            match error.presented() {
                Some(shown) => format!("{place} could not prove who it is. It showed {shown}."),
                None => format!("{place} could not prove who it is."),
            },
            "Compare this fingerprint with the server's own, and trust it in the destination's \
             settings only when they are the same. If the server was trusted before and was not \
             set up anew, somebody may be listening: nothing was sent.",
        ),
        ErrorKind::PlaceMissing => said(
            Code::PlaceMissing,
            format!("The bucket, share or folder of {place} is not there."),
            "Check its name in the destination's settings, or make it there.",
        ),
        ErrorKind::WrongRegion => said(
            Code::WrongRegion,
            match error.presented() {
                Some(region) => format!("The bucket of {place} is in the region {region}."),
                None => format!("The bucket of {place} is in another region."),
            },
            "Change the region in the destination's settings.",
        ),
        ErrorKind::WrongClock => said(
            Code::WrongClock,
            format!("{place} refuses to answer because the clock of this computer is wrong."),
            "Set the date and time of this computer, then try again.",
        ),
        ErrorKind::NotThisService => said(
            Code::NotThisService,
            format!("What answers at {place} is not the service that was expected."),
            "Check the address: it may be that of a web page or of another program on the same \
             machine.",
        ),
        ErrorKind::AuthExpired => said(
            Code::SignInExpired,
            format!("The sign-in for {place} has run out."),
            "Sign in again.",
        ),
        ErrorKind::RateLimited => said(
            Code::RateLimited,
            format!("{place} asks to slow down."),
            "Try again in a few minutes.",
        ),
        ErrorKind::OutOfSpace => said(
            Code::OutOfSpace,
            format!("There is no room left at {place}."),
            "Make room there, or use a larger disk. What was stored already is not lost: the next \
             backup goes on from it.",
        ),
        ErrorKind::TooLarge => said(
            Code::TooLarge,
            format!("{place} does not take files as large as Keepstead has to store."),
            "Use a destination that does; a disk formatted with FAT32 does not.",
        ),
        ErrorKind::ReadOnly => said(
            Code::ReadOnly,
            format!("{place} can be read but not written."),
            "Check the switch of the disk or card, or how it is mounted.",
        ),
        ErrorKind::NotMounted => said(
            Code::NotMounted,
            format!("The disk or share of {place} is not there."),
            "Plug it in or mount it, then try again.",
        ),
        ErrorKind::Unreachable => said(
            Code::Unreachable,
            format!("{place} cannot be reached."),
            "Check the connection, then try again.",
        ),
        ErrorKind::TimedOut => said(
            Code::TimedOut,
            format!("{place} took too long to answer."),
            "Check the connection, then try again.",
        ),
        ErrorKind::Damaged => said(
            Code::Damaged,
            format!("{place} returned other bytes than were stored: {}.", object(error)),
            "Check the repository with all its data, and the disk it lies on.",
        ),
        ErrorKind::Unsupported => said(
            Code::Unsupported,
            format!("{place} cannot do what is needed for this."),
            "Use another destination.",
        ),
        ErrorKind::Cancelled => said(Code::Cancelled, "Cancelled.", ""),
        ErrorKind::Exhausted => said(
            Code::Exhausted,
            "This machine is out of memory or of file handles.",
            "Close other programs, then try again.",
        ),
        ErrorKind::Other => said(
            Code::DestinationFailed,
            format!("{place} could not be read or written: {} failed.", object(error)),
            "Check the disk and its connection, then try again.",
        ),
    }
}

/// What it was about.
fn object(error: &storage::Error) -> String {
    match error.key() {
        Some(key) => key.to_owned(),
        None => "the folder".to_owned(),
    }
}
