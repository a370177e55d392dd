//! Files are cut where restic cuts them, whatever polynomial the repository
//! was made with.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;
use tests::{content, engine::Engine, restic::Restic, sandbox::Sandbox};

const MIB: usize = 1 << 20;

/// Files that have cuts in every kind of place.
fn fill(source: &Path, seed: u64) {
    fs::create_dir(source).expect("a folder");
    let files = [
        ("random 1", content::random(seed, MIB)),
        ("random 9", content::random(seed + 1, 9 * MIB + 4_321)),
        ("random 64", content::random(seed + 2, 64 * MIB)),
        ("text 16", content::text(seed, 16 * MIB)),
        ("mixed 20", content::mixed(seed, 20 * MIB)),
        ("zeros 17", vec![0; 17 * MIB + 5]),
        ("ones 9", vec![0xff; 9 * MIB]),
        ("period 4", b"abcd".repeat(2 * MIB)),
        ("zeros, then random", [vec![0; 600_000], content::random(seed + 3, 2 * MIB)].concat()),
        ("random, then zeros", [content::random(seed + 4, 700_000), vec![0; 2 * MIB]].concat()),
    ];
    for (name, bytes) in files {
        fs::write(source.join(name), bytes).expect("a file");
    }
}

/// The list of blobs of every file of a folder in a snapshot.
#[track_caller]
fn content_lists(restic: &Restic, snapshot: &str, folder: &Path) -> BTreeMap<String, Value> {
    let tree = restic.cat_json("blob", &restic.subtree(snapshot, folder));
    let nodes = tree["nodes"].as_array().expect("a tree has nodes");
    nodes.iter().map(|node| (node["name"].to_string(), node["content"].clone())).collect()
}

#[track_caller]
fn same_chunks(round: u64) {
    let sandbox = Sandbox::new();
    let source = sandbox.path("source");
    fill(&source, round * 100);
    // restic draws a new polynomial for each repository it makes.
    let restic = sandbox.restic_repository("repository");
    let keepstead = sandbox.keepstead("repository");
    let ours = keepstead.backup(&source, false);
    let theirs = restic.backup(&source, true);
    let [ours, theirs] = [ours, theirs].map(|id| content_lists(&restic, &id, &source));
    assert_eq!(ours.len(), 10);
    for (name, chunks) in &theirs {
        assert_eq!(&ours[name], chunks, "{name} in {}", restic.run(["cat", "config"]).stdout);
    }
}

#[test]
fn polynomial_1() {
    same_chunks(1);
}

#[test]
fn polynomial_2() {
    same_chunks(2);
}

#[test]
fn polynomial_3() {
    same_chunks(3);
}

#[test]
fn polynomial_4() {
    same_chunks(4);
}

#[test]
fn polynomial_5() {
    same_chunks(5);
}

#[test]
fn of_our_own_polynomial() {
    let sandbox = Sandbox::new();
    let source = sandbox.path("source");
    fill(&source, 7);
    let (keepstead, restic) = (sandbox.repository("repository"), sandbox.new_restic("repository"));
    let theirs = restic.backup(&source, true);
    let before = restic.blobs();
    let ours = keepstead.backup(&source, true);
    assert_eq!(content_lists(&restic, &ours, &source), content_lists(&restic, &theirs, &source),);
    let after = restic.blobs();
    assert!(
        after
            .iter()
            .filter(|blob| blob.starts_with("data"))
            .eq(before.iter().filter(|blob| blob.starts_with("data")))
    );
}
