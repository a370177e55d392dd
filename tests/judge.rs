//! Questions about a whole repository that several tests ask.

use std::path::Path;

use serde_json::Value;

use crate::{
    compare::assert_same,
    engine::Engine,
    restic::Restic,
    sandbox::{Sandbox, restored},
};

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

/// Has `reader` restore `snapshot` and compares what comes back with `source`.
///
/// # Panics
/// When anything differs.
#[track_caller]
pub fn restores(sandbox: &Sandbox, reader: &dyn Engine, snapshot: &str, source: &Path) {
    let target = sandbox.path(&format!("by-{}", reader.name().replace(' ', "-")));
    reader.restore(snapshot, &target);
    assert_same(source, &restored(&target, source), reader.tolerance());
    std::fs::remove_dir_all(&target).expect("the restored tree can be removed");
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
