//! What snapshots need, and what of it the other repository lacks.
//!
//! A level of folders after the other, the folders of a level in the order in
//! which they lie in their packs, many with one request. A folder that the
//! other repository has is read all the same: a copy that broke off leaves
//! folders there without what is in them.

use super::{
    report::CopyError,
    wanted::{Want, Wanted, missing, stretches},
};
use crate::{
    error::{Error, Result},
    format::{Id, Tree},
    index::Place,
    opener::Opener,
    pack::BlobKind,
    progress::Progress,
    prune::stretch::Stretch,
    repository::Repository,
    restore::is_loss,
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use storage::Cancel;

/// How many bytes of folders are read with one request, unless a single one
/// has more.
const STRETCH: u64 = 1 << 20;
/// How many bytes that nobody asked for are read to save a request.
const GAP: u64 = 32 << 10;

/// Blobs that cannot be read from anywhere, and why.
pub(super) type Lost = HashMap<(BlobKind, Id), Error>;

/// Walks one snapshot after the other, and each folder once.
pub(super) struct Walk<'a> {
    from: &'a Arc<Repository>,
    to: &'a Arc<Repository>,
    progress: &'a Progress,
    cancel: &'a Cancel,
    /// Folders of which nothing is lacking but what was wanted already.
    known: HashSet<Id>,
    lost: Lost,
}

/// What hangs on folders.
#[derive(Default)]
struct Found {
    below: Vec<Id>,
    wants: Vec<Want>,
    /// Folders that could not be read where they were looked for.
    doubtful: Vec<Id>,
    /// Something of them is certainly lost.
    loss: Option<Error>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        from: &'a Arc<Repository>,
        to: &'a Arc<Repository>,
        progress: &'a Progress,
        cancel: &'a Cancel,
    ) -> Self {
        Self { from, to, progress, cancel, known: HashSet::new(), lost: Lost::new() }
    }

    /// Takes note of blobs that cannot be read: whatever needs them is not
    /// whole, and folders that passed for whole may be among it.
    pub(super) fn lose(&mut self, lost: Lost) {
        self.lost.extend(lost);
        self.known.clear();
    }

    /// What the other repository lacks of the snapshot with this root, beside
    /// what was found for snapshots before; or what the snapshot itself has
    /// lost.
    ///
    /// # Errors
    /// When one of the repositories cannot be read at all.
    pub(super) async fn snapshot(&mut self, root: Id) -> Result<Result<Wanted>, CopyError> {
        let (mut wanted, mut visited) = (Wanted::default(), HashSet::new());
        let mut level = vec![root];
        while !level.is_empty() {
            level.retain(|id| !self.known.contains(id) && visited.insert(*id));
            match self.level(level, &mut wanted).await? {
                Ok(below) => level = below,
                Err(loss) => return Ok(Err(loss)),
            }
        }
        self.known.extend(visited);
        Ok(Ok(wanted))
    }

    /// Reads folders, and returns those below them.
    async fn level(
        &self,
        level: Vec<Id>,
        wanted: &mut Wanted,
    ) -> Result<Result<Vec<Id>>, CopyError> {
        let (mut wants, mut alone) = (Vec::new(), Vec::new());
        for id in level {
            match Want::find(self.from, BlobKind::Tree, &id) {
                Some(want) => wants.push(want),
                None => alone.push(id),
            }
        }
        wants.sort_unstable();
        let width = self.from.store().capabilities().concurrency.max(2);
        let mut below = Vec::new();
        let mut reading = stream::iter(stretches(self.from, &wants, STRETCH, GAP))
            .map(|stretch| self.read(stretch))
            .buffer_unordered(width);
        while let Some(found) = reading.try_next().await? {
            alone.extend(&found.doubtful);
            if let Err(loss) = self.take(found, &mut below, wanted) {
                return Ok(Err(loss));
            }
        }
        drop(reading);
        for id in alone {
            let found = match self.alone(id).await? {
                Ok(found) => found,
                Err(loss) => return Ok(Err(loss)),
            };
            if let Err(loss) = self.take(found, &mut below, wanted) {
                return Ok(Err(loss));
            }
        }
        let has = |want: &Want| self.to.with_index(|to| to.contains(BlobKind::Tree, &want.id));
        wants.retain(|want| !has(want));
        if let Err(loss) = self.is_left(&wants) {
            return Ok(Err(loss));
        }
        wanted.extend(wants);
        Ok(Ok(below))
    }

    fn take(&self, found: Found, below: &mut Vec<Id>, wanted: &mut Wanted) -> Result<()> {
        if let Some(loss) = found.loss {
            return Err(loss);
        }
        self.is_left(&found.wants)?;
        below.extend(found.below);
        wanted.extend(found.wants);
        Ok(())
    }

    /// Fails when one of these cannot be read.
    fn is_left(&self, wants: &[Want]) -> Result<()> {
        let lost = || wants.iter().find_map(|want| self.lost.get(&(want.kind, want.id)));
        match if self.lost.is_empty() { None } else { lost() } {
            None => Ok(()),
            Some(Error::Damaged { what, reason }) => Err(Error::damaged(what, reason)),
            Some(Error::Missing(what)) => Err(Error::Missing(what.clone())),
            Some(_) => Err(Error::Internal("a blob was lost for no reason")),
        }
    }

    /// Reads the folders of a stretch.
    async fn read(&self, stretch: Stretch) -> Result<Found, CopyError> {
        self.progress.control.go_on(self.cancel).await.map_err(CopyError::of_source)?;
        let bytes = match stretch.read(self.from, self.cancel).await {
            Ok(bytes) => bytes,
            Err(error) if is_loss(&error) => {
                let doubtful = stretch.blobs.iter().map(|blob| blob.id).collect();
                return Ok(Found { doubtful, ..Found::default() });
            }
            Err(error) => return Err(CopyError::of_source(error)),
        };
        let (from, to) = (Arc::clone(self.from), Arc::clone(self.to));
        let opening = tokio::task::spawn_blocking(move || {
            from.openers().with(|opener| open(&from, &to, opener, &stretch, &bytes))
        });
        opened(opening.await)?.map_err(CopyError::of_source)
    }

    /// Reads a folder from wherever it can be read: another copy, or the other
    /// repository.
    async fn alone(&self, id: Id) -> Result<Result<Found>, CopyError> {
        let lost = match self.from.load_blob(BlobKind::Tree, &id, self.cancel).await {
            Ok(plain) => return self.folder(id, plain).await,
            Err(error) if is_loss(&error) => error,
            Err(error) => return Err(CopyError::of_source(error)),
        };
        if !self.to.with_index(|to| to.contains(BlobKind::Tree, &id)) {
            return Ok(Err(as_loss(lost, BlobKind::Tree, &id)));
        }
        match self.to.load_blob(BlobKind::Tree, &id, self.cancel).await {
            Ok(plain) => self.folder(id, plain).await,
            Err(error) if is_loss(&error) => Ok(Err(as_loss(lost, BlobKind::Tree, &id))),
            Err(error) => Err(CopyError::of_destination(error)),
        }
    }

    async fn folder(&self, id: Id, plain: Vec<u8>) -> Result<Result<Found>, CopyError> {
        let (from, to) = (Arc::clone(self.from), Arc::clone(self.to));
        let reading = tokio::task::spawn_blocking(move || {
            let mut found = Found::default();
            folder(&from, &to, &id, &plain, &mut found).map(|()| found)
        });
        opened(reading.await)
    }
}

fn opened<T>(done: Result<T, tokio::task::JoinError>) -> Result<T, CopyError> {
    done.map_err(|_| CopyError::of_source(Error::Internal("a folder was not read")))
}

/// What a destination could not read is damaged, for all that can be told.
pub(super) fn as_loss(error: Error, kind: BlobKind, id: &Id) -> Error {
    match error {
        Error::Damaged { .. } | Error::Missing(_) => error,
        _ => {
            let word = if kind == BlobKind::Tree { "tree" } else { "blob" };
            Error::damaged_id(word, id, "it cannot be read")
        }
    }
}

/// Opens the folders of a stretch.
fn open(
    from: &Repository,
    to: &Repository,
    opener: &mut Opener,
    stretch: &Stretch,
    bytes: &Bytes,
) -> Found {
    let mut found = Found::default();
    for blob in &stretch.blobs {
        let place = Place { pack: stretch.pack, blob: *blob };
        match opener.open(&place, stretch.sealed(blob, bytes)) {
            Ok(plain) => {
                if let Err(loss) = folder(from, to, &blob.id, plain, &mut found) {
                    found.loss = Some(loss);
                    return found;
                }
            }
            Err(_) => found.doubtful.push(blob.id),
        }
    }
    found
}

/// Adds what hangs on a folder, and what of its files is lacking there.
fn folder(
    from: &Repository,
    to: &Repository,
    id: &Id,
    plain: &[u8],
    found: &mut Found,
) -> Result<()> {
    let tree =
        Tree::parse(plain).map_err(|error| Error::damaged_id("tree", id, error.to_string()))?;
    for node in tree.nodes {
        found.below.extend(node.subtree);
        let mut last = None;
        for id in node.content.into_iter().flatten() {
            // Of a file of zeros, all are the same.
            if last.replace(id) == Some(id) || to.with_index(|to| to.contains(BlobKind::Data, &id))
            {
                continue;
            }
            let want = Want::find(from, BlobKind::Data, &id);
            found.wants.push(want.ok_or_else(|| missing(BlobKind::Data, &id))?);
        }
    }
    Ok(())
}
