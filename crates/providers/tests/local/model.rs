//! Any sequence of operations has the same outcomes on a disk as in memory.

use super::{key, never, noise, open};
use proptest::prelude::*;
use storage::{
    ByteRange, Error, ErrorKind, MemoryStore, Overwrite, Prefix, PutMode, Store, StoreExt,
};

#[derive(Clone, Debug)]
enum Step {
    Put(usize, u64, usize, bool, bool),
    Get(usize, ByteRange),
    Stat(usize),
    List(usize),
    Delete(Vec<usize>),
    Rename(usize, usize, bool),
    Copy(usize, usize, bool),
}

/// No name here is the folder of another one: on a disk they would exclude
/// each other.
const NAMES: [&str; 8] =
    ["a", "b/a", "b/ab", "b/c/a", "ba/a", "data/00/00ff", "data/0/0", "ünï/a b"];
const FOLDERS: [&str; 7] = ["b", "ba", "b/c", "data", "data/00", "nothing", "a"];

fn step() -> impl Strategy<Value = Step> {
    let name = 0..NAMES.len();
    let size = prop_oneof![
        Just(0_usize),
        1..200_usize,
        Just((1 << 20) - 1),
        Just(1 << 20),
        Just((1 << 20) + 1)
    ];
    let range = prop_oneof![
        Just(ByteRange::Whole),
        (0..300_u64, 0..300_u64).prop_map(|(offset, length)| ByteRange::Exact { offset, length }),
        ((1 << 20) - 3..(1 << 20) + 3_u64, 0..4_u64)
            .prop_map(|(offset, length)| ByteRange::Exact { offset, length }),
        (0..300_u64).prop_map(ByteRange::Last),
        Just(ByteRange::Exact { offset: u64::MAX, length: 2 }),
    ];
    prop_oneof![
        4 => (name.clone(), any::<u64>(), size, any::<bool>(), any::<bool>())
            .prop_map(|(name, seed, size, new, streamed)| Step::Put(name, seed, size, new, streamed)),
        3 => (name.clone(), range).prop_map(|(name, range)| Step::Get(name, range)),
        1 => name.clone().prop_map(Step::Stat),
        2 => (0..=FOLDERS.len()).prop_map(Step::List),
        1 => prop::collection::vec(name.clone(), 0..4).prop_map(Step::Delete),
        2 => (name.clone(), name.clone(), any::<bool>()).prop_map(|(a, b, x)| Step::Rename(a, b, x)),
        2 => (name.clone(), name, any::<bool>()).prop_map(|(a, b, x)| Step::Copy(a, b, x)),
    ]
}

fn allow(allow: bool) -> Overwrite {
    if allow { Overwrite::Allow } else { Overwrite::Refuse }
}

/// What a caller can see of an operation.
async fn outcome(store: &dyn Store, step: &Step) -> Result<String, (ErrorKind, String)> {
    let seen = |error: Error| (error.kind(), format!("{:?}", error.retry()));
    let cancel = never();
    match step {
        Step::Put(name, seed, size, new, streamed) => {
            let mode = if *new { PutMode::CreateNew } else { PutMode::Replace };
            let bytes = noise(*seed, *size);
            let body = if *streamed { super::names::streamed(bytes) } else { bytes.into() };
            store.put(&key(NAMES[*name]), body, mode, &cancel).await.map_err(seen)?;
            Ok(String::new())
        }
        Step::Get(name, range) => {
            let read = store.read(&key(NAMES[*name]), *range, 2 << 20, &cancel).await;
            let bytes = read.map_err(seen)?;
            Ok(format!("{} {}", bytes.len(), digest(&bytes)))
        }
        Step::Stat(name) => {
            let found = store.stat(&key(NAMES[*name]), &cancel).await.map_err(seen)?;
            Ok(format!("{found:?}"))
        }
        Step::List(folder) => {
            let prefix = FOLDERS
                .get(*folder)
                .map_or(Prefix::everything(), |folder| Prefix::folder(*folder).unwrap());
            let mut entries = store.list_all(&prefix, &cancel).await.map_err(seen)?;
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            Ok(format!("{entries:?}"))
        }
        Step::Delete(names) => {
            let keys: Vec<_> = names.iter().map(|name| key(NAMES[*name])).collect();
            let mut outcomes = String::new();
            for result in store.delete(&keys, &cancel).await {
                outcomes += &format!("{:?}", result.map_err(seen));
            }
            Ok(outcomes)
        }
        Step::Rename(from, to, over) => {
            let (from, to) = (key(NAMES[*from]), key(NAMES[*to]));
            store.rename(&from, &to, allow(*over), &cancel).await.map_err(seen)?;
            Ok(String::new())
        }
        Step::Copy(from, to, over) => {
            let (from, to) = (key(NAMES[*from]), key(NAMES[*to]));
            store.copy(&from, &to, allow(*over), &cancel).await.map_err(seen)?;
            Ok(String::new())
        }
    }
}

fn digest(bytes: &[u8]) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(bytes))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_disk_and_memory_agree(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let (disk, memory) = (open(folder.path()).await, MemoryStore::new());
            for (at, step) in steps.iter().enumerate() {
                let on_disk = outcome(&disk, step).await;
                let in_memory = outcome(&memory, step).await;
                prop_assert_eq!(on_disk, in_memory, "step {}: {:?}", at, step);
            }
            for (key, bytes) in memory.snapshot() {
                prop_assert!(std::fs::read(folder.path().join(key.as_str())).unwrap() == bytes);
            }
            Ok(())
        })?;
    }
}
