//! Doing the work, or watching who does it.

use super::{
    RunEntry, RunProgress, RunResult, lease::Lease, order::to_json, pace::Pace, wire::error_row,
};
use crate::{
    Application, Cancel, Code, Error, Installation, Result, messages,
    vault::{Progress, Status},
};
use model::{LogLevel, RunId, RunKind, RunStatus, Trigger};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use store::{Finished, NewLine, NewRun, NewSkipped, Renamed, Run, RunCounts};

/// How often what others do is looked at, and how far the own work is.
const EVERY: Duration = Duration::from_millis(250);
/// How many new names a log holds; the list has all.
const NAMED: usize = 100;
/// How often progress is written down, in units of [`EVERY`].
const WRITE: u32 = 2;

/// How a run that came to its end went.
pub(super) struct Ended {
    pub(super) status: RunStatus,
    pub(super) counts: RunCounts,
    pub(super) snapshot: Option<String>,
    pub(super) verified: bool,
    pub(super) skipped: Vec<NewSkipped>,
    /// What was given another name, and how many there are in all.
    pub(super) renamed: (Vec<Renamed>, u64),
    /// What a verification or a clean-up came to.
    pub(super) result: Option<RunResult>,
    /// What its log says before its last line.
    pub(super) lines: Vec<(LogLevel, String)>,
    /// What is wrong, when it came to its end and found that.
    pub(super) error: Option<Error>,
}

impl Default for Ended {
    fn default() -> Self {
        Self {
            status: RunStatus::Success,
            counts: RunCounts::default(),
            snapshot: None,
            verified: false,
            skipped: Vec::new(),
            renamed: (Vec::new(), 0),
            result: None,
            lines: Vec::new(),
            error: None,
        }
    }
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
        // Cancelled when the worker has nothing more to do.
        let mut over = Cancel::new();
        loop {
            if worker.as_ref().is_none_or(tokio::task::JoinHandle::is_finished) {
                if let Some(done) = worker.take() {
                    done.await.map_err(|_| messages::fault())??;
                }
                over = Cancel::new();
                if let Some(lease) = Lease::take(self).await? {
                    let (application, over) = (self.clone(), over.clone());
                    worker = Some(tokio::spawn(async move {
                        let worked = application.work(&lease).await;
                        over.cancel();
                        worked
                    }));
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
                () = over.cancelled(), if !self.stop.is_cancelled() => {}
                () = cancel.cancelled(), if !told => {}
            }
        }
    }

    /// Does everything that waits, and takes up what a process that died left,
    /// unless another process is at it: then `false`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn work_off(&self) -> Result<bool> {
        match Lease::take(self).await? {
            Some(lease) => self.work(&lease).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// Closes what a process that died left, and does everything that waits.
    async fn work(&self, lease: &Lease) -> Result<()> {
        self.take_up(lease).await?;
        while let Some(run) = self.next().await? {
            if self.stop.is_cancelled() {
                break;
            }
            self.execute(&run).await?;
        }
        Ok(())
    }

    /// Ends what is under way in this process, so that it is taken up later.
    /// Nothing new is begun.
    pub fn stop_working(&self) {
        self.stop.cancel();
    }

    /// Waits until nobody works here any more.
    pub async fn stopped(&self) {
        while !matches!(Lease::take(self).await, Ok(Some(_)) | Err(_)) {
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Restores go first: somebody is waiting for them.
    async fn next(&self) -> Result<Option<Run>> {
        let mut waiting = self.store.runs().pending().await.map_err(messages::store)?;
        let first = waiting.iter().position(|run| run.kind == RunKind::Restore).unwrap_or(0);
        Ok((!waiting.is_empty()).then(|| waiting.swap_remove(first)))
    }

    async fn execute(&self, run: &Run) -> Result<()> {
        if run.cancel_requested {
            return self.end(run, Err(messages::cancelled_run()), &Status::default()).await;
        }
        let now = self.ambient.clock.now();
        self.store.runs().start(run.id, now).await.map_err(messages::store)?;
        let progress = Arc::new(Progress::default());
        let cancel = Cancel::new();
        let work = async {
            // Before the first byte.
            self.limits().await?.apply(&self.limits, &progress);
            match run.kind {
                RunKind::Backup => self.back_up(run, &progress, &cancel).await,
                RunKind::Restore => self.restore_run(run, &progress, &cancel).await,
                RunKind::Verify => self.verify_run(run, &progress, &cancel).await,
                RunKind::Prune => self.clean_up_run(run, &progress, &cancel).await,
                RunKind::Drill | RunKind::Copy => Err(messages::fault()),
            }
        };
        // Side by side: while one of them waits for the database, the other
        // must go on, because it may be what holds it.
        let ended = tokio::select! {
            ended = work => ended,
            never = self.keep_reporting(run, &progress, &cancel) => match never {},
        };
        let done = Status::of(&progress);
        match ended {
            Err(error) if error.code == Code::Cancelled && self.stop.is_cancelled() => {
                self.interrupt(run, &done).await
            }
            ended => self.end(run, ended, &done).await,
        }
    }

    /// Reports a run until it is dropped.
    async fn keep_reporting(
        &self,
        run: &Run,
        progress: &Progress,
        cancel: &Cancel,
    ) -> std::convert::Infallible {
        let mut pace = Pace::default();
        let (mut worked, mut last) = (Duration::ZERO, Instant::now());
        let mut turn = 0;
        loop {
            tokio::time::sleep(EVERY).await;
            let passed = std::mem::replace(&mut last, Instant::now()).elapsed();
            if self.stop.is_cancelled() {
                cancel.cancel();
            }
            // What cannot be heard or written now is the next time; that the
            // run ended must be written, and fails if it cannot.
            let _ = self.hear(run.id, progress, cancel).await;
            let status = Status::of(progress);
            let said = if progress.control.is_paused() {
                Pace::standing(status)
            } else {
                worked += passed;
                pace.progress(worked, status)
            };
            let _ = self.report(run, &said, turn).await;
            turn += 1;
        }
    }

    /// Hears whether a run should stop, stand still, or go on, and how much it
    /// may take.
    async fn hear(&self, run: RunId, progress: &Progress, cancel: &Cancel) -> Result<()> {
        let Some(row) = self.store.runs().get(run).await.map_err(messages::store)? else {
            return Ok(());
        };
        if row.cancel_requested {
            cancel.cancel();
        }
        if row.paused != progress.control.is_paused() {
            if row.paused {
                progress.control.pause();
            } else {
                progress.control.resume();
            }
            let message = messages::run_paused(row.paused);
            let line = NewLine { at: self.ambient.clock.now(), level: LogLevel::Info, message };
            self.store.run_log().append(run, &[line]).await.map_err(messages::store)?;
        }
        self.limits().await?.apply(&self.limits, progress);
        Ok(())
    }

    /// Writes down how far a run is.
    async fn report(&self, run: &Run, said: &RunProgress, turn: u32) -> Result<()> {
        if turn.is_multiple_of(WRITE) {
            if said.bytes_moved > 0 && run.kind == RunKind::Backup {
                let uploading = RunStatus::Uploading;
                self.store.runs().set_status(run.id, uploading).await.map_err(messages::store)?;
            }
            let counts = RunCounts {
                files_done: said.files_done,
                files_skipped: said.files_skipped,
                bytes_done: said.bytes_done,
                bytes_stored: stored(run.kind, said.bytes_moved),
                ..RunCounts::default()
            };
            let text = to_json(said)?;
            self.store.runs().progress(run.id, &text, &counts).await.map_err(messages::store)?;
        }
        Ok(())
    }
}

impl Installation {
    /// Nobody else works now, so what is under way by its row is not: it is
    /// closed, and asked for again.
    pub(super) async fn take_up(&self, _: &Lease) -> Result<()> {
        for run in self.store.runs().unfinished().await.map_err(messages::store)? {
            self.interrupt(&run, &last_known(&run)).await?;
        }
        Ok(())
    }

    /// Closes a run that did not come to its end, and asks for it again.
    async fn interrupt(&self, run: &Run, done: &Status) -> Result<()> {
        // Asked for first: a crash in between asks for it twice at worst, and
        // a run that waits is not asked for again.
        let waits = self.store.runs().pending().await.map_err(messages::store)?;
        let again = run.kind == RunKind::Backup
            && !run.cancel_requested
            && run.target.is_some()
            && waits.iter().all(|other| other.target != run.target);
        if again {
            let row = NewRun {
                plan: run.plan,
                plan_name: run.plan_name.clone(),
                target: run.target,
                destination: run.destination,
                destination_name: run.destination_name.clone(),
                ..self.new_run(run.kind, run.group, Trigger::Resume)
            };
            self.store.runs().insert(&[row]).await.map_err(messages::store)?;
        }
        self.end(run, Err(messages::interrupted(run.kind)), done).await
    }

    /// Writes down how a run ended: what it skipped and renamed first, its end
    /// last.
    async fn end(&self, run: &Run, ended: Result<Ended>, done: &Status) -> Result<()> {
        let at = self.ambient.clock.now();
        let log = self.store.run_log();
        let finished = match ended {
            Ok(ended) => {
                let skipped = self.store.run_skipped();
                skipped.add(run.id, &ended.skipped).await.map_err(messages::store)?;
                let (renamed, renamed_count) = &ended.renamed;
                self.store.run_renamed().add(run.id, renamed).await.map_err(messages::store)?;
                let mut lines = ended.lines;
                lines.extend(new_names(renamed, *renamed_count));
                lines.push(match &ended.error {
                    Some(error) => (LogLevel::Error, error.message.clone()),
                    None => messages::run_ended(run.kind, ended.status, ended.skipped.len()),
                });
                let lines =
                    lines.into_iter().map(|(level, message)| NewLine { at, level, message });
                log.append(run.id, &lines.collect::<Vec<_>>()).await.map_err(messages::store)?;
                Finished {
                    status: ended.status,
                    ended_at: at,
                    counts: ended.counts,
                    snapshot: ended.snapshot,
                    verified: ended.verified,
                    result: ended.result.as_ref().map(to_json).transpose()?,
                    error: ended.error.as_ref().map(error_row),
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
                    // How far it came: nothing of it counts.
                    counts: RunCounts {
                        files_done: done.files_done,
                        files_skipped: done.files_skipped,
                        bytes_done: done.bytes_done,
                        bytes_stored: stored(run.kind, done.bytes_moved),
                        ..RunCounts::default()
                    },
                    snapshot: None,
                    verified: false,
                    result: None,
                    error: Some(error_row(&error)),
                }
            }
        };
        self.store.runs().finish(run.id, &finished).await.map_err(messages::store)?;
        // Not before: what did not come to its end is no success.
        if run.kind == RunKind::Backup && finished.error.is_none() {
            self.store.installation().first_success(at).await.map_err(messages::store)?;
        }
        Ok(())
    }
}

/// What was stored of what was moved: a verification only reads.
fn stored(kind: RunKind, moved: u64) -> u64 {
    if kind == RunKind::Verify { 0 } else { moved }
}

/// What the log says of what was given another name.
fn new_names(renamed: &[Renamed], count: u64) -> Vec<(LogLevel, String)> {
    let named = renamed.iter().take(NAMED);
    let mut lines: Vec<_> =
        named.map(|it| (LogLevel::Info, messages::renamed(&it.path, &it.name))).collect();
    let more = count.saturating_sub(lines.len() as u64);
    if more > 0 {
        lines.push((LogLevel::Info, messages::more_renamed(more)));
    }
    lines
}

/// How far a run was when its progress was last written down.
fn last_known(run: &Run) -> Status {
    Status {
        files_done: run.counts.files_done,
        files_skipped: run.counts.files_skipped,
        bytes_done: run.counts.bytes_done,
        bytes_moved: run.counts.bytes_stored,
        ..Status::default()
    }
}
