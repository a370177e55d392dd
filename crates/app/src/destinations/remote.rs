//! Destinations that are no folder of this machine.
//!
//! What was said about one lies in its row; its secrets lie sealed among the
//! credentials, under the destination's id.

use super::{
    DestinationEntry, DestinationKind,
    adopt::{is_repository, within},
    checked_name, free_name, place_of,
};
use crate::{
    Application, Cancel, Error, Remedy, Result,
    marker::Marker,
    messages::{self, Act},
    places::{Holds, TriedPlace},
    vault::{Passphrase, PathText},
};
use model::DestinationId;
use providers::{Context, Missing, Provider, Secret, Values, Wrong};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, path::Path, sync::Arc, time::Instant};
use storage::{Body, ByteRange, Key, PutMode, RetryStore, Store, StoreExt, retry::Policy};
use store::{Destination, Location, Remote, Sealed};
use zeroize::Zeroizing;

/// How much is written to try a destination, in bytes.
const TRIAL: usize = 1 << 20;

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

/// A destination that was written to and read from. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct TriedRemote {
    /// Where it is, in words.
    pub place: String,
    /// How long one answer took, in milliseconds.
    pub latency_ms: u64,
    /// How fast it took what was written.
    pub bytes_per_second: u64,
    /// What is left, where it says so.
    pub free: Option<u64>,
    /// What it holds in all, where it says so.
    pub total: Option<u64>,
    /// What lies there.
    pub holds: Holds,
    /// The id of the destination's marker that lies there.
    #[serde(skip)]
    marker: Option<String>,
}

impl TriedRemote {
    /// The same as of a folder of this machine.
    pub(super) fn as_place(&self, row: &Destination) -> TriedPlace {
        TriedPlace {
            path: PathText::new(Path::new(&self.place)),
            name: row.name.clone(),
            free: self.free,
            total: self.total,
            off_disk: row.off_disk,
            removable: row.removable,
            bytes_per_second: self.bytes_per_second,
            latency_ms: Some(self.latency_ms),
            holds: self.holds,
        }
    }
}

/// Where its secrets lie among the credentials.
pub(super) fn secrets_of(id: DestinationId) -> String {
    format!("destination:{id}")
}

/// Where it is, in words.
pub(super) fn in_words(remote: &Remote) -> String {
    let values = Values { plain: remote.settings.clone(), ..Values::default() };
    providers::find(&remote.kind)
        .map_or_else(|| remote.kind.clone(), |provider| provider.location(&values))
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
    if let Location::Remote(remote) = &row.location {
        let values = Values { plain: remote.settings.clone(), ..Values::default() };
        let named =
            providers::find(&remote.kind).and_then(|provider| provider.restic(&values, &row.vault));
        if let Some(named) = named {
            return named.trim_end_matches('/').to_owned();
        }
    }
    super::vault_of(row).to_string_lossy().into_owned()
}

fn provider(kind: &str) -> Result<&'static dyn Provider> {
    providers::find(kind).ok_or_else(|| messages::no_such_kind(kind))
}

impl RemoteOrder {
    fn said(&self) -> Values {
        let secret = |(key, text): (&String, &String)| (key.clone(), Secret::new(text.clone()));
        Values { plain: self.values.clone(), secret: self.secrets.iter().map(secret).collect() }
    }
}

/// Nobody believes a server, or a region, but a person: what one showed is
/// handed out with the setting that would take it.
fn reaching(provider: &dyn Provider, values: &Values, act: Act, error: &storage::Error) -> Error {
    let said = messages::reaching(error, act, Path::new(&provider.location(values)));
    let fields = provider.descriptor().fields;
    let field = fields.iter().find(|field| field.mends == Some(error.kind()));
    let remedy = field.zip(error.presented()).map(|(field, presented)| {
        Box::new(Remedy {
            field: field.key.to_owned(),
            label: field.label.to_owned(),
            value: presented.to_owned(),
        })
    });
    Error { remedy, ..said }
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
        let provider = provider(&order.kind)?;
        let resolve = |said: &Values| match (until, order.preset.as_deref()) {
            (None, preset) => providers::resolve(provider, preset, said),
            (Some(field), preset) => providers::resolve_before(provider, preset, said, field),
        };
        let mut said = order.said();
        let Some(of) = &order.of else { return Ok(resolve(&said)) };
        let row = self.find_destination(of).await?;
        let Location::Remote(remote) = &row.location else { return Ok(resolve(&said)) };
        if remote.kind != order.kind {
            return Ok(resolve(&said));
        }
        let kept = self.remote_values(&row, remote).await?;
        let typed: Vec<String> = said.secret.keys().cloned().collect();
        for (key, secret) in &kept.secret {
            said.secret.entry(key.clone()).or_insert_with(|| secret.clone());
        }
        let resolved = resolve(&said);
        let Ok(values) = &resolved else { return Ok(resolved) };
        let fields = provider.descriptor().fields;
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

    /// What the provider takes.
    async fn resolved(&self, order: &RemoteOrder) -> Result<Values> {
        self.values(order, None).await?.map_err(|wrong| messages::wrong_settings(&wrong))
    }

    /// The same before `field` is chosen.
    async fn resolved_before(&self, order: &RemoteOrder, field: &str) -> Result<Values> {
        self.values(order, Some(field)).await?.map_err(|wrong| messages::wrong_settings(&wrong))
    }

    /// What of an order was said wrongly, or not at all. Nothing is sent.
    ///
    /// # Errors
    /// When there is no such kind, or the database cannot be read.
    pub async fn wrong_settings(&self, order: &RemoteOrder) -> Result<Vec<WrongField>> {
        let wrong = self.values(order, None).await?.err().unwrap_or_default().into_iter();
        Ok(wrong
            .map(|wrong| WrongField {
                field: wrong.field,
                label: wrong.label,
                message: wrong.message,
            })
            .collect())
    }

    fn context(&self, patience: Policy) -> Context {
        let (random, clock) = (Arc::clone(&self.ambient.random), Arc::clone(&self.ambient.clock));
        Context { random, clock, patience }
    }

    /// Opens a destination's folder, and tries again what fails for a while.
    async fn reach_out(
        &self,
        kind: &str,
        values: &Values,
        missing: Missing,
        (patience, act): (Policy, Act),
        cancel: &Cancel,
    ) -> Result<Arc<dyn Store>> {
        let provider = provider(kind)?;
        let context = self.context(patience);
        let opened = provider.open(values, missing, &context, cancel).await;
        let store = opened.map_err(|error| reaching(provider, values, act, &error))?;
        Ok(Arc::new(RetryStore::new(store, patience, Arc::clone(&self.ambient.random))))
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
        let values = self.resolved(order).await?;
        let known = self.store.destinations().list().await.map_err(messages::store)?;
        let location = provider(&order.kind)?.location(&values);
        let name = match order.name.as_deref().map(str::trim) {
            Some("") | None => free_name(&location, &known),
            Some(name) => checked_name(name, None, &known)?,
        };
        let place = Path::new(&location);
        let missing = if adopt.is_some() { Missing::Fail } else { Missing::Make };
        let patience = (Policy::PERSON, act);
        let store = self.reach_out(&order.kind, &values, missing, patience, cancel).await?;
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
                settings: values.plain.clone(),
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
        let (id, sealed) = self.sealed(row.id, &values)?;
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
        let values = self.resolved(&order).await?;
        let patience = (Policy::PERSON, Act::ChangeDestination);
        let store = self.reach_out(&order.kind, &values, Missing::Fail, patience, cancel).await?;
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
            settings: values.plain.clone(),
        };
        let (id, sealed) = self.sealed(row.id, &values)?;
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
        let values = self.resolved(order).await?;
        let trial = match &order.of {
            None => (Missing::Make, Act::AddDestination),
            Some(_) => (Missing::Fail, Act::ChangeDestination),
        };
        let tried = self.try_values(&order.kind, &values, trial, cancel).await?;
        if let Some(of) = &order.of {
            let row = self.find_destination(of).await?;
            if tried.marker.as_ref() != Some(&row.marker_id) {
                return Err(messages::another_place(&row.name, trial.1, Path::new(&tried.place)));
            }
        }
        Ok(tried)
    }

    pub(super) async fn try_values(
        &self,
        kind: &str,
        values: &Values,
        (missing, act): (Missing, Act),
        cancel: &Cancel,
    ) -> Result<TriedRemote> {
        let place = provider(kind)?.location(values);
        let failed = |error: storage::Error| messages::reaching(&error, act, Path::new(&place));
        let store = self.reach_out(kind, values, missing, (Policy::PERSON, act), cancel).await?;
        let found = Marker::find(&*store, cancel).await.map_err(failed)?;
        let holds = match &found {
            Some(_) => Holds::Keepstead,
            None if is_repository(&*store, cancel).await.map_err(failed)? => Holds::Repository,
            None => Holds::Nothing,
        };
        let mut id = [0; 8];
        self.ambient.random.fill(&mut id);
        let key = Key::new(format!("keepstead-trial-{}", hex::encode(id)));
        let key = key.map_err(|_| messages::fault())?;
        let mut noise = vec![0; TRIAL];
        self.ambient.random.fill(&mut noise);
        let body = Body::from(noise.clone());
        let begun = Instant::now();
        let written = store.put(&key, body, PutMode::CreateNew, cancel).await;
        let took = begun.elapsed();
        let read = match written {
            Ok(()) => store.read(&key, ByteRange::Whole, TRIAL as u64 + 1, cancel).await,
            Err(error) => Err(error),
        };
        // Of a write that failed it is not known what is there.
        let begun = Instant::now();
        let removed = store.delete_one(&key, &Cancel::new()).await;
        let latency = millis(begun);
        let read = read.map_err(failed)?;
        if *read != *noise {
            let damaged = storage::Error::new(storage::ErrorKind::Damaged, "get");
            return Err(failed(damaged.at(key.as_str())));
        }
        removed.map_err(failed)?;
        let capacity = store.capacity(cancel).await.ok().flatten();
        let speed = TRIAL as f64 / took.as_secs_f64().max(1e-6);
        Ok(TriedRemote {
            place,
            latency_ms: latency,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a speed for people"
            )]
            bytes_per_second: speed as u64,
            free: capacity.and_then(|capacity| capacity.free),
            total: capacity.and_then(|capacity| capacity.total),
            holds,
            marker: found.map(|marker| marker.id),
        })
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
        let provider = provider(&order.kind)?;
        let values = self.resolved_before(order, field).await?;
        let context = self.context(Policy::PERSON);
        let found = provider.choices(&values, field, below, &context, cancel).await;
        let found = found.map_err(|error| reaching(provider, &values, Act::List, &error))?;
        let choice =
            |choice: providers::Choice| FieldChoice { value: choice.value, label: choice.label };
        Ok(found.into_iter().map(choice).collect())
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
        let provider = provider(&order.kind)?;
        // The folder is what is about to be chosen.
        let values = self.resolved_before(order, "folder").await?;
        let context = self.context(Policy::PERSON);
        let made = provider.make_folder(&values, folder, &context, cancel).await;
        made.map_err(|error| reaching(provider, &values, Act::AddDestination, &error))
    }

    /// Opens the repository's folder of a destination.
    pub(super) async fn open_remote(
        &self,
        row: &Destination,
        remote: &Remote,
        cancel: &Cancel,
    ) -> Result<Arc<dyn Store>> {
        let values = self.remote_values(row, remote).await?;
        let patience = (Policy::RUN, Act::Open);
        let store = self.reach_out(&remote.kind, &values, Missing::Fail, patience, cancel).await?;
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

/// The milliseconds since.
fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
