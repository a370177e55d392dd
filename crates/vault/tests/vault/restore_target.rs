//! Where a restore writes, and where it never does.

use crate::{
    common::{back_up, in_memory},
    forge::{Forge, file, folder, link, tree},
};
use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
    sync::Arc,
};
use storage::Cancel;
use vault::{
    Error, Existing, Progress, Repository, RestoreOptions, RestorePlan, RestoreReport, SkipReason,
    TargetProblem,
    format::{Id, Snapshot},
};

async fn plan(
    repository: &Repository,
    snapshot: &Snapshot,
    target: &Path,
    existing: Existing,
    include: &[&str],
) -> vault::Result<RestorePlan> {
    let include = include.iter().map(|&text| text.into()).collect();
    let options = RestoreOptions {
        target: target.to_owned(),
        include,
        existing,
        ..RestoreOptions::default()
    };
    repository.plan_restore(snapshot, &options, &Cancel::new()).await
}

async fn restore(
    repository: &Repository,
    snapshot: &Snapshot,
    target: &Path,
    existing: Existing,
    include: &[&str],
) -> vault::Result<RestoreReport> {
    let plan = plan(repository, snapshot, target, existing, include).await?;
    repository.restore(&plan, &Arc::new(Progress::default()), &Cancel::new()).await
}

/// A repository with one forged snapshot, and a folder to restore to.
struct Fixture {
    repository: Arc<Repository>,
    snapshot: Snapshot,
    folder: tempfile::TempDir,
}

impl Fixture {
    async fn new(trees: &[String], contents: &[&[u8]]) -> Self {
        let (forge, repository) = Forge::new().await;
        let id = forge.put_all(trees, contents);
        let snapshot = repository.snapshot(&id, &Cancel::new()).await.unwrap();
        Self { repository, snapshot, folder: tempfile::tempdir().unwrap() }
    }

    /// `/home/text` and `/home/inner/deep`, and a link.
    async fn usual() -> Self {
        let inner = tree(&[file("deep", &[b"deep text"])]);
        let home = tree(&[folder("inner", &inner), link("link", "text"), file("text", &[b"text"])]);
        let root = tree(&[folder("home", &home)]);
        Self::new(&[root, home, inner], &[b"deep text", b"text"]).await
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("target")
    }

    async fn restore(&self, existing: Existing) -> vault::Result<RestoreReport> {
        restore(&self.repository, &self.snapshot, &self.target(), existing, &[]).await
    }

    async fn include(&self, include: &[&str]) -> vault::Result<RestoreReport> {
        let target = self.target();
        restore(&self.repository, &self.snapshot, &target, Existing::Refuse, include).await
    }

    /// All paths below the target.
    fn restored(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![self.target()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                found.push(path.strip_prefix(self.target()).unwrap().display().to_string());
                if path.symlink_metadata().unwrap().is_dir() {
                    open.push(path);
                }
            }
        }
        found.sort();
        found
    }
}

fn skipped(report: &RestoreReport) -> Vec<(String, SkipReason)> {
    report.skipped.iter().map(|s| (s.path.display().to_string(), s.reason)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_cannot_be_used_is_refused_before_anything_is_written() {
    let fixture = Fixture::usual().await;
    let base = fixture.folder.path().canonicalize().unwrap();
    fs::write(base.join("file"), "").unwrap();
    symlink("nowhere", base.join("dangling")).unwrap();
    let table = [
        ("file", "it is not a folder"),
        ("file/below", "it is not a folder"),
        ("dangling", "it is not a folder"),
        ("new/../other", "it cannot be written to: there is no such folder"),
    ];
    for (name, expected) in table {
        let target = base.join(name);
        let refused =
            plan(&fixture.repository, &fixture.snapshot, &target, Existing::Refuse, &[]).await;
        let Err(Error::Target { problem, path }) = refused else { panic!("{name}: {refused:?}") };
        assert_eq!((problem.to_string().as_str(), path), (expected, target));
    }
    let empty = Path::new("");
    let refused = plan(&fixture.repository, &fixture.snapshot, empty, Existing::Refuse, &[]).await;
    assert!(matches!(refused, Err(Error::Target { .. })), "{refused:?}");
    // To root everything seems writable until it is tried.
    let proc = Path::new("/proc/keepstead");
    let refused =
        restore(&fixture.repository, &fixture.snapshot, proc, Existing::Refuse, &[]).await;
    assert!(matches!(refused, Err(Error::Target { .. })), "{refused:?}");

    plan(&fixture.repository, &fixture.snapshot, &base.join("new/deep"), Existing::Refuse, &[])
        .await
        .unwrap();
    let mut left: Vec<_> =
        fs::read_dir(&base).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["dangling", "file"], "planning writes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_inside_the_source_is_refused_and_beside_it_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().canonicalize().unwrap();
    let source = base.join("source");
    fs::create_dir_all(source.join("sub")).unwrap();
    fs::write(source.join("sub/file"), "text").unwrap();
    let (_, repository) = in_memory().await;
    let snapshot = back_up(&repository, &source).await.unwrap().snapshot;
    symlink(&source, base.join("alias")).unwrap();
    for inside in ["source", "source/sub", "source/new", "alias/new", "alias"] {
        let refused = plan(&repository, &snapshot, &base.join(inside), Existing::Keep, &[]).await;
        let Err(Error::Target { problem, .. }) = refused else { panic!("{inside}: {refused:?}") };
        assert_eq!(problem, TargetProblem::InsideSource(source.clone()), "{inside}");
    }
    for outside in ["source2", "sour", "."] {
        plan(&repository, &snapshot, &base.join(outside), Existing::Keep, &[]).await.unwrap();
    }
    // Back to where it was.
    fs::remove_file(source.join("sub/file")).unwrap();
    let report =
        restore(&repository, &snapshot, Path::new("/"), Existing::Keep, &[]).await.unwrap();
    assert_eq!((report.files, skipped(&report)), (1, vec![]));
    assert_eq!(fs::read(source.join("sub/file")).unwrap(), b"text");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_made_with_the_folders_around_it() {
    let fixture = Fixture::usual().await;
    let target = fixture.folder.path().join("a/b/c");
    let options = RestoreOptions { target: target.clone(), ..RestoreOptions::default() };
    let plan =
        fixture.repository.plan_restore(&fixture.snapshot, &options, &Cancel::new()).await.unwrap();
    assert!(!plan.target_exists);
    assert_eq!((plan.files, plan.folders, plan.others, plan.bytes), (2, 2, 1, 13));
    // A plan can be shown, kept and taken up again.
    let kept: RestorePlan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(kept, plan);
    let report = fixture
        .repository
        .restore(&kept, &Arc::new(Progress::default()), &Cancel::new())
        .await
        .unwrap();
    assert_eq!((report.files, report.folders, report.others, report.bytes), (2, 2, 1, 13));
    assert_eq!(fs::read(target.join("home/text")).unwrap(), b"text");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_there_are_refused_kept_or_replaced() {
    let fixture = Fixture::usual().await;
    let home = fixture.target().join("home");
    let reset = || {
        let _ = fs::remove_dir_all(fixture.target());
        fs::create_dir_all(&home).unwrap();
        fs::write(home.join("text"), "mine").unwrap();
        symlink("elsewhere", home.join("link")).unwrap();
        fs::write(home.join("other"), "not in the backup").unwrap();
        fs::set_permissions(&home, fs::Permissions::from_mode(0o711)).unwrap();
    };
    let mode = || fs::metadata(&home).unwrap().mode() & 0o7777;

    reset();
    let refused = fixture.restore(Existing::Refuse).await;
    let Err(Error::Target { problem: TargetProblem::Exists { count, first }, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!((count, first), (2, fixture.target().canonicalize().unwrap().join("home/link")));
    assert!(!home.join("inner").exists());

    let report = fixture.restore(Existing::Keep).await.unwrap();
    assert_eq!((report.files, report.others, report.kept, skipped(&report)), (1, 0, 2, vec![]));
    assert_eq!(fs::read(home.join("text")).unwrap(), b"mine");
    assert_eq!(fs::read_link(home.join("link")).unwrap(), Path::new("elsewhere"));
    assert_eq!(fs::read(home.join("inner/deep")).unwrap(), b"deep text");
    assert_eq!(mode(), 0o711, "a folder that was there stays as it was");

    reset();
    let report = fixture.restore(Existing::Overwrite).await.unwrap();
    assert_eq!((report.files, report.others, report.kept, skipped(&report)), (2, 1, 0, vec![]));
    assert_eq!(fs::read(home.join("text")).unwrap(), b"text");
    assert_eq!(fs::read_link(home.join("link")).unwrap(), Path::new("text"));
    assert_eq!(fs::read(home.join("other")).unwrap(), b"not in the backup");
    assert_eq!(mode(), 0o755);
    assert_eq!(fixture.restored().len(), 6, "no temporary file is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_in_the_way_are_never_followed() {
    let modes = [Existing::Refuse, Existing::Keep, Existing::KeepBoth, Existing::Overwrite];
    for existing in modes {
        let fixture = Fixture::usual().await;
        let outside = fixture.folder.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("text"), "precious").unwrap();
        fs::create_dir_all(fixture.target().join("home")).unwrap();
        // A folder and a file of the snapshot both lead outside.
        symlink(&outside, fixture.target().join("home/inner")).unwrap();
        symlink(outside.join("text"), fixture.target().join("home/text")).unwrap();
        let result = fixture.restore(existing).await;
        match existing {
            Existing::Refuse => assert!(matches!(result, Err(Error::Target { .. }))),
            Existing::Keep => {
                let report = result.unwrap();
                let expected = vec![("/home/inner".to_owned(), SkipReason::Exists)];
                assert_eq!((report.kept, skipped(&report)), (1, expected));
            }
            Existing::KeepBoth => {
                let report = result.unwrap();
                assert_eq!((report.renamed_count, skipped(&report)), (2, vec![]));
                let home = fixture.target().join("home");
                assert_eq!(fs::read(home.join("inner 2/deep")).unwrap(), b"deep text");
                assert_eq!(fs::read(home.join("text 2")).unwrap(), b"text");
            }
            Existing::Overwrite => {
                assert_eq!(skipped(&result.unwrap()), []);
                let home = fixture.target().join("home");
                assert!(home.join("inner").symlink_metadata().unwrap().is_dir());
                assert!(home.join("text").symlink_metadata().unwrap().is_file());
            }
        }
        assert_eq!(fs::read(outside.join("text")).unwrap(), b"precious", "{existing:?}");
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 1, "{existing:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_never_replaces_a_folder_that_holds_anything() {
    let fixture = Fixture::usual().await;
    let text = fixture.target().join("home/text");
    fs::create_dir_all(&text).unwrap();
    fs::write(text.join("precious"), "").unwrap();
    let report = fixture.restore(Existing::Overwrite).await.unwrap();
    assert_eq!(skipped(&report), [("/home/text".to_owned(), SkipReason::Exists)]);
    assert!(text.join("precious").exists());
    fs::remove_file(text.join("precious")).unwrap();
    let report = fixture.restore(Existing::Overwrite).await.unwrap();
    assert_eq!(skipped(&report), []);
    assert_eq!(fs::read(&text).unwrap(), b"text");
    assert_eq!(fixture.restored().len(), 5, "no temporary file is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_of_a_snapshot_are_restored() {
    let table: [(&[&str], &[&str]); 7] = [
        (&["/home/inner"], &["home", "home/inner", "home/inner/deep"]),
        (&["/home/text"], &["home", "home/text"]),
        (&["deep"], &["home", "home/inner", "home/inner/deep"]),
        (&["t*t"], &["home", "home/text"]),
        (&["/home/inner", "link"], &["home", "home/inner", "home/inner/deep", "home/link"]),
        (
            &["/home", "/home/inner/deep"],
            &["home", "home/inner", "home/inner/deep", "home/link", "home/text"],
        ),
        (&["/"], &["home", "home/inner", "home/inner/deep", "home/link", "home/text"]),
    ];
    for (include, expected) in table {
        let fixture = Fixture::usual().await;
        let report = fixture.include(include).await.unwrap();
        assert_eq!(
            (fixture.restored(), skipped(&report)),
            (expected.iter().map(|&path| path.to_owned()).collect(), vec![])
        );
        let modified = fs::metadata(fixture.target().join("home")).unwrap().mtime();
        assert_eq!(modified, 1_580_702_706, "folders that are passed through get their times");
    }
    let fixture = Fixture::usual().await;
    for (include, missing) in [(&["/home/none"][..], "/home/none"), (&["deep", "*.x"], "*.x")] {
        let refused = fixture.include(include).await;
        assert!(matches!(&refused, Err(Error::NoSuchPath(path)) if path == missing), "{refused:?}");
    }
    assert!(matches!(fixture.include(&["["]).await, Err(Error::Pattern { .. })));
    assert!(!fixture.target().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_longer_than_the_system_takes_come_back() {
    let name = "n".repeat(200);
    let mut trees = vec![tree(&[file("bottom", &[b"far down"])])];
    for _ in 0..60 {
        let above = tree(&[folder(&name, trees.last().unwrap())]);
        trees.push(above);
    }
    trees.reverse();
    let fixture = Fixture::new(&trees, &[b"far down"]).await;
    let report = fixture.restore(Existing::Refuse).await.unwrap();
    assert_eq!((report.files, report.folders, skipped(&report)), (1, 60, vec![]));
    let mut folder = tests::folder::Folder::open(&fixture.target()).unwrap();
    for _ in 0..60 {
        folder = folder.enter(name.as_bytes()).unwrap();
    }
    assert_eq!(folder.stat(b"bottom").unwrap().st_size, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_one_inode_are_joined_again() {
    let hard = |name: &str, inode: u64| {
        let mut node = file(name, &[b"shared"]);
        node["inode"] = inode.into();
        node["device_id"] = 3.into();
        node["links"] = 2.into();
        node
    };
    let inner = tree(&[hard("b", 7), hard("d", 8)]);
    let root = tree(&[hard("a", 7), hard("c", 9), folder("inner", &inner)]);
    let fixture = Fixture::new(&[root, inner], &[b"shared"]).await;
    let report = fixture.restore(Existing::Refuse).await.unwrap();
    assert_eq!((report.files, report.bytes, skipped(&report)), (4, 18, vec![]));
    let inode = |path: &str| fs::metadata(fixture.target().join(path)).unwrap().ino();
    assert_eq!(inode("a"), inode("inner/b"));
    assert_ne!(inode("a"), inode("c"));
    assert_ne!(inode("c"), inode("inner/d"));

    // The first name is taken by something else: the second one stands alone.
    fs::remove_dir_all(fixture.target()).unwrap();
    fs::create_dir_all(fixture.target().join("a")).unwrap();
    fs::write(fixture.target().join("a/x"), "").unwrap();
    let report = fixture.restore(Existing::Overwrite).await.unwrap();
    assert_eq!(skipped(&report), [("/a".to_owned(), SkipReason::Exists)]);
    assert_eq!(fs::read(fixture.target().join("inner/b")).unwrap(), b"shared");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_target_hands_down_does_not_come_into_the_copy() {
    let fixture = Fixture::usual().await;
    fs::create_dir(fixture.target()).unwrap();
    let folder = tests::folder::Folder::open(fixture.folder.path()).unwrap();
    // An access list for whatever is made here: user 12345 may read and write.
    let mut list = 2_u32.to_le_bytes().to_vec();
    for (tag, permissions, id) in [
        (1_u16, 7_u16, u32::MAX),
        (2, 6, 12_345),
        (4, 5, u32::MAX),
        (16, 7, u32::MAX),
        (32, 0, u32::MAX),
    ] {
        list.extend_from_slice(&tag.to_le_bytes());
        list.extend_from_slice(&permissions.to_le_bytes());
        list.extend_from_slice(&id.to_le_bytes());
    }
    folder.set_xattr(b"target", "system.posix_acl_default", &list).unwrap();
    fixture.restore(Existing::Refuse).await.unwrap();
    let target = tests::folder::Folder::open(&fixture.target()).unwrap();
    let home = target.enter(b"home").unwrap();
    assert_eq!(target.xattrs(b"home").unwrap(), []);
    assert_eq!((home.xattrs(b"text").unwrap(), home.xattrs(b"inner").unwrap()), (vec![], vec![]));
    assert_eq!(fs::metadata(fixture.target().join("home/text")).unwrap().mode() & 0o7777, 0o644);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_shows_a_snapshot_in_order() {
    let fixture = Fixture::usual().await;
    let ls = async |path: Option<&str>, recursive| {
        let mut seen = Vec::new();
        let mut visit = |path: &Path, node: &vault::format::Node| {
            seen.push(format!("{} {}", path.display(), node.kind.as_str()));
        };
        let listed = fixture
            .repository
            .ls(&fixture.snapshot, path.map(Path::new), recursive, &mut visit, &Cancel::new())
            .await;
        listed.map(|()| seen)
    };
    assert_eq!(ls(None, false).await.unwrap(), ["/home dir"]);
    assert_eq!(
        ls(Some("/home/"), false).await.unwrap(),
        ["/home/inner dir", "/home/link symlink", "/home/text file"]
    );
    assert_eq!(
        ls(None, true).await.unwrap(),
        [
            "/home dir",
            "/home/inner dir",
            "/home/inner/deep file",
            "/home/link symlink",
            "/home/text file"
        ]
    );
    assert_eq!(ls(Some("home/text"), true).await.unwrap(), ["/home/text file"]);
    for none in ["/none", "/home/text/below"] {
        assert!(matches!(ls(Some(none), false).await, Err(Error::NoSuchPath(_))), "{none}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_tree_below_sound_ones_writes_nowhere_else() {
    // Names that a restore must refuse, each in a snapshot of its own.
    for name in ["..", ".", "", "../x", "/x", "a/../../x", "x\\x00y", "a/b"] {
        let hostile = tree(&[file(name, &[b"text"])]);
        let root = tree(&[folder("hostile", &hostile), file("sound", &[b"text"])]);
        let fixture = Fixture::new(&[root, hostile], &[b"text"]).await;
        let report = fixture.restore(Existing::Overwrite).await.unwrap();
        assert_eq!(skipped(&report), [("/hostile".to_owned(), SkipReason::Contents)], "{name:?}");
        assert_eq!(fixture.restored(), ["hostile", "sound"], "{name:?}");
        let around: Vec<_> = fs::read_dir(fixture.folder.path()).unwrap().collect();
        assert_eq!(around.len(), 1, "{name:?}");
    }
    // A folder's name is as dangerous as a file's.
    let inner = tree(&[file("x", &[b"text"])]);
    let hostile = tree(&[folder("..", &inner)]);
    let fixture = Fixture::new(&[hostile, inner], &[b"text"]).await;
    assert!(matches!(fixture.restore(Existing::Overwrite).await, Err(Error::Damaged { .. })));
    assert_eq!(fs::read_dir(fixture.folder.path()).unwrap().count(), 0);
    let _: Id = fixture.snapshot.tree;
}
