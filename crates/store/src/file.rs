//! The database as a file: made, recognised, opened, set aside.
//!
//! Invariant: a file that is there is never overwritten and never deleted. A
//! new database gets its name once it is complete, so that an empty file is
//! damage and not a beginning.

use crate::{
    Error, Result,
    db::{self, Db},
    platform,
    schema::{self, APPLICATION_ID, MIGRATIONS},
};
use model::{Ambient, MachineId};
use sqlx::{ConnectOptions, Connection, Executor, Row, SqliteConnection};
use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// What SQLite puts beside a database.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// The file beside `path` whose name goes on with `suffix`.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

fn is_there(path: &Path) -> io::Result<bool> {
    match std::fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether there is a database, or what is left of one: a log without its
/// database still holds changes.
pub(crate) fn exists(path: &Path) -> Result<bool> {
    for file in [path.to_owned(), beside(path, "-wal")] {
        if is_there(&file)? {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(crate) async fn open(path: &Path, ambient: &Ambient) -> Result<Db> {
    if !exists(path)? {
        create(path, ambient).await?;
    }
    let found = recognise(path).await?;
    platform::may_write(path)?;
    platform::make_private(path)?;
    check_and_migrate(path, found).await?;
    Db::connect(path).await
}

/// Makes a new database under another name, complete, and then names it.
async fn create(path: &Path, ambient: &Ambient) -> Result<()> {
    let folder = platform::folder_of(path);
    platform::make_folder(&folder)?;
    let mut random = [0; 8];
    ambient.random.fill(&mut random);
    let new = beside(path, &format!(".new-{:016x}", u64::from_le_bytes(random)));
    platform::make_file(&new)?;
    let _unfinished = Unfinished(Some(new.clone()));
    fill(&new, ambient).await?;
    File::open(&new).and_then(|file| file.sync_all())?;
    match platform::rename_new(&new, path) {
        // Another process was faster; its database is as good.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done.and_then(|()| platform::sync_folder(&folder)).map_err(Error::from),
    }
}

/// A file that is removed, with its companions, unless it was renamed or kept.
struct Unfinished(Option<PathBuf>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let Some(path) = &self.0 else { return };
        for suffix in ["", "-journal"].into_iter().chain(COMPANIONS) {
            let _ = std::fs::remove_file(beside(path, suffix));
        }
    }
}

async fn fill(path: &Path, ambient: &Ambient) -> Result<()> {
    let failed = |error| Error::from_sqlx(error, path);
    let mut connection = db::options(path).connect().await.map_err(failed)?;
    schema::migrate(&mut connection, path, MIGRATIONS).await?;
    sqlx::query("INSERT INTO installation (only, machine_id, created_at) VALUES (1, ?, ?)")
        .bind(MachineId::new(&*ambient.random).to_string())
        .bind(db::millis(ambient.clock.now()))
        .execute(&mut connection)
        .await
        .map_err(failed)?;
    // For good: the file says so itself.
    connection.execute("PRAGMA journal_mode = WAL").await.map_err(failed)?;
    connection.close().await.map_err(failed)
}

/// The version of a database that this program can go on with, found out
/// without writing.
async fn recognise(path: &Path) -> Result<u32> {
    let corrupt = || Error::Corrupt { path: path.into() };
    if !is_there(path)? {
        return Err(corrupt());
    }
    let log = is_there(&beside(path, "-wal"))?;
    let (version, application) = if log {
        // The newest header may stand in the log.
        let options = db::options(path).read_only(true);
        let mut connection =
            options.connect().await.map_err(|error| Error::from_sqlx(error, path))?;
        let found = schema::identify(&mut connection).await;
        let _ = connection.close().await;
        found.map_err(|error| Error::from_sqlx(error, path))?
    } else {
        // Without a log nobody in this process has the database open, so that
        // closing it gives up nobody's locks.
        header(path)?.ok_or_else(corrupt)?
    };
    let known = schema::newest(MIGRATIONS);
    if application != APPLICATION_ID || version == 0 {
        return Err(corrupt());
    }
    if version > known { Err(Error::Newer { found: version, known }) } else { Ok(version) }
}

/// Version and application id from the first bytes, which are laid out in
/// <https://www.sqlite.org/fileformat2.html#the_database_header>. `None` when
/// that is no header, or when the file is shorter than its header says: SQLite
/// takes the missing end of the last page for zeros.
fn header(path: &Path) -> io::Result<Option<(u32, u32)>> {
    let mut bytes = Vec::with_capacity(100);
    File::open(path)?.take(100).read_to_end(&mut bytes)?;
    if bytes.len() < 100 || !bytes.starts_with(b"SQLite format 3\0") {
        return Ok(None);
    }
    let number = |at: usize| bytes[at..at + 4].iter().fold(0, |sum, &b| sum << 8 | u32::from(b));
    let page = match u64::from(number(16) >> 16) {
        1 => 65_536,
        size => size,
    };
    let cut = std::fs::metadata(path)?.len() < page * u64::from(number(28));
    Ok((!cut).then(|| (number(60), number(68))))
}

async fn check_and_migrate(path: &Path, found: u32) -> Result<()> {
    let failed = |error| Error::from_sqlx(error, path);
    let mut connection = db::options(path).connect().await.map_err(failed)?;
    let checked = quick_check(&mut connection).await.map_err(failed);
    let done = match checked {
        Ok(true) if found < schema::newest(MIGRATIONS) => {
            schema::migrate(&mut connection, path, MIGRATIONS).await
        }
        Ok(true) => Ok(()),
        Ok(false) => Err(Error::Corrupt { path: path.into() }),
        Err(error) => Err(error),
    };
    let closed = connection.close().await.map_err(failed);
    done.and(closed)
}

async fn quick_check(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    let row = connection.fetch_one("PRAGMA quick_check(1)").await?;
    Ok(row.try_get::<String, _>(0)? == "ok")
}

/// Gives a damaged database and its companions another name.
pub(crate) fn set_aside(path: &Path, ambient: &Ambient) -> Result<PathBuf> {
    let at = ambient.clock.now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut aside = beside(path, &format!(".damaged-{at}"));
    for attempt in 2.. {
        let mut free = !is_there(&aside)?;
        for companion in COMPANIONS {
            free &= !is_there(&beside(&aside, companion))?;
        }
        if free {
            break;
        }
        aside = beside(path, &format!(".damaged-{at}-{attempt}"));
    }
    // The database first: as long as its log is there, nothing new is begun.
    for suffix in [""].into_iter().chain(COMPANIONS) {
        let from = beside(path, suffix);
        if is_there(&from)? {
            platform::rename_new(&from, &beside(&aside, suffix))?;
        }
    }
    platform::sync_folder(&platform::folder_of(path))?;
    Ok(aside)
}

/// Writes a copy into a new file that only this account can read.
pub(crate) async fn copy(db: &Db, copy: &Path) -> Result<()> {
    let text = copy.to_str().ok_or_else(|| Error::Path(copy.into()))?;
    platform::make_file(copy)?;
    let mut unfinished = Unfinished(Some(copy.into()));
    db.vacuum_into(text).await?;
    File::open(copy).and_then(|file| file.sync_all())?;
    platform::sync_folder(&platform::folder_of(copy))?;
    unfinished.0 = None;
    Ok(())
}
