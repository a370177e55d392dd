//! Files that were skipped, for people.

use crate::output::{Output, plural, visible};
use app::vault::{Outcome, Reason, SkippedFile};
use std::{collections::BTreeMap, process::ExitCode};

/// How many files of one reason are named.
const NAMED: usize = 20;

/// Says which files were skipped, by reason.
pub(super) fn report(output: Output, skipped: &[SkippedFile]) {
    let mut reasons: BTreeMap<Reason, Vec<&SkippedFile>> = BTreeMap::new();
    for file in skipped {
        reasons.entry(file.reason).or_default().push(file);
    }
    for files in reasons.values() {
        let Some(first) = files.first() else { continue };
        let count = plural(files.len() as u64, "file or folder", "files or folders");
        output.warn(&format!("Skipped {count}. {}", first.message));
        for file in files.iter().take(NAMED) {
            output.warn(&format!("  {}", visible(&file.path.path)));
        }
        if files.len() > NAMED {
            output.warn(&format!("  and {} more (--json lists all)", files.len() - NAMED));
        }
    }
}

/// The exit code of work that ended so.
pub(super) fn exit_code(outcome: Outcome) -> ExitCode {
    match outcome {
        Outcome::Succeeded => ExitCode::SUCCESS,
        Outcome::Partial => ExitCode::from(3),
    }
}
