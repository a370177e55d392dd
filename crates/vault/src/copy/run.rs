//! One copy from its lock to its last snapshot.

use super::{
    CopyOptions,
    choose::{Chosen, choose},
    report::{Copied, CopyError, CopyPlan, CopyReport, Uncopied},
    transfer::Transfer,
    walk::{Lost, Walk},
    wanted::{Wanted, missing},
};
use crate::{
    error::{Error, Result},
    format::{Id, Snapshot},
    host::Host,
    layout::FileKind,
    lock::{Held, LockMode},
    progress::Progress,
    repository::Repository,
};
use std::{collections::HashSet, sync::Arc};
use storage::Cancel;

impl Repository {
    /// Finds which snapshots `to` lacks, and how much of what they need.
    /// Changes nothing. Contents are not read, so damage in them does not show.
    ///
    /// # Errors
    /// When a snapshot that is named is not there, or one of the repositories
    /// cannot be read.
    pub async fn plan_copy(
        self: &Arc<Self>,
        to: &Arc<Self>,
        options: &CopyOptions,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<CopyPlan, CopyError> {
        let Chosen { copy, there, uncopied } = self.choose(to, options, cancel).await?;
        progress.files_total.add(copy.len() as u64);
        let mut plan = CopyPlan { there, uncopied, ..CopyPlan::default() };
        let (mut walk, mut wanted) = (Walk::new(self, to, progress, cancel), Wanted::default());
        for (id, snapshot) in copy {
            match walk.snapshot(snapshot.tree).await? {
                Ok(mut lacking) => {
                    wanted.extend(lacking.settle().iter().copied());
                    plan.copy.push((id, snapshot));
                }
                Err(error) => {
                    plan.uncopied.push(Uncopied { id, snapshot: Some(snapshot), error });
                }
            }
            progress.files_done.add(1);
        }
        plan.sizes = wanted.sizes();
        Ok(plan)
    }

    /// Copies snapshots to `to`, under a shared lock there. What `to` has
    /// already is neither read nor written; snapshots that are not whole are
    /// not copied, and named in the report.
    ///
    /// # Errors
    /// When a snapshot that is named is not there, one of the repositories
    /// fails, another program holds `to`, or the work is cancelled. Snapshots
    /// that were copied by then are there and whole; what else was stored is
    /// found by the next copy.
    pub async fn copy_to(
        self: &Arc<Self>,
        to: &Arc<Self>,
        options: &CopyOptions,
        host: &Host,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<CopyReport, CopyError> {
        let copying = to.locked(LockMode::Shared, host, cancel, |held| async move {
            match self.copy_under(to, options, progress, &held).await {
                // So that a lock that was lost is told as that.
                Err(CopyError { error: Error::Cancelled, .. }) => Err(Error::Cancelled),
                copied => Ok(copied),
            }
        });
        copying.await.map_err(CopyError::of_destination)?
    }

    async fn choose(
        self: &Arc<Self>,
        to: &Arc<Self>,
        options: &CopyOptions,
        cancel: &Cancel,
    ) -> Result<Chosen, CopyError> {
        // Snapshots before the index: what is added meanwhile does no harm.
        let chosen = choose(self, to, &options.snapshots, cancel).await?;
        if !chosen.copy.is_empty() {
            self.load_index(cancel).await.map_err(CopyError::of_source)?;
            self.forget_missing_packs(cancel).await.map_err(CopyError::of_source)?;
            to.load_index(cancel).await.map_err(CopyError::of_destination)?;
            to.distrust_lost_packs(cancel).await.map_err(CopyError::of_destination)?;
        }
        Ok(chosen)
    }

    /// Forgets what the index says of packs that are missing: what else there
    /// is of them is read then, and what is lost is known before all the rest
    /// is copied.
    async fn forget_missing_packs(&self, cancel: &Cancel) -> Result<()> {
        let packs = FileKind::Pack.list(self.store(), cancel).await?;
        let packs: HashSet<Id> = packs.into_iter().map(|(id, _)| id).collect();
        self.with_index_mut(|index| index.forget_packs(|id, _| !packs.contains(id)));
        Ok(())
    }

    async fn copy_under(
        self: &Arc<Self>,
        to: &Arc<Self>,
        options: &CopyOptions,
        progress: &Arc<Progress>,
        held: &Held,
    ) -> Result<CopyReport, CopyError> {
        let cancel = &held.cancel;
        progress.control.go_on(cancel).await.map_err(CopyError::of_destination)?;
        let Chosen { copy, there, uncopied } = self.choose(to, options, cancel).await?;
        progress.files_total.add(copy.len() as u64);
        let report = CopyReport { there, uncopied, ..CopyReport::default() };
        let transfer =
            Transfer { from: self, to, checkpoint: options.checkpoint, progress, cancel };
        let walk = Walk::new(self, to, progress, cancel);
        let mut run = Run { transfer, walk, held, report };
        let (mut batch, mut wanted) = (Vec::new(), Wanted::default());
        for (id, snapshot) in copy {
            match run.walk.snapshot(snapshot.tree).await? {
                Ok(mut lacking) => {
                    wanted.extend(lacking.settle().iter().copied());
                    batch.push((id, snapshot));
                }
                Err(error) => run.leave_out(id, snapshot, error),
            }
            let lacking = wanted.sizes().bytes;
            if lacking >= options.checkpoint {
                progress.bytes_total.add(lacking);
                run.copy(std::mem::take(&mut batch), std::mem::take(&mut wanted)).await?;
            }
        }
        progress.bytes_total.add(wanted.sizes().bytes);
        progress.set_met();
        run.copy(batch, wanted).await?;
        Ok(run.report)
    }
}

/// A copy that is under way.
struct Run<'a> {
    transfer: Transfer<'a>,
    walk: Walk<'a>,
    held: &'a Held,
    report: CopyReport,
}

impl Run<'_> {
    /// Copies what a batch lacks, and then its snapshots.
    async fn copy(
        &mut self,
        batch: Vec<(Id, Snapshot)>,
        mut wanted: Wanted,
    ) -> Result<(), CopyError> {
        let lost = self.carry_over(&mut wanted).await?;
        if lost.is_empty() {
            for (id, snapshot) in batch {
                self.write(id, snapshot).await?;
            }
            return Ok(());
        }
        self.walk.lose(lost);
        for (id, snapshot) in batch {
            // Which of them need what is lost shows when they are walked again.
            match self.walk.snapshot(snapshot.tree).await? {
                Ok(mut left) => match left.settle().first() {
                    None => self.write(id, snapshot).await?,
                    Some(want) => {
                        let lost =
                            Lost::from([((want.kind, want.id), missing(want.kind, &want.id))]);
                        self.walk.lose(lost);
                        self.leave_out(id, snapshot, missing(want.kind, &want.id));
                    }
                },
                Err(error) => self.leave_out(id, snapshot, error),
            }
        }
        Ok(())
    }

    /// Stores blobs. What the index of the other repository does not name then
    /// is lost, whatever became of it.
    async fn carry_over(&mut self, wanted: &mut Wanted) -> Result<Lost, CopyError> {
        let wants = wanted.settle();
        if wants.is_empty() {
            return Ok(Lost::new());
        }
        let mut reasons = self.transfer.all(wants).await?;
        let mut lost = Lost::new();
        for want in wants {
            if self.transfer.to.with_index(|to| to.contains(want.kind, &want.id)) {
                self.report.sizes.add(want);
                continue;
            }
            let of = (want.kind, want.id);
            lost.insert(of, reasons.remove(&of).unwrap_or_else(|| missing(want.kind, &want.id)));
        }
        Ok(lost)
    }

    /// Writes a snapshot of which everything is there.
    async fn write(&mut self, id: Id, snapshot: Snapshot) -> Result<(), CopyError> {
        let Transfer { to, progress, cancel, .. } = self.transfer;
        progress.control.go_on(cancel).await.map_err(CopyError::of_destination)?;
        to.still_held(self.held).await.map_err(CopyError::of_destination)?;
        // Its parent is none of the other repository's. The first id that it
        // had stays with it, so that it is known again.
        let original = Some(snapshot.original.unwrap_or(id));
        let copy = Snapshot { parent: None, original, ..snapshot.clone() };
        let json = copy.to_json().map_err(|_| Error::Internal("a snapshot is plain JSON"));
        let json = json.map_err(CopyError::of_destination)?;
        let saved = to.save_file(FileKind::Snapshot, &json, cancel).await;
        let copy = saved.map_err(CopyError::of_destination)?;
        self.report.copied.push(Copied { id, copy, snapshot });
        progress.files_done.add(1);
        Ok(())
    }

    fn leave_out(&mut self, id: Id, snapshot: Snapshot, error: Error) {
        self.transfer.progress.skipped.add(1);
        self.transfer.progress.files_done.add(1);
        self.report.uncopied.push(Uncopied { id, snapshot: Some(snapshot), error });
    }
}
