//! Writing needed blobs into new packs.
//!
//! A blob is opened, decompressed and compared with its id, and goes into its
//! new pack as it was sealed: a seal knows nothing of its place.

use super::{
    plan::{PruneReport, Repack},
    rewrite::Rewrite,
    stretch::Stretch,
};
use crate::{
    error::{Error, Result},
    format::Id,
    index::Place,
    layout::{self, FileKind},
    opener::Opener,
    pack::{BlobKind, FinishedPack, PackWriter},
    progress::Progress,
    repository::Repository,
};
use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{self, FuturesUnordered},
};
use sha2::{Digest, Sha256};
use std::{pin::pin, sync::Arc};
use storage::{Body, ByteRange, Cancel, Key, PutMode, Store};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The memory for blobs that are read and verified, in bytes.
const BUDGET: u64 = 16 << 20;
/// The budget is shared out in units of this many bytes.
const UNIT: u64 = 1 << 10;
/// How many bytes are read with one request, unless a single blob has more.
const STRETCH: u64 = 2 << 20;
/// How many bytes that are not needed are read to save a request.
const GAP: u64 = 64 << 10;
/// The memory for packs on their way to the destination, in bytes.
const UPLOADS: u64 = 32 << 20;
/// The longest packs that are made, in bytes: two are being filled at once.
const LARGEST: u64 = 32 << 20;

/// The length of the packs that are made, in bytes.
pub(crate) fn pack_size(repository: &Repository) -> u64 {
    repository.store().capabilities().pack_size.min(LARGEST)
}

/// Sealed blobs that were verified.
struct Verified {
    stretch: Stretch,
    bytes: Bytes,
    _permit: OwnedSemaphorePermit,
}

/// Writes what is needed of `packs` into new packs, reads these back, and adds
/// them to the new index.
pub(super) async fn repack(
    repository: &Repository,
    packs: &[Repack],
    rewrite: &mut Rewrite<'_>,
    report: &mut PruneReport,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<()> {
    let (width, size) =
        (repository.store().capabilities().concurrency.max(2), pack_size(repository));
    let most_uploads = usize::try_from(UPLOADS / size.max(1)).unwrap_or(usize::MAX).clamp(1, width);
    let mut places = Vec::new();
    for Repack { change, keep } in packs {
        places.extend(keep.iter().map(|blob| Place { pack: change.pack, blob: *blob }));
    }
    let stretches = Stretch::all(places, STRETCH, GAP);
    let budget = Arc::new(Semaphore::new((BUDGET / UNIT) as usize));
    let mut reading = pin!(
        stream::iter(stretches)
            .map(|stretch| {
                let budget = Arc::clone(&budget);
                async move {
                    progress.control.go_on(cancel).await?;
                    verified(repository, stretch, budget, cancel).await
                }
            })
            .buffered(width)
    );
    let mut writers = [PackWriter::default(), PackWriter::default()];
    let mut uploads = FuturesUnordered::new();
    let mut open = true;
    while open || !uploads.is_empty() {
        tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(Error::Cancelled),
            Some(stored) = uploads.next(), if !uploads.is_empty() => {
                let (pack, length): (FinishedPack, u64) = stored?;
                report.packs_written += 1;
                report.bytes_written += length;
                rewrite.add_pack(pack.id, pack.blobs).await?;
            }
            next = reading.next(), if open && uploads.len() < most_uploads => match next {
                Some(verified) => {
                    let Verified { stretch, bytes, .. } = verified?;
                    progress.bytes_done.add(stretch.length);
                    for blob in &stretch.blobs {
                        let writer = &mut writers[usize::from(blob.kind == BlobKind::Tree)];
                        let sealed = stretch.sealed(blob, &bytes);
                        writer.add(blob.kind, blob.id, sealed, blob.uncompressed_length)?;
                        if writer.is_full(size) {
                            let full = std::mem::take(writer);
                            uploads.push(store(repository, full, cancel));
                        }
                    }
                }
                None => {
                    open = false;
                    let last = std::mem::take(&mut writers);
                    let last = last.into_iter().filter(|writer| writer.len() > 0);
                    uploads.extend(last.map(|writer| store(repository, writer, cancel)));
                }
            },
        }
    }
    report.packs_repacked += packs.len() as u64;
    Ok(())
}

/// Reads blobs and compares each with its id.
async fn verified(
    repository: &Repository,
    stretch: Stretch,
    budget: Arc<Semaphore>,
    cancel: &Cancel,
) -> Result<Verified> {
    let units = stretch.length.min(BUDGET).div_ceil(UNIT) as u32;
    let permit = budget.acquire_many_owned(units).await;
    let permit = permit.map_err(|_| Error::Internal("the budget was closed"))?;
    let bytes = stretch.read(repository, cancel).await?;
    let openers = repository.openers();
    let verifying = tokio::task::spawn_blocking(move || {
        openers.with(|opener| verify(opener, &stretch, &bytes))??;
        Ok(Verified { stretch, bytes, _permit: permit })
    });
    verifying.await.map_err(|_| Error::Internal("blobs were not verified"))?
}

fn verify(opener: &mut Opener, stretch: &Stretch, bytes: &[u8]) -> Result<()> {
    for blob in &stretch.blobs {
        let place = Place { pack: stretch.pack, blob: *blob };
        opener.open(&place, stretch.sealed(blob, bytes))?;
    }
    Ok(())
}

/// Stores a pack and reads it back: what it takes the place of is going to be
/// deleted.
pub(crate) async fn store(
    repository: &Repository,
    writer: PackWriter,
    cancel: &Cancel,
) -> Result<(FinishedPack, u64)> {
    let (master, random) = (repository.master().clone(), Arc::clone(&repository.ambient().random));
    let finishing = tokio::task::spawn_blocking(move || writer.finish(&master, &*random));
    let finished = finishing.await.map_err(|_| Error::Internal("a pack was not finished"))?;
    let mut pack = finished.ok_or(Error::Internal("a pack holds nothing"))?;
    let key = FileKind::Pack.key(&pack.id);
    let length = pack.bytes.len() as u64;
    let body = Body::from_chunks([std::mem::take(&mut pack.bytes)]);
    let store = repository.store();
    store.put(&key, body, PutMode::CreateNew, cancel).await?;
    match hash(store, &key, cancel).await {
        Ok(hash) if hash == pack.id => Ok((pack, length)),
        Ok(_) => Err(layout::not_stored(&key)),
        Err(error) if crate::restore::is_lost_object(&error) => Err(layout::not_stored(&key)),
        Err(error) => Err(error.into()),
    }
}

/// The hash of what lies at the destination, a piece at a time.
async fn hash(store: &dyn Store, key: &Key, cancel: &Cancel) -> storage::Result<Id> {
    let mut pieces = store.get(key, ByteRange::Whole, cancel).await?;
    let mut hasher = Sha256::new();
    while let Some(piece) = pieces.next().await {
        hasher.update(&piece?);
    }
    Ok(Id::from_bytes(hasher.finalize().into()))
}
