//! What a check finds.

use super::said;
use crate::{Code, Error, vault::CheckFinding};
use std::path::Path;
use vault::Problem;

/// What is wrong with an object, for programs and for people.
pub(crate) fn problem(problem: &Problem) -> (&'static str, String) {
    match problem {
        Problem::Missing => ("missing", "It is missing.".to_owned()),
        Problem::Damaged(_) => ("damaged", "It is damaged: it is not what was stored.".to_owned()),
        Problem::Unreadable(_) => ("unreadable", "The destination cannot read it.".to_owned()),
        Problem::Length { expected, found } => {
            ("length", format!("It has {found} bytes instead of {expected}."))
        }
        Problem::Orphan => {
            ("orphan", "No backup needs it. A backup was interrupted, or is running.".to_owned())
        }
        Problem::NotIndexed => {
            ("not_indexed", "A backup needs it, and it is nowhere to be found.".to_owned())
        }
        Problem::WrongKind => (
            "wrong_kind",
            "A backup needs it as the contents of files, and it is stored as a folder.".to_owned(),
        ),
        Problem::IndexesDisagree => {
            ("indexes_disagree", "Index files say different things of it.".to_owned())
        }
        Problem::Gaps => ("gaps", "The index does not say what all of it is.".to_owned()),
        Problem::HeaderDiffers => {
            ("header_differs", "Its own list of contents is not that of the index.".to_owned())
        }
        Problem::Blobs { count, first } => {
            ("blobs", format!("{count} of its parts are damaged, the first is {first}."))
        }
        Problem::Size { name, recorded, contents } => {
            ("size", format!("\"{name}\" is recorded with {recorded} bytes, and holds {contents}."))
        }
    }
}

/// A check that found errors.
pub(crate) fn unsound(findings: &[CheckFinding]) -> Error {
    let hint = "Check the disk it lies on, and keep a copy of the repository before you repair \
                it. `keepstead vault repair index` says anew what is there; the next backup then \
                stores anew what still exists on this machine. `keepstead vault repair snapshots` \
                saves what is left of earlier backups.";
    said(Code::Damaged, format!("The check found {}", found(findings)), hint).alone()
}

/// A verification of a destination that found errors; its backups lie in
/// `vault`.
pub(crate) fn damaged(destination: &str, vault: &Path, findings: &[CheckFinding]) -> Error {
    let what =
        format!("Backups on {destination} are damaged: it was verified, with {}", found(findings));
    let vault = vault.display();
    let hint = format!(
        "Check the disk, and copy {vault} elsewhere before it is repaired. Move the files that the \
         log of this run calls damaged out of {vault}; `keepstead vault repair index --repository \
         {vault}` then says anew what is left. Back up again, so that what is still on this \
         computer is stored anew; `keepstead vault repair snapshots --repository {vault}` saves \
         what is left of earlier backups. Then verify everything."
    );
    said(Code::Damaged, what, hint).alone()
}

/// A verification of a destination whose backups cannot even be opened.
pub(crate) fn unopened(destination: &str, error: &Error) -> Error {
    let what = format!(
        "Backups on {destination} are damaged: they cannot be opened, and nothing of them can be \
         restored as it is. {}",
        error.message
    );
    said(Code::Damaged, what, error.hint.clone()).alone()
}

/// How many errors, and what they mean.
fn found(findings: &[CheckFinding]) -> String {
    let errors: Vec<_> = findings.iter().filter(|found| found.is_error()).collect();
    let mut affected: Vec<_> = errors.iter().flat_map(|found| found.snapshots.iter()).collect();
    affected.sort_unstable();
    affected.dedup();
    let errors = match errors.len() {
        1 => "1 error".to_owned(),
        count => format!("{count} errors"),
    };
    let effect = match affected.len() {
        0 => "It is not known which backups are affected.".to_owned(),
        1 => "1 backup cannot be restored completely.".to_owned(),
        count => format!("{count} backups cannot be restored completely."),
    };
    format!("{errors}. {effect}")
}

/// A finding as a log says it, with what it means for the backups.
pub(crate) fn finding_line(found: &CheckFinding) -> String {
    let said = found.message.split_once(": ").map_or("", |(_, said)| said);
    let mut line = format!("{}: {said}", place(found));
    if let Some(first) = found.examples.first() {
        line += &match found.files.saturating_sub(1) {
            0 => format!(" Concerns {first}."),
            1 => format!(" Concerns {first} and one more."),
            more => format!(" Concerns {first} and {more} more."),
        };
    }
    line
}

/// Where what a finding is about lies at the destination, for people.
fn place(found: &CheckFinding) -> String {
    let id = found.id.as_deref().unwrap_or_default();
    match found.subject {
        "pack" => format!("data/{}/{id}", id.get(..2).unwrap_or_default()),
        "snapshot" => format!("snapshots/{id}"),
        "index" => format!("index/{id}"),
        "key" => format!("keys/{id}"),
        "lock" => format!("locks/{id}"),
        "config" => "config".to_owned(),
        "tree" => format!("Folder {id}"),
        "blob" => format!("Part {id} of files"),
        _ => "More parts of files".to_owned(),
    }
}

/// The same of those that a log does not name.
pub(crate) fn more_findings(count: u64) -> String {
    format!("And {count} more.")
}

/// The destination does not list the newest backup of a plan, so nobody knows
/// what else it does not list.
pub(crate) fn newest_not_listed(plan: &str, folder: &Path) -> Error {
    let what = format!(
        "The newest backup of \"{plan}\" is not listed at {}, so it cannot be told what is still \
         needed. Nothing was cleaned up or changed.",
        folder.display()
    );
    let hint = format!(
        "Check that the disk is the right one and can be read, and verify it. If that backup was \
         removed on purpose, back \"{plan}\" up once more, then clean up."
    );
    said(Code::MissingObject, what, hint).alone()
}
