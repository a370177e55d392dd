//! Sees what happens in the database, whoever does it, tells of it, and has
//! what waits done.
//!
//! The database is where processes meet: the command line writes runs into it,
//! and the process that holds the lease their progress. To look whether
//! anything changed costs one small question.

use super::{
    Session, State,
    events::{BackupProgress, BackupStatus, Event, QueueStats, Topic},
};
use crate::{Application, Cancel, RunEntry, RunLimits, messages};
use model::RunStatus;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;

/// How often the database is looked at: while something is under way, and
/// otherwise.
const BUSY: Duration = Duration::from_millis(250);
const IDLE: Duration = Duration::from_secs(1);
/// Ages and absent disks change the verdict without a change in the database.
const MINUTE: Duration = Duration::from_secs(60);

/// What was seen last.
#[derive(Default)]
struct Seen {
    version: Option<i64>,
    runs: HashMap<String, RunEntry>,
    queue: QueueStats,
    limits: Option<RunLimits>,
    worker: Option<JoinHandle<()>>,
}

impl Session {
    /// Watches and works until it is cancelled; runs that are under way then
    /// go on until their process ends.
    pub async fn watch(&self, cancel: &Cancel) {
        let mut seen = Seen::default();
        let mut told = Instant::now();
        loop {
            if let Some(application) = self.opened().await {
                // What fails now is tried again in a second.
                let _ = self.look(&application, &mut seen).await;
            }
            if told.elapsed() >= MINUTE {
                told = Instant::now();
                self.tell(Event::changed(&[Topic::Verdict, Topic::Plans, Topic::Destinations]));
            }
            let pause = if seen.runs.is_empty() { IDLE } else { BUSY };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.wake.notified() => {}
                () = cancel.cancelled() => return,
            }
        }
    }

    async fn opened(&self) -> Option<Application> {
        match &*self.state.read().await {
            State::Ready(application) => Some(application.clone()),
            _ => None,
        }
    }

    async fn look(&self, application: &Application, seen: &mut Seen) -> crate::Result<()> {
        let version = application.store.data_version().await.map_err(messages::store)?;
        let before = seen.version.replace(version);
        if before == Some(version) && seen.runs.is_empty() {
            return Ok(());
        }
        let working = application.working().await?;
        let idle = seen.runs.is_empty() && working.is_empty();
        let moved = self.tell_runs(application, &working, seen).await?;
        // While a run is under way the database changes all the time.
        let limits = application.limits().await?;
        let limited = seen.limits.replace(limits).is_some_and(|before| before != limits);
        if moved || (idle && before.is_some()) {
            self.tell(Event::changed(&Topic::STORED));
        } else if limited {
            self.tell(Event::changed(&[Topic::Settings]));
        }
        if !working.is_empty() && seen.worker.as_ref().is_none_or(JoinHandle::is_finished) {
            let application = application.clone();
            seen.worker = Some(tokio::spawn(async move {
                // Another process may be at it. What failed is in the rows, or
                // is tried again.
                let _ = application.work_off().await;
            }));
        }
        Ok(())
    }

    /// Tells what became of runs, and whether any moved on.
    async fn tell_runs(
        &self,
        application: &Application,
        working: &[RunEntry],
        seen: &mut Seen,
    ) -> crate::Result<bool> {
        let now = application.ambient.clock.now().as_millisecond();
        let mut moved = false;
        let mut before = std::mem::take(&mut seen.runs);
        for run in working {
            let last = before.remove(&run.id);
            let stands = |last: &RunEntry| (last.status, last.paused) == (run.status, run.paused);
            if !last.as_ref().is_some_and(stands) {
                moved = true;
                self.tell(status(run, now));
            }
            let progress = run.progress.as_ref();
            if progress.is_some() && last.is_none_or(|last| last.progress != run.progress) {
                self.tell(progress_of(run, now));
            }
            seen.runs.insert(run.id.clone(), run.clone());
        }
        // What is no longer among them has ended.
        for id in before.into_keys() {
            moved = true;
            let run = application.run(&id).await?;
            match run.status {
                RunStatus::Failed => seen.queue.failed += 1,
                status if status.is_good() => seen.queue.completed += 1,
                _ => {}
            }
            self.tell(status(&run, now));
        }
        if moved {
            let count = |waits: bool| {
                let runs = working.iter().filter(|run| (run.status == RunStatus::Pending) == waits);
                u32::try_from(runs.count()).unwrap_or(u32::MAX)
            };
            seen.queue = QueueStats {
                waiting: count(true),
                active: count(false),
                timestamp: now,
                ..seen.queue
            };
            self.tell(Event::Queue(seen.queue));
        }
        Ok(moved)
    }

    fn tell(&self, event: Event) {
        // Nobody may be listening.
        let _ = self.events.send(event);
    }
}

impl Event {
    fn changed(topics: &[Topic]) -> Self {
        Self::Changed(super::Changed { topics: topics.to_vec() })
    }
}

fn status(run: &RunEntry, now: i64) -> Event {
    Event::Status(BackupStatus {
        plan_id: run.plan_id.clone(),
        run_id: run.id.clone(),
        status: run.status,
        message: messages::run_status(run),
        timestamp: now,
    })
}

fn progress_of(run: &RunEntry, now: i64) -> Event {
    let progress = run.progress.clone().unwrap_or_default();
    Event::Progress(BackupProgress {
        plan_id: run.plan_id.clone(),
        run_id: run.id.clone(),
        status: run.status,
        paused: run.paused,
        files_scanned: progress.total_files,
        files_uploaded: progress.files_done,
        files_failed: progress.files_skipped,
        bytes_uploaded: progress.bytes_moved,
        current_file: progress.current_file,
        upload_speed: progress.bytes_per_second,
        estimated_time_remaining: progress.seconds_left,
        fraction: progress.fraction,
        timestamp: now,
    })
}
