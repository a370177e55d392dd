//! What restores gave another name, because its own was taken.

use crate::{
    Result,
    db::Db,
    platform,
    row::{Row, Table},
};
use model::RunId;
use std::path::PathBuf;

const TABLE: Table = Table { name: "run_renamed", key: &["run_id", "seq"] };

/// Something that a restore gave another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// Its path in the backup.
    pub path: PathBuf,
    /// The name it was given, in the same folder.
    pub name: PathBuf,
}

/// What restores gave another name.
#[derive(Clone, Copy)]
pub struct RunRenamed<'a>(pub(crate) &'a Db);

impl RunRenamed<'_> {
    /// Adds to the end of a run's list, all or nothing.
    ///
    /// # Errors
    /// [`Error::Reference`](crate::Error::Reference) when there is no such run;
    /// otherwise when the database fails.
    pub async fn add(&self, run: RunId, renamed: &[Renamed]) -> Result<()> {
        let mut work = self.0.writing().await?;
        for it in renamed {
            let insert = sqlx::query(
                "INSERT INTO run_renamed (run_id, seq, path, name)
                 SELECT ?1, COALESCE(MAX(seq), 0) + 1, ?2, ?3 FROM run_renamed
                 WHERE run_id = ?1",
            );
            let insert = insert
                .bind(run.to_string())
                .bind(platform::path_to_bytes(&it.path)?)
                .bind(platform::path_to_bytes(&it.name)?);
            work.change(insert).await?;
        }
        work.commit().await
    }

    /// A part of a run's list, in the order in which it was written.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn list(&self, run: RunId, offset: u64, limit: u32) -> Result<Vec<Renamed>> {
        let find =
            sqlx::query("SELECT * FROM run_renamed WHERE run_id = ? ORDER BY seq LIMIT ? OFFSET ?");
        let find = find.bind(run.to_string()).bind(limit).bind(crate::db::number(offset));
        self.0.rows(TABLE, find).await?.iter().map(renamed).collect()
    }
}

fn renamed(row: &Row) -> Result<Renamed> {
    Ok(Renamed { path: row.get("path")?, name: row.get("name")? })
}
