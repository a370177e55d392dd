//! Whoever writes a repository, everyone else can check it, restore it and go
//! on with it.

use std::{ffi::OsStr, path::Path};

use tests::{
    content,
    engine::Engine,
    forge::Forge,
    judge::{comes_back, first_tree_difference},
    odd_tree::{OddTree, Reach},
    restic::Restic,
    sandbox::Sandbox,
};

const FOR_ALL: OddTree =
    OddTree { reach: Reach::AnyRestic, sparse_size: 16 << 20, crowd: 2_000, seed: 1 };

/// The blobs `engine` adds when it backs up `source` once more, reading all of
/// it, and the snapshot.
#[track_caller]
fn added(judge: &Restic, engine: &dyn Engine, source: &Path) -> (Vec<String>, String) {
    let before = judge.blobs();
    let snapshot = engine.backup(source, true);
    let mut after = judge.blobs();
    after.retain(|blob| before.binary_search(blob).is_err());
    (after, snapshot)
}

/// `writer` makes a repository; every `reader` checks and restores it, then
/// backs up the same source into it, and should find that everything is there
/// already.
#[track_caller]
fn everyone_goes_on(writer: fn(&Sandbox) -> Box<dyn Engine>) {
    let sandbox = Sandbox::new();
    let source = sandbox.path("source");
    FOR_ALL.build(&source).expect("the odd tree");
    let writer = writer(&sandbox);
    writer.init();
    let first = writer.backup(&source, false);
    let readers = [keepstead(&sandbox), new_restic(&sandbox), old_restic(&sandbox)];
    for reader in &readers {
        comes_back(&sandbox, reader.as_ref(), &first, &source);
    }

    let restic = sandbox.new_restic("repository");
    // All have opened the key that the writer made.
    Forge::new(&restic).cheapen_key();
    for other in readers.iter().filter(|reader| reader.name() != writer.name()) {
        let (blobs, second) = added(&restic, other.as_ref(), &source);
        let data: Vec<&String> = blobs.iter().filter(|blob| blob.starts_with("data")).collect();
        assert!(data.is_empty(), "{} stores data again: {data:?}", other.name());
        // Before 0.17, restic noted more about each file.
        if other.name() != "old restic" && writer.name() != "old restic" {
            let [a, b] = [&first, &second].map(|snapshot| restic.subtree(snapshot, &source));
            let difference = first_tree_difference(&restic, &a, &b);
            assert_eq!(difference, None, "{} and {}", writer.name(), other.name());
        }
    }
    restic.check();
}

fn keepstead(sandbox: &Sandbox) -> Box<dyn Engine> {
    Box::new(sandbox.keepstead("repository"))
}

fn new_restic(sandbox: &Sandbox) -> Box<dyn Engine> {
    Box::new(sandbox.new_restic("repository"))
}

fn old_restic(sandbox: &Sandbox) -> Box<dyn Engine> {
    Box::new(sandbox.old_restic("repository"))
}

#[test]
fn what_keepstead_writes() {
    everyone_goes_on(keepstead);
}

#[test]
fn what_new_restic_writes() {
    everyone_goes_on(new_restic);
}

#[test]
fn what_old_restic_writes() {
    everyone_goes_on(old_restic);
}

#[test]
fn what_old_restic_would_lose() {
    let sandbox = Sandbox::new();
    let source = sandbox.path("source");
    let tree = OddTree { reach: Reach::NewRestic, sparse_size: 1 << 20, crowd: 1, seed: 2 };
    tree.build(&source).expect("the odd tree");
    let (keepstead, restic) = (sandbox.repository("repository"), new_restic(&sandbox));
    let ours = keepstead.backup(&source, false);
    let theirs = restic.backup(&source, true);
    for reader in [&keepstead as &dyn Engine, restic.as_ref()] {
        for snapshot in [&ours, &theirs] {
            comes_back(&sandbox, reader, snapshot, &source);
        }
    }
}

#[test]
fn what_only_keepstead_brings_back() {
    let sandbox = Sandbox::new();
    let source = sandbox.path("source");
    let tree = OddTree { reach: Reach::Keepstead, sparse_size: 1 << 30, crowd: 1, seed: 3 };
    tree.build(&source).expect("the odd tree");
    let keepstead = sandbox.repository("repository");
    let snapshot = keepstead.backup(&source, false);
    comes_back(&sandbox, &keepstead, &snapshot, &source);
}

#[test]
fn what_was_version_1_before() {
    let sandbox = Sandbox::new();
    let restic = sandbox.new_restic("repository");
    let source = sandbox.source("source", &[("a", &content::random(1, 900_000)), ("b/c", b"two")]);
    let _ = restic.run(["init", "--repository-version", "1"]).succeeds();
    let before = restic.backup(&source, false);
    let _ = restic.run(["migrate", "upgrade_repo_v2"]).succeeds();
    let keepstead = sandbox.keepstead("repository");
    comes_back(&sandbox, &keepstead, &before, &source);
    let (blobs, after) = added(&restic, &keepstead, &source);
    assert_eq!(blobs.iter().filter(|blob| blob.starts_with("data")).count(), 0, "{blobs:?}");
    comes_back(&sandbox, &restic, &after, &source);
}

#[test]
fn what_restic_has_pruned_repaired_and_rewritten() {
    let sandbox = Sandbox::new();
    let (keepstead, restic) = (sandbox.repository("repository"), sandbox.new_restic("repository"));
    let source = sandbox.source("source", &[("a", &content::random(1, 3 << 20)), ("b/c", b"two")]);
    let gone = sandbox.source("gone", &[("x", &content::random(2, 3 << 20))]);
    let forgotten = keepstead.backup(&gone, false);
    let kept = keepstead.backup(&source, false);
    let _ = restic.run(["forget", &forgotten, "--prune", "--max-unused", "0"]).succeeds();
    comes_back(&sandbox, &keepstead, &kept, &source);
    let _ = restic.run(["repair", "index"]).succeeds();
    comes_back(&sandbox, &keepstead, &kept, &source);
    let _ = restic.run(["tag", "--add", "a tag", &kept]).succeeds();
    let tagged = keepstead.snapshots();
    assert_eq!(tagged.len(), 1);
    comes_back(&sandbox, &keepstead, &tagged[0], &source);
    // What was pruned is stored again when it comes back.
    let again = keepstead.backup(&gone, false);
    comes_back(&sandbox, &restic, &again, &gone);
}

#[test]
fn packs_of_every_size_and_compression() {
    for options in [
        ["--compression", "off", "--pack-size", "4"],
        ["--compression", "max", "--pack-size", "128"],
    ] {
        let sandbox = Sandbox::new();
        let restic = sandbox.restic_repository("repository");
        let files: [(&str, &[u8]); 3] = [
            ("random", &content::random(1, 20 << 20)),
            ("text", &content::text(1, 9 << 20)),
            ("small", b"small"),
        ];
        let source = sandbox.source("source", &files);
        let arguments = [&["backup".as_ref(), source.as_os_str()], &options.map(OsStr::new)[..]];
        let _ = restic.run(arguments.concat()).succeeds();
        let snapshot = restic.snapshots().pop().expect("a snapshot");
        let keepstead = sandbox.keepstead("repository");
        comes_back(&sandbox, &keepstead, &snapshot, &source);
        let (blobs, _) = added(&restic, &keepstead, &source);
        assert_eq!(blobs.iter().filter(|blob| blob.starts_with("data")).count(), 0, "{blobs:?}");
    }
}
