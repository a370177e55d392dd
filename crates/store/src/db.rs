//! The way to the database file: one connection that writes, a few that read.
//!
//! Invariant: with one writer, this process never waits for itself, and what
//! has been committed is on the disk.

use crate::{
    Error, Result,
    row::{Row, Table},
};
use jiff::Timestamp;
use sqlx::{
    ConnectOptions, Connection, Executor, Sqlite, SqliteConnection, SqlitePool,
    pool::PoolConnection,
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions,
        SqliteSynchronous,
    },
};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::sync::Mutex;

/// How long another process may hold the lock before an operation gives up.
const BUSY: Duration = Duration::from_secs(10);
/// How long to wait for one of this process's own connections.
const OWN: Duration = Duration::from_secs(30);
const READERS: u32 = 3;

pub(crate) type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

/// How every connection is opened; the file must be there.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        // On macOS an ordinary sync leaves the data in the disk's cache.
        .pragma("fullfsync", "ON")
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .busy_timeout(BUSY)
        .disable_statement_logging()
}

/// The open database.
pub(crate) struct Db {
    pub(crate) path: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
    watcher: Mutex<Option<SqliteConnection>>,
}

impl Db {
    pub(crate) async fn connect(path: &Path) -> Result<Self> {
        let failed = |error| Error::from_sqlx(error, path);
        let pool = |size| {
            SqlitePoolOptions::new()
                .max_connections(size)
                .acquire_timeout(OWN)
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
                // Whatever was begun and not committed ends here. sqlx's own
                // transactions lose count when SQLite has rolled back by
                // itself, as it does on a full disk, and never begin again.
                .after_release(|connection, _| {
                    Box::pin(async move {
                        let _ = connection.execute("ROLLBACK").await;
                        Ok(true)
                    })
                })
        };
        let writing = options(path).journal_mode(SqliteJournalMode::Wal);
        let reading = options(path).pragma("query_only", "ON");
        let writer = pool(1).connect_with(writing).await.map_err(failed)?;
        let readers = pool(READERS).connect_with(reading.clone()).await.map_err(failed)?;
        let watcher = Mutex::new(Some(reading.connect().await.map_err(failed)?));
        Ok(Self { path: path.into(), writer, readers, watcher })
    }

    fn failed(&self, error: sqlx::Error) -> Error {
        Error::from_sqlx(error, &self.path)
    }

    /// Starts a transaction that may write. Dropped without
    /// [`Work::commit`], it leaves nothing behind.
    pub(crate) async fn writing(&self) -> Result<Work<'_>> {
        self.begin(&self.writer, "BEGIN IMMEDIATE").await
    }

    /// Starts a transaction that sees one state of the database.
    pub(crate) async fn reading(&self) -> Result<Work<'_>> {
        self.begin(&self.readers, "BEGIN").await
    }

    async fn begin(&self, pool: &SqlitePool, begin: &'static str) -> Result<Work<'_>> {
        let mut connection = pool.acquire().await.map_err(|error| self.failed(error))?;
        connection.execute(begin).await.map_err(|error| self.failed(error))?;
        Ok(Work { db: self, connection })
    }

    /// The rows a query finds.
    pub(crate) async fn rows(&self, table: Table, query: Query<'_>) -> Result<Vec<Row>> {
        let rows = query.fetch_all(&self.readers).await.map_err(|error| self.failed(error))?;
        Ok(rows.into_iter().map(|row| Row::new(table, row)).collect())
    }

    /// The one row a query can find.
    pub(crate) async fn row(&self, table: Table, query: Query<'_>) -> Result<Option<Row>> {
        let row = query.fetch_optional(&self.readers).await.map_err(|error| self.failed(error))?;
        Ok(row.map(|row| Row::new(table, row)))
    }

    /// Changes rows and says how many.
    pub(crate) async fn change(&self, query: Query<'_>) -> Result<u64> {
        let mut work = self.writing().await?;
        let changed = work.change(query).await?;
        work.commit().await?;
        Ok(changed)
    }

    /// A number that changes with every commit by anyone but the connection
    /// that asks, which never writes.
    pub(crate) async fn data_version(&self) -> Result<i64> {
        let mut watcher = self.watcher.lock().await;
        let watcher = watcher.as_mut().ok_or_else(|| self.failed(sqlx::Error::PoolClosed))?;
        let version = sqlx::query_scalar("PRAGMA data_version").fetch_one(watcher).await;
        version.map_err(|error| self.failed(error))
    }

    /// Writes a consistent, compact copy into an empty file.
    pub(crate) async fn vacuum_into(&self, copy: &str) -> Result<()> {
        let failed = |error| self.failed(error);
        let mut connection = options(&self.path).connect().await.map_err(failed)?;
        let done = sqlx::query("VACUUM INTO ?").bind(copy).execute(&mut connection).await;
        connection.close().await.map_err(failed)?;
        done.map(drop).map_err(failed)
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        if let Some(watcher) = self.watcher.lock().await.take() {
            let _ = watcher.close().await;
        }
        // The last connection to go takes the log into the database.
        self.writer.close().await;
    }
}

/// A transaction.
pub(crate) struct Work<'a> {
    db: &'a Db,
    connection: PoolConnection<Sqlite>,
}

impl Work<'_> {
    pub(crate) async fn rows(&mut self, table: Table, query: Query<'_>) -> Result<Vec<Row>> {
        let rows = self.connection.fetch_all(query).await;
        let rows = rows.map_err(|error| self.db.failed(error))?;
        Ok(rows.into_iter().map(|row| Row::new(table, row)).collect())
    }

    pub(crate) async fn row(&mut self, table: Table, query: Query<'_>) -> Result<Option<Row>> {
        let row = self.connection.fetch_optional(query).await;
        Ok(row.map_err(|error| self.db.failed(error))?.map(|row| Row::new(table, row)))
    }

    pub(crate) async fn change(&mut self, query: Query<'_>) -> Result<u64> {
        let done = self.connection.execute(query).await;
        Ok(done.map_err(|error| self.db.failed(error))?.rows_affected())
    }

    pub(crate) async fn commit(mut self) -> Result<()> {
        let done = self.connection.execute("COMMIT").await;
        done.map(drop).map_err(|error| self.db.failed(error))
    }
}

/// A moment as it is stored: in whole milliseconds.
pub(crate) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A size or count as it is stored. What no disk and no file system reaches
/// (9.2 exabytes) is stored as that.
pub(crate) fn number(value: u64) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}

/// Words as a JSON array, for `json_each`. They are ids and names of kinds,
/// which need no escaping.
pub(crate) fn json_list<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("\"{}\"", word.as_ref())).collect();
    format!("[{}]", words.join(","))
}
