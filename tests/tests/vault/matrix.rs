//! Whoever writes a repository, everyone else can check it, restore it and
//! go on with it.

use std::path::Path;

use tests::{
    compare::{Tolerance, assert_same},
    engine::Engine,
    odd_tree::{OddTree, Reach},
    restic::Restic,
    sandbox::{Sandbox, restored},
};

/// restic before 0.16 loses these; they have a test of their own.
const FOR_ALL: OddTree =
    OddTree { reach: Reach::AnyRestic, sparse_size: 64 << 20, crowd: 2_000, seed: 1 };

/// Restores `snapshot` with `reader` and compares it with `source`.
#[track_caller]
fn judge(sandbox: &Sandbox, reader: &dyn Engine, snapshot: &str, source: &Path) {
    reader.check();
    let target = sandbox.path(&format!("by-{}", reader.name().replace(' ', "-")));
    reader.restore(snapshot, &target);
    assert_same(source, &restored(&target, source), reader.tolerance());
    std::fs::remove_dir_all(&target).expect("the restored tree can be removed");
}

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

/// `writer` makes a repository; every `reader` judges it, then backs up the
/// same source into it, and should find that everything is there already.
#[track_caller]
fn everyone_reads(sandbox: &Sandbox, writer: &dyn Engine, readers: &[&dyn Engine]) {
    let source = sandbox.path("source");
    FOR_ALL.build(&source).expect("the odd tree");
    writer.init();
    let snapshot = writer.backup(&source, false);
    for reader in readers {
        judge(sandbox, *reader, &snapshot, &source);
    }

    let restic = sandbox.new_restic("repository");
    for other in readers.iter().filter(|reader| reader.name() != writer.name()) {
        let (blobs, _) = added(&restic, *other, &source);
        let data: Vec<&String> = blobs.iter().filter(|blob| blob.starts_with("data")).collect();
        assert!(data.is_empty(), "{} stores data again: {data:?}", other.name());
    }
    let _ = Tolerance::default();
    restic.check();
}

#[test]
fn what_old_restic_writes_without_keepstead() {
    let sandbox = Sandbox::new();
    let (old, new) = (sandbox.old_restic("repository"), sandbox.new_restic("repository"));
    everyone_reads(&sandbox, &old, &[&new, &old]);
}

#[test]
fn what_new_restic_writes_without_keepstead() {
    let sandbox = Sandbox::new();
    let (old, new) = (sandbox.old_restic("repository"), sandbox.new_restic("repository"));
    everyone_reads(&sandbox, &new, &[&new, &old]);
}
