//! Keepstead on this machine, whether its secrets are open or not: its store,
//! and who it is.
//!
//! What can be known without a secret is known here, so that the tray and
//! `keepstead status` tell the truth while the application is locked.

use crate::{Ambient, Application, Code, KeychainState, Result, application::keep, messages};
use model::{KeySlotKind, MachineId};
use secrets::{Keychain, KeychainError, MasterKey, RecoveryPassphrase, slot};
use std::{
    ops::Deref,
    path::{Path, PathBuf},
    sync::Arc,
};
use store::Store;

/// The name of the database in the data folder.
const DATABASE: &str = "keepstead.db";
/// The slot of the recovery passphrase. It is written last: without it nothing
/// is set up.
pub(crate) const SLOT: KeySlotKind = KeySlotKind::Passphrase;

/// What is here, with its secrets closed.
#[derive(Clone, Debug)]
pub struct Installation {
    pub(crate) store: Store,
    pub(crate) ambient: Ambient,
    pub(crate) machine: MachineId,
    folder: Arc<Path>,
}

/// Where the application keeps its data: the variable `KEEPSTEAD_DATA`, or
/// where the system wants it.
///
/// # Errors
/// When this account has no home.
pub fn data_folder() -> Result<PathBuf> {
    match std::env::var_os("KEEPSTEAD_DATA") {
        Some(folder) if !folder.is_empty() => Ok(folder.into()),
        _ => directories::ProjectDirs::from("org", "keepstead", "keepstead")
            .map(|folders| folders.data_local_dir().to_owned())
            .ok_or_else(messages::no_home),
    }
}

/// Where checks remember what they have read, in this data folder.
#[must_use]
pub fn checks_folder(data: &Path) -> PathBuf {
    cache_of(data).join("checks")
}

/// Where copies of what is read again and again from repositories elsewhere
/// lie, in this data folder.
#[must_use]
pub fn copies_folder(data: &Path) -> PathBuf {
    cache_of(data).join("copies")
}

fn cache_of(data: &Path) -> PathBuf {
    data.join("cache")
}

impl Installation {
    /// What is set up in this folder, if anything is. Writes nothing where
    /// there is no database.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn find(folder: &Path, ambient: Ambient) -> Result<Option<Self>> {
        if !Store::exists(&folder.join(DATABASE)).map_err(messages::store)? {
            return Ok(None);
        }
        let found = Self::at(folder, ambient).await?;
        let slot = found.store.key_slots().get(SLOT).await.map_err(messages::store)?;
        Ok(slot.map(|_| found))
    }

    /// What is set up in this folder.
    ///
    /// # Errors
    /// [`Code::NotSetUp`], or when the database cannot be read.
    pub async fn open(folder: &Path, ambient: Ambient) -> Result<Self> {
        Self::find(folder, ambient).await?.ok_or_else(|| messages::not_set_up(folder))
    }

    /// The store in this folder, made when it is not there.
    pub(crate) async fn at(folder: &Path, ambient: Ambient) -> Result<Self> {
        let database = folder.join(DATABASE);
        let store = Store::open(&database, &ambient).await.map_err(messages::store)?;
        let machine = store.installation().get().await.map_err(messages::store)?.machine;
        Ok(Self { store, ambient, machine, folder: folder.into() })
    }

    /// Renames what a set-up that never came to its end left.
    pub(crate) fn set_aside_unfinished(folder: &Path, ambient: &Ambient) -> Result<()> {
        if Store::exists(&folder.join(DATABASE)).map_err(messages::store)? {
            Self::set_aside(folder, ambient)?;
        }
        Ok(())
    }

    /// Renames a damaged database, and says to what. Nothing may have it open.
    ///
    /// # Errors
    /// When the file system does not rename it.
    pub(crate) fn set_aside(folder: &Path, ambient: &Ambient) -> Result<PathBuf> {
        Store::set_aside(&folder.join(DATABASE), ambient).map_err(messages::store)
    }

    /// Where its data lies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where what it can do without lies.
    pub(crate) fn cache(&self) -> PathBuf {
        cache_of(&self.folder)
    }

    /// Opens the secrets: with the keychain, or with the recovery passphrase
    /// where that is given.
    ///
    /// # Errors
    /// [`Code::AppLocked`] when the keychain does not give the key and there is
    /// no passphrase; [`Code::WrongPassphrase`]; or when the database cannot be
    /// read.
    pub async fn unlock(self, words: Option<&str>) -> Result<Application> {
        let found = self.store.key_slots().get(SLOT).await.map_err(messages::store)?;
        let content = found.ok_or_else(|| messages::not_set_up(&self.folder))?.content;
        let machine = self.machine;
        let (key, keychain) = match (words, from_keychain(machine).await) {
            (Some(text), state) => {
                let words = RecoveryPassphrase::parse(text).map_err(messages::unlocking)?;
                let opened = tokio::task::spawn_blocking(move || slot::open(&words, &content));
                let key = opened.await.map_err(|_| messages::fault())?;
                let key = Arc::new(key.map_err(messages::unlocking)?);
                // Next time it unlocks by itself, where there is a keychain.
                let state = match state {
                    Ok(Some(_)) => KeychainState::Stored,
                    Ok(None) => keep(machine, Arc::clone(&key)).await,
                    Err(error) => KeychainState::from(&error),
                };
                (key, state)
            }
            (None, Ok(Some(key))) => (Arc::new(key), KeychainState::Stored),
            (None, Ok(None)) => return Err(messages::locked(None)),
            (None, Err(error)) => return Err(messages::locked(Some(KeychainState::from(&error)))),
        };
        let opened = Application::new(self, key, keychain);
        // A key of another installation is as good as none.
        match opened.recovery_passphrase().await {
            Err(error) if error.code == Code::SecretDamaged && words.is_none() => {
                Err(messages::locked(None))
            }
            Err(error) => Err(error),
            Ok(_) => Ok(opened),
        }
    }
}

/// With its secrets open it is still what it is.
impl Deref for Application {
    type Target = Installation;

    fn deref(&self) -> &Installation {
        &self.installation
    }
}

async fn from_keychain(machine: MachineId) -> Result<Option<MasterKey>, KeychainError> {
    let get = move || Keychain::system(&machine.to_string()).get();
    tokio::task::spawn_blocking(get).await.unwrap_or(Err(KeychainError::Failed))
}
