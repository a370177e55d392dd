//! One repository in a folder: made, written, listed, restored, checked.
//!
//! It may be any repository of the restic format, whoever made it; neither
//! plans nor the list of destinations are asked.

mod backup;
mod browse;
mod check;
mod copy;
mod forget;
mod keys;
mod list;
mod locks;
mod prune;
mod repair;
mod restore;
mod status;
mod wire;

pub use backup::{BackupRequest, Parent};
pub use copy::{CopiedBackup, CopySummary, UncopiedBackup};
pub use forget::{
    ForgetRequest, ForgetSummary, ForgottenGroup, KeptBackup, NamedBackup, PlannedForget,
};
pub use prune::{PackEntry, PlannedPrune, PruneSettings, PruneSummary};
pub use repair::{
    BrokenBackup, IndexRepairSummary, LeftOutFile, LostPack, LostPart, PlannedIndexRepair,
    PlannedSnapshotsRepair, SnapshotsRepairSummary,
};
pub use restore::{Existing, PlannedRestore, RestoreRequest};
pub use status::Status;
pub use vault::{
    CheckOptions, InvalidSample, Progress, Reading, Sample,
    forget::{Count, Filter, ForgetOptions, GroupBy, InvalidPeriod, Period, Policy, TagList},
};
pub use wire::{
    BackupEntry, BackupSummary, CheckFinding, CheckSummary, Counts, Created, Entry, KeyChange,
    KeyEntry, LocksRemoved, Outcome, PathText, Reason, RenamedFile, RestorePreview, RestoreSummary,
    Severity, SkippedFile,
};

use crate::{
    Ambient, Cancel, Error, Result,
    messages::{self, Act},
};
use jiff::Timestamp;
use providers::LocalStore;
use secrets::RecoveryPassphrase;
use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
pub use storage::Limits;
use storage::{ErrorKind, Store, ThrottledStore};
use vault::{Host, InitOptions, KdfCost, LockMode, Repository, chunker::Polynomial};

/// What opens a repository. Wiped from memory when dropped, and never shown.
#[derive(Clone, Debug)]
pub struct Passphrase {
    text: vault::Passphrase,
    /// How expensive trying others is made, where it opens a key that is made.
    cost: KdfCost,
}

impl Passphrase {
    /// Takes a passphrase that somebody has chosen, as it is.
    ///
    /// # Errors
    /// [`Code::EmptyPassphrase`](crate::Code::EmptyPassphrase).
    pub fn new(text: String) -> Result<Self> {
        Self::taken(text, KdfCost::default())
    }

    /// The words of the kit, which were drawn.
    ///
    /// # Errors
    /// As for [`Passphrase::new`].
    pub(crate) fn of_kit(words: &RecoveryPassphrase) -> Result<Self> {
        Self::taken(words.expose().to_owned(), KdfCost::DRAWN)
    }

    fn taken(text: String, cost: KdfCost) -> Result<Self> {
        vault::Passphrase::new(text)
            .map(|text| Self { text, cost })
            .map_err(|error| messages::vault(error, Act::Open, Path::new("")))
    }
}

/// How a repository is opened.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// How fast it may be used; others may share it.
    pub limits: Arc<Limits>,
    /// A folder of this machine for copies of what is read again and again,
    /// where the repository is on another one.
    pub copies: Option<PathBuf>,
}

/// A repository that is open.
#[derive(Debug)]
pub struct Vault {
    repository: Arc<Repository>,
    /// Where it is: a path, or the place of a destination in words.
    folder: PathBuf,
    host: Host,
    ambient: Ambient,
    limits: Arc<Limits>,
}

impl Vault {
    /// Makes a repository in `folder`. The last component of the path is made
    /// when it is missing; what is there must be empty of backups.
    ///
    /// # Errors
    /// [`Code::RepositoryExists`](crate::Code::RepositoryExists), or what keeps it from being written.
    pub async fn init(
        folder: &Path,
        passphrase: &Passphrase,
        ambient: Ambient,
        cancel: &Cancel,
    ) -> Result<Created> {
        Self::init_with(folder, passphrase, None, ambient, cancel).await
    }

    async fn init_with(
        folder: &Path,
        passphrase: &Passphrase,
        polynomial: Option<Polynomial>,
        ambient: Ambient,
        cancel: &Cancel,
    ) -> Result<Created> {
        refuse_file(folder)?;
        let store = LocalStore::create(folder, Arc::clone(&ambient.random))
            .await
            .map_err(|error| messages::opening(&error, Act::Init, folder))?;
        let folder = store.folder().to_owned();
        Self::init_at(Arc::new(store), &folder, passphrase, polynomial, ambient, cancel).await
    }

    /// Makes a repository in a store. `place` is where that is, in words or as
    /// a path.
    pub(crate) async fn init_at(
        store: Arc<dyn Store>,
        place: &Path,
        passphrase: &Passphrase,
        polynomial: Option<Polynomial>,
        ambient: Ambient,
        cancel: &Cancel,
    ) -> Result<Created> {
        let host = Host::current();
        let options = InitOptions { cost: passphrase.cost, polynomial };
        let made = Repository::init(store, &passphrase.text, options, &host, ambient, cancel)
            .await
            .map_err(|error| messages::vault(error, Act::Init, place))?;
        Ok(Created {
            repository: PathText::new(place),
            repository_id: made.config().id.to_string(),
            version: made.config().version,
        })
    }

    /// Opens the repository in `folder`.
    ///
    /// # Errors
    /// [`Code::NotARepository`](crate::Code::NotARepository), [`Code::WrongPassphrase`](crate::Code::WrongPassphrase), or what keeps it
    /// from being read.
    pub async fn open(
        folder: &Path,
        passphrase: &Passphrase,
        ambient: Ambient,
        cancel: &Cancel,
    ) -> Result<Self> {
        Self::open_with(folder, passphrase, OpenOptions::default(), ambient, cancel).await
    }

    /// The same, with options.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub async fn open_with(
        folder: &Path,
        passphrase: &Passphrase,
        options: OpenOptions,
        ambient: Ambient,
        cancel: &Cancel,
    ) -> Result<Self> {
        refuse_file(folder)?;
        let store = LocalStore::open(folder, Arc::clone(&ambient.random))
            .await
            .map_err(|error| messages::opening(&error, Act::Open, folder))?;
        let folder = store.folder().to_owned();
        Self::open_at(Arc::new(store), folder, passphrase, options, ambient, cancel).await
    }

    /// Opens the repository in a store. `folder` is where that is, in words or
    /// as a path.
    pub(crate) async fn open_at(
        store: Arc<dyn Store>,
        folder: PathBuf,
        passphrase: &Passphrase,
        options: OpenOptions,
        ambient: Ambient,
        cancel: &Cancel,
    ) -> Result<Self> {
        let OpenOptions { limits, copies } = options;
        let now = ambient.clone();
        let store = ThrottledStore::new(store, Arc::clone(&limits));
        let failed = |error| messages::vault(error, Act::Open, &folder);
        let repository = Repository::open(Arc::new(store), &passphrase.text, now, cancel);
        let mut repository = repository.await.map_err(failed)?;
        if let Some(copies) = copies {
            repository = repository.with_copies_in(&copies).await.map_err(failed)?;
        }
        let (repository, host) = (Arc::new(repository), Host::current());
        Ok(Self { repository, folder, host, ambient, limits })
    }

    /// The same repository, read by somebody who knows nothing of it yet.
    pub(crate) async fn anew(&self, cancel: &Cancel) -> Result<Self> {
        let repository = self.repository.anew(cancel).await.map_err(self.failed(Act::Open))?;
        Ok(Self {
            repository: Arc::new(repository),
            folder: self.folder.clone(),
            host: self.host.clone(),
            ambient: self.ambient.clone(),
            limits: Arc::clone(&self.limits),
        })
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How many bytes a second may be sent to the repository and read from it;
    /// they can be changed while it is used.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Works under a shared lock; without one where none can be written, or
    /// another is damaged: a destination that is read-only, full or failing is
    /// just when a restore is needed.
    async fn locked_if_possible<T, F>(
        &self,
        cancel: &Cancel,
        work: impl Fn(Cancel) -> F,
    ) -> vault::Result<T>
    where
        F: Future<Output = vault::Result<T>>,
    {
        let begun = AtomicBool::new(false);
        let locked = self
            .repository
            .locked(LockMode::Shared, &self.host, cancel, |held| {
                begun.store(true, Ordering::Relaxed);
                work(held.cancel.clone())
            })
            .await;
        match locked {
            Err(error) if !begun.load(Ordering::Relaxed) && cannot_lock(&error) => {
                work(cancel.clone()).await
            }
            result => result,
        }
    }

    /// How long ago `started` was.
    fn seconds_since(&self, started: Timestamp) -> f64 {
        self.ambient.clock.now().duration_since(started).as_secs_f64().max(0.0)
    }

    /// Says what went wrong while doing `act`.
    fn failed(&self, act: Act) -> impl Fn(vault::Error) -> Error {
        let folder = self.folder.clone();
        move |error| messages::vault(error, act, &folder)
    }
}

/// A file is no place for a repository, and the system's word for that differs.
fn refuse_file(folder: &Path) -> Result<()> {
    match std::fs::metadata(folder) {
        Ok(metadata) if !metadata.is_dir() => Err(messages::not_a_folder(folder)),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(messages::not_a_folder(folder))
        }
        _ => Ok(()),
    }
}

/// Whether no lock can be had, although nobody holds the repository.
fn cannot_lock(error: &vault::Error) -> bool {
    match error {
        vault::Error::Damaged { .. } => true,
        vault::Error::Storage(error) => matches!(
            error.kind(),
            ErrorKind::ReadOnly | ErrorKind::PermissionDenied | ErrorKind::OutOfSpace
        ),
        _ => false,
    }
}
