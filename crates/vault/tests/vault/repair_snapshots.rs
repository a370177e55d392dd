//! Repairing snapshots: what is whole stays byte by byte, what is lost is left
//! out, and restic finds nothing wrong afterwards.

use crate::{
    breaking::{all_effects, at_every_operation, sudden_end, wrong_after},
    common::{self, ambient, contents_in_backup, host, open},
    forge::{Forge, Kind, file, folder, tree},
    judge::Disk,
    life::{self, Contents, DAY, Life, PACK_SIZE},
};
use bytes::Bytes;
use model::clock::ManualClock;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};
use storage::{
    Cancel, ErrorKind, FaultStore, Key, MemoryStore,
    fault::{Effect, Fault, Operation},
};
use vault::{
    Error, Progress, Repository,
    format::Id,
    layout::FileKind,
    repair::{Fate, SnapshotsPlan, SnapshotsReport},
};

async fn plan(repository: &Repository, read_data: bool) -> vault::Result<SnapshotsPlan> {
    let progress = Arc::new(Progress::default());
    repository.plan_snapshots_repair(read_data, &progress, &Cancel::new()).await
}

async fn repair(
    repository: &Repository,
    read_data: bool,
    forget: bool,
) -> vault::Result<(SnapshotsPlan, SnapshotsReport)> {
    let plan = plan(repository, read_data).await?;
    let report = repository.repair_snapshots(&plan, forget, &host("home"), &Cancel::new()).await?;
    Ok((plan, report))
}

async fn repair_index(repository: &Repository) -> vault::Result<()> {
    let cancel = Cancel::new();
    let plan = repository.plan_index_repair(&Progress::default(), &cancel).await?;
    repository.repair_index(&plan, &host("home"), &cancel).await.map(drop)
}

/// A pack of file contents.
fn contents_pack(life: &Life) -> Key {
    let objects = life.store.snapshot();
    let packs = objects.iter().filter(|(key, _)| key.as_str().starts_with("data/"));
    packs.max_by_key(|(_, bytes)| bytes.len()).unwrap().0.clone()
}

/// What is in a snapshot now is as it was when it was made; how much is gone.
fn lost_of(before: &Contents, now: &Contents) -> usize {
    for (path, bytes) in now {
        assert!(before.get(path) == Some(bytes), "{} has changed", path.display());
    }
    before.len() - now.len()
}

/// What restic restores of a snapshot, by the paths it was backed up from.
fn restored(disk: &Disk, id: &Id) -> Contents {
    let target = disk.restore(&id.to_string());
    let all = common::contents_on_disk(&target).into_iter();
    all.map(|(path, bytes)| (Path::new("/").join(path.strip_prefix(&target).unwrap()), bytes))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_repository_is_left_alone() {
    let life = Life::with_snapshots(3).await;
    let before = life.store.snapshot();
    let (plan, report) = repair(&life.repository, true, true).await.unwrap();
    assert!(plan.is_empty() && plan.lost.is_empty());
    assert_eq!((plan.whole, report), (3, SnapshotsReport::default()));
    assert_eq!(life.store.snapshot(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_a_lost_pack_is_saved() {
    for forget in [false, true] {
        let life = Life::with_snapshots(4).await;
        life.store.remove(&contents_pack(&life)).unwrap();
        repair_index(&life.repository).await.unwrap();
        let before = life.store.snapshot();
        let planned = plan(&life.repository, false).await.unwrap();
        assert_eq!(life.store.snapshot(), before, "a plan changes nothing");
        assert!(!planned.broken.is_empty());
        // Blob, files, snapshots: all of it is said.
        for lost in &planned.lost {
            assert!(lost.files > 0 && !lost.examples.is_empty() && !lost.snapshots.is_empty());
        }
        let named: BTreeSet<Id> =
            planned.lost.iter().flat_map(|lost| lost.snapshots.clone()).collect();
        assert_eq!(named, planned.broken.iter().map(|broken| broken.id).collect());

        let (plan, report) = repair(&life.repository, false, forget).await.unwrap();
        assert_eq!(report.repaired.len(), plan.broken.len());
        let expected = life.expected.lock().unwrap().clone();
        let cancel = Cancel::new();
        life.repository.load_index(&cancel).await.unwrap();
        for broken in &plan.broken {
            let new = report.repaired[&broken.id];
            let snapshot = life.repository.snapshot(&new, &cancel).await.unwrap();
            assert_eq!(snapshot.original, Some(broken.id));
            assert_eq!(snapshot.tags, ["repaired"]);
            assert_eq!(
                (&snapshot.time, &snapshot.paths),
                (&broken.snapshot.time, &broken.snapshot.paths)
            );
            let now = contents_in_backup(&life.repository, &snapshot).await.unwrap();
            let lost = lost_of(&expected[&broken.id], &now);
            assert_eq!(lost as u64, broken.lost);
            assert!(lost > 0 && !now.is_empty());
            let there = before.contains_key(&FileKind::Snapshot.key(&broken.id));
            let still = life.store.objects().contains(&FileKind::Snapshot.key(&broken.id));
            assert_eq!((there, still), (true, !forget));
        }
        for (key, bytes) in before.iter().filter(|(key, _)| key.as_str().starts_with("data/")) {
            assert_eq!(life.store.snapshot().get(key), Some(bytes), "no pack is deleted");
        }
        if forget {
            let disk = Disk::of(&life.store);
            disk.check();
            Disk::of_old(&life.store).check();
            for broken in &plan.broken {
                let now = restored(&disk, &report.repaired[&broken.id]);
                assert_eq!(lost_of(&expected[&broken.id], &now) as u64, broken.lost);
            }
            assert!(self::plan(&life.repository, true).await.unwrap().is_empty());
        } else {
            // A second time nothing more is written.
            let objects = life.store.objects().len();
            let (again, same) = repair(&life.repository, false, false).await.unwrap();
            assert_eq!((again.broken.len(), &same), (plan.broken.len(), &report));
            assert_eq!(life.store.objects().len(), objects);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damage_that_only_reading_shows_is_left_out_when_it_is_read() {
    let life = Life::with_snapshots(2).await;
    let pack = contents_pack(&life);
    life.store.tamper(&pack, |bytes| bytes[20] ^= 1);
    assert!(plan(&life.repository, false).await.unwrap().is_empty());
    let (plan, report) = repair(&life.repository, true, true).await.unwrap();
    assert_eq!(plan.lost.len(), 1);
    let expected = life.expected.lock().unwrap().clone();
    let disk = Disk::of(&life.store);
    disk.run(["check"]);
    for broken in &plan.broken {
        assert_eq!(broken.lost, 1);
        assert_eq!(
            lost_of(&expected[&broken.id], &restored(&disk, &report.repaired[&broken.id])),
            1
        );
    }
}

/// Adds a snapshot whose root holds `nodes`, with these further trees.
fn hang(forge: &Forge, nodes: &[Value], trees: &[String]) -> Id {
    let root = tree(nodes);
    let mut all = vec![root];
    all.extend(trees.iter().cloned());
    forge.put_all(&all, &[b"whole"])
}

#[tokio::test(flavor = "multi_thread")]
async fn every_broken_entry_is_left_out_and_its_neighbours_stay() {
    let nowhere = tree(&[file("nowhere", &[])]);
    let hollow = |kind: &str| {
        let mut node = file("x-hollow", &[]);
        node["type"] = json!(kind);
        node["content"] = Value::Null;
        node["size"] = json!(5);
        node
    };
    let mut longer = file("x-longer", &[b"whole"]);
    longer["size"] = json!(1234);
    let unsorted = tree(&[file("y", &[]), file("x", &[])]);
    let inner = tree(&[file("inner", &[b"whole"]), file("x-deep", &[b"nowhere"])]);
    let exhibits: Vec<(&str, Value, Vec<String>, u64)> = vec![
        ("a blob is nowhere", file("x-lost", &[b"whole", b"nowhere"]), vec![], 1),
        ("a tree is nowhere", folder("x-lost", &nowhere), vec![], 1),
        ("a tree is hostile", folder("x-bad", &unsorted), vec![unsorted.clone()], 1),
        ("a blob is lost further down", folder("x-outer", &inner), vec![inner.clone()], 1),
        ("a file without contents", hollow("file"), vec![], 1),
        ("a folder without a tree", hollow("dir"), vec![], 1),
        ("an entry of no known kind", hollow("door"), vec![], 1),
        ("a file recorded too long", longer, vec![], 0),
        ("a tree as contents", file("x-tree", &[inner.as_bytes()]), vec![inner.clone()], 1),
    ];
    for (name, node, trees, lost) in exhibits {
        let (forge, repository) = Forge::new().await;
        let whole = file("a-whole", &[b"whole"]);
        let sound = hang(&forge, std::slice::from_ref(&whole), &[]);
        let id = hang(&forge, &[whole, node], &trees);
        let before = plan(&repository, true).await.unwrap();
        assert_eq!(before.broken.len(), 1, "{name}");
        assert_eq!((before.broken[0].id, before.broken[0].lost, before.whole), (id, lost, 1));
        let (_, report) = repair(&repository, true, true).await.unwrap();
        assert_eq!(report.removed, [id].into(), "{name}");
        let new = report.repaired[&id];
        let disk = Disk::of(&forge.store);
        disk.check();
        let there = restored(&disk, &new);
        assert_eq!(there[Path::new("/a-whole")], b"whole", "{name}");
        assert!(!there.contains_key(Path::new("/x-lost")));
        if name.contains("further down") {
            assert_eq!(there[Path::new("/x-outer/inner")], b"whole");
        }
        if lost == 0 {
            assert_eq!(there[Path::new("/x-longer")], b"whole");
        }
        assert_eq!(restored(&disk, &sound).len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_of_which_nothing_is_left_goes_only_when_another_stays() {
    let (forge, repository) = Forge::new().await;
    let nowhere = forge.put_snapshot(&Id::of(b"nowhere"));
    let damaged = Id::of(b"damaged");
    forge.store.insert(FileKind::Snapshot.key(&damaged), b"nonsense".to_vec());
    forge.put_index(&[&forge.put_pack(&[(Kind::Data, Id::of(b"x"), b"x")])]);
    let (plan, report) = repair(&repository, false, true).await.unwrap();
    assert_eq!((plan.broken[0].id, plan.broken[0].fate), (nowhere, Fate::Nothing));
    assert!(plan.damaged.contains_key(&damaged));
    assert_eq!(report, SnapshotsReport::default(), "they are all there is");

    let sound = forge.put_all(&[tree(&[file("a", &[b"whole"])])], &[b"whole"]);
    let (_, report) = repair(&repository, false, true).await.unwrap();
    assert_eq!(report.removed, [nowhere, damaged].into());
    Disk::of(&forge.store).check();
    assert!(forge.store.objects().contains(&FileKind::Snapshot.key(&sound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_in_marked_packs_is_not_lost() {
    let life = Life::with_snapshots(4).await;
    let asleep = life.second_machine().await;
    life.back_up_something_else().await;
    life.forget_oldest(4).await;
    life.prune(&life.plan(DAY).await.unwrap()).await.unwrap();
    life.wakes_up(asleep);
    assert!(!life.check().await.is_clean(), "restic would call it lost");
    let (plan, report) = repair(&life.repository, false, true).await.unwrap();
    assert!(plan.is_empty(), "{:?}", plan.broken);
    assert_eq!(report, SnapshotsReport::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn doubt_stops_it() {
    let life = Life::with_snapshots(3).await;
    let before = life.store.snapshot();
    // An index file is damaged: nobody knows what is lost.
    let index = life.store.objects().into_iter().find(|key| key.as_str().starts_with("index/"));
    life.store.tamper(&index.unwrap(), |bytes| bytes[40] ^= 1);
    assert!(matches!(repair(&life.repository, false, true).await, Err(Error::Damaged { .. })));
    // One is gone: what seems to be lost is in packs that nobody names.
    let mut unnamed = before.clone();
    let first = unnamed.keys().find(|key| key.as_str().starts_with("index/")).unwrap().clone();
    unnamed.remove(&first);
    let life = life.continued(MemoryStore::from_snapshot(unnamed.clone())).await;
    assert!(matches!(repair(&life.repository, false, true).await, Err(Error::Damaged { .. })));
    assert_eq!(life.store.snapshot(), unnamed);
    // All packs are gone: so is the disk, more likely.
    let mut without = before.clone();
    without.retain(|key, _| !key.as_str().starts_with("data/"));
    let life = life.continued(MemoryStore::from_snapshot(without.clone())).await;
    assert!(matches!(repair(&life.repository, false, true).await, Err(Error::Missing(_))));
    assert_eq!(life.store.snapshot(), without);
    // A list is short, the first time or always; a pack cannot be read.
    for fault in [
        Fault::new(Effect::ShortList { after: 1 }).on(Operation::List).below("data").from_nth(1),
        Fault::new(Effect::ShortList { after: 2 }).on(Operation::List).below("data").nth(2),
        Fault::new(Effect::error(ErrorKind::PermissionDenied)).on(Operation::Get).below("data"),
        Fault::new(Effect::error(ErrorKind::Unreachable)).on(Operation::Get).below("data"),
        Fault::new(Effect::error(ErrorKind::Other)).on(Operation::Get).below("snapshots"),
    ] {
        let store = MemoryStore::from_snapshot(before.clone()).with_pack_size(PACK_SIZE);
        let broken = Arc::new(FaultStore::new(store));
        let repository = open(broken.clone(), ambient(&life.clock, 5)).await;
        broken.plan([fault.clone()]);
        let ended = repair(&repository, true, true).await;
        assert!(ended.is_err(), "{fault:?}: {ended:?}");
        assert_eq!(broken.inner().snapshot(), before, "{fault:?}");
    }
}

/// A pack is lost, and the index knows.
struct Scenario {
    before: BTreeMap<Key, Bytes>,
    clock: Arc<ManualClock>,
    /// What is left of each snapshot.
    left: BTreeMap<Id, Contents>,
}

struct Ended {
    done: bool,
    after: MemoryStore,
    operations: Vec<(Operation, String)>,
}

impl Scenario {
    async fn new() -> Self {
        let life = Life::with_snapshots(4).await;
        life.store.remove(&contents_pack(&life)).unwrap();
        repair_index(&life.repository).await.unwrap();
        let before = life.store.snapshot();
        let clock = life.clock.clone();
        let mut scenario = Self { before, clock, left: BTreeMap::new() };
        let sound = scenario.run(Vec::new()).await;
        assert!(sound.done);
        scenario.left = by_original(&sound.after, &scenario.clock).await;
        assert_eq!(scenario.left.len(), 4);
        scenario
    }

    async fn run(&self, faults: Vec<Fault>) -> Ended {
        let store = MemoryStore::from_snapshot(self.before.clone()).with_pack_size(PACK_SIZE);
        let broken = Arc::new(FaultStore::new(store));
        let repository = open(broken.clone(), ambient(&self.clock, 5)).await;
        broken.plan(faults);
        let done = repair(&repository, false, true).await.is_ok();
        let operations = broken.operations();
        let mut objects = broken.inner().snapshot();
        objects.retain(|key, _| !key.as_str().starts_with("locks/"));
        let after = MemoryStore::from_snapshot(objects).with_pack_size(PACK_SIZE);
        Ended { done, after, operations }
    }

    /// Every snapshot is there, or the one that took its place; no pack is
    /// gone; and the next repair ends with all that is left.
    async fn judge(&self, ended: &Ended) -> Result<(), String> {
        let after = ended.after.snapshot();
        let packs = self.before.iter().filter(|(key, _)| key.as_str().starts_with("data/"));
        for (key, bytes) in packs {
            if after.get(key) != Some(bytes) {
                return Err(format!("{key} is gone"));
            }
        }
        let repository = open(Arc::new(ended.after.clone()), ambient(&self.clock, 6)).await;
        let (plan, _) =
            repair(&repository, false, true).await.map_err(|error| format!("again: {error}"))?;
        if ended.done && !plan.is_empty() {
            return Err("it was not done".to_owned());
        }
        let report = life::check(&repository).await;
        if !report.is_clean() {
            return Err(format!("{:?}", report.findings));
        }
        let left = by_original(&ended.after, &self.clock).await;
        if left == self.left { Ok(()) } else { Err("something else is left".to_owned()) }
    }
}

/// All snapshots by what they were made from, with all that is in them.
async fn by_original(store: &MemoryStore, clock: &Arc<ManualClock>) -> BTreeMap<Id, Contents> {
    let repository = open(Arc::new(store.clone()), ambient(clock, 7)).await;
    let cancel = Cancel::new();
    repository.load_index(&cancel).await.unwrap();
    let mut all = BTreeMap::new();
    for (id, snapshot) in repository.snapshots(&cancel).await.unwrap() {
        let contents = contents_in_backup(&repository, &snapshot).await.unwrap();
        all.insert(snapshot.original.unwrap_or(id), contents);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_and_no_sudden_end_costs_what_is_left() {
    let scenario = &Scenario::new().await;
    let sound = scenario.run(Vec::new()).await;
    scenario.judge(&sound).await.unwrap();
    Disk::of(&sound.after).check();
    let mut faults = at_every_operation(all_effects(), &sound.operations);
    let all = sound.operations.len() as u64;
    faults.extend((1..=all).map(sudden_end));
    assert!(faults.len() > 100, "{}", faults.len());
    let wrong = wrong_after(faults, |fault| async move {
        scenario.judge(&scenario.run(vec![fault]).await).await
    });
    let wrong = wrong.await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}
