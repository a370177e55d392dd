//! Repairing the index: what is told anew, what stays, and what a fault or a
//! sudden end at any operation leaves.

use crate::{
    breaking::{all_effects, at_every_operation, sudden_end, wrong_after},
    common::{self, ambient, host, open},
    forge::{Forge, Kind},
    judge::Disk,
    life::{self, Contents, DAY, Life, PACK_SIZE},
};
use bytes::Bytes;
use model::clock::ManualClock;
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};
use storage::{
    Cancel, ErrorKind, FaultStore, Key, MemoryStore,
    fault::{Effect, Fault, Operation},
};
use vault::{
    Error, Progress, Repository,
    format::Id,
    repair::{IndexPlan, IndexReport},
};

async fn plan(repository: &Repository) -> vault::Result<IndexPlan> {
    repository.plan_index_repair(&Progress::default(), &Cancel::new()).await
}

async fn repair(repository: &Repository) -> vault::Result<(IndexPlan, IndexReport)> {
    let plan = plan(repository).await?;
    let report = repository.repair_index(&plan, &host("home"), &Cancel::new()).await?;
    Ok((plan, report))
}

fn below(store: &MemoryStore, folder: &str) -> Vec<Key> {
    store.objects().into_iter().filter(|key| key.as_str().starts_with(folder)).collect()
}

/// The largest pack holds contents, and the last backup needs it.
fn largest_pack(store: &MemoryStore) -> Key {
    let objects = store.snapshot();
    let packs = objects.iter().filter(|(key, _)| key.as_str().starts_with("data/"));
    packs.max_by_key(|(_, bytes)| bytes.len()).unwrap().0.clone()
}

/// restic finds no error, restores every snapshot, and all is as it was.
fn judged(life: &Life) {
    let disk = Disk::of(&life.store);
    disk.check();
    Disk::of_old(&life.store).check();
    for (id, contents) in &*life.expected.lock().unwrap() {
        let target = disk.restore(&id.to_string());
        let restored = common::contents_on_disk(&target);
        let restored: Contents = restored
            .into_iter()
            .map(|(path, bytes)| {
                (std::path::Path::new("/").join(path.strip_prefix(&target).unwrap()), bytes)
            })
            .collect();
        assert!(restored == *contents, "snapshot {id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_repository_is_left_alone() {
    let life = Life::with_snapshots(3).await;
    let before = life.store.snapshot();
    let (plan, report) = repair(&life.repository).await.unwrap();
    assert!(plan.is_empty());
    assert_eq!(report, IndexReport::default());
    assert_eq!(plan.kept, life::packs(&life.store).len());
    assert_eq!(life.store.snapshot(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn index_files_that_are_lost_or_damaged_are_made_anew() {
    let damages: [fn(&MemoryStore, &Key); 4] = [
        |store, key| store.remove(key).map(drop).unwrap(),
        |store, key| assert!(store.tamper(key, Vec::clear)),
        |store, key| assert!(store.tamper(key, |bytes| bytes.truncate(bytes.len() / 2))),
        |store, key| assert!(store.tamper(key, |bytes| bytes[40] ^= 1)),
    ];
    let count = below(&Life::with_snapshots(3).await.store, "index/").len();
    for damage in damages {
        for which in (0..count).map(Some).chain([None]) {
            let life = Life::with_snapshots(3).await;
            let files = below(&life.store, "index/");
            for (number, key) in files.iter().enumerate() {
                if which.is_none_or(|which| which == number) {
                    damage(&life.store, key);
                }
            }
            let before = life.store.snapshot();
            let planned = plan(&life.repository).await.unwrap();
            assert_eq!(life.store.snapshot(), before, "a plan changes nothing");
            assert!(!planned.adopted.is_empty() && planned.missing.is_empty());
            let (_, report) = repair(&life.repository).await.unwrap();
            assert_eq!(report.removed, planned.damaged.len());
            for (key, bytes) in before.iter().filter(|(key, _)| key.as_str().starts_with("data/")) {
                assert_eq!(life.store.snapshot().get(key), Some(bytes));
            }
            life.is_whole().await;
            assert_eq!(life.check().await.findings, []);
            assert!(plan(&life.repository).await.unwrap().is_empty(), "once is enough");
            if which.is_none() {
                judged(&life);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_marked_stays_marked() {
    let life = Life::with_snapshots(4).await;
    life.forget_oldest(2).await;
    life.prune(&life.plan(DAY).await.unwrap()).await.unwrap();
    life.change();
    life.back_up().await.unwrap();
    let waiting = life.plan(DAY).await.unwrap().waiting;
    assert!(!waiting.is_empty());

    // A missing pack in every index file: all of them are written anew.
    let stray = Forge::of(Arc::new(life.store.clone()));
    let marking = below(&life.store, "index/");
    let gone = stray.put_pack(&[(Kind::Data, Id::of(b"gone"), b"gone")]);
    life.store.remove(&vault::layout::FileKind::Pack.key(&gone.id)).unwrap();
    for key in &marking {
        let file = stray.read(key);
        let mut packs = file["packs"].as_array().unwrap().clone();
        packs.push(json!({ "id": gone.id, "blobs": gone.blobs }));
        let marked = file.get("packs_to_delete").cloned().unwrap_or(json!([]));
        life.store.remove(key).unwrap();
        stray.put_json(
            vault::layout::FileKind::Index,
            &json!({
                "packs": packs, "packs_to_delete": marked,
            }),
        );
    }
    let (plan, report) = repair(&life.repository).await.unwrap();
    assert_eq!((plan.missing.len(), report.removed), (1, marking.len()));
    assert_eq!((plan.marked, plan.adopted.len()), (waiting.len(), 0));
    assert_eq!(life.plan(DAY).await.unwrap().waiting, waiting);
    life.is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_lies_is_corrected_by_the_pack() {
    let life = Life::with_snapshots(2).await;
    let forge = Forge::of(Arc::new(life.store.clone()));
    for lie in 0..3 {
        let key = below(&life.store, "index/").swap_remove(0);
        let mut file = forge.read(&key);
        let blobs = file["packs"][0]["blobs"].as_array_mut().unwrap();
        match lie {
            // Another place, one blob less, another length.
            0 => {
                let (first, last) = (blobs[0]["id"].clone(), blobs[blobs.len() - 1]["id"].clone());
                *blobs.last_mut().unwrap() = blobs[0].clone();
                blobs.last_mut().unwrap()["id"] = last;
                blobs[0]["id"] = first;
            }
            1 => drop(blobs.pop()),
            _ => blobs[0]["length"] = json!(blobs[0]["length"].as_u64().unwrap() + 1),
        }
        if lie == 1 {
            // It disagrees with the one that is right.
            forge.put_json(vault::layout::FileKind::Index, &json!({ "packs": [file["packs"][0]] }));
        } else {
            life.store.remove(&key).unwrap();
            forge.put_json(vault::layout::FileKind::Index, &file);
        }
        assert!(!life.check().await.is_clean());
        let (plan, _) = repair(&life.repository).await.unwrap();
        assert_eq!((plan.corrected.len(), plan.unreadable.len()), (1, 0), "{lie}");
        assert_eq!(life.check().await.findings, []);
        life.is_whole().await;
    }
    judged(&life);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_whole_in_a_damaged_pack_is_saved_and_the_pack_stays() {
    let damages: [fn(&mut Vec<u8>); 3] = [
        |bytes| bytes.truncate(bytes.len() * 2 / 3),
        |bytes| bytes.push(0),
        // Of the right length again, and yet another index is needed.
        |bytes| {
            let end = bytes.len();
            bytes[end - 30] ^= 1;
        },
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        let life = Life::with_snapshots(3).await;
        let pack = largest_pack(&life.store);
        life.store.tamper(&pack, damage);
        if number == 2 {
            // Only a header that is asked for is found to be damaged.
            let forge = Forge::of(Arc::new(life.store.clone()));
            for key in below(&life.store, "index/") {
                let mut file = forge.read(&key);
                let packs = file["packs"].as_array_mut().unwrap();
                let Some(named) =
                    packs.iter().find(|one| pack.as_str().ends_with(one["id"].as_str().unwrap()))
                else {
                    continue;
                };
                let mut other = named.clone();
                other["blobs"].as_array_mut().unwrap().pop();
                forge.put_json(vault::layout::FileKind::Index, &json!({ "packs": [other] }));
            }
        }
        let before = life.store.snapshot();
        let (plan, report) = repair(&life.repository).await.unwrap();
        let [unreadable] = &plan.unreadable[..] else { panic!("{:?}", plan.unreadable) };
        assert!(pack.as_str().ends_with(&unreadable.id.to_string()));
        assert_eq!(report.salvaged, unreadable.whole.len());
        assert!(!unreadable.whole.is_empty());
        assert_eq!(life.store.snapshot().get(&pack), before.get(&pack), "it stays");
        if number == 0 {
            assert!(unreadable.whole.len() < unreadable.known.len());
        } else {
            assert_eq!(unreadable.whole, unreadable.known);
            assert!(life.check().await.is_clean());
            life.is_whole().await;
            judged(&life);
        }
        assert!(self::plan(&life.repository).await.unwrap().is_empty(), "once is enough");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_is_gone_is_named_no_longer() {
    let life = Life::with_snapshots(3).await;
    let pack = largest_pack(&life.store);
    life.store.remove(&pack).unwrap();
    let (plan, _) = repair(&life.repository).await.unwrap();
    let [missing] = &plan.missing[..] else { panic!("{:?}", plan.missing) };
    assert!(pack.as_str().ends_with(&missing.id.to_string()) && !missing.blobs.is_empty());
    let report = life.check().await;
    let about_packs = |found: &&vault::Finding| matches!(found.subject, vault::Subject::Pack(_));
    assert_eq!(report.findings.iter().filter(about_packs).count(), 0, "{:?}", report.findings);
    // What is still on this machine is stored anew.
    life.back_up().await.unwrap();
    let latest = life.latest().await;
    life.expected.lock().unwrap().retain(|id, _| *id == latest);
    let disk = Disk::of(&life.store);
    disk.restore(&latest.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_short_changes_nothing() {
    let mut life = Life::with_snapshots(3).await;
    life.store.remove(&below(&life.store, "index/")[0]).unwrap();
    let before = life.store.snapshot();
    for (below, from) in [("data", 1), ("data", 2), ("index", 1), ("index", 2), ("index", 3)] {
        for effect in
            [0, 1].map(|after| [Effect::ShortList { after }, Effect::TornList { after }]).concat()
        {
            let store = MemoryStore::from_snapshot(before.clone()).with_pack_size(PACK_SIZE);
            let broken = Arc::new(FaultStore::new(store));
            let repository = open(broken.clone(), ambient(&life.clock, 5)).await;
            broken.plan([Fault::new(effect.clone()).on(Operation::List).below(below).nth(from)]);
            let ended = repair(&repository).await;
            let is_short = matches!(ended, Err(Error::PlanOutdated | Error::Missing(_)));
            let is_torn = matches!(ended, Err(Error::Storage(_)));
            assert!(is_short || is_torn, "{effect:?} {below} {from}: {ended:?}");
            let after = broken.inner().snapshot();
            for (key, bytes) in &before {
                assert_eq!(after.get(key), Some(bytes), "{key} is there");
            }
        }
    }
    // Every list of packs is short, also that of the plan.
    let store = MemoryStore::from_snapshot(before.clone()).with_pack_size(PACK_SIZE);
    let broken = Arc::new(FaultStore::new(store));
    let repository = open(broken.clone(), ambient(&life.clock, 5)).await;
    broken.plan([Fault::new(Effect::ShortList { after: 1 })
        .on(Operation::List)
        .below("data")
        .from_nth(1)]);
    assert!(matches!(repair(&repository).await, Err(Error::PlanOutdated)));
    assert_eq!(broken.inner().snapshot(), before);
    life = life.continued(MemoryStore::from_snapshot(before)).await;
    repair(&life.repository).await.unwrap();
    life.is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_is_out_of_date_is_not_carried_out() {
    let life = Life::with_snapshots(2).await;
    life.store.remove(&below(&life.store, "index/")[0]).unwrap();
    let planned = plan(&life.repository).await.unwrap();
    life.change();
    life.back_up().await.unwrap_or_else(|_| Id::of(b"none"));
    let before = life.store.snapshot();
    let ended = life.repository.repair_index(&planned, &host("home"), &Cancel::new()).await;
    assert!(matches!(ended, Err(Error::PlanOutdated)), "{ended:?}");
    assert_eq!(life.store.snapshot(), before);
}

/// One index file is lost, one damaged, and a pack has lost its end.
struct Scenario {
    before: BTreeMap<Key, Bytes>,
    clock: Arc<ManualClock>,
    expected: BTreeMap<Id, Contents>,
}

struct Ended {
    done: bool,
    after: MemoryStore,
    operations: Vec<(Operation, String)>,
}

impl Scenario {
    async fn new() -> Self {
        let life = Life::with_snapshots(4).await;
        let forge = Forge::of(Arc::new(life.store.clone()));
        let pack = largest_pack(&life.store).split().1.to_owned();
        // The index of that pack must be known, or nobody knows what it holds.
        let mut files = below(&life.store, "index/");
        files.retain(|key| !forge.read(key).to_string().contains(&pack));
        life.store.remove(&files[0]).unwrap();
        life.store.tamper(&files[1], |bytes| bytes.truncate(9));
        // It is longer than it should be, so that all of it can be saved.
        life.store.tamper(&largest_pack(&life.store), |bytes| bytes.push(7));
        let expected = life.expected.lock().unwrap().clone();
        let scenario = Self { before: life.store.snapshot(), clock: life.clock.clone(), expected };
        assert!(scenario.run(Vec::new()).await.done);
        scenario
    }

    async fn run(&self, faults: Vec<Fault>) -> Ended {
        let store = MemoryStore::from_snapshot(self.before.clone()).with_pack_size(PACK_SIZE);
        let broken = Arc::new(FaultStore::new(store));
        let repository = open(broken.clone(), ambient(&self.clock, 5)).await;
        broken.plan(faults);
        let done = repair(&repository).await.is_ok();
        let operations = broken.operations();
        let mut objects = broken.inner().snapshot();
        objects.retain(|key, _| !key.as_str().starts_with("locks/"));
        let after = MemoryStore::from_snapshot(objects).with_pack_size(PACK_SIZE);
        Ended { done, after, operations }
    }

    /// No pack and no snapshot is gone, and the next repair makes all whole.
    async fn judge(&self, ended: &Ended) -> Result<(), String> {
        let after = ended.after.snapshot();
        for (key, bytes) in &self.before {
            let kind = key.as_str();
            if (kind.starts_with("data/") || kind.starts_with("snapshots/"))
                && after.get(key) != Some(bytes)
            {
                return Err(format!("{key} is gone"));
            }
        }
        let repository = open(Arc::new(ended.after.clone()), ambient(&self.clock, 6)).await;
        let (plan, _) = repair(&repository).await.map_err(|error| format!("again: {error}"))?;
        if ended.done && !plan.is_empty() {
            return Err(format!("it was not done: {plan:?}"));
        }
        let report = life::check(&repository).await;
        if !report.is_clean() {
            return Err(format!("{:?}", report.findings));
        }
        life::whole(Arc::new(ended.after.clone()), &self.expected)
            .await
            .map_err(|error| format!("unreadable: {error}"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_and_no_sudden_end_costs_a_snapshot() {
    let scenario = &Scenario::new().await;
    let sound = scenario.run(Vec::new()).await;
    scenario.judge(&sound).await.unwrap();
    // A pack that cannot be read today is left as it is and named: the next
    // repair has something to do then, and loses nothing.
    let mut effects = all_effects();
    effects.retain(|effect| *effect != Effect::error(ErrorKind::Other));
    let mut faults = at_every_operation(effects, &sound.operations);
    let all = sound.operations.len() as u64;
    faults.extend((1..=all).map(sudden_end));
    assert!(faults.len() > 100, "{}", faults.len());
    let wrong = wrong_after(faults, |fault| async move {
        scenario.judge(&scenario.run(vec![fault]).await).await
    });
    let wrong = wrong.await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}
