//! Files with holes: a backup passes them over, and cuts the file as if it had
//! read them.

use crate::common::{back_up, in_memory, noise};
use proptest::prelude::*;
use std::{
    fs::File,
    os::unix::fs::{FileExt, MetadataExt},
    path::Path,
};
use storage::Cancel;
use vault::format::Node;

/// What lies in a stretch of a file.
#[derive(Clone, Copy, Debug)]
enum Stretch {
    Hole,
    /// Zeros that were written.
    Zeros,
    Noise(u64),
}

fn stretches() -> impl Strategy<Value = Vec<(Stretch, usize)>> {
    let what = prop_oneof![
        4 => Just(Stretch::Hole),
        1 => Just(Stretch::Zeros),
        3 => (0..4_u64).prop_map(Stretch::Noise),
    ];
    // Lengths around a page, the shortest chunk, and what is read at once.
    let length = prop_oneof![
        1..10_000_usize,
        (500 << 10)..(530_usize << 10),
        Just(512_usize << 10),
        (1 << 20)..(5_usize << 20),
    ];
    prop::collection::vec((what, length), 1..8)
}

/// Writes the file with its holes, and once more without any.
fn write(folder: &Path, stretches: &[(Stretch, usize)]) {
    let (sparse, dense) = (folder.join("sparse"), folder.join("dense"));
    let (sparse, dense) = (File::create(sparse).unwrap(), File::create(dense).unwrap());
    let mut at = 0;
    for (what, length) in stretches {
        let bytes = match what {
            Stretch::Hole | Stretch::Zeros => vec![0; *length],
            Stretch::Noise(seed) => noise(*length, *seed),
        };
        dense.write_all_at(&bytes, at).unwrap();
        if !matches!(what, Stretch::Hole) {
            sparse.write_all_at(&bytes, at).unwrap();
        }
        at += *length as u64;
    }
    sparse.set_len(at).unwrap();
}

/// Both files as a backup holds them.
async fn nodes(folder: &Path) -> (Node, Node) {
    let (_, repository) = in_memory().await;
    let report = back_up(&repository, folder).await.unwrap();
    let mut tree = report.snapshot.tree;
    for name in folder.iter().skip(1) {
        let nodes = repository.load_tree(&tree, &Cancel::new()).await.unwrap().nodes;
        let child = nodes.into_iter().find(|node| node.name == name.as_encoded_bytes()).unwrap();
        tree = child.subtree.unwrap();
    }
    let nodes = repository.load_tree(&tree, &Cancel::new()).await.unwrap().nodes;
    let [dense, sparse] = nodes.try_into().unwrap();
    (sparse, dense)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_hole_is_zeros(stretches in stretches()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        // In memory and on a disk: both tell where holes are, in other units.
        for folder in [tempfile::tempdir_in("/dev/shm"), tempfile::tempdir()] {
            let folder = folder.unwrap();
            write(folder.path(), &stretches);
            let (sparse, dense) = runtime.block_on(nodes(folder.path()));
            prop_assert_eq!(sparse.size, dense.size);
            prop_assert_eq!(sparse.content, dense.content);
        }
    }
}

/// Reading 1 TiB would take a quarter of an hour.
#[tokio::test(flavor = "multi_thread")]
async fn holes_are_not_read() {
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    write(folder.path(), &[(Stretch::Noise(1), 1000)]);
    let sparse = File::options().write(true).open(folder.path().join("sparse")).unwrap();
    sparse.set_len(1 << 40).unwrap();
    assert!(sparse.metadata().unwrap().blocks() < 100);
    let (sparse, _) = nodes(folder.path()).await;
    assert_eq!(sparse.size, 1 << 40);
    let content = sparse.content.unwrap();
    assert_eq!(content.len(), 2 << 20);
    assert_ne!(content[0], content[1]);
    assert!(content[1..].iter().all(|id| *id == content[1]));
}
