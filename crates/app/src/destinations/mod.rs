//! Destinations: where copies go.
//!
//! A destination's folder holds its marker, `keepstead-destination.json`, and
//! in `vault/` one repository for all plans; or it is itself a repository that
//! was taken over. The folder lies on this machine, or
//! anywhere else that `providers` reaches.

mod adopt;
mod described;
mod form;
mod remote;
mod unused;

pub(crate) use described::Described;
pub use described::TriedRemote;
pub use form::{DestinationKind, FieldShape, KindField, KindOption, KindPreset, ShownIf};
pub(crate) use remote::{FOLDER, repository_of};
pub use remote::{
    FieldChoice, RemoteEntry, RemoteOrder, WrongField, destination_kind, destination_kinds,
};
pub(crate) use unused::{UnusedVault, unused_vault};

use crate::{
    Application, Cancel, Installation, Result, copies_folder,
    disk::Disk,
    marker::{Found, Marker},
    messages::{self, Act},
    places::{PlaceKind, TriedPlace, make_folder},
    runs::Depth,
    vault::{Limits, OpenOptions, Passphrase, Vault},
};
use jiff::Timestamp;
use model::DestinationId;
use providers::{LocalStore, Missing};
use serde::Serialize;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use storage::Store;
use store::{Destination, Location};

/// The folder of the repository in a destination's folder.
pub(crate) const VAULT: &str = "vault";
/// How often it is written down that a destination was seen, in seconds: whoever
/// watches the database hears of it, and the disk is woken.
const SEEN: i64 = 600;
/// The longest name, in characters.
const NAME: usize = 100;

/// Whether a destination can be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// It is there.
    Ready,
    /// Its disk or share is not there.
    NotMounted,
}

/// A destination as it is listed. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct DestinationEntry {
    /// Its id.
    pub id: String,
    /// What the owner calls it.
    pub name: String,
    /// Its folder, or where else it is, in words.
    pub path: String,
    /// The repository in it, as restic opens it; where restic cannot, where it
    /// is.
    pub repository: String,
    /// What was said about it, where it is no folder of this machine.
    pub remote: Option<RemoteEntry>,
    /// Whether it can be used now.
    pub state: Reach,
    /// What it lies on.
    pub kind: PlaceKind,
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
    /// When it was last seen here, RFC 3339.
    pub last_seen_at: Option<String>,
    /// How long it took to answer when it was last tried, in milliseconds,
    /// where it is no folder of this machine.
    pub latency_ms: Option<u64>,
    /// What the backups there cost a month, with two decimals, in the currency
    /// of the price that was said; `null` where none was, or nothing is known
    /// of how much they take.
    pub monthly_cost: Option<String>,
    /// The plans that use it.
    pub plans: Vec<String>,
    /// What backups take there, as of `measured_at`, and what was added since;
    /// `null` when it was never measured.
    pub stored: Option<u64>,
    /// What of that no backup needed at `measured_at` and a clean-up frees;
    /// `null` when that is not known.
    pub reclaimable: Option<u64>,
    /// When that was measured, RFC 3339.
    pub measured_at: Option<String>,
    /// The last verification that came to its end; `null` when there was none.
    pub verified: Option<Verified>,
}

/// A verification that came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct Verified {
    /// Its run.
    pub run: String,
    /// When, RFC 3339.
    pub at: String,
    /// How much it read.
    pub depth: Depth,
    /// Whether it found no errors.
    pub sound: bool,
}

impl Application {
    /// Takes a folder as a destination: marks it, and makes the repository in
    /// it, or opens the one that is there.
    ///
    /// # Errors
    /// When the folder is not there, cannot be written to, holds a repository
    /// of another passphrase, or is a destination already.
    ///
    /// With `adopt` the repository that is there is taken over: that is its
    /// passphrase.
    pub async fn add_destination(
        &self,
        folder: &Path,
        name: Option<&str>,
        adopt: Option<&Passphrase>,
    ) -> Result<DestinationEntry> {
        let folder = make_folder(folder).await?;
        if !folder.is_dir() {
            return Err(messages::not_a_folder(&folder));
        }
        let own = std::fs::canonicalize(self.folder()).unwrap_or_else(|_| self.folder().into());
        if folder.starts_with(&own) {
            return Err(messages::own_data(&folder));
        }
        let known = self.store.destinations().list().await.map_err(messages::store)?;
        let name = match name.map(str::trim) {
            Some("") | None => free_name(&crate::places::name_of(&folder), &known),
            Some(name) => checked_name(name, None, &known)?,
        };
        let random = Arc::clone(&self.ambient.random);
        let store = LocalStore::open(&folder, random)
            .await
            .map_err(|error| messages::marking(&error, &folder))?;
        let found = match Marker::read(&folder) {
            Found::Marker(marker) => Some(marker),
            Found::Unusable => return Err(messages::marker_unusable(&folder)),
            Found::None | Found::NoFolder => None,
        };
        let store: Arc<dyn Store> = Arc::new(store);
        let cancel = Cancel::new();
        let taken = self.take(Arc::clone(&store), &folder, found, &known, adopt, &cancel).await?;
        let (marker, is_new) = taken;
        let capacity = store.capacity(&Cancel::new()).await.ok().flatten();
        let disk = Disk::of(&folder);
        let now = self.ambient.clock.now();
        let row = Destination {
            id: DestinationId::new(&*self.ambient.random),
            name,
            off_disk: disk.survives(&Disk::of(self.folder())),
            removable: disk.removable,
            device: disk.devices.first().cloned(),
            location: Location::Folder(folder),
            marker_id: marker.id,
            vault: marker.vault,
            file_system: disk.file_system,
            created_at: now,
            last_seen_at: Some(now),
            last_copy_at: None,
            capacity_total: capacity.and_then(|capacity| capacity.total),
            capacity_free: capacity.and_then(|capacity| capacity.free),
            stored_bytes: is_new.then_some(0),
            reclaimable_bytes: is_new.then_some(0),
            measured_at: is_new.then_some(now),
            latency_ms: None,
        };
        self.store.destinations().insert(&row).await.map_err(messages::store)?;
        self.entry(&row, Vec::new()).await
    }

    /// Tries to write to a destination, and to open what lies there.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub async fn test_destination(&self, wanted: &str, cancel: &Cancel) -> Result<TriedPlace> {
        let row = self.find_destination(wanted).await?;
        self.open_vault(&row, cancel).await?;
        let tried = match &row.location {
            Location::Folder(folder) => self.try_place(folder).await?,
            Location::Remote(remote) => {
                let values = self.remote_values(&row, remote).await?;
                let trial = (Missing::Fail, Act::Open);
                let described = Described::new(&remote.kind, values)?;
                described.attempt(trial, &self.ambient, cancel).await?.as_place(&row)
            }
        };
        let now = self.ambient.clock.now();
        let seen = self.store.destinations().seen(row.id, now, tried.total, tried.free).await;
        seen.map_err(messages::store)?;
        if let Some(latency) = tried.latency_ms {
            self.store.destinations().answered(row.id, latency).await.map_err(messages::store)?;
        }
        Ok(tried)
    }

    /// Opens the repository of a destination for a run, which keeps to the
    /// limits.
    ///
    /// # Errors
    /// [`crate::Code::NotMounted`] when another folder, or none, is in its place.
    pub(crate) async fn open_vault(&self, row: &Destination, cancel: &Cancel) -> Result<Vault> {
        self.open_vault_within(row, Arc::clone(&self.limits), cancel).await
    }

    /// The same with limits of its own.
    pub(crate) async fn open_vault_within(
        &self,
        row: &Destination,
        limits: Arc<Limits>,
        cancel: &Cancel,
    ) -> Result<Vault> {
        if !self.look_at(row).await {
            return Err(messages::not_here(&row.name, &place_of(row)));
        }
        let passphrase = self.repository_passphrase().await?;
        let options = OpenOptions { limits, copies: Some(copies_folder(self.folder())) };
        let ambient = self.ambient.clone();
        match &row.location {
            Location::Folder(_) => {
                Vault::open_with(&vault_of(row), &passphrase, options, ambient, cancel).await
            }
            Location::Remote(remote) => {
                let store = self.open_remote(row, remote, cancel).await?;
                Vault::open_at(store, place_of(row), &passphrase, options, ambient, cancel).await
            }
        }
    }
}

impl Installation {
    /// All destinations, by age.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn destinations(&self) -> Result<Vec<DestinationEntry>> {
        let plans = self.store.plans().list().await.map_err(messages::store)?;
        let rows = self.store.destinations().list().await.map_err(messages::store)?;
        let mut entries = Vec::with_capacity(rows.len());
        for mut row in rows {
            if let Some(folder) = row.folder()
                && self.look_at(&row).await
            {
                let random = Arc::clone(&self.ambient.random);
                let store = LocalStore::open(folder, random).await;
                row.last_seen_at = Some(self.ambient.clock.now());
                if let Ok(store) = store {
                    let capacity = store.capacity(&Cancel::new()).await.ok().flatten();
                    row.capacity_total = capacity.and_then(|capacity| capacity.total);
                    row.capacity_free = capacity.and_then(|capacity| capacity.free);
                }
            }
            let uses = |plan: &&store::Plan| {
                plan.targets.iter().any(|target| target.destination == row.id)
            };
            let names = plans.iter().filter(uses).map(|plan| plan.name.clone()).collect();
            entries.push(self.entry(&row, names).await?);
        }
        Ok(entries)
    }

    /// Forgets a destination. What lies on it stays.
    ///
    /// # Errors
    /// [`crate::Code::DestinationInUse`] while a plan copies to it.
    pub async fn remove_destination(&self, wanted: &str) -> Result<DestinationEntry> {
        let row = self.find_destination(wanted).await?;
        let plans = self.store.plans().list().await.map_err(messages::store)?;
        let user = plans
            .iter()
            .find(|plan| plan.targets.iter().any(|target| target.destination == row.id));
        if let Some(plan) = user {
            return Err(messages::destination_in_use(&row.name, &plan.name));
        }
        let entry = self.entry(&row, Vec::new()).await?;
        let secrets = remote::secrets_of(row.id);
        let deleted = self.store.destinations().delete_with(row.id, &secrets).await;
        deleted.map_err(messages::store)?;
        Ok(entry)
    }

    /// Calls a destination something else.
    ///
    /// # Errors
    /// [`crate::Code::NameTaken`], [`Code::BadName`].
    pub async fn rename_destination(&self, wanted: &str, name: &str) -> Result<DestinationEntry> {
        let mut row = self.find_destination(wanted).await?;
        let known = self.store.destinations().list().await.map_err(messages::store)?;
        row.name = checked_name(name, Some(row.id), &known)?;
        self.store.destinations().update(&row).await.map_err(messages::store)?;
        self.entry(&row, Vec::new()).await
    }

    /// The destination of this name or id.
    pub(crate) async fn find_destination(&self, wanted: &str) -> Result<Destination> {
        let rows = self.store.destinations().list().await.map_err(messages::store)?;
        rows.into_iter()
            .find(|row| row.name == wanted || row.id.to_string() == wanted)
            .ok_or_else(|| messages::no_destination(wanted))
    }

    /// Whether the folder is there, and is the one that was chosen: its marker
    /// says so, and what lay on another disk does not lie on this computer's
    /// now, as a copy of it would under an empty mount point.
    ///
    /// What is reached over a network is taken to be there: whoever opens it
    /// finds out.
    pub(crate) fn is_here(&self, row: &Destination) -> bool {
        let Some(folder) = row.folder() else { return true };
        let marked =
            matches!(Marker::read(folder), Found::Marker(marker) if marker.id == row.marker_id);
        if !marked || row.off_disk != Some(true) {
            return marked;
        }
        let disk = Disk::of(folder);
        let same = row.file_system.is_some() && disk.file_system == row.file_system;
        same || disk.survives(&Disk::of(self.folder())) != Some(false)
    }

    /// The same, and remembers when it was seen.
    pub(crate) async fn look_at(&self, row: &Destination) -> bool {
        let here = self.is_here(row);
        let now = self.ambient.clock.now();
        let known = row.last_seen_at.map(|seen| now.as_second() - seen.as_second());
        if here && row.folder().is_some() && !known.is_some_and(|age| (0..SEEN).contains(&age)) {
            // It is here whether that can be written down or not.
            let _ = self.store.destinations().seen(row.id, now, None, None).await;
        }
        here
    }

    /// The same, as it is handed out.
    pub(crate) fn reach(&self, row: &Destination) -> Reach {
        if self.is_here(row) { Reach::Ready } else { Reach::NotMounted }
    }

    async fn entry(&self, row: &Destination, plans: Vec<String>) -> Result<DestinationEntry> {
        let verified = self.verifications(row.id).await?.into_iter().next();
        Ok(DestinationEntry {
            id: row.id.to_string(),
            name: row.name.clone(),
            path: place_of(row).to_string_lossy().into_owned(),
            repository: repository_of(row),
            remote: RemoteEntry::of(row),
            state: self.reach(row),
            kind: PlaceKind::of(row.removable, row.device.is_none(), row.off_disk),
            off_disk: row.off_disk,
            removable: row.removable,
            capacity_total: row.capacity_total,
            capacity_free: row.capacity_free,
            last_copy_at: row.last_copy_at.map(moment),
            last_seen_at: row.last_seen_at.map(moment),
            latency_ms: row.latency_ms,
            monthly_cost: remote::monthly_cost(row),
            plans,
            stored: row.stored_bytes,
            reclaimable: row.reclaimable_bytes,
            measured_at: row.measured_at.map(moment),
            verified: verified.map(|verification| Verified {
                run: verification.run.to_string(),
                at: moment(verification.at),
                depth: verification.depth,
                sound: verification.sound,
            }),
        })
    }
}

/// Where a destination is: its folder, or in words.
pub(crate) fn place_of(row: &Destination) -> PathBuf {
    match &row.location {
        Location::Folder(folder) => folder.clone(),
        Location::Remote(remote) => remote::in_words(remote).into(),
    }
}

/// The repository of a destination.
pub(crate) fn vault_of(row: &Destination) -> PathBuf {
    match &row.location {
        Location::Folder(folder) => below(folder, &row.vault),
        Location::Remote(_) => place_of(row),
    }
}

/// The repository in a place, as its marker says where it has one.
pub(crate) fn vault_in(place: &Path) -> PathBuf {
    match Marker::read(place) {
        Found::Marker(marker) => below(place, &marker.vault),
        _ => place.join(VAULT),
    }
}

fn below(place: &Path, vault: &str) -> PathBuf {
    if vault.is_empty() { place.to_owned() } else { place.join(vault) }
}

/// A name as it is kept.
fn fitting(name: &str) -> Result<&str> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME {
        return Err(messages::bad_name(NAME));
    }
    Ok(name)
}

/// Sees that destinations can have these names, all of them at once.
pub(crate) fn check_names(names: &[&str]) -> Result<()> {
    let names = names.iter().map(|name| fitting(name)).collect::<Result<Vec<_>>>()?;
    match names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        Some((_, twice)) => Err(messages::name_taken(twice)),
        None => Ok(()),
    }
}

/// A name that another destination does not have.
fn checked_name(name: &str, own: Option<DestinationId>, known: &[Destination]) -> Result<String> {
    let name = fitting(name)?;
    if known.iter().any(|known| known.name == name && Some(known.id) != own) {
        return Err(messages::name_taken(name));
    }
    Ok(name.to_owned())
}

/// The name that a folder suggests, with a number when it is taken.
fn free_name(wanted: &str, known: &[Destination]) -> String {
    let taken = |name: &str| known.iter().any(|known| known.name == name);
    let numbered = (2..).map(|number| format!("{wanted} {number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_else(|| wanted.to_owned())
}

/// A moment as programs read it.
pub(crate) fn moment(moment: Timestamp) -> String {
    moment.to_string()
}
