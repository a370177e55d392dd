//! Reads files and has their contents stored.

use super::{
    budget::Share,
    large::StoreJob,
    shared::Run,
    sink::{Scratch, Sink},
};
use crate::{
    chunker::{self, Chunker},
    control::Worker,
    error::{Error, Result},
    format::{Id, Node, PastNode},
    outcome::SkipReason,
    pack::BlobKind,
    platform::{Facts, Folder},
};
use crossbeam_channel::{Receiver, Sender};
use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

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

/// Reads files until there are no more.
pub(crate) struct Reader<'a> {
    pub(super) run: &'a Run,
    pub(super) worker: Worker<'a>,
    pub(super) chunks: Sender<StoreJob>,
    pub(super) scratch: Scratch,
    pub(super) chunker: Chunker,
    /// Reused for files of a single chunk.
    small: Vec<u8>,
}

/// Counts a thread that has files to read.
struct Reading<'a>(&'a AtomicUsize);

impl<'a> Reading<'a> {
    fn count(reading: &'a AtomicUsize) -> Self {
        reading.fetch_add(1, Ordering::Relaxed);
        Self(reading)
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What reading a file gave.
pub(super) struct Contents {
    pub(super) ids: Vec<Id>,
    pub(super) length: u64,
}

/// Why a file could not be read, or the whole run ends.
pub(super) enum Failure {
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
    pub(crate) fn new(run: &'a Run, lane: usize, chunks: Sender<StoreJob>) -> Result<Self> {
        let chunker = Chunker::new(Arc::clone(run.repository.tables()));
        let (worker, scratch) = (run.worker(), Scratch::naming_aside(lane)?);
        Ok(Self { run, worker, chunks, scratch, chunker, small: Vec::new() })
    }

    pub(crate) fn read_all(mut self, jobs: &Receiver<FilesJob>) -> Result<()> {
        while let Some(FilesJob { folder, files, reply }) = self.next(jobs)? {
            let _reading = Reading::count(&self.run.reading);
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

    /// The next files. Before this waits, a pack that is being named goes on its way.
    fn next(&mut self, jobs: &Receiver<FilesJob>) -> Result<Option<FilesJob>> {
        if let Ok(job) = jobs.try_recv() {
            return Ok(Some(job));
        }
        self.run.sink.name(&mut self.scratch)?;
        Ok(jobs.recv().ok())
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

    /// Takes the memory for a chunk of up to `largest` bytes. Before this waits, a
    /// pack that is being named goes on its way: it holds some.
    pub(super) fn admit(&mut self, largest: usize) -> Result<Share> {
        if let Some(share) = Sink::admit_now(&self.run.budget, largest) {
            return Ok(share);
        }
        self.run.sink.name(&mut self.scratch)?;
        Sink::admit(&self.run.budget, largest)
    }

    /// A file of a single chunk. One byte more than expected is asked for, so
    /// that growth shows.
    fn small_contents(&mut self, file: &File, size: u64) -> Result<Contents, Failure> {
        let share = self.admit(usize::try_from(size).unwrap_or(0))?;
        self.small.clear();
        let limit = chunker::MIN_SIZE as u64;
        file.take(if size == 0 { limit } else { size }).read_to_end(&mut self.small)?;
        let length = self.small.len() as u64;
        if length == 0 {
            return Ok(Contents { ids: Vec::new(), length });
        }
        let id = self.run.sink.store(BlobKind::Data, &self.small, share, &mut self.scratch)?;
        self.run.progress.bytes_done.add(length);
        Ok(Contents { ids: vec![id], length })
    }
}
