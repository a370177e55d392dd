//! Work that is paused, goes on, and is cancelled at any moment.

use crate::common::{
    ambient, back_up, clock, host, in_memory, init, noise, open, small_tree, source_tree,
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use std::{collections::BTreeSet, fs, sync::Arc, time::Duration};
use storage::{
    Cancel, FaultStore, Key, MemoryStore,
    fault::{Effect, Fault, Operation},
};
use vault::{
    CheckOptions, Error, Progress, Repository, RestoreOptions, backup::BackupOptions,
    forget::plan_removal, format::Id, prune::PruneOptions,
};

/// Much longer than anything here waits.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A cancelled operation has ended within it.
const AT_ONCE: Duration = Duration::from_secs(1);
/// The work of a pause has come to its end within it.
const SETTLED: Duration = Duration::from_secs(2);

fn locks(store: &MemoryStore) -> BTreeSet<Key> {
    let keys = store.objects().into_iter();
    keys.filter(|key| key.as_str().starts_with("locks/")).collect()
}

/// Files of a few chunks each, and many small ones.
fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..4 {
        fs::write(folder.path().join(format!("large-{number}")), noise(6 << 20, number)).unwrap();
    }
    for number in 100..300 {
        let bytes = noise(3_000 + number as usize, number);
        fs::write(folder.path().join(format!("small-{number}")), bytes).unwrap();
    }
    folder
}

/// Waits until `what` holds.
async fn until(mut what: impl FnMut() -> bool) {
    while !what() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// How much was done, in the source and at the destination.
fn activity(progress: &Progress, store: &MemoryStore) -> (u64, u64, u64, usize) {
    let moved = progress.bytes_moved.get();
    (progress.bytes_done.get(), progress.files_done.get(), moved, store.objects().len())
}

/// What a backup of the same folder into a new repository gave.
#[derive(Debug, PartialEq, Eq)]
struct Made {
    tree: Option<Id>,
    data_blobs: u64,
    files: u64,
    blobs_in_index: usize,
}

/// Backs `source` up; pauses when so many thousandths of its bytes are read,
/// and goes on when nothing happens any more.
async fn back_up_with_pauses(source: &std::path::Path, pauses: &[u64]) -> Made {
    let store = Arc::new(FaultStore::new(MemoryStore::new()));
    let repository = init(store.clone(), ambient(&clock(), 1)).await;
    store.plan([]);
    let options = BackupOptions { memory: 8 << 20, ..BackupOptions::new(vec![source.to_owned()]) };
    let (progress, cancel, host) = (Arc::new(Progress::default()), Cancel::new(), host("home"));
    let total = 4 * (6 << 20) + 200 * 3_200;
    let pausing = async {
        for pause in pauses {
            let over = || progress.files_done.get() == 204;
            until(|| progress.bytes_done.get() >= total * pause / 1_000 || over()).await;
            progress.control.pause();
            let mut before = None;
            // What is under way comes to its end, then nothing moves.
            while before != Some(activity(&progress, store.inner())) {
                before = Some(activity(&progress, store.inner()));
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
            progress.control.resume();
        }
    };
    let backup = repository.backup(&options, &host, &progress, &cancel);
    let (report, ()) = tokio::join!(backup, pausing);
    let report = report.unwrap();
    let puts: Vec<_> =
        store.operations().into_iter().filter(|(kind, _)| *kind == Operation::Put).collect();
    let different: BTreeSet<_> = puts.iter().map(|(_, key)| key).collect();
    assert_eq!(different.len(), puts.len(), "something was sent twice");
    Made {
        tree: source_tree(&repository, &report.snapshot, source).await,
        data_blobs: report.summary.data_blobs,
        files: report.summary.files_new,
        blobs_in_index: repository.with_index(|index| index.counts().1),
    }
}

#[test]
fn pauses_at_any_moment_change_nothing() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let tree = tree();
    let source = fs::canonicalize(tree.path()).unwrap();
    let undisturbed = runtime.block_on(back_up_with_pauses(&source, &[]));
    assert!(undisturbed.tree.is_some() && undisturbed.files == 204);
    let mut runner =
        TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let moments = prop::collection::vec(0_u64..1_000, 1..4);
    runner
        .run(&moments, |mut moments| {
            moments.sort_unstable();
            let made = runtime.block_on(back_up_with_pauses(&source, &moments));
            if made == undisturbed {
                Ok(())
            } else {
                Err(TestCaseError::fail(format!("{made:?} instead of {undisturbed:?}")))
            }
        })
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_while_a_backup_is_paused() {
    let tree = tree();
    let (store, repository) = in_memory().await;
    let options = BackupOptions::new(vec![tree.path().to_owned()]);
    let (progress, cancel, host) = (Arc::new(Progress::default()), Cancel::new(), host("home"));
    let watching = async {
        until(|| progress.bytes_done.get() > 0).await;
        progress.control.pause();
        assert!(progress.control.is_paused());
        tokio::time::sleep(SETTLED).await;
        let before = activity(&progress, &store);
        tokio::time::sleep(SETTLED / 2).await;
        assert_eq!(activity(&progress, &store), before);
        assert!(before.1 < 204, "it was paused before its end");
        progress.control.resume();
    };
    let backup = repository.backup(&options, &host, &progress, &cancel);
    let (report, ()) = tokio::join!(backup, watching);
    assert_eq!(report.unwrap().summary.files_new, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn restores_and_checks_stand_still_as_well() {
    let tree = tree();
    let (_, repository) = in_memory().await;
    let report = back_up(&repository, tree.path()).await.unwrap();
    let target = tempfile::tempdir().unwrap();
    let options = RestoreOptions { target: target.path().to_owned(), ..Default::default() };
    let cancel = Cancel::new();
    let plan = repository.plan_restore(&report.snapshot, &options, &cancel).await.unwrap();
    let (restoring, checking) = (Arc::new(Progress::default()), Arc::new(Progress::default()));
    restoring.control.pause();
    checking.control.pause();
    let watching = async {
        tokio::time::sleep(SETTLED / 4).await;
        assert_eq!((restoring.bytes_done.get(), restoring.bytes_moved.get()), (0, 0));
        assert_eq!((checking.bytes_done.get(), checking.bytes_moved.get()), (0, 0));
        restoring.control.resume();
        // In the middle of it as well.
        until(|| restoring.bytes_done.get() > 0).await;
        restoring.control.pause();
        tokio::time::sleep(SETTLED).await;
        let before = (restoring.bytes_done.get(), restoring.files_done.get());
        tokio::time::sleep(SETTLED / 4).await;
        assert_eq!((restoring.bytes_done.get(), restoring.files_done.get()), before);
        restoring.control.resume();
        checking.control.resume();
    };
    let (restored, checked, ()) = tokio::join!(
        repository.restore(&plan, &restoring, &cancel),
        repository.check(CheckOptions::with_data(true), &checking, &cancel),
        watching,
    );
    assert_eq!(restored.unwrap().files, 204);
    assert!(checked.unwrap().is_clean());
}

#[tokio::test(start_paused = true)]
async fn clean_ups_stand_still_as_well() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kept"), noise(100_000, 1)).unwrap();
    fs::write(folder.path().join("gone"), noise(100_000, 2)).unwrap();
    let (_, repository) = in_memory().await;
    let first = back_up(&repository, folder.path()).await.unwrap().id;
    fs::remove_file(folder.path().join("gone")).unwrap();
    back_up(&repository, folder.path()).await.unwrap();
    let cancel = Cancel::new();
    let without = BTreeSet::from([first]);
    let snapshots = repository.snapshots(&cancel).await.unwrap();
    let removal = plan_removal(&snapshots, &without);
    let host = host("home");
    repository.forget(&removal, &host, &cancel).await.unwrap();

    // In this time everything else would come to its end.
    let stands = async |progress: &Progress| {
        tokio::time::sleep(SETTLED).await;
        assert_eq!((progress.files_done.get(), progress.bytes_done.get()), (0, 0));
        progress.control.resume();
    };
    let planning = Progress::default();
    planning.control.pause();
    let options = PruneOptions { max_unused: 0.0, ..PruneOptions::default() };
    let (plan, ()) =
        tokio::join!(repository.plan_prune(&options, &planning, &cancel), stands(&planning));
    let plan = plan.unwrap();
    assert!(!plan.repack.is_empty() && planning.files_done.get() > 0);

    let pruning = Progress::default();
    pruning.control.pause();
    let (pruned, ()) =
        tokio::join!(repository.prune(&plan, &host, &pruning, &cancel), stands(&pruning));
    assert!(pruned.unwrap().bytes_written > 100_000 && pruning.bytes_done.get() > 0);
    assert!(pruning.counted());
}

#[tokio::test(start_paused = true)]
async fn locks_are_renewed_while_the_work_is_paused() {
    let tree = small_tree();
    let (store, clock) = (Arc::new(MemoryStore::new()), clock());
    let repository = init(store.clone(), ambient(&clock, 1)).await;
    let options = BackupOptions::new(vec![tree.path().to_owned()]);
    let (progress, cancel, host) = (Arc::new(Progress::default()), Cancel::new(), host("home"));
    progress.control.pause();
    let watching = async {
        until(|| !locks(&store).is_empty()).await;
        let mut seen = BTreeSet::new();
        for _ in 0..12 {
            seen.extend(locks(&store));
            clock.advance(Duration::from_secs(5 * 60));
            tokio::time::sleep(Duration::from_secs(5 * 60 + 1)).await;
        }
        assert_eq!(seen.len(), 12, "an hour, and a new lock every five minutes");
        progress.control.resume();
    };
    let (report, ()) =
        tokio::join!(repository.backup(&options, &host, &progress, &cancel), watching);
    assert!(report.is_ok());
}

#[tokio::test(start_paused = true)]
async fn work_that_is_paused_can_be_cancelled() {
    let tree = small_tree();
    let (store, repository) = in_memory().await;
    let report = back_up(&repository, tree.path()).await.unwrap();
    let target = tempfile::tempdir().unwrap();
    let options = RestoreOptions { target: target.path().to_owned(), ..Default::default() };
    let plan = repository.plan_restore(&report.snapshot, &options, &Cancel::new()).await.unwrap();
    let (backup, host) = (BackupOptions::new(vec![tree.path().to_owned()]), host("home"));
    for what in ["backup", "restore", "check"] {
        let (progress, cancel) = (Arc::new(Progress::default()), Cancel::new());
        progress.control.pause();
        let ended = async {
            let result = match what {
                "backup" => repository.backup(&backup, &host, &progress, &cancel).await.map(|_| ()),
                "restore" => repository.restore(&plan, &progress, &cancel).await.map(|_| ()),
                _ => {
                    let options = CheckOptions::with_data(true);
                    repository.check(options, &progress, &cancel).await.map(|_| ())
                }
            };
            (result, tokio::time::Instant::now())
        };
        let cancelling = async {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            cancel.cancel();
            tokio::time::Instant::now()
        };
        let ((result, ended), cancelled) = tokio::join!(ended, cancelling);
        assert!(matches!(result, Err(Error::Cancelled)), "{what}: {result:?}");
        assert!(ended - cancelled <= AT_ONCE, "{what}: {:?}", ended - cancelled);
        assert_eq!(locks(&store).len(), 0, "{what}");
    }
}

/// One thing that is done with a repository.
async fn act(
    what: &str,
    repository: &Arc<Repository>,
    source: &std::path::Path,
    cancel: &Cancel,
) -> Result<(), Error> {
    let progress = Arc::new(Progress::default());
    match what {
        "backup" => {
            let options = BackupOptions { count: false, ..BackupOptions::new(vec![source.into()]) };
            let made = repository.backup(&options, &host("home"), &progress, cancel).await;
            made.map(|_| ())
        }
        "restore" => {
            let target = tempfile::tempdir().unwrap();
            let options = RestoreOptions { target: target.path().to_owned(), ..Default::default() };
            let (_, snapshot) = repository.find_snapshot("latest", cancel).await?;
            let plan = repository.plan_restore(&snapshot, &options, cancel).await?;
            repository.restore(&plan, &progress, cancel).await.map(|_| ())
        }
        _ => {
            let options = CheckOptions::with_data(true);
            repository.check(options, &progress, cancel).await.map(|_| ())
        }
    }
}

/// The destination stops to answer at any operation, and does not even answer
/// to what tidies up after that.
#[tokio::test(start_paused = true)]
async fn work_on_a_destination_that_hangs_can_be_cancelled() {
    let tree = small_tree();
    let (store, repository) = in_memory().await;
    back_up(&repository, tree.path()).await.unwrap();
    fs::write(tree.path().join("new"), noise(1_500_000, 77)).unwrap();
    let before = store.snapshot();
    let kinds =
        [Operation::Put, Operation::Get, Operation::Stat, Operation::List, Operation::Delete];
    let mut cases = 0;
    for what in ["backup", "restore", "check"] {
        let open = || async {
            let broken = Arc::new(FaultStore::new(MemoryStore::from_snapshot(before.clone())));
            let repository = open(broken.clone(), ambient(&clock(), 5)).await;
            broken.plan([]);
            (broken, repository)
        };
        let (sound, repository) = open().await;
        act(what, &repository, tree.path(), &Cancel::new()).await.unwrap();
        for (kind, nth) in
            kinds.iter().flat_map(|kind| (1..=sound.count(*kind)).map(|nth| (*kind, nth)))
        {
            let (broken, repository) = open().await;
            let hang = Fault::new(Effect::Delay(DAY));
            broken.plan([hang.clone().on(kind).from_nth(nth as u64), hang.on(Operation::Delete)]);
            let cancel = Cancel::new();
            let cancelling = async {
                // Locks go last, and hang as well.
                while broken.count(kind) < nth && broken.count(Operation::Delete) == 0 {
                    // By hand: left to itself, the clock jumps over the day.
                    tokio::time::advance(Duration::from_millis(1)).await;
                    std::thread::sleep(Duration::from_micros(100));
                }
                cancel.cancel();
                tokio::time::Instant::now()
            };
            let acting = async {
                let result = act(what, &repository, tree.path(), &cancel).await;
                (result, tokio::time::Instant::now())
            };
            let ((result, ended), cancelled) = tokio::join!(acting, cancelling);
            let was_done = result.is_ok() && broken.count(Operation::Delete) > 0;
            let was_cancelled = matches!(result, Err(Error::Cancelled));
            assert!(was_cancelled || was_done, "{what}, {kind:?} {nth}: {result:?}");
            let took = ended - cancelled;
            assert!(took <= AT_ONCE, "{what}, {kind:?} {nth}: {took:?}");
            cases += 1;
        }
    }
    assert!(cases > 30, "{cases}");
}

/// Neither reading nor cutting a large file stands in the way.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_one_large_file_can_be_cancelled() {
    let tree = tempfile::tempdir().unwrap();
    let file = fs::File::create(tree.path().join("large")).unwrap();
    // Zeros that take room: a hole would not be read.
    let all = rustix::fs::FallocateFlags::empty();
    rustix::fs::fallocate(&file, all, 0, 1 << 30).unwrap();
    let (_, repository) = in_memory().await;
    let options = BackupOptions::new(vec![tree.path().to_owned()]);
    let (progress, cancel, host) = (Arc::new(Progress::default()), Cancel::new(), host("home"));
    let cancelling = async {
        until(|| progress.bytes_done.get() > 0).await;
        cancel.cancel();
        progress.bytes_done.get()
    };
    let backup = repository.backup(&options, &host, &progress, &cancel);
    let (result, then) = tokio::join!(backup, cancelling);
    assert!(matches!(result, Err(Error::Cancelled)));
    // Threads finish the chunk they have, and take no further one.
    tokio::time::sleep(AT_ONCE).await;
    let after = progress.bytes_done.get();
    assert!(after < 1 << 29, "{then} bytes, then {after}");
    tokio::time::sleep(AT_ONCE / 4).await;
    assert_eq!(progress.bytes_done.get(), after);
}

/// The threads of a backup use no more time of the processors than they may.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_keeps_to_its_share_of_the_processors() {
    let tree = tree();
    let (_, repository) = in_memory().await;
    let options = BackupOptions::new(vec![tree.path().to_owned()]);
    let (progress, cancel, host) = (Arc::new(Progress::default()), Cancel::new(), host("home"));
    progress.control.set_cpu(Some(1));
    // At one percent this takes many seconds; it is enough to see it rest.
    let watching = async {
        until(|| progress.bytes_done.get() > 0).await;
        tokio::time::sleep(SETTLED).await;
        let early = progress.files_done.get();
        progress.control.set_cpu(None);
        early
    };
    let backup = repository.backup(&options, &host, &progress, &cancel);
    let (report, early) = tokio::join!(backup, watching);
    assert!(early < 204, "{early}");
    assert_eq!(report.unwrap().summary.files_new, 204);
}
