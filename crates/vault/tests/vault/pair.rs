//! Two repositories with other keys, and copies from one to the other.

use crate::{
    common::{ambient, clock, contents_in_backup, host, init, open},
    life::{Contents, PACK_SIZE},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use storage::{Cancel, Key, MemoryStore, Store};
use vault::{
    LockMode, Progress, Repository,
    copy::{CopyError, CopyOptions, CopyReport, Side},
    format::{Id, Snapshot},
};

/// The seed of every repository that is copied to, unless it is another.
pub(crate) const SEED: u64 = 4711;

/// A new repository with small packs to copy to.
pub(crate) async fn target() -> (MemoryStore, Arc<Repository>) {
    target_of(SEED).await
}

/// The same with keys of its own.
pub(crate) async fn target_of(seed: u64) -> (MemoryStore, Arc<Repository>) {
    let store = MemoryStore::new().with_pack_size(PACK_SIZE);
    let repository = init(Arc::new(store.clone()), ambient(&clock(), seed)).await;
    (store, repository)
}

/// What `store` holds, but for locks: those of a process that is gone would
/// pass for those of this one.
pub(crate) fn unlocked(store: &MemoryStore) -> MemoryStore {
    let mut objects = store.snapshot();
    objects.retain(|key, _| !key.as_str().starts_with("locks/"));
    MemoryStore::from_snapshot(objects).with_pack_size(PACK_SIZE)
}

/// Opens what lies in `store`.
pub(crate) async fn opened(store: &MemoryStore, seed: u64) -> Arc<Repository> {
    open(Arc::new(store.clone()), ambient(&clock(), seed)).await
}

/// Many small batches and index files.
pub(crate) fn options() -> CopyOptions {
    CopyOptions { checkpoint: 3 * PACK_SIZE, ..CopyOptions::default() }
}

pub(crate) fn naming(ids: &[&str]) -> CopyOptions {
    let snapshots = ids.iter().map(|id| (*id).to_owned()).collect();
    CopyOptions { snapshots, ..options() }
}

/// Copies under both locks.
pub(crate) async fn copy_with(
    from: &Arc<Repository>,
    to: &Arc<Repository>,
    options: &CopyOptions,
    progress: &Arc<Progress>,
    cancel: &Cancel,
) -> Result<CopyReport, CopyError> {
    let host = &host("home");
    let locked = from.locked(LockMode::Shared, host, cancel, |held| async move {
        Ok(from.copy_to(to, options, host, progress, &held.cancel).await)
    });
    locked.await.map_err(|error| CopyError { side: Side::Source, error })?
}

/// Copies everything.
pub(crate) async fn copy(
    from: &Arc<Repository>,
    to: &Arc<Repository>,
) -> Result<CopyReport, CopyError> {
    copy_with(from, to, &options(), &Arc::new(Progress::default()), &Cancel::new()).await
}

/// The snapshots of a repository.
pub(crate) async fn listed(store: &MemoryStore) -> BTreeMap<Id, Snapshot> {
    let repository = opened(store, 98).await;
    repository.snapshots(&Cancel::new()).await.unwrap().into_iter().collect()
}

/// Every snapshot that is listed is a copy of one of `expected`, and holds what
/// that does. Which of them are there.
///
/// # Errors
/// When one cannot be read, or is none of them.
pub(crate) async fn whole_copies(
    store: &MemoryStore,
    expected: &BTreeMap<Id, Contents>,
) -> Result<BTreeSet<Id>, String> {
    let shared: Arc<dyn Store> = Arc::new(store.clone());
    let repository = open(shared, ambient(&clock(), 97)).await;
    let cancel = Cancel::new();
    repository.load_index(&cancel).await.map_err(|error| error.to_string())?;
    let mut there = BTreeSet::new();
    for (id, snapshot) in repository.snapshots(&cancel).await.map_err(|error| error.to_string())? {
        let original = snapshot.original.ok_or(format!("{id} is no copy"))?;
        let expected = expected.get(&original).ok_or(format!("{id} is of {original}"))?;
        let contents = contents_in_backup(&repository, &snapshot).await;
        let contents = contents.map_err(|error| format!("{id}: {error}"))?;
        if contents != *expected {
            return Err(format!("{id} is not what {original} is"));
        }
        there.insert(original);
    }
    Ok(there)
}

/// How many blobs are named by index files, and how many of them differ.
pub(crate) async fn named_blobs(repository: &Repository) -> (usize, usize) {
    repository.load_index(&Cancel::new()).await.unwrap();
    let (_, data, trees) = repository.with_index(vault::index::Index::counts);
    let report = crate::life::check(repository).await;
    (usize::try_from(report.blobs).unwrap(), data + trees)
}

/// The keys below a folder.
pub(crate) fn below(store: &MemoryStore, folder: &str) -> BTreeSet<Key> {
    store.objects().into_iter().filter(|key| key.as_str().starts_with(folder)).collect()
}
