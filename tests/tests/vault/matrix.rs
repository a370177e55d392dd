//! Whoever writes a repository, everyone else can check it, restore it and go
//! on with it.

use std::ffi::OsStr;

use tests::{
    content,
    engine::Engine,
    judge::{added, comes_back, go_round},
    odd_tree::{OddTree, Reach},
    sandbox::Sandbox,
};

/// `writer` makes a repository; see [`go_round`].
#[track_caller]
fn everyone_goes_on(writer: fn(&Sandbox) -> Box<dyn Engine>) {
    let sandbox = Sandbox::new();
    let source = sandbox.path("source");
    OddTree::FOR_ALL.build(&source).expect("the odd tree");
    let readers = [keepstead(&sandbox), new_restic(&sandbox), old_restic(&sandbox)];
    go_round(&sandbox, writer(&sandbox).as_ref(), &readers, &source);
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
