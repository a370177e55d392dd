//! Sources that are missing, unreadable, vanish, or do not hold still.

use std::{
    ffi::OsStr,
    fs,
    os::unix::{
        ffi::OsStrExt,
        fs::{FileExt, PermissionsExt, symlink},
    },
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use rustix::process::Signal;
use serde_json::Value;
use tests::{
    compare::{Tolerance, assert_same},
    content,
    engine::Engine,
    folder::Folder,
    judge::{comes_back, restores},
    keepstead::{Keepstead, presentable, refusal, summary},
    program::Outcome,
    sandbox::{Sandbox, restored},
    watch::Watch,
};

/// A sandbox with an empty repository.
fn ready() -> (Sandbox, Keepstead) {
    let sandbox = Sandbox::new();
    let keepstead = sandbox.repository("repository");
    (sandbox, keepstead)
}

/// The id of the snapshot and the skipped paths of a backup that finished with
/// exit code 3.
#[track_caller]
fn partial(outcome: Outcome) -> (String, Vec<String>) {
    let outcome = outcome.exits(3);
    let summary = summary(&outcome);
    assert_eq!(summary["outcome"], "partial", "{outcome}");
    let skipped = summary["skipped"].as_array().expect("a list of skipped files");
    let paths = skipped.iter().map(|skipped| {
        let reason = skipped["reason"].as_str().unwrap_or_default();
        assert!(!reason.is_empty(), "a reason is given: {outcome}");
        skipped["path"].as_str().expect("a path").to_owned()
    });
    (id(&summary), paths.collect())
}

fn id(summary: &Value) -> String {
    summary["snapshot_id"].as_str().expect("an id").to_owned()
}

fn shown(path: &Path) -> String {
    path.to_str().expect("a path of the tests").to_owned()
}

#[test]
fn a_missing_source() {
    let (sandbox, keepstead) = ready();
    let missing = sandbox.path("no such folder");
    let refused = refusal(keepstead.run_backup(&missing, &[]));
    refused.names("no such folder");
    assert_eq!(keepstead.snapshots(), [""; 0]);
    keepstead.check();
}

#[test]
fn one_missing_source_among_others() {
    let (sandbox, keepstead) = ready();
    let source = sandbox.source("source", &[("a", b"one"), ("b/c", b"two")]);
    let missing = sandbox.path("missing");
    let arguments = [source.as_os_str(), missing.as_os_str(), "--json".as_ref()];
    let (snapshot, skipped) = partial(keepstead.run("backup", arguments));
    assert_eq!(skipped, [shown(&missing)]);
    comes_back(&sandbox, &keepstead, &snapshot, &source);
}

#[test]
fn unreadable_files_and_folders() {
    let sandbox = Sandbox::new();
    let files: [(&str, &[u8]); 5] = [
        ("file", b"readable"),
        ("folder/file", b"readable"),
        ("secret file", b"unreadable"),
        ("secret folder/file", b"unreadable"),
        ("unsearchable folder/file", b"unreadable"),
    ];
    let source = sandbox.source("source", &files);
    let mode = |name: &str, mode| {
        fs::set_permissions(source.join(name), fs::Permissions::from_mode(mode)).expect("a mode");
    };
    mode("secret file", 0o000);
    mode("secret folder", 0o000);
    mode("unsearchable folder", 0o600);
    sandbox.give_away(&source);
    let keepstead = sandbox.repository("repository").unprivileged();
    sandbox.give_away(keepstead.repository());
    let (snapshot, mut skipped) = partial(keepstead.run_backup(&source, &[]));
    skipped.sort();
    assert_eq!(skipped.len(), 3, "{skipped:?}");
    for (skipped, name) in
        skipped.iter().zip(["secret file", "secret folder", "unsearchable folder"])
    {
        assert!(skipped.starts_with(&shown(&source.join(name))), "{skipped}");
    }
    keepstead.check();
    let target = sandbox.path("target");
    sandbox.keepstead("repository").restore(&snapshot, &target);
    for name in ["file", "folder"] {
        let copy = restored(&target, &source).join(name);
        assert_same(&source.join(name), &copy, Tolerance::default());
    }
    mode("secret folder", 0o700);
    mode("unsearchable folder", 0o700);
}

#[test]
fn a_source_that_may_not_be_entered() {
    let sandbox = Sandbox::new();
    let source = sandbox.source("source", &[("file", b"content")]);
    fs::set_permissions(&source, fs::Permissions::from_mode(0o000)).expect("a mode");
    let keepstead = sandbox.repository("repository").unprivileged();
    sandbox.give_away(keepstead.repository());
    let refused = refusal(keepstead.run_backup(&source, &[]));
    refused.has_code(&["source_missing"]).names(&shown(&source));
    assert_eq!(keepstead.snapshots(), [""; 0]);
    keepstead.check();
    fs::set_permissions(&source, fs::Permissions::from_mode(0o700)).expect("a mode");
}

/// Runs a backup of `source`, stops it as soon as it reads the file `first`,
/// does `change`, and lets it go on.
#[track_caller]
fn change_while_reading(
    keepstead: &Keepstead,
    source: &Path,
    first: &str,
    change: impl FnOnce(),
) -> Outcome {
    let mut watch = Watch::reads(source);
    let running = keepstead.start("backup", [source.as_os_str(), "--json".as_ref()]);
    watch.wait_for(|path| path.ends_with(first));
    running.signal(Signal::STOP);
    change();
    running.signal(Signal::CONT);
    presentable(running.finish())
}

#[test]
fn files_that_vanish() {
    let (sandbox, keepstead) = ready();
    let source = sandbox.source(
        "source",
        &[("a large", &content::random(1, 64 << 20)), ("m", b"stays"), ("z", b"goes")],
    );
    let outcome = change_while_reading(&keepstead, &source, "a large", || {
        fs::remove_file(source.join("z")).expect("a file to remove");
    });
    if outcome.code == Some(3) {
        let (_, skipped) = partial(outcome);
        assert_eq!(skipped, [shown(&source.join("z"))]);
    } else {
        // It was read already, so it must have been stored.
        let snapshot = id(&summary(&outcome.succeeds()));
        let target = sandbox.path("target");
        keepstead.restore(&snapshot, &target);
        let copy = fs::read(restored(&target, &source).join("z")).expect("the file");
        assert_eq!(copy, b"goes");
    }
    keepstead.check();
    sandbox.new_restic("repository").check();
}

/// What a file that changed once while it was read must come to: stored as it
/// is now, or said to be skipped.
#[track_caller]
fn once_changed(change: impl FnOnce(&fs::File)) {
    let (sandbox, keepstead) = ready();
    let large = content::random(2, 64 << 20);
    let source = sandbox.source("source", &[("large", &large), ("other", b"calm")]);
    let outcome = change_while_reading(&keepstead, &source, "large", || {
        let file = fs::OpenOptions::new().write(true).open(source.join("large"));
        change(&file.expect("the file"));
    });
    if outcome.code == Some(3) {
        let (snapshot, skipped) = partial(outcome);
        assert_eq!(skipped, [shown(&source.join("large"))]);
        let target = sandbox.path("target");
        keepstead.restore(&snapshot, &target);
        let copy = restored(&target, &source).join("other");
        assert_same(&source.join("other"), &copy, Tolerance::default());
    } else {
        let snapshot = id(&summary(&outcome.succeeds()));
        restores(&sandbox, &keepstead, &snapshot, &source);
    }
    keepstead.check();
    sandbox.new_restic("repository").check();
}

#[test]
fn a_file_that_changes_while_it_is_read() {
    once_changed(|file| file.write_all_at(b"changed", 60 << 20).expect("a write"));
}

#[test]
fn a_file_that_shrinks_while_it_is_read() {
    once_changed(|file| file.set_len(1_000_000).expect("another size"));
}

#[test]
fn a_file_that_grows_while_it_is_read() {
    once_changed(|file| {
        file.write_all_at(&content::random(3, 9 << 20), 64 << 20).expect("a write");
    });
}

#[test]
fn a_file_that_never_holds_still() {
    let (sandbox, keepstead) = ready();
    let source =
        sandbox.source("source", &[("busy", &content::random(2, 40 << 20)), ("other", b"calm")]);
    let busy = fs::OpenOptions::new().write(true).open(source.join("busy")).expect("the file");
    let done = AtomicBool::new(false);
    let outcome = thread::scope(|scope| {
        scope.spawn(|| {
            let mut round = 0_u64;
            while !done.load(Ordering::Relaxed) {
                round += 1;
                let at = round.wrapping_mul(7_919) % (40 << 20);
                busy.write_all_at(&round.to_le_bytes(), at).expect("a write");
                busy.set_len((40 << 20) + round % 5_000).expect("another size");
            }
        });
        let outcome = keepstead.start("backup", [source.as_os_str(), "--json".as_ref()]).finish();
        done.store(true, Ordering::Relaxed);
        outcome
    });
    let (snapshot, skipped) = partial(presentable(outcome));
    assert_eq!(skipped, [shown(&source.join("busy"))]);
    keepstead.check();
    let target = sandbox.path("target");
    keepstead.restore(&snapshot, &target);
    let copy = restored(&target, &source).join("other");
    assert_same(&source.join("other"), &copy, Tolerance::default());
}

#[test]
fn a_loop_of_links_as_the_source() {
    let (sandbox, keepstead) = ready();
    let link = sandbox.path("loop");
    symlink("loop", &link).expect("a link");
    let refused = refusal(keepstead.run_backup(&link, &[]));
    refused.names("loop");
    keepstead.check();
}

#[test]
fn sources_given_in_roundabout_ways_are_stored_under_their_real_path() {
    let (sandbox, keepstead) = ready();
    let source = sandbox.source("source", &[("a", b"one"), ("sub/b", b"two")]);
    symlink("source", sandbox.path("link")).expect("a link");
    for way in ["link", "source/sub/..", "./source", "link/sub/../../source/"] {
        let snapshot = keepstead.backup(&sandbox.path(way), false);
        restores(&sandbox, &keepstead, &snapshot, &source);
        let listed = keepstead.list();
        let all = listed.as_array().expect("a list");
        let listed = all.iter().find(|it| it["id"] == *snapshot).expect("the snapshot is listed");
        assert_eq!(listed["paths"], serde_json::json!([shown(&source)]), "given as {way}");
    }
}

#[test]
fn several_sources_one_within_the_other_and_twice_the_same() {
    let (sandbox, keepstead) = ready();
    let source = sandbox.source("source", &[("a", b"one"), ("sub/b", b"two")]);
    let file = sandbox.source("single", &[("file", b"three")]).join("file");
    let sub = source.join("sub");
    let arguments = [
        sub.as_os_str(),
        source.as_os_str(),
        file.as_os_str(),
        source.as_os_str(),
        "--json".as_ref(),
    ];
    let summary = summary(&keepstead.run("backup", arguments).succeeds());
    assert_eq!(summary["total_files_processed"], 3, "{summary}");
    let target = sandbox.path("target");
    keepstead.restore(&id(&summary), &target);
    for path in [&source, &file] {
        assert_same(path, &restored(&target, path), Tolerance::default());
    }
    comes_back(&sandbox, &sandbox.new_restic("repository"), &id(&summary), &source);
}

#[test]
fn a_source_whose_name_is_not_utf8() {
    let (sandbox, keepstead) = ready();
    let source = sandbox.path("x").with_file_name(OsStr::from_bytes(b"caf\xe9 \xff"));
    fs::create_dir(&source).expect("a folder");
    fs::write(source.join("file"), "content").expect("a file");
    let snapshot = keepstead.backup(&source, false);
    comes_back(&sandbox, &keepstead, &snapshot, &source);
    comes_back(&sandbox, &sandbox.new_restic("repository"), &snapshot, &source);
}

#[test]
fn paths_longer_than_the_kernel_takes() {
    let (sandbox, keepstead) = ready();
    let source = sandbox.source("source", &[("file", b"content"), ("z", b"last")]);
    let mut folder = Folder::open(&source).expect("a folder");
    for level in 0..25 {
        let name = format!("{level:02}{}", "d".repeat(200));
        folder = folder.folder(name.as_bytes()).expect("a folder");
    }
    folder.file(b"too deep", b"5,000 bytes down").expect("a file");
    let outcome = keepstead.run_backup(&source, &[]);
    if outcome.code == Some(3) {
        let (snapshot, skipped) = partial(outcome);
        assert!(!skipped.is_empty());
        let target = sandbox.path("target");
        let _ = keepstead.run_restore(&snapshot, &target, &[]);
        for name in ["file", "z"] {
            let copy = restored(&target, &source).join(name);
            assert_same(&source.join(name), &copy, Tolerance::default());
        }
    } else {
        let snapshot = id(&summary(&outcome.succeeds()));
        restores(&sandbox, &keepstead, &snapshot, &source);
    }
    keepstead.check();
    sandbox.new_restic("repository").check();
}

#[test]
fn a_fifo_is_never_opened() {
    let (sandbox, keepstead) = ready();
    let source = sandbox.path("source");
    fs::create_dir(&source).expect("a folder");
    let folder = Folder::open(&source).expect("a folder");
    folder.special(b"fifo", rustix::fs::FileType::Fifo, (0, 0)).expect("a fifo");
    let snapshot = keepstead.backup(&source, false);
    comes_back(&sandbox, &keepstead, &snapshot, &source);
}

#[test]
fn a_repository_inside_the_source() {
    let sandbox = Sandbox::new();
    let source = sandbox.source("source", &[("a", b"one"), ("backups/notes", b"kept")]);
    let keepstead = sandbox.repository("source/backups/repository");
    for _ in 0..2 {
        let outcome = keepstead.run_backup(&source, &[]).succeeds();
        let said = format!("{}{}", outcome.stdout, outcome.stderr);
        let repository = shown(keepstead.repository());
        assert!(said.contains(&repository), "what is left out is said: {outcome}");
        let listing = keepstead.run("ls", ["latest"]).succeeds().stdout;
        assert!(listing.contains("backups/notes"), "{listing}");
        assert!(!listing.contains("backups/repository/config"), "{listing}");
    }
    keepstead.check();
}

#[test]
fn the_repository_itself_as_the_source() {
    let (_sandbox, keepstead) = ready();
    let repository = keepstead.repository().to_path_buf();
    for source in [repository.clone(), repository.join("data"), repository.join("config")] {
        let refused = refusal(keepstead.run_backup(&source, &[]));
        refused.names(&shown(&source));
    }
    assert_eq!(keepstead.snapshots(), [""; 0]);
}
