//! A folder on a disk, or of a share that the system has mounted.
//!
//! Each object is one file, readable by its owner only; each component of its
//! key but the last is a folder. A file being written has a name of its own,
//! `.keepstead-<16 hexadecimal digits>.tmp`, in the folder of its object until
//! it is complete; keys with such a component are refused.
//!
//! Invariants: no path is followed out of the folder, not even by a symbolic
//! link that somebody put there; a folder that is missing is never made
//! silently, because it may be the mount point of a disk that is not there.
//!
//! Deliberately absent: removing folders that have become empty (it would race
//! with a writer), and names that a system refuses (it says so itself). An
//! object cannot have the name of a folder, so `a` and `a/b` exclude each other.

mod direct;
mod errors;
#[cfg(not(unix))]
mod fallback;
mod gate;
mod place;
mod platform;
mod read;
#[cfg(unix)]
mod unix;
mod write;

use self::{
    errors::from_io,
    gate::{Gate, blocking},
    place::{Place, is_object, is_temp},
    platform::{Folder, Moved},
    read::{Reading, Walk},
    write::Pending,
};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{
    future::join_all,
    stream::{self, StreamExt},
};
use model::Random;
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};
use storage::{
    Body, ByteRange, ByteStream, Cancel, Capabilities, Capacity, Entry, EntryStream, Error,
    ErrorKind, Key, Overwrite, Prefix, PutMode, Result, Store, together, unless_cancelled,
};

/// How many bytes, and how many pieces, of a body that is not in memory are
/// gathered before they are written.
const GATHER: (usize, usize) = (4 << 20, 256);
/// How many operations serve a disk best.
const CONCURRENCY: usize = 4;
/// So many entries are handed on together, and those of their last folder: to
/// read a folder of a few packs takes less time than to wake somebody up.
const LISTED: usize = 64;

/// A store in a folder. Clones share it.
///
/// Reading a range that ends past the object fails with
/// [`ErrorKind::Damaged`] and [`Retry::Never`](storage::Retry::Never): whoever
/// asks knows how long the object was, and the file will not grow.
#[derive(Clone, Debug)]
pub struct LocalStore {
    place: Arc<Place>,
    capabilities: Capabilities,
}

impl LocalStore {
    /// Opens the store in a folder. `random` names the temporary files.
    ///
    /// The folder is known by its file system and inode from now on: should
    /// another one stand in its place later, such as the empty mount point of
    /// a disk that was pulled, every operation fails with
    /// [`ErrorKind::NotMounted`].
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when the folder is not there, or what the
    /// system says.
    pub async fn open(folder: impl Into<PathBuf>, random: Arc<dyn Random>) -> Result<Self> {
        let folder = folder.into();
        let open = move |_: &Gate| open(&folder, random);
        blocking("open", &Cancel::new(), open).await
    }

    /// As [`open`](LocalStore::open), and makes the folder when it is missing.
    /// The folder it lies in must be there.
    ///
    /// # Errors
    /// As [`open`](LocalStore::open).
    pub async fn create(folder: impl Into<PathBuf>, random: Arc<dyn Random>) -> Result<Self> {
        let folder = folder.into();
        let create = move |_: &Gate| {
            match Folder::make(&folder) {
                Ok(()) => {
                    let parent = folder.parent().filter(|path| *path != Path::new(""));
                    Folder::open(parent.unwrap_or(Path::new(".")))
                        .and_then(|parent| parent.sync())
                        .map_err(|error| from_io(error, "create", ""))?;
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(from_io(error, "create", "")),
            }
            open(&folder, random)
        };
        blocking("create", &Cancel::new(), create).await
    }

    /// The folder, with all symbolic links resolved.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.place.path
    }

    /// Removes files that were being written before `moment` and never became
    /// objects; how many. Whoever wrote them may still be at work, on this
    /// machine or another, so `moment` should lie a day or more in the past.
    ///
    /// # Errors
    /// As [`Store::list`]; what was removed until then stays removed.
    pub async fn sweep(&self, moment: SystemTime, cancel: &Cancel) -> Result<u64> {
        let mut removed = 0;
        let mut walk = Walk::below(&Prefix::everything(), "sweep");
        while !walk.is_done() {
            let place = Arc::clone(&self.place);
            let (rest, count) = blocking("sweep", cancel, move |gate| {
                let count = walk.sweep(&place, gate, moment)?;
                Ok((walk, count))
            })
            .await?;
            walk = rest;
            removed += count;
        }
        Ok(removed)
    }
}

fn open(folder: &Path, random: Arc<dyn Random>) -> Result<LocalStore> {
    let fail = |error| from_io(error, "open", "");
    let path = std::fs::canonicalize(folder).map_err(fail)?;
    let inspected = Folder::open(&path).and_then(|root| root.inspect()).map_err(fail)?;
    let capabilities = Capabilities {
        atomic_create: true,
        atomic_replace: true,
        rename: true,
        server_copy: true,
        // Elsewhere a folder cannot be synced.
        durable: cfg!(unix),
        case_sensitive: inspected.case_sensitive,
        lists_at_once: inspected.on_this_machine,
        concurrency: CONCURRENCY,
        pack_size: 16 << 20,
        delete_batch: 1000,
        ..Capabilities::minimal()
    };
    Ok(LocalStore { place: Arc::new(Place::new(path, inspected.identity, random)), capabilities })
}

fn not_found(key: &Key, operation: &'static str) -> Error {
    Error::new(ErrorKind::NotFound, operation).at(key.as_str())
}

/// Where in `keys` those of each folder stand.
fn by_folder(keys: &[Key]) -> BTreeMap<Option<&str>, Vec<usize>> {
    let mut folders: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, key) in keys.iter().enumerate() {
        folders.entry(key.split().0).or_default().push(at);
    }
    folders
}

/// Deletes objects, folder by folder, so that each folder is synced once.
fn delete(place: &Place, keys: &[Key], gate: &Gate) -> Result<Vec<Result<()>>> {
    let mut results: Vec<Result<()>> = keys.iter().map(|_| Ok(())).collect();
    for (path, at) in by_folder(keys) {
        let folder = match place.folder(path, "delete") {
            Ok(Some(folder)) => folder,
            Ok(None) => continue,
            Err(error) if error.kind() == ErrorKind::NotMounted => return Err(error),
            Err(error) => {
                let kind = error.kind();
                results[at[0]] = Err(error);
                for &at in &at[1..] {
                    results[at] = Err(Error::new(kind, "delete").at(keys[at].as_str()));
                }
                continue;
            }
        };
        let mut removed = Vec::new();
        for at in at {
            if gate.is_shut() {
                return Err(Error::cancelled("delete"));
            }
            let name = keys[at].split().1;
            if is_temp(name.as_ref()) {
                continue;
            }
            match folder.remove(name) {
                Ok(true) => removed.push(at),
                Ok(false) => {}
                Err(error) => results[at] = Err(from_io(error, "delete", keys[at].as_str())),
            }
        }
        if removed.is_empty() {
            continue;
        }
        if let Err(error) = folder.sync() {
            let kind = error.kind();
            for at in removed {
                results[at] = Err(from_io(kind.into(), "delete", keys[at].as_str()));
            }
        }
    }
    Ok(results)
}

fn rename(place: &Place, from: &Key, to: &Key, overwrite: Overwrite, gate: &Gate) -> Result<()> {
    let fail = |error| from_io(error, "rename", from.as_str());
    let Some((old, name)) = place.find(from, "rename")? else {
        return Err(not_found(from, "rename"));
    };
    let found = old.look(name).map_err(fail)?.ok_or_else(|| not_found(from, "rename"))?;
    if !is_object(&found, from.as_str(), "rename")? {
        return Err(not_found(from, "rename"));
    }
    if from == to {
        return match overwrite {
            Overwrite::Allow => Ok(()),
            Overwrite::Refuse => {
                Err(Error::new(ErrorKind::AlreadyExists, "rename").at(to.as_str()))
            }
        };
    }
    let (new, new_name) = place.find_or_make(to, "rename")?;
    gate.pass("rename")?;
    let fail = |error| from_io(error, "rename", to.as_str());
    match overwrite {
        Overwrite::Allow => old.replace(name, &new, new_name).map_err(fail)?,
        Overwrite::Refuse => {
            if old.publish(name, &new, new_name).map_err(fail)? == Moved::Linked {
                old.remove(name).map_err(fail)?;
            }
        }
    }
    // The new name first: between the two a power cut leaves both, not none.
    new.sync().and_then(|()| old.sync()).map_err(fail)
}

fn copy(place: &Place, from: &Key, to: &Key, overwrite: Overwrite, gate: &Gate) -> Result<()> {
    let Some((source, length)) = place.object(from, "copy")? else {
        return Err(not_found(from, "copy"));
    };
    let mut pending = Pending::begin(place, "copy", to, overwrite)?;
    pending.copy(&source, length, gate)?;
    pending.publish(place, length, overwrite, gate)
}

#[async_trait]
impl Store for LocalStore {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn location(&self) -> String {
        self.place.path.display().to_string()
    }

    async fn put(&self, key: &Key, body: Body, mode: PutMode, cancel: &Cancel) -> Result<()> {
        let overwrite = match mode {
            PutMode::CreateNew => Overwrite::Refuse,
            PutMode::Replace => Overwrite::Allow,
        };
        let (place, key, length) = (Arc::clone(&self.place), key.clone(), body.length());
        let begin = move |place: &Place| Pending::begin(place, "put", &key, overwrite);
        if body.chunks().is_some() {
            return blocking("put", cancel, move |gate| {
                let mut pending = begin(&place)?;
                pending.write(body.chunks().unwrap_or_default(), gate)?;
                pending.publish(&place, length, overwrite, gate)
            })
            .await;
        }
        let there = Arc::clone(&place);
        let mut pending = blocking("put", cancel, move |_| begin(&there)).await?;
        let mut stream = body.stream();
        let mut gathered: Vec<Bytes> = Vec::new();
        loop {
            let next = unless_cancelled(cancel, "put", stream.next()).await?.transpose()?;
            let last = next.is_none();
            gathered.extend(next);
            let bytes: usize = gathered.iter().map(Bytes::len).sum();
            if last || bytes >= GATHER.0 || gathered.len() >= GATHER.1 {
                let pieces = std::mem::take(&mut gathered);
                pending = blocking("put", cancel, move |gate| {
                    pending.write(&pieces, gate)?;
                    Ok(pending)
                })
                .await?;
            }
            if last {
                break;
            }
        }
        blocking("put", cancel, move |gate| pending.publish(&place, length, overwrite, gate)).await
    }

    async fn get(&self, key: &Key, range: ByteRange, cancel: &Cancel) -> Result<ByteStream> {
        let (place, key) = (Arc::clone(&self.place), key.clone());
        // What fits in one piece is read on the same trip to the blocking thread.
        let (first, reading) = blocking("get", cancel, move |_| {
            let mut reading = Reading::open(&place, &key, range)?;
            let first = if reading.is_done() { None } else { Some(reading.next()?) };
            Ok((first, reading))
        })
        .await?;
        let first = stream::iter(first.map(Ok));
        if reading.is_done() {
            return Ok(first.boxed());
        }
        let cancel = cancel.clone();
        let rest = stream::unfold(Some(reading), move |reading| {
            let cancel = cancel.clone();
            async move {
                let mut reading = reading.filter(|reading| !reading.is_done())?;
                let next = blocking("get", &cancel, move |_| {
                    let piece = reading.next()?;
                    Ok((piece, reading))
                });
                Some(match next.await {
                    Ok((piece, reading)) => (Ok(piece), Some(reading)),
                    Err(error) => (Err(error), None),
                })
            }
        });
        Ok(first.chain(rest).boxed())
    }

    async fn read(
        &self,
        key: &Key,
        range: ByteRange,
        limit: u64,
        cancel: &Cancel,
    ) -> Result<Bytes> {
        let (place, wanted) = (Arc::clone(&self.place), key.clone());
        let all =
            blocking("get", cancel, move |_| Reading::open(&place, &wanted, range)?.all(limit));
        match all.await? {
            Some(bytes) => Ok(bytes),
            None => together(self.get(key, range, cancel).await?, key, range, limit).await,
        }
    }

    async fn stat(&self, key: &Key, cancel: &Cancel) -> Result<Option<Entry>> {
        let (place, key) = (Arc::clone(&self.place), key.clone());
        blocking("stat", cancel, move |_| {
            let Some((folder, name)) = place.find(&key, "stat")? else { return Ok(None) };
            let found = folder.look(name).map_err(|error| from_io(error, "stat", key.as_str()))?;
            match found {
                Some(found) if is_object(&found, key.as_str(), "stat")? => {
                    Ok(Some(Entry { key, length: found.length, hash: None }))
                }
                _ => Ok(None),
            }
        })
        .await
    }

    fn list<'a>(&'a self, prefix: &Prefix, cancel: &Cancel) -> EntryStream<'a> {
        let cancel = cancel.clone();
        let walk = Walk::below(prefix, "list");
        let folders = stream::unfold(Some(walk), move |walk| {
            let (place, cancel) = (Arc::clone(&self.place), cancel.clone());
            async move {
                let mut walk = walk.filter(|walk| !walk.is_done())?;
                let next = blocking("list", &cancel, move |gate| {
                    let mut entries = Vec::new();
                    while !walk.is_done() && entries.len() < LISTED {
                        entries.extend(walk.entries(&place, gate)?);
                    }
                    Ok((entries, walk))
                });
                Some(match next.await {
                    Ok((entries, walk)) => {
                        (entries.into_iter().map(Ok).collect::<Vec<_>>(), Some(walk))
                    }
                    Err(error) => (vec![Err(error)], None),
                })
            }
        });
        folders.map(stream::iter).flatten().boxed()
    }

    async fn delete(&self, keys: &[Key], cancel: &Cancel) -> Vec<Result<()>> {
        // Several folders at once take less time than one after another.
        let mut parts = vec![Vec::new(); CONCURRENCY];
        for (number, at) in by_folder(keys).into_values().enumerate() {
            parts[number % CONCURRENCY].extend(at);
        }
        let deleting = parts.into_iter().filter(|part| !part.is_empty()).map(|part| async {
            let place = Arc::clone(&self.place);
            let some: Vec<Key> = part.iter().map(|at| keys[*at].clone()).collect();
            let deleted = blocking("delete", cancel, move |gate| delete(&place, &some, gate)).await;
            let results = deleted.unwrap_or_else(|error| {
                let of = |at: &usize| Error::new(error.kind(), "delete").at(keys[*at].as_str());
                part.iter().map(|at| Err(of(at).retry_advice(error.retry()))).collect()
            });
            part.into_iter().zip(results).collect::<Vec<_>>()
        });
        let mut results: Vec<_> = join_all(deleting).await.into_iter().flatten().collect();
        results.sort_unstable_by_key(|(at, _)| *at);
        results.into_iter().map(|(_, result)| result).collect()
    }

    async fn rename(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        let (place, from, to) = (Arc::clone(&self.place), from.clone(), to.clone());
        blocking("rename", cancel, move |gate| rename(&place, &from, &to, overwrite, gate)).await
    }

    async fn copy(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        let (place, from, to) = (Arc::clone(&self.place), from.clone(), to.clone());
        blocking("copy", cancel, move |gate| copy(&place, &from, &to, overwrite, gate)).await
    }

    async fn capacity(&self, cancel: &Cancel) -> Result<Option<Capacity>> {
        let place = Arc::clone(&self.place);
        blocking("capacity", cancel, move |_| {
            let room = place.root("capacity")?.capacity();
            room.map(Some).map_err(|error| from_io(error, "capacity", ""))
        })
        .await
    }
}
