//! A fault, and a sudden end, at every storage operation of forgetting and
//! pruning: whatever a snapshot needs that was reported stays there.

use crate::{
    breaking::{AT_ONE, all_effects, at_every_operation, sudden_end, wrong_after},
    common::{ambient, host, open},
    judge::Disk,
    life::{self, Contents, DAY, Life, PACK_SIZE, plan},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use model::clock::ManualClock;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use storage::{
    Cancel, FaultStore, Key, MemoryStore,
    fault::{Effect, Fault, Operation},
};
use vault::{
    Progress, Repository,
    forget::{Count, ForgetOptions, Policy},
    format::Id,
};

/// A repository before the work, and what must be there after it.
struct Scenario {
    name: &'static str,
    before: BTreeMap<Key, Bytes>,
    clock: Arc<ManualClock>,
    expected: BTreeMap<Id, Contents>,
    grace: Duration,
    /// Forgets all but so many first.
    keep: Option<u32>,
}

/// What came of the work.
struct Ended {
    done: bool,
    after: MemoryStore,
    operations: Vec<(Operation, String)>,
}

async fn forget_and_prune(
    repository: &Repository,
    grace: Duration,
    keep: Option<u32>,
) -> vault::Result<()> {
    let (host, cancel) = (host("home"), Cancel::new());
    if let Some(keep) = keep {
        let policy = Policy { last: Count::Newest(keep), ..Policy::default() };
        let options = ForgetOptions { policy, ..ForgetOptions::default() };
        let plan = repository.plan_forget(&options, &cancel).await?;
        repository.forget(&plan, &host, &cancel).await?;
    }
    let plan = plan(repository, grace).await?;
    repository.prune(&plan, &host, &Progress::default(), &cancel).await?;
    Ok(())
}

impl Scenario {
    /// Everything in one run.
    async fn at_once() -> Self {
        let life = Life::with_snapshots(4).await;
        Self::of("at once", &life, Duration::ZERO, Some(2))
    }

    /// Forgets, and marks.
    async fn first_phase() -> Self {
        let life = Life::with_snapshots(4).await;
        Self::of("first phase", &life, DAY, Some(2))
    }

    /// Deletes what was marked, takes back what a machine needs that slept, and
    /// marks what that makes unneeded.
    async fn second_phase() -> Self {
        let life = Life::with_snapshots(4).await;
        let asleep = life.second_machine().await;
        life.forget_oldest(3).await;
        life.prune(&life.plan(DAY).await.unwrap()).await.unwrap();
        life.wakes_up(asleep);
        life.change();
        life.back_up().await.unwrap();
        life.clock.advance(DAY);
        Self::of("second phase", &life, DAY, Some(2))
    }

    fn of(name: &'static str, life: &Life, grace: Duration, keep: Option<u32>) -> Self {
        let expected = life.expected.lock().unwrap().clone();
        let (before, clock) = (life.store.snapshot(), Arc::clone(&life.clock));
        Self { name, before, clock, expected, grace, keep }
    }

    async fn run(&self, faults: Vec<Fault>) -> Ended {
        let store = MemoryStore::from_snapshot(self.before.clone()).with_pack_size(PACK_SIZE);
        let broken = Arc::new(FaultStore::new(store));
        let repository = open(broken.clone(), ambient(&self.clock, 5)).await;
        broken.plan(faults);
        let done = forget_and_prune(&repository, self.grace, self.keep).await.is_ok();
        let operations = broken.operations();
        let mut objects = broken.inner().snapshot();
        // A process that is gone has left its lock behind, and this one lives.
        objects.retain(|key, _| !key.as_str().starts_with("locks/"));
        let after = MemoryStore::from_snapshot(objects).with_pack_size(PACK_SIZE);
        Ended { done, after, operations }
    }

    /// The snapshots that are listed are whole, at least `keep` are, and
    /// the work can be done again and ends well.
    async fn judge(&self, ended: &Ended) -> Result<(), String> {
        let listed = |store: &MemoryStore| {
            let keys = store.objects();
            let ids = keys.iter().filter_map(|key| key.as_str().strip_prefix("snapshots/"));
            ids.map(|id| id.parse::<Id>().unwrap()).collect::<BTreeSet<Id>>()
        };
        let there = listed(&ended.after);
        let least = self.keep.map_or(self.expected.len(), |keep| keep as usize);
        if there.len() < least {
            return Err(format!("{} of {least} snapshots are there", there.len()));
        }
        let expected: BTreeMap<_, _> =
            self.expected.iter().filter(|(id, _)| there.contains(id)).collect();
        let expected = expected.into_iter().map(|(id, all)| (*id, all.clone())).collect();
        let whole = |store: MemoryStore| life::whole(Arc::new(store), &expected);
        whole(ended.after.clone()).await.map_err(|error| format!("unreadable: {error}"))?;

        let repository = open(Arc::new(ended.after.clone()), ambient(&self.clock, 6)).await;
        let report = life::check(&repository).await;
        if !report.is_clean() && self.name != "second phase" {
            return Err(format!("{:?}", report.findings));
        }
        let again = forget_and_prune(&repository, self.grace, None).await;
        again.map_err(|error| format!("the next one fails: {error}"))?;
        whole(ended.after.clone()).await.map_err(|error| format!("unreadable later: {error}"))?;
        let report = life::check(&repository).await;
        if report.findings.is_empty() { Ok(()) } else { Err(format!("{:?}", report.findings)) }
    }
}

async fn survives_every_fault(scenario: Scenario) {
    let sound = scenario.run(Vec::new()).await;
    assert!(sound.done);
    scenario.judge(&sound).await.unwrap();
    let faults = at_every_operation(all_effects(), &sound.operations);
    assert!(faults.len() > 150, "{}", faults.len());
    let scenario = &scenario;
    let wrong = wrong_after(faults, |fault| async move {
        scenario.judge(&scenario.run(vec![fault]).await).await
    });
    let wrong = wrong.await;
    assert!(wrong.is_empty(), "{}: {wrong:#?}", scenario.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_costs_a_snapshot_when_all_is_done_at_once() {
    survives_every_fault(Scenario::at_once().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_costs_a_snapshot_in_the_first_phase() {
    survives_every_fault(Scenario::first_phase().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_costs_a_snapshot_in_the_second_phase() {
    survives_every_fault(Scenario::second_phase().await).await;
}

/// Whatever operation is the last one: restic finds no error either.
#[tokio::test(flavor = "multi_thread")]
async fn a_sudden_end_at_any_operation_leaves_what_restic_calls_sound() {
    for scenario in [Scenario::at_once().await, Scenario::first_phase().await] {
        let sound = scenario.run(Vec::new()).await;
        let count = sound.operations.len() as u64;
        // Reading changes nothing, so states are judged by restic once each.
        let states: BTreeMap<Vec<Key>, (u64, Ended)> = stream::iter(1..=count)
            .map(|nth| {
                let scenario = &scenario;
                async move {
                    let ended = scenario.run(vec![sudden_end(nth)]).await;
                    scenario.judge_dead(nth, &ended).await;
                    (ended.after.objects(), (nth, ended))
                }
            })
            .buffer_unordered(8)
            .collect()
            .await;
        // Each write makes a state. How many of them are met depends on which
        // of several at once comes first, so half of them must do.
        let writes = sound.operations.iter().filter(|(operation, key)| {
            matches!(operation, Operation::Put | Operation::Delete) && !key.starts_with("locks/")
        });
        let writes = writes.count();
        tests::trials::tried(AT_ONE, count as usize);
        assert!(count > 60 && writes >= 10, "{count} operations, {writes} of them write");
        assert!(states.len() * 2 > writes, "{} states of {writes} writes", states.len());
        for (nth, ended) in states.values() {
            let disk = Disk::of(&ended.after);
            let (sound, said) = disk.try_run(["check", "--read-data"]);
            assert!(sound, "{} ended at operation {nth}: {said}", scenario.name);
        }
    }
}

impl Scenario {
    async fn judge_dead(&self, nth: u64, ended: &Ended) {
        let copy = MemoryStore::from_snapshot(ended.after.snapshot()).with_pack_size(PACK_SIZE);
        let ended = Ended { done: ended.done, after: copy, operations: Vec::new() };
        let judged = self.judge(&ended).await;
        judged.unwrap_or_else(|wrong| panic!("{} ended at operation {nth}: {wrong}", self.name));
    }
}

/// The destination keeps what it is told to, or nothing is believed.
#[tokio::test(flavor = "multi_thread")]
async fn a_destination_that_stores_or_deletes_nothing_is_never_believed() {
    let scenario = Scenario::at_once().await;
    for (kind, below, effect) in [
        (Operation::Put, "data/", Effect::FalseSuccess),
        (Operation::Put, "data/", Effect::TruncateSilently),
        (Operation::Put, "index/", Effect::FalseSuccess),
        (Operation::Put, "index/", Effect::TruncateSilently),
        (Operation::Delete, "snapshots/", Effect::FalseSuccess),
        (Operation::Delete, "index/", Effect::FalseSuccess),
        (Operation::Delete, "data/", Effect::FalseSuccess),
    ] {
        let ended = scenario.run(vec![Fault::new(effect.clone()).on(kind).below(below)]).await;
        assert!(!ended.done, "{effect:?} below {below}");
        scenario.judge(&ended).await.unwrap();
    }
}
