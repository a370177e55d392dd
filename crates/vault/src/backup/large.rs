//! Contents of large files, cut into chunks that any thread stores.

use super::{
    budget::Share,
    read::{Contents, Failure, Reader},
    segments::{self, SegmentJob, Segments},
    shared::Run,
    sink::{Scratch, Sink},
};
use crate::{
    chunker::{self, Cut},
    crypto::OVERHEAD,
    error::{Error, Result},
    format::Id,
    pack::BlobKind,
    platform::{self, Facts},
};
use crossbeam_channel::{Receiver, Sender};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
    sync::Mutex,
};

/// How much is read at once, in bytes: what is read past the end of a chunk is
/// copied for the next one.
const READ: usize = 256 << 10;
/// By how much the memory for a chunk grows, in bytes: it may move then.
const GROWTH: usize = 1 << 20;
/// The memory that is kept from one chunk to the next, in bytes: all but three of
/// a hundred chunks fit. If it were more, every one of a dozen buffers would in
/// time have held a chunk of twice this size.
const USUAL: usize = 4 << 20;
/// How long a chunk of zeros is, in bytes: the fingerprint of zeros is 0, which
/// ends a chunk as soon as one may end.
const ZEROS: usize = chunker::MIN_SIZE;
/// Shorter files are read by one thread, in bytes.
const IN_SEGMENTS: u64 = 2 * segments::MEMORY as u64;

/// What any thread that stores can do for one that reads.
pub(crate) enum StoreJob {
    Chunk(ChunkJob),
    Segment(SegmentJob),
}

/// A chunk to be stored.
pub(crate) struct ChunkJob {
    plain: Vec<u8>,
    share: Share,
    position: usize,
    reply: Sender<(usize, Id)>,
}

/// Stores chunks until there are no more.
pub(crate) fn store_chunks(run: &Run, lane: usize, jobs: &Receiver<StoreJob>) -> Result<()> {
    let (mut scratch, mut worker) = (Scratch::naming_aside(lane)?, run.worker());
    loop {
        let job = match jobs.try_recv() {
            Ok(job) => job,
            Err(_) => {
                run.sink.name(&mut scratch)?;
                let Ok(job) = jobs.recv() else { return Ok(()) };
                job
            }
        };
        worker.go_on()?;
        match job {
            StoreJob::Segment(job) => job.run(),
            StoreJob::Chunk(job) => {
                let id = store_chunk(run, job.plain, job.share, &mut scratch)?;
                // The reader may be gone when it failed.
                let _ = job.reply.send((job.position, id));
            }
        }
    }
}

/// Stores a chunk.
fn store_chunk(run: &Run, plain: Vec<u8>, share: Share, scratch: &mut Scratch) -> Result<Id> {
    let id = run.sink.store(BlobKind::Data, &plain, share, scratch)?;
    run.progress.bytes_done.add(plain.len() as u64);
    put_by(run, plain);
    Ok(id)
}

/// Keeps the memory of a chunk for another one, unless it is more than usual.
fn put_by(run: &Run, plain: Vec<u8>) {
    if plain.capacity() <= USUAL {
        run.chunks.give(plain);
    }
}

impl Reader<'_> {
    /// A file of more than one chunk.
    pub(super) fn large_contents(
        &mut self,
        file: &File,
        facts: &Facts,
    ) -> Result<Contents, Failure> {
        let (size, has_holes) = (facts.size(), platform::tells_holes(file, facts));
        if size >= IN_SEGMENTS && !has_holes {
            let run = self.run;
            // One file at a time: it waits for memory while it holds some, which
            // nobody else does.
            let turn = run.in_segments.as_ref().map(Mutex::try_lock);
            // Where memory is short, the destination sets the pace.
            if let Some(Ok(_turn)) = turn
                && let Some(_memory) = run.budget.try_take(segments::MEMORY)
            {
                return self.in_segments(file, size);
            }
        }
        self.in_line(file, size, has_holes)
    }

    /// Several threads read the file and look for cuts.
    fn in_segments(&mut self, file: &File, size: u64) -> Result<Contents, Failure> {
        self.run.sink.name(&mut self.scratch)?;
        let mut segments = Segments::new(file, size, self.run.repository.tables())?;
        let (mut chunks, mut length) = (Chunks::new(self.chunks.clone()), 0);
        loop {
            self.worker.go_on()?;
            let cut = segments.next_chunk(|job| {
                let sent = self.chunks.send(StoreJob::Segment(job));
                sent.map_err(|_| Failure::from(Error::Cancelled))
            })?;
            if cut == 0 {
                return Ok(Contents { ids: chunks.ids()?, length });
            }
            let share = Sink::admit(&self.run.budget, cut)?;
            let mut plain = self.run.chunks.take(USUAL);
            plain.reserve_exact(cut);
            segments.copy_chunk(cut, &mut plain);
            chunks.store(plain, share)?;
            length += cut as u64;
        }
    }

    /// This thread reads the file and looks for cuts.
    fn in_line(&mut self, file: &File, size: u64, has_holes: bool) -> Result<Contents, Failure> {
        let mut chunks = Chunks::new(self.chunks.clone());
        let (mut length, mut at_end) = (0, false);
        let mut carried = self.run.chunks.take(USUAL);
        while !at_end || !carried.is_empty() {
            if has_holes && let Some(count) = hole(file, length, size, &carried)? {
                self.worker.go_on()?;
                let mut repeated = count;
                if chunks.zeros.is_none() {
                    self.store_zeros(&mut chunks)?;
                    repeated -= 1;
                }
                chunks.repeat_zeros(repeated);
                self.run.progress.bytes_done.add((repeated * ZEROS) as u64);
                length += (count * ZEROS) as u64;
                carried.clear();
                at_end = length == size;
                continue;
            }
            let left = usize::try_from(size - length).unwrap_or(usize::MAX);
            let largest = left.max(carried.len()).min(chunker::MAX_SIZE);
            let mut share = self.admit(largest)?;
            let mut buffer = std::mem::take(&mut carried);
            self.chunker.start();
            let cut = loop {
                if let Cut::At(cut) = self.chunker.next_cut(&buffer, at_end) {
                    break cut;
                }
                self.worker.go_on()?;
                // No chunk ends before it has its least size.
                let next = READ.max(chunker::MIN_SIZE.saturating_sub(buffer.len()));
                let wanted = (size - length).saturating_sub(buffer.len() as u64).min(next as u64);
                if buffer.capacity() - buffer.len() < wanted as usize {
                    buffer.reserve_exact(GROWTH);
                }
                let read = file.take(wanted).read_to_end(&mut buffer)?;
                at_end = read == 0 || length + buffer.len() as u64 == size;
            };
            if cut == 0 {
                put_by(self.run, buffer);
                break;
            }
            carried = self.run.chunks.take(USUAL);
            carried.extend_from_slice(&buffer[cut..]);
            buffer.truncate(cut);
            length += cut as u64;
            share.shrink(cut + OVERHEAD);
            if self.run.all_read() {
                chunks.is(store_chunk(self.run, buffer, share, &mut self.scratch)?);
            } else {
                self.run.sink.name(&mut self.scratch)?;
                chunks.store(buffer, share)?;
            }
        }
        put_by(self.run, carried);
        Ok(Contents { ids: chunks.ids()?, length })
    }

    /// The first chunk that lies in a hole.
    fn store_zeros(&mut self, chunks: &mut Chunks) -> Result<()> {
        let share = self.admit(ZEROS)?;
        let mut plain = self.run.chunks.take(USUAL);
        plain.resize(ZEROS, 0);
        chunks.zeros = Some(chunks.count);
        chunks.store(plain, share)
    }
}

/// The chunks of a file, while they are stored.
struct Chunks {
    jobs: Sender<StoreJob>,
    reply: Sender<(usize, Id)>,
    answers: Receiver<(usize, Id)>,
    count: usize,
    /// Which chunk is the first that lies in a hole.
    zeros: Option<usize>,
    /// Which chunks are the same.
    repeated: Vec<Range<usize>>,
}

impl Chunks {
    fn new(jobs: Sender<StoreJob>) -> Self {
        let (reply, answers) = crossbeam_channel::unbounded();
        Self { jobs, reply, answers, count: 0, zeros: None, repeated: Vec::new() }
    }

    /// Has the next chunk stored.
    fn store(&mut self, plain: Vec<u8>, share: Share) -> Result<()> {
        let job = ChunkJob { plain, share, position: self.count, reply: self.reply.clone() };
        self.jobs.send(StoreJob::Chunk(job)).map_err(|_| Error::Cancelled)?;
        self.count += 1;
        Ok(())
    }

    /// The next chunk has been stored.
    fn is(&mut self, id: Id) {
        // The other end is here.
        let _ = self.reply.send((self.count, id));
        self.count += 1;
    }

    /// The next chunks are what [`Chunks::zeros`] is.
    fn repeat_zeros(&mut self, count: usize) {
        self.repeated.push(self.count..self.count + count);
        self.count += count;
    }

    /// The ids of all chunks, when all are stored.
    fn ids(self) -> Result<Vec<Id>> {
        drop(self.reply);
        let mut ids = vec![Id::default(); self.count];
        let mut known: usize = self.repeated.iter().map(ExactSizeIterator::len).sum();
        for (position, id) in self.answers {
            ids[position] = id;
            known += 1;
        }
        // A chunk without an answer: the threads that store have ended.
        if known != self.count {
            return Err(Error::Cancelled);
        }
        let zeros = self.zeros.map(|zeros| ids[zeros]).unwrap_or_default();
        for range in self.repeated {
            ids[range].fill(zeros);
        }
        Ok(ids)
    }
}

/// How many chunks from `start` on, of [`ZEROS`] bytes each, lie in a hole of
/// the file, when there are any; what is read next comes after them. `carried`
/// is what of them has been read already.
fn hole(file: &File, start: u64, size: u64, carried: &[u8]) -> io::Result<Option<usize>> {
    // What was read is believed before the file system is.
    if carried.iter().any(|byte| *byte != 0) {
        return Ok(None);
    }
    let end = match platform::next_data(file, start)? {
        Some(data) => data,
        // A file that has become shorter holds no zeros where it was.
        None => file.metadata()?.len(),
    };
    let end = end.min(size);
    let count = end.saturating_sub(start) / ZEROS as u64;
    let next = start + (count * ZEROS as u64).max(carried.len() as u64);
    (&*file).seek(SeekFrom::Start(next))?;
    Ok(usize::try_from(count).ok().filter(|count| *count > 0))
}
