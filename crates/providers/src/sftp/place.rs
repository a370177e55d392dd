//! The folder of a store, and how a key leads to a path in it.
//!
//! Invariants: every path is the store's folder, a `/` and a key. Before a path
//! is used, each folder on it was seen to be a folder and no link, and is
//! remembered as such for as long as the connection lasts. The store's own
//! folder is never made here: it may be the mount point of a disk that is not
//! there.
//!
//! What is not guaranteed: version 3 of the protocol has no way to open
//! something without following links. Whoever can write to the server's folder
//! and puts a link in place of a folder just after it was looked at can lead a
//! request out of it.

use super::{
    abilities::Abilities,
    errors::{Fault, foreign},
    link::Link,
    session::Session,
    wire::{self, What, flags},
};
use crate::Context;
use std::{
    collections::{BTreeSet, HashSet},
    fmt::Write,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};
use storage::{Error, ErrorKind, Result};

/// Starts and ends the names of files that are not objects yet.
const TEMP: (&str, &str) = (".keepstead-", ".tmp");
/// A write is out of room when less than this is left.
const FULL: u64 = 1 << 20;
/// So often it is tried to make a folder that somebody else makes or removes.
const ATTEMPTS: usize = 3;

/// Whether a name is one this store gives to files that are being written.
pub(super) fn is_temp(name: &str) -> bool {
    name.starts_with(TEMP.0) && name.ends_with(TEMP.1)
}

/// A name for a file that is being written.
pub(super) fn temp_name(context: &Context) -> String {
    let mut bytes = [0; 8];
    context.random.fill(&mut bytes);
    let mut name = String::from(TEMP.0);
    for byte in bytes {
        // Writing into a string cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name + TEMP.1
}

/// The path of `name` in a folder of the server.
pub(super) fn join(folder: &str, name: &str) -> String {
    match folder.strip_suffix('/') {
        Some(root) => format!("{root}/{name}"),
        None => format!("{folder}/{name}"),
    }
}

/// The folder of a store.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) link: Link,
    pub(super) context: Context,
    pub(super) abilities: Abilities,
    /// Absolute, with all links resolved.
    root: String,
    /// Folders that were seen over the session they belong to.
    seen: Mutex<(Weak<Session>, HashSet<String>)>,
    /// Folders in which what was left unfinished was looked for.
    swept: Mutex<HashSet<String>>,
    /// What could not be removed because the connection was lost.
    orphans: Mutex<Vec<String>>,
    /// Of two that make the same folder one would fail.
    making: tokio::sync::Mutex<()>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Place {
    pub(super) fn new(link: Link, context: Context, abilities: Abilities, root: String) -> Self {
        Self {
            link,
            context,
            abilities,
            root,
            seen: Mutex::new((Weak::new(), HashSet::new())),
            swept: Mutex::new(HashSet::new()),
            orphans: Mutex::new(Vec::new()),
            making: tokio::sync::Mutex::new(()),
        }
    }

    pub(super) fn root(&self) -> &str {
        &self.root
    }

    /// The path of a key, or of the store's folder.
    pub(super) fn path(&self, key: Option<&str>) -> String {
        key.map_or_else(|| self.root.clone(), |key| join(&self.root, key))
    }

    /// A session, with what an earlier one could not do done.
    pub(super) async fn session(&self, operation: &'static str) -> Result<Arc<Session>> {
        let session = self.link.session().await.map_err(|lost| lost.into_error(operation))?;
        for path in std::mem::take(&mut *locked(&self.orphans)) {
            session.tell(wire::remove(&path));
        }
        Ok(session)
    }

    /// Remembers a temporary file that could not be removed.
    pub(super) fn remember(&self, orphan: String) {
        locked(&self.orphans).push(orphan);
    }

    /// Whether nobody has looked for leftovers in a folder yet.
    pub(super) fn is_unswept(&self, folder: Option<&str>) -> bool {
        locked(&self.swept).insert(folder.unwrap_or_default().to_owned())
    }

    fn has_seen(&self, session: &Arc<Session>, path: &str) -> bool {
        let seen = locked(&self.seen);
        std::ptr::eq(seen.0.as_ptr(), Arc::as_ptr(session)) && seen.1.contains(path)
    }

    fn see(&self, session: &Arc<Session>, path: &str) {
        let mut seen = locked(&self.seen);
        if !std::ptr::eq(seen.0.as_ptr(), Arc::as_ptr(session)) {
            *seen = (Arc::downgrade(session), HashSet::new());
        }
        seen.1.insert(path.to_owned());
    }

    /// Looks at every folder again when it is needed next.
    pub(super) fn forget(&self) {
        locked(&self.seen).1.clear();
    }

    /// Whether there is a folder at `path`, below no link.
    pub(super) async fn has_folder(
        &self,
        session: &Arc<Session>,
        path: Option<&str>,
        operation: &'static str,
    ) -> Result<bool> {
        let Some(path) = path else { return Ok(true) };
        if path.split('/').any(is_temp) {
            return Ok(false);
        }
        let fail = |fault: Fault, at: &str| fault.into_error(operation, at);
        let mut looking = Vec::new();
        for part in ancestors(path).filter(|part| !self.has_seen(session, part)) {
            let request = wire::lstat(&self.path(Some(part)));
            looking.push((part, session.ask(request).await.map_err(|it| fail(it, part))?));
        }
        for (part, look) in looking {
            match look.attributes().await {
                Ok(found) => match found.what() {
                    What::Folder | What::Unknown => self.see(session, part),
                    What::File => return Ok(false),
                    What::Other => return Err(foreign(operation, part)),
                },
                Err(fault) if fault.is_missing() => {
                    self.ensure_root(session, operation).await?;
                    return Ok(false);
                }
                Err(fault) => return Err(fail(fault, part)),
            }
        }
        Ok(true)
    }

    /// Makes sure that there is a folder at `path`.
    pub(super) async fn make_folder(
        &self,
        session: &Arc<Session>,
        path: Option<&str>,
        operation: &'static str,
    ) -> Result<()> {
        let Some(path) = path else { return Ok(()) };
        if self.has_folder(session, Some(path), operation).await? {
            return Ok(());
        }
        let _making = self.making.lock().await;
        for part in ancestors(path) {
            let mut attempt = 0;
            while !self.has_folder(session, Some(part), operation).await? {
                attempt += 1;
                let there = self.path(Some(part));
                let made = match session.ask(wire::mkdir(&there)).await {
                    Ok(made) => made.done().await,
                    Err(fault) => Err(fault),
                };
                match made {
                    Ok(()) => self.sync_parent(session, part, operation).await?,
                    // Somebody else may have been faster.
                    Err(fault) if attempt == ATTEMPTS => {
                        return Err(self.explain(session, fault, operation, part, 0).await);
                    }
                    Err(_) => {}
                }
            }
        }
        Ok(())
    }

    /// Has the server put on its disk what was changed in the folder of `path`.
    async fn sync_parent(
        &self,
        session: &Arc<Session>,
        path: &str,
        operation: &'static str,
    ) -> Result<()> {
        if !self.abilities.durable {
            return Ok(());
        }
        let parent = path.rsplit_once('/').map(|(parent, _)| parent);
        let synced = super::abilities::sync_folder(session, &self.path(parent)).await;
        synced.map_err(|fault| fault.into_error(operation, path))
    }

    /// That the store's folder is there.
    pub(super) async fn ensure_root(
        &self,
        session: &Arc<Session>,
        operation: &'static str,
    ) -> Result<()> {
        let looked = match session.ask(wire::lstat(&self.root)).await {
            Ok(look) => look.attributes().await,
            Err(fault) => Err(fault),
        };
        match looked {
            Ok(found) if matches!(found.what(), What::Folder | What::Unknown) => Ok(()),
            Ok(_) => Err(missing(operation)),
            Err(fault) if fault.is_missing() => Err(missing(operation)),
            Err(fault) => Err(fault.into_error(operation, "")),
        }
    }

    /// Puts a failed change into words. The server says `failure` for most of
    /// what can happen to a disk, so it is asked for the room that is left;
    /// `wanted` bytes were to be written.
    pub(super) async fn explain(
        &self,
        session: &Arc<Session>,
        fault: Fault,
        operation: &'static str,
        key: &str,
        wanted: u64,
    ) -> Error {
        if fault.is_missing()
            && let Err(error) = self.ensure_root(session, operation).await
        {
            return error;
        }
        let kind = if fault.is_vague() && session.extensions.statvfs {
            let room = match session.ask(wire::statvfs(&self.root)).await {
                Ok(reply) => reply.extended().await.ok().and_then(wire::room_of),
                Err(_) => None,
            };
            match room {
                Some(room) if room.read_only => Some(ErrorKind::ReadOnly),
                Some(room) if room.free < wanted.max(FULL) || !room.takes_files => {
                    Some(ErrorKind::OutOfSpace)
                }
                _ => None,
            }
        } else {
            None
        };
        match kind {
            Some(kind) => Error::new(kind, operation).at(key),
            None => fault.into_error(operation, key),
        }
    }

    /// Opens a folder so that it can be put on the disk later.
    pub(super) fn opens_folder(&self, folder: Option<&str>) -> Option<wire::Request> {
        self.abilities.durable.then(|| wire::open(&self.path(folder), flags::READ))
    }
}

fn missing(operation: &'static str) -> Error {
    Error::new(ErrorKind::PlaceMissing, operation)
}

/// `a`, `a/b` and `a/b/c` for `a/b/c`.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    let ends: BTreeSet<usize> =
        path.match_indices('/').map(|(at, _)| at).chain([path.len()]).collect();
    ends.into_iter().map(|end| &path[..end])
}

/// That no part of a key has a name for files being written.
pub(super) fn ensure_free(key: &str, operation: &'static str) -> Result<()> {
    if key.split('/').any(is_temp) {
        let error = Error::new(ErrorKind::Unsupported, operation).at(key);
        return Err(error.because("the name is reserved for files being written"));
    }
    Ok(())
}
