//! The contents of many files, read in the order in which they lie in packs:
//! every needed part of a pack once, several at a time, within a budget.

use super::{
    cache::Cache,
    files::{FileJob, Standing, is_zeros},
    run::Run,
    trees::is_lost_object,
};
use crate::{
    error::{Error, Result},
    format::Id,
    index::{Index, Place},
    layout::FileKind,
    opener::Opener,
    outcome::SkipReason,
    pack::BlobKind,
    platform::{read_at, restore as system},
    repository::Repository,
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use std::{
    collections::HashMap,
    fs::File,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use storage::{ByteRange, Cancel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The memory for bytes that are read but not written yet.
const BUDGET: u64 = 48 << 20;
/// The budget is shared out in units of this many bytes.
const UNIT: u64 = 1 << 10;
/// Bytes that nobody needs are read as well when they are no more than this
/// many between two that somebody needs: a further request costs more.
const GAP: u64 = 64 << 10;
/// The most bytes that are read at once, unless a single blob has more.
const LARGEST_READ: u64 = 8 << 20;
/// How long work that was cancelled is waited for.
const PATIENCE: Duration = Duration::from_millis(500);
/// How many files that are not complete are open at once.
const OPEN_FILES: usize = 64;

/// A place in a file that a blob belongs to, `times` times in a row: a long
/// run of zeros is millions of times the same blob.
#[derive(Debug)]
struct Use {
    blob: Id,
    file: u32,
    times: u32,
    offset: u64,
    /// Whether an earlier restore has brought it there.
    there: bool,
}

/// A blob, and where it is needed.
#[derive(Debug)]
struct Blob {
    place: Place,
    uses: Range<usize>,
}

/// Files that are restored together.
#[derive(Debug)]
struct Batch {
    run: Arc<Run>,
    files: Vec<FileJob>,
    uses: Vec<Use>,
    blobs: Vec<Blob>,
    /// Files that may be there already, with their blobs and the length of each.
    maybe_same: Vec<(usize, Vec<(Id, u32)>)>,
    open: Cache<File>,
    /// Whether the next restore may go on with what is not finished.
    leaves: AtomicBool,
}

impl Drop for Batch {
    /// Nothing half written stays behind, but for large files when the
    /// destination is the reason.
    fn drop(&mut self) {
        for file in &self.files {
            if *self.leaves.get_mut() {
                self.run.leave(&self.open, file);
            } else {
                self.run.abandon(&self.open, file);
            }
        }
    }
}

impl Batch {
    fn new(run: &Arc<Run>, files: Vec<FileJob>, index: &Index) -> Self {
        let open = Cache::new(OPEN_FILES);
        let (uses, blobs, maybe_same) = (Vec::new(), Vec::new(), Vec::new());
        let (run, leaves) = (Arc::clone(run), AtomicBool::new(false));
        let mut batch = Self { run, files, uses, blobs, maybe_same, open, leaves };
        for number in 0..batch.files.len() {
            batch.add_uses(number, index);
        }
        batch.uses.sort_unstable_by_key(|one| (one.blob, one.file, one.offset));
        let mut start = 0;
        for uses in batch.uses.chunk_by(|a, b| a.blob == b.blob) {
            let end = start + uses.len();
            // Every blob was found when its uses were added.
            if let Some(place) = index.find(BlobKind::Data, &uses[0].blob) {
                batch.blobs.push(Blob { place, uses: start..end });
            }
            start = end;
        }
        batch.blobs.sort_unstable_by_key(|blob| (blob.place.pack, blob.place.blob.offset));
        batch
    }

    /// Adds the places in one file; one of which a blob is unknown is given up.
    fn add_uses(&mut self, number: usize, index: &Index) {
        let before = self.uses.len();
        let Some(file) = self.files.get_mut(number) else { return };
        let content = file.node.content.take();
        let complete = content.is_some() || file.node.size == 0;
        let mut offset = 0_u64;
        let maybe_same = file.standing == Standing::MaybeSame;
        let mut lengths = Vec::new();
        for id in content.unwrap_or_default() {
            let Some(length) = index.plain_length(BlobKind::Data, &id) else {
                self.uses.truncate(before);
                self.run.fail(&self.open, &self.files[number], SkipReason::Contents);
                return;
            };
            match self.uses[before..].last_mut() {
                Some(last) if last.blob == id && last.times < u32::MAX => last.times += 1,
                _ => self.uses.push(Use {
                    blob: id,
                    file: number as u32,
                    times: 1,
                    offset,
                    there: false,
                }),
            }
            offset = offset.saturating_add(length.into());
            if maybe_same {
                lengths.push((id, length));
            }
        }
        if maybe_same && complete {
            self.maybe_same.push((number, lengths));
        }
        let parts = self.uses.len() - before;
        file.length = offset;
        file.single = parts == 1;
        file.parts.store(u32::try_from(parts).unwrap_or(u32::MAX), Ordering::Relaxed);
        if !complete {
            self.run.fail(&self.open, &self.files[number], SkipReason::Contents);
        }
    }

    /// Finds which parts of files that an earlier restore has begun are there, by
    /// their hashes; they need not be read from the destination. What else is in
    /// those files goes.
    fn find_parts(&mut self) {
        if !self.files.iter().any(|file| file.begun_before) {
            return;
        }
        let Self { run, files, uses, blobs, open, .. } = self;
        let mut worker = run.worker();
        let mut comparison = Comparison::default();
        for blob in &*blobs {
            let length = blob.place.blob.plain_length();
            for one in &mut uses[blob.uses.clone()] {
                let file = &files[one.file as usize];
                if !file.begun_before || file.has_ended() {
                    continue;
                }
                let found = run.go_on_with(open, file).and_then(|held| {
                    let mut offsets =
                        (0..u64::from(one.times)).map(|time| one.offset + time * u64::from(length));
                    let there = offsets.all(|offset| {
                        worker.go_on().is_ok() && comparison.holds(&held, offset, length, &one.blob)
                    });
                    let bytes = u64::from(one.times) * u64::from(length);
                    if there {
                        run.was_there(open, file, &held, bytes);
                    } else if !run.cancel.is_cancelled() {
                        system::clear(&held, one.offset, bytes)?;
                    }
                    Ok(there)
                });
                match found {
                    Ok(there) => one.there = there,
                    Err(error) => run.fail(open, file, SkipReason::of_write(&error)),
                }
            }
        }
        blobs.retain(|blob| uses[blob.uses.clone()].iter().any(|one| !one.there));
    }

    /// Blobs that are read with one request each.
    fn reads(&self) -> Vec<Range<usize>> {
        let mut reads: Vec<Range<usize>> = Vec::new();
        let mut first_byte = 0;
        for (number, blob) in self.blobs.iter().enumerate() {
            let (start, end) = span(&blob.place);
            if let Some(read) = reads.last_mut() {
                let last = &self.blobs[read.end - 1].place;
                let joins = last.pack == blob.place.pack
                    && start <= span(last).1 + GAP
                    && end - first_byte <= LARGEST_READ;
                if joins {
                    read.end = number + 1;
                    continue;
                }
            }
            first_byte = start;
            reads.push(number..number + 1);
        }
        reads
    }

    /// Whether any file still waits for one of these blobs.
    fn is_needed(&self, blobs: &Range<usize>) -> bool {
        self.blobs[blobs.clone()].iter().any(|blob| {
            self.uses[blob.uses.clone()]
                .iter()
                .any(|one| !one.there && !self.files[one.file as usize].has_ended())
        })
    }

    /// Writes a blob everywhere it is needed.
    fn write(&self, blob: &Blob, plain: &[u8]) {
        let zeros = is_zeros(plain);
        for one in &self.uses[blob.uses.clone()] {
            let file = &self.files[one.file as usize];
            if !one.there && !file.has_ended() {
                let length = plain.len() as u64;
                let offsets = (0..u64::from(one.times)).map(|time| one.offset + time * length);
                self.run.write(&self.open, file, offsets, plain, zeros);
            }
        }
        if self.run.is_much_ready() {
            self.run.name_ready(&self.open, &self.files);
        }
    }

    /// Opens and writes `blobs`, which were read as `bytes` from their first
    /// byte on; returns those that are damaged.
    fn write_all(&self, opener: &mut Opener, blobs: Range<usize>, bytes: &Bytes) -> Vec<usize> {
        let first_byte = self.blobs[blobs.start].place.blob.offset as usize;
        let mut damaged = Vec::new();
        if let Some(first) = self.uses.get(self.blobs[blobs.start].uses.start) {
            let file = &self.files[first.file as usize];
            self.run.progress.set_current(&file.folder.path_of(&file.node.name));
        }
        let mut found = Vec::with_capacity(blobs.len());
        for number in blobs {
            let blob = &self.blobs[number].place.blob;
            let start = blob.offset as usize - first_byte;
            match bytes.get(start..start + blob.length as usize) {
                Some(sealed) => found.push((number, sealed)),
                None => damaged.push(number),
            }
        }
        let mut take = |number: usize, plain: Result<&[u8]>| match plain {
            Ok(plain) => self.write(&self.blobs[number], plain),
            Err(_) => damaged.push(number),
        };
        let place = |number: usize| &self.blobs[number].place;
        let mut worker = self.run.worker();
        for blobs in found.chunks(2) {
            if worker.go_on().is_err() {
                break;
            }
            match *blobs {
                [(one, sealed), (other, sealed_too)] => {
                    let both = [(place(one), sealed), (place(other), sealed_too)];
                    let [plain, plain_too] = opener.open_two(both);
                    take(one, plain);
                    take(other, plain_too);
                }
                [(one, sealed)] => take(one, opener.open(place(one), sealed)),
                _ => {}
            }
        }
        damaged
    }

    fn lose(&self, blob: &Blob) {
        for one in &self.uses[blob.uses.clone()] {
            self.run.fail(&self.open, &self.files[one.file as usize], SkipReason::Contents);
        }
    }
}

/// Compares parts of files with what is to be in them.
#[derive(Debug, Default)]
struct Comparison {
    buffer: Vec<u8>,
    /// The id of so many zeros.
    zeros: HashMap<u32, Id>,
}

impl Comparison {
    /// Whether the `length` bytes at `offset` are those of the blob `id`. What
    /// cannot be read is not.
    fn holds(&mut self, file: &File, offset: u64, length: u32, id: &Id) -> bool {
        self.buffer.resize(length as usize, 0);
        let read = read_at(file, &mut self.buffer, offset);
        if !read.is_ok_and(|read| read == self.buffer.len()) {
            return false;
        }
        // A sparse file is millions of times the same.
        if is_zeros(&self.buffer) {
            let zeros = self.zeros.entry(length);
            return zeros.or_insert_with(|| Id::of(&self.buffer)) == id;
        }
        Id::of(&self.buffer) == *id
    }
}

/// The first byte of a blob in its pack, and the one after its last.
fn span(place: &Place) -> (u64, u64) {
    let start = u64::from(place.blob.offset);
    (start, start + u64::from(place.blob.length))
}

/// Restores `files`. Those that could not be are listed in the report.
///
/// # Errors
/// When the work was cancelled or the destination cannot be reached any more.
/// Nothing half written is left then, or as soon as the disk has done what it was
/// given last; but large files that were begun when the destination went.
pub(super) async fn restore(
    repository: &Repository,
    run: &Arc<Run>,
    files: Vec<FileJob>,
    cancel: &Cancel,
) -> Result<()> {
    let shared = Arc::clone(run);
    let mut batch = repository.with_index(|index| Batch::new(&shared, files, index));
    let batch = blocking(move || {
        // What is the same already need not be read from the destination.
        for (number, blobs) in &batch.maybe_same {
            if !batch.run.cancel.is_cancelled() {
                batch.run.end_if_same(&batch.open, &batch.files[*number], blobs);
            }
        }
        batch.find_parts();
        for file in &batch.files {
            if file.length == 0 && !file.has_ended() && !batch.run.cancel.is_cancelled() {
                batch.run.write_empty(&batch.open, file);
            }
        }
        Arc::new(batch)
    })
    .await?;
    let budget = Arc::new(Semaphore::new((BUDGET / UNIT) as usize));
    let reader =
        Reader { repository, batch: Arc::clone(&batch), budget: Arc::clone(&budget), cancel };
    let result = reader.all().await;
    if let Err(error) = &result
        && !matches!(error, Error::Cancelled)
    {
        batch.leaves.store(true, Ordering::Relaxed);
    }
    // Whoever still writes holds a part of the budget.
    let idle = unless_given_up(cancel, budget.acquire_many((BUDGET / UNIT) as u32)).await;
    result?;
    drop(idle?.map_err(|_| Error::Internal("the budget was closed"))?);
    let naming = blocking(move || batch.run.name_ready(&batch.open, &batch.files));
    unless_given_up(cancel, naming).await?
}

/// Waits for `work`, but not for long once it was cancelled: a disk may take
/// its time to write down what it was given. The thread that waits for it
/// tidies up.
async fn unless_given_up<F: Future>(cancel: &Cancel, work: F) -> Result<F::Output> {
    let given_up = async {
        cancel.cancelled().await;
        tokio::time::sleep(PATIENCE).await;
    };
    tokio::select! {
        biased;
        output = work => Ok(output),
        () = given_up => Err(Error::Cancelled),
    }
}

/// Runs `work` where it may block.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Internal("a restore worker failed"))
}

struct Reader<'a> {
    repository: &'a Repository,
    batch: Arc<Batch>,
    budget: Arc<Semaphore>,
    cancel: &'a Cancel,
}

impl Reader<'_> {
    async fn all(&self) -> Result<()> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let width = self.repository.store().capabilities().concurrency.max(cores);
        stream::iter(self.batch.reads())
            .map(|blobs| self.read(blobs))
            .buffer_unordered(width)
            .try_collect::<()>()
            .await
    }

    async fn read(&self, blobs: Range<usize>) -> Result<()> {
        if !self.batch.is_needed(&blobs) {
            return Ok(());
        }
        let places: Vec<Place> =
            self.batch.blobs[blobs.clone()].iter().map(|blob| blob.place).collect();
        let Some((start, _)) = places.first().map(span) else { return Ok(()) };
        // Blobs of one pack that overlap are damage that shows when they are opened.
        let end = places.iter().map(|place| span(place).1).max().unwrap_or(start);
        let largest = places.iter().map(|place| u64::from(place.blob.plain_length())).max();
        // Beside the bytes read, the largest two blobs, compressed and not.
        let permit = self.permit(end - start + 4 * largest.unwrap_or(0)).await?;
        let damaged = match self.fetch(&places[0].pack, start, end - start).await? {
            Some(bytes) => {
                let (batch, range) = (Arc::clone(&self.batch), blobs.clone());
                let openers = self.repository.openers();
                blocking(move || {
                    let damaged = openers.with(|opener| batch.write_all(opener, range, &bytes));
                    drop(permit);
                    damaged
                })
                .await??
            }
            None => {
                drop(permit);
                blobs.collect()
            }
        };
        if self.cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        for number in damaged {
            self.rescue(number).await?;
        }
        Ok(())
    }

    /// Tries a blob by itself, then its further copies, then gives the files
    /// up that need it.
    async fn rescue(&self, number: usize) -> Result<()> {
        let blob = &self.batch.blobs[number];
        let id = blob.place.blob.id;
        let copies = self.repository.with_index(|index| index.copies(BlobKind::Data, &id));
        for place in std::iter::once(blob.place).chain(copies) {
            let (start, end) = span(&place);
            let cost = end - start + 2 * u64::from(place.blob.plain_length());
            let permit = self.permit(cost).await?;
            let Some(bytes) = self.fetch(&place.pack, start, end - start).await? else { continue };
            let (batch, openers) = (Arc::clone(&self.batch), self.repository.openers());
            let written = blocking(move || {
                let written = openers.with(|opener| {
                    let plain = opener.open(&place, &bytes);
                    plain.map(|plain| batch.write(&batch.blobs[number], plain)).is_ok()
                });
                drop(permit);
                written
            })
            .await??;
            if written {
                return Ok(());
            }
        }
        let batch = Arc::clone(&self.batch);
        blocking(move || batch.lose(&batch.blobs[number])).await
    }

    async fn permit(&self, bytes: u64) -> Result<OwnedSemaphorePermit> {
        // What is larger than the whole budget waits until it is alone.
        let units = bytes.min(BUDGET).div_ceil(UNIT) as u32;
        let budget = Arc::clone(&self.budget);
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Error::Cancelled),
            permit = budget.acquire_many_owned(units) => {
                permit.map_err(|_| Error::Internal("the budget was closed"))
            }
        }
    }

    /// Reads a part of a pack; `None` when it is lost.
    async fn fetch(&self, pack: &Id, offset: u64, length: u64) -> Result<Option<Bytes>> {
        self.batch.run.progress.control.go_on(self.cancel).await?;
        let key = FileKind::Pack.key(pack);
        let range = ByteRange::Exact { offset, length };
        match self.repository.store().read(&key, range, length, self.cancel).await {
            Ok(bytes) => {
                self.batch.run.progress.bytes_moved.add(bytes.len() as u64);
                Ok((bytes.len() as u64 == length).then_some(bytes))
            }
            Err(error) if is_lost_object(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
