//! A repository with a history: backed up, forgotten, pruned, and compared
//! with what every snapshot held when it was made.

use crate::{
    common::{ambient, clock, contents_in_backup, contents_on_disk, host, init, noise, open},
    dice::Dice,
};
use jiff::Timestamp;
use model::{Clock, clock::ManualClock};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use storage::{Cancel, Key, MemoryStore, Store};
use vault::{
    CheckOptions, CheckReport, Progress, Repository,
    backup::BackupOptions,
    forget::plan_removal,
    format::Id,
    layout::FileKind,
    prune::{PruneOptions, PrunePlan, PruneReport},
};

/// Small packs, so that few files make many.
pub(crate) const PACK_SIZE: u64 = 96 << 10;
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) type Contents = BTreeMap<PathBuf, Vec<u8>>;

/// A folder, a repository of it, and what is expected of that.
pub(crate) struct Life {
    pub(crate) tree: tempfile::TempDir,
    pub(crate) store: MemoryStore,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) repository: Arc<Repository>,
    pub(crate) dice: Dice,
    /// What each snapshot held that was reported and not forgotten.
    pub(crate) expected: Mutex<BTreeMap<Id, Contents>>,
}

/// A backup that was made on an old view of a repository.
pub(crate) struct Asleep {
    pub(crate) written: BTreeMap<Key, bytes::Bytes>,
    pub(crate) snapshot: Id,
    pub(crate) contents: Contents,
}

impl Life {
    pub(crate) async fn new(pack_size: u64) -> Self {
        Self::seeded(pack_size, 1).await
    }

    pub(crate) async fn seeded(pack_size: u64, seed: u64) -> Self {
        let (store, clock) = (MemoryStore::new().with_pack_size(pack_size), clock());
        let repository = init(Arc::new(store.clone()), ambient(&clock, seed)).await;
        let tree = tempfile::tempdir().unwrap();
        let life = Self {
            tree,
            store,
            clock,
            repository,
            dice: Dice::new(seed),
            expected: Mutex::default(),
        };
        for number in 0..30 {
            life.write(number);
        }
        life
    }

    pub(crate) async fn with_snapshots(count: usize) -> Self {
        let life = Self::new(PACK_SIZE).await;
        for _ in 0..count {
            life.back_up().await.unwrap();
            life.change();
        }
        life
    }

    /// The same folder and expectations with another repository.
    pub(crate) async fn continued(self, store: MemoryStore) -> Self {
        let store = store.with_pack_size(PACK_SIZE);
        let repository = open(Arc::new(store.clone()), ambient(&self.clock, 77)).await;
        Self { store, repository, ..self }
    }

    fn write(&self, number: u64) {
        let folder = self.tree.path().join(format!("folder-{}", number % 5));
        std::fs::create_dir_all(&folder).unwrap();
        let length = usize::try_from(100 + self.dice.below(20_000)).unwrap();
        let bytes = noise(length, self.dice.below(u64::MAX));
        std::fs::write(folder.join(format!("file-{number}")), bytes).unwrap();
    }

    /// Writes some of the files anew.
    pub(crate) fn change(&self) {
        for _ in 0..8 {
            self.write(self.dice.below(30));
        }
        self.clock.advance(Duration::from_secs(60));
    }

    /// Backs up, and expects that to be there from now on.
    pub(crate) async fn back_up(&self) -> vault::Result<Id> {
        let id = self.back_up_with(&self.repository).await?;
        self.expect(id, contents_on_disk(self.tree.path()));
        Ok(id)
    }

    /// Backs up something that has nothing in common with the rest.
    pub(crate) async fn back_up_something_else(&self) -> Id {
        let aside = tempfile::tempdir().unwrap();
        let (tree, file) = (self.tree.path(), self.tree.path().join("else"));
        let all_to = |from: &Path, to: &Path| {
            for entry in std::fs::read_dir(from).unwrap() {
                let entry = entry.unwrap();
                std::fs::rename(entry.path(), to.join(entry.file_name())).unwrap();
            }
        };
        all_to(tree, aside.path());
        std::fs::write(&file, b"something else").unwrap();
        let id = self.back_up().await.unwrap();
        std::fs::remove_file(&file).unwrap();
        all_to(aside.path(), tree);
        self.clock.advance(Duration::from_secs(60));
        id
    }

    pub(crate) async fn back_up_with(&self, repository: &Arc<Repository>) -> vault::Result<Id> {
        let options = BackupOptions {
            threads: 1,
            count: false,
            ..BackupOptions::new(vec![self.tree.path().to_owned()])
        };
        let progress = Arc::new(Progress::default());
        let report = repository.backup(&options, &host("home"), &progress, &Cancel::new()).await?;
        Ok(report.id)
    }

    pub(crate) fn expect(&self, id: Id, contents: Contents) {
        self.expected.lock().unwrap().insert(id, contents);
    }

    pub(crate) fn lost(&self, id: &Id) {
        self.expected.lock().unwrap().remove(id);
    }

    pub(crate) async fn forget_oldest(&self, count: usize) {
        let cancel = Cancel::new();
        let snapshots = self.repository.snapshots(&cancel).await.unwrap();
        let oldest: BTreeSet<Id> = snapshots.iter().take(count).map(|(id, _)| *id).collect();
        let plan = plan_removal(&snapshots, &oldest);
        self.repository.forget(&plan, &host("home"), &cancel).await.unwrap();
        oldest.iter().for_each(|id| self.lost(id));
    }

    pub(crate) async fn plan(&self, grace: Duration) -> vault::Result<PrunePlan> {
        plan(&self.repository, grace).await
    }

    pub(crate) async fn prune(&self, plan: &PrunePlan) -> vault::Result<PruneReport> {
        let progress = Progress::default();
        self.repository.prune(plan, &host("home"), &progress, &Cancel::new()).await
    }

    /// A second machine, which does all of a backup but for the writing.
    pub(crate) async fn second_machine(&self) -> Asleep {
        let before = self.store.snapshot();
        let view = MemoryStore::from_snapshot(before.clone()).with_pack_size(PACK_SIZE);
        let seed = self.dice.below(u64::MAX);
        let repository = open(Arc::new(view.clone()), ambient(&self.clock, seed)).await;
        let snapshot = self.back_up_with(&repository).await.unwrap();
        let mut written = view.snapshot();
        written.retain(|key, _| !before.contains_key(key) && !key.as_str().starts_with("locks/"));
        Asleep { written, snapshot, contents: contents_on_disk(self.tree.path()) }
    }

    /// What it has written arrives.
    pub(crate) fn wakes_up(&self, asleep: Asleep) {
        for (key, bytes) in asleep.written {
            self.store.insert(key, bytes);
        }
        self.expect(asleep.snapshot, asleep.contents);
    }

    /// Everything that is expected is there as it was, whoever opens it.
    pub(crate) async fn is_whole(&self) {
        let expected = self.expected.lock().unwrap().clone();
        whole(Arc::new(self.store.clone()), &expected).await.unwrap();
    }

    pub(crate) async fn check(&self) -> CheckReport {
        check(&self.repository).await
    }

    pub(crate) async fn snapshots(&self) -> usize {
        self.repository.snapshots(&Cancel::new()).await.unwrap().len()
    }

    pub(crate) async fn latest(&self) -> Id {
        self.repository.find_snapshot("latest", &Cancel::new()).await.unwrap().0
    }

    pub(crate) fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    /// All packs, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        let objects = self.store.snapshot();
        let packs = objects.iter().filter(|(key, _)| key.as_str().starts_with("data/"));
        packs.map(|(_, bytes)| bytes.len() as u64).sum()
    }

    /// The index file that the last of two backups made.
    pub(crate) fn only_index_of_the_last_backup(&self) -> Id {
        let before = self.store.objects();
        let indexes = before.iter().filter_map(|key| key.as_str().strip_prefix("index/"));
        let indexes: Vec<Id> = indexes.map(|id| id.parse().unwrap()).collect();
        // Without it, the first snapshot must still be whole: only the first
        // backup's file names its root.
        let smaller = indexes.into_iter().min_by_key(|id| {
            self.store.snapshot().get(&FileKind::Index.key(id)).map_or(0, bytes::Bytes::len)
        });
        smaller.unwrap()
    }

    pub(crate) async fn packs_in_use(&self) -> usize {
        self.repository.load_index(&Cancel::new()).await.unwrap();
        self.repository.with_index(|index| index.counts().0)
    }

    /// Whether a snapshot needs something in this pack.
    pub(crate) async fn needs(&self, pack: &Key) -> bool {
        let cancel = Cancel::new();
        let pack: Id = pack.split().1.parse().unwrap();
        let repository = open(Arc::new(self.store.clone()), ambient(&self.clock, 5)).await;
        repository.load_index(&cancel).await.unwrap();
        let mut open: Vec<Id> = Vec::new();
        for (_, snapshot) in repository.snapshots(&cancel).await.unwrap() {
            open.push(snapshot.tree);
        }
        while let Some(tree) = open.pop() {
            let lies = |kind, id: &Id| {
                repository.with_index(|index| index.find(kind, id).unwrap().pack == pack)
            };
            if lies(vault::pack::BlobKind::Tree, &tree) {
                return true;
            }
            for node in repository.load_tree(&tree, &cancel).await.unwrap().nodes {
                open.extend(node.subtree);
                let contents = node.content.unwrap_or_default();
                if contents.iter().any(|id| lies(vault::pack::BlobKind::Data, id)) {
                    return true;
                }
            }
        }
        false
    }
}

pub(crate) async fn plan(repository: &Repository, grace: Duration) -> vault::Result<PrunePlan> {
    let options = PruneOptions { grace, ..PruneOptions::default() };
    repository.plan_prune(&options, &Progress::default(), &Cancel::new()).await
}

pub(crate) async fn check(repository: &Repository) -> CheckReport {
    let progress = Arc::new(Progress::default());
    let options = CheckOptions::with_data(true);
    repository.check(options, &progress, &Cancel::new()).await.unwrap()
}

/// Compares every snapshot that is expected, and reads every other.
pub(crate) async fn whole(
    store: Arc<dyn Store>,
    expected: &BTreeMap<Id, Contents>,
) -> vault::Result<()> {
    let repository = open(store, ambient(&clock(), 99)).await;
    let cancel = Cancel::new();
    repository.load_index(&cancel).await?;
    let snapshots: BTreeMap<_, _> = repository.snapshots(&cancel).await?.into_iter().collect();
    for (id, snapshot) in &snapshots {
        let contents = contents_in_backup(&repository, snapshot).await?;
        if let Some(expected) = expected.get(id) {
            assert_eq!(contents.len(), expected.len());
            assert!(contents == *expected, "snapshot {id} has changed");
        }
    }
    for id in expected.keys() {
        assert!(snapshots.contains_key(id), "snapshot {id} is gone");
    }
    Ok(())
}

/// The packs of a repository.
pub(crate) fn packs(store: &MemoryStore) -> BTreeSet<Key> {
    store.objects().into_iter().filter(|key| key.as_str().starts_with("data/")).collect()
}
