//! A restore that came to no end in the middle of a large file: the next one goes
//! on with what is there and right, and with nothing else.

use crate::{
    common::{ambient, back_up, clock, in_memory, noise, open},
    dice::{Dice, cases},
};
use std::{
    fs,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use storage::{
    Cancel, ErrorKind, FaultStore, MemoryStore,
    fault::{Effect, Fault, Operation},
};
use vault::{Error, Existing, Progress, RestoreOptions, RestoreReport, format::Snapshot};

const MIB: usize = 1 << 20;
static SEED: AtomicU64 = AtomicU64::new(0);

struct World {
    store: Arc<MemoryStore>,
    snapshot: Snapshot,
    /// The path of the large file below a target.
    inside: PathBuf,
    bytes: Vec<u8>,
    folder: tempfile::TempDir,
}

impl World {
    /// A backup of a file with these bytes, and of a small one beside it.
    async fn new(bytes: Vec<u8>) -> Self {
        let tree = tempfile::tempdir().unwrap();
        let path = tree.path().canonicalize().unwrap().join("large");
        fs::write(&path, &bytes).unwrap();
        fs::write(path.with_file_name("small"), "small").unwrap();
        let (store, repository) = in_memory().await;
        let snapshot = back_up(&repository, tree.path()).await.unwrap().snapshot;
        let inside = path.strip_prefix("/").unwrap().to_owned();
        Self { store, snapshot, inside, bytes, folder: tempfile::tempdir().unwrap() }
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("target")
    }

    fn file(&self) -> PathBuf {
        self.target().join(&self.inside)
    }

    /// Restores everything, and says how many bytes were read for contents.
    async fn restore(
        &self,
        existing: Existing,
        fault: Option<Fault>,
    ) -> (vault::Result<RestoreReport>, u64) {
        let store = Arc::new(FaultStore::new((*self.store).clone()));
        // Names are drawn at random, in each restore others.
        let seed = SEED.fetch_add(1, Ordering::Relaxed);
        let repository = open(store.clone(), ambient(&clock(), seed)).await;
        let (progress, cancel) = (Arc::new(Progress::default()), Cancel::new());
        let options =
            RestoreOptions { target: self.target(), existing, ..RestoreOptions::default() };
        let plan = repository.plan_restore(&self.snapshot, &options, &cancel).await.unwrap();
        store.plan(fault);
        let result = repository.restore(&plan, &progress, &cancel).await;
        let (done, all) = (progress.bytes_done.get(), progress.bytes_total.get());
        assert!(result.is_err() || done == all, "{done} of {all} bytes are told: {result:?}");
        (result, progress.bytes_moved.get())
    }

    /// Restores until the destination cannot be reached any more, so many reads
    /// after the first one that leaves something of the large file.
    async fn break_off(&self, later: u64) {
        let gone = |nth| {
            let fault = Fault::new(Effect::error(ErrorKind::Unreachable));
            Some(fault.on(Operation::Get).below("data/").from_nth(nth))
        };
        for nth in 1.. {
            let (result, _) = self.restore(Existing::Overwrite, gone(nth)).await;
            if self.left().is_empty() && result.is_err() {
                continue;
            }
            fs::remove_dir_all(self.target()).unwrap();
            let (result, _) = self.restore(Existing::Overwrite, gone(nth + later)).await;
            assert!(matches!(result, Ok(_) | Err(Error::Storage(_))), "{result:?}");
            return;
        }
    }

    /// What lies beside the file under a temporary name.
    fn left(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.file().parent().unwrap()) else { return Vec::new() };
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.to_str().unwrap().contains(".keepstead-restore-")).collect()
    }

    fn is_restored(&self) {
        assert!(fs::read(self.file()).unwrap() == self.bytes, "other bytes");
        assert_eq!(fs::read(self.file().with_file_name("small")).unwrap(), b"small");
        assert_eq!(self.left(), [""; 0].map(PathBuf::from));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_goes_on_where_the_destination_went() {
    let world = World::new(noise(40 * MIB, 1)).await;
    world.break_off(2).await;
    let left = world.left();
    assert_eq!(left.len(), 1, "{left:?}");
    let (result, moved) = world.restore(Existing::Overwrite, None).await;
    assert_eq!(result.unwrap().skipped, []);
    world.is_restored();
    assert!(moved < 34 << 20, "{moved} bytes were read again");

    // With all of it there, none of it is read.
    fs::rename(world.file(), &left[0]).unwrap();
    let (result, moved) = world.restore(Existing::Keep, None).await;
    assert_eq!(result.unwrap().files, 1);
    world.is_restored();
    assert_eq!(moved, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_wanted_is_removed() {
    let world = World::new(noise(20 * MIB, 1)).await;
    world.break_off(2).await;
    let [left] = &world.left()[..] else { panic!("{:?}", world.left()) };
    // Somebody else has it, too.
    let further = world.folder.path().join("further");
    fs::hard_link(left, &further).unwrap();
    let before = fs::read(&further).unwrap();
    let (result, _) = world.restore(Existing::Overwrite, None).await;
    assert_eq!(result.unwrap().skipped, []);
    world.is_restored();
    assert!(fs::read(&further).unwrap() == before, "another file was written to");

    // Another file is to come in its place.
    fs::remove_file(world.file()).unwrap();
    world.break_off(2).await;
    let other = World::new(noise(20 * MIB, 2)).await;
    let (name, folder) = (world.left()[0].clone(), other.file().parent().unwrap().to_owned());
    fs::create_dir_all(&folder).unwrap();
    fs::copy(&name, folder.join(name.file_name().unwrap())).unwrap();
    assert_eq!(other.left().len(), 1);
    let (result, _) = other.restore(Existing::Overwrite, None).await;
    assert_eq!(result.unwrap().skipped, []);
    other.is_restored();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_there_already_is_not_gone_on_with() {
    let world = World::new(noise(20 * MIB, 1)).await;
    world.break_off(2).await;
    assert_eq!(world.left().len(), 1);
    fs::write(world.file(), &world.bytes).unwrap();
    let (result, moved) = world.restore(Existing::KeepBoth, None).await;
    let report = result.unwrap();
    assert_eq!((report.kept, report.renamed_count), (2, 0), "{report:?}");
    world.is_restored();
    assert!(moved < 1 << 20, "{moved} bytes were read");
}

/// Bytes of which some runs are zeros.
fn with_holes(dice: &Dice) -> Vec<u8> {
    let mut bytes = Vec::new();
    while bytes.len() < 24 * MIB {
        let length = 1 + dice.index(3 * MIB);
        match dice.one_in(2) {
            true => bytes.resize(bytes.len() + length, 0),
            false => bytes.extend(noise(length, dice.below(1000))),
        }
    }
    bytes
}

fn spoil(dice: &Dice, path: &Path, length: u64) {
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    for _ in 0..dice.below(5) {
        let at = dice.below(length);
        match dice.below(5) {
            0 => file.set_len(at).unwrap(),
            1 => file.set_len(length + at).unwrap(),
            2 => file.write_all_at(&vec![0; dice.index(MIB)], at).unwrap(),
            3 => file.write_all_at(&noise(dice.index(2 * MIB), at), at).unwrap(),
            _ => file.write_all_at(&[dice.below(256) as u8], at).unwrap(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_lies_there_what_is_restored_is_right() {
    let mut went_on = 0;
    for seed in 0..cases(12) {
        let dice = Dice::new(seed);
        let world = World::new(with_holes(&dice)).await;
        let (_, all) = world.restore(Existing::Overwrite, None).await;
        fs::remove_dir_all(world.target()).unwrap();
        // Several times, each going on with what the one before has left.
        world.break_off(dice.below(3)).await;
        for _ in 0..dice.below(3) {
            if let [left] = &world.left()[..] {
                spoil(&dice, left, world.bytes.len() as u64);
            }
            let gone = Fault::new(Effect::error(ErrorKind::Unreachable));
            let fault = gone.on(Operation::Get).below("data/").from_nth(1 + dice.below(12));
            let _ = world.restore(Existing::Overwrite, Some(fault)).await;
        }
        let (result, moved) = world.restore(Existing::Overwrite, None).await;
        assert_eq!(result.unwrap().skipped, [], "seed {seed}");
        world.is_restored();
        went_on += u64::from(moved < all);
    }
    assert!(went_on * 8 > cases(12), "only {went_on} went on");
}
