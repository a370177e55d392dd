//! A store in memory: for tests, and as the model other stores are compared
//! with. It keeps every guarantee of the contract and dies with the process.

use crate::{
    Body, ByteRange, ByteStream, Cancel, Capabilities, Capacity, Entry, EntryStream, Error,
    ErrorKind, Key, Overwrite, Prefix, PutMode, Result, Retry, Store, unless_cancelled,
};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, StreamExt};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The bytes a read yields at once. Small enough that callers meet objects of
/// several pieces in tests too.
const PIECE: u64 = 1 << 20;

/// Objects in memory. A clone is a second view of the same objects.
///
/// Reads larger than 1 MiB arrive in several pieces, without being copied.
#[derive(Clone, Default)]
pub struct MemoryStore {
    objects: Arc<Mutex<BTreeMap<Key, Bytes>>>,
    pack_size: Option<u64>,
    lists_late: bool,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A store that starts with `objects`, for example those of an earlier
    /// [`snapshot`](MemoryStore::snapshot).
    #[must_use]
    pub fn from_snapshot(objects: BTreeMap<Key, Bytes>) -> Self {
        Self { objects: Arc::new(Mutex::new(objects)), ..Self::default() }
    }

    /// The same store, asking for packs of `bytes`: small ones make many of few
    /// files.
    #[must_use]
    pub fn with_pack_size(mut self, bytes: u64) -> Self {
        self.pack_size = Some(bytes);
        self
    }

    /// The same store, promising less: see [`Capabilities::lists_at_once`].
    #[must_use]
    pub fn listing_late(mut self) -> Self {
        self.lists_late = true;
        self
    }

    /// All objects as they are now. The bytes are shared, not copied.
    #[must_use]
    pub fn snapshot(&self) -> BTreeMap<Key, Bytes> {
        self.lock().clone()
    }

    /// The names of all objects, sorted.
    #[must_use]
    pub fn objects(&self) -> Vec<Key> {
        self.lock().keys().cloned().collect()
    }

    /// Puts bytes behind the contract's back, as a damaged disk would.
    pub fn insert(&self, key: Key, bytes: impl Into<Bytes>) {
        self.lock().insert(key, bytes.into());
    }

    /// Changes the stored bytes of an object; `false` when it is not there.
    pub fn tamper(&self, key: &Key, change: impl FnOnce(&mut Vec<u8>)) -> bool {
        let mut objects = self.lock();
        let Some(stored) = objects.get_mut(key) else { return false };
        let mut bytes = stored.to_vec();
        change(&mut bytes);
        *stored = bytes.into();
        true
    }

    /// Loses an object; its bytes, when it was there.
    pub fn remove(&self, key: &Key) -> Option<Bytes> {
        self.lock().remove(key)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Key, Bytes>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn move_or_copy(
        &self,
        operation: &'static str,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        stop(cancel, operation)?;
        let mut objects = self.lock();
        let Some(bytes) = objects.get(from).cloned() else {
            return Err(Error::new(ErrorKind::NotFound, operation).at(from.as_str()));
        };
        if overwrite == Overwrite::Refuse && objects.contains_key(to) {
            return Err(Error::new(ErrorKind::AlreadyExists, operation).at(to.as_str()));
        }
        if operation == "rename" {
            objects.remove(from);
        }
        objects.insert(to.clone(), bytes);
        Ok(())
    }
}

impl fmt::Debug for MemoryStore {
    /// Names and lengths only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.lock().iter().map(|(key, bytes)| (key, bytes.len()))).finish()
    }
}

fn stop(cancel: &Cancel, operation: &'static str) -> Result<()> {
    if cancel.is_cancelled() { Err(Error::cancelled(operation)) } else { Ok(()) }
}

/// The items of `all`, with an error as the last one when the token fires.
fn until_cancelled<T>(
    mut all: impl Iterator<Item = T>,
    cancel: Cancel,
    operation: &'static str,
) -> impl Iterator<Item = Result<T>> {
    let mut ended = false;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let next = stop(&cancel, operation).map(|()| all.next());
        ended = !matches!(next, Ok(Some(_)));
        next.transpose()
    })
}

fn entry(key: &Key, bytes: &Bytes) -> Entry {
    Entry { key: key.clone(), length: bytes.len() as u64, hash: None }
}

async fn collect(body: &Body) -> Result<Bytes> {
    if let Some([only]) = body.chunks() {
        return Ok(only.clone());
    }
    let mut all = BytesMut::new();
    let mut stream = body.stream();
    while let Some(piece) = stream.next().await {
        all.extend_from_slice(&piece?);
    }
    Ok(all.freeze())
}

/// The part of `bytes` that `range` names, or `None` when not all of it exists.
fn part(bytes: &Bytes, range: ByteRange) -> Option<Bytes> {
    let length = bytes.len() as u64;
    let (from, to) = match range {
        ByteRange::Whole => (0, length),
        ByteRange::Exact { offset, length } => (offset, offset.checked_add(length)?),
        ByteRange::Last(count) => (length.saturating_sub(count), length),
    };
    // Both ends lie within the object, so they fit in a usize.
    (to <= length).then(|| bytes.slice(from as usize..to as usize))
}

#[async_trait]
impl Store for MemoryStore {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            atomic_create: true,
            atomic_replace: true,
            rename: true,
            server_copy: true,
            lists_at_once: !self.lists_late,
            concurrency: 4,
            delete_batch: 1000,
            pack_size: self.pack_size.unwrap_or(Capabilities::minimal().pack_size),
            ..Capabilities::minimal()
        }
    }

    fn location(&self) -> String {
        "memory".into()
    }

    async fn put(&self, key: &Key, body: Body, mode: PutMode, cancel: &Cancel) -> Result<()> {
        let bytes = unless_cancelled(cancel, "put", collect(&body)).await??;
        let mut objects = self.lock();
        if mode == PutMode::CreateNew && objects.contains_key(key) {
            return Err(Error::new(ErrorKind::AlreadyExists, "put").at(key.as_str()));
        }
        objects.insert(key.clone(), bytes);
        Ok(())
    }

    async fn get(&self, key: &Key, range: ByteRange, cancel: &Cancel) -> Result<ByteStream> {
        stop(cancel, "get")?;
        let Some(bytes) = self.lock().get(key).cloned() else {
            return Err(Error::new(ErrorKind::NotFound, "get").at(key.as_str()));
        };
        let Some(bytes) = part(&bytes, range) else {
            return Err(Error::new(ErrorKind::Damaged, "get")
                .at(key.as_str())
                .retry_advice(Retry::Never)
                .because("the object is shorter than the range"));
        };
        let pieces = (0..(bytes.len() as u64).div_ceil(PIECE)).map(move |at| {
            let from = (at * PIECE) as usize;
            bytes.slice(from..bytes.len().min(from + PIECE as usize))
        });
        Ok(stream::iter(until_cancelled(pieces, cancel.clone(), "get")).boxed())
    }

    async fn stat(&self, key: &Key, cancel: &Cancel) -> Result<Option<Entry>> {
        stop(cancel, "stat")?;
        Ok(self.lock().get(key).map(|bytes| entry(key, bytes)))
    }

    fn list<'a>(&'a self, prefix: &Prefix, cancel: &Cancel) -> EntryStream<'a> {
        let found: Vec<Entry> = self
            .lock()
            .iter()
            .filter(|(key, _)| prefix.contains(key))
            .map(|(key, bytes)| entry(key, bytes))
            .collect();
        stream::iter(until_cancelled(found.into_iter(), cancel.clone(), "list")).boxed()
    }

    async fn delete(&self, keys: &[Key], cancel: &Cancel) -> Vec<Result<()>> {
        keys.iter()
            .map(|key| {
                stop(cancel, "delete")?;
                self.lock().remove(key);
                Ok(())
            })
            .collect()
    }

    async fn rename(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        self.move_or_copy("rename", from, to, overwrite, cancel)
    }

    async fn copy(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        self.move_or_copy("copy", from, to, overwrite, cancel)
    }

    async fn capacity(&self, cancel: &Cancel) -> Result<Option<Capacity>> {
        stop(cancel, "capacity")?;
        Ok(None)
    }
}
