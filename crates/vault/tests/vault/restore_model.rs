//! Any tree restored into any other one: whatever was there is there, and
//! whatever was chosen is there as well.

use crate::common::{back_up, in_memory};
use proptest::prelude::*;
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{MetadataExt, symlink},
    path::{Path, PathBuf},
    sync::Arc,
};
use storage::Cancel;
use vault::{Existing, Progress, RestoreOptions, RestoreReport, SkipReason};

/// What stands somewhere. Few contents and few names, so that trees meet.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    File(u8),
    Link(u8),
    HardLink,
    Folder(BTreeMap<u8, Entry>),
}

/// What is found under a path: a file's bytes, a link's target, or a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    File(Vec<u8>),
    Link(PathBuf),
    Folder,
}

type Tree = BTreeMap<u8, Entry>;
type Listing = BTreeMap<PathBuf, (Found, u64)>;

const NAMES: [&str; 5] = ["a", "b.txt", "c (kept).txt", "c.txt", "d"];
const LABEL: &str = "kept";

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        5 => (0u8..4).prop_map(Entry::File),
        2 => (0u8..5).prop_map(Entry::Link),
        1 => Just(Entry::HardLink),
    ];
    let entry = leaf.prop_recursive(3, 24, 4, |inner| {
        prop::collection::btree_map(0u8..5, inner, 0..4).prop_map(Entry::Folder)
    });
    prop::collection::btree_map(0u8..5, entry, 0..5)
}

fn make(folder: &Path, tree: &Tree, first: &mut Option<PathBuf>) {
    for (name, entry) in tree {
        let path = folder.join(NAMES[usize::from(*name)]);
        match entry {
            Entry::File(content) => {
                // Two of the same length.
                let bytes = [&b""[..], b"one", b"two", b"longer"][usize::from(*content)];
                fs::write(&path, bytes).unwrap();
                first.get_or_insert(path);
            }
            Entry::Link(leads) => symlink(NAMES[usize::from(*leads)], &path).unwrap(),
            Entry::HardLink => match first {
                Some(first) => fs::hard_link(first, &path).unwrap(),
                None => fs::write(&path, "alone").unwrap(),
            },
            Entry::Folder(inner) => {
                fs::create_dir(&path).unwrap();
                make(&path, inner, first);
            }
        }
    }
}

/// Everything below `root`, with the number of each inode.
fn list(root: &Path) -> Listing {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            let what = if metadata.is_dir() {
                open.push(path.clone());
                Found::Folder
            } else if metadata.is_symlink() {
                Found::Link(fs::read_link(&path).unwrap())
            } else {
                Found::File(fs::read(&path).unwrap())
            };
            found.insert(path.strip_prefix(root).unwrap().to_owned(), (what, metadata.ino()));
        }
    }
    found
}

/// Where something of the snapshot has come to: every part of its path may have
/// been given another name.
fn place(report: &RestoreReport, source: &Path, below: &Path) -> PathBuf {
    let (mut at, mut given) = (source.to_owned(), PathBuf::new());
    for name in below {
        at.push(name);
        let renamed = report.renamed.iter().find(|renamed| renamed.path == at);
        given.push(renamed.map_or(Path::new(name), |renamed| &renamed.name));
    }
    given
}

async fn holds(snapshot: &Tree, standing: &Tree, existing: Existing, in_place: bool) {
    let temporary = tempfile::tempdir().unwrap();
    let base = temporary.path().canonicalize().unwrap();
    let (source, target) = (base.join("source"), base.join("target"));
    let copy = target.join(source.strip_prefix("/").unwrap());
    fs::create_dir(&source).unwrap();
    make(&source, snapshot, &mut None);
    fs::create_dir_all(&copy).unwrap();
    make(&copy, standing, &mut None);
    let (chosen, before) = (list(&source), list(&copy));
    let (_, repository) = in_memory().await;
    let backup = back_up(&repository, &source).await.unwrap().snapshot;
    let (cancel, label) = (Cancel::new(), LABEL.to_owned());
    let options = RestoreOptions { target, existing, in_place, label, ..RestoreOptions::default() };
    let plan = match repository.plan_restore(&backup, &options, &cancel).await {
        Ok(plan) => plan,
        Err(error) => {
            assert!(existing == Existing::Refuse, "{error:?}");
            assert_eq!(list(&copy), before);
            return;
        }
    };
    let progress = Arc::new(Progress::default());
    let report = repository.restore(&plan, &progress, &cancel).await.unwrap();
    let after = list(&copy);
    assert!(progress.files_done.get() <= progress.files_total.get());
    assert!(progress.bytes_done.get() <= progress.bytes_total.get());
    for path in after.keys() {
        assert!(!path.to_string_lossy().contains(".keepstead"), "{} is left", path.display());
    }
    let skipped = |path: &Path| {
        let path = source.join(path);
        let is = |reason| {
            report.skipped.iter().any(|one| path.starts_with(&one.path) && one.reason == reason)
        };
        is(SkipReason::Exists)
    };
    if existing != Existing::Overwrite {
        for (path, was) in &before {
            assert_eq!(after.get(path), Some(was), "{} was there", path.display());
        }
    } else {
        // Something may have taken its place, and nothing that lay in it is lost.
        for path in before.keys() {
            assert!(after.contains_key(path), "{} was there", path.display());
        }
    }
    for (path, (what, _)) in &chosen {
        if skipped(path) {
            assert!(existing != Existing::KeepBoth, "{} was skipped", path.display());
            continue;
        }
        let given = copy.join(place(&report, &source, path));
        let found = match fs::symlink_metadata(&given) {
            Ok(metadata) if metadata.is_dir() => Found::Folder,
            Ok(metadata) if metadata.is_symlink() && in_place && given.is_dir() => match what {
                Found::Link(_) => Found::Link(fs::read_link(&given).unwrap()),
                _ => Found::Folder,
            },
            Ok(metadata) if metadata.is_symlink() => Found::Link(fs::read_link(&given).unwrap()),
            Ok(_) => Found::File(fs::read(&given).unwrap()),
            Err(error) => panic!("{}: {error}", given.display()),
        };
        // What was kept need not be the same; everything else is.
        if existing == Existing::Keep && before.contains_key(path) {
            continue;
        }
        // Two paths of the snapshot may lead to one place through a link.
        if !in_place || existing == Existing::KeepBoth {
            assert_eq!(&found, what, "{} came to {}", path.display(), given.display());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_everything_is_there(
        snapshot in tree(),
        standing in tree(),
        existing in prop::sample::select(vec![
            Existing::Refuse, Existing::Keep, Existing::KeepBoth, Existing::KeepBoth,
            Existing::Overwrite,
        ]),
        in_place: bool,
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(holds(&snapshot, &standing, existing, in_place));
    }
}
