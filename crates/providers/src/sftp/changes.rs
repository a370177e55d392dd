//! Deleting, renaming, and copying at the server.

use super::{
    errors::{Fault, damaged, foreign},
    name::{Named, Naming, NotNamed},
    pending::{Handle, Pending},
    place::{Place, ensure_free, is_temp},
    session::Session,
    wire::{self, Attributes, What, flags},
    write::Unfinished,
};
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};
use storage::{Cancel, Error, ErrorKind, Key, Overwrite, Result, unless_cancelled};

/// How many requests to delete are on their way.
const ON_THE_WAY: usize = 64;
/// So many bytes are copied with one request. It is answered when they are, and
/// a server must not be silent for longer than the time-out.
const COPIED: u64 = 32 << 20;

/// What stands under a key; `None` when there is no object.
pub(super) async fn look(
    place: &Arc<Place>,
    session: &Arc<Session>,
    key: &Key,
    operation: &'static str,
) -> Result<Option<Attributes>> {
    let (folder, name) = key.split();
    if is_temp(name) || !place.has_folder(session, folder, operation).await? {
        return Ok(None);
    }
    let fail = |fault: Fault| fault.into_error(operation, key.as_str());
    let asked = session.ask(wire::lstat(&place.path(Some(key.as_str())))).await.map_err(fail)?;
    match asked.attributes().await {
        Ok(found) => match found.what() {
            What::File | What::Unknown => Ok(Some(found)),
            What::Folder => Ok(None),
            What::Other => Err(foreign(operation, key.as_str())),
        },
        Err(fault) if fault.is_missing() => {
            place.ensure_root(session, operation).await?;
            Ok(None)
        }
        Err(fault) => Err(fail(fault)),
    }
}

/// Deletes objects, many at once.
pub(super) async fn delete(place: &Arc<Place>, keys: &[Key], cancel: &Cancel) -> Vec<Result<()>> {
    let mut results: Vec<Result<()>> = keys.iter().map(|_| Ok(())).collect();
    let deleting = async {
        let session = place.session("delete").await?;
        let folders: BTreeSet<&str> = keys.iter().filter_map(|key| key.split().0).collect();
        // What is found is remembered, and what goes wrong is said below.
        let mut looking = FuturesUnordered::new();
        for folder in folders {
            if looking.len() == ON_THE_WAY {
                looking.next().await;
            }
            looking.push(place.has_folder(&session, Some(folder), "delete"));
        }
        while looking.next().await.is_some() {}
        let mut asked = VecDeque::new();
        for (at, key) in keys.iter().enumerate() {
            if cancel.is_cancelled() {
                // What was asked is answered; the rest was not touched.
                break;
            }
            if asked.len() == ON_THE_WAY {
                deleted(place, &session, &mut asked, keys, &mut results).await;
            }
            match ask(place, &session, key).await {
                Ok(Some(pending)) => asked.push_back((at, pending)),
                Ok(None) => {}
                Err(error) => results[at] = Err(error),
            }
        }
        while !asked.is_empty() {
            deleted(place, &session, &mut asked, keys, &mut results).await;
        }
        Ok::<_, Error>(())
    };
    let done = unless_cancelled(cancel, "delete", deleting).await.and_then(|done| done);
    if let Err(error) = done {
        let of = |key: &Key| {
            Err(Error::new(error.kind(), "delete").at(key.as_str()).retry_advice(error.retry()))
        };
        return keys.iter().map(of).collect();
    }
    results
}

/// Asks for an object to be deleted, unless it cannot be there.
async fn ask(place: &Arc<Place>, session: &Arc<Session>, key: &Key) -> Result<Option<Pending>> {
    let (folder, name) = key.split();
    if is_temp(name) || !place.has_folder(session, folder, "delete").await? {
        return Ok(None);
    }
    let request = wire::remove(&place.path(Some(key.as_str())));
    let asked = session.ask(request).await;
    asked.map(Some).map_err(|fault| fault.into_error("delete", key.as_str()))
}

/// Waits for the oldest answer.
async fn deleted(
    place: &Arc<Place>,
    session: &Arc<Session>,
    asked: &mut VecDeque<(usize, Pending)>,
    keys: &[Key],
    results: &mut [Result<()>],
) {
    let Some((at, pending)) = asked.pop_front() else { return };
    let Err(fault) = pending.done().await else { return };
    results[at] = if fault.is_missing() {
        place.ensure_root(session, "delete").await
    } else {
        match look(place, session, &keys[at], "delete").await {
            // It was a folder, or somebody else was faster.
            Ok(None) => Ok(()),
            _ => Err(place.explain(session, fault, "delete", keys[at].as_str(), 0).await),
        }
    };
}

/// Gives an object another name.
pub(super) async fn rename(
    place: &Arc<Place>,
    from: &Key,
    to: &Key,
    overwrite: Overwrite,
) -> Result<()> {
    ensure_free(to.as_str(), "rename")?;
    let session = place.session("rename").await?;
    if look(place, &session, from, "rename").await?.is_none() {
        return Err(Error::new(ErrorKind::NotFound, "rename").at(from.as_str()));
    }
    let taken = || Error::new(ErrorKind::AlreadyExists, "rename").at(to.as_str());
    if from == to {
        return if overwrite == Overwrite::Allow { Ok(()) } else { Err(taken()) };
    }
    place.make_folder(&session, to.split().0, "rename").await?;
    let (old, new) = (place.path(Some(from.as_str())), place.path(Some(to.as_str())));
    let fail = |fault: Fault| fault.into_error("rename", to.as_str());
    let folder = match place.opens_folder(to.split().0) {
        Some(request) => {
            let raw = session.ask(request).await.map_err(fail)?.handle().await.map_err(fail)?;
            Some(Handle::new(&session, raw))
        }
        None => None,
    };
    let naming = Naming { place, session: &session, from: &old, to: &new };
    match naming.give(overwrite, folder.as_ref()).await {
        Ok(Named { moved, synced }) => {
            synced.map_err(fail)?;
            if !moved {
                // The new name first: in between there are both, never none.
                let removed = session.ask(wire::remove(&old)).await.map_err(fail)?.done().await;
                removed.map_err(|fault| fault.into_error("rename", from.as_str()))?;
            }
            Ok(())
        }
        Err(NotNamed::Taken) => Err(taken()),
        Err(NotNamed::Fault(fault)) => {
            Err(place.explain(&session, fault, "rename", to.as_str(), 0).await)
        }
    }
}

/// Copies an object at the server, up to the point where it needs its name.
pub(super) async fn copy(
    place: &Arc<Place>,
    from: &Key,
    to: &Key,
    overwrite: Overwrite,
) -> Result<Unfinished> {
    let session = place.session("copy").await?;
    let not_found = || Error::new(ErrorKind::NotFound, "copy").at(from.as_str());
    if look(place, &session, from, "copy").await?.is_none() {
        return Err(not_found());
    }
    let fail = |fault: Fault| fault.into_error("copy", from.as_str());
    let source = place.path(Some(from.as_str()));
    let opening = session.ask(wire::open(&source, flags::READ)).await.map_err(fail)?;
    let source = Handle::new(&session, opening.handle().await.map_err(fail)?);
    let looking = session.ask(wire::fstat(source.raw())).await.map_err(fail)?;
    let Some(length) = looking.attributes().await.map_err(fail)?.length else {
        return Err(damaged("copy", from.as_str(), "the server does not say how long it is"));
    };
    let mut target = Unfinished::begin(place, "copy", to, length, overwrite).await?;
    if !Arc::ptr_eq(target.session(), &session) {
        let lost = Error::new(ErrorKind::Unreachable, "copy").at(from.as_str());
        return Err(lost.because("the connection was lost"));
    }
    let mut left = length;
    while left > 0 {
        let part = left.min(COPIED);
        target.copy(&source, part).await?;
        left -= part;
    }
    Ok(target)
}
