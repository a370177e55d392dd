//! Whoever writes a repository, everyone else can check it, restore it and go
//! on with it.

use std::path::Path;

use tests::{
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
