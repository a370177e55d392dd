//! Destinations that are no folder of this machine.
//!
//! What was said about one lies in its row; its secrets lie sealed among the
//! credentials, under the destination's id.

use super::{
    DestinationEntry, DestinationKind,
    adopt::within,
    checked_name,
    described::{Described, TriedRemote, millis, provider},
    free_name, place_of,
};
use crate::{
    Application, Cancel, Result,
    marker::Marker,
    messages::{self, Act},
    vault::Passphrase,
};
use model::DestinationId;
use providers::{Missing, Provider, Secret, Values, Wrong};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, path::Path, sync::Arc, time::Instant};
use storage::{Store, retry::Policy};
use store::{Destination, Location, Remote, Sealed};
use zeroize::Zeroizing;

/// The field that says in which folder of the place the destination lies.
pub(crate) const FOLDER: &str = "folder";

/// Every kind of destination that is no folder of this machine.
#[must_use]
pub fn destination_kinds() -> Vec<DestinationKind> {
    providers::all().iter().map(|provider| provider.descriptor().into()).collect()
}

/// The kind of this name.
///
/// # Errors
/// [`crate::Code::BadSettings`] when there is none.
pub fn destination_kind(id: &str) -> Result<DestinationKind> {
    provider(id).map(|provider| provider.descriptor().into())
}

/// What is said about a destination that is added, tried or changed.
#[derive(Clone, Default, Deserialize, specta::Type)]
pub struct RemoteOrder {
    /// Its kind.
    pub kind: String,
    /// The service, where it is a known one.
    pub preset: Option<String>,
    /// What to call it; `null` for a name after where it is.
    pub name: Option<String>,
    /// What may be shown, by field.
    pub values: BTreeMap<String, String>,
    /// What may not, by field.
    pub secrets: BTreeMap<String, String>,
    /// The id or name of the destination that this is said of, where it is one
    /// already: secrets that are not said anew are its own.
    pub of: Option<String>,
}

impl fmt::Debug for RemoteOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteOrder")
            .field("kind", &self.kind)
            .field("values", &self.values)
            .finish_non_exhaustive()
    }
}

/// Something that was said wrongly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct WrongField {
    /// The field.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// A sentence about it.
    pub message: String,
}

/// Something that a field can hold, as the destination says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct FieldChoice {
    /// What the field would hold.
    pub value: String,
    /// What people call it.
    pub label: String,
}

/// What was said about a destination, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct RemoteEntry {
    /// Its kind.
    pub kind: String,
    /// What people call that kind.
    pub label: String,
    /// A Lucide icon.
    pub icon: String,
    /// The service, where it is a known one.
    pub preset: Option<String>,
    /// What was said, by field.
    pub values: BTreeMap<String, String>,
}

impl RemoteEntry {
    pub(super) fn of(row: &Destination) -> Option<Self> {
        let Location::Remote(remote) = &row.location else { return None };
        let known = providers::find(&remote.kind).map(Provider::descriptor);
        Some(Self {
            kind: remote.kind.clone(),
            label: known.map_or(remote.kind.as_str(), |known| known.label).to_owned(),
            icon: known.map_or("cloud", |known| known.icon).to_owned(),
            preset: remote.preset.clone(),
            values: remote.settings.clone(),
        })
    }
}

/// Where its secrets lie among the credentials.
pub(super) fn secrets_of(id: DestinationId) -> String {
    format!("destination:{id}")
}

/// What may be shown of it; nothing where this version does not know its kind.
fn shown(remote: &Remote) -> Option<Described> {
    let values = Values { plain: remote.settings.clone(), ..Values::default() };
    Described::new(&remote.kind, values).ok()
}

/// Where it is, in words.
pub(super) fn in_words(remote: &Remote) -> String {
    shown(remote).map_or_else(|| remote.kind.clone(), |shown| shown.place())
}

/// What the backups there cost a month, as `12.34`.
pub(super) fn monthly_cost(row: &Destination) -> Option<String> {
    let Location::Remote(remote) = &row.location else { return None };
    let values = Values { plain: remote.settings.clone(), ..Values::default() };
    let stored = row.stored_bytes? as f64 / 1e9;
    Some(format!("{:.2}", stored * values.price()?))
}

/// The repository as restic names it, or else where it is.
pub(crate) fn repository_of(row: &Destination) -> String {
    if let Location::Remote(remote) = &row.location
        && let Some(shown) = shown(remote)
    {
        return shown.repository(&row.vault);
    }
    super::vault_of(row).to_string_lossy().into_owned()
}

impl Application {
    /// What the provider takes, of all fields that are asked before `until`, or
    /// of all: what was said, with the secrets of the destination it is said of.
    ///
    /// These go to no other server than they were said for, nor to one that is
    /// believed for another reason.
    async fn values(
        &self,
        order: &RemoteOrder,
        until: Option<&str>,
    ) -> Result<std::result::Result<Values, Vec<Wrong>>> {
        let mut said = order.said();
        let Some(of) = &order.of else { return order.resolve(&said, until) };
        let row = self.find_destination(of).await?;
        let Location::Remote(remote) = &row.location else { return order.resolve(&said, until) };
        if remote.kind != order.kind {
            return order.resolve(&said, until);
        }
        let kept = self.remote_values(&row, remote).await?;
        let typed: Vec<String> = said.secret.keys().cloned().collect();
        for (key, secret) in &kept.secret {
            said.secret.entry(key.clone()).or_insert_with(|| secret.clone());
        }
        let resolved = order.resolve(&said, until)?;
        let Ok(values) = &resolved else { return Ok(resolved) };
        let fields = provider(&order.kind)?.descriptor().fields;
        let is_elsewhere = fields
            .iter()
            .any(|field| field.leads && values.text(field.key) != kept.text(field.key));
        let untyped = |field: &&providers::Field| {
            values.secret(field.key).is_some() && !typed.iter().any(|key| key == field.key)
        };
        let withheld: Vec<Wrong> = fields
            .iter()
            .filter(|_| is_elsewhere)
            .filter(untyped)
            .map(|field| Wrong {
                field: field.key.to_owned(),
                label: field.label.to_owned(),
                message: "Say it again: it was said for another server.".to_owned(),
            })
            .collect();
        if withheld.is_empty() { Ok(resolved) } else { Ok(Err(withheld)) }
    }

    /// The place that was ordered: all of it, or what is asked before `until`.
    async fn described(&self, order: &RemoteOrder, until: Option<&str>) -> Result<Described> {
        let values = self.values(order, until).await?;
        Described::new(&order.kind, values.map_err(|wrong| messages::wrong_settings(&wrong))?)
    }

    /// What of an order was said wrongly, or not at all. Nothing is sent.
    ///
    /// # Errors
    /// When there is no such kind, or the database cannot be read.
    pub async fn wrong_settings(&self, order: &RemoteOrder) -> Result<Vec<WrongField>> {
        let wrong = self.values(order, None).await?.err().unwrap_or_default();
        Ok(wrong.into_iter().map(WrongField::from).collect())
    }

    /// Takes a place that is no folder of this machine as a destination: marks
    /// it, and makes the repository in it, or opens the one that is there. With
    /// `adopt` that one is taken over: it is its passphrase.
    ///
    /// # Errors
    /// What was said wrongly; why it cannot be reached or used; or when it
    /// holds a repository of another passphrase, or is a destination already.
    pub async fn add_remote(
        &self,
        order: &RemoteOrder,
        adopt: Option<&Passphrase>,
        cancel: &Cancel,
    ) -> Result<DestinationEntry> {
        let act = Act::AddDestination;
        let described = self.described(order, None).await?;
        let known = self.store.destinations().list().await.map_err(messages::store)?;
        let location = described.place();
        let name = match order.given_name() {
            None => free_name(&location, &known),
            Some(name) => checked_name(name, None, &known)?,
        };
        let place = Path::new(&location);
        let missing = if adopt.is_some() { Missing::Fail } else { Missing::Make };
        let patience = (Policy::PERSON, act);
        let store = described.open(missing, patience, &self.ambient, cancel).await?;
        let asked = Instant::now();
        let found = Marker::find(&*store, cancel).await;
        let latency = millis(asked);
        let found = found.map_err(|error| messages::reaching(&error, act, place))?;
        let taken = self.take(Arc::clone(&store), place, found, &known, adopt, cancel).await?;
        let (marker, is_new) = taken;
        let capacity = store.capacity(cancel).await.ok().flatten();
        let now = self.ambient.clock.now();
        let row = Destination {
            id: DestinationId::new(&*self.ambient.random),
            name,
            location: Location::Remote(Remote {
                kind: order.kind.clone(),
                preset: order.preset.clone(),
                settings: described.values().plain.clone(),
            }),
            marker_id: marker.id,
            vault: marker.vault,
            file_system: None,
            device: None,
            off_disk: Some(true),
            removable: false,
            created_at: now,
            last_seen_at: Some(now),
            last_copy_at: None,
            capacity_total: capacity.and_then(|capacity| capacity.total),
            capacity_free: capacity.and_then(|capacity| capacity.free),
            stored_bytes: is_new.then_some(0),
            reclaimable_bytes: is_new.then_some(0),
            measured_at: is_new.then_some(now),
            latency_ms: Some(latency),
        };
        let (id, sealed) = self.sealed(row.id, described.values())?;
        let secrets = Sealed { id: &id, bytes: &sealed, at: now };
        self.store.destinations().insert_with(&row, secrets).await.map_err(messages::store)?;
        self.entry(&row, Vec::new()).await
    }

    /// Says other things about a destination. Secrets that are not said anew
    /// stay as they are. It is reached before anything is changed.
    ///
    /// # Errors
    /// As [`Application::add_remote`]; [`crate::Code::NotMounted`] when another
    /// destination lies there.
    pub async fn change_remote(
        &self,
        wanted: &str,
        order: &RemoteOrder,
        cancel: &Cancel,
    ) -> Result<DestinationEntry> {
        let row = self.find_destination(wanted).await?;
        let Location::Remote(remote) = &row.location else {
            return Err(messages::no_such_kind("local"));
        };
        let order = RemoteOrder {
            kind: remote.kind.clone(),
            of: Some(row.id.to_string()),
            ..order.clone()
        };
        let described = self.described(&order, None).await?;
        let patience = (Policy::PERSON, Act::ChangeDestination);
        let store = described.open(Missing::Fail, patience, &self.ambient, cancel).await?;
        self.see_marker(&*store, &row, Act::ChangeDestination, cancel).await?;
        let destinations = self.store.destinations();
        let name = match &order.name {
            None => row.name.clone(),
            Some(name) => {
                let known = destinations.list().await.map_err(messages::store)?;
                checked_name(name, Some(row.id), &known)?
            }
        };
        let remote = Remote {
            kind: order.kind.clone(),
            preset: order.preset.clone(),
            settings: described.values().plain.clone(),
        };
        let (id, sealed) = self.sealed(row.id, described.values())?;
        let secrets = Sealed { id: &id, bytes: &sealed, at: self.ambient.clock.now() };
        let said = destinations.say_anew(row.id, &name, &remote, secrets).await;
        if !said.map_err(messages::store)? {
            return Err(messages::no_destination(wanted));
        }
        self.close_backups().await;
        let row = self.find_destination(&row.id.to_string()).await?;
        self.entry(&row, Vec::new()).await
    }

    /// Writes to a place that was described, reads it back, and leaves nothing
    /// there.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub async fn try_remote(&self, order: &RemoteOrder, cancel: &Cancel) -> Result<TriedRemote> {
        let described = self.described(order, None).await?;
        let trial = match &order.of {
            None => (Missing::Make, Act::AddDestination),
            Some(_) => (Missing::Fail, Act::ChangeDestination),
        };
        let tried = described.attempt(trial, &self.ambient, cancel).await?;
        if let Some(of) = &order.of {
            let row = self.find_destination(of).await?;
            if tried.marker.as_ref() != Some(&row.marker_id) {
                return Err(messages::another_place(&row.name, trial.1, Path::new(&tried.place)));
            }
        }
        Ok(tried)
    }

    /// What a field can hold, as the destination says; for a folder, those
    /// right below `below`.
    ///
    /// # Errors
    /// Why it cannot be asked.
    pub async fn remote_choices(
        &self,
        order: &RemoteOrder,
        field: &str,
        below: &str,
        cancel: &Cancel,
    ) -> Result<Vec<FieldChoice>> {
        let described = self.described(order, Some(field)).await?;
        described.choices(field, below, &self.ambient, cancel).await
    }

    /// Makes a folder in a place that was described.
    ///
    /// # Errors
    /// Why it cannot be made.
    pub async fn make_remote_folder(
        &self,
        order: &RemoteOrder,
        folder: &str,
        cancel: &Cancel,
    ) -> Result<()> {
        self.described(order, Some(FOLDER)).await?.make_folder(folder, &self.ambient, cancel).await
    }

    /// Opens the repository's folder of a destination.
    pub(super) async fn open_remote(
        &self,
        row: &Destination,
        remote: &Remote,
        cancel: &Cancel,
    ) -> Result<Arc<dyn Store>> {
        let described = Described::new(&remote.kind, self.remote_values(row, remote).await?)?;
        let patience = (Policy::RUN, Act::Open);
        let store = described.open(Missing::Fail, patience, &self.ambient, cancel).await?;
        self.see_marker(&*store, row, Act::Open, cancel).await?;
        let now = self.ambient.clock.now();
        let capacity = store.capacity(cancel).await.ok().flatten();
        let (total, free) = capacity.map_or((None, None), |it| (it.total, it.free));
        // It is there whether that can be written down or not.
        let _ = self.store.destinations().seen(row.id, now, total, free).await;
        within(store, &row.vault)
    }

    /// Sees that it is this destination, and no other in its place.
    async fn see_marker(
        &self,
        store: &dyn Store,
        row: &Destination,
        act: Act,
        cancel: &Cancel,
    ) -> Result<()> {
        let found = Marker::find(store, cancel).await;
        let found = found.map_err(|error| messages::reaching(&error, act, &place_of(row)))?;
        match found {
            Some(marker) if marker.id == row.marker_id => Ok(()),
            Some(_) | None => Err(messages::another_place(&row.name, act, &place_of(row))),
        }
    }

    /// What was said about a destination, with its secrets.
    pub(super) async fn remote_values(&self, row: &Destination, remote: &Remote) -> Result<Values> {
        let id = secrets_of(row.id);
        let sealed = self.store.credentials().get(&id).await.map_err(messages::store)?;
        let secret = match sealed {
            None => BTreeMap::new(),
            Some(sealed) => {
                let plain = self.unseal(&id, &sealed.sealed)?;
                let plain: BTreeMap<String, String> =
                    serde_json::from_slice(&plain).map_err(|_| messages::secret_damaged())?;
                plain.into_iter().map(|(key, text)| (key, Secret::new(text))).collect()
            }
        };
        Ok(Values { plain: remote.settings.clone(), secret })
    }

    /// The secrets of a destination as they are kept, and the name under which.
    fn sealed(&self, id: DestinationId, values: &Values) -> Result<(String, Vec<u8>)> {
        let id = secrets_of(id);
        let plain: BTreeMap<&str, &str> =
            values.secret.iter().map(|(key, secret)| (&**key, secret.reveal())).collect();
        let plain = Zeroizing::new(serde_json::to_vec(&plain).map_err(|_| messages::fault())?);
        let sealed = self.seal(&id, &plain);
        Ok((id, sealed))
    }
}
