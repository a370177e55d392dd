//! Repositories that are full, read-only, half there, or not for us.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rustix::process::Signal;
use serde_json::json;
use tests::{
    content,
    engine::Engine,
    forge::Forge,
    judge::{comes_back, restores},
    keepstead::{Keepstead, refusal},
    mount::SmallDisk,
    sandbox::Sandbox,
    watch::Watch,
};

/// A repository with one snapshot of a small source.
fn backed_up(name: &str) -> (Sandbox, Keepstead, PathBuf, String) {
    let sandbox = Sandbox::new();
    let source = sandbox.source("source", &[("a", b"one"), ("b/c", b"two")]);
    let keepstead = sandbox.repository(name);
    let snapshot = keepstead.backup(&source, false);
    (sandbox, keepstead, source, snapshot)
}

/// Every command that opens the repository.
const OPENING: [(&str, &[&str]); 5] = [
    ("list", &["--json"]),
    ("ls", &["latest", "--json"]),
    ("check", &["--json"]),
    ("check", &["--read-data", "--json"]),
    ("key", &["list", "--json"]),
];

/// Expects every command to be refused with one of `codes`.
#[track_caller]
fn all_refused(sandbox: &Sandbox, keepstead: &Keepstead, codes: &[&str]) {
    let source = sandbox.source("refused source", &[("a", b"one")]);
    for (verb, arguments) in OPENING {
        refusal(keepstead.run(verb, arguments)).has_code(codes);
    }
    refusal(keepstead.run_backup(&source, &[])).has_code(codes);
    let target = sandbox.path("refused target");
    refusal(keepstead.run_restore("latest", &target, &["--json"])).has_code(codes);
    assert!(!target.exists() || fs::read_dir(&target).expect("a folder").next().is_none());
}

#[test]
fn a_full_disk() {
    let sandbox = Sandbox::new();
    let _disk = SmallDisk::mount(&sandbox.path("disk"), 16);
    let keepstead = sandbox.repository("disk/repository");
    let source = sandbox.source("source", &[("a", &content::random(1, 2 << 20))]);
    let snapshot = keepstead.backup(&source, false);
    let large = sandbox.source("large", &[("a", &content::random(2, 60 << 20))]);
    refusal(keepstead.run_backup(&large, &[])).has_code(&["out_of_space"]);

    // Nothing is lost, and nothing half-written lies around.
    keepstead.check();
    restores(&sandbox, &keepstead, &snapshot, &source);
    assert_eq!(keepstead.snapshots().len(), 1);
    comes_back(&sandbox, &sandbox.new_restic("disk/repository"), &snapshot, &source);
    let small = sandbox.source("small", &[("b", b"fits")]);
    let snapshot = keepstead.backup(&small, false);
    restores(&sandbox, &keepstead, &snapshot, &small);
}

#[test]
fn a_disk_that_is_full_at_any_moment() {
    let sandbox = Sandbox::new();
    let _disk = SmallDisk::mount(&sandbox.path("disk"), 8);
    let keepstead = sandbox.repository("disk/repository");
    let source = sandbox.source("source", &[("a", &content::random(1, 1 << 20))]);
    let snapshot = keepstead.backup(&source, false);
    let filler = sandbox.path("disk/filler");
    for (round, room) in [0, 4, 12, 100, 520, 1_028, 1_036, 1_044, 1_052].into_iter().enumerate() {
        let mut full = fs::File::create(&filler).expect("a file");
        while full.write_all(&[1; 4 << 10]).is_ok() {}
        let size = full.metadata().expect("the filler").len();
        full.set_len(size.saturating_sub(room << 10)).expect("a little room");
        drop(full);
        let more = content::random(10 + round as u64, 1 << 20);
        let more = sandbox.source(&format!("more {round}"), &[("a", &more), ("b/c", b"small")]);
        let outcome = keepstead.run_backup(&more, &[]);
        fs::remove_file(&filler).expect("the filler");
        let restic = sandbox.new_restic("disk/repository");
        restic.check();
        keepstead.check();
        if outcome.code == Some(0) {
            let id = tests::keepstead::summary(&outcome)["snapshot_id"].clone();
            restores(&sandbox, &keepstead, id.as_str().expect("an id"), &more);
        } else {
            refusal(outcome).has_code(&["out_of_space"]);
        }
        // Room for the next round.
        for id in keepstead.snapshots().iter().filter(|id| **id != snapshot) {
            fs::remove_file(keepstead.repository().join("snapshots").join(id)).expect("a snapshot");
        }
        let _ = restic.run(["prune", "--max-unused", "0"]).succeeds();
    }
    restores(&sandbox, &keepstead, &snapshot, &source);
}

#[test]
fn a_disk_that_is_unplugged() {
    for mount_point_stays in [false, true] {
        let (sandbox, keepstead, source, snapshot) = backed_up("disk");
        let large = sandbox.source("large", &[("a", &content::random(3, 120 << 20))]);
        let (disk, away) = (keepstead.repository().to_path_buf(), sandbox.path("away"));
        let mut watch = Watch::new_files(&disk);
        let running = keepstead.start("backup", [large.as_os_str(), "--json".as_ref()]);
        watch.wait_for(|path| path.starts_with(disk.join("data")) && path.is_file());
        running.signal(Signal::STOP);
        fs::rename(&disk, &away).expect("a rename");
        if mount_point_stays {
            fs::create_dir(&disk).expect("a folder");
        }
        running.signal(Signal::CONT);
        let _ = refusal(tests::keepstead::presentable(running.finish()));
        // Nothing must be written to what is no longer the disk.
        assert_eq!(disk.exists(), mount_point_stays);
        if mount_point_stays {
            fs::remove_dir(&disk).expect("a folder that is still empty");
        }
        fs::rename(&away, &disk).expect("a rename");
        let _ = sandbox.new_restic("disk").run(["unlock"]).succeeds();
        comes_back(&sandbox, &keepstead, &snapshot, &source);
        comes_back(&sandbox, &sandbox.new_restic("disk"), &snapshot, &source);
    }
}

#[test]
fn a_disk_too_small_for_a_repository() {
    let sandbox = Sandbox::new();
    let _disk = SmallDisk::mount(&sandbox.path("disk"), 1);
    fs::write(sandbox.path("disk/filler"), vec![1; 1 << 20]).expect("a full disk");
    let keepstead = sandbox.keepstead("disk/repository");
    refusal(keepstead.run("init", ["--json"])).has_code(&["out_of_space"]);
    fs::remove_file(sandbox.path("disk/filler")).expect("room");
    // What was begun does not stand in the way.
    keepstead.init();
    keepstead.check();
}

#[test]
fn a_read_only_disk() {
    let sandbox = Sandbox::new();
    let disk = SmallDisk::mount(&sandbox.path("disk"), 16);
    let keepstead = sandbox.repository("disk/repository");
    let source = sandbox.source("source", &[("a", b"one")]);
    let snapshot = keepstead.backup(&source, false);
    disk.set_read_only(true);
    refusal(keepstead.run_backup(&source, &[])).has_code(&["read_only"]);
    // A disk that was made read-only because it is failing is just when a
    // restore is needed.
    assert_eq!(keepstead.list().as_array().map(Vec::len), Some(1));
    restores(&sandbox, &keepstead, &snapshot, &source);
    disk.set_read_only(false);
    comes_back(&sandbox, &keepstead, &snapshot, &source);
}

#[test]
fn a_repository_without_permission_to_write() {
    let sandbox = Sandbox::new();
    let repository = sandbox.path("repository");
    let source = sandbox.source("source", &[("a", b"one")]);
    let keepstead = sandbox.repository("repository").unprivileged();
    let set_modes = |folder: u32| modes(&repository, folder);
    sandbox.give_away(&repository);
    let snapshot = keepstead.backup(&source, false);
    set_modes(0o555);
    refusal(keepstead.run_backup(&source, &[])).has_code(&["read_only", "permission_denied"]);
    assert_eq!(keepstead.snapshots(), [snapshot.as_str()]);
    set_modes(0o755);
    keepstead.check();
}

#[test]
fn a_repository_without_permission_to_read() {
    let sandbox = Sandbox::new();
    let repository = sandbox.path("repository");
    let keepstead = sandbox.repository("repository");
    fs::set_permissions(&repository, fs::Permissions::from_mode(0o700)).expect("a mode");
    all_refused(&sandbox, &keepstead.unprivileged(), &["permission_denied"]);
    keepstead.check();
}

/// Sets the mode of all folders at `path` and below.
fn modes(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
    for entry in fs::read_dir(path).expect("a folder") {
        let entry = entry.expect("an entry");
        if entry.file_type().expect("a type").is_dir() {
            modes(&entry.path(), mode);
        }
    }
}

#[test]
fn no_repository() {
    let sandbox = Sandbox::new();
    let keepstead = sandbox.keepstead("nowhere");
    all_refused(&sandbox, &keepstead, &["not_a_repository"]);
    assert!(!keepstead.repository().exists(), "nothing is made by the way");

    let keepstead = sandbox.keepstead("empty");
    fs::create_dir(keepstead.repository()).expect("a folder");
    all_refused(&sandbox, &keepstead, &["not_a_repository"]);
    assert_eq!(fs::read_dir(keepstead.repository()).expect("a folder").count(), 0);
}

#[test]
fn a_file_in_place_of_a_repository() {
    let sandbox = Sandbox::new();
    let path = sandbox.source("somewhere", &[("file", b"precious")]).join("file");
    for name in ["somewhere/file", "somewhere/file/below"] {
        let keepstead = sandbox.keepstead(name);
        let refused = refusal(keepstead.run("init", ["--json"]));
        refused.names("somewhere/file");
        let _ = refusal(keepstead.run("list", ["--json"]));
    }
    assert_eq!(fs::read(path).expect("the file"), b"precious");
}

#[test]
fn a_repository_is_never_made_over_another() {
    let (sandbox, keepstead, source, snapshot) = backed_up("repository");
    refusal(keepstead.run("init", ["--json"])).has_code(&["repository_exists"]);
    comes_back(&sandbox, &keepstead, &snapshot, &source);

    // Not even over one whose configuration is lost: its data may be all there is.
    fs::remove_file(keepstead.repository().join("config")).expect("a configuration");
    let refused = refusal(keepstead.run("init", ["--json"]));
    refused.has_code(&["repository_exists", "repository_incomplete"]);
    assert_eq!(keepstead.snapshots(), [snapshot]);
}

#[test]
fn a_repository_half_made_or_half_lost() {
    for (lost, codes) in [
        ("config", ["repository_incomplete", "not_a_repository"]),
        ("keys", ["repository_incomplete", "repository_incomplete"]),
    ] {
        let (sandbox, keepstead, _, _) = backed_up("repository");
        let path = keepstead.repository().join(lost);
        let away = sandbox.path("away");
        fs::rename(&path, &away).expect("a rename");
        all_refused(&sandbox, &keepstead, &codes);
        if lost == "keys" {
            fs::create_dir(&path).expect("a folder");
            all_refused(&sandbox, &keepstead, &codes);
            fs::remove_dir(&path).expect("an empty folder");
        }
        fs::rename(&away, &path).expect("a rename");
        keepstead.check();
    }
}

#[test]
fn folders_that_are_still_empty_may_be_missing() {
    let (sandbox, keepstead, source, snapshot) = backed_up("repository");
    fs::remove_dir(keepstead.repository().join("locks")).expect("an empty folder");
    let again = keepstead.backup(&source, false);
    for snapshot in [snapshot, again] {
        comes_back(&sandbox, &keepstead, &snapshot, &source);
    }
}

#[test]
fn version_1() {
    let sandbox = Sandbox::new();
    let restic = sandbox.new_restic("repository");
    let _ = restic.run(["init", "--repository-version", "1"]).succeeds();
    let source = sandbox.source("source", &[("a", b"one")]);
    restic.backup(&source, false);
    let keepstead = sandbox.keepstead("repository");
    all_refused(&sandbox, &keepstead, &["unsupported_version"]);
    restic.check();
}

/// Expects `config` to be refused with one of `codes`.
#[track_caller]
fn config_refused(change: impl FnOnce(&mut serde_json::Value), codes: &[&str]) {
    let (sandbox, keepstead, source, snapshot) = backed_up("repository");
    let restic = sandbox.new_restic("repository");
    let forge = Forge::new(&restic);
    let good = restic.run(["cat", "config"]).succeeds().json();
    let mut bad = good.clone();
    change(&mut bad);
    forge.put_config(&bad);
    all_refused(&sandbox, &keepstead, codes);
    forge.put_config(&good);
    comes_back(&sandbox, &keepstead, &snapshot, &source);
}

#[test]
fn a_version_of_the_future() {
    config_refused(|config| config["version"] = json!(3), &["unsupported_version"]);
}

#[test]
fn a_version_that_is_no_version() {
    config_refused(|config| config["version"] = json!("two"), &["damaged"]);
    config_refused(|config| config["version"] = json!(0), &["unsupported_version", "damaged"]);
}

#[test]
fn a_polynomial_that_cuts_nowhere() {
    // Reducible, of a wrong degree, no number.
    for polynomial in [json!("3d5198be87e7b2"), json!("3"), json!("0"), json!("x"), json!(7)] {
        config_refused(|config| config["chunker_polynomial"] = polynomial, &["damaged"]);
    }
}

#[test]
fn a_configuration_with_more_in_it() {
    let (sandbox, keepstead, source, snapshot) = backed_up("repository");
    let restic = sandbox.new_restic("repository");
    let mut config = restic.run(["cat", "config"]).succeeds().json();
    config["something_of_the_future"] = json!({ "deep": [1, 2, 3] });
    Forge::new(&restic).put_config(&config);
    comes_back(&sandbox, &keepstead, &snapshot, &source);
}

#[test]
fn foreign_files_in_a_repository_are_left_alone() {
    let (sandbox, keepstead, source, snapshot) = backed_up("repository");
    let strangers =
        ["README.txt", "data/.DS_Store", "snapshots/.nfs0001", "index/x.tmp", "keys/.a"];
    for name in strangers {
        fs::write(keepstead.repository().join(name), "not ours").expect("a file");
    }
    keepstead.backup(&source, true);
    comes_back(&sandbox, &keepstead, &snapshot, &source);
    for name in strangers {
        assert!(keepstead.repository().join(name).exists(), "{name}");
    }
}
