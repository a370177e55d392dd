//! The application with its secrets open.
//!
//! The key to them lies in the system's keychain, and a second time in the
//! store, sealed with the recovery passphrase. The passphrase itself, which
//! opens every repository, is sealed with the key. Whoever has the store alone
//! has neither.

use crate::{
    Ambient, Cancel, Installation, Result,
    backups::OpenVault,
    installation::SLOT,
    messages,
    vault::{Limits, Passphrase},
};
use model::MachineId;
use secrets::{Keychain, KeychainError, MasterKey, RecoveryPassphrase, slot};
use serde::Serialize;
use std::{path::Path, sync::Arc};
use zeroize::Zeroizing;

/// The record of the recovery passphrase among the credentials.
const PASSPHRASE: &str = "recovery-passphrase";

/// Where the key of the application lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, specta::Type)]
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

impl From<&KeychainError> for KeychainState {
    fn from(error: &KeychainError) -> Self {
        match error {
            KeychainError::Off => Self::Off,
            KeychainError::Locked => Self::Locked,
            KeychainError::Unavailable | KeychainError::NotSetUp | KeychainError::Failed => {
                Self::Unavailable
            }
        }
    }
}

/// The application, unlocked.
#[derive(Clone, Debug)]
pub struct Application {
    pub(crate) installation: Installation,
    pub(crate) open: OpenVault,
    /// What runs of this process keep to when they send and read.
    pub(crate) limits: Arc<Limits>,
    /// Cancelled when this process is about to end.
    pub(crate) stop: Cancel,
    key: Arc<MasterKey>,
    keychain: KeychainState,
}

impl Application {
    pub(crate) fn new(
        installation: Installation,
        key: Arc<MasterKey>,
        keychain: KeychainState,
    ) -> Self {
        let (open, limits, stop) = (OpenVault::default(), Arc::default(), Cancel::new());
        Self { installation, open, limits, stop, key, keychain }
    }

    /// Sets it up with a passphrase that was made for it.
    ///
    /// # Errors
    /// [`Code::AlreadySetUp`](crate::Code::AlreadySetUp), or when the data
    /// folder cannot be written to.
    pub async fn set_up(
        folder: &Path,
        passphrase: &RecoveryPassphrase,
        ambient: Ambient,
    ) -> Result<Self> {
        Self::prepare(folder, passphrase, ambient).await?.complete(passphrase).await
    }

    /// Begins to set it up. Until [`Application::complete`] it counts as not
    /// set up, and a process that ends before leaves nothing that matters.
    pub(crate) async fn prepare(
        folder: &Path,
        passphrase: &RecoveryPassphrase,
        ambient: Ambient,
    ) -> Result<Self> {
        if Installation::find(folder, ambient.clone()).await?.is_some() {
            return Err(messages::already_set_up(folder));
        }
        Installation::set_aside_unfinished(folder, &ambient)?;
        let installation = Installation::at(folder, ambient).await?;
        let random = &*installation.ambient.random;
        let now = installation.ambient.clock.now();
        let key = MasterKey::generate(random);
        let sealed = key.seal(random, PASSPHRASE, passphrase.expose().as_bytes());
        let credentials = installation.store.credentials();
        credentials.put(PASSPHRASE, &sealed, now).await.map_err(messages::store)?;
        Ok(Self::new(installation, Arc::new(key), KeychainState::Unavailable))
    }

    /// Writes the slot of the key, with which everything is set up at once.
    pub(crate) async fn complete(self, passphrase: &RecoveryPassphrase) -> Result<Self> {
        let content = slot::seal(passphrase, &self.key, &*self.ambient.random);
        let content = content.map_err(messages::sealed)?;
        let now = self.ambient.clock.now();
        self.store.key_slots().put(SLOT, &content, now).await.map_err(messages::store)?;
        let keychain = keep(self.machine, Arc::clone(&self.key)).await;
        Ok(Self { keychain, ..self })
    }

    /// Opens it, as [`Installation::unlock`] does.
    ///
    /// # Errors
    /// [`Code::NotSetUp`](crate::Code::NotSetUp), and those of
    /// [`Installation::unlock`].
    pub async fn open(folder: &Path, unlock: Option<&str>, ambient: Ambient) -> Result<Self> {
        Installation::open(folder, ambient).await?.unlock(unlock).await
    }

    /// Where its key lies.
    #[must_use]
    pub fn keychain(&self) -> KeychainState {
        self.keychain
    }

    /// Seals a secret for a record.
    pub(crate) fn seal(&self, record: &str, plain: &[u8]) -> Vec<u8> {
        self.key.seal(&*self.ambient.random, record, plain)
    }

    /// Opens what was sealed for a record.
    pub(crate) fn unseal(&self, record: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.key.open(record, sealed).map_err(|_| messages::secret_damaged())
    }

    /// The passphrase that opens every repository made here.
    pub(crate) async fn recovery_passphrase(&self) -> Result<RecoveryPassphrase> {
        let sealed = self.store.credentials().get(PASSPHRASE).await.map_err(messages::store)?;
        let sealed = sealed.ok_or_else(messages::secret_damaged)?.sealed;
        let plain = self.unseal(PASSPHRASE, &sealed)?;
        let text = str::from_utf8(&plain).map_err(|_| messages::secret_damaged())?;
        RecoveryPassphrase::parse(text).map_err(|_| messages::secret_damaged())
    }

    /// The same, as repositories take it.
    pub(crate) async fn repository_passphrase(&self) -> Result<Passphrase> {
        Passphrase::of_kit(&self.recovery_passphrase().await?)
    }
}

/// Puts the key into the keychain. Without it the passphrase unlocks.
pub(crate) async fn keep(machine: MachineId, key: Arc<MasterKey>) -> KeychainState {
    let set = move || Keychain::system(&machine.to_string()).set(&key);
    match tokio::task::spawn_blocking(set).await {
        Ok(Ok(())) => KeychainState::Stored,
        Ok(Err(error)) => KeychainState::from(&error),
        Err(_) => KeychainState::Unavailable,
    }
}
