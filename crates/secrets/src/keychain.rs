//! The keychain of the system: Secret Service, Keychain, Credential Manager.
//!
//! The store is opened anew for each call, so that a service that starts later
//! is found. Every call blocks, for 20 seconds at most: a question that nobody
//! answers must not hold the application. A key that is kept after that is
//! taken back.

use crate::{
    MasterKey,
    deadline::{self, Missed},
};
use keyring_core::{Entry, Error as KeyringError};
use std::{sync::Arc, time::Duration};
use zeroize::Zeroizing;

/// Under which name the key is kept.
const SERVICE: &str = "org.keepstead.desktop";
const LIMIT: Duration = Duration::from_secs(20);

/// Why the keychain does not help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// It is turned off by `KEEPSTEAD_KEYCHAIN=off`.
    #[error("the keychain is turned off")]
    Off,
    /// There is none.
    #[error("there is no keychain")]
    Unavailable,
    /// The service is there, but nothing was set up in which it could keep a
    /// key: on Linux, no default collection.
    #[error("the keychain is not set up")]
    NotSetUp,
    /// It is locked, or nobody answered its question.
    #[error("the keychain is locked")]
    Locked,
    /// It failed otherwise, or holds something else.
    #[error("the keychain failed")]
    Failed,
}

/// The place of one installation's key.
#[derive(Clone, Debug)]
pub struct Keychain {
    account: String,
}

impl Keychain {
    /// Of the installation with this id.
    #[must_use]
    pub fn system(machine: &str) -> Self {
        Self { account: machine.to_owned() }
    }

    /// The key, where there is one. Blocks.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub fn get(&self) -> Result<Option<MasterKey>, KeychainError> {
        self.with_entry(read, |_| ())
    }

    /// Keeps the key, and reads it back. Blocks.
    ///
    /// # Errors
    /// Why it is not kept.
    pub fn set(&self, key: &MasterKey) -> Result<(), KeychainError> {
        let bytes = Zeroizing::new(key.bytes().to_vec());
        let set = move |entry: &Entry| {
            entry.set_secret(&bytes).map_err(|error| reason(&error))?;
            match read(entry)? {
                Some(kept) if kept.bytes() == &**bytes => Ok(()),
                _ => Err(KeychainError::Failed),
            }
        };
        // It was told that the key is not kept.
        self.with_entry(set, |entry| {
            let _ = entry.delete_credential();
        })
    }

    /// Forgets the key. Blocks.
    ///
    /// # Errors
    /// Why it may still be there.
    pub fn delete(&self) -> Result<(), KeychainError> {
        let delete = |entry: &Entry| match entry.delete_credential() {
            Ok(()) | Err(KeyringError::NoEntry) => Ok(()),
            Err(error) => Err(reason(&error)),
        };
        self.with_entry(delete, |_| ())
    }

    /// Works on the entry; `undo` follows when that ends too late.
    fn with_entry<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Entry) -> Result<T, KeychainError> + Send + 'static,
        undo: impl FnOnce(&Entry) + Send + 'static,
    ) -> Result<T, KeychainError> {
        if std::env::var_os("KEEPSTEAD_KEYCHAIN").is_some_and(|value| value == "off") {
            return Err(KeychainError::Off);
        }
        let account = self.account.clone();
        let work = move || match entry(&account) {
            Ok(entry) => (work(&entry), Some(entry)),
            Err(error) => (Err(error), None),
        };
        let undo = move |entry: Option<Entry>| {
            if let Some(entry) = entry {
                undo(&entry);
            }
        };
        match deadline::within(LIMIT, work, undo) {
            Ok(done) => done,
            Err(Missed::Late) => Err(KeychainError::Locked),
            Err(Missed::Died) => Err(KeychainError::Failed),
        }
    }
}

fn read(entry: &Entry) -> Result<Option<MasterKey>, KeychainError> {
    match entry.get_secret() {
        Ok(secret) => {
            let secret = Zeroizing::new(secret);
            MasterKey::from_bytes(&secret).map(Some).ok_or(KeychainError::Failed)
        }
        Err(KeyringError::NoEntry) => Ok(None),
        Err(error) => Err(reason(&error)),
    }
}

#[cfg(target_os = "linux")]
fn store() -> keyring_core::Result<Arc<keyring_core::CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn store() -> keyring_core::Result<Arc<keyring_core::CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn store() -> keyring_core::Result<Arc<keyring_core::CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

fn entry(account: &str) -> Result<Entry, KeychainError> {
    // What keeps the store from opening is that there is none.
    let store = store().map_err(|error| match reason(&error) {
        KeychainError::Locked => KeychainError::Locked,
        _ => KeychainError::Unavailable,
    })?;
    store.build(SERVICE, account, None).map_err(|error| reason(&error))
}

fn reason(error: &KeyringError) -> KeychainError {
    match error {
        KeyringError::NoDefaultStore => KeychainError::Unavailable,
        KeyringError::NoStorageAccess(cause) if is_missing(&**cause) => KeychainError::NotSetUp,
        KeyringError::NoStorageAccess(_) => KeychainError::Locked,
        _ => KeychainError::Failed,
    }
}

/// Whether the Secret Service has no collection to keep a key in, which
/// `keyring` tells like a locked one.
#[cfg(target_os = "linux")]
fn is_missing(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    matches!(cause.downcast_ref(), Some(secret_service::Error::NoResult))
}

#[cfg(not(target_os = "linux"))]
fn is_missing(_: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    false
}
