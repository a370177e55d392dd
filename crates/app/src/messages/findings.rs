//! What a check finds.

use super::said;
use crate::{Code, Error, vault::CheckFinding};
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
    let hint = "Check the disk it lies on, and keep a copy of the repository before you repair \
                it. `keepstead vault repair index` says anew what is there; the next backup then \
                stores anew what still exists on this machine. `keepstead vault repair snapshots` \
                saves what is left of earlier backups.";
    said(Code::Damaged, format!("The check found {errors}. {effect}"), hint).alone()
}
