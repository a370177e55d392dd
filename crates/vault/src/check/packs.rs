//! Packs: whether they are there, and what is in them.

use super::{
    Check, CheckOptions, Problem, Reading, Subject,
    recent::{self, Sound, said},
};
use crate::{
    control::Worker,
    crypto::MasterKey,
    error::{Error, Result},
    format::{Id, IdAside},
    index::Place,
    layout::FileKind,
    opener::Opener,
    pack::{BlobKind, PackedBlob, length_of_pack, parse_pack},
    restore::is_lost_object,
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use storage::ByteRange;
use tokio::{runtime::Handle, sync::Semaphore};

/// The memory for packs that are being verified, in bytes, unless a single
/// one has more.
const BUDGET: u64 = 48 << 20;
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
    pub(super) async fn packs(&mut self, options: &CheckOptions) -> Result<()> {
        let store = self.repository.store();
        let found: HashMap<Id, u64> =
            FileKind::Pack.list(store, self.cancel).await?.into_iter().collect();
        let named: Vec<Id> = self.packs.keys().copied().collect();
        let reads = options.reading != Reading::Nothing;
        let remembered = self.remembered(options).await?;
        let now = self.repository.ambient().clock.now();
        // Whatever is in doubt is read anyhow.
        let (mut to_read, mut could) = (Vec::new(), Vec::new());
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
            self.report.bytes += length;
            if !reads || !right && length > LARGEST_STRANGER {
                continue;
            }
            let doubtful = !right || self.doubtful.contains(&pack);
            let reused = options.max_age.and_then(|age| {
                let sound = remembered.get(&pack).filter(|_| !doubtful)?;
                let blobs = self.packs.get(&pack)?;
                sound.counts(length, &said(blobs), age, now).then_some(sound)
            });
            if let Some(sound) = reused {
                self.report.packs_reused += 1;
                self.report.bytes_reused += length;
                let oldest = self.report.oldest_reused.get_or_insert(sound.at);
                *oldest = sound.at.min(*oldest);
            } else if doubtful {
                to_read.push((pack, length));
            } else {
                could.push((pack, length));
            }
        }
        to_read.extend(match options.reading {
            Reading::Sample(sample) => {
                let random = &*self.repository.ambient().random;
                sample.choose(could, self.packs.len(), random)
            }
            _ => could,
        });
        self.progress.bytes_total.add(to_read.iter().map(|(_, length)| length).sum());
        let is_named = |pack: &&Id| self.packs.contains_key(pack) || self.marked.contains(pack);
        let orphans: Vec<Id> = found.keys().filter(|pack| !is_named(pack)).copied().collect();
        for pack in orphans {
            self.remark(Subject::Pack(pack), Problem::Orphan);
        }
        self.progress.files_total.add(self.packs.len() as u64);
        self.progress.files_done.add((self.packs.len() - to_read.len()) as u64);
        if reads {
            self.progress.set_counted();
        }
        to_read.sort_unstable();
        let read = self.read_packs(to_read, now).await?;
        self.remember(options, remembered, read, &found).await
    }

    /// What earlier checks have found right, where it was written down.
    async fn remembered(&self, options: &CheckOptions) -> Result<BTreeMap<Id, Sound>> {
        let Some(folder) = options.record.clone() else { return Ok(BTreeMap::new()) };
        if options.reading == Reading::Nothing {
            return Ok(BTreeMap::new());
        }
        let (id, master) = (self.repository.config().id, self.repository.master().clone());
        let loading = tokio::task::spawn_blocking(move || recent::load(&folder, &id, &master));
        loading.await.map_err(|_| Error::Internal("a record was not read"))
    }

    /// Writes down what was found right, beside what was before. `read` holds
    /// every pack that was read, and nothing for those that are not right.
    async fn remember(
        &self,
        options: &CheckOptions,
        mut all: BTreeMap<Id, Sound>,
        read: Vec<(Id, Option<Sound>)>,
        found: &HashMap<Id, u64>,
    ) -> Result<()> {
        let Some(folder) = options.record.clone() else { return Ok(()) };
        if read.is_empty() {
            return Ok(());
        }
        for (pack, sound) in read {
            match sound {
                Some(sound) => all.insert(pack, sound),
                None => all.remove(&pack),
            };
        }
        all.retain(|pack, sound| found.get(pack) == Some(&sound.length));
        let (id, master) = (self.repository.config().id, self.repository.master().clone());
        let random = Arc::clone(&self.repository.ambient().random);
        let saving = tokio::task::spawn_blocking(move || {
            recent::save(&folder, &id, &all, &master, &*random)
        });
        // A check that is not remembered is a check.
        saving.await.map_err(|_| Error::Internal("a record was not written")).map(drop)
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

    /// Reads packs; each of them, and what it is when it is right at `now`.
    async fn read_packs(
        &mut self,
        packs: Vec<(Id, u64)>,
        now: Timestamp,
    ) -> Result<Vec<(Id, Option<Sound>)>> {
        let budget = Arc::new(Semaphore::new((BUDGET / UNIT) as usize));
        let (repository, cancel, progress) = (self.repository, self.cancel, self.progress);
        let jobs: Vec<_> = packs
            .into_iter()
            .map(|(pack, length)| {
                let doubtful = self.doubtful.contains(&pack);
                (pack, length, self.packs.remove(&pack).unwrap_or_default(), doubtful)
            })
            .collect();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let width = repository.store().capabilities().concurrency.max(cores);
        let mut reading = stream::iter(jobs)
            .map(|(pack, length, blobs, doubtful)| {
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
                            return Ok((pack, 0, Verdict::lost(problem, &blobs), None));
                        }
                        Err(error) => return Err(error.into()),
                    };
                    progress.bytes_moved.add(bytes.len() as u64);
                    let sound = Sound { length, indexed: said(&blobs), at: now };
                    let (master, token) = (repository.master().clone(), cancel.clone());
                    let openers = repository.openers();
                    let shared = Arc::clone(progress);
                    let verdict = tokio::task::spawn_blocking(move || {
                        let mut worker = Worker::new(&shared.control, &token, Handle::current());
                        let verdict = openers.with(|opener| {
                            verify(&master, opener, &pack, &blobs, &bytes, &mut worker)
                        });
                        drop(permit);
                        verdict
                    });
                    let verdict =
                        verdict.await.map_err(|_| Error::Internal("a check failed"))??;
                    progress.bytes_done.add(length);
                    progress.files_done.add(1);
                    let is_sound = verdict.problems.is_empty() && !doubtful;
                    Ok::<_, Error>((pack, length, verdict, is_sound.then_some(sound)))
                }
            })
            .buffer_unordered(width);
        let (mut verdicts, mut read) = (Vec::new(), Vec::new());
        while let Some(verdict) = reading.next().await {
            let (pack, length, verdict, sound) = verdict?;
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            self.report.packs_read += u64::from(length > 0);
            self.report.bytes_read += length;
            read.push((pack, sound));
            if !verdict.problems.is_empty() {
                verdicts.push((pack, verdict));
            }
        }
        drop(reading);
        for (pack, verdict) in verdicts {
            self.judge(pack, verdict);
        }
        Ok(read)
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
    opener: &mut Opener,
    pack: &Id,
    indexed: &[PackedBlob],
    bytes: &Bytes,
    worker: &mut Worker<'_>,
) -> Verdict {
    let mut verdict = Verdict::default();
    let mut name = IdAside::new(bytes);
    for blob in indexed {
        if worker.go_on().is_err() {
            break;
        }
        let (start, length) = (blob.offset as usize, blob.length as usize);
        let sealed = bytes.get(start..start.saturating_add(length));
        let place = Place { pack: *pack, blob: *blob };
        let mut opens =
            |sealed: &[u8]| opener.verify(&place, sealed, |plain| name.id_beside(plain)).is_ok();
        if !sealed.is_some_and(&mut opens) {
            verdict.bad.push((blob.kind, blob.id));
        }
    }
    if name.find().0 != *pack {
        let reason = "its bytes do not match its name".to_owned();
        verdict.problems.push(Problem::Damaged(reason));
    }
    match parse_pack(master, bytes) {
        Ok(header) if header == indexed => {}
        Ok(_) => verdict.problems.push(Problem::HeaderDiffers),
        Err(error) => verdict.problems.push(Problem::Damaged(error.to_string())),
    }
    if let Some((_, first)) = verdict.bad.first() {
        let problem = Problem::Blobs { count: verdict.bad.len() as u64, first: *first };
        verdict.problems.push(problem);
    }
    verdict
}
