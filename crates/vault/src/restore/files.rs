//! Files on their way: written under a temporary name, in any order of their
//! parts, and named when they are complete.

use super::{
    Existing,
    cache::Cache,
    folders::TargetFolder,
    leftovers::What,
    run::{FirstName, Placed, Run},
};
use crate::{
    format::{Id, Node},
    outcome::SkipReason,
    platform::{
        read_at,
        restore::{self as system, Ours},
    },
};
use std::{
    fs::File,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

/// Runs of zeros are left out in units of this many bytes, as file systems
/// allocate them.
const BLOCK: usize = 4096;

/// How many bytes of files may wait for their names, old and new both taking
/// room on the disk.
const WAITING: u64 = 64 << 20;
/// Of parts of at least this many bytes, the disk is told at once: it works while
/// the next ones are opened, and not only at the end.
const LARGE: usize = 128 << 10;

/// What tells inodes apart: device and number.
pub(super) type Inode = (u64, u64);

/// A file that is to be restored.
#[derive(Debug)]
pub(super) struct FileJob {
    pub(super) number: u64,
    /// What is to be in it, when it is worth going on with.
    pub(super) what: Option<What>,
    /// Whether an earlier restore has begun it.
    pub(super) begun_before: bool,
    pub(super) folder: Arc<TargetFolder>,
    pub(super) node: Node,
    inode: Option<Inode>,
    /// Its length in bytes: the sum of its parts.
    pub(super) length: u64,
    /// How many parts are still to come.
    pub(super) parts: AtomicU32,
    /// Whether a single part is all of it.
    pub(super) single: bool,
    pub(super) standing: Standing,
    /// Whether it is complete and only waits for its name.
    ready: AtomicBool,
    /// Whether it has its owner, permissions and times then.
    described: AtomicBool,
    state: Mutex<State>,
}

/// What stood in the place of a file when the restore came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing, or what stays and has not the same bytes.
    Nothing,
    /// A file of the same length, which stays.
    MaybeSame,
    /// Something that is replaced.
    Replaced,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing is there.
    Waiting,
    /// It is there under its temporary name.
    Begun,
    /// It has its name, or never gets it.
    Ended,
}

impl FileJob {
    pub(super) fn new(
        number: u64,
        folder: Arc<TargetFolder>,
        node: Node,
        inode: Option<Inode>,
        standing: Standing,
    ) -> Self {
        let (parts, state) = (AtomicU32::new(0), Mutex::new(State::Waiting));
        let (ready, described) = (AtomicBool::new(false), AtomicBool::new(false));
        Self {
            number,
            what: What::of(&node),
            begun_before: false,
            folder,
            node,
            inode,
            length: 0,
            parts,
            single: false,
            standing,
            ready,
            described,
            state,
        }
    }

    /// Takes note that it is there under its temporary name, begun by an earlier
    /// restore, with anything in it.
    pub(super) fn go_on(&mut self) {
        self.begun_before = true;
        self.state = Mutex::new(State::Begun);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether bytes for it are of no more use.
    pub(super) fn has_ended(&self) -> bool {
        *self.state() == State::Ended
    }
}

impl Run {
    /// Writes bytes of a file at every one of `offsets`, and finishes it when
    /// they were the last ones.
    pub(super) fn write(
        &self,
        open: &Cache<File>,
        job: &FileJob,
        offsets: impl Iterator<Item = u64>,
        bytes: &[u8],
        zeros: bool,
    ) {
        // A file of one part has its length when its last byte is written.
        let hole_at_end = zeros || bytes.last() == Some(&0);
        let written = self.open_file(open, job, hole_at_end).and_then(|file| {
            for offset in offsets {
                // A blob may belong to millions of places.
                if self.cancel.is_cancelled() {
                    return Err(io::ErrorKind::Interrupted.into());
                }
                if !zeros {
                    write_but_zeros(&file, offset, bytes)?;
                    if bytes.len() >= LARGE {
                        system::begin_sync(&file, offset, bytes.len() as u64);
                    }
                }
                self.progress.bytes_done.add(bytes.len() as u64);
            }
            Ok(file)
        });
        match written {
            Ok(file) => {
                if job.parts.fetch_sub(1, Ordering::AcqRel) == 1 {
                    self.finish(open, job, &file);
                }
            }
            Err(error) => self.fail(open, job, SkipReason::of_write(&error)),
        }
    }

    /// Makes a file that has no bytes.
    pub(super) fn write_empty(&self, open: &Cache<File>, job: &FileJob) {
        match self.open_file(open, job, false) {
            Ok(file) => self.finish(open, job, &file),
            Err(error) => self.fail(open, job, SkipReason::of_write(&error)),
        }
    }

    fn open_file(
        &self,
        open: &Cache<File>,
        job: &FileJob,
        hole_at_end: bool,
    ) -> io::Result<Arc<File>> {
        if let Some(file) = open.get(job.number) {
            return Ok(file);
        }
        let folder = self.folders.open(&job.folder)?;
        let mut state = job.state();
        let file = match *state {
            State::Waiting => {
                let file = system::create_file(&folder, &self.temporary_of(job))?;
                *state = State::Begun;
                // What is not written to is a hole. A single part that is no
                // hole makes the file as long as it is.
                if !job.single || hole_at_end {
                    file.set_len(job.length)?;
                }
                file
            }
            State::Begun => system::reopen_file(&folder, &self.temporary_of(job))?,
            State::Ended => return Err(io::ErrorKind::NotFound.into()),
        };
        drop(state);
        let file = Arc::new(file);
        if !job.single {
            open.put(job.number, Arc::clone(&file));
        }
        Ok(file)
    }

    /// Gives a file that an earlier restore has begun the length it is to have.
    pub(super) fn go_on_with(&self, open: &Cache<File>, job: &FileJob) -> io::Result<Arc<File>> {
        let file = self.open_file(open, job, true)?;
        file.set_len(job.length)?;
        Ok(file)
    }

    /// Takes note that a part of a file, of so many bytes, was there.
    pub(super) fn was_there(&self, open: &Cache<File>, job: &FileJob, file: &File, bytes: u64) {
        self.progress.bytes_done.add(bytes);
        if job.parts.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.finish(open, job, file);
        }
    }

    fn finish(&self, open: &Cache<File>, job: &FileJob, file: &File) {
        open.remove(job.number);
        let state = job.state();
        // Another part of it could not be written.
        if *state == State::Ended {
            return;
        }
        let described = file.metadata().and_then(|metadata| {
            if metadata.len() != job.length {
                return Err(io::ErrorKind::WriteZero.into());
            }
            Ok(self.describe(file, job).is_ok())
        });
        if self.existing == Existing::Overwrite
            && job.standing == Standing::Replaced
            && let Ok(described) = described
        {
            // It is named together with others, when all of them are on the disk.
            job.described.store(described, Ordering::Release);
            job.ready.store(true, Ordering::Release);
            self.waiting.fetch_add(job.length, Ordering::AcqRel);
            return;
        }
        let named = described.and_then(|described| self.name(job, Ours::Open(file), described));
        self.settle(open, job, state, named);
    }

    /// Whether so much waits for its name that the disk could fill up with it.
    pub(super) fn is_much_ready(&self) -> bool {
        self.waiting.load(Ordering::Acquire) > WAITING
    }

    /// Puts files that are complete in the place of what stands there, many of
    /// them at once: after a crash there is the old file or all of the new one,
    /// and waiting for the disk once is a hundred times faster than for each.
    pub(super) fn name_ready(&self, open: &Cache<File>, jobs: &[FileJob]) {
        // What becomes ready after this is not on the disk when the others are.
        let ready: Vec<_> =
            jobs.iter().filter(|job| job.ready.swap(false, Ordering::AcqRel)).collect();
        if ready.is_empty() {
            return;
        }
        let bytes: u64 = ready.iter().map(|job| job.length).sum();
        self.waiting.fetch_sub(bytes, Ordering::AcqRel);
        let synced = self.folders.sync();
        for job in ready {
            let state = job.state();
            if *state != State::Begun || self.cancel.is_cancelled() {
                continue;
            }
            let temporary = self.temporary_of(job);
            let described = job.described.load(Ordering::Acquire);
            let named = match &synced {
                Ok(()) => self.name(job, Ours::Named(&temporary), described),
                Err(error) => Err(error.kind().into()),
            };
            self.settle(open, job, state, named);
        }
    }

    fn describe(&self, file: &File, job: &FileJob) -> io::Result<()> {
        system::describe(system::file_entry(file), &job.node, self.privileged)
    }

    /// Gives a file that is complete its name; says as well whether it has its
    /// owner, permissions and times.
    fn name(&self, job: &FileJob, ours: Ours<'_>, described: bool) -> io::Result<(Placed, bool)> {
        let (folder, temporary) = (self.folders.open(&job.folder)?, self.temporary_of(job));
        let placed = self.place(&job.folder, &folder, &temporary, &job.node, ours)?;
        let described = match &placed {
            Placed::As { name, copied: true } => {
                self.describe(&system::reopen_file(&folder, name)?, job).is_ok()
            }
            _ => described,
        };
        Ok((placed, described))
    }

    /// Takes note of what became of a file.
    fn settle(
        &self,
        open: &Cache<File>,
        job: &FileJob,
        mut state: MutexGuard<'_, State>,
        named: io::Result<(Placed, bool)>,
    ) {
        match named {
            Ok((Placed::As { name, .. }, described)) => {
                *state = State::Ended;
                drop(state);
                if let Some(inode) = job.inode {
                    self.set_first_name(inode, FirstName::Done(Arc::clone(&job.folder), name));
                }
                self.progress.files_done.add(1);
                self.count(|report| {
                    report.files += 1;
                    report.bytes += job.length;
                });
                // Everything there is of it is verified, and still not what
                // was recorded.
                if job.length != job.node.size {
                    self.skip(&job.folder, &job.node.name, SkipReason::Contents);
                }
                if !described {
                    self.skip(&job.folder, &job.node.name, SkipReason::Attributes);
                }
            }
            Ok((Placed::Same, _)) => {
                *state = State::Ended;
                drop(state);
                // Its bytes were counted as they were written.
                self.progress.files_done.add(1);
                self.stays(job);
            }
            Ok((Placed::Taken, _)) => {
                drop(state);
                self.fail(open, job, SkipReason::Exists);
            }
            Err(error) => {
                drop(state);
                self.fail(open, job, SkipReason::of_write(&error));
            }
        }
    }

    /// Ends a file, before anything of it was read, when what stands in its
    /// place has the bytes of these blobs.
    pub(super) fn end_if_same(&self, open: &Cache<File>, job: &FileJob, blobs: &[(Id, u32)]) {
        let same = || {
            let folder = self.folders.open(&job.folder)?;
            let file = system::open_to_compare(&folder, &job.node.name)?;
            let mut worker = self.worker();
            holds(&file, blobs, || worker.go_on().is_err())
        };
        let same: io::Result<bool> = same();
        if same.unwrap_or(false) {
            // An earlier restore may have begun it.
            self.abandon(open, job);
            self.progress.files_done.add(1);
            self.progress.bytes_done.add(job.length);
            self.stays(job);
        }
    }

    /// Takes note that the file that was there is the same. Its further names
    /// are not linked to it: that inode is not of this restore's making.
    fn stays(&self, job: &FileJob) {
        if let Some(inode) = job.inode {
            self.set_first_name(inode, FirstName::Failed(SkipReason::Exists));
        }
        self.count(|report| report.kept += 1);
    }

    /// Gives a file up, once.
    pub(super) fn fail(&self, open: &Cache<File>, job: &FileJob, reason: SkipReason) {
        if !self.abandon(open, job) {
            return;
        }
        if let Some(inode) = job.inode {
            self.set_first_name(inode, FirstName::Failed(reason));
        }
        self.skip(&job.folder, &job.node.name, reason);
    }

    /// Removes what there is of a file that has no name yet; `false` when it
    /// has ended already.
    pub(super) fn abandon(&self, open: &Cache<File>, job: &FileJob) -> bool {
        let mut state = job.state();
        let before = std::mem::replace(&mut *state, State::Ended);
        open.remove(job.number);
        if before == State::Begun
            && let Ok(folder) = self.folders.open(&job.folder)
        {
            // What cannot be removed lies there under a name that says what
            // it is.
            let _ = system::remove(&folder, &self.temporary_of(job));
        }
        before != State::Ended
    }

    /// Ends a large file for this restore, and leaves what there is of it to the
    /// next one. Anything else is removed.
    pub(super) fn leave(&self, open: &Cache<File>, job: &FileJob) {
        if job.what.is_none() || job.ready.load(Ordering::Acquire) {
            self.abandon(open, job);
            return;
        }
        *job.state() = State::Ended;
        open.remove(job.number);
    }
}

/// Whether a file is made up of just these blobs, each of so many bytes.
fn holds(
    file: &File,
    blobs: &[(Id, u32)],
    mut is_cancelled: impl FnMut() -> bool,
) -> io::Result<bool> {
    let length: u64 = blobs.iter().map(|(_, length)| u64::from(*length)).sum();
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.len() != length {
        return Ok(false);
    }
    let (mut buffer, mut offset) = (Vec::new(), 0);
    for (id, length) in blobs {
        buffer.resize(*length as usize, 0);
        let read = read_at(file, &mut buffer, offset)?;
        if is_cancelled() || read != buffer.len() || Id::of(&buffer) != *id {
            return Ok(false);
        }
        offset += u64::from(*length);
    }
    Ok(true)
}

/// Whether all of it is zeros.
pub(super) fn is_zeros(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<16>();
    words.iter().all(|word| u128::from_ne_bytes(*word) == 0) && rest.iter().all(|byte| *byte == 0)
}

/// Writes `bytes` at `offset` of a file that holds zeros only, without the
/// blocks that are zeros.
fn write_but_zeros(file: &File, offset: u64, bytes: &[u8]) -> io::Result<()> {
    // The first block may begin before `offset`, the last end after `bytes`.
    let lead = BLOCK - (offset % BLOCK as u64) as usize;
    let mut from = 0;
    let mut at = 0;
    let write = |from: usize, to: usize| match bytes.get(from..to) {
        Some(part) if !part.is_empty() => system::write_at(file, part, offset + from as u64),
        _ => Ok(()),
    };
    while at < bytes.len() {
        let end = bytes.len().min(if at == 0 { lead } else { at + BLOCK });
        if is_zeros(&bytes[at..end]) {
            write(from, at)?;
            from = end;
        }
        at = end;
    }
    write(from, bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::{Read, Seek, SeekFrom};

    proptest! {
        #[test]
        fn leaving_out_zeros_changes_no_byte(
            offset in 0u64..9000,
            runs in prop::collection::vec((0usize..9000, any::<bool>()), 0..8),
        ) {
            let bytes: Vec<u8> = runs
                .iter()
                .flat_map(|&(length, zeros)| vec![if zeros { 0 } else { 7 }; length])
                .collect();
            let mut file = tempfile::tempfile().unwrap();
            file.set_len(offset + bytes.len() as u64).unwrap();
            write_but_zeros(&file, offset, &bytes).unwrap();
            let mut read = vec![1; bytes.len()];
            file.seek(SeekFrom::Start(offset)).unwrap();
            file.read_exact(&mut read).unwrap();
            prop_assert_eq!(read, bytes);
        }
    }

    #[test]
    fn zeros_are_told_from_anything_else() {
        for length in [0, 1, 15, 16, 17, 4096] {
            let mut bytes = vec![0; length];
            assert!(is_zeros(&bytes));
            for at in 0..length {
                bytes[at] = 1;
                assert!(!is_zeros(&bytes), "{at} of {length}");
                bytes[at] = 0;
            }
        }
    }
}
