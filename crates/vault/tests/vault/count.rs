//! How much there is to do is known early, and is never less than what is done.

use crate::common::{ambient, clock, host, init, noise};
use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use storage::{
    Cancel, FaultStore, MemoryStore,
    fault::{Effect, Fault, Operation},
};
use vault::{
    Progress,
    backup::{BackupOptions, BackupReport},
};

/// Many files in many folders, links, a pipe, what is excluded and what is
/// never backed up. Returns the files and bytes that a backup reads.
fn build(root: &Path) -> (u64, u64) {
    let (mut files, mut bytes) = (0, 0);
    for outer in 0..40 {
        let folder = root.join(format!("{outer}/inner"));
        fs::create_dir_all(&folder).unwrap();
        for number in 0..60_usize {
            let length = if number == 0 { 200_000 } else { number };
            fs::write(folder.join(format!("{number}")), noise(length, outer * 100 + number as u64))
                .unwrap();
            files += 1;
            bytes += length as u64;
        }
        fs::write(folder.join("left.tmp"), "excluded").unwrap();
        std::os::unix::fs::symlink("0", folder.join("link")).unwrap();
        fs::create_dir_all(root.join(format!("{outer}/cache"))).unwrap();
        fs::write(root.join(format!("{outer}/cache/x")), "excluded").unwrap();
    }
    fs::create_dir_all(root.join("never/data")).unwrap();
    fs::write(root.join("never/data/x"), "never").unwrap();
    (files, bytes)
}

fn options(root: &Path) -> BackupOptions {
    let (one, alone) = (root.join("0/inner/1"), root.to_owned());
    BackupOptions {
        excludes: vec!["*.tmp".to_owned(), "cache".to_owned()],
        never: vec![root.join("never")],
        ..BackupOptions::new(vec![one, alone])
    }
}

/// Backs up to a store that takes its time, and watches.
async fn watched(
    options: &BackupOptions,
    each: Duration,
    mut look: impl FnMut(&Progress, Duration),
) -> (BackupReport, Arc<Progress>) {
    let store = Arc::new(FaultStore::new(MemoryStore::new()));
    let repository = init(store.clone(), ambient(&clock(), 1)).await;
    store.plan(Some(Fault::new(Effect::Delay(each)).on(Operation::Put).below("data/").from_nth(1)));
    let progress = Arc::new(Progress::default());
    let (begun, cancel) = (Instant::now(), Cancel::new());
    let (who, over) = (host("home"), AtomicBool::new(false));
    let work = async {
        let report = repository.backup(options, &who, &progress, &cancel).await.unwrap();
        over.store(true, Ordering::Relaxed);
        report
    };
    let watch = async {
        while !over.load(Ordering::Relaxed) {
            // As whoever shows it reads it.
            let (files, bytes) = progress.done();
            let totals = (progress.files_total.get(), progress.bytes_total.get());
            assert!(files <= totals.0 && bytes <= totals.1);
            look(&progress, begun.elapsed());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let (report, ()) = tokio::join!(work, watch);
    (report, progress)
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_are_final_long_before_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let expected = build(&root);
    // Little memory and a slow store: the walk cannot run ahead.
    let options = BackupOptions { memory: 1 << 20, threads: 2, ..options(&root) };
    let mut known = None;
    let (report, progress) = watched(&options, Duration::from_millis(400), |progress, elapsed| {
        if progress.counted() && known.is_none() {
            let totals = (progress.files_total.get(), progress.bytes_total.get());
            known = Some((totals, progress.files_done.get(), elapsed));
        }
    })
    .await;
    let (totals, done, elapsed) = known.unwrap();
    assert_eq!(totals, expected, "what was counted is what is read");
    assert!(done < expected.0 / 2, "{done} files were done after {elapsed:?}");
    assert_eq!((progress.files_total.get(), progress.bytes_total.get()), expected);
    assert_eq!((progress.files_done.get(), progress.bytes_done.get()), expected);
    assert_eq!(report.skipped, []);
    assert_eq!(report.left_out, [root.join("never")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_backup_is_not_counted_and_ends_with_final_totals() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::write(root.join("file"), "text").unwrap();
    let begun = Instant::now();
    let (_, progress) = watched(&BackupOptions::new(vec![root]), Duration::ZERO, |_, _| {}).await;
    assert!(begun.elapsed() < Duration::from_millis(450), "nobody waits for who counts");
    assert!(progress.counted());
    assert_eq!((progress.files_total.get(), progress.bytes_total.get()), (1, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_follow_what_changes_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let expected = build(&root);
    let options = BackupOptions { memory: 1 << 20, threads: 2, ..options(&root) };
    let mut changed = false;
    let (report, progress) = watched(&options, Duration::from_millis(400), |progress, _| {
        if progress.counted() && !changed {
            changed = true;
            // In the folder that comes last some files go and others come.
            let last = root.join("9/inner");
            for number in 30..60 {
                fs::remove_file(last.join(format!("{number}"))).unwrap();
            }
            for number in 0..10 {
                fs::write(last.join(format!("new {number}")), [7; 10]).unwrap();
            }
        }
    })
    .await;
    assert!(changed && report.skipped.is_empty(), "{:?}", report.skipped);
    let now = (expected.0 - 30 + 10, expected.1 - (30..60).sum::<u64>() + 100);
    assert_eq!((progress.files_total.get(), progress.bytes_total.get()), now);
    assert_eq!((progress.files_done.get(), progress.bytes_done.get()), now);
}

#[tokio::test(flavor = "multi_thread")]
async fn counting_ends_with_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    build(&root);
    let store = Arc::new(FaultStore::new(MemoryStore::new()));
    let repository = init(store.clone(), ambient(&clock(), 1)).await;
    let slow = Effect::Delay(Duration::from_secs(60));
    store.plan(Some(Fault::new(slow).on(Operation::Put).below("data/").from_nth(1)));
    let options = BackupOptions { memory: 1 << 20, threads: 2, ..options(&root) };
    for after in [100, 700] {
        let (progress, cancel) = (Arc::new(Progress::default()), Cancel::new());
        let who = host("home");
        let stop = async {
            tokio::time::sleep(Duration::from_millis(after)).await;
            cancel.cancel();
        };
        let begun = Instant::now();
        let (result, ()) =
            tokio::join!(repository.backup(&options, &who, &progress, &cancel), stop);
        assert!(matches!(result, Err(vault::Error::Cancelled)), "{result:?}");
        assert!(begun.elapsed() < Duration::from_millis(after + 1000), "{:?}", begun.elapsed());
        // Nobody holds the progress any more once the threads are gone.
        let gone = Instant::now();
        while Arc::strong_count(&progress) > 1 {
            assert!(gone.elapsed() < Duration::from_secs(2), "a thread goes on");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
