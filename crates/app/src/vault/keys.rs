//! The keys of a repository: each one opens it with a passphrase of its own.

use super::{KeyChange, KeyEntry, Passphrase, Vault, list::short};
use crate::{
    Cancel, Result,
    messages::{self, Act},
};
use std::sync::Arc;
use vault::KeyInfo;

impl Vault {
    /// All keys, oldest first.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub async fn keys(&self, cancel: &Cancel) -> Result<Vec<KeyEntry>> {
        let entry = |key: KeyInfo| KeyEntry {
            short_id: short(&key.id.to_string()),
            id: key.id.to_string(),
            created: key.created,
            username: key.username,
            hostname: key.hostname,
            current: key.current,
        };
        Ok(self.key_infos(cancel).await?.into_iter().map(entry).collect())
    }

    async fn key_infos(&self, cancel: &Cancel) -> Result<Vec<KeyInfo>> {
        self.repository.keys(cancel).await.map_err(self.failed(Act::Keys))
    }

    /// Adds a key that opens with `passphrase`.
    ///
    /// # Errors
    /// When it cannot be stored and proved.
    pub async fn add_key(&self, passphrase: &Passphrase, cancel: &Cancel) -> Result<KeyChange> {
        let id = self
            .repository
            .add_key(&passphrase.text, passphrase.cost, &self.host, cancel)
            .await
            .map_err(self.failed(Act::Keys))?;
        Ok(KeyChange { key_id: id.to_string() })
    }

    /// Removes the key whose id begins with `wanted`.
    ///
    /// # Errors
    /// [`Code::NoSuchKey`](crate::Code::NoSuchKey),
    /// [`Code::AmbiguousKey`](crate::Code::AmbiguousKey),
    /// [`Code::KeyInUse`](crate::Code::KeyInUse), or when it cannot be removed.
    pub async fn remove_key(&self, wanted: &str, cancel: &Cancel) -> Result<KeyChange> {
        let keys = self.key_infos(cancel).await?;
        let mut matching = keys
            .iter()
            .map(|key| key.id)
            .filter(|id| !wanted.is_empty() && id.to_string().starts_with(wanted));
        let id = matching.next().ok_or_else(|| messages::no_such_key(wanted))?;
        if matching.next().is_some() {
            return Err(messages::ambiguous_key(wanted));
        }
        self.repository.remove_key(&id, cancel).await.map_err(self.failed(Act::Keys))?;
        Ok(KeyChange { key_id: id.to_string() })
    }

    /// Replaces the passphrase that the repository was opened with.
    ///
    /// # Errors
    /// When it cannot be replaced; the old one then still works.
    pub async fn change_passphrase(
        self,
        passphrase: &Passphrase,
        cancel: &Cancel,
    ) -> Result<KeyChange> {
        let Self { repository, folder, host, .. } = self;
        let mut repository = Arc::try_unwrap(repository).map_err(|_| messages::busy(Act::Keys))?;
        let id = repository
            .change_passphrase(&passphrase.text, passphrase.cost, &host, cancel)
            .await
            .map_err(|error| messages::vault(error, Act::Keys, &folder))?;
        Ok(KeyChange { key_id: id.to_string() })
    }
}
