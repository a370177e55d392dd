//! Copies of anything in any state: whatever a source has lost, whatever part
//! of it was copied before, and whenever copies break off.

use crate::{
    common::{ambient, clock, contents_in_backup, open},
    dice::cases,
    judge::Disk,
    life::{self, Life},
    pair::{below, copy, copy_with, naming, opened, target, unlocked, whole_copies},
};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use storage::{
    Cancel, ErrorKind, FaultStore, MemoryStore,
    fault::{Effect, Fault},
};
use vault::{Progress, Repository, format::Id};

/// What happens to a pack of the source.
#[derive(Clone, Copy, Debug)]
enum Damage {
    /// A byte of it changes, so many thousandths from its beginning.
    Flip(usize),
    /// Only so many thousandths are left.
    Cut(usize),
    Remove,
}

/// What happens.
#[derive(Clone, Debug)]
struct Case {
    seed: u64,
    snapshots: usize,
    /// Which snapshots are copied before: a bit each.
    before: u8,
    /// Packs, by a number each, and what happens to them.
    damage: Vec<(usize, Damage)>,
    /// Copies that end at an operation of the target.
    deaths: Vec<u64>,
}

fn case() -> impl Strategy<Value = Case> {
    let damage = prop_oneof![
        2 => (0usize..1000).prop_map(Damage::Flip),
        1 => (0usize..1000).prop_map(Damage::Cut),
        1 => Just(Damage::Remove),
    ];
    (
        any::<u64>(),
        1usize..5,
        any::<u8>(),
        prop::collection::vec((any::<usize>(), damage), 0..4),
        prop::collection::vec(5u64..60, 0..3),
    )
        .prop_map(|(seed, snapshots, before, damage, deaths)| Case {
            seed,
            snapshots,
            before,
            damage,
            deaths,
        })
}

/// Of all cases: how many snapshots were copied, how many could not be, and how
/// many copies died.
#[derive(Default)]
struct Tally {
    copied: AtomicU64,
    uncopied: AtomicU64,
    died: AtomicU64,
}

async fn is_readable(repository: &Repository, id: &Id) -> bool {
    let snapshot = repository.snapshot(id, &Cancel::new()).await.unwrap();
    contents_in_backup(repository, &snapshot).await.is_ok()
}

async fn run(case: Case, tally: &Tally) -> Result<(), String> {
    let life = Life::seeded(life::PACK_SIZE, case.seed).await;
    for _ in 0..case.snapshots {
        life.back_up().await.unwrap();
        life.change();
    }
    let expected = life.expected.lock().unwrap().clone();
    let (store, to) = target().await;
    let (progress, cancel) = (Arc::new(Progress::default()), Cancel::new());
    let chosen = (0..).zip(expected.keys()).filter(|(at, _)| case.before >> at & 1 == 1);
    let mut before = BTreeSet::new();
    for (_, id) in chosen {
        let only = naming(&[&id.to_string()]);
        copy_with(&life.repository, &to, &only, &progress, &cancel).await.unwrap();
        before.insert(*id);
    }
    let damaged = unlocked(&life.store);
    let packs: Vec<_> = below(&damaged, "data/").into_iter().collect();
    for (number, damage) in &case.damage {
        let key = &packs[number % packs.len()];
        match *damage {
            Damage::Flip(at) => damaged.tamper(key, |bytes| {
                let at = bytes.len() * at / 1000;
                bytes[at] ^= 16;
            }),
            Damage::Cut(at) => damaged.tamper(key, |bytes| bytes.truncate(bytes.len() * at / 1000)),
            Damage::Remove => damaged.remove(key).is_some(),
        };
    }
    let from = opened(&damaged, 7).await;
    from.load_index(&cancel).await.unwrap();
    let mut sound = before.clone();
    for id in expected.keys() {
        if is_readable(&from, id).await {
            sound.insert(*id);
        }
    }
    let mut objects = unlocked(&store);
    for death in &case.deaths {
        let broken = Arc::new(FaultStore::new(objects));
        let to = open(broken.clone(), ambient(&clock(), 40 + death)).await;
        let dead = Fault::new(Effect::error(ErrorKind::Unreachable)).from_nth(*death);
        broken.plan([dead]);
        let died = copy(&from, &to).await.is_err();
        tally.died.fetch_add(died.into(), Ordering::Relaxed);
        objects = unlocked(broken.inner());
        let there = whole_copies(&objects, &expected).await?;
        if !before.is_subset(&there) {
            return Err(format!("after a death at {death}: {there:?}"));
        }
    }
    let to = opened(&objects, 50).await;
    let report = copy(&from, &to).await.map_err(|error| format!("{error:?}"))?;
    let there = whole_copies(&objects, &expected).await?;
    // What is in the target already makes some whole that are damaged here.
    if !sound.is_subset(&there) {
        return Err(format!("{sound:?} are sound, {there:?} were copied: {report:?}"));
    }
    let uncopied: BTreeSet<Id> = report.uncopied.iter().map(|one| one.id).collect();
    if uncopied
        != expected.keys().copied().collect::<BTreeSet<_>>().difference(&there).copied().collect()
    {
        return Err(format!("{uncopied:?} were not copied, {there:?} are there"));
    }
    let checked = life::check(&to).await;
    if !checked.is_clean() {
        return Err(format!("{:?}", checked.findings));
    }
    judged_by_restic(&objects, case.seed)?;
    tally.copied.fetch_add(there.difference(&before).count() as u64, Ordering::Relaxed);
    tally.uncopied.fetch_add(uncopied.len() as u64, Ordering::Relaxed);
    Ok(())
}

/// Of every eighth case.
fn judged_by_restic(store: &MemoryStore, seed: u64) -> Result<(), String> {
    if !seed.is_multiple_of(8) {
        return Ok(());
    }
    match Disk::of(store).try_run(["check", "--read-data"]) {
        (true, _) => Ok(()),
        (false, said) => Err(said),
    }
}

#[test]
fn whatever_is_listed_is_whole_and_whatever_is_sound_is_copied() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let cases = u32::try_from(cases(24)).unwrap();
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    // The same cases each time, and more of them where more are asked for.
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let tally = Tally::default();
    runner
        .run(&case(), |case| runtime.block_on(run(case, &tally)).map_err(TestCaseError::fail))
        .unwrap();
    tests::trials::tried("a random copy", cases as usize);
    let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
    let all = [count(&tally.copied), count(&tally.uncopied), count(&tally.died)];
    assert!(all.iter().all(|count| *count > 0), "copied, uncopied, died: {all:?}");
}
