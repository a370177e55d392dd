//! Where blobs go: what is known already is dropped, the rest is compressed
//! where that gains, sealed, and packed.

use super::{
    budget::{Budget, Share},
    upload::ReadyPack,
};
use crate::{
    chunker,
    crypto::{NONCE, OVERHEAD, TAG},
    error::{Error, Result},
    format::Id,
    pack::{BlobKind, PackWriter, UnnamedPack},
    progress::Progress,
    repository::Repository,
};
use sha256::Running;
use std::{
    collections::HashSet,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use storage::buffers::Buffers;
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
    data: Mutex<Open>,
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

/// What a thread that stores blobs keeps from one blob to the next.
pub(crate) struct Scratch {
    compressor: zstd::bulk::Compressor<'static>,
    /// Room for a nonce, then the compressed bytes; sealed in place.
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
        Ok(Self { compressor, buffer, sample, names_aside: false, naming: None })
    }

    /// The same for a thread that hashes one blob after the other: a pack that it
    /// fills gets its id meanwhile. Such a thread calls [`Sink::name`] before it
    /// waits for anything: who gives it the next blob may wait for the memory
    /// that the pack holds.
    pub(crate) fn naming_aside() -> Result<Self> {
        Ok(Self { names_aside: true, ..Self::new()? })
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
        self.begin(zstd::zstd_safe::compress_bound(plain.len()));
        let mut target = io::Cursor::new(&mut self.buffer);
        target.set_position(NONCE as u64);
        self.compressor.compress_to_buffer(plain, &mut target).ok()
    }

    fn begin(&mut self, length: usize) {
        self.buffer.clear();
        self.buffer.reserve(NONCE + length + TAG);
        self.buffer.extend_from_slice(&[0; NONCE]);
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
        pack_size: u64,
        packs: UnboundedSender<ReadyPack>,
    ) -> Self {
        Self {
            repository,
            progress,
            pack_size,
            buffers: Arc::new(Buffers::keeping(pack_size as usize + BEYOND)),
            claimed: (0..SHARDS).map(|_| Mutex::default()).collect(),
            data: Mutex::default(),
            trees: Mutex::default(),
            packs: Mutex::new(Some(packs)),
            added: Added::default(),
        }
    }

    /// Stores a blob unless it is stored already, and returns its id. `share`
    /// covers the memory of `plain`, which may be sealed where it is.
    ///
    /// # Errors
    /// When the run has ended, or a pack grows past what the format holds.
    pub(crate) fn store(
        &self,
        kind: BlobKind,
        plain: &mut [u8],
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
        let (master, random) = (self.repository.master(), &*self.repository.ambient().random);
        let result = if scratch.fill(plain) {
            master.seal_in_place(random, &mut scratch.buffer, 0);
            self.pack(kind, id, &[&scratch.buffer], Some(plain_length), share)
        } else {
            let (nonce, tag) = master.seal_apart(random, plain);
            self.pack(kind, id, &[&nonce, plain, &tag], None, share)
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

    /// The id of a blob. On the side, a pack is hashed: one that is full and waits
    /// for its name, or else the one that is being filled, where nobody else is at
    /// it. So little is left to hash of a pack when it is full.
    fn id_of(&self, kind: BlobKind, plain: &[u8], scratch: &mut Scratch) -> Id {
        if let Some(naming) = &mut scratch.naming {
            return naming.pack.id_beside(plain);
        }
        let open = (plain.len() >= WORTH).then(|| self.open_pack(kind).try_lock());
        let begun = match open {
            Some(Ok(mut open)) => open.writer.begin_beside(plain),
            _ => Running::default(),
        };
        // No more than there are bytes.
        let taken = begun.taken() as usize;
        Id::from_bytes(begun.finish(&plain[taken..]))
    }

    /// Whether the blob is new, and nobody else of this run stores it.
    fn claim(&self, kind: BlobKind, id: Id) -> bool {
        if self.repository.with_index(|index| index.contains(kind, &id)) {
            return false;
        }
        let shard = &self.claimed[usize::from(id.as_bytes()[0]) % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner).insert((kind, id))
    }

    fn open_pack(&self, kind: BlobKind) -> &Mutex<Open> {
        match kind {
            BlobKind::Data => &self.data,
            BlobKind::Tree => &self.trees,
        }
    }

    /// Adds a sealed blob to the open pack. Returns by how many bytes that grew,
    /// and packs that are full now.
    fn pack(
        &self,
        kind: BlobKind,
        id: Id,
        sealed: &[&[u8]],
        uncompressed: Option<u32>,
        mut share: Share,
    ) -> Result<(usize, Vec<Open>)> {
        let length: usize = sealed.iter().map(|part| part.len()).sum();
        share.shrink(length);
        let mut open = self.open_pack(kind).lock().unwrap_or_else(PoisonError::into_inner);
        let mut full = Vec::new();
        // Two large trees must not overflow the offsets of one pack.
        if open.writer.len() + length > u32::MAX as usize / 2 {
            full.push(std::mem::take(&mut *open));
        }
        if open.writer.len() == 0 {
            let capacity = usize::try_from(self.pack_size).unwrap_or(0) + BEYOND;
            open.writer = PackWriter::within(&self.buffers, capacity);
        }
        let packed = open.writer.add(kind, id, sealed, uncompressed)?;
        match &mut open.share {
            Some(held) => held.join(share),
            none => *none = Some(share),
        }
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
        for kind in [BlobKind::Data, BlobKind::Tree] {
            let open = std::mem::take(
                &mut *self.open_pack(kind).lock().unwrap_or_else(PoisonError::into_inner),
            );
            if let Some(naming) = self.completed(open) {
                self.send(naming)?;
            }
        }
        Ok(())
    }

    /// Completes a pack. It is named beside the next blobs, or at once.
    fn complete(&self, open: Open, scratch: &mut Scratch) -> Result<()> {
        self.name(scratch)?;
        scratch.naming = self.completed(open);
        if scratch.names_aside { Ok(()) } else { self.name(scratch) }
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
