//! Packs on their way to the destination, and the index files that name them.

use super::{budget::Share, journal::Journal, shared::is_stored};
use crate::{
    error::{Error, Result},
    index::{BLOBS_PER_FILE, IndexFile},
    layout::{self, FileKind},
    pack::{FinishedPack, length_of_pack},
    progress::Progress,
    repository::Repository,
};
use futures_util::{StreamExt, stream::FuturesUnordered};
use jiff::Timestamp;
use std::{sync::Arc, time::Duration};
use storage::{Body, Cancel, PutMode};
use tokio::sync::mpsc::UnboundedReceiver;

/// How long packs wait for an index file that names them: so much work at most
/// is done again after a crash.
const CHECKPOINT: Duration = Duration::from_secs(5 * 60);

/// A pack to be stored, with the memory it holds.
#[derive(Debug)]
pub(crate) struct ReadyPack<S = Share> {
    pub(crate) pack: FinishedPack,
    pub(crate) share: Option<S>,
}

/// Stores packs until the channel closes, then the index. Packs come before
/// the index that names them; every file is looked up again after it was
/// written, because a destination that says "stored" may be wrong.
pub(crate) async fn upload<S>(
    repository: &Arc<Repository>,
    mut packs: UnboundedReceiver<ReadyPack<S>>,
    checkpoint: u64,
    journal: Option<&Arc<Journal>>,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<()> {
    let width = repository.store().capabilities().concurrency.max(1);
    let mut pending = IndexFile::default();
    let mut last = repository.ambient().clock.now();
    let mut unnamed = 0;
    let mut running = FuturesUnordered::new();
    let mut open = true;
    while open || !running.is_empty() {
        tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(Error::Cancelled),
            Some(stored) = running.next(), if !running.is_empty() => {
                let pack: FinishedPack = stored?;
                repository.with_index_mut(|index| index.add_pack(pack.id, &pack.blobs))?;
                unnamed += length_of_pack(&pack.blobs);
                pending.packs.push((pack.id, pack.blobs));
                let full = pending.blob_count() >= BLOBS_PER_FILE || unnamed >= checkpoint;
                if is_due(&mut last, repository) || full {
                    save(repository, std::mem::take(&mut pending), journal, cancel).await?;
                    unnamed = 0;
                }
            }
            next = packs.recv(), if open && running.len() < width => match next {
                Some(ready) => running.push(store(repository, ready, progress, cancel)),
                None => open = false,
            },
        }
    }
    save(repository, pending, journal, cancel).await
}

fn is_due(last: &mut Timestamp, repository: &Repository) -> bool {
    let now = repository.ambient().clock.now();
    let due = Duration::try_from(now.duration_since(*last)).is_ok_and(|age| age >= CHECKPOINT);
    if due {
        *last = now;
    }
    due
}

async fn store<S>(
    repository: &Repository,
    ready: ReadyPack<S>,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<FinishedPack> {
    let ReadyPack { mut pack, share } = ready;
    progress.control.go_on(cancel).await?;
    let key = FileKind::Pack.key(&pack.id);
    let length = pack.bytes.len() as u64;
    let body = Body::from_chunks([std::mem::take(&mut pack.bytes)]);
    let store = repository.store();
    store.put(&key, body, PutMode::CreateNew, cancel).await?;
    drop(share);
    match store.stat(&key, cancel).await? {
        Some(entry) if entry.length == length => {}
        _ => return Err(layout::not_stored(&key)),
    }
    progress.bytes_moved.add(length);
    Ok(pack)
}

/// Stores an index file. All packs that are in the index have been named by one
/// then, so that the journal may tell of the files in them.
async fn save(
    repository: &Arc<Repository>,
    file: IndexFile,
    journal: Option<&Arc<Journal>>,
    cancel: &Cancel,
) -> Result<()> {
    if !file.packs.is_empty() {
        repository.save_index(&file, cancel).await?;
    }
    let Some(journal) = journal.map(Arc::clone) else { return Ok(()) };
    let repository = Arc::clone(repository);
    let written = tokio::task::spawn_blocking(move || {
        let (key, random) = (repository.master(), &*repository.ambient().random);
        journal.commit(key, random, |content| is_stored(&repository, content));
    });
    written.await.map_err(|_| Error::Internal("the journal broke off"))
}
