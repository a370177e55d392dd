//! What the engine's tests share: a small tree, a repository in memory, and a
//! reader that trusts nothing but the contents.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "benchmarks use a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use model::{Ambient, clock::ManualClock, random::SeededRandom};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};
use storage::{Cancel, MemoryStore, Store};
use vault::{
    Host, InitOptions, KdfCost, Passphrase, Progress, Repository,
    backup::{BackupOptions, BackupReport},
    format::{Id, NodeKind, Snapshot},
    pack::BlobKind,
};

/// scrypt as cheap as it gets: these tests guess no passphrases.
pub const CHEAP: KdfCost = KdfCost { log_n: 4, r: 8, p: 1 };

/// A clock that stands at a moment in 2026.
pub fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new("2026-03-01T12:00:00Z".parse().unwrap()))
}

/// A clock and a seed.
pub fn ambient(clock: &Arc<ManualClock>, seed: u64) -> Ambient {
    Ambient { clock: Arc::<ManualClock>::clone(clock), random: Arc::new(SeededRandom::new(seed)) }
}

/// A machine that is not this one.
pub fn host(name: &str) -> Host {
    Host { hostname: name.into(), username: "anna".into(), uid: 1000, gid: 1000, pid: 4242 }
}

pub fn passphrase() -> Passphrase {
    Passphrase::new("correct horse".into()).unwrap()
}

/// A new repository in `store`.
pub async fn init(store: Arc<dyn Store>, ambient: Ambient) -> Arc<Repository> {
    let options = InitOptions { cost: CHEAP, polynomial: None };
    let made =
        Repository::init(store, &passphrase(), options, &host("home"), ambient, &Cancel::new())
            .await;
    Arc::new(made.unwrap())
}

/// The repository in `store`, opened again.
pub async fn open(store: Arc<dyn Store>, ambient: Ambient) -> Arc<Repository> {
    Arc::new(Repository::open(store, &passphrase(), ambient, &Cancel::new()).await.unwrap())
}

/// A repository in memory.
pub async fn in_memory() -> (Arc<MemoryStore>, Arc<Repository>) {
    let store = Arc::new(MemoryStore::new());
    let repository = init(store.clone(), ambient(&clock(), 1)).await;
    (store, repository)
}

/// Backs up one folder.
pub async fn back_up(repository: &Arc<Repository>, source: &Path) -> vault::Result<BackupReport> {
    back_up_with(repository, &BackupOptions::new(vec![source.to_owned()])).await
}

/// Backs up as the options say.
pub async fn back_up_with(
    repository: &Arc<Repository>,
    options: &BackupOptions,
) -> vault::Result<BackupReport> {
    let progress = Arc::new(Progress::default());
    repository.backup(options, &host("home"), &progress, &Cancel::new()).await
}

/// Bytes that do not compress, the same for the same seed.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    use model::Random;
    let mut bytes = vec![0; length];
    SeededRandom::new(seed).fill(&mut bytes);
    bytes
}

/// A folder with a few dozen files of all sizes.
pub fn small_tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::create_dir_all(path.join("deep/er/empty")).unwrap();
    std::fs::write(path.join("empty"), "").unwrap();
    std::fs::write(path.join("text"), "words and words and words ".repeat(9000)).unwrap();
    std::fs::write(path.join("deep/zeros"), vec![0; 3 << 20]).unwrap();
    std::fs::write(path.join("deep/er/noise"), noise(2_500_000, 3)).unwrap();
    for number in 0..30 {
        let name = path.join("deep").join(format!("small-{number:02}"));
        std::fs::write(name, noise(number * 100, number as u64)).unwrap();
    }
    std::os::unix::fs::symlink("nowhere", path.join("link")).unwrap();
    folder
}

/// All files of a folder with their contents.
pub fn contents_on_disk(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            match entry.file_type().unwrap() {
                kind if kind.is_dir() => open.push(entry.path()),
                kind if kind.is_file() => {
                    found.insert(entry.path(), std::fs::read(entry.path()).unwrap());
                }
                _ => {}
            }
        }
    }
    found
}

/// All files of a snapshot with their contents, every blob read and verified.
pub async fn contents_in_backup(
    repository: &Repository,
    snapshot: &Snapshot,
) -> vault::Result<BTreeMap<PathBuf, Vec<u8>>> {
    use std::os::unix::ffi::OsStrExt;
    let cancel = Cancel::new();
    let mut found = BTreeMap::new();
    let mut open: Vec<(PathBuf, Id)> = vec![("/".into(), snapshot.tree)];
    while let Some((path, tree)) = open.pop() {
        for node in repository.load_tree(&tree, &cancel).await?.nodes {
            let path = path.join(std::ffi::OsStr::from_bytes(&node.name));
            if let Some(subtree) = node.subtree {
                open.push((path, subtree));
            } else if node.kind == NodeKind::File {
                let mut bytes = Vec::new();
                for id in node.content.unwrap_or_default() {
                    bytes.extend(repository.load_blob(BlobKind::Data, &id, &cancel).await?);
                }
                assert_eq!(bytes.len() as u64, node.size, "{}", path.display());
                found.insert(path, bytes);
            }
        }
    }
    Ok(found)
}

/// The tree of a folder in a snapshot. Those of the folders above it change
/// with whatever else happens there.
pub async fn source_tree(
    repository: &Repository,
    snapshot: &Snapshot,
    source: &Path,
) -> Option<Id> {
    use std::os::unix::ffi::OsStrExt;
    let mut tree = snapshot.tree;
    for name in source.iter().skip(1) {
        let nodes = repository.load_tree(&tree, &Cancel::new()).await.unwrap().nodes;
        tree = nodes.into_iter().find(|node| node.name == name.as_bytes())?.subtree?;
    }
    Some(tree)
}

/// Opens the repository afresh and compares every snapshot with nothing but
/// itself: whatever is listed must be readable.
pub async fn all_snapshots_are_readable(store: Arc<dyn Store>) -> vault::Result<usize> {
    let repository = open(store, ambient(&clock(), 99)).await;
    repository.load_index(&Cancel::new()).await?;
    let snapshots = repository.snapshots(&Cancel::new()).await?;
    for (_, snapshot) in &snapshots {
        contents_in_backup(&repository, snapshot).await?;
    }
    Ok(snapshots.len())
}
