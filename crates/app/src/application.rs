//! The application on this machine: its store, and the key to what is sealed
//! in it.
//!
//! The key lies in the system's keychain, and a second time in the store,
//! sealed with the recovery passphrase. The passphrase itself, which opens
//! every repository, is sealed with the key. Whoever has the store alone has
//! neither.

use crate::{Ambient, Code, Result, messages, vault::Passphrase};
use model::{KeySlotKind, MachineId};
use secrets::{Keychain, KeychainError, MasterKey, RecoveryPassphrase, slot};
use serde::Serialize;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use store::Store;

/// The name of the database in the data folder.
const DATABASE: &str = "keepstead.db";
/// The record of the recovery passphrase among the credentials.
const PASSPHRASE: &str = "recovery-passphrase";
/// The slot of the recovery passphrase.
const SLOT: KeySlotKind = KeySlotKind::Passphrase;

/// Where the key of the application lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeychainState {
    /// In the keychain of the system: it unlocks by itself.
    Stored,
    /// The keychain is turned off: the recovery passphrase unlocks.
    Off,
    /// There is none: the recovery passphrase unlocks.
    Unavailable,
    /// It is locked, or did not answer.
    Locked,
}

/// The application, unlocked.
#[derive(Clone, Debug)]
pub struct Application {
    pub(crate) store: Store,
    pub(crate) ambient: Ambient,
    pub(crate) machine: MachineId,
    folder: Arc<Path>,
    key: Arc<MasterKey>,
    keychain: KeychainState,
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

impl Application {
    /// Whether it was set up in this folder.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn is_set_up(folder: &Path, ambient: &Ambient) -> Result<bool> {
        let database = folder.join(DATABASE);
        if !Store::exists(&database).map_err(messages::store)? {
            return Ok(false);
        }
        let store = open_store(&database, ambient).await?;
        // The slot is written last.
        Ok(store.key_slots().get(SLOT).await.map_err(messages::store)?.is_some())
    }

    /// Sets it up with a passphrase that was made for it.
    ///
    /// # Errors
    /// [`Code::AlreadySetUp`], or when the data folder cannot be written to.
    pub async fn set_up(
        folder: &Path,
        passphrase: &RecoveryPassphrase,
        ambient: Ambient,
    ) -> Result<Self> {
        if Self::is_set_up(folder, &ambient).await? {
            return Err(messages::already_set_up(folder));
        }
        let store = open_store(&folder.join(DATABASE), &ambient).await?;
        let random = &*ambient.random;
        let now = ambient.clock.now();
        let key = MasterKey::generate(random);
        let sealed = key.seal(random, PASSPHRASE, passphrase.expose().as_bytes());
        let content = slot::seal(passphrase, &key, random).map_err(messages::sealed)?;
        store.credentials().put(PASSPHRASE, &sealed, now).await.map_err(messages::store)?;
        store.key_slots().put(SLOT, &content, now).await.map_err(messages::store)?;
        let machine = store.installation().get().await.map_err(messages::store)?.machine;
        let key = Arc::new(key);
        let keychain = keep(machine, Arc::clone(&key)).await;
        Ok(Self { store, ambient, machine, folder: folder.into(), key, keychain })
    }

    /// Opens it: with the keychain, or with the recovery passphrase where that
    /// is given.
    ///
    /// # Errors
    /// [`Code::NotSetUp`]; [`Code::AppLocked`] when the keychain does not give
    /// the key and there is no passphrase; [`Code::WrongPassphrase`]; or when
    /// the database cannot be read.
    pub async fn open(folder: &Path, unlock: Option<&str>, ambient: Ambient) -> Result<Self> {
        let database = folder.join(DATABASE);
        if !Store::exists(&database).map_err(messages::store)? {
            return Err(messages::not_set_up(folder));
        }
        let store = open_store(&database, &ambient).await?;
        let Some(found) = store.key_slots().get(SLOT).await.map_err(messages::store)? else {
            return Err(messages::not_set_up(folder));
        };
        let content = found.content;
        let machine = store.installation().get().await.map_err(messages::store)?.machine;
        let (key, keychain) = match (unlock, from_keychain(machine).await) {
            (Some(text), state) => {
                let words = RecoveryPassphrase::parse(text).map_err(messages::unlocking)?;
                let opened = tokio::task::spawn_blocking(move || slot::open(&words, &content));
                let key = opened.await.map_err(|_| messages::fault())?;
                let key = Arc::new(key.map_err(messages::unlocking)?);
                // Next time it unlocks by itself, where there is a keychain.
                let state = match state {
                    Ok(Some(_)) => KeychainState::Stored,
                    Ok(None) => keep(machine, Arc::clone(&key)).await,
                    Err(error) => state_of(&error),
                };
                (key, state)
            }
            (None, Ok(Some(key))) => (Arc::new(key), KeychainState::Stored),
            (None, Ok(None)) => return Err(messages::locked(None)),
            (None, Err(error)) => return Err(messages::locked(Some(state_of(&error)))),
        };
        let opened = Self { store, ambient, machine, folder: folder.into(), key, keychain };
        // A key of another installation is as good as none.
        match opened.recovery_passphrase().await {
            Err(error) if error.code == Code::SecretDamaged && unlock.is_none() => {
                Err(messages::locked(None))
            }
            Err(error) => Err(error),
            Ok(_) => Ok(opened),
        }
    }

    /// Where its data lies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where its key lies.
    #[must_use]
    pub fn keychain(&self) -> KeychainState {
        self.keychain
    }

    /// The passphrase that opens every repository made here.
    pub(crate) async fn recovery_passphrase(&self) -> Result<RecoveryPassphrase> {
        let sealed = self.store.credentials().get(PASSPHRASE).await.map_err(messages::store)?;
        let sealed = sealed.ok_or_else(messages::secret_damaged)?.sealed;
        let plain = self.key.open(PASSPHRASE, &sealed).map_err(|_| messages::secret_damaged())?;
        let text = str::from_utf8(&plain).map_err(|_| messages::secret_damaged())?;
        RecoveryPassphrase::parse(text).map_err(|_| messages::secret_damaged())
    }

    /// The same, as repositories take it.
    pub(crate) async fn repository_passphrase(&self) -> Result<Passphrase> {
        Passphrase::new(self.recovery_passphrase().await?.expose().to_owned())
    }
}

async fn open_store(database: &Path, ambient: &Ambient) -> Result<Store> {
    Store::open(database, ambient).await.map_err(messages::store)
}

async fn from_keychain(machine: MachineId) -> Result<Option<MasterKey>, KeychainError> {
    let get = move || Keychain::system(&machine.to_string()).get();
    tokio::task::spawn_blocking(get).await.unwrap_or(Err(KeychainError::Failed))
}

/// Puts the key into the keychain. Without it the passphrase unlocks.
async fn keep(machine: MachineId, key: Arc<MasterKey>) -> KeychainState {
    let set = move || Keychain::system(&machine.to_string()).set(&key);
    match tokio::task::spawn_blocking(set).await {
        Ok(Ok(())) => KeychainState::Stored,
        Ok(Err(error)) => state_of(&error),
        Err(_) => KeychainState::Unavailable,
    }
}

fn state_of(error: &KeychainError) -> KeychainState {
    match error {
        KeychainError::Off => KeychainState::Off,
        KeychainError::Locked => KeychainState::Locked,
        KeychainError::Unavailable | KeychainError::Failed => KeychainState::Unavailable,
    }
}

/// What was typed where a folder is wanted, as a path: blanks around it do not
/// belong to it, and `~` is the home.
///
/// # Errors
/// [`Code::FolderMissing`] when nothing was typed.
pub fn typed_path(typed: &str) -> Result<PathBuf> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(messages::no_path());
    }
    let rest = typed.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'));
    match (rest, directories::BaseDirs::new()) {
        (Some(rest), Some(home)) => Ok(home.home_dir().join(rest.trim_start_matches('/'))),
        _ => Ok(PathBuf::from(typed)),
    }
}
