//! What has not changed since the last backup is not read again; what has
//! changed in any way is.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use tests::{
    content,
    engine::Engine,
    folder::{Folder, Mtime},
    judge::comes_back,
    keepstead::{Keepstead, summary},
    sandbox::Sandbox,
    watch::Watch,
};

const TIME: Mtime = Mtime { seconds: 1_600_000_000, nanos: 987_654_321 };

/// Ten files that were backed up once.
fn backed_up() -> (Sandbox, Keepstead, PathBuf, String) {
    let sandbox = Sandbox::new();
    let source = sandbox.path("source");
    fs::create_dir(&source).expect("a folder");
    let folder = Folder::open(&source).expect("a folder");
    for number in 0..10_u8 {
        let name = [b'0' + number];
        folder.file(&name, &content::random(number.into(), 50_000)).expect("a file");
        folder.set_mtime(&name, TIME).expect("a time");
    }
    let keepstead = sandbox.repository("repository");
    let first = summary(&keepstead.run_backup(&source, &[]).succeeds());
    assert_counts(&first, [10, 0, 0]);
    let id = first["snapshot_id"].as_str().expect("an id").to_owned();
    (sandbox, keepstead, source, id)
}

/// Compares the numbers of new, changed and unmodified files.
#[track_caller]
fn assert_counts(summary: &Value, [new, changed, unmodified]: [u64; 3]) {
    assert_eq!(summary["files_new"], new, "{summary}");
    assert_eq!(summary["files_changed"], changed, "{summary}");
    assert_eq!(summary["files_unmodified"], unmodified, "{summary}");
    assert_eq!(summary["total_files_processed"], new + changed + unmodified, "{summary}");
    assert_eq!(summary["outcome"], "succeeded", "{summary}");
}

/// The second backup with `arguments`, and the names of the files it read.
#[track_caller]
fn second(keepstead: &Keepstead, source: &Path, arguments: &[&str]) -> (Value, Vec<String>) {
    let mut watch = Watch::reads(source);
    let summary = summary(&keepstead.run_backup(source, arguments).succeeds());
    let mut read: Vec<String> = watch
        .seen()
        .iter()
        .filter(|event| event.path.is_file())
        .filter_map(|event| Some(event.path.file_name()?.to_str()?.to_owned()))
        .collect();
    read.sort();
    read.dedup();
    (summary, read)
}

#[test]
fn nothing_unchanged_is_read() {
    let (_sandbox, keepstead, source, _) = backed_up();
    let (summary, read) = second(&keepstead, &source, &[]);
    assert_counts(&summary, [0, 0, 10]);
    assert_eq!(read, [""; 0]);
    assert_eq!(summary["total_bytes_processed"], 500_000, "{summary}");
}

#[test]
fn everything_is_read_when_forced_and_nothing_is_stored_twice() {
    let (sandbox, keepstead, source, _) = backed_up();
    let blobs = |kind: &str| {
        let mut blobs = sandbox.new_restic("repository").blobs();
        blobs.retain(|blob| blob.starts_with(kind));
        blobs
    };
    let before = blobs("data");
    let (summary, read) = second(&keepstead, &source, &["--force"]);
    assert_eq!(read.len(), 10);
    assert_eq!(summary["total_files_processed"], 10, "{summary}");
    assert_eq!(blobs("data"), before);
}

#[test]
fn a_named_parent_is_compared_with() {
    let (_sandbox, keepstead, source, first) = backed_up();
    fs::write(source.join("3"), "changed").expect("a file");
    keepstead.backup(&source, false);
    fs::write(source.join("4"), "changed").expect("a file");
    let (summary, read) = second(&keepstead, &source, &["--parent", &first]);
    assert_counts(&summary, [0, 2, 8]);
    assert_eq!(read, ["3", "4"]);
}

/// Changes the file `5` in one way, and expects that it alone is found changed
/// and comes back as it is now.
#[track_caller]
fn detects(change: impl FnOnce(&Path, &Folder)) {
    let (sandbox, keepstead, source, _) = backed_up();
    change(&source, &Folder::open(&source).expect("a folder"));
    let (summary, read) = second(&keepstead, &source, &[]);
    assert_counts(&summary, [0, 1, 9]);
    assert_eq!(read, ["5"]);
    let snapshot = summary["snapshot_id"].as_str().expect("an id");
    comes_back(&sandbox, &keepstead, snapshot, &source);
}

#[test]
fn another_modification_time() {
    detects(|_, folder| {
        folder.set_mtime(b"5", Mtime { nanos: TIME.nanos + 1, ..TIME }).expect("a time");
    });
}

#[test]
fn another_size() {
    detects(|source, folder| {
        let file = fs::OpenOptions::new().append(true).open(source.join("5")).expect("a file");
        file.set_len(50_001).expect("another size");
        folder.set_mtime(b"5", TIME).expect("a time");
    });
}

#[test]
fn other_content_of_the_same_size_and_time() {
    detects(|source, folder| {
        fs::write(source.join("5"), content::random(99, 50_000)).expect("a file");
        folder.set_mtime(b"5", TIME).expect("a time");
    });
}

#[test]
fn another_file_of_the_same_size_and_time_in_its_place() {
    detects(|source, folder| {
        folder.file(b"new", &content::random(98, 50_000)).expect("a file");
        folder.set_mtime(b"new", TIME).expect("a time");
        fs::rename(source.join("new"), source.join("5")).expect("a rename");
    });
}

#[test]
fn new_and_vanished_files() {
    let (sandbox, keepstead, source, _) = backed_up();
    fs::rename(source.join("5"), source.join("a new name")).expect("a rename");
    let (summary, read) = second(&keepstead, &source, &[]);
    assert_counts(&summary, [1, 0, 9]);
    assert_eq!(read, ["a new name"]);
    let snapshot = summary["snapshot_id"].as_str().expect("an id");
    comes_back(&sandbox, &keepstead, snapshot, &source);
}

#[test]
fn changed_metadata_alone_is_kept() {
    let (sandbox, keepstead, source, _) = backed_up();
    let folder = Folder::open(&source).expect("a folder");
    folder.set_mode(b"7", 0o4711).expect("a mode");
    folder.set_xattr(b"7", "user.new", b"value").expect("an attribute");
    let snapshot = keepstead.backup(&source, false);
    comes_back(&sandbox, &keepstead, &snapshot, &source);
}

#[test]
fn changes_that_happened_to_what_restic_backed_up() {
    let sandbox = Sandbox::new();
    let source = sandbox.source("source", &[("a", b"one"), ("b", b"two"), ("sub/c", b"three")]);
    let restic = sandbox.restic_repository("repository");
    let keepstead = sandbox.keepstead("repository");
    restic.backup(&source, false);
    fs::write(source.join("b"), "TWO").expect("a file");
    let (summary, read) = second(&keepstead, &source, &[]);
    assert_counts(&summary, [0, 1, 2]);
    assert_eq!(read, ["b"]);
}
