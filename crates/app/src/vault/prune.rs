//! Freeing the room of what no backup needs.

use super::{ForgetSummary, Outcome, PlannedForget, Vault};
use crate::{
    Cancel, Error, Result,
    messages::{self, Act},
};
use jiff::Timestamp;
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use vault::{
    LockMode, Progress,
    format::Id,
    prune::{GRACE, MAX_UNUSED, PackChange, PruneOptions, PrunePlan, PruneReport, Why},
};

/// How to clean up.
#[derive(Clone, Debug, PartialEq)]
pub struct PruneSettings {
    /// How much of what is stored may be unneeded, in percent.
    pub max_unused: f64,
    /// How long a file of the repository stays after it was found to be
    /// unneeded.
    pub grace: Duration,
    /// Backups that are known to be there, each with what it is of: when one of
    /// them is not listed, nothing is done.
    pub known: BTreeMap<String, String>,
}

impl Default for PruneSettings {
    fn default() -> Self {
        Self { max_unused: MAX_UNUSED, grace: GRACE, known: BTreeMap::new() }
    }
}

impl PruneSettings {
    fn options(&self) -> Result<PruneOptions> {
        let known = self.known.keys().map(|id| id.parse()).collect::<Result<_, _>>();
        let known: BTreeSet<Id> = known.map_err(|_| messages::fault())?;
        let Self { max_unused, grace, .. } = *self;
        Ok(PruneOptions { max_unused, grace, known, ..PruneOptions::default() })
    }

    /// What it means that planning failed so: a backup that is known is not
    /// listed, or anything else.
    fn failed(&self, vault: &Vault, error: vault::Error) -> Error {
        let lost = match &error {
            vault::Error::Missing(what) => what.strip_prefix("snapshot "),
            _ => None,
        };
        match lost.and_then(|id| self.known.get(id)) {
            Some(of) => messages::newest_not_listed(of, &vault.folder),
            None => vault.failed(Act::PlanPrune)(error),
        }
    }
}

/// What a clean-up is going to do.
#[derive(Clone, Debug)]
pub struct PlannedPrune {
    plan: PrunePlan,
    started: Timestamp,
}

/// A pack of which something becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackEntry {
    /// Its id.
    pub id: String,
    /// Its size in bytes.
    pub size: u64,
    /// `unused`, `orphan`, `waited`, `partly_used` or `small`.
    pub why: Why,
}

/// What a clean-up did, or would do. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PruneSummary {
    /// How it ended.
    pub outcome: Outcome,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// How long unneeded packs stay, in seconds.
    pub grace_seconds: u64,
    /// How many backups there are.
    pub backups: u64,
    /// How many packs there were.
    pub packs: u64,
    /// Their size.
    pub bytes: u64,
    /// What backups need of it.
    pub bytes_used: u64,
    /// What they do not need, without what was marked before.
    pub bytes_unused: u64,
    /// The size of all packs once everything that is marked has been deleted.
    pub bytes_after: u64,
    /// What backups do not need of that.
    pub bytes_unused_after: u64,
    /// How much becomes free in the end.
    pub bytes_reclaimable: u64,
    /// Packs that were deleted.
    pub packs_deleted: usize,
    /// Their size.
    pub bytes_deleted: u64,
    /// Packs that were marked, and will be deleted after the grace.
    pub packs_marked: usize,
    /// Their size.
    pub bytes_marked: u64,
    /// Packs whose needed parts were written anew.
    pub packs_repacked: usize,
    /// The size of what was written anew.
    pub bytes_repacked: u64,
    /// Packs that were marked and are needed again.
    pub packs_unmarked: usize,
    /// Packs that go on waiting for the grace to end.
    pub packs_waiting: usize,
    /// Their size.
    pub bytes_waiting: u64,
    /// Index files that others took the place of.
    pub indexes_replaced: usize,
    /// How long it took.
    pub duration_seconds: f64,
    /// The packs that would be deleted; of a dry run only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete: Option<Vec<PackEntry>>,
    /// The packs that would be marked, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<Vec<PackEntry>>,
    /// The packs that would be written anew, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repack: Option<Vec<PackEntry>>,
}

impl PlannedPrune {
    /// Stands for everything that it changes, and what it was made from.
    #[must_use]
    pub fn id(&self) -> String {
        self.plan.id().to_string()
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.plan.is_empty()
    }

    /// When the last of what was marked before may be deleted.
    #[must_use]
    pub fn waiting_until(&self) -> Option<Timestamp> {
        self.plan.waiting_until()
    }
}

impl Vault {
    /// Finds what no backup needs. Changes nothing.
    ///
    /// # Errors
    /// When anything that a backup needs is missing or damaged, a backup that is
    /// known is not listed, or the destination cannot be read or listed.
    pub async fn plan_prune(
        &self,
        settings: &PruneSettings,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<PlannedPrune> {
        self.plan_prune_without(settings, BTreeSet::new(), progress, cancel).await
    }

    /// The same, as if these backups were removed already.
    ///
    /// # Errors
    /// As [`Vault::plan_prune`].
    pub async fn plan_prune_after(
        &self,
        planned: &PlannedForget,
        settings: &PruneSettings,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<PlannedPrune> {
        self.plan_prune_without(settings, planned.0.removed(), progress, cancel).await
    }

    async fn plan_prune_without(
        &self,
        settings: &PruneSettings,
        without: BTreeSet<Id>,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<PlannedPrune> {
        let started = self.ambient.clock.now();
        let options = &PruneOptions { without, ..settings.options()? };
        let plan = self.locked_if_possible(cancel, |cancel| async move {
            self.repository.plan_prune(options, progress, &cancel).await
        });
        let plan = plan.await.map_err(|error| settings.failed(self, error))?;
        Ok(PlannedPrune { plan, started })
    }

    /// Does what was decided.
    ///
    /// # Errors
    /// [`Code::PlanOutdated`](crate::Code::PlanOutdated) when the repository
    /// has changed meanwhile, [`Code::Locked`](crate::Code::Locked) when
    /// another program works on it, or what keeps it from being changed.
    pub async fn prune(
        &self,
        planned: &PlannedPrune,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<PruneSummary> {
        let plan = &planned.plan;
        let report = self.repository.prune(plan, &self.host, progress, cancel).await;
        let report = report.map_err(self.failed(Act::Prune))?;
        let duration_seconds = self.seconds_since(planned.started);
        Ok(PruneSummary { duration_seconds, ..done(plan, &report) })
    }

    /// Removes the backups that were decided about, and frees their room, under
    /// one lock: nobody else comes in between. What became of the second part
    /// is told by itself.
    ///
    /// # Errors
    /// As [`Vault::forget`]; no room is freed then. The second part fails as
    /// [`Vault::plan_prune`] and [`Vault::prune`] do.
    pub async fn forget_and_prune(
        &self,
        planned: &PlannedForget,
        settings: &PruneSettings,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<(ForgetSummary, Result<PruneSummary>)> {
        let started = self.ambient.clock.now();
        let options = &settings.options()?;
        let (forgotten, repository) = (AtomicBool::new(false), &self.repository);
        let locked = repository.locked(LockMode::Exclusive, &self.host, cancel, |held| {
            let forgotten = &forgotten;
            async move {
                repository.forget_under(&planned.0, &held).await?;
                forgotten.store(true, Ordering::Relaxed);
                let plan = repository.plan_prune(options, progress, &held.cancel).await?;
                let report = repository.prune_under(&plan, progress, &held).await?;
                Ok((plan, report))
            }
        });
        let pruned = match locked.await {
            Ok((plan, report)) => {
                let duration_seconds = self.seconds_since(started);
                Ok(PruneSummary { duration_seconds, ..done(&plan, &report) })
            }
            Err(error) if forgotten.load(Ordering::Relaxed) => Err(self.failed(Act::Prune)(error)),
            Err(error) => return Err(self.failed(Act::Forget)(error)),
        };
        Ok((planned.done(), pruned))
    }

    /// What it would do.
    #[must_use]
    pub fn preview_prune(&self, planned: &PlannedPrune) -> PruneSummary {
        let plan = &planned.plan;
        let entries = |changes: &[PackChange]| Some(changes.iter().map(entry).collect());
        let (mut delete, mut mark) = (plan.delete.clone(), plan.mark.clone());
        let repacked: Vec<PackChange> = plan.repack.iter().map(|repack| repack.change).collect();
        if plan.is_instant() { &mut delete } else { &mut mark }.extend(&repacked);
        let kept = plan.repack.iter().flat_map(|repack| &repack.keep);
        let sum = |changes: &[PackChange]| changes.iter().map(|change| change.size).sum();
        let report = PruneReport {
            packs_deleted: delete.len() as u64,
            bytes_deleted: sum(&delete),
            packs_marked: mark.len() as u64,
            bytes_marked: sum(&mark),
            packs_unmarked: plan.unmark.len() as u64,
            packs_repacked: repacked.len() as u64,
            bytes_written: kept.map(|blob| u64::from(blob.length)).sum(),
            indexes_removed: plan.replace.len() as u64,
            ..PruneReport::default()
        };
        PruneSummary {
            dry_run: true,
            duration_seconds: self.seconds_since(planned.started),
            delete: entries(&delete),
            mark: entries(&mark),
            repack: entries(&repacked),
            ..done(plan, &report)
        }
    }
}

fn entry(change: &PackChange) -> PackEntry {
    PackEntry { id: change.pack.to_string(), size: change.size, why: change.why }
}

fn done(plan: &PrunePlan, report: &PruneReport) -> PruneSummary {
    let figures = &plan.figures;
    PruneSummary {
        outcome: Outcome::Succeeded,
        dry_run: false,
        grace_seconds: plan.grace.as_secs(),
        backups: figures.snapshots,
        packs: figures.packs,
        bytes: figures.bytes,
        bytes_used: figures.used,
        bytes_unused: figures.unused,
        bytes_after: figures.bytes_after,
        bytes_unused_after: figures.unused_after,
        bytes_reclaimable: figures.reclaimable(),
        packs_deleted: report.packs_deleted as usize,
        bytes_deleted: report.bytes_deleted,
        packs_marked: report.packs_marked as usize,
        bytes_marked: report.bytes_marked,
        packs_repacked: report.packs_repacked as usize,
        bytes_repacked: report.bytes_written,
        packs_unmarked: report.packs_unmarked as usize,
        packs_waiting: plan.waiting.len(),
        bytes_waiting: figures.waiting,
        indexes_replaced: report.indexes_removed as usize,
        duration_seconds: 0.0,
        delete: None,
        mark: None,
        repack: None,
    }
}
