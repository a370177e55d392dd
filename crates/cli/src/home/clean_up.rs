//! `keepstead clean-up`.

use super::{
    Common, Session,
    asking::{can_ask, confirm, unconfirmed},
    run,
};
use crate::output::{duration, local_time, plural, size, unless_closed, visible};
use app::{CleanUpPlan, Trigger};
use clap::Args;
use std::{process::ExitCode, time::Duration};

/// Free the room of what no backup at a destination needs
///
/// Shows what it is going to do, and asks. What is found to be unneeded is
/// marked, and deleted by a clean-up when a day has passed: until then a
/// machine that was asleep can still say that it needs it. Nobody else can work
/// on the destination meanwhile.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
    /// Its name
    destination: String,
    /// Say what would be done, and change nothing
    #[arg(long, short = 'n')]
    dry_run: bool,
    /// Do it without asking
    #[arg(long, short)]
    yes: bool,
}

impl Arguments {
    pub(crate) fn run(self) -> ExitCode {
        let asks = !self.yes && !self.dry_run;
        if asks && !can_ask(self.common.json) {
            return unconfirmed(
                "clean-up",
                "there is nobody to ask: give --yes, or see with --dry-run what would be done",
            );
        }
        super::run(self.common.clone(), |session: Session| async move {
            let Session { output, cancel, .. } = &session;
            let application = session.open().await?;
            let plan = application.plan_clean_up(&self.destination, cancel).await?;
            unless_closed(output.message("plan", &plan))?;
            if self.dry_run || plan.empty {
                for line in lines(&plan) {
                    unless_closed(output.say(&line))?;
                }
                return Ok(ExitCode::SUCCESS);
            }
            if asks {
                let not_done = "Cancelled. Nothing was cleaned up.";
                confirm(&lines(&plan).join("\n"), "Clean up?", not_done, cancel).await?;
            }
            let (to, trigger) = (&plan.destination_id, Trigger::Command);
            let id = application.queue_clean_up(to, &plan.id, trigger).await?;
            run::finish(&application, &[id], *output, cancel).await
        })
    }
}

/// What a clean-up is going to do.
fn lines(plan: &CleanUpPlan) -> Vec<String> {
    let mut lines = vec![format!(
        "{}: {} used by {}, {} can be freed",
        visible(&plan.destination),
        size(plan.stored),
        plural(plan.backups, "backup", "backups"),
        size(plan.reclaimable),
    )];
    if plan.frees_now > 0 {
        lines.push(format!("Deletes {} now", size(plan.frees_now)));
    }
    if plan.frees_later > 0 {
        let grace = duration(Duration::from_secs(plan.grace_seconds));
        let later = size(plan.frees_later);
        lines.push(format!("Marks {later}, to be deleted by a clean-up after {grace}"));
    }
    if plan.rewritten > 0 {
        lines.push(format!("Writes {} anew", size(plan.rewritten)));
    }
    if plan.waiting > 0 {
        let until = plan.waiting_until.as_deref().map(local_time);
        let until = until.map(|until| format!(", until {until} at the latest"));
        let until = until.unwrap_or_default();
        lines.push(format!("{} was marked earlier and waits{until}", size(plan.waiting)));
    }
    if plan.empty {
        lines.push("Nothing to do".to_owned());
    }
    lines
}
