//! Blobs on their way from one repository to the other.
//!
//! They are read in the order in which they lie in their packs, a few requests
//! at once. One budget of memory counts whatever is on its way: what is being
//! read and opened, packs that are being filled, and packs that are being
//! stored.

use super::{
    report::CopyError,
    reseal::{Resealed, Sealer},
    walk::Lost,
    wanted::{Want, stretches},
};
use crate::{
    backup::upload::{ReadyPack, upload},
    chunker,
    error::{Error, Result},
    pack::{BlobKind, PackWriter, PackedBlob},
    progress::Progress,
    prune::stretch::Stretch,
    repository::Repository,
};
use futures_util::{StreamExt, stream};
use std::{pin::pin, sync::Arc};
use storage::{Cancel, buffers::Buffers};
use tokio::sync::{
    OwnedSemaphorePermit, Semaphore,
    mpsc::{self, UnboundedSender},
};

/// The memory that all of it takes, in bytes.
const BUDGET: usize = 64 << 20;
/// The largest part of it that one request takes. Two packs that are not yet
/// full keep up to a quarter each; what is left is still enough for the next
/// request, so that it always goes on.
const LARGEST: usize = BUDGET / 2;
/// The longest packs that are made, in bytes.
const LONGEST_PACK: u64 = BUDGET as u64 / 4;
/// How many bytes are read with one request, unless a single blob has more.
const STRETCH: u64 = 2 << 20;
/// How many bytes that nobody asked for are read to save a request.
const GAP: u64 = 64 << 10;
/// How much a pack grows at most past the size at which it is sent, in bytes,
/// unless a folder is larger than any chunk.
const BEYOND: usize = chunker::MAX_SIZE + (1 << 20);
/// Packs longer than this many bytes are not added to: offsets end at 4 GiB.
const NEVER_LONGER: usize = u32::MAX as usize / 2;

/// Carries blobs over.
pub(super) struct Transfer<'a> {
    pub(super) from: &'a Arc<Repository>,
    pub(super) to: &'a Arc<Repository>,
    /// After how many stored bytes an index file is written.
    pub(super) checkpoint: u64,
    pub(super) progress: &'a Arc<Progress>,
    pub(super) cancel: &'a Cancel,
}

/// A pack that is being filled, with the memory it holds.
#[derive(Debug, Default)]
struct Open {
    writer: PackWriter,
    share: Option<OwnedSemaphorePermit>,
}

impl Transfer<'_> {
    /// Stores `wants`, which are sorted, and the index files that name them.
    /// What cannot be read is not stored; why not, is returned.
    ///
    /// # Errors
    /// When one of the repositories fails. What was stored by then is named by
    /// an index file, as long as it is the source that failed.
    pub(super) async fn all(&self, wants: &[Want]) -> Result<Lost, CopyError> {
        let (packs, ready) = mpsc::unbounded_channel();
        let stop = self.cancel.child_token();
        // Whatever ends this future ends what still works for it.
        let _end = stop.clone().drop_guard();
        let sending = Sending {
            transfer: self,
            packs,
            pack_size: self.to.store().capabilities().pack_size.min(LONGEST_PACK),
            budget: Arc::new(Semaphore::new(BUDGET)),
            // Two at once are being filled.
            buffers: Arc::new(Buffers::keeping(2 * (LONGEST_PACK as usize + BEYOND))),
            sealer: Sealer {
                from: Arc::clone(self.from),
                to: Arc::clone(self.to),
                progress: Arc::clone(self.progress),
                cancel: stop.clone(),
            },
        };
        let uploading = async {
            let done = upload(self.to, ready, self.checkpoint, None, self.progress, self.cancel);
            let done = done.await;
            if done.is_err() {
                stop.cancel();
            }
            done
        };
        // Nothing more is sent when `sending` ends, so that `uploading` ends.
        let (sent, stored) = tokio::join!(sending.all(wants), uploading);
        stored.map_err(CopyError::of_destination)?;
        sent
    }
}

/// The reading end.
struct Sending<'a> {
    transfer: &'a Transfer<'a>,
    packs: UnboundedSender<ReadyPack<OwnedSemaphorePermit>>,
    pack_size: u64,
    budget: Arc<Semaphore>,
    buffers: Arc<Buffers>,
    sealer: Sealer,
}

impl Sending<'_> {
    async fn all(self, wants: &[Want]) -> Result<Lost, CopyError> {
        let (mut open, mut lost) = ([Open::default(), Open::default()], Lost::new());
        let sent = self.read(wants, &mut open, &mut lost).await;
        // What was read is worth keeping, also when the rest cannot be.
        open.into_iter().for_each(|open| self.send(open));
        sent.map(|()| lost)
    }

    async fn read(
        &self,
        wants: &[Want],
        open: &mut [Open; 2],
        lost: &mut Lost,
    ) -> Result<(), CopyError> {
        let store = self.transfer.from.store();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let width = store.capabilities().concurrency.max(cores);
        // Memory is taken in the order of the requests: none waits for it while
        // others hold it that can end only after that one.
        let mut reading = pin!(
            stream::iter(stretches(self.transfer.from, wants, STRETCH, GAP))
                .then(|stretch| self.admit(stretch))
                .map(|admitted| async move {
                    let (stretch, share) = admitted?;
                    Ok::<_, CopyError>((self.sealer.read(stretch).await?, share))
                })
                .buffered(width)
        );
        while let Some(read) = reading.next().await {
            let (Resealed { blobs, bytes, lost: not_read }, mut share) = read?;
            lost.extend(not_read);
            let mut rest = &bytes[..];
            for blob in blobs {
                let (sealed, after) = rest.split_at(blob.length as usize);
                rest = after;
                let length = sealed.len().min(share.num_permits());
                let open = &mut open[usize::from(blob.kind == BlobKind::Tree)];
                self.pack(open, &blob, sealed, share.split(length))
                    .map_err(CopyError::of_destination)?;
            }
            self.transfer.progress.bytes_done.add(bytes.len() as u64);
        }
        Ok(())
    }

    /// Takes the memory for a stretch: as it is read, as it is sealed again,
    /// and its largest blob in between, decrypted and decompressed.
    async fn admit(&self, stretch: Stretch) -> Result<(Stretch, OwnedSemaphorePermit), CopyError> {
        let largest = stretch.blobs.iter().map(|blob| u64::from(blob.plain_length())).max();
        let needed = 2 * (stretch.length + largest.unwrap_or(0));
        let units = needed.min(LARGEST as u64) as u32;
        let (budget, cancel) = (Arc::clone(&self.budget), &self.sealer.cancel);
        let permit = tokio::select! {
            biased;
            () = cancel.cancelled() => Err(Error::Cancelled),
            permit = budget.acquire_many_owned(units) => {
                permit.map_err(|_| Error::Internal("the budget was closed"))
            }
        };
        Ok((stretch, permit.map_err(CopyError::of_source)?))
    }

    fn pack(
        &self,
        open: &mut Open,
        blob: &PackedBlob,
        sealed: &[u8],
        share: Option<OwnedSemaphorePermit>,
    ) -> Result<()> {
        // Two large trees must not overflow the offsets of one pack.
        if open.writer.len() + sealed.len() > NEVER_LONGER {
            self.send(std::mem::take(open));
        }
        if open.writer.len() == 0 {
            let capacity = self.pack_size as usize + BEYOND;
            open.writer = PackWriter::within(&self.buffers, capacity);
        }
        open.writer.add(blob.kind, blob.id, sealed, blob.uncompressed_length)?;
        match (&mut open.share, share) {
            (Some(held), Some(share)) => held.merge(share),
            (held, share) => *held = held.take().or(share),
        }
        if open.writer.is_full(self.pack_size) {
            self.send(std::mem::take(open));
        }
        Ok(())
    }

    /// Finishes a pack on another thread, and hands it over. Whether it arrives
    /// shows in the index.
    fn send(&self, open: Open) {
        if open.writer.len() == 0 {
            return;
        }
        let (to, packs) = (Arc::clone(self.transfer.to), self.packs.clone());
        let progress = Arc::clone(self.transfer.progress);
        tokio::task::spawn_blocking(move || {
            let Open { writer, share } = open;
            let Some(pack) = writer.finish(to.master(), &*to.ambient().random) else { return };
            progress.bytes_packed.add(pack.bytes.len() as u64);
            // Nobody receives any more: the copy has failed.
            let _ = packs.send(ReadyPack { pack, share });
        });
    }
}
