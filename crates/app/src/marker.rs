//! The marker of a destination: the file that proves the right disk is there.

use crate::{Error, Result, destinations::VAULT, messages};
use model::Random;
use serde::{Deserialize, Serialize};
use std::{fs, io, path::Path};
use storage::{Body, ByteRange, Cancel, ErrorKind, Key, PutMode, Store};

/// Its name in a destination's folder.
pub(crate) const NAME: &str = "keepstead-destination.json";
/// What it says it is.
const FORMAT: &str = "keepstead-destination";
const VERSION: u32 = 1;
/// No marker is that long.
const LIMIT: u64 = 64 << 10;

/// What the file holds. No secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Marker {
    format: String,
    version: u32,
    /// 16 random bytes in hexadecimal.
    pub(crate) id: String,
    /// The folder of the repository; empty where the destination's own folder
    /// is one, that somebody else made.
    #[serde(default = "usual", skip_serializing_if = "is_usual")]
    pub(crate) vault: String,
}

fn usual() -> String {
    VAULT.to_owned()
}

fn is_usual(vault: &str) -> bool {
    vault == VAULT
}

/// What lies where a marker should be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Marker(Marker),
    /// The folder is there and has none.
    None,
    /// The folder is not there.
    NoFolder,
    /// It cannot be read, or holds something else.
    Unusable,
}

impl Marker {
    fn new(random: &dyn Random, vault: &str) -> Self {
        let mut id = [0; 16];
        random.fill(&mut id);
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            id: hex::encode(id),
            vault: vault.to_owned(),
        }
    }

    /// Reads the marker of a folder.
    pub(crate) fn read(folder: &Path) -> Found {
        let path = folder.join(NAME);
        match fs::metadata(&path) {
            Ok(data) if data.is_file() && data.len() <= LIMIT => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return if folder.is_dir() { Found::None } else { Found::NoFolder };
            }
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Found::NoFolder,
            Ok(_) | Err(_) => return Found::Unusable,
        }
        let Ok(bytes) = fs::read(&path) else { return Found::Unusable };
        match serde_json::from_slice::<Self>(&bytes) {
            Ok(marker) if marker.format == FORMAT && marker.version == VERSION => {
                Found::Marker(marker)
            }
            _ => Found::Unusable,
        }
    }

    /// The marker in a store.
    ///
    /// # Errors
    /// What the store says; [`ErrorKind::Damaged`] when something else is in
    /// the marker's place.
    pub(crate) async fn find(store: &dyn Store, cancel: &Cancel) -> storage::Result<Option<Self>> {
        let key = Key::new(NAME).map_err(|_| storage::Error::new(ErrorKind::Other, "get"))?;
        let bytes = match store.read(&key, ByteRange::Whole, LIMIT, cancel).await {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        match serde_json::from_slice::<Self>(&bytes) {
            Ok(marker) if marker.format == FORMAT && marker.version == VERSION => Ok(Some(marker)),
            _ => Err(storage::Error::new(ErrorKind::Damaged, "get").at(NAME)),
        }
    }

    /// Writes a new marker, durably, and never over another. `vault` is the
    /// folder of the repository.
    pub(crate) async fn create(
        store: &dyn Store,
        random: &dyn Random,
        vault: &str,
        folder: &Path,
    ) -> Result<Self> {
        let marker = Self::new(random, vault);
        let failed = |error| messages::marking(&error, folder);
        let key = Key::new(NAME).map_err(|_| internal())?;
        let bytes = serde_json::to_vec_pretty(&marker).map_err(|_| internal())?;
        store
            .put(&key, Body::from(bytes), PutMode::CreateNew, &Cancel::new())
            .await
            .map_err(failed)?;
        Ok(marker)
    }
}

fn internal() -> Error {
    messages::fault()
}
