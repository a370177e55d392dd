//! What stands on the recovery kit, and what is said about saving it.

use super::{fault, said};
use crate::{Code, Error};
use jiff::Zoned;
use secrets::kit::{Command, Texts};
use std::{io, path::Path};

/// The sentences of a kit.
pub(crate) fn kit(made_at: &Zoned, machine: &str) -> Texts {
    let made = made_at.strftime("%-d %B %Y at %H:%M (%Z)");
    let steps = [
        "Get restic, from restic.net or as a package of your system. Keepstead opens the backups, too.",
        "Plug in the disk, or connect the share, of a destination below. Where its path is another \
         now, type that.",
        "Type its commands into a terminal. The password: the eight words, a single blank between \
         two of them.",
        "“latest” is the newest backup; for another, type its ID from the list. The files come \
         back into ~/Restored.",
    ];
    let command = |label: &str, after: &str| Command {
        label: label.to_owned(),
        before: "restic -r ".to_owned(),
        after: after.to_owned(),
    };
    Texts {
        language: "en".to_owned(),
        title: "Keepstead recovery kit".to_owned(),
        made: format!("Made on {made}, on the computer “{machine}”"),
        keep: "Keep this on paper, away from the computer. Whoever has these words can read every \
               backup; without them, nobody can, and nobody can make them anew."
            .to_owned(),
        code: "Words and paths, for a machine to read".to_owned(),
        steps_title: "To get everything back".to_owned(),
        steps: steps.map(str::to_owned).to_vec(),
        places_title: "Where the backups are".to_owned(),
        no_places: "Keepstead had no destination yet when this kit was made. Save the kit again \
                    once there is one."
            .to_owned(),
        folder: "Folder".to_owned(),
        repository: "Backups in".to_owned(),
        commands: vec![
            command("List them", " snapshots"),
            command("Restore", " restore latest --target ~/Restored"),
        ],
        broken_lines: "A command whose line ends in \\ goes on in the next one; type it as it \
                       stands here, in bash or zsh."
            .to_owned(),
        written_out:
            "What cannot be typed from paper stands as its bytes, such as \\xe5, between $' \
                      and '. bash and zsh take it so, exactly."
                .to_owned(),
        more_codes: "The other paths, for a machine to read".to_owned(),
        page: |number, count| format!("Page {number} of {count}"),
    }
}

/// The kit cannot be made.
pub(crate) fn kit_not_made(error: secrets::Error) -> Error {
    match error {
        secrets::Error::TooLong => said(
            Code::BadName,
            "The path of a destination is too long for the recovery kit. No kit was saved.",
            "Move that destination to a folder with a shorter path, then save the kit again.",
        )
        .alone(),
        _ => fault(),
    }
}

/// The kit cannot be written.
pub(crate) fn kit_not_saved(error: &io::Error, path: &Path) -> Error {
    use io::ErrorKind as K;
    let path = path.display();
    let no = "No kit was saved.";
    match error.kind() {
        K::AlreadyExists => said(
            Code::FileExists,
            format!("There is something at {path} already. {no}"),
            "Choose another name, or replace it with --replace.",
        ),
        K::IsADirectory | K::InvalidInput => said(
            Code::FileExists,
            format!("{path} is not the name of a file. {no}"),
            "Name the file that the kit should be saved as, such as kit.pdf.",
        ),
        K::NotFound | K::NotADirectory => said(
            Code::FolderMissing,
            format!("There is no folder for {path}. {no}"),
            "Make the folder first, or choose another.",
        ),
        K::StorageFull | K::QuotaExceeded => said(
            Code::OutOfSpace,
            format!("There is no room left for {path}. {no}"),
            "Make room on that disk, or choose another.",
        ),
        K::ReadOnlyFilesystem => said(
            Code::ReadOnly,
            format!("{path} lies on a disk that is read-only. {no}"),
            "Choose another folder.",
        ),
        K::PermissionDenied => said(
            Code::PermissionDenied,
            format!("This account may not write {path}. {no}"),
            "Choose another folder.",
        ),
        _ => said(
            Code::DestinationFailed,
            format!("{path} cannot be written. {no}"),
            "Choose another folder, or another disk.",
        ),
    }
    .alone()
}

/// What a saved kit is called: the first of these that nothing has.
pub(crate) fn kit_names() -> impl Iterator<Item = String> {
    let first = std::iter::once("Keepstead recovery kit.pdf".to_owned());
    first.chain((2..100).map(|number| format!("Keepstead recovery kit {number}.pdf")))
}

/// No kit was saved, or it is gone.
pub(crate) fn no_saved_kit() -> Error {
    let what = "The recovery kit that was saved is not there any more.";
    said(Code::FolderMissing, what, "Save it again.").alone()
}
