//! Restores in a process of their own: with few file handles, and as someone
//! who may do little.

use crate::{
    common,
    forge::{Forge, file, folder, tree},
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::Path,
    process::Command,
    sync::Arc,
};
use storage::Cancel;
use vault::{
    Error, Existing, Progress, Repository, RestoreOptions, RestoreReport, SkipReason,
    TargetProblem, format::Snapshot,
};

const NOBODY: u32 = 65_534;
const CHILD: &str = "KEEPSTEAD_TEST_CHILD";

/// Runs the test of this name once more in a process of its own, prepared by
/// `prepare`; `false` in that process.
fn handed_over(test: &str, prepare: impl FnOnce(&mut Command)) -> bool {
    if std::env::var_os(CHILD).is_some() {
        return false;
    }
    // Another user may not be let into the folder that this was built in.
    let open_to_all = tempfile::tempdir().unwrap();
    fs::set_permissions(open_to_all.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = open_to_all.path().join("test");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mut child = Command::new(program);
    child.args(["--exact", &full(test), "--nocapture"]).env(CHILD, "1").current_dir("/");
    prepare(&mut child);
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}\n{errors}");
    true
}

/// The name of a test of this file among all of the program.
fn full(test: &str) -> String {
    format!("restore_process::{test}")
}

/// A process that is killed when this is dropped.
struct Killed(std::process::Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn restore(
    repository: &Repository,
    snapshot: &Snapshot,
    target: &Path,
    existing: Existing,
) -> vault::Result<RestoreReport> {
    let cancel = Cancel::new();
    let options =
        RestoreOptions { target: target.to_owned(), existing, ..RestoreOptions::default() };
    let plan = repository.plan_restore(snapshot, &options, &cancel).await?;
    repository.restore(&plan, &Arc::new(Progress::default()), &cancel).await
}

async fn forged(trees: &[String], contents: &[&[u8]]) -> (Arc<Repository>, Snapshot) {
    let (forge, repository) = Forge::new().await;
    let id = forge.put_all(trees, contents);
    let snapshot = repository.snapshot(&id, &Cancel::new()).await.unwrap();
    (repository, snapshot)
}

#[tokio::test(flavor = "multi_thread")]
async fn few_file_handles_are_enough() {
    if handed_over("few_file_handles_are_enough", |_| {}) {
        return;
    }
    let limit = Rlimit { current: Some(256), ..getrlimit(Resource::Nofile) };
    setrlimit(Resource::Nofile, limit).unwrap();
    // Every one of 600 files is open at once, were it not for the limit: the
    // parts of each lie far from one another. They lie in 600 folders, which
    // lie 60 deep.
    let parts: Vec<Vec<u8>> = (0..4).map(|seed| common::noise(70_000, seed)).collect();
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    let leaf = tree(&[file("file", &parts)]);
    let names: Vec<String> = (0..600).map(|number| format!("{number:03}")).collect();
    let wide = tree(&names.iter().map(|name| folder(name, &leaf)).collect::<Vec<_>>());
    let mut trees = vec![leaf, wide];
    for _ in 0..60 {
        trees.push(tree(&[folder("deeper", trees.last().unwrap())]));
    }
    trees.reverse();
    let (repository, snapshot) = forged(&trees, &parts).await;
    let target = tempfile::tempdir().unwrap();
    let report = restore(&repository, &snapshot, target.path(), Existing::Refuse).await.unwrap();
    assert_eq!((report.files, report.skipped.len()), (600, 0));
    let deep: String = "deeper/".repeat(60);
    let restored = fs::read(target.path().join(deep).join("599/file")).unwrap();
    assert!(restored == parts.concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_user_gets_what_an_ordinary_user_may_have() {
    let root = rustix::process::geteuid().is_root();
    let test = "an_ordinary_user_gets_what_an_ordinary_user_may_have";
    if handed_over(test, |child| {
        if root {
            child.uid(NOBODY).gid(NOBODY).env_remove("TMPDIR").env("HOME", "/");
        }
    }) {
        return;
    }
    let me = rustix::process::geteuid().as_raw();
    let owned = |name: &str, uid: u32, mode: u32| {
        let mut node = file(name, &[b"text"]);
        node["uid"] = json!(uid);
        node["gid"] = json!(if uid == me { rustix::process::getegid().as_raw() } else { 0 });
        node["mode"] = json!(mode);
        node
    };
    let setuid = 1 << 23;
    let mut device = owned("device", me, 0o600 | 1 << 26 | 1 << 21);
    device["type"] = json!("chardev");
    device["content"] = json!(null);
    device["device"] = json!(259);
    let mut trusted = owned("trusted", me, 0o444);
    trusted["extended_attributes"] = json!([{ "name": "trusted.x", "value": "eA==" }]);
    let locked = tree(&[owned("inside", me, 0o600)]);
    let mut locked_node = folder("locked", &locked);
    locked_node["mode"] = json!(0o500_u32 | 1 << 31);
    let top = tree(&[
        device,
        owned("foreign setuid", 0, 0o755 | setuid),
        locked_node,
        owned("own setuid", me, 0o755 | setuid),
        trusted,
    ]);
    let (repository, snapshot) = forged(&[top, locked], &[b"text"]).await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target");
    let report = restore(&repository, &snapshot, &target, Existing::Refuse).await.unwrap();
    let skipped: Vec<_> =
        report.skipped.iter().map(|s| (s.path.to_str().unwrap(), s.reason)).collect();
    assert_eq!(skipped, [("/device", SkipReason::PermissionDenied)]);
    let mode = |name: &str| fs::metadata(target.join(name)).unwrap().mode() & 0o7777;
    assert_eq!(mode("own setuid"), 0o4755);
    assert_eq!(mode("foreign setuid"), 0o755, "nobody else's program runs as this user");
    assert_eq!(mode("trusted"), 0o444);
    assert_eq!(mode("locked"), 0o500);
    assert_eq!(fs::read(target.join("locked/inside")).unwrap(), b"text");

    // What lies in a folder that cannot be written to stays, and is listed.
    let report = restore(&repository, &snapshot, &target, Existing::Overwrite).await.unwrap();
    let skipped: Vec<_> =
        report.skipped.iter().map(|s| (s.path.to_str().unwrap(), s.reason)).collect();
    assert_eq!(
        skipped,
        [
            ("/device", SkipReason::PermissionDenied),
            ("/locked/inside", SkipReason::PermissionDenied)
        ]
    );
    assert_eq!(fs::read(target.join("locked/inside")).unwrap(), b"text");
    let left: Vec<_> = fs::read_dir(&target).unwrap().collect();
    assert_eq!(left.len(), 4, "no temporary file is left");

    // A target that is not ours.
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o500)).unwrap();
    for target in [closed.clone(), closed.join("new/folder")] {
        let refused = restore(&repository, &snapshot, &target, Existing::Refuse).await;
        let Err(Error::Target { problem, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(problem, TargetProblem::NotWritable("permission denied".into()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_costs_only_what_does_not_fit() {
    // A process that others start beside it holds a file for a moment that is
    // given up, and with it the room of the small one.
    let test = "a_full_disk_costs_only_what_does_not_fit";
    if !rustix::process::geteuid().is_root() || handed_over(test, |_| {}) {
        return;
    }
    let large = common::noise(6 << 20, 1);
    let top = tree(&[file("large", &[&large]), file("small", &[b"text"])]);
    let (repository, snapshot) = forged(&[top], &[&large, b"text"]).await;
    let folder = tempfile::tempdir().unwrap();
    let disk = tests::mount::SmallDisk::mount(&folder.path().join("disk"), 4);
    let target = folder.path().join("disk/target");
    let report = restore(&repository, &snapshot, &target, Existing::Refuse).await.unwrap();
    let skipped: Vec<_> =
        report.skipped.iter().map(|s| (s.path.to_str().unwrap(), s.reason)).collect();
    assert_eq!(skipped, [("/large", SkipReason::OutOfSpace)]);
    let left: Vec<_> =
        fs::read_dir(&target).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["small"]);
    drop(disk);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_user_restores_in_place_where_only_some_folders_are_theirs() {
    let root = rustix::process::geteuid().is_root();
    let test = "an_ordinary_user_restores_in_place_where_only_some_folders_are_theirs";
    if handed_over(test, |child| {
        if root {
            child.uid(NOBODY).gid(NOBODY).env_remove("TMPDIR").env("HOME", "/");
        }
    }) {
        return;
    }
    let me = tree(&[file("letter", &[b"text"])]);
    let home = tree(&[folder("me", &me)]);
    let top = tree(&[folder("home", &home)]);
    let (repository, snapshot) = forged(&[top, home, me], &[b"text"]).await;
    let base = tempfile::tempdir().unwrap();
    let own = base.path().join("home/me");
    fs::create_dir_all(&own).unwrap();
    for closed in [base.path().join("home"), base.path().to_owned()] {
        fs::set_permissions(closed, fs::Permissions::from_mode(0o555)).unwrap();
    }
    let options = RestoreOptions {
        target: base.path().to_owned(),
        existing: Existing::KeepBoth,
        include: vec!["/home/me/letter".into()],
        in_place: true,
        ..RestoreOptions::default()
    };
    let cancel = Cancel::new();
    let plan = repository.plan_restore(&snapshot, &options, &cancel).await.unwrap();
    let progress = Arc::new(Progress::default());
    let report = repository.restore(&plan, &progress, &cancel).await.unwrap();
    assert_eq!((report.files, report.skipped.len()), (1, 0), "{report:?}");
    assert_eq!(fs::read(own.join("letter")).unwrap(), b"text");
    // Without it the target itself has to be writable.
    let refused = restore(&repository, &snapshot, base.path(), Existing::Keep).await;
    assert!(matches!(refused, Err(Error::Target { .. })), "{refused:?}");
    for opened in [base.path().to_owned(), base.path().join("home")] {
        fs::set_permissions(opened, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_restore_has_left_goes_with_the_next_one() {
    const TARGET: &str = "KEEPSTEAD_TEST_TARGET";
    let parts = [common::noise(5 << 20, 1), common::noise(5 << 20, 2)];
    let contents: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    let inner = tree(&[file("large", &contents), file("small", &[&contents[0][..10]])]);
    let top = tree(&[folder("folder", &inner)]);
    let trees = [top, inner];
    let contents = [contents[0], contents[1], &contents[0][..10]];
    if let Some(target) = std::env::var_os(TARGET) {
        let (forge, _) = Forge::new().await;
        let id = forge.put_all(&trees, &contents);
        let store =
            storage::FaultStore::new(storage::MemoryStore::from_snapshot(forge.store.snapshot()));
        let store = Arc::new(store);
        let repository = common::open(store.clone(), common::ambient(&common::clock(), 5)).await;
        let snapshot = repository.snapshot(&id, &Cancel::new()).await.unwrap();
        let slow = storage::fault::Effect::Delay(std::time::Duration::from_secs(60));
        let options = RestoreOptions { target: target.into(), ..RestoreOptions::default() };
        let options = RestoreOptions { existing: Existing::Overwrite, ..options };
        let plan = repository.plan_restore(&snapshot, &options, &Cancel::new()).await.unwrap();
        let fault = storage::fault::Fault::new(slow).on(storage::fault::Operation::Get);
        store.plan(Some(fault.below("data/").from_nth(4)));
        let progress = Arc::new(Progress::default());
        repository.restore(&plan, &progress, &Cancel::new()).await.unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target");
    fs::create_dir_all(target.join("folder")).unwrap();
    fs::write(target.join("folder/large"), "the old one").unwrap();
    let test = "what_a_killed_restore_has_left_goes_with_the_next_one";
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &full(test), "--nocapture"])
        .env(TARGET, &target)
        .spawn()
        .unwrap();
    let child = Killed(child);
    let names = || -> Vec<String> {
        let entries = fs::read_dir(target.join("folder")).unwrap();
        let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        entries.map(|entry| name(entry.unwrap())).collect()
    };
    let unfinished = || names().iter().any(|name| name.starts_with(".keepstead-restore-"));
    let begun = std::time::Instant::now();
    while !unfinished() {
        assert!(begun.elapsed().as_secs() < 20, "{:?}", names());
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    // One that runs is let alone.
    let (repository, snapshot) = forged(&trees, &contents).await;
    restore(&repository, &snapshot, &target, Existing::Keep).await.unwrap();
    assert!(unfinished(), "{:?}", names());
    drop(child);
    assert_eq!(fs::read(target.join("folder/large")).unwrap(), b"the old one");
    let report = restore(&repository, &snapshot, &target, Existing::Overwrite).await.unwrap();
    assert_eq!((report.files, report.skipped.len()), (2, 0));
    let mut left = names();
    left.sort();
    assert_eq!(left, ["large", "small"]);
    assert!(fs::read(target.join("folder/large")).unwrap() == parts.concat());
}
