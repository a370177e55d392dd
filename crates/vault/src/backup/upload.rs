//! Packs on their way to the destination, and the index files that name them.

use super::budget::Share;
use crate::{
    error::{Error, Result},
    index::{BLOBS_PER_FILE, IndexFile},
    layout::{self, FileKind},
    pack::FinishedPack,
    progress::Progress,
    repository::Repository,
};
use futures_util::{StreamExt, stream::FuturesUnordered};
use jiff::Timestamp;
use std::time::Duration;
use storage::{Cancel, PutMode};
use tokio::sync::mpsc::UnboundedReceiver;

/// How long packs wait for an index file that names them: so much work at most
/// is done again after a crash.
const CHECKPOINT: Duration = Duration::from_secs(5 * 60);

/// A pack to be stored, with the memory it holds.
#[derive(Debug)]
pub(crate) struct ReadyPack {
    pub(crate) pack: FinishedPack,
    pub(crate) share: Option<Share>,
}

/// Stores packs until the channel closes, then the index. Packs come before
/// the index that names them; every file is looked up again after it was
/// written, because a destination that says "stored" may be wrong.
pub(crate) async fn upload(
    repository: &Repository,
    mut packs: UnboundedReceiver<ReadyPack>,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<()> {
    let width = repository.store().capabilities().concurrency.max(1);
    let mut pending = IndexFile::default();
    let mut last = repository.ambient().clock.now();
    let mut running = FuturesUnordered::new();
    let mut open = true;
    while open || !running.is_empty() {
        tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(Error::Cancelled),
            Some(stored) = running.next(), if !running.is_empty() => {
                let pack: FinishedPack = stored?;
                repository.with_index_mut(|index| index.add_pack(pack.id, &pack.blobs))?;
                pending.packs.push((pack.id, pack.blobs));
                if pending.blob_count() >= BLOBS_PER_FILE || is_due(&mut last, repository) {
                    save(repository, std::mem::take(&mut pending), cancel).await?;
                }
            }
            next = packs.recv(), if open && running.len() < width => match next {
                Some(ready) => running.push(store(repository, ready, progress, cancel)),
                None => open = false,
            },
        }
    }
    save(repository, pending, cancel).await
}

fn is_due(last: &mut Timestamp, repository: &Repository) -> bool {
    let now = repository.ambient().clock.now();
    let due = Duration::try_from(now.duration_since(*last)).is_ok_and(|age| age >= CHECKPOINT);
    if due {
        *last = now;
    }
    due
}

async fn store(
    repository: &Repository,
    ready: ReadyPack,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<FinishedPack> {
    let ReadyPack { mut pack, share } = ready;
    let key = FileKind::Pack.key(&pack.id);
    let length = pack.bytes.len() as u64;
    let body = std::mem::take(&mut pack.bytes).into();
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

async fn save(repository: &Repository, file: IndexFile, cancel: &Cancel) -> Result<()> {
    if !file.packs.is_empty() {
        repository.save_index(&file, cancel).await?;
    }
    Ok(())
}
