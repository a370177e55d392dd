//! Questions about a whole repository that several tests ask.

use std::path::Path;

use serde_json::Value;

use crate::{
    compare::{Tolerance, assert_same},
    engine::Engine,
    forge::Forge,
    restic::Restic,
    sandbox::{Sandbox, restored},
};

/// Those that write the same trees, byte for byte. restic did not before 0.17.
const ALIKE: [&str; 2] = ["keepstead", "new restic"];

/// Has `reader` check the repository, then restore `snapshot`, and compares
/// what comes back with `source`.
///
/// # Panics
/// When anything is wrong.
#[track_caller]
pub fn comes_back(sandbox: &Sandbox, reader: &dyn Engine, snapshot: &str, source: &Path) {
    reader.check();
    restores(sandbox, reader, snapshot, source);
}

/// As [`comes_back`], of a snapshot of `writer`, but for what that forgets.
///
/// # Panics
/// When anything else is wrong.
#[track_caller]
pub fn comes_back_from(
    sandbox: &Sandbox,
    writer: &dyn Engine,
    reader: &dyn Engine,
    snapshot: &str,
    source: &Path,
) {
    reader.check();
    compares(sandbox, reader, snapshot, source, reader.tolerance().or(writer.forgets()));
}

/// Has `reader` restore `snapshot` and compares what comes back with `source`.
///
/// # Panics
/// When anything differs.
#[track_caller]
pub fn restores(sandbox: &Sandbox, reader: &dyn Engine, snapshot: &str, source: &Path) {
    compares(sandbox, reader, snapshot, source, reader.tolerance());
}

#[track_caller]
fn compares(
    sandbox: &Sandbox,
    reader: &dyn Engine,
    snapshot: &str,
    source: &Path,
    tolerance: Tolerance,
) {
    let target = sandbox.path(&format!("by-{}", reader.name().replace(' ', "-")));
    reader.restore(snapshot, &target);
    assert_same(source, &restored(&target, source), tolerance);
    std::fs::remove_dir_all(&target).expect("the restored tree can be removed");
}

/// The blobs `engine` adds when it backs up `source` once more, reading all of
/// it, and the snapshot.
///
/// # Panics
/// When restic cannot list them.
#[track_caller]
#[must_use]
pub fn added(judge: &Restic, engine: &dyn Engine, source: &Path) -> (Vec<String>, String) {
    let before = judge.blobs();
    let snapshot = engine.backup(source, true);
    let mut after = judge.blobs();
    after.retain(|blob| before.binary_search(blob).is_err());
    (after, snapshot)
}

/// `writer` makes a repository of `source`; each of `readers` checks and restores
/// it, then backs up the same source into it, and has to find that everything is
/// there already.
///
/// # Panics
/// When anything is wrong.
#[track_caller]
pub fn go_round(
    sandbox: &Sandbox,
    writer: &dyn Engine,
    readers: &[Box<dyn Engine>],
    source: &Path,
) {
    writer.init();
    let first = writer.backup(source, false);
    for reader in readers {
        comes_back_from(sandbox, writer, reader.as_ref(), &first, source);
    }

    let restic = Restic::new(writer.repository(), &sandbox.home());
    // All have opened the key that the writer made.
    Forge::new(&restic).cheapen_key();
    for other in readers.iter().filter(|reader| reader.name() != writer.name()) {
        let (blobs, second) = added(&restic, other.as_ref(), source);
        let data: Vec<&String> = blobs.iter().filter(|blob| blob.starts_with("data")).collect();
        assert!(data.is_empty(), "{} stores data again: {data:?}", other.name());
        // Others note more about each file, or less.
        if [writer.name(), other.name()].iter().all(|name| ALIKE.contains(name)) {
            let [a, b] = [&first, &second].map(|snapshot| restic.subtree(snapshot, source));
            let difference = first_tree_difference(&restic, &a, &b);
            assert_eq!(difference, None, "{} and {}", writer.name(), other.name());
        }
        comes_back_from(sandbox, other.as_ref(), writer, &second, source);
    }
    restic.check();
}

/// The first place where two trees of one repository differ, as a path and the
/// two entries; nothing when they are the same blob.
///
/// # Panics
/// When restic cannot read them.
#[track_caller]
#[must_use]
pub fn first_tree_difference(restic: &Restic, left: &str, right: &str) -> Option<String> {
    if left == right {
        return None;
    }
    let (a, b) = (restic.cat("blob", left), restic.cat("blob", right));
    let nodes = |text: &str| -> Vec<Value> {
        let tree: Value = serde_json::from_str(text).expect("a tree is JSON");
        tree["nodes"].as_array().expect("a tree has nodes").clone()
    };
    for (left, right) in nodes(&a).iter().zip(&nodes(&b)) {
        let same_but_for_subtree = {
            let (mut left, mut right) = (left.clone(), right.clone());
            left["subtree"].take();
            right["subtree"].take();
            left == right
        };
        if !same_but_for_subtree {
            return Some(format!("\n  {left}\n  {right}"));
        }
        if let (Some(a), Some(b)) = (left["subtree"].as_str(), right["subtree"].as_str())
            && let Some(deeper) = first_tree_difference(restic, a, b)
        {
            return Some(format!("{}/{deeper}", left["name"]));
        }
    }
    let at = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let show = |text: &str| text.bytes().skip(at.saturating_sub(60)).take(160).collect::<Vec<_>>();
    let [a, b] = [&a, &b].map(|text| show(text).escape_ascii().to_string());
    Some(format!("\nthe same entries, written otherwise:\n  {a}\n  {b}"))
}
