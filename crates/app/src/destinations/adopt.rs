//! Which repository a place that is added gets: a new one, the one of Keepstead
//! that is there, or one that is taken over because it has another passphrase.
//!
//! What is taken over stays what it was: it gets one key more, that opens it
//! with the recovery passphrase, and the marker beside it.

use super::VAULT;
use crate::{
    Application, Cancel, Code, Error, Result,
    marker::Marker,
    messages::{self, Act},
    vault::{OpenOptions, Passphrase, Vault},
};
use std::{path::Path, sync::Arc};
use storage::{Key, Prefix, Store, StoreExt, WithinStore};
use store::Destination;

impl Application {
    /// The marker of a place that is added, and whether its repository was made
    /// and so holds nothing. `found` is the marker that is there.
    pub(super) async fn take(
        &self,
        store: Arc<dyn Store>,
        place: &Path,
        found: Option<Marker>,
        known: &[Destination],
        adopt: Option<&Passphrase>,
        cancel: &Cancel,
    ) -> Result<(Marker, bool)> {
        if let Some(marker) = &found
            && let Some(known) = known.iter().find(|known| known.marker_id == marker.id)
        {
            return Err(messages::destination_known(place, &known.name));
        }
        let random = &*self.ambient.random;
        let Some(passphrase) = adopt else {
            // Before the repository: one without a marker is nobody's.
            let marker = match found {
                Some(marker) => marker,
                None => Marker::create(&*store, random, VAULT, place).await?,
            };
            let is_new = self.open_or_make(within(store, &marker.vault)?, place, cancel).await?;
            return Ok((marker, is_new));
        };
        let vault = found.as_ref().map_or("", |marker| &marker.vault);
        // Two lie there: which one is meant must not be guessed.
        let reading = |error| messages::reaching(&error, Act::AddDestination, place);
        if !vault.is_empty() && is_repository(&*store, cancel).await.map_err(reading)? {
            return Err(messages::two_repositories(place));
        }
        self.adopt(within(Arc::clone(&store), vault)?, place, passphrase, cancel).await?;
        let marker = match found {
            Some(marker) => marker,
            None => Marker::create(&*store, random, "", place).await?,
        };
        Ok((marker, false))
    }

    async fn open_at(
        &self,
        store: Arc<dyn Store>,
        place: &Path,
        passphrase: &Passphrase,
        cancel: &Cancel,
    ) -> Result<Vault> {
        let (ambient, options) = (self.ambient.clone(), OpenOptions::default());
        Vault::open_at(store, place.into(), passphrase, options, ambient, cancel).await
    }

    /// Whether it was made, and so holds nothing.
    async fn open_or_make(
        &self,
        store: Arc<dyn Store>,
        place: &Path,
        cancel: &Cancel,
    ) -> Result<bool> {
        let passphrase = self.repository_passphrase().await?;
        match self.open_at(Arc::clone(&store), place, &passphrase, cancel).await {
            Ok(_) => Ok(false),
            Err(Error { code: Code::NotARepository, .. }) => {
                let ambient = self.ambient.clone();
                let made = Vault::init_at(store, place, &passphrase, None, ambient, cancel);
                made.await.map(|_| true)
            }
            Err(error) => Err(error),
        }
    }

    /// Sees that its passphrase opens a repository, and adds a key with the
    /// recovery passphrase, unless that opens it already.
    async fn adopt(
        &self,
        store: Arc<dyn Store>,
        place: &Path,
        passphrase: &Passphrase,
        cancel: &Cancel,
    ) -> Result<()> {
        let vault = self.open_at(Arc::clone(&store), place, passphrase, cancel).await?;
        let own = self.repository_passphrase().await?;
        match self.open_at(store, place, &own, cancel).await {
            Err(Error { code: Code::WrongPassphrase, .. }) => {
                vault.add_key(&own, cancel).await.map(drop)
            }
            opened => opened.map(drop),
        }
    }
}

/// The folder of the repository in a destination.
pub(super) fn within(store: Arc<dyn Store>, vault: &str) -> Result<Arc<dyn Store>> {
    if vault.is_empty() {
        return Ok(store);
    }
    WithinStore::new(store, vault)
        .map(|store| Arc::new(store) as Arc<dyn Store>)
        .map_err(|_| messages::fault())
}

/// Whether the place itself is a repository.
///
/// # Errors
/// What the place says.
pub(super) async fn is_repository(store: &dyn Store, cancel: &Cancel) -> storage::Result<bool> {
    let (Ok(config), Ok(keys)) = (Key::new("config"), Prefix::folder("keys")) else {
        return Ok(false);
    };
    if store.stat(&config, cancel).await?.is_none() {
        return Ok(false);
    }
    Ok(!store.list_all(&keys, cancel).await?.is_empty())
}
