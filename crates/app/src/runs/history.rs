//! What was done, and what is being done.

use super::{RunEntry, entry};
use crate::{
    Installation, Result,
    destinations::moment,
    messages,
    vault::{PathText, RenamedFile},
};
use jiff::Timestamp;
use model::{LogLevel, PlanId, RunId, RunKind, RunStatus};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, path::PathBuf};
use store::{LogFilter, LogLine, Run, RunFilter, Skipped};

/// Which runs.
#[derive(Clone, Debug, Default, Deserialize, specta::Type)]
pub struct RunsWanted {
    /// Of this plan, by name or id; otherwise of all.
    pub plan: Option<String>,
    /// Of these kinds; none means all.
    pub kinds: Vec<RunKind>,
    /// In these states; none means all.
    pub statuses: Vec<RunStatus>,
    /// Those before this run: the last one of the page before.
    pub before: Option<String>,
    /// How many at most.
    pub limit: u32,
}

/// Which lines of the log.
#[derive(Clone, Debug, Default, Deserialize, specta::Type)]
pub struct ActivityWanted {
    /// Of these levels; none means all.
    pub levels: Vec<LogLevel>,
    /// Of this plan, by name or id; otherwise of all.
    pub plan: Option<String>,
    /// With this text in them.
    pub contains: Option<String>,
    /// Those before this one: the last one of the page before.
    pub before: Option<LogPlace>,
    /// How many at most.
    pub limit: u32,
}

/// Where a line stands in the log.
#[derive(Clone, Debug, Deserialize, specta::Type)]
pub struct LogPlace {
    /// As in [`LogEntry::at`].
    pub at: String,
    /// As in [`LogEntry::run`].
    pub run: String,
    /// As in [`LogEntry::seq`].
    pub seq: i64,
}

/// A file that a run skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct SkippedEntry {
    /// Where it is.
    #[serde(flatten)]
    pub path: PathText,
    /// Why, for programs.
    pub reason: String,
    /// Why, for people.
    pub message: String,
    /// Whether somebody said that this is all right.
    pub accepted: bool,
}

/// How many files a run skipped for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct SkippedReason {
    /// Why, for programs.
    pub reason: String,
    /// Why, for people.
    pub message: String,
    /// How many.
    pub files: u64,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct LogEntry {
    /// The run that said it.
    pub run: String,
    /// Its place among the lines of that run.
    pub seq: i64,
    /// When, RFC 3339.
    pub at: String,
    /// How much it matters.
    pub level: LogLevel,
    /// What happened.
    pub message: String,
    /// What the run does.
    pub kind: RunKind,
    /// The name of its plan.
    pub plan: String,
    /// The name of its destination.
    pub destination: String,
}

impl Installation {
    /// Runs, the newest first.
    ///
    /// # Errors
    /// [`Code::NoSuchPlan`](crate::Code::NoSuchPlan),
    /// [`Code::NoSuchRun`](crate::Code::NoSuchRun), or when the database cannot
    /// be read.
    pub async fn runs(&self, wanted: &RunsWanted) -> Result<Vec<RunEntry>> {
        let before = match &wanted.before {
            Some(id) => Some(self.find_run(id).await?),
            None => None,
        };
        let filter = RunFilter {
            plan: self.plan_id(wanted.plan.as_deref()).await?,
            kinds: wanted.kinds.clone(),
            statuses: wanted.statuses.clone(),
            before: before.map(|run| (run.queued_at, run.id)),
            limit: wanted.limit,
            ..RunFilter::default()
        };
        let rows = self.store.runs().list(&filter).await.map_err(messages::store)?;
        Ok(rows.into_iter().map(entry).collect())
    }

    async fn plan_id(&self, plan: Option<&str>) -> Result<Option<PlanId>> {
        Ok(match plan {
            Some(plan) => Some(self.find_plan(plan).await?.id),
            None => None,
        })
    }

    /// One run.
    ///
    /// # Errors
    /// [`Code::NoSuchRun`](crate::Code::NoSuchRun).
    pub async fn run(&self, id: &str) -> Result<RunEntry> {
        Ok(entry(self.find_run(id).await?))
    }

    /// What is under way, and what waits, in the order in which it is done.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn working(&self) -> Result<Vec<RunEntry>> {
        let mut rows = self.store.runs().unfinished().await.map_err(messages::store)?;
        let (restores, others): (Vec<_>, Vec<_>) = self
            .store
            .runs()
            .pending()
            .await
            .map_err(messages::store)?
            .into_iter()
            .partition(|run| run.kind == RunKind::Restore);
        rows.extend(restores.into_iter().chain(others));
        Ok(rows.into_iter().map(entry).collect())
    }

    /// What a run skipped: all of it, or for one reason.
    ///
    /// # Errors
    /// [`Code::NoSuchRun`](crate::Code::NoSuchRun).
    pub async fn skipped(
        &self,
        id: &str,
        reason: Option<&str>,
        offset: u64,
        limit: u32,
    ) -> Result<Vec<SkippedEntry>> {
        let run = self.find_run(id).await?.id;
        let rows = self.store.run_skipped().list(run, reason, offset, limit).await;
        Ok(rows.map_err(messages::store)?.into_iter().map(skipped).collect())
    }

    /// Why a run skipped files, the most frequent reason first.
    ///
    /// # Errors
    /// [`Code::NoSuchRun`](crate::Code::NoSuchRun).
    pub async fn skipped_reasons(&self, id: &str) -> Result<Vec<SkippedReason>> {
        let run = self.find_run(id).await?.id;
        let table = self.store.run_skipped();
        let mut reasons = Vec::new();
        for (reason, files) in table.count(run).await.map_err(messages::store)? {
            let first = table.list(run, Some(&reason), 0, 1).await.map_err(messages::store)?;
            let message = first.into_iter().next().map_or_else(String::new, |row| row.message);
            reasons.push(SkippedReason { reason, message, files });
        }
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.files));
        Ok(reasons)
    }

    /// What a restore gave another name, because its own was taken. At most the
    /// first 10,000 of them are remembered.
    ///
    /// # Errors
    /// [`Code::NoSuchRun`](crate::Code::NoSuchRun).
    pub async fn renamed(&self, id: &str, offset: u64, limit: u32) -> Result<Vec<RenamedFile>> {
        let run = self.find_run(id).await?.id;
        let rows = self.store.run_renamed().list(run, offset, limit).await;
        let rows = rows.map_err(messages::store)?.into_iter();
        Ok(rows.map(|row| RenamedFile::new(&row.path, &row.name)).collect())
    }

    /// Remembers that it is all right that this path was skipped.
    ///
    /// # Errors
    /// [`Code::NoSuchRun`](crate::Code::NoSuchRun),
    /// [`Code::NoSuchPath`](crate::Code::NoSuchPath) when the run did not skip
    /// it.
    pub async fn accept_skipped(&self, id: &str, path: PathText) -> Result<()> {
        let run = self.find_run(id).await?.id;
        let path = PathBuf::from(path);
        let accepted =
            self.store.run_skipped().accept(run, &path).await.map_err(messages::store)?;
        if accepted { Ok(()) } else { Err(messages::not_skipped(&path)) }
    }

    /// The log of a run.
    ///
    /// # Errors
    /// [`Code::NoSuchRun`](crate::Code::NoSuchRun).
    pub async fn log(&self, id: &str) -> Result<Vec<LogEntry>> {
        let run = self.find_run(id).await?;
        let lines = self.store.run_log().list(run.id, -1, 10_000).await.map_err(messages::store)?;
        Ok(lines.into_iter().map(|row| line(row, &run)).collect())
    }

    /// The log of all runs, the newest lines first.
    ///
    /// # Errors
    /// [`Code::NoSuchPlan`](crate::Code::NoSuchPlan), or when the database
    /// cannot be read.
    pub async fn activity(&self, wanted: &ActivityWanted) -> Result<Vec<LogEntry>> {
        let before = match &wanted.before {
            Some(place) => Some(log_place(place)?),
            None => None,
        };
        let filter = LogFilter {
            levels: wanted.levels.clone(),
            plan: self.plan_id(wanted.plan.as_deref()).await?,
            contains: wanted.contains.clone().filter(|text| !text.is_empty()),
            before,
            limit: wanted.limit,
        };
        let mut runs: HashMap<RunId, Run> = HashMap::new();
        let mut entries = Vec::new();
        for row in self.store.run_log().search(&filter).await.map_err(messages::store)? {
            if let Some(run) = runs.get(&row.run) {
                entries.push(line(row, run));
                continue;
            }
            let run = self.store.runs().get(row.run).await.map_err(messages::store)?;
            // One that was removed in this moment took its lines with it.
            if let Some(run) = run {
                let id = row.run;
                entries.push(line(row, &run));
                runs.insert(id, run);
            }
        }
        Ok(entries)
    }

    /// Whether a run failed that nobody was told of yet: the one before it, of
    /// the same plan and destination, had not failed.
    ///
    /// # Errors
    /// [`Code::NoSuchRun`](crate::Code::NoSuchRun).
    pub async fn is_new_failure(&self, id: &str) -> Result<bool> {
        let run = self.find_run(id).await?;
        if run.status != RunStatus::Failed {
            return Ok(false);
        }
        let ended = RunFilter {
            plan: run.plan,
            destination: run.destination,
            kinds: vec![run.kind],
            statuses: vec![RunStatus::Success, RunStatus::PartialSuccess, RunStatus::Failed],
            before: Some((run.queued_at, run.id)),
            // A verification that found damage says more than one that could
            // not look.
            limit: if run.result.is_some() { 100 } else { 1 },
        };
        let before = self.store.runs().list(&ended).await.map_err(messages::store)?;
        let mut before = before.iter().filter(|it| run.result.is_none() || it.result.is_some());
        Ok(before.next().is_none_or(|before| before.status != RunStatus::Failed))
    }

    pub(super) async fn find_run(&self, id: &str) -> Result<Run> {
        let parsed: Option<RunId> = id.parse().ok();
        let row = match parsed {
            Some(parsed) => self.store.runs().get(parsed).await.map_err(messages::store)?,
            None => None,
        };
        row.ok_or_else(|| messages::no_run(id))
    }
}

fn log_place(place: &LogPlace) -> Result<(Timestamp, RunId, i64)> {
    match (place.at.parse(), place.run.parse()) {
        (Ok(at), Ok(run)) => Ok((at, run, place.seq)),
        _ => Err(messages::no_run(&place.run)),
    }
}

fn skipped(row: Skipped) -> SkippedEntry {
    SkippedEntry {
        path: PathText::new(&row.path),
        reason: row.reason,
        message: row.message,
        accepted: row.accepted,
    }
}

fn line(line: LogLine, run: &Run) -> LogEntry {
    LogEntry {
        run: line.run.to_string(),
        seq: line.seq,
        at: moment(line.at),
        level: line.level,
        message: line.message,
        kind: run.kind,
        plan: run.plan_name.clone(),
        destination: run.destination_name.clone(),
    }
}
