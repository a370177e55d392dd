//! Where blobs go: what is known already is dropped, the rest is compressed
//! where that gains, sealed, and packed.

use super::{
    budget::{Budget, Share},
    shared::BROKE_OFF,
    upload::ReadyPack,
};
use crate::{
    chunker,
    crypto::OVERHEAD,
    error::{Error, Result},
    format::Id,
    pack::{BlobKind, PackWriter, UnnamedPack},
    progress::Progress,
    repository::Repository,
};
use sha256::Running;
use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use storage::buffers::{Buffers, PAGE};
use tokio::sync::mpsc::UnboundedSender;
use zstd::zstd_safe::CParameter;

/// zstd's level: the fastest that still gains most of what there is to gain.
const LEVEL: i32 = 1;
/// Blobs of at least twice this many bytes are compressed only when a sample of
/// this many of them shrinks.
const SAMPLE: usize = 32 << 10;
/// A sample is taken in so many places: a chunk may hold a picture and text.
const PLACES: usize = 8;
/// How much a pack grows at most past the size at which it is sent, in bytes:
/// by its last chunk and its header, of tens of thousands of entries.
const BEYOND: usize = chunker::MAX_SIZE + (1 << 20);
/// The least blob, in bytes, beside which the pack that is being filled is hashed:
/// with smaller ones, many threads would wait for each other at it.
const WORTH: usize = 64 << 10;
/// How much of a full pack may wait to be hashed beside the next blobs, in bytes:
/// it holds memory meanwhile.
const ASIDE: usize = chunker::MAX_SIZE;
/// Shards of the set of blobs this run has claimed; a power of two.
const SHARDS: usize = 16;

/// Counts of what a run added.
#[derive(Debug, Default)]
pub(crate) struct Added {
    pub(crate) data_blobs: AtomicU64,
    pub(crate) tree_blobs: AtomicU64,
    /// Plaintext bytes.
    pub(crate) plain: AtomicU64,
    /// Bytes in packs, with their header entries.
    pub(crate) packed: AtomicU64,
}

/// Takes blobs from many threads.
#[derive(Debug)]
pub(crate) struct Sink {
    repository: Arc<Repository>,
    progress: Arc<Progress>,
    pack_size: u64,
    /// Memory of packs.
    buffers: Arc<Buffers>,
    claimed: Vec<Mutex<HashSet<(BlobKind, Id)>>>,
    /// Packs of contents that are filled side by side, each by some of the threads.
    data: Vec<Mutex<Open>>,
    trees: Mutex<Open>,
    /// Taken away at the end, so that the uploads end as well.
    packs: Mutex<Option<UnboundedSender<ReadyPack>>>,
    pub(crate) added: Added,
}

/// A pack that is being filled, with the memory it holds.
#[derive(Debug, Default)]
struct Open {
    writer: PackWriter,
    share: Option<Share>,
}

impl Open {
    /// Holds the memory of what has been added as well.
    fn hold(&mut self, share: Option<Share>) {
        match (&mut self.share, share) {
            (Some(held), Some(share)) => held.join(share),
            (held, share) => *held = held.take().or(share),
        }
    }
}

/// What a thread that stores blobs keeps from one blob to the next.
pub(crate) struct Scratch {
    /// Which of the packs of contents it fills; they are counted round.
    lane: usize,
    compressor: zstd::bulk::Compressor<'static>,
    /// The compressed bytes.
    buffer: Vec<u8>,
    sample: Vec<u8>,
    /// Whether packs that this thread fills get their id beside the next blobs.
    names_aside: bool,
    naming: Option<Naming>,
}

/// A pack that is full, and gets its id while blobs are hashed.
#[derive(Debug)]
struct Naming {
    pack: UnnamedPack,
    share: Option<Share>,
}

impl Scratch {
    pub(crate) fn new() -> Result<Self> {
        let compressor = zstd::bulk::Compressor::new(LEVEL)
            .map_err(|_| Error::Internal("zstd has no memory for a context"))?;
        let (buffer, sample) = Default::default();
        Ok(Self { lane: 0, compressor, buffer, sample, names_aside: false, naming: None })
    }

    /// The same for the thread of that number, which hashes one blob after the other:
    /// a pack that it fills gets its id meanwhile. Such a thread calls [`Sink::name`] before it
    /// waits for anything: who gives it the next blob may wait for the memory
    /// that the pack holds.
    pub(crate) fn naming_aside(lane: usize) -> Result<Self> {
        Ok(Self { lane, names_aside: true, ..Self::new()? })
    }

    /// Puts `plain` into the buffer, compressed, and says whether that made it
    /// smaller.
    fn fill(&mut self, plain: &[u8]) -> bool {
        self.shrinks(plain) && self.compress(plain).is_some_and(|length| length < plain.len())
    }

    /// Whether it is worth trying: of a large blob, a sample tells.
    fn shrinks(&mut self, plain: &[u8]) -> bool {
        if plain.len() < 2 * SAMPLE {
            return true;
        }
        let mut sample = std::mem::take(&mut self.sample);
        sample.clear();
        for part in plain.chunks_exact(plain.len() / PLACES) {
            let middle = (part.len() - SAMPLE / PLACES) / 2;
            sample.extend_from_slice(&part[middle..middle + SAMPLE / PLACES]);
        }
        let length = self.compress(&sample);
        self.sample = sample;
        length.is_some_and(|length| length <= SAMPLE - SAMPLE / 32)
    }

    fn compress(&mut self, plain: &[u8]) -> Option<usize> {
        // 15 saves 1.4 % of text in chunks of 1.5 MiB, at the same speed; 0 is
        // what zstd chooses. With a larger table, smaller blobs take longer.
        let slots = if plain.len() < 256 << 10 { 0 } else { 15 };
        self.compressor.set_parameter(CParameter::HashLog(slots)).ok()?;
        self.buffer.clear();
        self.buffer.reserve(zstd::zstd_safe::compress_bound(plain.len()));
        self.compressor.compress_to_buffer(plain, &mut self.buffer).ok()
    }

    /// One huge tree must not keep its memory for the rest of the run.
    fn release(&mut self) {
        self.buffer.clear();
        self.buffer.shrink_to(9 << 20);
    }
}

impl Sink {
    pub(crate) fn new(
        repository: Arc<Repository>,
        progress: Arc<Progress>,
        (pack_size, lanes): (u64, usize),
        packs: UnboundedSender<ReadyPack>,
    ) -> Self {
        Self {
            repository,
            progress,
            pack_size,
            buffers: Arc::new(Buffers::keeping(lanes * (PAGE + pack_size as usize + BEYOND))),
            claimed: (0..SHARDS).map(|_| Mutex::default()).collect(),
            data: (0..lanes).map(|_| Mutex::default()).collect(),
            trees: Mutex::default(),
            packs: Mutex::new(Some(packs)),
            added: Added::default(),
        }
    }

    /// Stores a blob unless it is stored already, and returns its id. `share`
    /// covers the memory of `plain`.
    ///
    /// # Errors
    /// When the run has ended, or a pack grows past what the format holds.
    pub(crate) fn store(
        &self,
        kind: BlobKind,
        plain: &[u8],
        share: Share,
        scratch: &mut Scratch,
    ) -> Result<Id> {
        let id = self.id_of(kind, plain, scratch);
        if scratch.naming.as_ref().is_some_and(|naming| naming.pack.is_found()) {
            self.name(scratch)?;
        }
        if !self.claim(kind, id) {
            return Ok(id);
        }
        let plain_length = u32::try_from(plain.len())
            .map_err(|_| Error::Internal("a blob is larger than 4 GiB"))?;
        let lane = self.open_pack(kind, scratch.lane);
        let result = if scratch.fill(plain) {
            self.pack(lane, (kind, id), &scratch.buffer, Some(plain_length), share)
        } else {
            self.pack(lane, (kind, id), plain, None, share)
        };
        scratch.release();
        let (packed, full) = result?;
        for open in full {
            self.complete(open, scratch)?;
        }
        let count = match kind {
            BlobKind::Data => &self.added.data_blobs,
            BlobKind::Tree => &self.added.tree_blobs,
        };
        count.fetch_add(1, Ordering::Relaxed);
        self.added.plain.fetch_add(plain_length.into(), Ordering::Relaxed);
        self.added.packed.fetch_add(packed as u64, Ordering::Relaxed);
        Ok(id)
    }

    /// The id of a blob. On the side, packs are hashed: one that is full and waits
    /// for its name, and the one that is being filled, where nobody else is at it.
    /// So little is left to hash of a pack when it is full.
    fn id_of(&self, kind: BlobKind, plain: &[u8], scratch: &mut Scratch) -> Id {
        let mut id = Running::default();
        if let Some(naming) = &mut scratch.naming {
            naming.pack.go_on_beside(&mut id, plain);
        }
        if plain.len() - id.taken() as usize >= WORTH
            && let Ok(mut open) = self.open_pack(kind, scratch.lane).try_lock()
        {
            open.writer.go_on_beside(&mut id, plain);
        }
        Id::from_bytes(id.finish(plain))
    }

    /// Whether the blob is new, and nobody else of this run stores it.
    fn claim(&self, kind: BlobKind, id: Id) -> bool {
        if self.repository.with_index(|index| index.contains(kind, &id)) {
            return false;
        }
        let shard = &self.claimed[usize::from(id.as_bytes()[0]) % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner).insert((kind, id))
    }

    fn open_pack(&self, kind: BlobKind, lane: usize) -> &Mutex<Open> {
        match kind {
            BlobKind::Data => &self.data[lane % self.data.len()],
            BlobKind::Tree => &self.trees,
        }
    }

    /// Seals a blob, or its compressed form, into an open pack. Returns by how many
    /// bytes that grew, and packs that are full now.
    fn pack(
        &self,
        lane: &Mutex<Open>,
        blob: (BlobKind, Id),
        bytes: &[u8],
        uncompressed: Option<u32>,
        mut share: Share,
    ) -> Result<(usize, Vec<Open>)> {
        let length = bytes.len() + OVERHEAD;
        share.shrink(length);
        let mut open = taken(lane)?;
        let mut full = Vec::new();
        // Two large trees must not overflow the offsets of one pack.
        if open.writer.len() + length > u32::MAX as usize / 2 {
            full.push(std::mem::take(&mut *open));
        }
        if open.writer.len() == 0 {
            let capacity = usize::try_from(self.pack_size).unwrap_or(0) + BEYOND;
            open.writer = PackWriter::within(&self.buffers, capacity);
        }
        let key = (self.repository.master(), &*self.repository.ambient().random);
        let packed = open.writer.seal(key, blob, bytes, uncompressed)?;
        open.hold(Some(share));
        if open.writer.is_full(self.pack_size) {
            full.push(std::mem::take(&mut *open));
        }
        Ok((packed, full))
    }

    /// Gives the pack that a thread names on the side its id now, and sends it.
    pub(crate) fn name(&self, scratch: &mut Scratch) -> Result<()> {
        scratch.naming.take().map_or(Ok(()), |naming| self.send(naming))
    }

    /// Sends what is left in packs that are not full, and ends the uploads.
    pub(crate) fn close(&self) -> Result<()> {
        let flushed = self.flush();
        *self.packs.lock().unwrap_or_else(PoisonError::into_inner) = None;
        flushed
    }

    fn flush(&self) -> Result<()> {
        let mut last = Open::default();
        let mut left = vec![std::mem::take(&mut *taken(&self.trees)?)];
        for lane in &self.data {
            let open = std::mem::take(&mut *taken(lane)?);
            // What one pack can hold need not be two.
            if last.writer.has_room(&open.writer, self.pack_size) {
                last.writer.append(&open.writer)?;
                last.hold(open.share);
            } else {
                left.push(std::mem::replace(&mut last, open));
            }
        }
        left.push(last);
        for naming in left.into_iter().filter_map(|open| self.completed(open)) {
            self.send(naming)?;
        }
        Ok(())
    }

    /// Completes a pack. It is named beside the next blobs, or at once.
    fn complete(&self, open: Open, scratch: &mut Scratch) -> Result<()> {
        self.name(scratch)?;
        scratch.naming = self.completed(open);
        let left = scratch.naming.as_ref().map_or(0, |naming| naming.pack.left());
        if scratch.names_aside && left <= ASIDE { Ok(()) } else { self.name(scratch) }
    }

    fn completed(&self, open: Open) -> Option<Naming> {
        let (master, random) = (self.repository.master(), &*self.repository.ambient().random);
        let pack = open.writer.complete(master, random)?;
        Some(Naming { pack, share: open.share })
    }

    fn send(&self, Naming { pack, share }: Naming) -> Result<()> {
        let pack = pack.name();
        let packs = self.packs.lock().unwrap_or_else(PoisonError::into_inner);
        self.progress.bytes_packed.add(pack.bytes.len() as u64);
        let sent = packs.as_ref().map(|packs| packs.send(ReadyPack { pack, share }));
        // Nobody receives any more: the run has failed.
        if let Some(Ok(())) = sent { Ok(()) } else { Err(Error::Cancelled) }
    }

    /// Takes the memory for a blob of `bytes` bytes, if it is free.
    pub(crate) fn admit_now(budget: &Arc<Budget>, bytes: usize) -> Option<Share> {
        budget.try_take(bytes + OVERHEAD)
    }

    /// Takes the memory for a blob of `bytes` bytes.
    pub(crate) fn admit(budget: &Arc<Budget>, bytes: usize) -> Result<Share> {
        budget.take(bytes + OVERHEAD).ok_or(Error::Cancelled)
    }
}

/// A pack to be filled. A thread that broke off amid a blob has left it as nothing
/// that could be stored.
fn taken(lane: &Mutex<Open>) -> Result<MutexGuard<'_, Open>> {
    lane.lock().map_err(|_| Error::Internal(BROKE_OFF))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Random, random::SeededRandom};

    #[test]
    fn what_shrinks_in_part_is_compressed_wherever_that_part_is() {
        let mut scratch = Scratch::new().expect("memory");
        let mut noise = vec![0; 1 << 20];
        SeededRandom::new(1).fill(&mut noise);
        let text = b"the boiler was serviced in May; ".repeat(1 << 14);
        assert!(!scratch.fill(&noise), "noise does not shrink");
        let (text, noise) = (&text[..], &noise[..]);
        for (parts, of_noise) in [
            (vec![text, noise], 1),
            (vec![noise, text], 1),
            (vec![text, noise, text], 1),
            (vec![noise, text, noise], 2),
        ] {
            assert!(scratch.fill(&parts.concat()));
            assert!(scratch.buffer.len() < of_noise * noise.len() + (64 << 10));
        }
    }
}
