//! Keepstead and restic, and two Keepsteads, at work in one repository.

use std::{fs, path::PathBuf};

use rustix::process::Signal;
use serde_json::{Value, json};
use tests::{
    content,
    engine::Engine,
    forge::Forge,
    judge::comes_back,
    keepstead::{Keepstead, presentable, refusal},
    program::Running,
    restic::Restic,
    sandbox::Sandbox,
    watch::Watch,
};

/// A repository with one snapshot, and a source of two packs.
fn prepared() -> (Sandbox, Keepstead, Restic, PathBuf) {
    let sandbox = Sandbox::new();
    let (keepstead, restic) = (sandbox.repository("repository"), sandbox.new_restic("repository"));
    let source =
        sandbox.source("source", &[("a", &content::random(1, 30 << 20)), ("b/c", b"small")]);
    let small = sandbox.source("small", &[("file", b"content")]);
    keepstead.backup(&small, false);
    (sandbox, keepstead, restic, source)
}

/// Starts something, and stops it when it has written its lock.
#[track_caller]
fn stopped_with_lock(repository: &dyn Engine, start: impl FnOnce() -> Running) -> Running {
    let locks = repository.repository().join("locks");
    let mut watch = Watch::new_files(repository.repository());
    let running = start();
    watch.wait_for(|path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        path.starts_with(&locks) && name.is_some_and(|name| name.len() == 64)
    });
    running.signal(Signal::STOP);
    running
}

#[track_caller]
fn locks(engine: &dyn Engine) -> Vec<String> {
    let folder = fs::read_dir(engine.repository().join("locks"));
    let mut names: Vec<String> = folder
        .expect("the repository has locks")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn two_backups_at_once() {
    let (sandbox, keepstead, restic, source) = prepared();
    let other = sandbox.source("other", &[("x", &content::random(2, 20 << 20)), ("y", b"")]);
    let first = stopped_with_lock(&keepstead, || {
        keepstead.start("backup", [source.as_os_str(), "--json".as_ref()])
    });
    let second = keepstead.backup(&other, false);
    first.signal(Signal::CONT);
    let first = tests::keepstead::summary(&presentable(first.finish()).succeeds());
    let first = first["snapshot_id"].as_str().expect("an id").to_owned();
    assert_eq!(keepstead.snapshots().len(), 3);
    comes_back(&sandbox, &restic, &second, &other);
    comes_back(&sandbox, &keepstead, &first, &source);
    assert_eq!(locks(&keepstead), [""; 0], "locks are taken back");
}

#[test]
fn two_backups_of_the_same_source_side_by_side() {
    let (sandbox, keepstead, restic, source) = prepared();
    let start = || keepstead.start("backup", [source.as_os_str(), "--json".as_ref()]);
    let both = [start(), start()].map(|running| presentable(running.finish()).succeeds());
    restic.check();
    for outcome in both {
        let summary = tests::keepstead::summary(&outcome);
        let snapshot = summary["snapshot_id"].as_str().expect("an id").to_owned();
        comes_back(&sandbox, &keepstead, &snapshot, &source);
    }
}

#[test]
fn restic_sees_our_lock_and_keeps_away() {
    let (_sandbox, keepstead, restic, source) = prepared();
    let running = stopped_with_lock(&keepstead, || keepstead.start("backup", [source.as_os_str()]));
    let lock = locks(&keepstead).pop().expect("a lock");
    let lock = restic.cat_json("lock", &lock);
    assert!(lock["exclusive"] != true, "{lock}");
    let refused = restic.run(["prune"]);
    assert_ne!(refused.code, Some(0), "prune must not start: {refused}");
    assert!(refused.stderr.contains("already locked"), "{refused}");
    // A check beside it finds nothing to complain about.
    keepstead.check();
    running.signal(Signal::CONT);
    let _ = running.finish().succeeds();
    let _ = restic.run(["prune"]).succeeds();
    assert_eq!(locks(&keepstead), [""; 0]);
}

#[test]
fn an_exclusive_lock_of_restic_is_respected() {
    let (sandbox, keepstead, restic, source) = prepared();
    let pruning = stopped_with_lock(&keepstead, || restic.start(["prune"]));
    let before = keepstead.snapshots();
    let refused = refusal(keepstead.run_backup(&source, &[]));
    refused.has_code(&["locked"]).names("process");
    assert_eq!(keepstead.snapshots(), before);
    assert_eq!(locks(&keepstead).len(), 1, "our own lock was taken back, restic's left alone");
    pruning.signal(Signal::CONT);
    let _ = pruning.finish().succeeds();
    let snapshot = keepstead.backup(&source, false);
    comes_back(&sandbox, &keepstead, &snapshot, &source);
}

/// An exclusive lock of process 1 on another machine.
fn foreign_lock(time: &str) -> Value {
    json!({
        "time": time,
        "exclusive": true,
        "hostname": "another-machine",
        "username": "somebody",
        "pid": 1,
    })
}

#[test]
fn a_fresh_lock_of_another_machine_is_respected() {
    let (_sandbox, keepstead, restic, source) = prepared();
    // Restic's own time, so that the lock is fresh without asking a clock.
    let running = stopped_with_lock(&restic, || restic.start(["prune"]));
    let own = locks(&restic).pop().expect("a lock");
    let time = restic.cat_json("lock", &own)["time"].as_str().expect("a time").to_owned();
    running.signal(Signal::CONT);
    let _ = running.finish().succeeds();
    let lock = Forge::new(&restic).put("locks", foreign_lock(&time).to_string().as_bytes());
    let refused = refusal(keepstead.run_backup(&source, &[]));
    refused.has_code(&["locked"]).names("another-machine").names("somebody");
    assert_eq!(locks(&keepstead), [lock], "a lock of another machine is not ours to remove");
}

#[test]
fn a_stale_lock_is_passed_over() {
    let (sandbox, keepstead, restic, source) = prepared();
    let lock = foreign_lock("2020-01-02T03:04:05.678901234+01:00");
    Forge::new(&restic).put("locks", lock.to_string().as_bytes());
    let snapshot = keepstead.backup(&source, false);
    let _ = restic.run(["unlock"]).succeeds();
    comes_back(&sandbox, &restic, &snapshot, &source);
}

#[test]
fn a_lock_whose_process_is_gone_is_passed_over() {
    let (sandbox, keepstead, restic, source) = prepared();
    let dead = stopped_with_lock(&restic, || restic.start(["prune"]));
    dead.signal(Signal::KILL);
    let _ = dead.finish();
    assert_eq!(locks(&restic).len(), 1);
    let snapshot = keepstead.backup(&source, false);
    let _ = restic.run(["unlock"]).succeeds();
    comes_back(&sandbox, &restic, &snapshot, &source);
}
