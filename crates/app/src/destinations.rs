//! Destinations: where copies go.
//!
//! A destination's folder holds its marker, `keepstead-destination.json`, and
//! in `vault/` one repository for all plans.

use crate::{
    Application, Cancel, Code, Error, Result,
    disk::Disk,
    marker::{Found, Marker},
    messages,
    vault::Vault,
};
use jiff::Timestamp;
use model::{DestinationId, DestinationKind};
use providers::LocalStore;
use serde::Serialize;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use storage::Store as _;
use store::Destination;

/// The folder of the repository in a destination's folder.
const VAULT: &str = "vault";

/// Whether a destination can be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// It is there.
    Ready,
    /// Its disk or share is not there.
    NotMounted,
}

/// A destination as it is listed. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DestinationEntry {
    /// Its id.
    pub id: String,
    /// What the owner calls it.
    pub name: String,
    /// Its folder.
    pub path: String,
    /// The repository in it, which restic opens.
    pub repository: String,
    /// Whether it can be used now.
    pub state: Reach,
    /// Whether it lies on another disk than this machine's data, or elsewhere;
    /// `null` when that cannot be told.
    pub off_disk: Option<bool>,
    /// Whether it comes and goes.
    pub removable: bool,
    /// What it holds in all.
    pub capacity_total: Option<u64>,
    /// What is left.
    pub capacity_free: Option<u64>,
    /// When the last copy was made, RFC 3339.
    pub last_copy_at: Option<String>,
    /// The plans that use it.
    pub plans: Vec<String>,
}

impl Application {
    /// Takes a folder as a destination: marks it, and makes the repository in
    /// it, or opens the one that is there.
    ///
    /// # Errors
    /// When the folder is not there, cannot be written to, holds a repository
    /// of another passphrase, or is a destination already.
    pub async fn add_destination(
        &self,
        folder: &Path,
        name: Option<&str>,
    ) -> Result<DestinationEntry> {
        let asked = folder.to_owned();
        let folder =
            tokio::fs::canonicalize(folder).await.map_err(|_| messages::no_folder(&asked))?;
        if !folder.is_dir() {
            return Err(messages::not_a_folder(&folder));
        }
        let own = std::fs::canonicalize(self.folder()).unwrap_or_else(|_| self.folder().into());
        if folder.starts_with(&own) {
            return Err(messages::own_data(&folder));
        }
        let name = match name.map(str::trim) {
            Some("") | None => folder
                .file_name()
                .map_or_else(|| folder.to_string_lossy(), |name| name.to_string_lossy())
                .into_owned(),
            Some(name) => name.to_owned(),
        };
        let known = self.store.destinations().list().await.map_err(messages::store)?;
        if known.iter().any(|known| known.name == name) {
            return Err(messages::name_taken(&name));
        }
        let random = Arc::clone(&self.ambient.random);
        let store = LocalStore::open(&folder, random)
            .await
            .map_err(|error| messages::marking(&error, &folder))?;
        let marker = match Marker::read(&folder) {
            Found::Marker(marker) => marker,
            Found::Unusable => return Err(messages::marker_unusable(&folder)),
            Found::None | Found::NoFolder => {
                Marker::create(&store, &*self.ambient.random, &folder).await?
            }
        };
        if let Some(known) = known.iter().find(|known| known.marker_id == marker.id) {
            return Err(messages::destination_known(&folder, &known.name));
        }
        self.open_or_make(&folder.join(VAULT)).await?;
        let capacity = store.capacity(&Cancel::new()).await.ok().flatten();
        let disk = Disk::of(&folder);
        let now = self.ambient.clock.now();
        let row = Destination {
            id: DestinationId::new(&*self.ambient.random),
            name,
            off_disk: disk.survives(&Disk::of(self.folder())),
            removable: disk.removable,
            device: disk.devices.first().cloned(),
            path: folder,
            marker_id: marker.id,
            kind: DestinationKind::Local,
            file_system: None,
            created_at: now,
            last_seen_at: Some(now),
            last_copy_at: None,
            capacity_total: capacity.and_then(|capacity| capacity.total),
            capacity_free: capacity.and_then(|capacity| capacity.free),
        };
        self.store.destinations().insert(&row).await.map_err(messages::store)?;
        Ok(entry(&row, Vec::new()))
    }

    /// The repository of a destination that is being added.
    async fn open_or_make(&self, folder: &Path) -> Result<()> {
        let passphrase = self.repository_passphrase().await?;
        let ambient = self.ambient.clone();
        let cancel = Cancel::new();
        match Vault::open(folder, &passphrase, ambient.clone(), &cancel).await {
            Ok(_) => Ok(()),
            Err(Error { code: Code::NotARepository, .. }) => {
                Vault::init(folder, &passphrase, ambient, &cancel).await.map(|_| ())
            }
            Err(error) => Err(error),
        }
    }

    /// All destinations, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn destinations(&self) -> Result<Vec<DestinationEntry>> {
        let plans = self.store.plans().list().await.map_err(messages::store)?;
        let rows = self.store.destinations().list().await.map_err(messages::store)?;
        let mut entries = Vec::with_capacity(rows.len());
        for mut row in rows {
            if is_here(&row) {
                let random = Arc::clone(&self.ambient.random);
                if let Ok(store) = LocalStore::open(&row.path, random).await {
                    let capacity = store.capacity(&Cancel::new()).await.ok().flatten();
                    row.capacity_total = capacity.and_then(|capacity| capacity.total);
                    row.capacity_free = capacity.and_then(|capacity| capacity.free);
                }
            }
            let uses = |plan: &&store::Plan| {
                plan.targets.iter().any(|target| target.destination == row.id)
            };
            let names = plans.iter().filter(uses).map(|plan| plan.name.clone()).collect();
            entries.push(entry(&row, names));
        }
        Ok(entries)
    }

    /// Forgets a destination. What lies on it stays.
    ///
    /// # Errors
    /// [`Code::DestinationInUse`] while a plan copies to it.
    pub async fn remove_destination(&self, wanted: &str) -> Result<DestinationEntry> {
        let row = self.find_destination(wanted).await?;
        let plans = self.store.plans().list().await.map_err(messages::store)?;
        let user = plans
            .iter()
            .find(|plan| plan.targets.iter().any(|target| target.destination == row.id));
        if let Some(plan) = user {
            return Err(messages::destination_in_use(&row.name, &plan.name));
        }
        self.store.destinations().delete(row.id).await.map_err(messages::store)?;
        Ok(entry(&row, Vec::new()))
    }

    /// The destination of this name or id.
    pub(crate) async fn find_destination(&self, wanted: &str) -> Result<Destination> {
        let rows = self.store.destinations().list().await.map_err(messages::store)?;
        rows.into_iter()
            .find(|row| row.name == wanted || row.id.to_string() == wanted)
            .ok_or_else(|| messages::no_destination(wanted))
    }

    /// Opens the repository of a destination.
    ///
    /// # Errors
    /// [`Code::NotMounted`] when another folder, or none, is in its place.
    pub(crate) async fn open_vault(&self, row: &Destination, cancel: &Cancel) -> Result<Vault> {
        if !is_here(row) {
            return Err(messages::not_here(&row.name, &row.path));
        }
        let passphrase = self.repository_passphrase().await?;
        Vault::open(&vault_of(row), &passphrase, self.ambient.clone(), cancel).await
    }
}

/// Whether the folder is there, and is the one that was chosen.
pub(crate) fn is_here(row: &Destination) -> bool {
    matches!(Marker::read(&row.path), Found::Marker(marker) if marker.id == row.marker_id)
}

/// The repository of a destination.
pub(crate) fn vault_of(row: &Destination) -> PathBuf {
    row.path.join(VAULT)
}

fn entry(row: &Destination, plans: Vec<String>) -> DestinationEntry {
    DestinationEntry {
        id: row.id.to_string(),
        name: row.name.clone(),
        path: row.path.to_string_lossy().into_owned(),
        repository: vault_of(row).to_string_lossy().into_owned(),
        state: if is_here(row) { Reach::Ready } else { Reach::NotMounted },
        off_disk: row.off_disk,
        removable: row.removable,
        capacity_total: row.capacity_total,
        capacity_free: row.capacity_free,
        last_copy_at: row.last_copy_at.map(moment),
        plans,
    }
}

/// A moment as programs read it.
pub(crate) fn moment(moment: Timestamp) -> String {
    moment.to_string()
}
