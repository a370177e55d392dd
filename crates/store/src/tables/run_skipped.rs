//! What runs skipped, and why.

use crate::{
    Result,
    db::Db,
    platform,
    row::{Row, Table},
};
use model::RunId;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

const TABLE: Table = Table { name: "run_skipped", key: &["run_id", "seq"] };

/// Something that a run skipped, to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSkipped {
    /// What.
    pub path: PathBuf,
    /// Why, as a word that can be counted.
    pub reason: String,
    /// Why, in a sentence.
    pub message: String,
}

/// Something that a run skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its place in the list of that run, from 1.
    pub seq: i64,
    /// What.
    pub path: PathBuf,
    /// Why, as a word that can be counted.
    pub reason: String,
    /// Why, in a sentence.
    pub message: String,
    /// Whether somebody said that this is all right.
    pub accepted: bool,
}

/// What runs skipped.
#[derive(Clone, Copy)]
pub struct RunSkipped<'a>(pub(crate) &'a Db);

impl RunSkipped<'_> {
    /// Adds to the end of a run's list, all or nothing.
    ///
    /// # Errors
    /// [`Error::Reference`](crate::Error::Reference) when there is no such run;
    /// otherwise when the database fails.
    pub async fn add(&self, run: RunId, skipped: &[NewSkipped]) -> Result<()> {
        let mut work = self.0.writing().await?;
        for it in skipped {
            let insert = sqlx::query(
                "INSERT INTO run_skipped (run_id, seq, path, reason, message)
                 SELECT ?1, COALESCE(MAX(seq), 0) + 1, ?2, ?3, ?4 FROM run_skipped
                 WHERE run_id = ?1",
            );
            let insert = insert
                .bind(run.to_string())
                .bind(platform::path_to_bytes(&it.path)?)
                .bind(&it.reason)
                .bind(&it.message);
            work.change(insert).await?;
        }
        work.commit().await
    }

    /// A part of a run's list, in the order in which it was written: all of it,
    /// or what was skipped for one reason.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn list(
        &self,
        run: RunId,
        reason: Option<&str>,
        offset: u64,
        limit: u32,
    ) -> Result<Vec<Skipped>> {
        let find = sqlx::query(
            "SELECT * FROM run_skipped WHERE run_id = ?1 AND (?2 IS NULL OR reason = ?2)
             ORDER BY seq LIMIT ?3 OFFSET ?4",
        );
        let find = find.bind(run.to_string()).bind(reason).bind(limit);
        let find = find.bind(crate::db::number(offset));
        self.0.rows(TABLE, find).await?.iter().map(skipped).collect()
    }

    /// How many were skipped for each reason.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn count(&self, run: RunId) -> Result<BTreeMap<String, u64>> {
        let count = sqlx::query(
            "SELECT run_id, reason, COUNT(*) AS seq FROM run_skipped WHERE run_id = ?
             GROUP BY reason",
        );
        let rows = self.0.rows(TABLE, count.bind(run.to_string())).await?;
        rows.iter().map(|row| Ok((row.get("reason")?, row.get("seq")?))).collect()
    }

    /// How many nobody has accepted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open(&self, run: RunId) -> Result<u64> {
        let count = sqlx::query(
            "SELECT ?1 AS run_id, COUNT(*) AS seq FROM run_skipped
             WHERE run_id = ?1 AND accepted = 0",
        );
        let row = self.0.row(TABLE, count.bind(run.to_string())).await?;
        row.map_or(Ok(0), |row| row.get("seq"))
    }

    /// Remembers that somebody accepts that this path was skipped, and says
    /// whether it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accept(&self, run: RunId, path: &Path) -> Result<bool> {
        let accept =
            sqlx::query("UPDATE run_skipped SET accepted = 1 WHERE run_id = ? AND path = ?");
        let path = platform::path_to_bytes(path)?;
        Ok(self.0.change(accept.bind(run.to_string()).bind(path)).await? > 0)
    }
}

fn skipped(row: &Row) -> Result<Skipped> {
    Ok(Skipped {
        seq: row.get("seq")?,
        path: row.get("path")?,
        reason: row.get("reason")?,
        message: row.get("message")?,
        accepted: row.get("accepted")?,
    })
}
