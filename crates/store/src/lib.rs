//! What Keepstead remembers: plans, destinations, runs and their logs, settings
//! and sealed secrets, in one SQLite file.
//!
//! Invariant: the only crate that names sqlx, and all SQL is here, one table a
//! file. What an operation acknowledged survives a crash of the machine. A
//! secret comes in sealed and leaves sealed.

mod db;
mod error;
mod file;
mod platform;
mod row;
mod schema;
pub mod tables;

pub use error::{Error, Result};
pub use tables::{
    credential::{Credential, Credentials, Sealed},
    destination::{Destination, Destinations, Location, Remote},
    installation::{Installation, Installations},
    key_slot::{KeySlot, KeySlots},
    lease::{Lease, Leases},
    plan::{Plan, Plans, Target},
    run::{Day, Days, Finished, LatestRuns, NewRun, Run, RunCounts, RunError, RunFilter, Runs},
    run_log::{LogFilter, LogLine, NewLine, RunLog},
    run_renamed::{Renamed, RunRenamed},
    run_skipped::{NewSkipped, RunSkipped, Skipped},
    setting::Settings,
};

use db::Db;
use model::Ambient;
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The open database. Clones share it.
#[derive(Clone)]
pub struct Store(Arc<Db>);

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.0.path).finish()
    }
}

impl Store {
    /// Opens the database at `path` and makes it, with its folder, when it is
    /// not there. It is checked for damage and brought to this program's
    /// version first. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`Error::Corrupt`] and [`Error::Newer`] when it cannot be used as it is;
    /// nothing was changed then. Otherwise what keeps it from being opened.
    pub async fn open(path: &Path, ambient: &Ambient) -> Result<Self> {
        file::open(path, ambient).await.map(|db| Self(Arc::new(db)))
    }

    /// Whether there is a database at `path`, in whatever state.
    ///
    /// # Errors
    /// When this account may not look.
    pub fn exists(path: &Path) -> Result<bool> {
        file::exists(path)
    }

    /// Renames a damaged database, and what belongs to it, and says to what:
    /// `…damaged-` and the time in UTC. The next [`Store::open`] starts anew.
    /// Nothing may have the database open.
    ///
    /// # Errors
    /// When the file system does not rename it.
    pub fn set_aside(path: &Path, ambient: &Ambient) -> Result<PathBuf> {
        file::set_aside(path, ambient)
    }

    /// Where the database is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// A number that differs from the last one when anything was committed in
    /// between, by this process or by another. Cheap enough to ask every second.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn data_version(&self) -> Result<i64> {
        self.0.data_version().await
    }

    /// Writes a consistent copy to `copy`, a file that is not there yet. It is
    /// on the disk when this returns, and only this account can read it.
    ///
    /// # Errors
    /// When the file is there, or cannot be written; then it is gone again.
    pub async fn vacuum_into(&self, copy: &Path) -> Result<()> {
        file::copy(&self.0, copy).await
    }

    /// Ends all work with the database, for every clone.
    pub async fn close(&self) {
        self.0.close().await;
    }

    /// What is known about this installation.
    #[must_use]
    pub fn installation(&self) -> Installations<'_> {
        Installations(&self.0)
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> Settings<'_> {
        Settings(&self.0)
    }

    /// The slots of the master key.
    #[must_use]
    pub fn key_slots(&self) -> KeySlots<'_> {
        KeySlots(&self.0)
    }

    /// The sealed credentials.
    #[must_use]
    pub fn credentials(&self) -> Credentials<'_> {
        Credentials(&self.0)
    }

    /// The destinations.
    #[must_use]
    pub fn destinations(&self) -> Destinations<'_> {
        Destinations(&self.0)
    }

    /// The plans.
    #[must_use]
    pub fn plans(&self) -> Plans<'_> {
        Plans(&self.0)
    }

    /// The runs.
    #[must_use]
    pub fn runs(&self) -> Runs<'_> {
        Runs(&self.0)
    }

    /// The log of the runs.
    #[must_use]
    pub fn run_log(&self) -> RunLog<'_> {
        RunLog(&self.0)
    }

    /// What restores gave another name.
    #[must_use]
    pub fn run_renamed(&self) -> RunRenamed<'_> {
        RunRenamed(&self.0)
    }

    /// What runs skipped.
    #[must_use]
    pub fn run_skipped(&self) -> RunSkipped<'_> {
        RunSkipped(&self.0)
    }

    /// Who runs the scheduler.
    #[must_use]
    pub fn lease(&self) -> Leases<'_> {
        Leases(&self.0)
    }
}
