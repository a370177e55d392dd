//! Reads files, cuts their contents into chunks and has them stored.

use super::{
    shared::Run,
    sink::{Scratch, Sink},
};
use crate::{
    backup::budget::Share,
    chunker::{self, Chunker, Cut},
    control::Worker,
    error::{Error, Result},
    format::{Id, Node, PastNode},
    outcome::SkipReason,
    pack::BlobKind,
    platform::{self, Facts, Folder},
};
use crossbeam_channel::{Receiver, Sender};
use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
    sync::{Arc, atomic::Ordering},
};

/// How much is read at once, in bytes.
const READ: usize = 1 << 20;
/// What a chunk takes in memory while its end is looked for, in bytes.
const LARGEST: usize = chunker::MAX_SIZE + READ;
/// How long a chunk of zeros is, in bytes: the fingerprint of zeros is 0, which
/// ends a chunk as soon as one may end.
const ZEROS: usize = chunker::MIN_SIZE;
/// Larger files that change while they are read are not read a second time.
const READ_AGAIN: u64 = 64 << 20;

/// Files of one folder to be read.
pub(crate) struct FilesJob {
    pub(crate) folder: Arc<Folder>,
    pub(crate) files: Vec<FileJob>,
    /// Takes the nodes of those that are not skipped, in their order.
    pub(crate) reply: Sender<Vec<Node>>,
}

/// A file to be read.
pub(crate) struct FileJob {
    pub(crate) name: OsString,
    pub(crate) facts: Facts,
    /// What the parent snapshot holds under this name.
    pub(crate) previous: Option<PastNode>,
}

/// A chunk of a large file, to be stored by any thread.
pub(crate) struct ChunkJob {
    plain: Vec<u8>,
    share: Share,
    position: usize,
    reply: Sender<(usize, Id)>,
}

/// Stores chunks until there are no more.
pub(crate) fn store_chunks(run: &Run, jobs: &Receiver<ChunkJob>) -> Result<()> {
    let (mut scratch, mut worker) = (Scratch::naming_aside()?, run.worker());
    loop {
        let mut job = match jobs.try_recv() {
            Ok(job) => job,
            Err(_) => {
                run.sink.name(&mut scratch)?;
                let Ok(job) = jobs.recv() else { return Ok(()) };
                job
            }
        };
        worker.go_on()?;
        let id = run.sink.store(BlobKind::Data, &mut job.plain, job.share, &mut scratch)?;
        run.progress.bytes_done.add(job.plain.len() as u64);
        run.chunks.give(job.plain);
        // The reader may be gone when it failed.
        let _ = job.reply.send((job.position, id));
    }
}

/// Reads files until there are no more.
pub(crate) struct Reader<'a> {
    run: &'a Run,
    worker: Worker<'a>,
    chunks: Sender<ChunkJob>,
    scratch: Scratch,
    chunker: Chunker,
    /// Reused for files of a single chunk.
    small: Vec<u8>,
}

/// What reading a file gave.
struct Contents {
    ids: Vec<Id>,
    length: u64,
}

/// Why a file could not be read, or the whole run ends.
enum Failure {
    File(io::Error),
    Run(Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Run(error)
    }
}

/// The bytes of a file's path.
fn path_of(folder: &Folder, name: &OsStr) -> Vec<u8> {
    folder.path().join(name).into_os_string().into_encoded_bytes()
}

impl<'a> Reader<'a> {
    pub(crate) fn new(run: &'a Run, chunks: Sender<ChunkJob>) -> Result<Self> {
        let chunker = Chunker::new(Arc::clone(run.repository.tables()));
        let (worker, scratch) = (run.worker(), Scratch::new()?);
        Ok(Self { run, worker, chunks, scratch, chunker, small: Vec::new() })
    }

    pub(crate) fn read_all(mut self, jobs: &Receiver<FilesJob>) -> Result<()> {
        for FilesJob { folder, files, reply } in jobs {
            let mut nodes = Vec::with_capacity(files.len());
            for mut job in files {
                self.worker.go_on()?;
                match self.read(&folder, &mut job) {
                    Ok(node) => {
                        self.run.progress.files_done.add(1);
                        nodes.push(node);
                    }
                    Err(Failure::File(error)) => {
                        self.run.skip(folder.path().join(&job.name), SkipReason::of_read(&error));
                    }
                    Err(Failure::Run(error)) => return Err(error),
                }
            }
            // The assembler is gone when the run has failed.
            let _ = reply.send(nodes);
        }
        Ok(())
    }

    fn read(&mut self, folder: &Folder, job: &mut FileJob) -> Result<Node, Failure> {
        let tally = &self.run.tally;
        if let Some(previous) = &mut job.previous
            && job.facts.matches(previous)
            && let Some(content) = &previous.content
            && self.run.is_stored(content)
        {
            let content = previous.content.take();
            let mut node = self.describe(folder, job, &job.facts)?;
            node.content = content;
            tally.files_unmodified.fetch_add(1, Ordering::Relaxed);
            tally.bytes.fetch_add(node.size, Ordering::Relaxed);
            self.run.progress.bytes_done.add(node.size);
            return Ok(node);
        }
        if let Some(node) = self.resumed(folder, job)? {
            return Ok(node);
        }
        let mut tries = 0;
        // How many bytes of it the totals hold. They follow a file that grew
        // since it was found, is read once more, or says less than it holds.
        let mut expected = job.facts.size();
        let (facts, contents) = loop {
            tries += 1;
            let (file, before) = folder.open_file(&job.name)?;
            let wanted = if tries == 1 { before.size() } else { expected + before.size() };
            self.run.progress.bytes_total.add(wanted.saturating_sub(expected));
            expected = expected.max(wanted);
            if !before.is_file() {
                // Something else has taken its place since the folder was listed.
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            let contents = self.contents(&file, &before)?;
            let surplus = contents.length.saturating_sub(before.size());
            self.run.progress.bytes_total.add(surplus);
            let after = Folder::facts_of(&file)?;
            if after.same_as(&before) && contents.length == before.size() {
                if let Some(journal) = &self.run.journal {
                    journal.add(&path_of(folder, &job.name), before.stamp(), &contents.ids);
                }
                break (before, contents);
            }
            if tries == 2 || before.size() > READ_AGAIN {
                // Some file systems (proc) say 0 for files that have contents.
                let filled = contents.length >= chunker::MIN_SIZE as u64;
                if before.size() > 0 || filled || !after.same_as(&before) {
                    self.run.skip(folder.path().join(&job.name), SkipReason::Changing);
                }
                break (before, contents);
            }
        };
        let mut node = self.describe(folder, job, &facts)?;
        node.size = contents.length;
        node.content = Some(contents.ids);
        self.count(job, node.size);
        Ok(node)
    }

    /// The node of a file that a backup which broke off has read and stored.
    fn resumed(&self, folder: &Folder, job: &FileJob) -> Result<Option<Node>, Failure> {
        let Some(journal) = &self.run.journal else { return Ok(None) };
        let Some(content) = journal.find(&path_of(folder, &job.name), &job.facts.stamp()) else {
            return Ok(None);
        };
        if !self.run.is_stored(content) {
            return Ok(None);
        }
        let mut node = self.describe(folder, job, &job.facts)?;
        node.content = Some(content.to_vec());
        self.count(job, node.size);
        self.run.tally.resumed.fetch_add(1, Ordering::Relaxed);
        self.run.progress.bytes_done.add(node.size);
        Ok(Some(node))
    }

    /// Takes note of a file that is not as the parent snapshot has it.
    fn count(&self, job: &FileJob, size: u64) {
        let tally = &self.run.tally;
        let count = if job.previous.is_some() { &tally.files_changed } else { &tally.files_new };
        count.fetch_add(1, Ordering::Relaxed);
        tally.bytes.fetch_add(size, Ordering::Relaxed);
    }

    fn describe(&self, folder: &Folder, job: &FileJob, facts: &Facts) -> Result<Node, Failure> {
        let (node, complete) = self.run.describer.node(folder, &job.name, facts)?;
        if !complete {
            self.run.skip(folder.path().join(&job.name), SkipReason::Attributes);
        }
        Ok(node)
    }

    fn contents(&mut self, file: &File, facts: &Facts) -> Result<Contents, Failure> {
        let size = facts.size();
        if size < chunker::MIN_SIZE as u64 {
            self.small_contents(file, size)
        } else {
            self.large_contents(file, facts)
        }
    }

    /// A file of a single chunk. One byte more than expected is asked for, so
    /// that growth shows.
    fn small_contents(&mut self, file: &File, size: u64) -> Result<Contents, Failure> {
        let share = Sink::admit(&self.run.budget, usize::try_from(size).unwrap_or(READ))?;
        self.small.clear();
        let limit = chunker::MIN_SIZE as u64;
        file.take(if size == 0 { limit } else { size }).read_to_end(&mut self.small)?;
        let length = self.small.len() as u64;
        if length == 0 {
            return Ok(Contents { ids: Vec::new(), length });
        }
        let id = self.run.sink.store(BlobKind::Data, &mut self.small, share, &mut self.scratch)?;
        self.run.progress.bytes_done.add(length);
        Ok(Contents { ids: vec![id], length })
    }

    fn large_contents(&mut self, file: &File, facts: &Facts) -> Result<Contents, Failure> {
        let (size, has_holes) = (facts.size(), platform::tells_holes(file, facts));
        let (reply, answers) = crossbeam_channel::unbounded();
        let (mut chunks, mut length, mut at_end) = (0, 0, false);
        let mut zeros = Zeros::default();
        let mut carried = self.run.chunks.take(LARGEST);
        while !at_end || !carried.is_empty() {
            if has_holes && let Some(count) = hole(file, length, size, &carried)? {
                self.worker.go_on()?;
                if zeros.add(chunks, count) {
                    let share = Sink::admit(&self.run.budget, ZEROS)?;
                    let mut plain = self.run.chunks.take(LARGEST);
                    plain.resize(ZEROS, 0);
                    let job = ChunkJob { plain, share, position: chunks, reply: reply.clone() };
                    self.chunks.send(job).map_err(|_| Error::Cancelled)?;
                }
                self.run.progress.bytes_done.add((count * ZEROS) as u64);
                (chunks, length) = (chunks + count, length + (count * ZEROS) as u64);
                carried.clear();
                at_end = length == size;
                continue;
            }
            let left = usize::try_from(size - length).unwrap_or(usize::MAX);
            let largest = left.max(carried.len()).min(chunker::MAX_SIZE);
            let mut share = Sink::admit(&self.run.budget, largest)?;
            let mut buffer = std::mem::take(&mut carried);
            self.chunker.start();
            let cut = loop {
                if let Cut::At(cut) = self.chunker.next_cut(&buffer, at_end) {
                    break cut;
                }
                self.worker.go_on()?;
                let wanted = (size - length).saturating_sub(buffer.len() as u64).min(READ as u64);
                let read = file.take(wanted).read_to_end(&mut buffer)?;
                at_end = read == 0 || length + buffer.len() as u64 == size;
            };
            if cut == 0 {
                self.run.chunks.give(buffer);
                break;
            }
            carried = self.run.chunks.take(LARGEST);
            carried.extend_from_slice(&buffer[cut..]);
            buffer.truncate(cut);
            length += cut as u64;
            share.shrink(cut + crate::crypto::OVERHEAD);
            let job = ChunkJob { plain: buffer, share, position: chunks, reply: reply.clone() };
            self.chunks.send(job).map_err(|_| Error::Cancelled)?;
            chunks += 1;
        }
        drop(reply);
        self.run.chunks.give(carried);
        let mut ids = vec![Id::default(); chunks];
        let mut answered = 0;
        for (position, id) in answers {
            ids[position] = id;
            answered += 1;
        }
        // A chunk without an answer: the threads that store have ended.
        if answered + zeros.repeated() != chunks {
            return Err(Error::Cancelled.into());
        }
        zeros.repeat(&mut ids);
        Ok(Contents { ids, length })
    }
}

/// Which chunks of a file lie in holes: all of them the same, of which only the
/// first is stored.
#[derive(Default)]
struct Zeros(Vec<Range<usize>>);

impl Zeros {
    /// Notes that the `count` chunks from `first` on lie in a hole. Says whether
    /// they are the first ones.
    fn add(&mut self, first: usize, count: usize) -> bool {
        self.0.push(first..first + count);
        self.0.len() == 1
    }

    /// How many chunks repeat the first one.
    fn repeated(&self) -> usize {
        self.0.iter().map(ExactSizeIterator::len).sum::<usize>().saturating_sub(1)
    }

    /// Gives all of them the id of the first one.
    fn repeat(self, ids: &mut [Id]) {
        let first = self.0.first().map(|range| ids[range.start]);
        for range in self.0 {
            ids[range].fill(first.unwrap_or_default());
        }
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
    let end = platform::next_data(file, start)?.map_or(size, |data| data.min(size));
    let count = end.saturating_sub(start) / ZEROS as u64;
    let next = start + (count * ZEROS as u64).max(carried.len() as u64);
    (&*file).seek(SeekFrom::Start(next))?;
    Ok(usize::try_from(count).ok().filter(|count| *count > 0))
}
