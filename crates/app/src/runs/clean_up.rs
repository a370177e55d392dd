//! The work of a run that cleans up: exactly what was shown, or nothing.

use super::{RunResult, order::asked, work::Ended};
use crate::{
    Application, Cancel, Result, messages,
    vault::{Progress, PruneSummary},
};
use model::RunStatus;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::{Run, RunCounts};

/// What a run that cleans up was asked to do.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CleanUpOrder {
    /// The id of the plan that was shown.
    pub(super) plan: String,
}

impl Application {
    pub(super) async fn clean_up_run(
        &self,
        run: &Run,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<Ended> {
        let order: CleanUpOrder = asked(run)?;
        let destination = self.destination_of(run).await?;
        let vault = self.open_vault(&destination, cancel).await?;
        let settings = self.clean_up_settings(&destination).await?;
        let planned = vault.plan_prune(&settings, progress, cancel).await?;
        if planned.id() != order.plan {
            return Err(messages::clean_up_outdated(&destination.name));
        }
        let rotating = self.store.runs().set_status(run.id, RunStatus::Rotating).await;
        rotating.map_err(messages::store)?;
        let done = vault.prune(&planned, progress, cancel).await?;
        let (stored, reclaimable) = left(&done);
        self.measured(destination.id, stored, Some(reclaimable)).await?;
        Ok(ended(&done))
    }
}

/// What is stored afterwards, and what of it goes in the end: all that is
/// marked.
fn left(done: &PruneSummary) -> (u64, u64) {
    let stored = done.bytes.saturating_sub(done.bytes_deleted) + done.bytes_repacked;
    (stored, done.bytes_marked + done.bytes_waiting)
}

fn ended(done: &PruneSummary) -> Ended {
    let (_, bytes_waiting) = left(done);
    Ended {
        counts: RunCounts { bytes_stored: done.bytes_repacked, ..RunCounts::default() },
        result: Some(RunResult::CleanedUp {
            bytes_freed: done.bytes_deleted,
            bytes_waiting,
            bytes_rewritten: done.bytes_repacked,
        }),
        ..Ended::default()
    }
}
