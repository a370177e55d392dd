//! The versions of the database and the way from each to the next.
//!
//! Invariant: a migration is never changed once it was released. It happens
//! whole or not at all, and the version in `PRAGMA user_version` changes in
//! the same transaction.

use crate::{Error, Result};
use sqlx::{AssertSqlSafe, Connection, Executor, Row, SqliteConnection};
use std::path::Path;

#[cfg(test)]
mod tests;

/// "KSTD" in the file's header: the database is Keepstead's.
pub(crate) const APPLICATION_ID: u32 = 0x4b53_5444;

/// The statements that lead to version 1, 2, and so on.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_start.sql"),
    include_str!("../migrations/0002_run_renamed.sql"),
    include_str!("../migrations/0003_run_paused.sql"),
    include_str!("../migrations/0004_figures.sql"),
    include_str!("../migrations/0005_remote.sql"),
];

/// The newest version that `migrations` lead to.
pub(crate) fn newest(migrations: &[&str]) -> u32 {
    migrations.len().try_into().unwrap_or(u32::MAX)
}

/// The version and application id of an open database.
pub(crate) async fn identify(connection: &mut SqliteConnection) -> sqlx::Result<(u32, u32)> {
    let version: i32 = connection.fetch_one("PRAGMA user_version").await?.try_get(0)?;
    let application: i32 = connection.fetch_one("PRAGMA application_id").await?.try_get(0)?;
    Ok((version.cast_unsigned(), application.cast_unsigned()))
}

/// Brings the database to the newest version, one transaction a version.
pub(crate) async fn migrate(
    connection: &mut SqliteConnection,
    path: &Path,
    migrations: &'static [&'static str],
) -> Result<()> {
    let failed = |error| Error::from_sqlx(error, path);
    // A migration may build a table anew, and what refers to it must survive
    // that. References are checked before each commit instead.
    connection.execute("PRAGMA foreign_keys = OFF").await.map_err(failed)?;
    for (version, &statements) in (1u32..).zip(migrations) {
        let mut work = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        // Another process may have come first.
        let (found, _) = identify(&mut work).await.map_err(failed)?;
        if found >= version {
            continue;
        }
        work.execute(sqlx::raw_sql(statements)).await.map_err(failed)?;
        let set = AssertSqlSafe(format!("PRAGMA user_version = {version}"));
        work.execute(sqlx::raw_sql(set)).await.map_err(failed)?;
        if work.fetch_optional("PRAGMA foreign_key_check").await.map_err(failed)?.is_some() {
            return Err(Error::Reference);
        }
        work.commit().await.map_err(failed)?;
    }
    connection.execute("PRAGMA foreign_keys = ON").await.map_err(failed)?;
    Ok(())
}
