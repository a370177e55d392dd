//! A backup that breaks off at any operation of its destination, and the one
//! after it, which reads only what was not stored and named by then.

use crate::common::{
    ambient, back_up_with, clock, contents_in_backup, contents_on_disk, in_memory, noise, open,
    source_tree,
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use std::{collections::BTreeMap, fs, path::Path, sync::Arc};
use storage::{
    Cancel, ErrorKind, FaultStore, Key, MemoryStore,
    fault::{Effect, Fault, Operation},
};
use vault::{
    Repository,
    backup::BackupOptions,
    format::{Id, NodeKind},
    pack::BlobKind,
};

/// No two files have a chunk in common.
fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("deep")).unwrap();
    fs::write(folder.path().join("empty"), "").unwrap();
    for number in 0..6 {
        let name = folder.path().join(format!("large-{number}"));
        fs::write(name, noise(1_500_000 + number as usize, number)).unwrap();
    }
    for number in 10..60 {
        let name = folder.path().join("deep").join(number.to_string());
        fs::write(name, noise(20_000 + number as usize, number)).unwrap();
    }
    folder
}

fn options(source: &Path, journal: &Path) -> BackupOptions {
    BackupOptions {
        journal: Some(journal.to_owned()),
        // Packs of 2 MiB, and an index file for each.
        checkpoint: 1,
        memory: 8 << 20,
        ..BackupOptions::new(vec![source.to_owned()])
    }
}

fn journals(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}

struct Scenario {
    source: tempfile::TempDir,
    before: BTreeMap<Key, Bytes>,
    tree: Id,
    /// The blobs of every file.
    files: Vec<Vec<Id>>,
}

async fn files_of(repository: &Repository, tree: Id) -> Vec<Vec<Id>> {
    let (mut files, mut waiting) = (Vec::new(), vec![tree]);
    while let Some(tree) = waiting.pop() {
        for node in repository.load_tree(&tree, &Cancel::new()).await.unwrap().nodes {
            waiting.extend(node.subtree);
            if node.kind == NodeKind::File {
                files.push(node.content.unwrap());
            }
        }
    }
    files
}

impl Scenario {
    async fn new() -> (Self, Vec<(Operation, String)>) {
        let (source, journal) = (tree(), tempfile::tempdir().unwrap());
        let (store, _) = in_memory().await;
        let before = store.snapshot();
        let store = Arc::new(FaultStore::new(MemoryStore::from_snapshot(before.clone())));
        let repository = open(store.clone(), ambient(&clock(), 5)).await;
        store.plan([]);
        let report =
            back_up_with(&repository, &options(source.path(), journal.path())).await.unwrap();
        assert_eq!((report.resumed, journals(journal.path())), (0, 0), "it is removed");
        let tree = source_tree(&repository, &report.snapshot, source.path()).await.unwrap();
        let files = files_of(&repository, tree).await;
        assert_eq!(files.len(), 57);
        (Self { source, before, tree, files }, store.operations())
    }

    /// The destination is gone from the `nth` operation of a kind on, and with
    /// it the backup. How many files the next one had not to read, how many it
    /// need not have read, and whether the first one broke off.
    async fn break_off(&self, kind: Operation, nth: u64) -> (u64, u64, bool) {
        let journal = tempfile::tempdir().unwrap();
        let options = options(self.source.path(), journal.path());
        let broken = Arc::new(FaultStore::new(MemoryStore::from_snapshot(self.before.clone())));
        let repository = open(broken.clone(), ambient(&clock(), 5 + nth)).await;
        // What it says after that comes from nowhere either.
        broken.plan([Fault::new(Effect::error(ErrorKind::Unreachable)).on(kind).from_nth(nth)]);
        let broke = back_up_with(&repository, &options).await.is_err();

        let left = Arc::new(MemoryStore::from_snapshot(broken.inner().snapshot()));
        for key in left.objects() {
            if key.as_str().starts_with("locks/") || key.as_str().starts_with("snapshots/") {
                left.remove(&key);
            }
        }
        let again = open(left, ambient(&clock(), 99)).await;
        again.load_index(&Cancel::new()).await.unwrap();
        let named = |file: &&Vec<Id>| {
            again.with_index(|index| file.iter().all(|id| index.contains(BlobKind::Data, id)))
        };
        let covered = self.files.iter().filter(named).count() as u64;
        let report = back_up_with(&again, &options).await.unwrap();
        let what = format!("{kind:?} {nth}");
        let tree = source_tree(&again, &report.snapshot, self.source.path()).await;
        assert_eq!(tree, Some(self.tree), "{what}");
        let contents = contents_in_backup(&again, &report.snapshot).await.unwrap();
        let on_disk = contents_on_disk(&fs::canonicalize(self.source.path()).unwrap());
        assert_eq!(contents, on_disk, "{what}");
        assert_eq!(report.summary.files_new, 57, "{what}");
        assert_eq!(journals(journal.path()), 0, "{what}");
        assert!(report.resumed <= covered, "{what}: {} of {covered}", report.resumed);
        (report.resumed, covered, broke)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stored_before_it_broke_off_is_not_read_again() {
    let (scenario, operations) = Scenario::new().await;
    let mut cases = Vec::new();
    for kind in [Operation::Put, Operation::Get, Operation::Stat, Operation::List] {
        let count = operations.iter().filter(|(operation, _)| *operation == kind).count() as u64;
        cases.extend((1..=count).map(|nth| (kind, nth)));
    }
    assert!(cases.len() > 20, "{}", cases.len());
    let scenario = &scenario;
    let results: Vec<_> = stream::iter(cases)
        .map(|(kind, nth)| async move {
            let result = scenario.break_off(kind, nth).await;
            (kind, nth, result)
        })
        .buffer_unordered(4)
        .collect()
        .await;
    let (mut resumed, mut covered) = (0, 0);
    for (kind, nth, (files, of, broke)) in results {
        // The file that was just being finished when the index was written
        // comes with the next one: there are as many as threads.
        let threads =
            std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 8));
        // An empty file has no blobs to wait for, and no index file to wait with.
        if broke {
            assert!(of <= files + threads as u64 + 1, "{kind:?} {nth}: {files} of {of}");
        }
        (resumed, covered) = (resumed + files, covered + of);
    }
    assert!(resumed > 200, "{resumed} of {covered}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_changed_since_is_read_again() {
    let (source, journal) = (tree(), tempfile::tempdir().unwrap());
    let (store, _) = in_memory().await;
    let broken = Arc::new(FaultStore::new(MemoryStore::from_snapshot(store.snapshot())));
    let repository = open(broken.clone(), ambient(&clock(), 5)).await;
    let unsaved = Fault::new(Effect::error(ErrorKind::Unreachable)).below("snapshots/");
    broken.plan([unsaved.on(Operation::Put)]);
    let options = options(source.path(), journal.path());
    back_up_with(&repository, &options).await.unwrap_err();
    assert_eq!(journals(journal.path()), 1);
    broken.plan([]);

    // The same length and modification time; another file in the place of one.
    let file = source.path().join("large-2");
    let modified = fs::metadata(&file).unwrap().modified().unwrap();
    let mut changed = fs::read(&file).unwrap();
    changed[0] ^= 1;
    fs::write(&file, &changed).unwrap();
    fs::File::options().write(true).open(&file).unwrap().set_modified(modified).unwrap();
    let other = source.path().join("deep/20");
    let copy = source.path().join("copy");
    fs::copy(&other, &copy).unwrap();
    fs::rename(&copy, &other).unwrap();
    let report = back_up_with(&repository, &options).await.unwrap();
    assert_eq!(report.resumed, 55);
    let contents = contents_in_backup(&repository, &report.snapshot).await.unwrap();
    assert_eq!(contents, contents_on_disk(&fs::canonicalize(source.path()).unwrap()));
    assert_eq!(journals(journal.path()), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn blobs_that_are_gone_are_stored_again() {
    let (source, journal) = (tree(), tempfile::tempdir().unwrap());
    let (store, _) = in_memory().await;
    let broken = Arc::new(FaultStore::new(MemoryStore::from_snapshot(store.snapshot())));
    let repository = open(broken.clone(), ambient(&clock(), 5)).await;
    let unsaved = Fault::new(Effect::error(ErrorKind::Unreachable)).below("snapshots/");
    broken.plan([unsaved.on(Operation::Put)]);
    let options = options(source.path(), journal.path());
    back_up_with(&repository, &options).await.unwrap_err();
    broken.plan([]);
    let packs = || {
        let keys = broken.inner().objects().into_iter();
        keys.filter(|key| key.as_str().starts_with("data/")).collect::<Vec<_>>()
    };
    broken.inner().remove(&packs()[0]);
    broken.inner().remove(&packs()[1]);
    let report = back_up_with(&repository, &options).await.unwrap();
    assert!(report.resumed < 57, "{}", report.resumed);
    let contents = contents_in_backup(&repository, &report.snapshot).await.unwrap();
    assert_eq!(contents, contents_on_disk(&fs::canonicalize(source.path()).unwrap()));
}
