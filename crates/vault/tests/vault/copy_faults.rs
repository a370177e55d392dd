//! A fault, and a sudden end, at every storage operation of a copy, in either
//! repository: whatever is listed is whole, and the next copy ends well.

use crate::{
    breaking::{AT_ONE, all_effects, at_every_operation, sudden_end, wrong_after},
    common::{ambient, clock, open},
    judge::Disk,
    life::{self, Contents, Life},
    pair::{copy, copy_with, naming, opened, target, unlocked, whole_copies},
};
use futures_util::{StreamExt, stream};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use storage::{
    Cancel, FaultStore, Key, MemoryStore,
    fault::{Effect, Fault, Operation},
};
use vault::{
    Progress,
    copy::{CopyError, CopyReport, Side},
    format::Id,
};

/// Two repositories before a copy, and what must be there after it.
struct Scenario {
    source: MemoryStore,
    target: MemoryStore,
    expected: BTreeMap<Id, Contents>,
    /// What was copied before.
    before: BTreeSet<Id>,
}

/// What came of a copy.
struct Ended {
    result: Result<CopyReport, CopyError>,
    source: MemoryStore,
    target: MemoryStore,
    operations: Vec<(Operation, String)>,
}

impl Scenario {
    /// Five snapshots, of which the second is there already.
    async fn new() -> Self {
        let life = Life::with_snapshots(5).await;
        let (store, to) = target().await;
        let all = life.repository.snapshots(&Cancel::new()).await.unwrap();
        let second = all[1].0;
        let (progress, cancel) = (Arc::new(Progress::default()), Cancel::new());
        let only = naming(&[&second.to_string()]);
        copy_with(&life.repository, &to, &only, &progress, &cancel).await.unwrap();
        let expected = life.expected.lock().unwrap().clone();
        let (source, target) = (unlocked(&life.store), unlocked(&store));
        Self { source, target, expected, before: [second].into() }
    }

    async fn run(&self, side: Side, faults: Vec<Fault>) -> Ended {
        let (source, target) = (unlocked(&self.source), unlocked(&self.target));
        let source = Arc::new(FaultStore::new(source));
        let target = Arc::new(FaultStore::new(target));
        let from = open(source.clone(), ambient(&clock(), 5)).await;
        let to = open(target.clone(), ambient(&clock(), 6)).await;
        source.plan([]);
        target.plan([]);
        let broken = if side == Side::Source { &source } else { &target };
        broken.plan(faults);
        let result = copy(&from, &to).await;
        let operations = broken.operations();
        let (source, target) = (unlocked(source.inner()), unlocked(target.inner()));
        Ended { result, source, target, operations }
    }

    /// What is listed is whole, what was reported is listed, and the next copy
    /// does the rest.
    async fn judge(&self, ended: &Ended) -> Result<(), String> {
        let without_locks = |store: &MemoryStore| {
            let mut objects = store.snapshot();
            objects.retain(|key, _| !key.as_str().starts_with("locks/"));
            objects
        };
        if without_locks(&ended.source) != without_locks(&self.source) {
            return Err("the source was changed".to_owned());
        }
        let there = whole_copies(&ended.target, &self.expected).await?;
        if !self.before.is_subset(&there) {
            return Err(format!("{there:?} are there"));
        }
        if let Ok(report) = &ended.result {
            let copies = report.copied.iter().chain(&report.there);
            let reported: BTreeSet<Id> = copies.map(|copied| copied.id).collect();
            if !reported.is_subset(&there) {
                return Err(format!("{reported:?} were reported, {there:?} are there"));
            }
        }
        let from = opened(&ended.source, 15).await;
        let to = opened(&ended.target, 16).await;
        let again = copy(&from, &to).await.map_err(|error| format!("again: {error:?}"))?;
        if !again.uncopied.is_empty() {
            return Err(format!("again: {:?}", again.uncopied));
        }
        let there = whole_copies(&ended.target, &self.expected).await?;
        if there.len() < self.expected.len() {
            return Err(format!("{} are there in the end", there.len()));
        }
        // A torn pack, which no index names, is what a destination may leave.
        let report = life::check(&to).await;
        if report.is_clean() { Ok(()) } else { Err(format!("{:?}", report.findings)) }
    }
}

async fn survives_every_fault(side: Side, least: usize) {
    let scenario = Scenario::new().await;
    let sound = scenario.run(side, Vec::new()).await;
    assert_eq!(sound.result.as_ref().unwrap().copied.len(), 4);
    scenario.judge(&sound).await.unwrap();
    let faults = at_every_operation(all_effects(), &sound.operations);
    assert!(faults.len() > least, "{}", faults.len());
    let scenario = &scenario;
    let wrong = wrong_after(faults, |fault| async move {
        scenario.judge(&scenario.run(side, vec![fault]).await).await
    });
    let wrong = wrong.await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_of_the_source_makes_a_snapshot_that_is_not_whole() {
    survives_every_fault(Side::Source, 100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_of_the_destination_makes_a_snapshot_that_is_not_whole() {
    survives_every_fault(Side::Destination, 150).await;
}

/// Whatever operation is the last one: restic finds no error either.
#[tokio::test(flavor = "multi_thread")]
async fn a_sudden_end_at_any_operation_leaves_what_restic_calls_sound() {
    let scenario = &Scenario::new().await;
    let sound = scenario.run(Side::Destination, Vec::new()).await;
    let count = sound.operations.len() as u64;
    // Reading changes nothing, so states are judged by restic once each.
    let states: BTreeMap<Vec<Key>, (u64, MemoryStore)> = stream::iter(1..=count)
        .map(|nth| async move {
            let ended = scenario.run(Side::Destination, vec![sudden_end(nth)]).await;
            let after = unlocked(&ended.target);
            let judged = scenario.judge(&ended).await;
            judged.unwrap_or_else(|wrong| panic!("ended at operation {nth}: {wrong}"));
            (after.objects(), (nth, after))
        })
        .buffer_unordered(8)
        .collect()
        .await;
    let writes = sound
        .operations
        .iter()
        .filter(|(operation, key)| *operation == Operation::Put && !key.starts_with("locks/"));
    let writes = writes.count();
    tests::trials::tried(AT_ONE, count as usize);
    assert!(count > 30 && writes >= 8, "{count} operations, {writes} of them write");
    assert!(states.len() * 2 > writes, "{} states of {writes} writes", states.len());
    for (nth, store) in states.values() {
        let (sound, said) = Disk::of(store).try_run(["check", "--read-data"]);
        assert!(sound, "ended at operation {nth}: {said}");
    }
}

/// The destination keeps what it is told to, or nothing is believed.
#[tokio::test(flavor = "multi_thread")]
async fn a_destination_that_stores_nothing_is_never_believed() {
    let scenario = Scenario::new().await;
    for below in ["data/", "index/", "snapshots/"] {
        for effect in [Effect::FalseSuccess, Effect::TruncateSilently] {
            let fault = Fault::new(effect.clone()).on(Operation::Put).below(below);
            let ended = scenario.run(Side::Destination, vec![fault]).await;
            let failed = ended.result.as_ref().unwrap_err();
            assert_eq!(failed.side, Side::Destination, "{effect:?} below {below}");
            let judged = scenario.judge(&ended).await;
            judged.unwrap_or_else(|wrong| panic!("{effect:?} below {below}: {wrong}"));
        }
    }
}
