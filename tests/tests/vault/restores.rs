//! Where a restore may go, what it brings back, and what it leaves alone.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use tests::{
    compare::{Difference, Kind, Tolerance, assert_same, compare},
    content,
    engine::Engine,
    folder::Folder,
    keepstead::{Keepstead, Refusal, refusal},
    odd_tree::{OddTree, Reach},
    sandbox::{Sandbox, restored},
};

/// A snapshot of a source with files in several folders.
fn backed_up() -> (Sandbox, Keepstead, PathBuf, String) {
    let sandbox = Sandbox::new();
    let files: [(&str, &[u8]); 5] = [
        ("a", b"one"),
        ("folder/b", b"two"),
        ("folder/sub/c", b"three"),
        ("folder too/d", b"four"),
        ("large", &content::random(5, 3 << 20)),
    ];
    let source = sandbox.source("source", &files);
    let keepstead = sandbox.repository("repository");
    let snapshot = keepstead.backup(&source, false);
    (sandbox, keepstead, source, snapshot)
}

#[track_caller]
fn refused(keepstead: &Keepstead, snapshot: &str, target: &Path) -> Refusal {
    refusal(keepstead.run_restore(snapshot, target, &["--json"]))
}

#[test]
fn into_a_folder_that_is_made() {
    let (sandbox, keepstead, source, _) = backed_up();
    let target = sandbox.path("new/and/deep");
    keepstead.restore("latest", &target);
    assert_same(&source, &restored(&target, &source), Tolerance::default());
}

#[test]
fn by_the_start_of_its_id() {
    let (sandbox, keepstead, source, snapshot) = backed_up();
    let target = sandbox.path("target");
    keepstead.restore(&snapshot[..8], &target);
    assert_same(&source, &restored(&target, &source), Tolerance::default());
}

#[test]
fn of_no_snapshot() {
    let (sandbox, keepstead, _, _) = backed_up();
    let target = sandbox.path("target");
    for name in ["0000", "no id", "../config", "*", ""] {
        refused(&keepstead, name, &target).has_code(&["no_such_backup"]);
    }
    let empty = sandbox.keepstead("empty");
    empty.init();
    refused(&empty, "latest", &target).has_code(&["no_such_backup"]);
    assert!(!target.exists() || fs::read_dir(&target).expect("a folder").next().is_none());
}

#[test]
fn into_a_file() {
    let (sandbox, keepstead, _, snapshot) = backed_up();
    let file = sandbox.source("precious", &[("file", b"precious")]).join("file");
    refused(&keepstead, &snapshot, &file).names("precious/file");
    let _ = refused(&keepstead, &snapshot, &file.join("below"));
    assert_eq!(fs::read(&file).expect("the file"), b"precious");
}

#[test]
fn into_its_own_source() {
    let (sandbox, keepstead, source, snapshot) = backed_up();
    let before = keepstead.backup(&source, true);
    for target in [source.clone(), source.join("folder"), source.join("new"), source.join("x/../y")]
    {
        refused(&keepstead, &snapshot, &target).names("source");
    }
    symlink(source.join("folder"), sandbox.path("link")).expect("a link");
    refused(&keepstead, &snapshot, &sandbox.path("link")).names("source");
    refused(&keepstead, &snapshot, &sandbox.path("link/new")).names("source");
    assert!(!source.join("new").exists() && !source.join("x").exists());
    // A sibling whose name begins the same is no part of it.
    keepstead.restore(&before, &sandbox.path("source too"));
}

#[test]
fn into_a_folder_that_is_not_writable() {
    let (sandbox, keepstead, _, snapshot) = backed_up();
    sandbox.give_away(keepstead.repository());
    let keepstead = keepstead.unprivileged();
    let locked = sandbox.path("locked");
    fs::create_dir(&locked).expect("a folder");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).expect("a mode");
    for target in [locked.clone(), locked.join("new")] {
        refused(&keepstead, &snapshot, &target).names("locked");
    }
    assert_eq!(fs::read_dir(&locked).expect("a folder").count(), 0);
}

#[test]
fn by_a_user_who_may_not_set_owners() {
    let (sandbox, keepstead, source, snapshot) = backed_up();
    sandbox.give_away(keepstead.repository());
    let target = sandbox.path("target");
    fs::create_dir(&target).expect("a folder");
    sandbox.give_away(&target);
    // restic is silent about owners that only root could set.
    keepstead.unprivileged().restore(&snapshot, &target);
    let copy = restored(&target, &source);
    for name in ["a", "folder/b", "large"] {
        let [a, b] = [&source, &copy].map(|root| fs::read(root.join(name)).expect("a file"));
        assert!(a == b, "{name}");
    }
}

#[test]
fn of_the_odd_tree_by_a_user_without_rights() {
    let sandbox = Sandbox::new();
    let source = sandbox.path("source");
    let tree = OddTree { reach: Reach::Keepstead, sparse_size: 1 << 20, crowd: 5, seed: 4 };
    tree.build(&source).expect("the odd tree");
    let keepstead = sandbox.repository("repository");
    let snapshot = keepstead.backup(&source, false);
    sandbox.give_away(keepstead.repository());
    let target = sandbox.path("target");
    fs::create_dir(&target).expect("a folder");
    sandbox.give_away(&target);
    let outcome = keepstead.unprivileged().run_restore(&snapshot, &target, &["--json"]);
    assert!(matches!(outcome.code, Some(0 | 3)), "{outcome}");
    let tolerance = Tolerance { missing_sockets: true, ..Tolerance::default() };
    let differences = compare(&source, &restored(&target, &source), tolerance).expect("two trees");
    // What only root can set or make; everything else is as it was.
    let beyond_rights = |it: &Difference| match it.kind {
        Kind::Owner | Kind::Group => true,
        Kind::Mode => it.path.starts_with(b"modes/") || it.path.starts_with(b"owners/"),
        Kind::Missing => it.path.starts_with(b"special/"),
        Kind::Xattrs => it.original.contains("trusted.") || it.original.contains("security."),
        _ => false,
    };
    let unexpected: Vec<String> =
        differences.iter().filter(|it| !beyond_rights(it)).map(ToString::to_string).collect();
    assert_eq!(unexpected, [""; 0], "{outcome}");
}

#[test]
fn into_the_repository() {
    let (_sandbox, keepstead, source, snapshot) = backed_up();
    let repository = keepstead.repository().to_path_buf();
    for target in [repository.clone(), repository.join("data"), repository.join("new")] {
        refused(&keepstead, &snapshot, &target).names("repository");
        assert!(!restored(&target, &source).exists());
    }
    keepstead.check();
}

#[test]
fn beside_files_that_exist() {
    let (sandbox, keepstead, source, snapshot) = backed_up();
    let target = sandbox.path("target");
    let copy = restored(&target, &source);
    let prepare = || {
        let _ = fs::remove_dir_all(&target);
        fs::create_dir_all(copy.join("folder")).expect("a folder");
        fs::write(copy.join("folder/b"), "mine").expect("a file");
        fs::write(copy.join("stranger"), "mine too").expect("a file");
    };
    let read = |name: &str| fs::read_to_string(copy.join(name)).unwrap_or_default();

    prepare();
    for arguments in [&["--json"][..], &["--json", "--existing", "refuse"]] {
        let refused = refusal(keepstead.run_restore(&snapshot, &target, arguments));
        refused.names("folder/b");
        assert_eq!([read("folder/b"), read("a")], ["mine", ""], "nothing is begun");
    }

    let kept = keepstead.run_restore(&snapshot, &target, &["--existing", "keep"]);
    assert!(matches!(kept.code, Some(0 | 3)), "{kept}");
    assert_eq!([read("folder/b"), read("a"), read("stranger")], ["mine", "one", "mine too"]);

    prepare();
    keepstead.run_restore(&snapshot, &target, &["--existing", "overwrite"]).succeeds();
    assert_eq!([read("folder/b"), read("a"), read("stranger")], ["two", "one", "mine too"]);
    fs::remove_file(copy.join("stranger")).expect("the stranger");
    keepstead.run_restore(&snapshot, &target, &["--existing", "overwrite"]).succeeds();
    assert_same(&source, &copy, Tolerance::default());
}

#[test]
fn over_things_of_another_type() {
    let (sandbox, keepstead, source, snapshot) = backed_up();
    let target = sandbox.path("target");
    let copy = restored(&target, &source);
    fs::create_dir_all(copy.join("a")).expect("a folder in place of a file");
    fs::write(copy.join("folder"), "a file in place of a folder").expect("a file");
    symlink("nowhere", copy.join("large")).expect("a link in place of a file");
    let outcome = keepstead.run_restore(&snapshot, &target, &["--existing", "overwrite"]);
    match outcome.code {
        Some(0) => assert_same(&source, &copy, Tolerance::default()),
        _ => {
            let outcome = outcome.exits(3);
            let said = format!("{}{}", outcome.stdout, outcome.stderr);
            assert!(said.contains("source/a") || said.contains("source/folder"), "{outcome}");
            let path = Path::new("folder too/d");
            assert_same(&source.join(path), &copy.join(path), Tolerance::default());
        }
    }
}

#[test]
fn over_a_name_that_leads_elsewhere() {
    let (sandbox, keepstead, source, snapshot) = backed_up();
    let target = sandbox.path("target");
    let copy = restored(&target, &source);
    let precious = sandbox.source("precious", &[("file", b"precious")]).join("file");
    for existing in ["overwrite", "keep"] {
        fs::create_dir_all(copy.join("folder")).expect("a folder");
        // Writing into either would change, or wait for, something else.
        fs::hard_link(&precious, copy.join("a")).expect("a link");
        let folder = Folder::open(&copy.join("folder")).expect("a folder");
        folder.special(b"b", rustix::fs::FileType::Fifo, (0, 0)).expect("a fifo");
        keepstead.run_restore(&snapshot, &target, &["--existing", existing]).succeeds();
        if existing == "overwrite" {
            assert_same(&source, &copy, Tolerance::default());
        }
        assert_eq!(fs::read(&precious).expect("the file"), b"precious");
        fs::remove_dir_all(&target).expect("the target");
    }
}

#[test]
fn only_what_is_included() {
    let (sandbox, keepstead, source, snapshot) = backed_up();
    let path = |name: &str| source.join(name).to_str().expect("text").to_owned();
    for (includes, expected) in [
        (vec![path("folder")], vec!["folder/b", "folder/sub/c"]),
        (vec![path("folder/sub")], vec!["folder/sub/c"]),
        (vec![path("folder/sub/c"), path("a")], vec!["a", "folder/sub/c"]),
        (vec![path("folder too/d")], vec!["folder too/d"]),
    ] {
        let target = sandbox.path("target");
        let mut arguments = Vec::new();
        for include in &includes {
            arguments.extend(["--include", include]);
        }
        keepstead.run_restore(&snapshot, &target, &arguments).succeeds();
        let copy = restored(&target, &source);
        let mut files = Vec::new();
        for name in ["a", "folder/b", "folder/sub/c", "folder too/d", "large"] {
            if copy.join(name).exists() {
                assert_same(&source.join(name), &copy.join(name), Tolerance::default());
                files.push(name);
            }
        }
        assert_eq!(files, expected, "{includes:?}");
        fs::remove_dir_all(&target).expect("the target");
    }
}

#[test]
fn of_what_is_not_in_the_snapshot() {
    let (sandbox, keepstead, source, snapshot) = backed_up();
    let target = sandbox.path("target");
    let missing = source.join("missing").to_str().expect("text").to_owned();
    let arguments = ["--json", "--include", &missing];
    refusal(keepstead.run_restore(&snapshot, &target, &arguments)).names("missing");
}

#[test]
fn onto_a_disk_that_is_too_small() {
    let (sandbox, keepstead, source, snapshot) = backed_up();
    let _disk = tests::mount::SmallDisk::mount(&sandbox.path("disk"), 2);
    let outcome = keepstead.run_restore(&snapshot, &sandbox.path("disk/target"), &[]);
    assert!(matches!(outcome.code, Some(1 | 3)), "{outcome}");
    let copy = restored(&sandbox.path("disk/target"), &source);
    let large = fs::read(copy.join("large")).unwrap_or_default();
    let said = format!("{}{}", outcome.stdout, outcome.stderr);
    assert!(large.len() != 3 << 20 && said.contains("large"), "{outcome}");
}
