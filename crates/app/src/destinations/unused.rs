//! What lies at a place where everything is to begin: nothing, a vault of the
//! same words, or one that is in the way.
//!
//! A vault of other words in which nothing was ever stored, as a start that
//! broke off leaves it, is in nobody's way. It is set aside, never deleted.

use super::{Described, VAULT, adopt::within, vault_in};
use crate::{
    Ambient, Cancel, Code, Error, Result,
    marker::{Found, Marker},
    messages::{self, Act},
    vault::{OpenOptions, Passphrase, Vault},
};
use providers::Missing;
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};
use storage::{Body, ByteRange, Key, Prefix, PutMode, Store, StoreExt, retry::Policy};

/// The file of a repository without which it is none.
const CONFIG: &str = "config";
/// The folder of what opens it.
const KEYS: &str = "keys/";
/// No file that a vault begins with is that long.
const SMALL: u64 = 1 << 20;

/// A vault of other words that holds nothing.
pub(crate) enum UnusedVault {
    /// In a folder of this machine.
    Folder(PathBuf),
    /// At a place of this name, with what it consists of.
    Remote { store: Arc<dyn Store>, place: PathBuf, keys: Vec<Key> },
}

/// Sees that a folder can be begun in with these words.
///
/// # Errors
/// When it holds backups of other words, or cannot be read.
pub(crate) async fn unused_vault(
    place: &Path,
    words: &Passphrase,
    ambient: &Ambient,
) -> Result<Option<UnusedVault>> {
    let folder = vault_in(place);
    match Vault::open(&folder, words, ambient.clone(), &Cancel::new()).await {
        Ok(_) | Err(Error { code: Code::NotARepository, .. }) => Ok(None),
        Err(Error { code: Code::WrongPassphrase, .. }) if is_unused(place) => {
            Ok(Some(UnusedVault::Folder(folder)))
        }
        Err(Error { code: Code::WrongPassphrase, .. }) => Err(messages::other_kit(place)),
        Err(error) => Err(error),
    }
}

impl Described {
    /// Sees that the place can be begun in with these words.
    ///
    /// # Errors
    /// As [`unused_vault`].
    pub(crate) async fn unused_vault(
        &self,
        words: &Passphrase,
        ambient: &Ambient,
        cancel: &Cancel,
    ) -> Result<Option<UnusedVault>> {
        let place = PathBuf::from(self.place());
        let reading = |error| messages::reaching(&error, Act::Open, &place);
        let patience = (Policy::PERSON, Act::Open);
        let store = self.open(Missing::Make, patience, ambient, cancel).await?;
        let marker = Marker::find(&*store, cancel).await.map_err(reading)?;
        let vault = marker.as_ref().map_or(VAULT, |marker| &marker.vault);
        let (at, options) = (within(Arc::clone(&store), vault)?, OpenOptions::default());
        let opened =
            Vault::open_at(at, place.clone(), words, options, ambient.clone(), cancel).await;
        match opened {
            Ok(_) | Err(Error { code: Code::NotARepository, .. }) => Ok(None),
            Err(Error { code: Code::WrongPassphrase, .. }) => {
                let is_ours = marker.is_some_and(|marker| marker.vault == VAULT);
                let begun = begun_only(&*store, cancel).await.map_err(reading)?;
                let keys = begun.filter(|_| is_ours).ok_or_else(|| messages::other_kit(&place))?;
                Ok(Some(UnusedVault::Remote { store, place, keys }))
            }
            Err(error) => Err(error),
        }
    }
}

/// What a vault consists of that nothing was ever stored in; nothing where it
/// has more than that. Where there is much, not all of it is listed.
async fn begun_only(store: &dyn Store, cancel: &Cancel) -> storage::Result<Option<Vec<Key>>> {
    for used in ["snapshots", "index", "locks"] {
        if !keys_below(store, &format!("{VAULT}/{used}"), cancel).await?.is_empty() {
            return Ok(None);
        }
    }
    let mut keys = keys_below(store, VAULT, cancel).await?;
    let begins = |key: &Key| {
        let below = key.as_str().strip_prefix(VAULT).and_then(|it| it.strip_prefix('/'));
        below.is_some_and(|it| it == CONFIG || it.starts_with(KEYS))
    };
    if !keys.iter().all(begins) {
        return Ok(None);
    }
    // Without it what is left would be taken for a damaged one.
    keys.sort_by_key(|key| key.as_str().ends_with(CONFIG));
    Ok(Some(keys))
}

async fn keys_below(store: &dyn Store, folder: &str, cancel: &Cancel) -> storage::Result<Vec<Key>> {
    let folder = Prefix::folder(folder).map_err(|_| unnamed("list"))?;
    let entries = store.list_all(&folder, cancel).await?;
    Ok(entries.into_iter().map(|entry| entry.key).collect())
}

fn unnamed(operation: &'static str) -> storage::Error {
    storage::Error::new(storage::ErrorKind::Other, operation)
}

impl UnusedVault {
    /// Gives it another name, so that another can be made in its place.
    ///
    /// # Errors
    /// When the place does not do that.
    pub(crate) async fn set_aside(&self, cancel: &Cancel) -> Result<()> {
        match self {
            Self::Folder(vault) => rename(vault),
            Self::Remote { store, place, keys } => {
                let moved = move_aside(&**store, keys, cancel).await;
                moved.map_err(|error| messages::reaching(&error, Act::AddDestination, place))
            }
        }
    }
}

fn aside(number: u32) -> String {
    format!("{VAULT}-unused-{number}")
}

fn rename(vault: &Path) -> Result<()> {
    let free = (1..).map(|number| vault.with_file_name(aside(number))).find(|path| !path.exists());
    let free = free.ok_or_else(messages::fault)?;
    std::fs::rename(vault, free).map_err(|error| messages::cannot_write(vault, &error))
}

/// Not every place can rename or copy: what there is, is small, and is written
/// anew before any of it is deleted.
async fn move_aside(store: &dyn Store, keys: &[Key], cancel: &Cancel) -> storage::Result<()> {
    let mut number = 1;
    while !keys_below(store, &aside(number), cancel).await?.is_empty() {
        number += 1;
    }
    for key in keys {
        let bytes = store.read(key, ByteRange::Whole, SMALL, cancel).await?;
        let below = key.as_str().strip_prefix(VAULT).unwrap_or_default();
        let to = Key::new(format!("{}{below}", aside(number))).map_err(|_| unnamed("put"))?;
        store.put(&to, Body::from(bytes), PutMode::CreateNew, cancel).await?;
    }
    for key in keys {
        store.delete_one(key, cancel).await?;
    }
    Ok(())
}

/// Whether a folder has a vault of Keepstead's in which nothing was ever
/// stored, and with which nobody is at work.
fn is_unused(place: &Path) -> bool {
    let kept = ["data", "index", "snapshots", "locks"];
    let vault = place.join(VAULT);
    matches!(Marker::read(place), Found::Marker(_))
        && kept.iter().all(|folder| holds_no_file(&vault.join(folder)))
}

/// Whether there is no file below a folder. What cannot be read may be one.
fn holds_no_file(folder: &Path) -> bool {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return error.kind() == io::ErrorKind::NotFound,
    };
    let mut entries =
        entries.map(|entry| entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))));
    entries.all(|entry| matches!(entry, Ok((path, kind)) if kind.is_dir() && holds_no_file(&path)))
}
