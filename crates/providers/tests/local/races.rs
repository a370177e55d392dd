//! Several writers of one name.

use super::{key, names_on_disk, never, noise, open, random};
use providers::LocalStore;
use std::sync::Arc;
use storage::{ByteRange, ErrorKind, Overwrite, Prefix, PutMode, Store, StoreExt};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_eight_creators_exactly_one_wins_fifty_times() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..50_u64 {
        // Folders that do not exist yet are part of the race.
        let name = key(&format!("{round}/new/object"));
        let start = Arc::new(tokio::sync::Barrier::new(8));
        let mut racers = Vec::new();
        for racer in 0..8_u64 {
            let store = LocalStore::open(folder.path(), random()).await.unwrap();
            let (name, start) = (name.clone(), Arc::clone(&start));
            racers.push(tokio::spawn(async move {
                let bytes = noise(round * 8 + racer, 20_000 + racer as usize);
                start.wait().await;
                let won = if racer % 2 == 0 {
                    store.put(&name, bytes.clone().into(), PutMode::CreateNew, &never()).await
                } else {
                    // Names are given by renaming, too.
                    let own = key(&format!("own/{round}-{racer}"));
                    store
                        .put(&own, bytes.clone().into(), PutMode::Replace, &never())
                        .await
                        .unwrap();
                    store.rename(&own, &name, Overwrite::Refuse, &never()).await
                };
                (won, bytes)
            }));
        }
        let mut winners = Vec::new();
        for racer in racers {
            match racer.await.unwrap() {
                (Ok(()), bytes) => winners.push(bytes),
                (Err(error), _) => assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{error}"),
            }
        }
        assert_eq!(winners.len(), 1, "round {round}");
        let store = open(folder.path()).await;
        let read = store.read(&name, ByteRange::Whole, 1 << 20, &never()).await.unwrap();
        assert!(read == winners[0]);
    }
    let left = names_on_disk(folder.path());
    assert!(!left.iter().any(|name| name.contains(".keepstead-")), "{left:?}");
}

/// Many objects at once into folders that are missing.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn missing_folders_are_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let writers: Vec<_> = (0..200_u64)
        .map(|at| {
            let store = store.clone();
            tokio::spawn(async move {
                let name = key(&format!("a/{}/b/{}/{at}", at % 3, at % 7));
                store.put(&name, noise(at, 10).into(), PutMode::CreateNew, &never()).await
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    assert_eq!(store.list_all(&Prefix::everything(), &never()).await.unwrap().len(), 200);
}
