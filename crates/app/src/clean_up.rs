//! What a clean-up of a destination is going to do, shown before it is done.

use crate::{
    Application, Cancel, Result,
    destinations::moment,
    messages,
    vault::{Limits, Progress, PruneSettings},
};
use model::{DestinationId, RunKind};
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};
use store::Destination;

/// What a clean-up is going to do. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct CleanUpPlan {
    /// The name of the destination.
    pub destination: String,
    /// Its id.
    pub destination_id: String,
    /// Stands for everything that the clean-up would change: it does exactly
    /// this, or nothing.
    pub id: String,
    /// Whether there is nothing to do.
    pub empty: bool,
    /// How many backups there are.
    pub backups: u64,
    /// What they take.
    pub stored: u64,
    /// What of it they need.
    pub needed: u64,
    /// What becomes free in the end.
    pub reclaimable: u64,
    /// What this clean-up deletes.
    pub frees_now: u64,
    /// What this clean-up marks, and one after the grace deletes.
    pub frees_later: u64,
    /// What was marked before and still waits.
    pub waiting: u64,
    /// When the last of that may be deleted, RFC 3339.
    pub waiting_until: Option<String>,
    /// What is written anew, because only a part of it is needed.
    pub rewritten: u64,
    /// How long what is marked waits, in seconds.
    pub grace_seconds: u64,
}

impl Application {
    /// Finds what no backup at a destination needs. Changes nothing there, and
    /// remembers how much it is.
    ///
    /// # Errors
    /// When there is no such destination, it cannot be read, something that
    /// backups need is missing or damaged, or the newest backup of a plan is
    /// not listed.
    pub async fn plan_clean_up(&self, destination: &str, cancel: &Cancel) -> Result<CleanUpPlan> {
        let row = self.find_destination(destination).await?;
        // Somebody is waiting for it.
        let vault = self.open_vault_within(&row, Arc::<Limits>::default(), cancel).await?;
        let settings = self.clean_up_settings(&row).await?;
        let progress = Arc::new(Progress::default());
        let planned = vault.plan_prune(&settings, &progress, cancel).await?;
        let would = vault.preview_prune(&planned);
        self.measured(row.id, would.bytes, Some(would.bytes_reclaimable)).await?;
        Ok(CleanUpPlan {
            destination: row.name,
            destination_id: row.id.to_string(),
            id: planned.id(),
            empty: planned.is_empty(),
            backups: would.backups,
            stored: would.bytes,
            needed: would.bytes_used,
            reclaimable: would.bytes_reclaimable,
            frees_now: would.bytes_deleted,
            frees_later: would.bytes_marked,
            waiting: would.bytes_waiting,
            waiting_until: planned.waiting_until().map(moment),
            rewritten: would.bytes_repacked,
            grace_seconds: would.grace_seconds,
        })
    }

    /// Remembers how much is stored at a destination, and what of it no backup
    /// needs where that is known.
    pub(crate) async fn measured(
        &self,
        id: DestinationId,
        stored: u64,
        reclaimable: Option<u64>,
    ) -> Result<()> {
        let now = self.ambient.clock.now();
        let measured = self.store.destinations().measured(id, now, stored, reclaimable).await;
        measured.map(drop).map_err(messages::store)
    }

    /// How a destination is cleaned up: nothing is deleted when it does not list
    /// the newest backup of a plan.
    pub(crate) async fn clean_up_settings(&self, row: &Destination) -> Result<PruneSettings> {
        let known = self.newest_backups(row).await?;
        Ok(PruneSettings { known, ..PruneSettings::default() })
    }

    /// The newest backup of every plan that goes to a destination, by id, with
    /// the name of the plan.
    pub(crate) async fn newest_backups(
        &self,
        row: &Destination,
    ) -> Result<BTreeMap<String, String>> {
        let latest = self.store.runs().latest_per_target(RunKind::Backup).await;
        let latest = latest.map_err(messages::store)?;
        let mut known = BTreeMap::new();
        for plan in self.store.plans().list().await.map_err(messages::store)? {
            for target in plan.targets.iter().filter(|target| target.destination == row.id) {
                let good = latest.get(&target.id).and_then(|runs| runs.last_good.as_ref());
                if let Some(snapshot) = good.and_then(|run| run.snapshot.clone()) {
                    known.insert(snapshot, plan.name.clone());
                }
            }
        }
        Ok(known)
    }
}
