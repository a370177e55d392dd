//! A fault at every operation of a backup: whatever a destination does, a
//! snapshot that was reported is readable, and earlier ones stay so.

use crate::{
    breaking,
    common::{
        self, all_snapshots_are_readable, ambient, back_up, clock, in_memory, open, small_tree,
    },
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use std::{collections::BTreeMap, sync::Arc};
use storage::{
    ErrorKind, FaultStore, Key, MemoryStore,
    fault::{Effect, Fault, Operation},
};

/// A repository with one snapshot of a folder that has changed since.
struct Scenario {
    tree: tempfile::TempDir,
    before: BTreeMap<Key, Bytes>,
}

/// What came of a second backup.
struct Result {
    /// It was reported as made.
    reported: bool,
    /// How many snapshots are listed afterwards; all of them are readable.
    readable: usize,
    operations: Vec<(Operation, String)>,
}

impl Scenario {
    async fn new() -> Self {
        let tree = small_tree();
        let (store, repository) = in_memory().await;
        back_up(&repository, tree.path()).await.expect("a first backup");
        let new = common::noise(1_500_000, 77);
        std::fs::write(tree.path().join("new"), new).expect("a file");
        Self { tree, before: store.snapshot() }
    }

    async fn run(&self, fault: Option<Fault>) -> Result {
        let broken = Arc::new(FaultStore::new(MemoryStore::from_snapshot(self.before.clone())));
        let repository = open(broken.clone(), ambient(&clock(), 5)).await;
        broken.plan(fault);
        let reported = back_up(&repository, self.tree.path()).await.is_ok();
        let operations = broken.operations();
        let after = MemoryStore::from_snapshot(broken.inner().snapshot());
        let readable = all_snapshots_are_readable(Arc::new(after)).await;
        let readable = readable.expect("every snapshot that is listed is readable");
        Result { reported, readable, operations }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_at_any_operation_costs_a_reported_snapshot() {
    let scenario = Scenario::new().await;
    let sound = scenario.run(None).await;
    assert_eq!((sound.reported, sound.readable), (true, 2));
    let effects = [
        Effect::error(ErrorKind::Unreachable),
        Effect::error(ErrorKind::OutOfSpace),
        Effect::Truncate,
        Effect::TruncateSilently,
        Effect::Duplicate,
        Effect::SuccessButError(ErrorKind::TimedOut),
        Effect::FalseSuccess,
    ];
    let kinds =
        [Operation::Put, Operation::Get, Operation::Stat, Operation::List, Operation::Delete];
    let mut faults = Vec::new();
    for effect in effects {
        for kind in kinds {
            let of_kind = |(operation, _): &&(Operation, String)| *operation == kind;
            let count = sound.operations.iter().filter(of_kind).count() as u64;
            let here = if effect.concerns(kind) { count } else { 0 };
            faults.extend((1..=here).map(|nth| Fault::new(effect.clone()).on(kind).nth(nth)));
        }
    }
    assert!(faults.len() > 100, "{}", faults.len());
    tests::trials::tried(breaking::AT_ONE, faults.len());
    let results = stream::iter(faults)
        .map(|fault| async { (scenario.run(Some(fault.clone())).await, fault) })
        .buffer_unordered(8);
    let wrong: Vec<String> = results
        .filter_map(|(result, fault)| async move {
            let least = if result.reported { 2 } else { 1 };
            (result.readable < least).then(|| format!("{fault:?}: {}", result.readable))
        })
        .collect()
        .await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destination_that_stores_nothing_is_never_believed() {
    let scenario = Scenario::new().await;
    for below in ["data/", "index/", "snapshots/"] {
        for effect in [Effect::FalseSuccess, Effect::TruncateSilently] {
            let fault = Fault::new(effect.clone()).on(Operation::Put).below(below);
            let result = scenario.run(Some(fault)).await;
            assert!(!result.reported, "{effect:?} below {below}");
            assert_eq!(result.readable, 1);
        }
    }
}
