//! One repository in a folder: made, written, listed, restored, checked.
//!
//! It may be any repository of the restic format, whoever made it; neither
//! plans nor the list of destinations are asked.

mod backup;
mod keys;
mod list;
mod status;
mod wire;

pub use backup::{BackupRequest, Parent};
pub use status::Status;
pub use vault::Progress;
pub use wire::{
    BackupEntry, BackupSummary, Counts, Created, KeyChange, KeyEntry, Outcome, PathText, Reason,
    SkippedFile,
};

use crate::{
    Ambient, Cancel, Error, Result,
    messages::{self, Act},
};
use providers::LocalStore;
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};
use vault::{Host, InitOptions, Repository};

/// What opens a repository. Wiped from memory when dropped, and never shown.
#[derive(Clone, Debug)]
pub struct Passphrase(vault::Passphrase);

impl Passphrase {
    /// Takes the passphrase as it is.
    ///
    /// # Errors
    /// [`Code::EmptyPassphrase`](crate::Code::EmptyPassphrase).
    pub fn new(text: String) -> Result<Self> {
        vault::Passphrase::new(text)
            .map(Self)
            .map_err(|error| messages::vault(error, Act::Open, Path::new("")))
    }
}

/// A repository that is open.
#[derive(Debug)]
pub struct Vault {
    repository: Arc<Repository>,
    folder: PathBuf,
    host: Host,
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
        refuse_file(folder)?;
        let store = LocalStore::create(folder, Arc::clone(&ambient.random))
            .await
            .map_err(|error| messages::opening(&error, Act::Init, folder))?;
        let folder = store.folder().to_owned();
        let host = Host::current();
        let options = InitOptions::default();
        let made =
            Repository::init(Arc::new(store), &passphrase.0, options, &host, ambient, cancel)
                .await
                .map_err(|error| messages::vault(error, Act::Init, &folder))?;
        Ok(Created {
            repository: PathText::new(&folder),
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
        refuse_file(folder)?;
        let store = LocalStore::open(folder, Arc::clone(&ambient.random))
            .await
            .map_err(|error| messages::opening(&error, Act::Open, folder))?;
        let folder = store.folder().to_owned();
        let repository = Repository::open(Arc::new(store), &passphrase.0, ambient, cancel)
            .await
            .map_err(|error| messages::vault(error, Act::Open, &folder))?;
        Ok(Self { repository: Arc::new(repository), folder, host: Host::current() })
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
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
