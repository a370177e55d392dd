//! Backups into memory, read back blob by blob.

use crate::common::{
    self, all_snapshots_are_readable, ambient, back_up, back_up_with, clock, contents_in_backup,
    contents_on_disk, in_memory, init, noise, open, small_tree,
};
use model::{Ambient, Random, random::SeededRandom};
use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicIsize, Ordering},
    },
};
use storage::{Cancel, MemoryStore, Prefix, StoreExt};
use vault::{
    Error, Outcome, Progress, SkipReason,
    backup::{BackupOptions, ParentChoice},
    format::Id,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_backed_up_is_what_was_there() {
    let tree = small_tree();
    let (store, repository) = in_memory().await;
    let report = back_up(&repository, tree.path()).await.unwrap();
    assert_eq!(report.outcome, Outcome::Succeeded);
    let on_disk = contents_on_disk(tree.path());
    assert_eq!(report.summary.files_new, on_disk.len() as u64);

    let again = open(store, ambient(&clock(), 2)).await;
    again.load_index(&Cancel::new()).await.unwrap();
    let (_, snapshot) = again.find_snapshot("latest", &Cancel::new()).await.unwrap();
    assert_eq!(contents_in_backup(&again, &snapshot).await.unwrap(), on_disk);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_backup_adds_nothing_and_reads_nothing() {
    let tree = small_tree();
    let (store, repository) = in_memory().await;
    let first = back_up(&repository, tree.path()).await.unwrap();
    let packs = || async {
        let data = Prefix::folder("data").unwrap();
        store.list_all(&data, &Cancel::new()).await.unwrap().len()
    };
    let before = packs().await;
    let second = back_up(&repository, tree.path()).await.unwrap();
    assert_eq!(second.summary.files_unmodified, first.summary.files_new);
    assert_eq!(second.summary.files_new + second.summary.files_changed, 0);
    assert_eq!(second.summary.data_blobs, 0);
    // Folders above the source may change at any time.
    assert_eq!((second.summary.dirs_new, second.summary.dirs_changed), (0, 0));
    assert_eq!(second.snapshot.parent, Some(first.id));
    assert!(packs().await <= before + 1);

    // Without a parent everything is read, and still nothing is new.
    let options = BackupOptions {
        parent: ParentChoice::None,
        ..BackupOptions::new(vec![tree.path().to_owned()])
    };
    let third = back_up_with(&repository, &options).await.unwrap();
    assert_eq!(third.summary.files_unmodified, 0);
    assert_eq!(third.summary.data_blobs, 0);
    assert!(packs().await <= before + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_found_by_size_time_and_inode() {
    let tree = small_tree();
    let (_, repository) = in_memory().await;
    back_up(&repository, tree.path()).await.unwrap();
    let file = tree.path().join("text");
    let modified = fs::metadata(&file).unwrap().modified().unwrap();

    // The same length and modification time: only the change time tells.
    let mut changed = fs::read(&file).unwrap();
    changed[0] ^= 1;
    fs::write(&file, &changed).unwrap();
    fs::File::options().write(true).open(&file).unwrap().set_modified(modified).unwrap();
    // Another inode in the place of the old one.
    let other = tree.path().join("deep/small-07");
    let copy = tree.path().join("copy");
    fs::copy(&other, &copy).unwrap();
    fs::rename(&copy, &other).unwrap();

    let report = back_up(&repository, tree.path()).await.unwrap();
    assert_eq!(report.summary.files_changed, 2);
    let stored = contents_in_backup(&repository, &report.snapshot).await.unwrap();
    assert_eq!(stored[&file], changed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_that_left_the_index_is_read_again() {
    let tree = small_tree();
    let (store, repository) = in_memory().await;
    back_up(&repository, tree.path()).await.unwrap();
    for key in store.objects() {
        if key.as_str().starts_with("index/") {
            store.remove(&key);
        }
    }
    let report = back_up(&repository, tree.path()).await.unwrap();
    assert_eq!(report.outcome, Outcome::Succeeded);
    assert!(report.summary.data_blobs > 0);
    let stored = contents_in_backup(&repository, &report.snapshot).await.unwrap();
    assert_eq!(stored, contents_on_disk(tree.path()));
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_that_are_not_there_are_said() {
    let tree = small_tree();
    let (_, repository) = in_memory().await;
    let missing = tree.path().join("not here");
    let options = BackupOptions::new(vec![tree.path().to_owned(), missing.clone()]);
    let report = back_up_with(&repository, &options).await.unwrap();
    assert_eq!(report.outcome, Outcome::FinishedWithSkipped);
    assert_eq!(report.skipped.len(), 1);
    assert_eq!(
        (&report.skipped[0].path, report.skipped[0].reason),
        (&missing, SkipReason::Missing)
    );

    let nothing = BackupOptions::new(vec![missing]);
    assert!(matches!(back_up_with(&repository, &nothing).await, Err(Error::NoSource(_))));
    let snapshots = repository.snapshots(&Cancel::new()).await.unwrap();
    assert_eq!(snapshots.len(), 1, "a backup of nothing is no backup");
}

#[tokio::test(flavor = "multi_thread")]
async fn excluded_and_forbidden_folders_are_left_out() {
    let tree = small_tree();
    let (_, repository) = in_memory().await;
    let own = tree.path().join("deep/er");
    let mut options = BackupOptions::new(vec![tree.path().to_owned()]);
    options.excludes = vec!["small-0*".into()];
    options.never = vec![own.clone()];
    let report = back_up_with(&repository, &options).await.unwrap();
    assert_eq!(report.left_out, [fs::canonicalize(&own).unwrap()]);
    let stored = contents_in_backup(&repository, &report.snapshot).await.unwrap();
    let expected: Vec<PathBuf> = contents_on_disk(tree.path())
        .into_keys()
        .filter(|path| !path.starts_with(&own))
        .filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with("small-0"))
        .collect();
    assert_eq!(stored.into_keys().collect::<Vec<_>>(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_for_one_chunk_at_a_time_is_enough() {
    let tree = tempfile::tempdir().unwrap();
    for number in 0..4 {
        fs::write(tree.path().join(number.to_string()), noise(20 << 20, number)).unwrap();
    }
    let (_, repository) = in_memory().await;
    let mut options = BackupOptions::new(vec![tree.path().to_owned()]);
    options.memory = 8 << 20;
    let report = back_up_with(&repository, &options).await.unwrap();
    let stored = contents_in_backup(&repository, &report.snapshot).await.unwrap();
    assert_eq!(stored, contents_on_disk(tree.path()));
}

/// Packs are hashed beside the chunks that come into them, by whatever thread.
#[tokio::test(flavor = "multi_thread")]
async fn packs_are_called_as_their_bytes_say_however_many_threads_fill_them() {
    let tree = tempfile::tempdir().unwrap();
    for number in 0..10 {
        let length = 300_000 + number as usize * 700_000;
        fs::write(tree.path().join(format!("{number}")), noise(length, number)).unwrap();
    }
    for threads in [1, 2, 3, 5] {
        let store = Arc::new(MemoryStore::new().with_pack_size(5 << 20));
        let repository = init(store.clone(), ambient(&clock(), 1)).await;
        let options = BackupOptions::new(vec![tree.path().to_owned()]);
        back_up_with(&repository, &BackupOptions { threads, ..options }).await.unwrap();
        let mut packs = 0;
        for (key, bytes) in store.snapshot() {
            if let Some(name) = key.as_str().strip_prefix("data/") {
                assert_eq!(name[3..], Id::of(&bytes).to_string(), "{threads} threads");
                packs += 1;
            }
        }
        assert!(packs > 4, "{packs} packs");
    }
}

/// What several threads have put into packs of their own need not be several packs.
#[tokio::test(flavor = "multi_thread")]
async fn a_small_backup_is_one_pack_however_many_threads_fill_it() {
    let tree = tempfile::tempdir().unwrap();
    for number in 0..12 {
        fs::write(tree.path().join(format!("{number}")), noise(400_000, number)).unwrap();
    }
    for threads in [1, 2, 5] {
        let store = Arc::new(MemoryStore::new());
        let repository = init(store.clone(), ambient(&clock(), 1)).await;
        let options = BackupOptions::new(vec![tree.path().to_owned()]);
        let options = BackupOptions { threads, ..options };
        let report = back_up_with(&repository, &options).await.unwrap();
        assert_eq!(report.summary.data_blobs, 12);
        let packs =
            store.snapshot().into_iter().filter(|(key, _)| key.as_str().starts_with("data/"));
        assert_eq!(packs.count(), 2, "one of contents and one of trees, {threads} threads");
        let stored = contents_in_backup(&repository, &report.snapshot).await.unwrap();
        assert_eq!(stored, contents_on_disk(tree.path()));
    }
}

/// One of them in segments, the others by one thread each, or all in line.
#[tokio::test(flavor = "multi_thread")]
async fn large_files_are_cut_alike_however_many_threads_read_them() {
    let tree = tempfile::tempdir().unwrap();
    for number in 0..3 {
        let mut bytes = noise((40 << 20) + number * 12_345, number as u64);
        bytes[9 << 20..19 << 20].fill(number as u8);
        fs::write(tree.path().join(number.to_string()), bytes).unwrap();
    }
    let (_, repository) = in_memory().await;
    let mut options = BackupOptions::new(vec![tree.path().to_owned()]);
    options.parent = ParentChoice::None;
    for (threads, is_first) in [(4, true), (2, false), (4, false)] {
        options.threads = threads;
        let report = back_up_with(&repository, &options).await.unwrap();
        assert_eq!(report.summary.data_blobs > 0, is_first);
        let stored = contents_in_backup(&repository, &report.snapshot).await.unwrap();
        assert!(stored == contents_on_disk(tree.path()));
    }
}

/// Panics in threads that have no name, as those are that read and store, when
/// so many bytes more were asked for there.
#[derive(Debug)]
struct Breaking(SeededRandom, AtomicIsize);

impl Random for Breaking {
    fn fill(&self, bytes: &mut [u8]) {
        if std::thread::current().name().is_none() {
            let left = self.1.fetch_sub(1, Ordering::Relaxed);
            assert!(left > 0, "as wanted");
        }
        self.0.fill(bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_breaks_off_ends_the_backup() {
    let tree = small_tree();
    let (store, _) = in_memory().await;
    for after in [0, 1, 7, 30] {
        let random = Arc::new(Breaking(SeededRandom::new(7), AtomicIsize::new(after)));
        let repository = open(store.clone(), Ambient { random, ..ambient(&clock(), 2) }).await;
        let ended = back_up(&repository, tree.path()).await;
        assert!(matches!(ended, Err(Error::Internal(_))), "after {after}: {ended:?}");
    }
    assert_eq!(all_snapshots_are_readable(store).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_backup_leaves_no_snapshot_and_no_lock() {
    let tree = tempfile::tempdir().unwrap();
    fs::write(tree.path().join("large"), noise(64 << 20, 1)).unwrap();
    let (store, repository) = in_memory().await;
    let cancel = Cancel::new();
    let progress = Arc::new(Progress::default());
    let stopping = async {
        while progress.bytes_done.get() == 0 {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    };
    let options = BackupOptions::new(vec![tree.path().to_owned()]);
    let host = common::host("home");
    let backup = repository.backup(&options, &host, &progress, &cancel);
    let (result, ()) = tokio::join!(backup, stopping);
    assert!(matches!(result, Err(Error::Cancelled)));
    for key in store.objects() {
        let key = key.as_str();
        assert!(!key.starts_with("snapshots/") && !key.starts_with("locks/"), "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_never_stands_still_is_kept_and_said() {
    use std::io::Write;
    let tree = tempfile::tempdir().unwrap();
    let path = tree.path().join("log");
    fs::write(&path, noise(8 << 20, 1)).unwrap();
    let (_, repository) = in_memory().await;
    let stop = Cancel::new();
    let writer = std::thread::spawn({
        let (path, stop) = (path.clone(), stop.clone());
        move || {
            let mut file = fs::File::options().append(true).open(path).unwrap();
            while !stop.is_cancelled() {
                file.write_all(b"one more line\n").unwrap();
            }
        }
    });
    let report = back_up(&repository, tree.path()).await.unwrap();
    stop.cancel();
    writer.join().unwrap();
    assert_eq!(report.outcome, Outcome::FinishedWithSkipped);
    assert_eq!(report.skipped[0].reason, SkipReason::Changing);
    let stored = contents_in_backup(&repository, &report.snapshot).await.unwrap();
    let on_disk = fs::read(&path).unwrap();
    let kept = &stored[&fs::canonicalize(&path).unwrap()];
    assert!(kept.len() >= 8 << 20 && on_disk.starts_with(kept));
}
