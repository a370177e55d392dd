//! `keepstead restore`.

use super::{
    Common, Session, absolute,
    asking::{self, can_ask, unconfirmed},
    run,
};
use crate::{
    failure::Result,
    output::Output,
    restoring::{ExistingFiles, standing, would},
};
use app::{
    Application, Cancel, RestoreOrder, Trigger, WhereTo,
    vault::{Existing, PathText, RestorePreview},
};
use clap::Args;
use std::{path::PathBuf, process::ExitCode};

const UNCONFIRMED: &str = "this replaces files where they are in use, and there is nobody to ask: \
                           give --yes, or see with --dry-run what would be replaced";

/// Bring files back from a destination
///
/// The paths of the backup are laid out below the target, as restic lays them
/// out: /home/me/letter comes to DIR/home/me/letter. In place, it comes back to
/// /home/me/letter, through links that have taken the place of folders since.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The beginning of the backup's id, or `latest`
    #[arg(default_value = "latest")]
    id: String,
    /// The destination that holds it, by its name
    #[arg(long, short, value_name = "DESTINATION")]
    from: String,
    /// The plan whose latest backup is meant
    #[arg(long, short)]
    plan: Option<String>,
    /// The folder to restore to; it is made when it is missing
    #[arg(long, short, value_name = "DIR", required_unless_present = "in_place")]
    target: Option<PathBuf>,
    /// Restore to where the files came from
    #[arg(long, conflicts_with = "target")]
    in_place: bool,
    /// Only what matches: a path in the backup, or a pattern as `*.odt`
    #[arg(long, short, value_name = "PATTERN")]
    include: Vec<String>,
    /// What happens when files are there already [default: keep-both with
    /// --in-place, otherwise refuse]
    #[arg(long, value_enum, value_name = "WHAT")]
    existing: Option<ExistingFiles>,
    /// Say what would be restored, and write nothing
    #[arg(long, short = 'n')]
    dry_run: bool,
    /// Replace files in place without asking
    #[arg(long, short)]
    yes: bool,
}

impl Arguments {
    pub(crate) fn run(self) -> ExitCode {
        let asks = self.replaces() && !self.yes && !self.dry_run;
        if asks && !can_ask(self.common.json) {
            return unconfirmed("restore", UNCONFIRMED);
        }
        let (common, dry_run) = (self.common.clone(), self.dry_run);
        super::run(common, |session: Session| async move {
            let Session { output, cancel, .. } = &session;
            let application = session.open().await?;
            let existing = self.existing();
            let mut order = self.order();
            if dry_run {
                let preview = application.foresee_restore(&order, cancel).await?;
                return would(*output, &preview, existing);
            }
            if asks {
                let preview = application.foresee_restore(&order, cancel).await?;
                confirm(&preview, cancel).await?;
                // What was shown, and not a newer one.
                order.backup = preview.snapshot_id;
            }
            restore(&application, &order, *output, cancel).await
        })
    }

    fn existing(&self) -> Existing {
        match self.existing {
            Some(existing) => existing.into(),
            None if self.in_place => Existing::KeepBoth,
            None => Existing::Refuse,
        }
    }

    /// Whether files that are in use may be replaced.
    fn replaces(&self) -> bool {
        let root = self.target.as_deref().is_some_and(|to| absolute(to).parent().is_none());
        (self.in_place || root) && self.existing() == Existing::Overwrite
    }

    fn order(self) -> RestoreOrder {
        let existing = self.existing();
        RestoreOrder {
            destination: self.from,
            plan: self.plan,
            backup: self.id,
            include: Vec::new(),
            patterns: self.include,
            to: match self.target {
                Some(target) => {
                    WhereTo::Elsewhere { folder: PathText::new(&absolute(&target)), existing }
                }
                None => WhereTo::in_place(existing),
            },
        }
    }
}

async fn restore(
    application: &Application,
    order: &RestoreOrder,
    output: Output,
    cancel: &Cancel,
) -> Result<ExitCode> {
    let id = application.queue_restore(order, Trigger::Command).await?;
    run::finish(application, &[id], output, cancel).await
}

/// Says what would be replaced, and goes on when that is meant.
async fn confirm(preview: &RestorePreview, cancel: &Cancel) -> Result<()> {
    let lines = standing(preview, Existing::Overwrite);
    if lines.is_empty() {
        return Ok(());
    }
    let not_done = "Cancelled. Nothing was restored.";
    asking::confirm(&lines.join("\n"), "Replace?", not_done, cancel).await
}
