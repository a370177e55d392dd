//! Any tree that a file system can hold comes back as it was.

use crate::common::{back_up, in_memory, noise};
use proptest::prelude::*;
use std::{path::Path, sync::Arc};
use storage::Cancel;
use tests::{
    compare::{Tolerance, compare},
    folder::{Folder, Mtime},
};
use vault::{CheckOptions, Progress, RestoreOptions};

/// An entry that is to be made.
#[derive(Clone, Debug)]
enum Entry {
    File { pieces: Vec<(usize, Option<u64>)>, mode: u32 },
    Link(Vec<u8>),
    HardLink(prop::sample::Index),
    Folder { entries: Vec<Named>, mode: u32 },
}

#[derive(Clone, Debug)]
struct Named {
    name: Vec<u8>,
    mtime: (i64, u32),
    entry: Entry,
}

fn name() -> impl Strategy<Value = Vec<u8>> {
    let byte = any::<u8>().prop_map(|byte| if matches!(byte, 0 | b'/') { b'x' } else { byte });
    prop_oneof![prop::collection::vec(byte, 1..40), "[a-e]".prop_map(String::into_bytes)]
        .prop_filter("a name", |name| !matches!(&**name, b"." | b".."))
}

fn entry() -> impl Strategy<Value = Entry> {
    let piece = (0usize..400_000, prop::option::of(0u64..6));
    let file = (prop::collection::vec(piece, 0..6), 0o400u32..0o10000)
        .prop_map(|(pieces, mode)| Entry::File { pieces, mode: mode & 0o7777 });
    let target = prop::collection::vec(1u8..=255, 1..60);
    let leaf = prop_oneof![
        4 => file,
        1 => target.prop_map(Entry::Link),
        1 => any::<prop::sample::Index>().prop_map(Entry::HardLink),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        (prop::collection::vec(named(inner), 0..6), 0u32..0o10000)
            .prop_map(|(entries, mode)| Entry::Folder { entries, mode: mode | 0o700 })
    })
}

fn named(entry: impl Strategy<Value = Entry>) -> impl Strategy<Value = Named> {
    (name(), (-2_000_000_000i64..4_000_000_000, 0u32..1_000_000_000), entry)
        .prop_map(|(name, mtime, entry)| Named { name, mtime, entry })
}

/// Makes the entries whose names are not taken yet. Returns where files are,
/// for hard links.
fn make(folder: &Folder, entries: &[Named], files: &mut Vec<(Arc<Folder>, Vec<u8>)>) {
    for Named { name, mtime, entry } in entries {
        if folder.stat(name).is_ok() {
            continue;
        }
        match entry {
            Entry::File { pieces, mode } => {
                let mut bytes = Vec::new();
                for (length, seed) in pieces {
                    bytes.extend(seed.map_or_else(|| vec![0; *length], |s| noise(*length, s)));
                }
                folder.file(name, &bytes).unwrap();
                folder.set_mode(name, *mode).unwrap();
                let again = Arc::new(folder.enter(b".").unwrap());
                files.push((again, name.clone()));
            }
            Entry::Link(target) => folder.symlink(name, target).unwrap(),
            Entry::HardLink(index) => {
                if files.is_empty() {
                    continue;
                }
                let (from, first) = &files[index.index(files.len())];
                from.hard_link(first, folder, name).unwrap();
            }
            Entry::Folder { entries, mode } => {
                let inner = folder.folder(name).unwrap();
                make(&inner, entries, files);
                folder.set_mode(name, *mode).unwrap();
            }
        }
        folder.set_mtime(name, Mtime { seconds: mtime.0, nanos: mtime.1 }).unwrap();
    }
}

async fn comes_back(entries: &[Named]) -> Vec<String> {
    let temporary = tempfile::tempdir().unwrap();
    let base = temporary.path().canonicalize().unwrap();
    let (source, target) = (base.join("source"), base.join("target"));
    std::fs::create_dir(&source).unwrap();
    make(&Folder::open(&source).unwrap(), entries, &mut Vec::new());
    let (_, repository) = in_memory().await;
    let report = back_up(&repository, &source).await.unwrap();
    assert_eq!(report.skipped, []);
    let cancel = Cancel::new();
    let options = RestoreOptions { target: target.clone(), ..RestoreOptions::default() };
    let plan = repository.plan_restore(&report.snapshot, &options, &cancel).await.unwrap();
    let progress = Arc::new(Progress::default());
    let restored = repository.restore(&plan, &progress, &cancel).await.unwrap();
    assert_eq!(restored.skipped, []);
    assert_eq!((restored.files, restored.others), (plan.files, plan.others));
    assert_eq!((restored.folders, restored.bytes), (plan.folders, plan.bytes));
    assert_eq!(progress.files_done.get(), progress.files_total.get());
    assert_eq!(progress.bytes_done.get(), progress.bytes_total.get());
    let check = CheckOptions::with_data(true);
    let report = repository.check(check, &Arc::new(Progress::default()), &cancel).await.unwrap();
    assert_eq!(report.findings, []);
    let copy = target.join(Path::new(&source).strip_prefix("/").unwrap());
    let differences = compare(&source, &copy, Tolerance::default()).unwrap();
    differences.iter().map(|difference| format!("{difference:?}")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_tree_comes_back(entries in prop::collection::vec(named(entry()), 0..8)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        prop_assert_eq!(runtime.block_on(comes_back(&entries)), Vec::<String>::new());
    }
}
