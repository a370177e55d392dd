//! Restoring beside what is there, and to where files came from.

use crate::{
    common::{ambient, clock, contents_on_disk, noise, open},
    forge::{Forge, file, folder, link, tree},
};
use std::{
    fs,
    os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use storage::{
    Cancel, FaultStore,
    fault::{Effect, Fault, Operation},
};
use vault::{
    Error, Existing, Outcome, Progress, Repository, RestoreOptions, RestorePlan, RestoreReport,
    SkipReason, TargetProblem, format::Snapshot,
};

const LABEL: &str = "backup of 2026-01-02";

/// A snapshot, and a folder in which targets are laid out.
struct Fixture {
    repository: Arc<Repository>,
    snapshot: Snapshot,
    forge: Forge,
    base: PathBuf,
    _folder: tempfile::TempDir,
}

impl Fixture {
    async fn new(trees: &[String], contents: &[&[u8]]) -> Self {
        let (forge, repository) = Forge::new().await;
        let id = forge.put_all(trees, contents);
        let snapshot = repository.snapshot(&id, &Cancel::new()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().canonicalize().unwrap();
        Self { repository, snapshot, forge, base, _folder: folder }
    }

    /// `/home/me/Documents` with `a.txt`, `b.txt` and `sub/c.txt`, and
    /// `/home/me/link`.
    async fn usual() -> Self {
        let sub = tree(&[file("c.txt", &[b"of c"])]);
        let documents =
            tree(&[file("a.txt", &[b"of a"]), file("b.txt", &[b"of b"]), folder("sub", &sub)]);
        let me = tree(&[folder("Documents", &documents), link("link", "there")]);
        let home = tree(&[folder("me", &me)]);
        let root = tree(&[folder("home", &home)]);
        let trees = [root, home, me, documents, sub];
        Self::new(&trees, &[b"of a", b"of b", b"of c"]).await
    }

    fn target(&self) -> PathBuf {
        self.base.join("target")
    }

    fn options(&self, existing: Existing) -> RestoreOptions {
        RestoreOptions {
            target: self.target(),
            existing,
            label: LABEL.to_owned(),
            ..RestoreOptions::default()
        }
    }

    fn in_place(&self, existing: Existing, include: &[&str]) -> RestoreOptions {
        let include = include.iter().map(|&text| text.into()).collect();
        RestoreOptions { in_place: true, include, ..self.options(existing) }
    }

    async fn plan(&self, options: &RestoreOptions) -> vault::Result<RestorePlan> {
        self.repository.plan_restore(&self.snapshot, options, &Cancel::new()).await
    }

    async fn execute(&self, plan: &RestorePlan) -> RestoreReport {
        let progress = Arc::new(Progress::default());
        let report = self.repository.restore(plan, &progress, &Cancel::new()).await.unwrap();
        assert!(progress.files_done.get() <= progress.files_total.get());
        assert!(progress.bytes_done.get() <= progress.bytes_total.get());
        report
    }

    async fn restore(&self, options: &RestoreOptions) -> RestoreReport {
        let plan = self.plan(options).await.unwrap();
        self.execute(&plan).await
    }

    fn write(&self, path: &str, bytes: &str) -> PathBuf {
        let path = self.target().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// All files below the target with their contents.
    fn found(&self) -> Vec<(String, String)> {
        let found = contents_on_disk(&self.target()).into_iter();
        let below = |path: PathBuf| path.strip_prefix(self.target()).unwrap().display().to_string();
        found.map(|(path, bytes)| (below(path), String::from_utf8(bytes).unwrap())).collect()
    }
}

fn skipped(report: &RestoreReport) -> Vec<(&str, SkipReason)> {
    report.skipped.iter().map(|s| (s.path.to_str().unwrap(), s.reason)).collect()
}

fn renamed(report: &RestoreReport) -> Vec<(&str, &str)> {
    assert_eq!(report.renamed_count, report.renamed.len() as u64);
    report.renamed.iter().map(|r| (r.path.to_str().unwrap(), r.name.to_str().unwrap())).collect()
}

fn pair(path: &str, text: &str) -> (String, String) {
    (path.to_owned(), text.to_owned())
}

const DOCUMENTS: &str = "home/me/Documents";

#[tokio::test(flavor = "multi_thread")]
async fn both_are_kept_unless_they_are_the_same() {
    let fixture = Fixture::usual().await;
    let mine = fixture.write("home/me/Documents/a.txt", "mine");
    fixture.write("home/me/Documents/b.txt", "of b");
    fs::set_permissions(&mine, fs::Permissions::from_mode(0o640)).unwrap();
    let before = fs::metadata(&mine).unwrap();
    let parent = fixture.target().join("home/me");
    fs::set_permissions(&parent, fs::Permissions::from_mode(0o710)).unwrap();
    let options = fixture.options(Existing::KeepBoth);
    let plan = fixture.plan(&options).await.unwrap();
    assert_eq!((plan.files, plan.conflicts), (3, 2));
    let kept: RestorePlan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(kept, plan);
    let report = fixture.execute(&plan).await;
    let given = "a (backup of 2026-01-02).txt";
    assert_eq!(renamed(&report), [("/home/me/Documents/a.txt", given)]);
    assert_eq!((report.files, report.kept, report.others, skipped(&report)), (2, 1, 1, vec![]));
    assert_eq!(report.outcome(), Outcome::Succeeded);
    let after = fs::metadata(&mine).unwrap();
    let all = [
        pair(&format!("{DOCUMENTS}/{given}"), "of a"),
        pair(&format!("{DOCUMENTS}/a.txt"), "mine"),
        pair(&format!("{DOCUMENTS}/b.txt"), "of b"),
        pair(&format!("{DOCUMENTS}/sub/c.txt"), "of c"),
    ];
    assert_eq!(fixture.found(), all);
    assert_eq!(
        (after.mode(), after.ino(), after.mtime_nsec(), after.ctime_nsec(), after.atime_nsec()),
        (
            before.mode(),
            before.ino(),
            before.mtime_nsec(),
            before.ctime_nsec(),
            before.atime_nsec()
        )
    );
    assert_eq!(fs::metadata(&parent).unwrap().mode() & 0o7777, 0o710, "folders stay as they were");
    // What is restored has what was recorded.
    let beside = fs::metadata(fixture.target().join(DOCUMENTS).join(given)).unwrap();
    assert_eq!((beside.mtime(), beside.mode() & 0o7777), (1_580_702_706, 0o644));

    // The same once more finds everything where it is.
    let again = fixture.restore(&options).await;
    assert_eq!((again.files, again.others, again.kept), (0, 0, 4));
    assert_eq!(renamed(&again), [("/home/me/Documents/a.txt", given)]);
    assert_eq!(fixture.found(), all);
    // A name that is taken by something else is left alone as well.
    fixture.write(&format!("{DOCUMENTS}/{given}"), "notes");
    let report = fixture.restore(&options).await;
    let second = "a (backup of 2026-01-02) 2.txt";
    assert_eq!(renamed(&report), [("/home/me/Documents/a.txt", second)]);
    assert_eq!(fs::read(fixture.target().join(DOCUMENTS).join(second)).unwrap(), b"of a");
    assert_eq!(fs::read(fixture.target().join(DOCUMENTS).join(given)).unwrap(), b"notes");
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_are_compared_and_neither_dates_nor_lengths() {
    let big = noise(3 << 20, 1);
    let (first, second) = big.split_at(1 << 20);
    let top = tree(&[file("big", &[first, second]), file("empty", &[])]);
    let fixture = Fixture::new(&[top], &[first, second]).await;
    fs::create_dir(fixture.target()).unwrap();
    let options = fixture.options(Existing::KeepBoth);
    fs::write(fixture.target().join("big"), &big).unwrap();
    fs::write(fixture.target().join("empty"), "").unwrap();
    let plan = fixture.plan(&options).await.unwrap();
    let progress = Arc::new(Progress::default());
    let report = fixture.repository.restore(&plan, &progress, &Cancel::new()).await.unwrap();
    assert_eq!((report.files, report.kept, renamed(&report)), (0, 2, vec![]));
    assert_eq!(progress.bytes_moved.get(), 0, "what is the same is not read");
    assert_eq!(progress.bytes_done.get(), progress.bytes_total.get());
    for at in [0, 1 << 20, big.len() - 1] {
        let mut other = big.clone();
        other[at] ^= 1;
        fs::write(fixture.target().join("big"), &other).unwrap();
        let given = fixture.target().join("big (backup of 2026-01-02)");
        let _ = fs::remove_file(&given);
        let report = fixture.restore(&options).await;
        assert_eq!((report.files, report.kept, report.renamed_count), (1, 1, 1), "{at}");
        assert!(
            fs::read(&given).unwrap() == big
                && fs::read(fixture.target().join("big")).unwrap() == other
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_that_differ_come_beside_each_other() {
    let sub = tree(&[file("inside", &[b"inside"])]);
    let mut pipe = file("pipe", &[]);
    pipe["type"] = "fifo".into();
    pipe["mode"] = (0o600_u32 | 1 << 25).into();
    let top = tree(&[
        file("file", &[b"file"]),
        link("link", "there"),
        pipe,
        link("same", "there"),
        folder("sub.d", &sub),
    ]);
    let fixture = Fixture::new(&[top, sub], &[b"file", b"inside"]).await;
    let target = fixture.target();
    fixture.write("file/precious", "precious");
    fixture.write("sub.d", "in the way");
    fixture.write("pipe", "no pipe");
    symlink("elsewhere", target.join("link")).unwrap();
    symlink("there", target.join("same")).unwrap();
    let report = fixture.restore(&fixture.options(Existing::KeepBoth)).await;
    let beside = |name: &str| format!("{name} ({LABEL})");
    let expected: Vec<(String, String)> = ["file", "link", "pipe", "sub.d"]
        .iter()
        .map(|n| pair(&format!("/{n}"), &beside(n)))
        .collect();
    let given: Vec<_> = renamed(&report).into_iter().map(|(path, name)| pair(path, name)).collect();
    assert_eq!(given, expected);
    assert_eq!((report.files, report.others, report.folders, report.kept), (2, 2, 1, 1));
    assert_eq!(skipped(&report), []);
    assert_eq!(fs::read(target.join(beside("file"))).unwrap(), b"file");
    assert_eq!(fs::read_link(target.join(beside("link"))).unwrap(), Path::new("there"));
    assert!(fs::metadata(target.join(beside("pipe"))).unwrap().file_type().is_fifo());
    assert_eq!(fs::read(target.join(beside("sub.d")).join("inside")).unwrap(), b"inside");
    assert_eq!(fs::read(target.join("file/precious")).unwrap(), b"precious");
    assert_eq!(fs::read(target.join("sub.d")).unwrap(), b"in the way");
    assert_eq!(fs::read_link(target.join("link")).unwrap(), Path::new("elsewhere"));
    // A folder that is in the way of a folder's new name is not one to mix with.
    let report = fixture.restore(&fixture.options(Existing::KeepBoth)).await;
    assert!(target.join(format!("{} 2/inside", beside("sub.d"))).exists(), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_one_inode_follow_the_name_that_was_given() {
    let hard = |name: &str| {
        let mut node = file(name, &[b"shared"]);
        (node["inode"], node["device_id"], node["links"]) = (7.into(), 3.into(), 3.into());
        node
    };
    let top = tree(&[hard("a"), hard("b"), hard("c")]);
    let fixture = Fixture::new(&[top], &[b"shared"]).await;
    let target = fixture.target();
    let inode = |name: &str| fs::metadata(target.join(name)).unwrap().ino();
    let given = "a (backup of 2026-01-02)";

    fixture.write("a", "mine");
    let report = fixture.restore(&fixture.options(Existing::KeepBoth)).await;
    assert_eq!((report.files, renamed(&report)), (3, vec![("/a", given)]));
    assert_eq!((inode(given), inode(given)), (inode("b"), inode("c")));

    // One that is the same already is not linked to: it is someone else's.
    fs::remove_dir_all(&target).unwrap();
    fixture.write("a", "shared");
    fixture.write("c", "other");
    let report = fixture.restore(&fixture.options(Existing::KeepBoth)).await;
    let third = "c (backup of 2026-01-02)";
    assert_eq!((report.files, report.kept, renamed(&report)), (2, 1, vec![("/c", third)]));
    assert_eq!(inode("b"), inode(third));
    assert_ne!(inode("a"), inode("b"));
    assert_eq!(fs::read(target.join("c")).unwrap(), b"other");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_appears_meanwhile_is_never_replaced() {
    for existing in [Existing::Refuse, Existing::Keep, Existing::KeepBoth] {
        let fixture = Fixture::usual().await;
        let options = fixture.options(existing);
        // Between the plan and its execution.
        let plan = fixture.plan(&options).await.unwrap();
        assert_eq!(plan.conflicts, 0);
        let mine = fixture.write("home/me/Documents/a.txt", "mine");
        let sub = fixture.write("home/me/Documents/sub", "a file now");
        let report = fixture.execute(&plan).await;
        assert_eq!(fs::read(&mine).unwrap(), b"mine", "{existing:?}");
        assert_eq!(fs::read(&sub).unwrap(), b"a file now", "{existing:?}");
        match existing {
            Existing::KeepBoth => {
                assert_eq!((report.files, report.renamed_count, skipped(&report)), (3, 2, vec![]));
            }
            Existing::Keep => {
                let lost = vec![("/home/me/Documents/sub", SkipReason::Exists)];
                assert_eq!((report.files, report.kept, skipped(&report)), (1, 1, lost));
            }
            _ => assert_eq!((report.files, report.skipped.len()), (1, 2)),
        }

        // While the contents are on their way.
        let fixture = Fixture::usual().await;
        let store =
            FaultStore::new(storage::MemoryStore::from_snapshot(fixture.forge.store.snapshot()));
        let store = Arc::new(store);
        let repository = open(store.clone(), ambient(&clock(), 5)).await;
        let options = fixture.options(existing);
        let cancel = Cancel::new();
        let plan = repository.plan_restore(&fixture.snapshot, &options, &cancel).await.unwrap();
        let slow = Effect::Delay(Duration::from_millis(400));
        store.plan(Some(Fault::new(slow).on(Operation::Get).below("data/")));
        let progress = Arc::new(Progress::default());
        let work = repository.restore(&plan, &progress, &cancel);
        let intrude = async {
            let there = fixture.target().join("home/me/Documents");
            while !there.exists() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            fs::write(there.join("a.txt"), "mine").unwrap();
            fs::write(there.join("b.txt"), "of b").unwrap();
        };
        let (report, ()) = tokio::join!(work, intrude);
        let report = report.unwrap();
        let there = fixture.target().join("home/me/Documents");
        assert_eq!(fs::read(there.join("a.txt")).unwrap(), b"mine", "{existing:?}");
        if existing == Existing::KeepBoth {
            assert_eq!((report.kept, report.renamed_count, skipped(&report)), (1, 1, vec![]));
        } else {
            assert_eq!(skipped(&report)[0], ("/home/me/Documents/a.txt", SkipReason::Exists));
        }
        assert!(fixture.found().iter().all(|(path, _)| !path.contains("keepstead-restore")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_place_links_that_stand_for_folders_are_followed() {
    for existing in [Existing::Refuse, Existing::Keep, Existing::KeepBoth, Existing::Overwrite] {
        let fixture = Fixture::usual().await;
        let target = fixture.target();
        // /home is /var/home now, and Documents lie on another disk.
        fs::create_dir_all(target.join("var/home/me")).unwrap();
        fs::create_dir_all(target.join("mnt/data/Documents")).unwrap();
        fs::set_permissions(target.join("var/home"), fs::Permissions::from_mode(0o711)).unwrap();
        symlink("var/home", target.join("home")).unwrap();
        let absolute = target.join("mnt/data/Documents");
        symlink(&absolute, target.join("var/home/me/Documents")).unwrap();
        let options = fixture.in_place(existing, &["/home/me/Documents/a.txt"]);
        let plan = fixture.plan(&options).await.unwrap();
        assert_eq!((plan.files, plan.folders, plan.conflicts), (1, 0, 0), "{existing:?}");
        let report = fixture.execute(&plan).await;
        assert_eq!((report.files, skipped(&report)), (1, vec![]), "{existing:?}");
        assert_eq!(fs::read(absolute.join("a.txt")).unwrap(), b"of a", "{existing:?}");
        assert!(target.join("home").is_symlink());
        assert!(target.join("var/home/me/Documents").is_symlink());
        let mode = fs::metadata(target.join("var/home")).unwrap().mode() & 0o7777;
        assert_eq!(mode, 0o711, "what is passed through stays as it is");

        // The folder itself.
        fs::write(absolute.join("a.txt"), "mine").unwrap();
        let options = fixture.in_place(existing, &["/home/me/Documents"]);
        let plan = fixture.plan(&options).await;
        if existing == Existing::Refuse {
            assert!(matches!(plan, Err(Error::Target { .. })));
            continue;
        }
        let plan = plan.unwrap();
        assert_eq!((plan.files, plan.folders, plan.conflicts), (3, 2, 1), "{existing:?}");
        let report = fixture.execute(&plan).await;
        assert_eq!(skipped(&report), [], "{existing:?}");
        let expected: &[u8] = if existing == Existing::Overwrite { b"of a" } else { b"mine" };
        assert_eq!(fs::read(absolute.join("a.txt")).unwrap(), expected);
        assert_eq!(fs::read(absolute.join("sub/c.txt")).unwrap(), b"of c");
        assert!(target.join("var/home/me/Documents").is_symlink());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_place_links_that_lead_nowhere_or_outside_stay() {
    for existing in [Existing::Keep, Existing::KeepBoth, Existing::Overwrite] {
        for leads in ["nowhere", "file", "../outside", "Documents"] {
            let fixture = Fixture::usual().await;
            let outside = fixture.base.join("outside");
            fs::create_dir(&outside).unwrap();
            fixture.write("home/me/file", "");
            let link = fixture.target().join("home/me/Documents");
            let leads = match leads {
                "../outside" => outside.clone(),
                other => other.into(),
            };
            symlink(&leads, &link).unwrap();
            let options = fixture.in_place(existing, &["/home/me/Documents"]);
            let report = fixture.restore(&options).await;
            assert_eq!(fs::read_link(&link).unwrap(), leads, "{existing:?}");
            assert_eq!(fs::read_dir(&outside).unwrap().count(), 0, "{existing:?}");
            if existing == Existing::KeepBoth {
                assert_eq!(skipped(&report), []);
                let given = "Documents (backup of 2026-01-02)";
                assert_eq!(renamed(&report), [("/home/me/Documents", given)]);
                let beside = fixture.target().join("home/me").join(given);
                assert_eq!(fs::read(beside.join("sub/c.txt")).unwrap(), b"of c");
            } else {
                assert_eq!(skipped(&report), [("/home/me/Documents", SkipReason::Exists)]);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_place_only_what_is_restored_gets_metadata() {
    for existing in [Existing::KeepBoth, Existing::Overwrite] {
        let fixture = Fixture::usual().await;
        let documents = fixture.target().join(DOCUMENTS);
        fs::create_dir_all(&documents).unwrap();
        let folders = ["home", "home/me", DOCUMENTS];
        let state = |name: &str| {
            let metadata = fs::metadata(fixture.target().join(name)).unwrap();
            (metadata.mode(), metadata.uid(), metadata.mtime(), metadata.mtime_nsec())
        };
        let before: Vec<_> = folders.map(state).to_vec();
        let options = fixture.in_place(existing, &["/home/me/Documents/sub"]);
        let report = fixture.restore(&options).await;
        assert_eq!((report.files, report.folders), (1, 1));
        let after: Vec<_> = folders.map(state).to_vec();
        assert_eq!(before[..2], after[..2], "{existing:?}");
        assert_eq!((before[2].0, before[2].1), (after[2].0, after[2].1), "{existing:?}");
        let sub = fs::metadata(documents.join("sub")).unwrap();
        assert_eq!((sub.mode() & 0o7777, sub.mtime()), (0o755, 1_580_702_706));
    }
}

/// A folder that was there has the times of the snapshot only when it is to be
/// as it was then: where something else is kept in it, it is not. That comes
/// last, after everything that comes into it.
#[tokio::test(flavor = "multi_thread")]
async fn folders_that_were_there_get_their_times_back_when_they_are_restored_over() {
    const THEN: i64 = 1_580_702_706;
    for existing in [Existing::Keep, Existing::KeepBoth, Existing::Overwrite] {
        let fixture = Fixture::usual().await;
        let documents = fixture.target().join(DOCUMENTS);
        fs::create_dir_all(documents.join("sub")).unwrap();
        let report = fixture.restore(&fixture.in_place(existing, &["/home/me/Documents"])).await;
        assert_eq!((report.files, skipped(&report)), (3, vec![]));
        for (folder, selected) in
            [("home/me", false), (DOCUMENTS, true), ("home/me/Documents/sub", true)]
        {
            let restored = selected && existing == Existing::Overwrite;
            let time = fs::metadata(fixture.target().join(folder)).unwrap().mtime();
            assert_eq!(time == THEN, restored, "{folder} with {existing:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_comes_into_a_folder_that_is_never_restored_to() {
    let modes = [Existing::Refuse, Existing::Keep, Existing::KeepBoth, Existing::Overwrite];
    for existing in modes {
        // The folder itself, one around it by another name, one within it.
        for way in ["itself", "link", "link within", "as a file"] {
            let fixture = Fixture::usual().await;
            let target = fixture.target();
            let never = target.join(if way == "itself" { DOCUMENTS } else { "mnt/destination" });
            fs::create_dir_all(never.join("sub")).unwrap();
            fs::create_dir_all(target.join("home/me")).unwrap();
            match way {
                "link" => symlink(&never, target.join(DOCUMENTS)).unwrap(),
                "link within" => symlink(never.join("sub"), target.join(DOCUMENTS)).unwrap(),
                _ => {}
            }
            if way == "as a file" {
                // An empty one that a file would take the place of.
                fs::create_dir_all(target.join(DOCUMENTS).join("a.txt")).unwrap();
            }
            let forbidden = if way == "as a file" {
                target.join(DOCUMENTS).join("a.txt")
            } else {
                never.clone()
            };
            let options = RestoreOptions {
                never: vec![forbidden, fixture.base.join("not there")],
                ..fixture.in_place(existing, &["/home/me"])
            };
            let inode = fs::metadata(&never).unwrap().ino();
            if way == "as a file" {
                if existing != Existing::Overwrite {
                    continue;
                }
                let report = fixture.restore(&options).await;
                let expected = [("/home/me/Documents/a.txt", SkipReason::Destination)];
                assert_eq!(skipped(&report), expected);
                assert!(target.join(DOCUMENTS).join("a.txt").is_dir());
                continue;
            }
            let plan = fixture.plan(&options).await.unwrap();
            assert_eq!(plan.left_out, [Path::new("/home/me/Documents")], "{existing:?} {way}");
            assert_eq!((plan.files, plan.others, plan.folders), (0, 1, 1), "{existing:?} {way}");
            let report = fixture.execute(&plan).await;
            let expected = [("/home/me/Documents", SkipReason::Destination)];
            assert_eq!(skipped(&report), expected, "{existing:?} {way}");
            assert_eq!((report.files, report.others), (0, 1), "{existing:?} {way}");
            assert_eq!(report.outcome(), Outcome::FinishedWithSkipped);
            assert_eq!(fs::read_dir(&never).unwrap().count(), 1, "{existing:?} {way}");
            assert_eq!(fs::read_dir(never.join("sub")).unwrap().count(), 0);
            assert_eq!(fs::metadata(&never).unwrap().ino(), inode);
            assert_eq!(fs::metadata(&never).unwrap().mode() & 0o7777, 0o755);

            // Something within it that was asked for is no unknown path.
            let options = RestoreOptions {
                never: vec![never.clone()],
                ..fixture.in_place(existing, &["/home/me/Documents/sub/c.txt"])
            };
            let plan = fixture.plan(&options).await.unwrap();
            assert_eq!((plan.files, plan.left_out.len()), (0, 1), "{existing:?} {way}");
            assert_eq!(skipped(&fixture.execute(&plan).await), expected, "{existing:?} {way}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_becomes_the_destination_after_the_plan_is_left_alone() {
    let fixture = Fixture::usual().await;
    let never = fixture.target().join("mnt/destination");
    fs::create_dir_all(&never).unwrap();
    fs::create_dir_all(fixture.target().join("home/me")).unwrap();
    let options = RestoreOptions {
        never: vec![never.clone()],
        ..fixture.in_place(Existing::Overwrite, &["/home/me"])
    };
    let plan = fixture.plan(&options).await.unwrap();
    assert_eq!((plan.files, plan.left_out.len()), (3, 0));
    symlink(&never, fixture.target().join(DOCUMENTS)).unwrap();
    let report = fixture.execute(&plan).await;
    assert_eq!(skipped(&report), [("/home/me/Documents", SkipReason::Destination)]);
    assert_eq!(fs::read_dir(&never).unwrap().count(), 0);
    // Neither may the target itself come to lie there.
    let never = fixture.base.clone();
    let plan = RestorePlan { never: vec![never.clone()], ..plan };
    let progress = Arc::new(Progress::default());
    let refused = fixture.repository.restore(&plan, &progress, &Cancel::new()).await;
    let Err(Error::Target { problem, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(problem, TargetProblem::InsideDestination(never));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_mounted_twice_is_one_folder() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    for within in ["", "sub"] {
        let fixture = Fixture::usual().await;
        let never = fixture.target().join("mnt/destination");
        fs::create_dir_all(never.join("sub")).unwrap();
        let documents = fixture.target().join(DOCUMENTS);
        fs::create_dir_all(&documents).unwrap();
        let mounted = tests::mount::SecondView::mount(&never.join(within), &documents);
        let options = RestoreOptions {
            never: vec![never.clone()],
            ..fixture.in_place(Existing::Overwrite, &["/home/me/Documents"])
        };
        let report = fixture.restore(&options).await;
        assert_eq!(skipped(&report), [("/home/me/Documents", SkipReason::Destination)]);
        assert_eq!(fs::read_dir(&never).unwrap().count(), 1);
        assert_eq!(fs::read_dir(never.join("sub")).unwrap().count(), 0);
        drop(mounted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_and_odd_names_are_kept_beside() {
    let long = "n".repeat(251) + ".txt";
    let top = tree(&[file(&long, &[b"long"]), file("\\xff.txt", &[b"odd"])]);
    let fixture = Fixture::new(&[top], &[b"odd", b"long"]).await;
    fixture.write(&long, "mine");
    let odd: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"\xff.txt");
    fs::write(fixture.target().join(odd), "mine").unwrap();
    let report = fixture.restore(&fixture.options(Existing::KeepBoth)).await;
    assert_eq!((report.files, report.renamed.len(), skipped(&report)), (2, 2, vec![]));
    for renamed in &report.renamed {
        use std::os::unix::ffi::OsStrExt;
        let name = renamed.name.as_os_str().as_bytes();
        assert!(name.len() <= 255 && name.ends_with(b" (backup of 2026-01-02).txt"));
        let bytes = fs::read(fixture.target().join(&renamed.name)).unwrap();
        let expected: &[u8] = if name.starts_with(b"\xff") { b"odd" } else { b"long" };
        assert_eq!(bytes, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_holds_little_more_can_be_restored_over() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    // Old and new together, for all files, would not fit.
    let parts: Vec<Vec<u8>> = (0..32).map(|seed| noise(6 << 20, seed)).collect();
    let contents: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    let names: Vec<String> = (0..16).map(|number| format!("{number:02}")).collect();
    let files: Vec<_> =
        names.iter().zip(contents.chunks(2)).map(|(name, two)| file(name, two)).collect();
    let fixture = Fixture::new(&[tree(&files)], &contents).await;
    let disk = tests::mount::SmallDisk::mount(&fixture.target(), 16 * 12 + 160);
    for name in &names {
        fs::write(fixture.target().join(name), vec![1; 12 << 20]).unwrap();
    }
    let report = fixture.restore(&fixture.options(Existing::Overwrite)).await;
    assert_eq!((report.files, skipped(&report)), (16, vec![]));
    for (name, two) in names.iter().zip(contents.chunks(2)) {
        assert!(fs::read(fixture.target().join(name)).unwrap() == two.concat());
    }
    drop(disk);
}
