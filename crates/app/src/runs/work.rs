//! Doing the work, or watching who does it.

use super::{RunEntry, lease::Lease, wire::error_row};
use crate::{
    Application, Cancel, Code, Result, messages,
    vault::{Progress, Status},
};
use model::{LogLevel, RunId, RunKind, RunStatus, Trigger};
use std::{sync::Arc, time::Duration};
use store::{Finished, NewLine, NewRun, NewSkipped, Run, RunCounts};

/// How often what others do is looked at, and how far the own work is.
const EVERY: Duration = Duration::from_millis(250);
/// How often progress is written down, in units of [`EVERY`].
const WRITE: u32 = 4;

/// How a run went.
pub(super) struct Ended {
    pub(super) status: RunStatus,
    pub(super) counts: RunCounts,
    pub(super) snapshot: Option<String>,
    pub(super) verified: bool,
    pub(super) skipped: Vec<NewSkipped>,
}

impl Application {
    /// Sees to it that these runs end: does the work when nobody else does, or
    /// watches. `watch` is told how far they are. When cancelled, the runs are
    /// cancelled as well.
    ///
    /// # Errors
    /// When the database fails. That a run fails is no error here: it is in
    /// its entry.
    pub async fn finish_runs(
        &self,
        ids: &[String],
        watch: &mut (dyn FnMut(&RunEntry) + Send),
        cancel: &Cancel,
    ) -> Result<Vec<RunEntry>> {
        let mut worker: Option<tokio::task::JoinHandle<Result<()>>> = None;
        let mut told = false;
        loop {
            if worker.as_ref().is_none_or(tokio::task::JoinHandle::is_finished) {
                if let Some(done) = worker.take() {
                    done.await.map_err(|_| messages::fault())??;
                }
                if let Some(lease) = Lease::take(self).await? {
                    let application = self.clone();
                    worker = Some(tokio::spawn(async move { application.work(&lease).await }));
                }
            }
            if cancel.is_cancelled() && !told {
                for id in ids {
                    self.cancel_run(id).await?;
                }
                told = true;
            }
            let mut entries = Vec::with_capacity(ids.len());
            for id in ids {
                entries.push(self.run(id).await?);
            }
            for entry in &entries {
                watch(entry);
            }
            if entries.iter().all(RunEntry::is_over) {
                if let Some(worker) = worker {
                    worker.await.map_err(|_| messages::fault())??;
                }
                return Ok(entries);
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = cancel.cancelled(), if !told => {}
            }
        }
    }

    /// Closes what a process that died left, and does everything that waits.
    async fn work(&self, lease: &Lease) -> Result<()> {
        self.take_up(lease).await?;
        while let Some(run) = self.next().await? {
            self.execute(&run).await?;
        }
        Ok(())
    }

    /// Nobody else works now, so what is under way by its row is not: it is
    /// closed, and asked for again.
    pub(super) async fn take_up(&self, _: &Lease) -> Result<()> {
        for run in self.store.runs().unfinished().await.map_err(messages::store)? {
            let error = messages::interrupted();
            self.end(&run, Err(error)).await?;
            let waits = self.store.runs().pending().await.map_err(messages::store)?;
            let again = run.kind == RunKind::Backup
                && !run.cancel_requested
                && run.target.is_some()
                && waits.iter().all(|other| other.target != run.target);
            if again {
                let new = self.new_run(run.kind, run.group, Trigger::Resume);
                let row = NewRun {
                    plan: run.plan,
                    plan_name: run.plan_name,
                    target: run.target,
                    destination: run.destination,
                    destination_name: run.destination_name,
                    ..new
                };
                self.store.runs().insert(&[row]).await.map_err(messages::store)?;
            }
        }
        Ok(())
    }

    /// Restores go first: somebody is waiting for them.
    async fn next(&self) -> Result<Option<Run>> {
        let mut waiting = self.store.runs().pending().await.map_err(messages::store)?;
        let first = waiting.iter().position(|run| run.kind == RunKind::Restore).unwrap_or(0);
        Ok((!waiting.is_empty()).then(|| waiting.swap_remove(first)))
    }

    async fn execute(&self, run: &Run) -> Result<()> {
        if run.cancel_requested {
            return self.end(run, Err(messages::cancelled_run())).await;
        }
        let now = self.ambient.clock.now();
        self.store.runs().start(run.id, now).await.map_err(messages::store)?;
        let progress = Arc::new(Progress::default());
        let cancel = Cancel::new();
        let ended = {
            let work = async {
                match run.kind {
                    RunKind::Backup => self.back_up(run, &progress, &cancel).await,
                    RunKind::Restore => self.restore_run(run, &progress, &cancel).await,
                    _ => Err(messages::fault()),
                }
            };
            let mut work = std::pin::pin!(work);
            let mut turn = 0;
            loop {
                tokio::select! {
                    ended = &mut work => break ended,
                    () = tokio::time::sleep(EVERY) => {}
                }
                self.report(run.id, &progress, &cancel, turn).await?;
                turn += 1;
            }
        };
        self.end(run, ended).await
    }

    /// Writes down how far a run is, and hears whether it should stop.
    async fn report(
        &self,
        run: RunId,
        progress: &Progress,
        cancel: &Cancel,
        turn: u32,
    ) -> Result<()> {
        let status = Status::of(progress);
        if turn.is_multiple_of(WRITE) {
            if status.bytes_moved > 0 {
                let uploading = RunStatus::Uploading;
                self.store.runs().set_status(run, uploading).await.map_err(messages::store)?;
            }
            let counts = RunCounts {
                files_done: status.files_done,
                files_skipped: status.files_skipped,
                bytes_done: status.bytes_done,
                bytes_stored: status.bytes_moved,
                ..RunCounts::default()
            };
            let text = serde_json::to_string(&super::RunProgress::from(status));
            let text = text.map_err(|_| messages::fault())?;
            self.store.runs().progress(run, &text, &counts).await.map_err(messages::store)?;
        }
        let row = self.store.runs().get(run).await.map_err(messages::store)?;
        if row.is_some_and(|row| row.cancel_requested) {
            cancel.cancel();
        }
        Ok(())
    }

    /// Writes down how a run ended: what it skipped first, its end last.
    async fn end(&self, run: &Run, ended: Result<Ended>) -> Result<()> {
        let at = self.ambient.clock.now();
        let log = self.store.run_log();
        let finished = match ended {
            Ok(ended) => {
                let skipped = self.store.run_skipped();
                skipped.add(run.id, &ended.skipped).await.map_err(messages::store)?;
                let (level, line) = messages::run_ended(ended.status, ended.skipped.len());
                log.append(run.id, &[NewLine { at, level, message: line }])
                    .await
                    .map_err(messages::store)?;
                Finished {
                    status: ended.status,
                    ended_at: at,
                    counts: ended.counts,
                    snapshot: ended.snapshot,
                    verified: ended.verified,
                    error: None,
                }
            }
            Err(error) => {
                let cancelled = error.code == Code::Cancelled;
                let level = if cancelled { LogLevel::Info } else { LogLevel::Error };
                let line = NewLine { at, level, message: error.message.clone() };
                log.append(run.id, &[line]).await.map_err(messages::store)?;
                Finished {
                    status: if cancelled { RunStatus::Cancelled } else { RunStatus::Failed },
                    ended_at: at,
                    counts: RunCounts::default(),
                    snapshot: None,
                    verified: false,
                    error: Some(error_row(&error)),
                }
            }
        };
        self.store.runs().finish(run.id, &finished).await.map_err(messages::store)?;
        Ok(())
    }
}
