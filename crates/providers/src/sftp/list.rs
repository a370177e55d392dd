//! Listing a store: several folders at once, and several requests for each.
//!
//! Invariants: a listing is complete or ends with an error; no link is
//! followed. A folder that vanishes while others are read had its objects
//! deleted, so it counts as empty as long as the store's own folder is there.

use super::{
    errors::{Fault, foreign},
    pending::Handle,
    place::{Place, is_temp, join},
    session::Session,
    wire::{self, Attributes, Name, What},
};
use futures_util::{
    future::{BoxFuture, FutureExt},
    stream::{self, FuturesUnordered, StreamExt},
};
use std::{collections::VecDeque, sync::Arc};
use storage::{Cancel, Entry, Error, Key, Prefix, Result, unless_cancelled};

/// How many folders are read at once.
const FOLDERS: usize = 8;
/// How many requests for names of one folder are on their way.
const AHEAD: usize = 4;

/// The objects and the folders of one folder.
type Contents = (Vec<Entry>, Vec<String>);

/// A listing under way.
struct Walk {
    place: Arc<Place>,
    session: Arc<Session>,
    waiting: Vec<Option<String>>,
    running: FuturesUnordered<BoxFuture<'static, Result<Contents>>>,
}

/// The objects below `prefix`, folder by folder.
pub(super) fn list(
    place: Arc<Place>,
    prefix: &Prefix,
    cancel: Cancel,
) -> stream::BoxStream<'static, Result<Entry>> {
    let first = prefix.as_folder().map(str::to_owned);
    let beginning = async move {
        let walk = unless_cancelled(&cancel, "list", Walk::begin(place, first)).await??;
        Ok::<_, Error>(walk.map(|walk| walk.entries(cancel)))
    };
    stream::once(beginning)
        .flat_map(|begun| match begun {
            Ok(Some(entries)) => entries,
            Ok(None) => stream::empty().boxed(),
            Err(error) => stream::iter([Err(error)]).boxed(),
        })
        .boxed()
}

impl Walk {
    /// Starts at a folder; `None` when it is not there.
    async fn begin(place: Arc<Place>, first: Option<String>) -> Result<Option<Self>> {
        let session = place.session("list").await?;
        if !place.has_folder(&session, first.as_deref(), "list").await? {
            return Ok(None);
        }
        let running = FuturesUnordered::new();
        Ok(Some(Self { place, session, waiting: vec![first], running }))
    }

    fn entries(self, cancel: Cancel) -> stream::BoxStream<'static, Result<Entry>> {
        let folders = stream::unfold(Some(self), move |walk| {
            let cancel = cancel.clone();
            async move {
                let mut walk = walk?;
                let next = unless_cancelled(&cancel, "list", walk.next()).await;
                match next.and_then(|next| next) {
                    Ok(Some(entries)) => {
                        let entries = entries.into_iter().map(Ok).collect::<Vec<_>>();
                        Some((stream::iter(entries), Some(walk)))
                    }
                    Ok(None) => None,
                    Err(error) => Some((stream::iter(vec![Err(error)]), None)),
                }
            }
        });
        folders.flatten().boxed()
    }

    /// The objects of another folder.
    async fn next(&mut self) -> Result<Option<Vec<Entry>>> {
        while self.running.len() < FOLDERS {
            let Some(path) = self.waiting.pop() else { break };
            let (place, session) = (Arc::clone(&self.place), Arc::clone(&self.session));
            self.running.push(async move { contents(&place, &session, path).await }.boxed());
        }
        let Some(read) = self.running.next().await else { return Ok(None) };
        let (entries, folders) = read?;
        self.waiting.extend(folders.into_iter().map(Some));
        Ok(Some(entries))
    }
}

/// Everything in one folder.
async fn contents(
    place: &Arc<Place>,
    session: &Arc<Session>,
    path: Option<String>,
) -> Result<Contents> {
    let shown = path.as_deref().unwrap_or_default();
    let there = place.path(path.as_deref());
    let mut names = match names(session, &there).await {
        Ok(names) => names,
        Err(fault) if fault.is_missing() => {
            place.ensure_root(session, "list").await?;
            return Ok(Contents::default());
        }
        Err(fault) => return Err(fault.into_error("list", shown)),
    };
    // A name that is given to another file meanwhile may turn up twice.
    names.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    names.dedup_by(|a, b| a.name == b.name);
    let (mut entries, mut folders) = Contents::default();
    for found in names {
        // A name that no key can have belongs to no object.
        let Ok(name) = std::str::from_utf8(&found.name) else { continue };
        if matches!(name, "." | "..") || is_temp(name) {
            continue;
        }
        let below = path.as_ref().map_or(name.to_owned(), |path| format!("{path}/{name}"));
        let Ok(key) = Key::new(below) else { continue };
        let Some(about) = about(session, &there, name, found.attributes)
            .await
            .map_err(|fault: Fault| fault.into_error("list", key.as_str()))?
        else {
            continue;
        };
        match (about.what(), about.length) {
            (What::Folder, _) => folders.push(key.as_str().to_owned()),
            (What::File, Some(length)) => entries.push(Entry { key, length, hash: None }),
            _ => return Err(foreign("list", key.as_str())),
        }
    }
    Ok((entries, folders))
}

/// What stands under a name, where the listing itself does not say; `None` when
/// it has vanished.
async fn about(
    session: &Arc<Session>,
    folder: &str,
    name: &str,
    known: Attributes,
) -> Result<Option<Attributes>, Fault> {
    match (known.what(), known.length) {
        (What::Folder | What::Other, _) | (What::File, Some(_)) => return Ok(Some(known)),
        (What::File | What::Unknown, _) => {}
    }
    match session.ask(wire::lstat(&join(folder, name))).await?.attributes().await {
        Ok(found) => Ok(Some(found)),
        Err(fault) if fault.is_missing() => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// All names of a folder.
pub(super) async fn names(session: &Arc<Session>, path: &str) -> Result<Vec<Name>, Fault> {
    let raw = session.ask(wire::opendir(path)).await?.handle().await?;
    let folder = Handle::new(session, raw);
    let mut names = Vec::new();
    let mut asked = VecDeque::new();
    loop {
        // Most folders are read with the first request, and the second says so.
        while asked.len() < AHEAD {
            asked.push_back(session.ask(wire::readdir(folder.raw())).await?);
        }
        let Some(pending) = asked.pop_front() else { return Ok(names) };
        let some = pending.names().await?;
        if some.is_empty() {
            return Ok(names);
        }
        names.extend(some);
    }
}
