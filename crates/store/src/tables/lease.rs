//! Who runs the scheduler. The file lock decides; this row says who it is.

use crate::{
    Result,
    db::{Db, millis},
    row::{Row, Table},
};
use jiff::Timestamp;

const TABLE: Table = Table { name: "lease", key: &["only"] };

/// The lease of the scheduler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What kind of process holds it, for people.
    pub holder: String,
    /// Its number in the operating system.
    pub pid: u32,
    /// Since when.
    pub acquired_at: Timestamp,
    /// When it last said that it is alive.
    pub renewed_at: Timestamp,
}

/// The lease of the scheduler.
#[derive(Clone, Copy)]
pub struct Leases<'a>(pub(crate) &'a Db);

impl Leases<'_> {
    /// Takes the lease, from whoever had it: only for the holder of the file
    /// lock. Returns the lease that was there, which its holder did not release.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(&self, holder: &str, pid: u32, at: Timestamp) -> Result<Option<Lease>> {
        let mut work = self.0.writing().await?;
        let before = work.row(TABLE, sqlx::query("SELECT * FROM lease")).await?;
        let take = sqlx::query(
            "INSERT INTO lease (only, holder, pid, acquired_at, renewed_at)
             VALUES (1, ?1, ?2, ?3, ?3)
             ON CONFLICT (only) DO UPDATE SET holder = excluded.holder, pid = excluded.pid,
                 acquired_at = excluded.acquired_at, renewed_at = excluded.renewed_at",
        );
        work.change(take.bind(holder).bind(pid).bind(millis(at))).await?;
        work.commit().await?;
        // A row that cannot be read was replaced all the same.
        Ok(before.and_then(|row| lease(&row).ok()))
    }

    /// Says that the holder is alive; `false` when it holds the lease no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew(&self, holder: &str, pid: u32, at: Timestamp) -> Result<bool> {
        let renew = sqlx::query("UPDATE lease SET renewed_at = ? WHERE holder = ? AND pid = ?");
        Ok(self.0.change(renew.bind(millis(at)).bind(holder).bind(pid)).await? > 0)
    }

    /// Gives the lease up; `false` when it was not the holder's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release(&self, holder: &str, pid: u32) -> Result<bool> {
        let release = sqlx::query("DELETE FROM lease WHERE holder = ? AND pid = ?");
        Ok(self.0.change(release.bind(holder).bind(pid)).await? > 0)
    }

    /// The lease, if somebody has it.
    ///
    /// # Errors
    /// When the database fails or the row cannot be read.
    pub async fn get(&self) -> Result<Option<Lease>> {
        let row = self.0.row(TABLE, sqlx::query("SELECT * FROM lease")).await?;
        row.as_ref().map(lease).transpose()
    }
}

fn lease(row: &Row) -> Result<Lease> {
    Ok(Lease {
        holder: row.get("holder")?,
        pid: row.get("pid")?,
        acquired_at: row.get("acquired_at")?,
        renewed_at: row.get("renewed_at")?,
    })
}
