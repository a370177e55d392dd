//! What `restore` and `vault restore` have in common: what happens to files
//! that are there, what would happen, and what was given another name.

use crate::{
    failure::Result,
    output::{Output, plural, size, visible},
};
use app::vault::{Existing, Outcome, RenamedFile, RestorePreview};
use clap::ValueEnum;
use serde::Serialize;
use std::process::ExitCode;

/// How many new names are said.
pub(crate) const NAMED: u32 = 20;

/// What happens to files that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExistingFiles {
    /// Restore nothing at all
    Refuse,
    /// Replace them by those of the backup
    Overwrite,
    /// Leave them as they are
    Keep,
    /// Leave them as they are, and put what is not the same beside them under
    /// another name
    KeepBoth,
}

impl From<ExistingFiles> for Existing {
    fn from(files: ExistingFiles) -> Self {
        match files {
            ExistingFiles::Refuse => Self::Refuse,
            ExistingFiles::Overwrite => Self::Overwrite,
            ExistingFiles::Keep => Self::Keep,
            ExistingFiles::KeepBoth => Self::KeepBoth,
        }
    }
}

/// What a restore would do, for programs.
#[derive(Serialize)]
struct DryRun<'a> {
    outcome: Outcome,
    dry_run: bool,
    existing: Existing,
    #[serde(flatten)]
    preview: &'a RestorePreview,
}

/// Says what a restore would do.
pub(crate) fn would(
    output: Output,
    preview: &RestorePreview,
    existing: Existing,
) -> Result<ExitCode> {
    let complete = preview.unreadable.is_empty();
    let outcome = if complete { Outcome::Succeeded } else { Outcome::Partial };
    for path in &preview.unreadable {
        output.warn(&format!("Cannot be restored, it is damaged in the backup: {}", visible(path)));
    }
    for path in &preview.left_out {
        output.warn(&format!(
            "Nothing is restored there, because backups or Keepstead's own data lie in it: {}",
            visible(path)
        ));
    }
    output.message("summary", &DryRun { outcome, dry_run: true, existing, preview })?;
    output.say(&format!(
        "Would restore {} and {} of backup {}, {}, to {}",
        plural(preview.files + preview.others, "file", "files"),
        plural(preview.folders, "folder", "folders"),
        preview.snapshot_id.get(..8).unwrap_or_default(),
        size(preview.bytes),
        visible(&preview.target),
    ))?;
    for line in standing(preview, existing) {
        output.say(&line)?;
    }
    Ok(match outcome {
        Outcome::Succeeded => ExitCode::SUCCESS,
        Outcome::Partial => ExitCode::from(3),
    })
}

/// What would happen to what is there now, and to what: nothing when nothing is
/// there.
pub(crate) fn standing(preview: &RestorePreview, existing: Existing) -> Vec<String> {
    if preview.conflicts == 0 {
        return Vec::new();
    }
    let there = plural(preview.conflicts, "is there now", "are there now");
    let fate = match existing {
        Existing::Overwrite => "; what is not the same would be replaced:",
        Existing::KeepBoth => "; what is not the same would come beside it under another name:",
        Existing::Refuse | Existing::Keep => ", and would stay:",
    };
    let mut lines = vec![format!("{there}{fate}")];
    lines.extend(preview.conflict_examples.iter().map(|path| format!("  {}", visible(path))));
    let more = preview.conflicts.saturating_sub(preview.conflict_examples.len() as u64);
    if more > 0 {
        lines.push(format!("  and {more} more"));
    }
    lines
}

/// Says what was given another name; `count` of all.
pub(crate) fn renamed(output: Output, renamed: &[RenamedFile], count: u64) -> Result<()> {
    for renamed in renamed.iter().take(NAMED as usize) {
        output.say(&format!(
            "Its name was taken: {} is here as {}",
            visible(&renamed.path.path),
            visible(&renamed.name)
        ))?;
    }
    let more = count.saturating_sub(u64::from(NAMED));
    if more > 0 {
        output.say(&format!("and {more} more (--json lists them)"))?;
    }
    Ok(())
}
