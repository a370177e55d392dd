//! The keychain of the system: Secret Service, Keychain, Credential Manager.
//!
//! The store is opened anew for each call, so that a service that starts later
//! is found. Every call blocks, for 20 seconds at most: a question that nobody
//! answers must not hold the application.

use crate::MasterKey;
use keyring_core::{Entry, Error as KeyringError};
use std::{
    sync::{Arc, mpsc},
    time::Duration,
};
use zeroize::{Zeroize, Zeroizing};

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
        self.with_entry(|entry| match entry.get_secret() {
            Ok(secret) => {
                let secret = Zeroizing::new(secret);
                MasterKey::from_bytes(&secret).map(Some).ok_or(KeychainError::Failed)
            }
            Err(KeyringError::NoEntry) => Ok(None),
            Err(error) => Err(reason(&error)),
        })
    }

    /// Keeps the key. Blocks.
    ///
    /// # Errors
    /// Why it is not kept.
    pub fn set(&self, key: &MasterKey) -> Result<(), KeychainError> {
        let mut bytes = key.bytes().to_vec();
        self.with_entry(move |entry| {
            let done = entry.set_secret(&bytes).map_err(|error| reason(&error));
            bytes.zeroize();
            done
        })
    }

    /// Forgets the key. Blocks.
    ///
    /// # Errors
    /// Why it may still be there.
    pub fn delete(&self) -> Result<(), KeychainError> {
        self.with_entry(|entry| match entry.delete_credential() {
            Ok(()) | Err(KeyringError::NoEntry) => Ok(()),
            Err(error) => Err(reason(&error)),
        })
    }

    fn with_entry<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Entry) -> Result<T, KeychainError> + Send + 'static,
    ) -> Result<T, KeychainError> {
        if std::env::var_os("KEEPSTEAD_KEYCHAIN").is_some_and(|value| value == "off") {
            return Err(KeychainError::Off);
        }
        let account = self.account.clone();
        let (done, result) = mpsc::channel();
        std::thread::spawn(move || {
            // Nobody may be waiting any more.
            let _ = done.send(entry(&account).and_then(|entry| work(&entry)));
        });
        result.recv_timeout(LIMIT).unwrap_or(Err(KeychainError::Locked))
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
        KeyringError::NoStorageAccess(_) => KeychainError::Locked,
        _ => KeychainError::Failed,
    }
}
