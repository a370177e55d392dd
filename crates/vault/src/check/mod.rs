//! Whether everything that the backups need is there and sound.
//!
//! A check goes on after what it finds, so that one report holds all of it. It
//! ends early only when it is cancelled or the destination is out of reach.
//! Snapshots are listed before the index, the index before the packs, so that
//! a backup that runs meanwhile looks like nothing worse than packs that no
//! index names yet.
//!
//! What is deliberately absent: repairing.

mod finding;
mod packs;
mod recent;
mod sample;
mod structure;

pub use finding::{Effect, Finding, Problem, Severity, Subject};
pub use sample::{InvalidSample, Sample};

use crate::{
    error::{Error, Result},
    format::Id,
    index::Index,
    keys::parses_as_key_file,
    layout::{self, FileKind},
    lock::LockFile,
    pack::{BlobKind, PackedBlob},
    progress::Progress,
    repository::{Config, Repository},
    restore::is_loss,
};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use serde::Serialize;
use std::{
    collections::{BTreeSet, HashMap, HashSet, hash_map::Entry},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use storage::{ByteRange, Cancel};

/// Which packs are read and verified, every byte of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Reading {
    /// None: they must be there with the right length, and trees are read.
    #[default]
    Nothing,
    /// Some of them.
    Sample(Sample),
    /// All.
    All,
}

/// How thoroughly to check.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckOptions {
    /// Which packs are read.
    pub reading: Reading,
    /// Packs that were read and found right at most so long ago are not read
    /// again, when they and what the index says of them are still the same.
    pub max_age: Option<Duration>,
    /// The folder of this machine where it is remembered which packs were
    /// found right.
    pub record: Option<PathBuf>,
    /// Snapshots that are known to be there: one that is not listed is missing.
    pub known: BTreeSet<Id>,
}

impl CheckOptions {
    /// Reads all packs or none, whatever was read before.
    #[must_use]
    pub fn with_data(all: bool) -> Self {
        let reading = if all { Reading::All } else { Reading::Nothing };
        Self { reading, ..Self::default() }
    }
}

/// What a check has seen and found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// What is wrong; errors first.
    pub findings: Vec<Finding>,
    /// Sound snapshots.
    pub snapshots: u64,
    /// Different folders in them that were read.
    pub trees: u64,
    /// Packs that an index names.
    pub packs: u64,
    /// Blobs in them; copies count.
    pub blobs: u64,
    /// Packs that were read and verified.
    pub packs_read: u64,
    /// Their bytes.
    pub bytes_read: u64,
    /// Packs that were not read because they were found right not long ago.
    pub packs_reused: u64,
    /// Their bytes.
    pub bytes_reused: u64,
    /// When the first of those was read.
    pub oldest_reused: Option<Timestamp>,
    /// Bytes of all packs that an index names and that are there.
    pub bytes: u64,
}

impl CheckReport {
    /// Whether there is nothing worse than remarks.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity == Severity::Remark)
    }
}

/// Problems of packs, and blobs that cannot be read from a pack.
pub(crate) type Survey = (Vec<(Id, Problem)>, HashSet<(BlobKind, Id, Id)>);

/// A check under way.
pub(crate) struct Check<'a> {
    repository: &'a Repository,
    progress: &'a Arc<Progress>,
    cancel: &'a Cancel,
    report: CheckReport,
    /// What the index files say of packs.
    packs: HashMap<Id, Vec<PackedBlob>>,
    /// Packs that are going to be deleted.
    marked: HashSet<Id>,
    /// Packs of which index files say more than one thing, or nothing that can
    /// be.
    doubtful: HashSet<Id>,
    /// Blobs that cannot be read from a pack.
    bad: HashSet<(BlobKind, Id, Id)>,
    /// The finding that a pack's lost blobs belong to.
    pack_findings: HashMap<Id, usize>,
}

impl Repository {
    /// Checks the repository. Changes nothing in it.
    ///
    /// # Errors
    /// When the destination cannot be reached or listed, or the work was
    /// cancelled. What is wrong with the repository is in the report.
    pub async fn check(
        &self,
        options: CheckOptions,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<CheckReport> {
        let mut check = Check::new(self, progress, cancel);
        check.small_files().await?;
        let snapshots = check.snapshots(&options.known).await?;
        check.index().await?;
        check.packs(&options).await?;
        check.structure(&snapshots).await?;
        let mut report = check.report;
        report.findings.sort_by(|a, b| {
            (a.severity, &a.subject, &a.problem).cmp(&(b.severity, &b.subject, &b.problem))
        });
        Ok(report)
    }
}

impl<'a> Check<'a> {
    fn new(repository: &'a Repository, progress: &'a Arc<Progress>, cancel: &'a Cancel) -> Self {
        Self {
            repository,
            progress,
            cancel,
            report: CheckReport::default(),
            packs: HashMap::new(),
            marked: HashSet::new(),
            doubtful: HashSet::new(),
            bad: HashSet::new(),
            pack_findings: HashMap::new(),
        }
    }

    /// What is wrong with packs, and which blobs cannot be read from them.
    pub(crate) async fn survey(
        repository: &'a Repository,
        options: &CheckOptions,
        progress: &'a Arc<Progress>,
        cancel: &'a Cancel,
    ) -> Result<Survey> {
        let mut check = Self::new(repository, progress, cancel);
        check.index().await?;
        check.packs(options).await?;
        let findings = check.report.findings.into_iter();
        let of_packs = findings.filter_map(|finding| match finding.subject {
            Subject::Pack(pack) => Some((pack, finding.problem)),
            _ => None,
        });
        Ok((of_packs.collect(), check.bad))
    }

    fn find(&mut self, severity: Severity, subject: Subject, problem: Problem) -> usize {
        let effect = Effect::default();
        self.report.findings.push(Finding { severity, subject, problem, effect });
        self.report.findings.len() - 1
    }

    fn remark(&mut self, subject: Subject, problem: Problem) {
        self.find(Severity::Remark, subject, problem);
    }

    fn error(&mut self, subject: Subject, problem: Problem) -> usize {
        self.find(Severity::Error, subject, problem)
    }

    /// Turns the failure of one object into a finding; any other stays a
    /// failure of the check.
    fn loss(&mut self, subject: Subject, error: Error) -> Result<usize> {
        Ok(self.error(subject, problem_of(error)?))
    }

    /// The configuration, keys and locks.
    async fn small_files(&mut self) -> Result<()> {
        if let Err(error) = self.config().await {
            self.loss(Subject::Config, error)?;
        }
        let store = self.repository.store();
        for (id, _) in FileKind::Key.list(store, self.cancel).await? {
            match layout::load_verbatim(store, FileKind::Key, &id, self.cancel).await {
                Ok(bytes) if parses_as_key_file(&bytes) => {}
                Ok(_) => {
                    let reason = "it is no key file, or one that cannot be used".to_owned();
                    self.error(Subject::Key(id), Problem::Damaged(reason));
                }
                Err(error) => {
                    self.loss(Subject::Key(id), error)?;
                }
            }
        }
        for (id, _) in FileKind::Lock.list(store, self.cancel).await? {
            let master = self.repository.master();
            let loaded = layout::load(store, master, FileKind::Lock, &id, self.cancel).await;
            let parsed = loaded.and_then(|json| {
                LockFile::parse(&json).map_err(|reason| Error::damaged_id("lock", &id, reason))
            });
            match parsed {
                // Released since the listing.
                Ok(_) | Err(Error::Missing(_)) => {}
                Err(error) => {
                    self.loss(Subject::Lock(id), error)?;
                }
            }
        }
        Ok(())
    }

    async fn config(&self) -> Result<()> {
        let store = self.repository.store();
        let key = layout::config_key();
        let sealed = store.read(&key, ByteRange::Whole, 1 << 20, self.cancel).await?;
        let json = layout::open(self.repository.master(), sealed.into())
            .map_err(|reason| Error::damaged("config", reason))?;
        if Config::parse(&json)? == *self.repository.config() {
            Ok(())
        } else {
            Err(Error::damaged("config", "it is not the one this repository was opened with"))
        }
    }

    /// The sound snapshots and their trees. One of `known` that is not listed is
    /// missing.
    async fn snapshots(&mut self, known: &BTreeSet<Id>) -> Result<Vec<(Id, Id)>> {
        let repository = self.repository;
        let cancel = self.cancel;
        let files = FileKind::Snapshot.list(repository.store(), cancel).await?;
        let listed: BTreeSet<Id> = files.iter().map(|(id, _)| *id).collect();
        for id in known.difference(&listed) {
            let finding = self.error(Subject::Snapshot(*id), Problem::Missing);
            self.report.findings[finding].effect.snapshots.push(*id);
        }
        let width = repository.store().capabilities().concurrency.max(1);
        let loaded: Vec<_> = stream::iter(files)
            .map(|(id, _)| async move { (id, repository.snapshot(&id, cancel).await) })
            .buffer_unordered(width)
            .collect()
            .await;
        let mut sound = Vec::new();
        for (id, snapshot) in loaded {
            match snapshot {
                Ok(snapshot) => sound.push((id, snapshot.tree)),
                Err(error) => {
                    let finding = self.loss(Subject::Snapshot(id), error)?;
                    self.report.findings[finding].effect.snapshots.push(id);
                }
            }
        }
        sound.sort_unstable();
        self.report.snapshots = sound.len() as u64;
        Ok(sound)
    }

    /// Every index file by itself. What is sound is used from here on.
    async fn index(&mut self) -> Result<()> {
        let repository = self.repository;
        let cancel = self.cancel;
        let files = FileKind::Index.list(repository.store(), cancel).await?;
        let width = repository.store().capabilities().concurrency.max(1);
        let mut loading = stream::iter(files)
            .map(|(id, _)| async move { (id, repository.load_index_file(&id, cancel).await) })
            .buffered(width);
        let mut index = Index::default();
        while let Some((id, file)) = loading.next().await {
            match file {
                Ok(file) => {
                    for (pack, blobs) in file.packs {
                        index.add_pack(pack, &blobs)?;
                        self.indexed(pack, blobs);
                    }
                    self.marked.extend(file.marked.iter().map(|pack| pack.id));
                }
                Err(error) => {
                    self.loss(Subject::Index(id), error)?;
                }
            }
        }
        drop(loading);
        self.report.packs = self.packs.len() as u64;
        self.report.blobs = self.packs.values().map(|blobs| blobs.len() as u64).sum();
        // What lies only in packs that are going to be deleted counts as lost.
        repository.set_index(index, Index::default());
        Ok(())
    }

    fn indexed(&mut self, pack: Id, blobs: Vec<PackedBlob>) {
        let mut end = 0;
        let follow = blobs.iter().all(|blob| {
            let follows = blob.offset == end;
            end = blob.offset + blob.length;
            follows
        });
        if !follow {
            self.doubtful.insert(pack);
            self.error(Subject::Pack(pack), Problem::Gaps);
        }
        match self.packs.entry(pack) {
            Entry::Vacant(vacant) => {
                vacant.insert(blobs);
            }
            Entry::Occupied(known) if *known.get() == blobs => {}
            Entry::Occupied(_) => {
                self.doubtful.insert(pack);
                self.error(Subject::Pack(pack), Problem::IndexesDisagree);
            }
        }
    }
}

/// What the failure of one object says of it.
fn problem_of(error: Error) -> Result<Problem> {
    if !is_loss(&error) {
        // A configuration of another version is no failure of the destination.
        return match error {
            Error::UnsupportedVersion(_) => Ok(Problem::Damaged(error.to_string())),
            error => Err(error),
        };
    }
    Ok(match error {
        Error::Missing(_) => Problem::Missing,
        Error::Damaged { reason, .. } => Problem::Damaged(reason),
        Error::Storage(error) if error.kind() == storage::ErrorKind::NotFound => Problem::Missing,
        error => Problem::Unreadable(error.to_string()),
    })
}
