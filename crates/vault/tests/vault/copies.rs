//! Copies of index and snapshot files on this machine: they save requests and
//! nothing else.

use crate::common::{ambient, back_up, clock, init, passphrase, small_tree};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use storage::{Cancel, FaultStore, Key, MemoryStore, Store, fault::Operation};
use vault::{CheckOptions, Error, Problem, Progress, Repository, Subject, layout::FileKind};

/// A destination that is far, and how often what of it was read.
type Far = Arc<FaultStore<MemoryStore>>;

struct World {
    store: MemoryStore,
    folder: tempfile::TempDir,
    tree: tempfile::TempDir,
}

impl World {
    /// A repository with two backups, made without copies.
    async fn new() -> Self {
        let store = MemoryStore::new().listing_late();
        let tree = small_tree();
        let repository = init(Arc::new(store.clone()), ambient(&clock(), 1)).await;
        back_up(&repository, tree.path()).await.unwrap();
        std::fs::write(tree.path().join("more"), "more").unwrap();
        back_up(&repository, tree.path()).await.unwrap();
        Self { store, folder: tempfile::tempdir().unwrap(), tree }
    }

    async fn open(&self) -> (Far, Arc<Repository>) {
        let far = Arc::new(FaultStore::new(self.store.clone()));
        let repository = open_in(far.clone(), self.folder.path()).await;
        (far, repository)
    }

    /// What of these two kinds is read when they are loaded.
    async fn load(&self) -> (usize, usize) {
        let (far, repository) = self.open().await;
        repository.load_index(&Cancel::new()).await.unwrap();
        assert_eq!(repository.snapshots(&Cancel::new()).await.unwrap().len(), 2);
        assert!(repository.with_index(|index| index.counts().0) > 1);
        (read(&far, "index/"), read(&far, "snapshots/"))
    }

    /// Every copy, whatever of.
    fn copies(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for repository in list(self.folder.path()) {
            for kind in list(&repository).into_iter().filter(|path| path.is_dir()) {
                found.extend(list(&kind));
            }
        }
        found
    }
}

async fn open_in(store: Arc<dyn Store>, folder: &Path) -> Arc<Repository> {
    let (ambient, cancel) = (ambient(&clock(), 2), Cancel::new());
    let opened = Repository::open(store, &passphrase(), ambient, &cancel).await.unwrap();
    Arc::new(opened.with_copies_in(folder).await.unwrap())
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort_unstable();
    entries
}

fn read(far: &Far, below: &str) -> usize {
    let operations = far.operations().into_iter();
    operations.filter(|(what, key)| *what == Operation::Get && key.starts_with(below)).count()
}

#[tokio::test]
async fn what_was_read_once_is_not_read_again() {
    let world = World::new().await;
    assert_eq!(world.load().await, (2, 2));
    assert_eq!(world.load().await, (0, 0));

    // What a backup writes is known without being read, but for the look at
    // whether the destination has kept it.
    let (far, repository) = world.open().await;
    std::fs::write(world.tree.path().join("last"), "last").unwrap();
    back_up(&repository, world.tree.path()).await.unwrap();
    assert_eq!((read(&far, "index/"), read(&far, "snapshots/")), (1, 1));
    let (far, repository) = world.open().await;
    repository.load_index(&Cancel::new()).await.unwrap();
    assert_eq!(repository.snapshots(&Cancel::new()).await.unwrap().len(), 3);
    assert_eq!((read(&far, "index/"), read(&far, "snapshots/")), (0, 0));
}

#[tokio::test]
async fn damaged_copies_are_made_anew() {
    let world = World::new().await;
    world.load().await;
    let copies = world.copies();
    assert_eq!(copies.len(), 4);
    for damage in [
        |path: &Path| std::fs::write(path, "").unwrap(),
        |path: &Path| std::fs::write(path, vec![7; 300]).unwrap(),
        |path: &Path| {
            let mut bytes = std::fs::read(path).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            std::fs::write(path, bytes).unwrap();
        },
        |path: &Path| std::fs::remove_file(path).unwrap(),
        |path: &Path| {
            std::fs::remove_file(path).unwrap();
            std::fs::create_dir(path).unwrap();
            std::fs::remove_dir(path).unwrap();
            std::os::unix::fs::symlink("/etc/passwd", path).unwrap();
        },
    ] {
        for path in &copies {
            damage(path);
        }
        assert_eq!(world.load().await, (2, 2));
        assert_eq!(world.load().await, (0, 0));
    }
    // Neither does it matter when there can be none.
    std::fs::remove_dir_all(world.folder.path()).unwrap();
    std::fs::write(world.folder.path(), "a file").unwrap();
    assert_eq!(world.load().await, (2, 2));
    assert_eq!(world.load().await, (2, 2));
}

#[tokio::test]
async fn copies_of_what_is_gone_go_too() {
    let world = World::new().await;
    world.load().await;
    let gone: Vec<_> = world
        .store
        .objects()
        .into_iter()
        .filter(|key| key.as_str().starts_with("snapshots/"))
        .collect();
    world.store.remove(&gone[0]);
    let (_, repository) = world.open().await;
    assert_eq!(repository.snapshots(&Cancel::new()).await.unwrap().len(), 1);
    assert_eq!(world.copies().len(), 3);
}

#[tokio::test]
async fn damage_at_the_destination_is_found_nevertheless() {
    let world = World::new().await;
    world.load().await;
    for key in world.store.objects() {
        let below = |folder| key.as_str().starts_with(folder);
        if !below("index/") && !below("snapshots/") {
            continue;
        }
        let sound = world.store.snapshot()[&key].clone();
        // A check reads what is there, and not the copy.
        let mut changed = sound.to_vec();
        changed[40] ^= 1;
        world.store.insert(key.clone(), changed);
        let (_, repository) = world.open().await;
        let progress = Arc::new(Progress::default());
        let report = repository.check(CheckOptions::default(), &progress, &Cancel::new()).await;
        let found = report.unwrap().findings;
        let of_it = found.iter().any(|finding| {
            let (Subject::Index(id) | Subject::Snapshot(id)) = finding.subject else {
                return false;
            };
            key.as_str().ends_with(&id.to_string())
                && matches!(finding.problem, Problem::Damaged(_))
        });
        assert!(of_it, "{key:?}: {found:?}");
        // What has lost a part shows by its length to everyone.
        world.store.insert(key.clone(), sound[..sound.len() - 1].to_vec());
        let (_, repository) = world.open().await;
        let loaded = match below("index/") {
            true => repository.load_index(&Cancel::new()).await,
            false => repository.snapshots(&Cancel::new()).await.map(drop),
        };
        assert!(matches!(loaded, Err(Error::Damaged { .. })), "{key:?}: {loaded:?}");
        world.store.insert(key, sound);
        world.load().await;
    }
}

#[tokio::test]
async fn who_opens_it_anew_reads_the_destination() {
    let world = World::new().await;
    world.load().await;
    let cancel = Cancel::new();
    let (far, repository) = world.open().await;
    let anew = repository.anew(&cancel).await.unwrap();
    assert_eq!((read(&far, "config"), read(&far, "keys/")), (2, 2));
    anew.load_index(&cancel).await.unwrap();
    assert_eq!(anew.snapshots(&cancel).await.unwrap().len(), 2);
    assert!(read(&far, "index/") > 0 && read(&far, "snapshots/") > 0, "no copy is looked at");

    let key = FileKind::Key.key(&repository.key_id());
    let config = Key::new("config").unwrap();
    let bytes = |key: &Key| world.store.snapshot()[key].clone();
    for (file, last) in [(&key, bytes(&key)), (&config, bytes(&config))] {
        world.store.remove(file);
        let missing = repository.anew(&cancel).await.unwrap_err();
        assert!(matches!(missing, Error::Missing(_) | Error::NotARepository(_)), "{missing:?}");
        for at in 0..last.len() {
            let mut changed = last.to_vec();
            changed[at] ^= 1;
            world.store.insert(file.clone(), changed);
            let damaged = repository.anew(&cancel).await.unwrap_err();
            assert!(matches!(damaged, Error::Damaged { .. }), "byte {at}: {damaged:?}");
        }
        world.store.insert(file.clone(), last);
        repository.anew(&cancel).await.unwrap();
    }
}

#[tokio::test]
async fn a_disk_of_this_machine_needs_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(MemoryStore::new());
    let tree = small_tree();
    let repository = init(store.clone(), ambient(&clock(), 1)).await;
    back_up(&repository, tree.path()).await.unwrap();
    let repository = open_in(store, folder.path()).await;
    repository.load_index(&Cancel::new()).await.unwrap();
    assert!(list(folder.path()).is_empty());
}
