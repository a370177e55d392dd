//! Destinations as they are described: what can be done with one before it is
//! one, and before anything is set up here.

use super::{
    adopt::is_repository,
    remote::{FieldChoice, RemoteOrder, WrongField},
};
use crate::{
    Ambient, Cancel, Error, Remedy, Result,
    marker::Marker,
    messages::{self, Act},
    places::{Holds, TriedPlace},
    vault::PathText,
};
use providers::{Context, Missing, Provider, Secret, Values, Wrong};
use serde::Serialize;
use std::{path::Path, sync::Arc, time::Instant};
use storage::{Body, ByteRange, Key, PutMode, RetryStore, Store, StoreExt, retry::Policy};
use store::Destination;

/// How much is written to try a destination, in bytes.
const TRIAL: usize = 1 << 20;

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
    pub(super) marker: Option<String>,
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

/// The provider of a kind.
///
/// # Errors
/// [`crate::Code::BadSettings`] when there is none.
pub(super) fn provider(kind: &str) -> Result<&'static dyn Provider> {
    providers::find(kind).ok_or_else(|| messages::no_such_kind(kind))
}

impl RemoteOrder {
    pub(super) fn said(&self) -> Values {
        let secret = |(key, text): (&String, &String)| (key.clone(), Secret::new(text.clone()));
        Values { plain: self.values.clone(), secret: self.secrets.iter().map(secret).collect() }
    }

    /// What the provider takes of `said`: of all fields that are asked before
    /// `until`, or of all.
    pub(super) fn resolve(
        &self,
        said: &Values,
        until: Option<&str>,
    ) -> Result<std::result::Result<Values, Vec<Wrong>>> {
        let (provider, preset) = (provider(&self.kind)?, self.preset.as_deref());
        Ok(match until {
            None => providers::resolve(provider, preset, said),
            Some(field) => providers::resolve_before(provider, preset, said, field),
        })
    }

    /// What it is to be called, where that was said.
    pub(crate) fn given_name(&self) -> Option<&str> {
        self.name.as_deref().map(str::trim).filter(|name| !name.is_empty())
    }

    /// Where nothing is set up, it is said of no destination.
    fn is_of_none(&self) -> Result<()> {
        self.of.as_ref().map_or(Ok(()), |of| Err(messages::no_destination(of)))
    }

    /// What of it was said wrongly, or not at all, where nothing is set up.
    pub(crate) fn wrong(&self) -> Result<Vec<WrongField>> {
        self.is_of_none()?;
        let wrong = self.resolve(&self.said(), None)?.err().unwrap_or_default();
        Ok(wrong.into_iter().map(WrongField::from).collect())
    }
}

impl From<Wrong> for WrongField {
    fn from(wrong: Wrong) -> Self {
        Self { field: wrong.field, label: wrong.label, message: wrong.message }
    }
}

/// A place, with everything that its provider takes.
#[derive(Clone)]
pub(crate) struct Described {
    provider: &'static dyn Provider,
    values: Values,
}

impl Described {
    pub(super) fn new(kind: &str, values: Values) -> Result<Self> {
        Ok(Self { provider: provider(kind)?, values })
    }

    /// What was ordered where nothing is set up: all of it, or what is asked
    /// before the field `until`.
    ///
    /// # Errors
    /// What was said wrongly.
    pub(crate) fn of(order: &RemoteOrder, until: Option<&str>) -> Result<Self> {
        order.is_of_none()?;
        let values = order.resolve(&order.said(), until)?;
        Self::new(&order.kind, values.map_err(|wrong| messages::wrong_settings(&wrong))?)
    }

    /// What may be shown of it, by field.
    pub(super) fn values(&self) -> &Values {
        &self.values
    }

    /// Where it is, in words.
    pub(crate) fn place(&self) -> String {
        self.provider.location(&self.values)
    }

    /// The repository in it as restic names it, or else where it is.
    pub(crate) fn repository(&self, vault: &str) -> String {
        let named = self.provider.restic(&self.values, vault);
        named.map_or_else(|| self.place(), |named| named.trim_end_matches('/').to_owned())
    }

    /// Whether another is the same place, as far as that can be seen.
    pub(crate) fn is_same_place(&self, other: &Self) -> bool {
        let kind = |of: &Self| of.provider.descriptor().id;
        kind(self) == kind(other) && self.values.plain == other.values.plain
    }

    /// Nobody believes a server, or a region, but a person: what one showed is
    /// handed out with the setting that would take it.
    fn reaching(&self, act: Act, error: &storage::Error) -> Error {
        let said = messages::reaching(error, act, Path::new(&self.place()));
        let fields = self.provider.descriptor().fields;
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

    /// Opens its folder, and tries again what fails for a while.
    pub(super) async fn open(
        &self,
        missing: Missing,
        (patience, act): (Policy, Act),
        ambient: &Ambient,
        cancel: &Cancel,
    ) -> Result<Arc<dyn Store>> {
        let context = context(ambient, patience);
        let opened = self.provider.open(&self.values, missing, &context, cancel).await;
        let store = opened.map_err(|error| self.reaching(act, &error))?;
        Ok(Arc::new(RetryStore::new(store, patience, Arc::clone(&ambient.random))))
    }

    /// Writes to it, reads that back, and leaves nothing there.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(crate) async fn attempt(
        &self,
        (missing, act): (Missing, Act),
        ambient: &Ambient,
        cancel: &Cancel,
    ) -> Result<TriedRemote> {
        let place = self.place();
        let failed = |error: storage::Error| messages::reaching(&error, act, Path::new(&place));
        let store = self.open(missing, (Policy::PERSON, act), ambient, cancel).await?;
        let found = Marker::find(&*store, cancel).await.map_err(failed)?;
        let holds = match &found {
            Some(_) => Holds::Keepstead,
            None if is_repository(&*store, cancel).await.map_err(failed)? => Holds::Repository,
            None => Holds::Nothing,
        };
        let mut id = [0; 8];
        ambient.random.fill(&mut id);
        let key = Key::new(format!("keepstead-trial-{}", hex::encode(id)));
        let key = key.map_err(|_| messages::fault())?;
        let mut noise = vec![0; TRIAL];
        ambient.random.fill(&mut noise);
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

    /// What a field can hold, as the place says; for a folder, those right
    /// below `below`.
    ///
    /// # Errors
    /// Why it cannot be asked.
    pub(crate) async fn choices(
        &self,
        field: &str,
        below: &str,
        ambient: &Ambient,
        cancel: &Cancel,
    ) -> Result<Vec<FieldChoice>> {
        let context = context(ambient, Policy::PERSON);
        let found = self.provider.choices(&self.values, field, below, &context, cancel).await;
        let found = found.map_err(|error| self.reaching(Act::List, &error))?;
        let choice =
            |choice: providers::Choice| FieldChoice { value: choice.value, label: choice.label };
        Ok(found.into_iter().map(choice).collect())
    }

    /// Makes a folder in it.
    ///
    /// # Errors
    /// Why it cannot be made.
    pub(crate) async fn make_folder(
        &self,
        folder: &str,
        ambient: &Ambient,
        cancel: &Cancel,
    ) -> Result<()> {
        let context = context(ambient, Policy::PERSON);
        let made = self.provider.make_folder(&self.values, folder, &context, cancel).await;
        made.map_err(|error| self.reaching(Act::AddDestination, &error))
    }
}

fn context(ambient: &Ambient, patience: Policy) -> Context {
    let (random, clock) = (Arc::clone(&ambient.random), Arc::clone(&ambient.clock));
    Context { random, clock, patience }
}

/// The milliseconds since.
pub(super) fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
