//! Migrations, with made-up ones after the newest.

use super::{APPLICATION_ID, MIGRATIONS, identify, migrate};
use crate::{Error, db, platform};
use sqlx::{ConnectOptions, Executor, Row, SqliteConnection};
use std::path::PathBuf;

/// What each version wrote into the tables that it brought.
const WRITTEN: &[&str] = &[
    include_str!("../../tests/data/1.sql"),
    include_str!("../../tests/data/2.sql"),
    include_str!("../../tests/data/3.sql"),
    include_str!("../../tests/data/4.sql"),
    include_str!("../../tests/data/5.sql"),
];

/// Builds a table anew, which others refer to.
const NEXT: &str = "
    CREATE TABLE plan_new (
        id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, colour TEXT NOT NULL) STRICT;
    INSERT INTO plan_new SELECT id, name, 'green' FROM plan;
    DROP TABLE plan;
    ALTER TABLE plan_new RENAME TO plan;";
const BROKEN: &str = "CREATE TABLE half (a); INSERT INTO nowhere VALUES (1)";
const DANGLING: &str = "DELETE FROM plan";

struct Database {
    _folder: tempfile::TempDir,
    path: PathBuf,
    connection: SqliteConnection,
}

impl Database {
    /// A database of an earlier version, with everything that version wrote.
    async fn of_version(version: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        platform::make_file(&path).unwrap();
        let connection = db::options(&path).connect().await.unwrap();
        let mut database = Self { _folder: folder, path, connection };
        database.migrate(&MIGRATIONS[..version]).await.unwrap();
        database
            .connection
            .execute("INSERT INTO installation (only, machine_id, created_at) VALUES (1, '', 0)")
            .await
            .unwrap();
        for written in &WRITTEN[..version] {
            database.connection.execute(sqlx::raw_sql(*written)).await.unwrap();
        }
        database
    }

    async fn migrate(&mut self, migrations: &'static [&'static str]) -> crate::Result<()> {
        migrate(&mut self.connection, &self.path, migrations).await
    }

    async fn version(&mut self) -> u32 {
        let (version, application) = identify(&mut self.connection).await.unwrap();
        assert_eq!(application, APPLICATION_ID);
        version
    }

    async fn texts(&mut self, sql: &'static str) -> Vec<String> {
        let rows = self.connection.fetch_all(sql).await.unwrap();
        rows.iter().map(|row| row.get_unchecked::<String, _>(0)).collect()
    }
}

#[tokio::test]
async fn every_version_comes_to_the_newest_with_its_data() {
    for version in 1..=MIGRATIONS.len() {
        let mut database = Database::of_version(version).await;
        database.migrate(MIGRATIONS).await.unwrap();
        assert_eq!(database.version().await as usize, MIGRATIONS.len());
        assert_eq!(database.texts("PRAGMA integrity_check").await, ["ok"]);
        let empty = database
            .texts("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
            .await;
        assert!(empty.len() >= 14);
        let first = "SELECT plan_name || paused FROM run WHERE snapshot_id = 'abc'";
        assert_eq!(database.texts(first).await, ["Documents0"]);
        let figures = "SELECT IFNULL(stored_bytes, 'none') FROM destination WHERE kind = 'local'";
        let expected = if version < 4 { "none" } else { "3000" };
        assert_eq!(database.texts(figures).await, [expected]);
        let remote = "SELECT name FROM destination WHERE kind = 's3'";
        let expected: &[&str] = if version < 5 { &[] } else { &["Bucket"] };
        assert_eq!(database.texts(remote).await, expected);
    }
}

#[tokio::test]
async fn a_migration_keeps_what_refers_to_a_table_it_builds_anew() {
    const TWO: &[&str] = &[MIGRATIONS[0], NEXT];
    let mut database = Database::of_version(1).await;
    database.migrate(TWO).await.unwrap();
    assert_eq!(database.version().await, 2);
    assert_eq!(database.texts("SELECT colour FROM plan").await, ["green"]);
    assert_eq!(database.texts("SELECT pattern FROM plan_exclude").await, ["*.tmp"]);
    assert_eq!(database.texts("SELECT plan_id IS NOT NULL FROM run").await, ["1"]);
    assert_eq!(database.texts("PRAGMA foreign_keys").await, ["1"], "they count again");
    database.migrate(TWO).await.unwrap();
    assert_eq!(database.version().await, 2, "once is enough");
}

#[tokio::test]
async fn a_migration_that_fails_changes_nothing() {
    const BREAKS: &[&str] = &[MIGRATIONS[0], BROKEN];
    const DANGLES: &[&str] = &[MIGRATIONS[0], DANGLING];
    let mut database = Database::of_version(1).await;
    let tables = database.texts("SELECT name FROM sqlite_schema").await;
    assert!(database.migrate(BREAKS).await.is_err());
    let error = database.migrate(DANGLES).await;
    assert!(matches!(error, Err(Error::Reference)), "{error:?}");
    assert_eq!(database.version().await, 1);
    assert_eq!(database.texts("SELECT name FROM sqlite_schema").await, tables);
    assert_eq!(database.texts("SELECT name FROM plan").await, ["Documents"]);
}
