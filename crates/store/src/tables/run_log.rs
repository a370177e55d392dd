//! What runs said, line by line.

use crate::{
    Result,
    db::{Db, json_list, millis},
    row::{Row, Table},
};
use jiff::Timestamp;
use model::{LogLevel, PlanId, RunId};

const TABLE: Table = Table { name: "run_log", key: &["run_id", "seq"] };

/// A line to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLine {
    /// When it was said.
    pub at: Timestamp,
    /// How much it matters.
    pub level: LogLevel,
    /// What it says; no secrets.
    pub message: String,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The run that said it.
    pub run: RunId,
    /// Its place among the lines of that run, from 1.
    pub seq: i64,
    /// When it was said.
    pub at: Timestamp,
    /// How much it matters.
    pub level: LogLevel,
    /// What it says.
    pub message: String,
}

/// Which lines, out of those of all runs. The default is the newest hundred.
#[derive(Clone, Debug)]
pub struct LogFilter {
    /// These levels; none means all.
    pub levels: Vec<LogLevel>,
    /// Runs of this plan.
    pub plan: Option<PlanId>,
    /// Lines with this text in them; capitals of ASCII do not matter.
    pub contains: Option<String>,
    /// Lines before this one: the last of the page before.
    pub before: Option<(Timestamp, RunId, i64)>,
    /// How many at most.
    pub limit: u32,
}

impl Default for LogFilter {
    fn default() -> Self {
        Self { levels: Vec::new(), plan: None, contains: None, before: None, limit: 100 }
    }
}

/// The log of the runs.
#[derive(Clone, Copy)]
pub struct RunLog<'a>(pub(crate) &'a Db);

impl RunLog<'_> {
    /// Adds lines to the end of a run's log, all or none.
    ///
    /// # Errors
    /// [`Error::Reference`](crate::Error::Reference) when there is no such run;
    /// otherwise when the database fails.
    pub async fn append(&self, run: RunId, lines: &[NewLine]) -> Result<()> {
        let mut work = self.0.writing().await?;
        for line in lines {
            let insert = sqlx::query(
                "INSERT INTO run_log (run_id, seq, at, level, message)
                 SELECT ?1, COALESCE(MAX(seq), 0) + 1, ?2, ?3, ?4 FROM run_log
                 WHERE run_id = ?1",
            );
            let insert = insert
                .bind(run.to_string())
                .bind(millis(line.at))
                .bind(line.level.as_str())
                .bind(&line.message);
            work.change(insert).await?;
        }
        work.commit().await
    }

    /// The lines of a run after the one with number `after`, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn list(&self, run: RunId, after: i64, limit: u32) -> Result<Vec<LogLine>> {
        let find =
            sqlx::query("SELECT * FROM run_log WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?");
        let find = find.bind(run.to_string()).bind(after).bind(limit);
        self.0.rows(TABLE, find).await?.iter().map(line).collect()
    }

    /// Lines of all runs, newest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn search(&self, filter: &LogFilter) -> Result<Vec<LogLine>> {
        let levels: Vec<_> = filter.levels.iter().map(|level| level.as_str()).collect();
        let before = filter.before;
        let find = sqlx::query(
            "SELECT * FROM run_log
             WHERE (?1 = '[]' OR level IN (SELECT value FROM json_each(?1)))
               AND (?2 IS NULL OR run_id IN (SELECT id FROM run WHERE plan_id = ?2))
               AND (?3 IS NULL OR instr(lower(message), lower(?3)) > 0)
               AND (?4 IS NULL OR (at, run_id, seq) < (?4, ?5, ?6))
             ORDER BY at DESC, run_id DESC, seq DESC LIMIT ?7",
        );
        let find = find
            .bind(json_list(&levels))
            .bind(filter.plan.map(|plan| plan.to_string()))
            .bind(&filter.contains)
            .bind(before.map(|(at, ..)| millis(at)))
            .bind(before.map(|(_, run, _)| run.to_string()))
            .bind(before.map(|(.., seq)| seq))
            .bind(filter.limit);
        self.0.rows(TABLE, find).await?.iter().map(line).collect()
    }
}

fn line(row: &Row) -> Result<LogLine> {
    Ok(LogLine {
        run: row.get("run_id")?,
        seq: row.get("seq")?,
        at: row.get("at")?,
        level: row.get("level")?,
        message: row.get("message")?,
    })
}
