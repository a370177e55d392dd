//! Points about writing over, creating, renaming and copying.

use super::{
    Found, Ground, Outcome,
    bytes::{ensure_object, noise},
    ensure, ensure_kind, never,
};
use crate::{ByteRange, ErrorKind, Overwrite, PutMode};
use futures_util::future::join_all;
use std::sync::Arc;

/// A taken name is refused, and of several racers exactly one wins.
pub(super) async fn create_new(ground: &Ground<'_>) -> Found {
    let key = ground.key("taken")?;
    let first = noise(1, 1000);
    ground.store.put(&key, first.clone().into(), PutMode::CreateNew, &never()).await?;
    let again = ground.store.put(&key, noise(2, 900).into(), PutMode::CreateNew, &never()).await;
    ensure_kind(again, ErrorKind::AlreadyExists, "creating what exists")?;
    ensure_object(&*ground.fresh().await?, &key, &first).await?;
    if !ground.store.capabilities().atomic_create {
        return Ok(Outcome::Absent);
    }
    for round in 0..5_u64 {
        let key = ground.key(&format!("race/{round}"))?;
        let mut racers = Vec::new();
        // Tasks of their own, and stores of their own, as machines would be.
        let start = Arc::new(tokio::sync::Barrier::new(8));
        for racer in 0..8_u64 {
            let (store, key, start) = (ground.fresh().await?, key.clone(), Arc::clone(&start));
            let bytes = noise(round * 8 + racer, 70_000 + racer as usize);
            racers.push(tokio::spawn(async move {
                start.wait().await;
                let won = store.put(&key, bytes.clone().into(), PutMode::CreateNew, &never()).await;
                (won, bytes)
            }));
        }
        let mut winners = Vec::new();
        for outcome in join_all(racers).await {
            let Ok((won, bytes)) = outcome else {
                return Err(super::Broken("a racer panicked".into()));
            };
            match won {
                Ok(()) => winners.push(bytes),
                lost => ensure_kind(lost, ErrorKind::AlreadyExists, "losing the race")?,
            }
        }
        ensure(winners.len() == 1, || format!("{} winners of 8 racers", winners.len()))?;
        ensure_object(&*ground.store, &key, &winners[0]).await?;
    }
    Ok(Outcome::Holds)
}

/// An object is replaced whole: readers meet the old or the new one.
pub(super) async fn overwrite(ground: &Ground<'_>) -> Found {
    let key = ground.key("object")?;
    let sibling = ground.key("object-2")?;
    let other = noise(50, 77);
    ground.store.put(&sibling, other.clone().into(), PutMode::Replace, &never()).await?;
    for (at, size) in [5_000, 10, 70_000, 0, 300_000].into_iter().enumerate() {
        let bytes = noise(at as u64, size);
        ground.store.put(&key, bytes.clone().into(), PutMode::Replace, &never()).await?;
        ensure_object(&*ground.store, &key, &bytes).await?;
        ensure_object(&*ground.fresh().await?, &key, &bytes).await?;
    }

    // Larger than what a store reads at once, so that a read can be overtaken.
    let atomic = ground.store.capabilities().atomic_replace;
    let versions = [noise(60, 3 << 20), noise(61, 3 << 20)];
    ground.store.put(&key, versions[0].clone().into(), PutMode::Replace, &never()).await?;
    let (writer, target, bodies) = (Arc::clone(&ground.store), key.clone(), versions.clone());
    let writing = tokio::spawn(async move {
        for at in 1..=10 {
            let body = bodies[at % 2].clone().into();
            writer.put(&target, body, PutMode::Replace, &never()).await?;
        }
        Ok::<_, crate::Error>(())
    });
    let mut reads = 0;
    while !writing.is_finished() || reads < 3 {
        reads += 1;
        // A store may refuse to go on with an object that changed.
        let read = ground.store.read(&key, ByteRange::Whole, 4 << 20, &never()).await;
        match read {
            Ok(bytes) => {
                ensure(versions.contains(&bytes), || "a mix of two objects was read".into())?;
            }
            Err(error) => ensure(error.kind() != ErrorKind::NotFound || !atomic, || {
                "an object was not there while it was replaced".into()
            })?,
        }
    }
    match writing.await {
        Ok(written) => written?,
        Err(_) => return Err(super::Broken("the writer panicked".into())),
    }
    ensure_object(&*ground.store, &key, &versions[0]).await?;
    ensure_object(&*ground.store, &sibling, &other).await?;
    Ok(if atomic { Outcome::Holds } else { Outcome::Absent })
}

/// An object gets another name and keeps its bytes.
pub(super) async fn rename(ground: &Ground<'_>) -> Found {
    moved(ground, "rename", ground.store.capabilities().rename).await
}

/// An object gets a second name with the same bytes.
pub(super) async fn copy(ground: &Ground<'_>) -> Found {
    moved(ground, "copy", ground.store.capabilities().server_copy).await
}

async fn moved(ground: &Ground<'_>, operation: &str, able: bool) -> Found {
    let store = &ground.store;
    let copies = operation == "copy";
    let keys = (ground.key("from/a")?, ground.key("to/a")?, ground.key("new/folders/a")?);
    let (from, taken, free) = (&keys.0, &keys.1, &keys.2);
    let (bytes, old) = (noise(1, (5 << 20) + 1), noise(2, 20));
    store.put(from, bytes.clone().into(), PutMode::CreateNew, &never()).await?;
    store.put(taken, old.clone().into(), PutMode::CreateNew, &never()).await?;
    let act = async |from, to, overwrite| match copies {
        true => store.copy(from, to, overwrite, &never()).await,
        false => store.rename(from, to, overwrite, &never()).await,
    };
    if !able {
        let refused = act(from, free, Overwrite::Refuse).await;
        ensure_kind(refused, ErrorKind::Unsupported, "what the store cannot do")?;
        ensure_object(&**store, from, &bytes).await?;
        return Ok(Outcome::Absent);
    }

    let refused = act(from, taken, Overwrite::Refuse).await;
    ensure_kind(refused, ErrorKind::AlreadyExists, "onto a taken name")?;
    ensure_object(&**store, from, &bytes).await?;
    ensure_object(&**store, taken, &old).await?;

    let nothing = ground.key("from/nothing")?;
    let refused = act(&nothing, taken, Overwrite::Allow).await;
    ensure_kind(refused, ErrorKind::NotFound, "from what is not there")?;
    ensure_object(&**store, taken, &old).await?;

    act(from, free, Overwrite::Refuse).await?;
    ensure_object(&*ground.fresh().await?, free, &bytes).await?;
    act(free, taken, Overwrite::Allow).await?;
    let fresh = ground.fresh().await?;
    ensure_object(&*fresh, taken, &bytes).await?;
    for name in [from, free] {
        if copies {
            ensure_object(&*fresh, name, &bytes).await?;
        } else {
            let left = fresh.stat(name, &never()).await?;
            ensure(left.is_none(), || format!("{name} is still there after its renaming"))?;
        }
    }
    if copies {
        // Two objects, not two names of one.
        store.put(from, old.clone().into(), PutMode::Replace, &never()).await?;
        ensure_object(&*fresh, taken, &bytes).await?;
    }
    Ok(Outcome::Holds)
}
