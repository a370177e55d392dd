//! A destination that fails, and a user who has had enough, in the middle of a
//! restore: what has its name is right, and nothing half written is left.

use crate::common::{ambient, back_up, clock, contents_on_disk, in_memory, open, small_tree};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use storage::{
    Cancel, ErrorKind, FaultStore, MemoryStore,
    fault::{Effect, Fault, Operation},
};
use vault::{
    Error, Existing, Progress, RestoreOptions, RestoreReport, SkipReason, format::Snapshot,
};

struct Scenario {
    tree: tempfile::TempDir,
    expected: BTreeMap<PathBuf, Vec<u8>>,
    snapshot: Snapshot,
    objects: BTreeMap<storage::Key, bytes::Bytes>,
}

struct Result {
    result: vault::Result<RestoreReport>,
    /// What lies in the target, by its path in the snapshot.
    found: BTreeMap<PathBuf, Vec<u8>>,
    gets: usize,
}

impl Scenario {
    async fn new() -> Self {
        let tree = small_tree();
        let (store, repository) = in_memory().await;
        let snapshot = back_up(&repository, tree.path()).await.unwrap().snapshot;
        let expected = contents_on_disk(&tree.path().canonicalize().unwrap());
        Self { tree, expected, snapshot, objects: store.snapshot() }
    }

    async fn run(&self, fault: Option<Fault>, cancel: &Cancel) -> Result {
        let store = Arc::new(FaultStore::new(MemoryStore::from_snapshot(self.objects.clone())));
        let repository = open(store.clone(), ambient(&clock(), 5)).await;
        store.plan(fault);
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        let options = RestoreOptions { target: target.clone(), ..RestoreOptions::default() };
        let result = async {
            let plan = repository.plan_restore(&self.snapshot, &options, cancel).await?;
            repository.restore(&plan, &Arc::new(Progress::default()), cancel).await
        };
        let result = result.await;
        let found = if target.exists() { contents_on_disk(&target) } else { BTreeMap::new() };
        let found = found
            .into_iter()
            .map(|(path, bytes)| (Path::new("/").join(path.strip_prefix(&target).unwrap()), bytes))
            .collect();
        Result { result, found, gets: store.count(Operation::Get) }
    }

    /// Whatever was asked and whatever happened.
    fn holds_for(&self, result: &Result, what: &str) {
        for (path, bytes) in &result.found {
            // A temporary file that was left has no place among these.
            assert!(self.expected.get(path) == Some(bytes), "{what}: {}", path.display());
        }
        if let Ok(report) = &result.result {
            let skipped = &report.skipped;
            let lost = self.expected.keys().filter(|path| !result.found.contains_key(*path));
            for path in lost {
                let listed = skipped.iter().any(|skipped| path.starts_with(&skipped.path));
                assert!(listed, "{what}: {} is missing and not listed", path.display());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_at_any_read_leaves_a_wrong_file() {
    let scenario = Scenario::new().await;
    let sound = scenario.run(None, &Cancel::new()).await;
    scenario.holds_for(&sound, "no fault");
    assert_eq!(sound.found.len(), scenario.expected.len());
    assert_eq!(sound.result.unwrap().skipped, []);
    let effects = [
        Effect::error(ErrorKind::Unreachable),
        Effect::error(ErrorKind::Other),
        Effect::error(ErrorKind::NotFound),
        Effect::Truncate,
        Effect::TruncateSilently,
        Effect::FalseSuccess,
    ];
    let (mut failed, mut went_on) = (0, 0);
    for effect in effects {
        for nth in 1..=sound.gets as u64 {
            let fault = Fault::new(effect.clone()).on(Operation::Get).nth(nth);
            let result = scenario.run(Some(fault), &Cancel::new()).await;
            scenario.holds_for(&result, &format!("{effect:?} at read {nth}"));
            match &result.result {
                Ok(_) => went_on += 1,
                Err(Error::Storage(_) | Error::Missing(_) | Error::Damaged { .. }) => failed += 1,
                Err(error) => panic!("{error:?}"),
            }
        }
    }
    assert!(failed > 0 && went_on > 0, "{failed} failed, {went_on} went on");
    tests::trials::tried("a fault while something is restored", failed + went_on);
}

#[tokio::test(flavor = "multi_thread")]
async fn packs_that_are_cut_cost_only_what_was_in_them() {
    let scenario = Scenario::new().await;
    let gets = scenario.run(None, &Cancel::new()).await.gets as u64;
    let mut partial = 0;
    for nth in 1..=gets {
        let cut = Fault::new(Effect::TruncateSilently).on(Operation::Get).below("data/");
        let result = scenario.run(Some(cut.from_nth(nth)), &Cancel::new()).await;
        scenario.holds_for(&result, &format!("reads are cut from {nth} on"));
        match &result.result {
            Ok(report) => {
                let contents = |skipped: &vault::Skipped| skipped.reason == SkipReason::Contents;
                assert!(report.skipped.iter().all(contents), "{:?}", report.skipped);
                partial += u64::from(!report.skipped.is_empty());
            }
            // Without the root there is nothing to begin with.
            Err(Error::Damaged { .. }) => assert!(result.found.is_empty()),
            Err(error) => panic!("{error:?}"),
        }
    }
    assert!(partial > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_ends_within_a_second_of_being_cancelled() {
    let scenario = Scenario::new().await;
    let cancel = Cancel::new();
    let slow = Fault::new(Effect::Delay(Duration::from_secs(60))).on(Operation::Get).from_nth(9);
    let begun = Instant::now();
    let stop = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        cancel.cancel();
    };
    let (result, ()) = tokio::join!(scenario.run(Some(slow), &cancel), stop);
    assert!(matches!(result.result, Err(Error::Cancelled)), "{:?}", result.result);
    assert!(begun.elapsed() < Duration::from_millis(1300), "{:?}", begun.elapsed());
    scenario.holds_for(&result, "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_at_any_moment_leaves_nothing_half_written() {
    let scenario = Scenario::new().await;
    for micros in (0..60_000).step_by(2_500) {
        let cancel = Cancel::new();
        let stop = async {
            tokio::time::sleep(Duration::from_micros(micros)).await;
            cancel.cancel();
        };
        let (result, ()) = tokio::join!(scenario.run(None, &cancel), stop);
        scenario.holds_for(&result, &format!("cancelled after {micros} µs"));
        assert!(matches!(result.result, Ok(_) | Err(Error::Cancelled)), "{:?}", result.result);
    }
    assert!(scenario.tree.path().exists());
}

/// Restores over files that stand where every one of the snapshot belongs.
/// Returns how many were replaced, or came beside them.
async fn over_what_stands(
    scenario: &Scenario,
    existing: Existing,
    fault: Option<Fault>,
    cancel: &Cancel,
    what: &str,
) -> (usize, usize) {
    let store = Arc::new(FaultStore::new(MemoryStore::from_snapshot(scenario.objects.clone())));
    let repository = open(store.clone(), ambient(&clock(), 5)).await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().to_owned();
    let below = |path: &Path| target.join(path.strip_prefix("/").unwrap());
    let old: BTreeMap<_, _> = scenario
        .expected
        .iter()
        // Of the same length, so that only the bytes tell.
        .map(|(path, bytes)| (below(path), vec![b'o'; bytes.len()]))
        .collect();
    for (path, bytes) in &old {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    store.plan(fault);
    let options = RestoreOptions {
        target: target.clone(),
        existing,
        in_place: true,
        ..RestoreOptions::default()
    };
    let result = async {
        let plan = repository.plan_restore(&scenario.snapshot, &options, cancel).await?;
        repository.restore(&plan, &Arc::new(Progress::default()), cancel).await
    };
    let result = result.await;
    let mut found = contents_on_disk(&target);
    let mut replaced = 0;
    for (path, was) in &old {
        let bytes = found.remove(path);
        let bytes = bytes.unwrap_or_else(|| panic!("{what}: {} is lost", path.display()));
        let new = &scenario.expected[&Path::new("/").join(path.strip_prefix(&target).unwrap())];
        assert!(&bytes == was || &bytes == new, "{what}: {} is neither", path.display());
        assert!(existing == Existing::Overwrite || &bytes == was, "{what}: {}", path.display());
        replaced += usize::from(&bytes == new && new != was);
    }
    // Everything else came beside something, and is whole.
    for (path, bytes) in &found {
        assert!(existing == Existing::KeepBoth, "{what}: {} is left", path.display());
        assert!(
            scenario.expected.values().any(|whole| whole == bytes),
            "{what}: {}",
            path.display()
        );
    }
    // A folder that is skipped stands for all that is in it.
    if let Ok(report) = &result
        && report.skipped.is_empty()
    {
        let done = replaced + found.len() + report.kept as usize;
        assert!(done >= old.len() - 2, "{what}: {report:?}");
    }
    (replaced, found.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_costs_a_file_that_stands_there() {
    let scenario = Scenario::new().await;
    let gets = scenario.run(None, &Cancel::new()).await.gets as u64;
    for existing in [Existing::Overwrite, Existing::KeepBoth] {
        let (replaced, beside) =
            over_what_stands(&scenario, existing, None, &Cancel::new(), "no fault").await;
        // Two of the files are empty, and so the same.
        let all = scenario.expected.keys().len();
        assert!(replaced.max(beside) >= all - 2, "{replaced} replaced, {beside} beside of {all}");
        let unreachable = Effect::error(ErrorKind::Unreachable);
        for effect in [unreachable, Effect::TruncateSilently, Effect::FalseSuccess] {
            for nth in 1..=gets {
                let fault = Fault::new(effect.clone()).on(Operation::Get).nth(nth);
                let what = format!("{existing:?}, {effect:?} at read {nth}");
                over_what_stands(&scenario, existing, Some(fault), &Cancel::new(), &what).await;
            }
        }
        for micros in (0..60_000).step_by(3_000) {
            let cancel = Cancel::new();
            let stop = async {
                tokio::time::sleep(Duration::from_micros(micros)).await;
                cancel.cancel();
            };
            let what = format!("{existing:?}, cancelled after {micros} µs");
            let work = over_what_stands(&scenario, existing, None, &cancel, &what);
            let _ = tokio::join!(work, stop);
        }
    }
}
