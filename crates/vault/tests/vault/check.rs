//! Checks of repositories that were really made; those that are broken on
//! purpose stand in `museum.rs`.

use crate::common::{self, ambient, back_up, clock, in_memory, noise, open, small_tree};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use storage::{
    Cancel, ErrorKind, FaultStore, MemoryStore,
    fault::{Effect, Fault, Operation},
};
use vault::{
    CheckOptions, CheckReport, Error, Problem, Progress, Repository, Severity, format::Id,
    layout::FileKind,
};

async fn check(repository: &Repository, read_data: bool) -> vault::Result<CheckReport> {
    let progress = Arc::new(Progress::default());
    repository.check(CheckOptions::with_data(read_data), &progress, &Cancel::new()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_repository_draws_no_remark() {
    let tree = small_tree();
    let (store, repository) = in_memory().await;
    let empty = check(&repository, true).await.unwrap();
    assert_eq!(empty, CheckReport::default());
    back_up(&repository, tree.path()).await.unwrap();
    std::fs::write(tree.path().join("new"), noise(1_500_000, 77)).unwrap();
    back_up(&repository, tree.path()).await.unwrap();

    let before = store.snapshot();
    let quick = check(&repository, false).await.unwrap();
    assert_eq!((quick.findings.as_slice(), quick.snapshots, quick.bytes_read), (&[][..], 2, 0));
    let progress = Arc::new(Progress::default());
    let options = CheckOptions::with_data(true);
    let report = repository.check(options, &progress, &Cancel::new()).await.unwrap();
    assert!(report.is_clean() && report.findings.is_empty(), "{:?}", report.findings);
    let packs = before.iter().filter(|(key, _)| key.as_str().starts_with("data/"));
    let (count, bytes) =
        packs.fold((0, 0), |(count, sum), (_, bytes)| (count + 1, sum + bytes.len() as u64));
    assert_eq!((report.packs, report.bytes_read), (count, bytes));
    assert_eq!((progress.files_total.get(), progress.files_done.get()), (count, count));
    assert_eq!((progress.bytes_total.get(), progress.bytes_done.get()), (bytes, bytes));
    assert_eq!(store.snapshot(), before, "a check changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_is_known_to_be_there_is_missed() {
    let tree = small_tree();
    let (store, repository) = in_memory().await;
    back_up(&repository, tree.path()).await.unwrap();
    let files = FileKind::Snapshot.list(&*store, &Cancel::new()).await.unwrap();
    let ids: Vec<Id> = files.iter().map(|(id, _)| *id).collect();
    let gone = Id::of(b"never written");
    let found = async |known: &[Id]| {
        let known = known.iter().copied().collect();
        let options = CheckOptions { known, ..CheckOptions::default() };
        let progress = Arc::new(Progress::default());
        repository.check(options, &progress, &Cancel::new()).await.unwrap()
    };
    assert_eq!(found(&ids).await.findings, []);
    let report = found(&[ids[0], gone]).await;
    assert!(!report.is_clean());
    let [finding] = &report.findings[..] else { panic!("{:?}", report.findings) };
    assert_eq!(finding.to_string(), format!("snapshot {gone}: it is missing"));
    assert_eq!((finding.severity, &finding.effect.snapshots[..]), (Severity::Error, &[gone][..]));
    assert_eq!(report.snapshots, 1, "the one that is there is looked at all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_interrupted_backup_leaves_is_remarked_and_no_more() {
    let tree = small_tree();
    let store = Arc::new(FaultStore::new(MemoryStore::new()));
    let repository = common::init(store.clone(), ambient(&clock(), 1)).await;
    store.plan([Fault::new(Effect::error(ErrorKind::Unreachable))
        .on(Operation::Put)
        .below("index/")]);
    back_up(&repository, tree.path()).await.unwrap_err();
    store.plan([]);
    let report = check(&repository, true).await.unwrap();
    assert!(report.is_clean() && !report.findings.is_empty());
    for finding in &report.findings {
        assert_eq!((finding.severity, &finding.problem), (Severity::Remark, &Problem::Orphan));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_stands_in_the_way_is_found() {
    let (store, repository) = in_memory().await;
    let id = Id::of(b"a lock");
    store.insert(FileKind::Lock.key(&id), Vec::new());
    let report = check(&repository, false).await.unwrap();
    let found: Vec<_> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!(found, [format!("lock {id}: it is empty")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destination_out_of_reach_is_not_taken_for_damage() {
    let tree = small_tree();
    let (memory, repository) = in_memory().await;
    back_up(&repository, tree.path()).await.unwrap();
    drop(repository);
    let store = Arc::new(FaultStore::new(MemoryStore::from_snapshot(memory.snapshot())));
    let repository = open(store.clone(), ambient(&clock(), 2)).await;
    let mut failures = 0;
    for kind in [Operation::Get, Operation::List] {
        store.plan([]);
        check(&repository, true).await.unwrap();
        for nth in 1..=store.count(kind) as u64 {
            for (effect, fails) in [
                (Effect::error(ErrorKind::Unreachable), true),
                (Effect::error(ErrorKind::TimedOut), true),
                (Effect::error(ErrorKind::Other), kind == Operation::List),
            ] {
                store.plan([Fault::new(effect.clone()).on(kind).nth(nth)]);
                match check(&repository, true).await {
                    Ok(report) => assert!(!fails && !report.is_clean(), "{effect:?} at {nth}"),
                    Err(Error::Storage(_)) => {
                        assert!(fails, "{effect:?} at {nth}");
                        failures += 1;
                    }
                    Err(error) => panic!("{error:?}"),
                }
            }
        }
    }
    assert!(failures > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_ends_within_a_second_of_being_cancelled() {
    let tree = small_tree();
    let store = Arc::new(FaultStore::new(MemoryStore::new()));
    let repository = common::init(store.clone(), ambient(&clock(), 1)).await;
    back_up(&repository, tree.path()).await.unwrap();
    store.plan([Fault::new(Effect::Delay(Duration::from_secs(60)))
        .on(Operation::Get)
        .below("data/")]);
    let (cancel, progress) = (Cancel::new(), Arc::new(Progress::default()));
    let begun = Instant::now();
    let stop = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        cancel.cancel();
    };
    let options = CheckOptions::with_data(true);
    let (result, ()) = tokio::join!(repository.check(options, &progress, &cancel), stop);
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    assert!(begun.elapsed() < Duration::from_millis(1200), "{:?}", begun.elapsed());
}
