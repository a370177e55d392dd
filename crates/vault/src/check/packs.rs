//! Packs: whether they are there, and what is in them.

use super::{Check, Problem, Subject};
use crate::{
    control::Worker,
    crypto::MasterKey,
    error::{Error, Result},
    format::Id,
    index::Place,
    layout::FileKind,
    pack::{BlobKind, PackedBlob, length_of_pack, parse_pack},
    repository::open_blob,
    restore::is_lost_object,
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use std::{collections::HashMap, sync::Arc};
use storage::{ByteRange, StoreExt};
use tokio::{runtime::Handle, sync::Semaphore};

/// The memory for packs that are being verified, in bytes, unless a single
/// one has more.
const BUDGET: u64 = 64 << 20;
/// The budget is shared out in units of this many bytes.
const UNIT: u64 = 1 << 10;
/// A pack that has not the length it should have is read only up to this many
/// bytes: nobody knows what it is.
const LARGEST_STRANGER: u64 = 1 << 30;

/// What reading a pack has shown.
#[derive(Debug, Default)]
struct Verdict {
    problems: Vec<Problem>,
    bad: Vec<(BlobKind, Id)>,
}

impl Check<'_> {
    /// Compares the packs that are there with those the index names, and
    /// reads them where that is asked for.
    pub(super) async fn packs(&mut self, read_data: bool) -> Result<()> {
        let store = self.repository.store();
        let found: HashMap<Id, u64> =
            FileKind::Pack.list(store, self.cancel).await?.into_iter().collect();
        let named: Vec<Id> = self.packs.keys().copied().collect();
        let mut to_read = Vec::new();
        for pack in named {
            let expected = self.packs.get(&pack).map_or(0, |blobs| length_of_pack(blobs));
            let Some(&length) = found.get(&pack) else {
                let finding = self.error(Subject::Pack(pack), Problem::Missing);
                self.lose_after(pack, 0, finding);
                continue;
            };
            let right = length == expected;
            if !right {
                let problem = Problem::Length { expected, found: length };
                let finding = self.error(Subject::Pack(pack), problem);
                self.lose_after(pack, length, finding);
            }
            if read_data && (right || length <= LARGEST_STRANGER) {
                self.progress.bytes_total.add(length);
                to_read.push((pack, length));
            }
        }
        let is_named = |pack: &&Id| self.packs.contains_key(pack) || self.marked.contains(pack);
        let orphans: Vec<Id> = found.keys().filter(|pack| !is_named(pack)).copied().collect();
        for pack in orphans {
            self.remark(Subject::Pack(pack), Problem::Orphan);
        }
        self.progress.files_total.add(self.packs.len() as u64);
        self.progress.files_done.add((self.packs.len() - to_read.len()) as u64);
        to_read.sort_unstable();
        self.read_packs(to_read).await
    }

    /// The blobs of a pack that do not lie within its first `length` bytes are
    /// lost.
    fn lose_after(&mut self, pack: Id, length: u64, finding: usize) {
        self.pack_findings.insert(pack, finding);
        for blob in self.packs.get(&pack).into_iter().flatten() {
            if u64::from(blob.offset) + u64::from(blob.length) > length {
                self.bad.insert((blob.kind, blob.id, pack));
            }
        }
    }

    async fn read_packs(&mut self, packs: Vec<(Id, u64)>) -> Result<()> {
        let budget = Arc::new(Semaphore::new((BUDGET / UNIT) as usize));
        let (repository, cancel, progress) = (self.repository, self.cancel, self.progress);
        let jobs: Vec<_> = packs
            .into_iter()
            .map(|(pack, length)| (pack, length, self.packs.remove(&pack).unwrap_or_default()))
            .collect();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let width = repository.store().capabilities().concurrency.max(cores);
        let mut reading = stream::iter(jobs)
            .map(|(pack, length, blobs)| {
                let budget = Arc::clone(&budget);
                async move {
                    progress.control.go_on(cancel).await?;
                    let units = length.min(BUDGET).div_ceil(UNIT) as u32;
                    let permit = budget.acquire_many_owned(units).await;
                    let permit = permit.map_err(|_| Error::Internal("the budget was closed"))?;
                    let key = FileKind::Pack.key(&pack);
                    let read = repository.store().read(&key, ByteRange::Whole, length, cancel);
                    let bytes = match read.await {
                        Ok(bytes) => bytes,
                        Err(error) if is_lost_object(&error) => {
                            let problem = super::problem_of(error.into())?;
                            return Ok((pack, length, Verdict::lost(problem, &blobs)));
                        }
                        Err(error) => return Err(error.into()),
                    };
                    progress.bytes_moved.add(bytes.len() as u64);
                    let (master, token) = (repository.master().clone(), cancel.clone());
                    let shared = Arc::clone(progress);
                    let verdict = tokio::task::spawn_blocking(move || {
                        let mut worker = Worker::new(&shared.control, &token, Handle::current());
                        let verdict = verify(&master, &pack, &blobs, &bytes, &mut worker);
                        drop(permit);
                        verdict
                    });
                    let verdict = verdict.await.map_err(|_| Error::Internal("a check failed"))?;
                    progress.bytes_done.add(length);
                    progress.files_done.add(1);
                    Ok::<_, Error>((pack, length, verdict))
                }
            })
            .buffer_unordered(width);
        let mut verdicts = Vec::new();
        while let Some(verdict) = reading.next().await {
            let (pack, length, verdict) = verdict?;
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            self.report.bytes_read += length;
            if !verdict.problems.is_empty() {
                verdicts.push((pack, verdict));
            }
        }
        drop(reading);
        for (pack, verdict) in verdicts {
            self.judge(pack, verdict);
        }
        Ok(())
    }

    fn judge(&mut self, pack: Id, verdict: Verdict) {
        // The length alone says less than what was read.
        let known = self.pack_findings.get(&pack).copied();
        let mut last = known;
        for problem in verdict.problems {
            last = Some(self.error(Subject::Pack(pack), problem));
        }
        if let Some(finding) = known.or(last) {
            self.pack_findings.insert(pack, finding);
        }
        self.bad.extend(verdict.bad.into_iter().map(|(kind, id)| (kind, id, pack)));
    }
}

impl Verdict {
    fn lost(problem: Problem, blobs: &[PackedBlob]) -> Self {
        let bad = blobs.iter().map(|blob| (blob.kind, blob.id)).collect();
        Self { problems: vec![problem], bad }
    }
}

/// Reads everything in a pack as a restore would, and compares it with its
/// name and with the index.
fn verify(
    master: &MasterKey,
    pack: &Id,
    indexed: &[PackedBlob],
    bytes: &Bytes,
    worker: &mut Worker<'_>,
) -> Verdict {
    let mut verdict = Verdict::default();
    if Id::of(bytes) != *pack {
        let reason = "its bytes do not match its name".to_owned();
        verdict.problems.push(Problem::Damaged(reason));
    }
    match parse_pack(master, bytes) {
        Ok(header) if header == indexed => {}
        Ok(_) => verdict.problems.push(Problem::HeaderDiffers),
        Err(error) => verdict.problems.push(Problem::Damaged(error.to_string())),
    }
    for blob in indexed {
        if worker.go_on().is_err() {
            break;
        }
        let (start, length) = (blob.offset as usize, blob.length as usize);
        let sealed = bytes.get(start..start.saturating_add(length));
        let place = Place { pack: *pack, blob: *blob };
        let sound = sealed.is_some_and(|sealed| open_blob(master, &place, sealed.to_vec()).is_ok());
        if !sound {
            verdict.bad.push((blob.kind, blob.id));
        }
    }
    if let Some((_, first)) = verdict.bad.first() {
        let problem = Problem::Blobs { count: verdict.bad.len() as u64, first: *first };
        verdict.problems.push(problem);
    }
    verdict
}
