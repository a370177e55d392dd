//! Points about names: looking up, listing, deleting.

use super::{
    Broken, Found, Ground, Outcome,
    bytes::{ensure_object, noise},
    ensure, ensure_kind, never,
};
use crate::{Body, ByteRange, ErrorKind, Key, Prefix, PutMode, Store, StoreExt};
use futures_util::stream::{self, StreamExt};
use std::collections::BTreeMap;

/// That a listing has these objects with these lengths, each once, and no others.
async fn ensure_listing(
    store: &dyn Store,
    prefix: &Prefix,
    expected: &BTreeMap<Key, u64>,
) -> Result<(), Broken> {
    let folder = prefix.as_folder().unwrap_or("everything");
    let listed = store.list_all(prefix, &never()).await?;
    let count = listed.len();
    let found: BTreeMap<Key, u64> =
        listed.into_iter().map(|entry| (entry.key, entry.length)).collect();
    ensure(found.len() == count, || {
        format!("{folder}: {count} entries, but only {} different ones", found.len())
    })?;
    if let Some(key) = expected.keys().find(|key| !found.contains_key(*key)) {
        let (seen, all) = (found.len(), expected.len());
        return Err(Broken(format!("{folder}: {key} is not listed ({seen} of {all} are)")));
    }
    for (key, length) in &found {
        ensure(expected.get(key) == Some(length), || {
            format!("{folder}: {key} is listed with {length} bytes, wrongly")
        })?;
    }
    Ok(())
}

/// What is not there is not there.
pub(super) async fn missing(ground: &Ground<'_>) -> Found {
    for name in ["nothing", "no/such/folder/nothing"] {
        let key = ground.key(name)?;
        let got = ground.store.read(&key, ByteRange::Whole, 1, &never()).await;
        ensure_kind(got, ErrorKind::NotFound, "reading what is not there")?;
        let found = ground.store.stat(&key, &never()).await?;
        ensure(found.is_none(), || format!("looking up what is not there: {found:?}"))?;
    }
    ensure_listing(&*ground.store, &ground.below("")?, &BTreeMap::new()).await?;

    // A folder is not an object.
    let key = ground.key("folder/object")?;
    ground.store.put(&key, noise(1, 10).into(), PutMode::CreateNew, &never()).await?;
    let folder = ground.key("folder")?;
    let found = ground.store.stat(&folder, &never()).await?;
    ensure(found.is_none(), || format!("a folder was looked up as an object: {found:?}"))?;
    let got = ground.store.read(&folder, ByteRange::Whole, 1, &never()).await;
    ensure_kind(got, ErrorKind::NotFound, "reading a folder")?;
    Ok(Outcome::Holds)
}

/// More than a thousand objects at different depths are listed completely.
pub(super) async fn listing(ground: &Ground<'_>) -> Found {
    let mut all = BTreeMap::new();
    for at in 0..1_060_u64 {
        // Pages of 1000 must be full within one folder and across folders.
        let name = match at {
            0..1_005 => format!("many/{at:05}"),
            1_005..1_030 => format!("deep/{}/{}/{at}/same", at % 3, at % 5),
            1_030..1_059 => format!("deep-er/{at}/same"),
            _ => "deep/same".into(),
        };
        all.insert(ground.key(&name)?, at % 7);
    }
    let failures: Vec<_> = stream::iter(&all)
        .map(|(key, length)| async move {
            let body = Body::from(noise(*length, *length as usize));
            ground.store.put(key, body, PutMode::CreateNew, &never()).await
        })
        .buffer_unordered(ground.store.capabilities().concurrency.max(1))
        .filter_map(|result| std::future::ready(result.err()))
        .collect()
        .await;
    if let Some(error) = failures.into_iter().next() {
        return Err(error.into());
    }
    let fresh = ground.fresh().await?;
    for store in [&*ground.store, &*fresh] {
        ensure_listing(store, &ground.below("")?, &all).await?;
        for folder in ["many", "deep", "deep/1", "deep-er"] {
            let below = ground.below(folder)?;
            let expected = all
                .iter()
                .filter(|(key, _)| below.contains(key))
                .map(|(key, length)| (key.clone(), *length))
                .collect();
            ensure_listing(store, &below, &expected).await?;
        }
    }
    let everything = fresh.list_all(&Prefix::everything(), &never()).await?;
    let seen = everything.iter().filter(|entry| all.contains_key(&entry.key)).count();
    ensure(seen == all.len(), || {
        format!("everything: {seen} of {} entries of one folder", all.len())
    })?;

    let keys: Vec<Key> = all.into_keys().collect();
    let results = ground.store.delete(&keys, &never()).await;
    ensure(results.len() == keys.len(), || {
        format!("{} keys deleted, {} results", keys.len(), results.len())
    })?;
    for result in results {
        result?;
    }
    ensure_listing(&*fresh, &ground.below("")?, &BTreeMap::new()).await?;
    Ok(Outcome::Holds)
}

/// A folder's name matches whole components only.
pub(super) async fn prefix(ground: &Ground<'_>) -> Found {
    let mut lengths = BTreeMap::new();
    for (length, name) in
        ["snap/1", "snapshots/1", "snap-x", "a/snap/1", "snap/1x/2"].into_iter().enumerate()
    {
        let key = ground.key(name)?;
        let body = Body::from(noise(2, length));
        ground.store.put(&key, body, PutMode::CreateNew, &never()).await?;
        lengths.insert(name, (key, length as u64));
    }
    for (folder, below) in [
        ("snap", &["snap/1", "snap/1x/2"][..]),
        ("snapshots", &["snapshots/1"]),
        ("sna", &[]),
        ("snap-x", &[]),
        ("snap/1", &[]),
        ("snap/1/2", &[]),
        ("a", &["a/snap/1"]),
    ] {
        let expected = below.iter().map(|name| lengths[name].clone()).collect();
        ensure_listing(&*ground.store, &ground.below(folder)?, &expected).await?;
    }
    Ok(Outcome::Holds)
}

/// Deleting touches the named objects only, and may be repeated.
pub(super) async fn delete(ground: &Ground<'_>) -> Found {
    let doomed = ["a/x", "b/y", "z"];
    let canaries = ["a/xy", "a/x-", "b/x", "x", "y", "b/z/x", "zz/z"];
    let mut kept = BTreeMap::new();
    for (at, name) in doomed.iter().chain(&canaries).enumerate() {
        let key = ground.key(name)?;
        let bytes = noise(at as u64, 100 + at);
        ground.store.put(&key, bytes.clone().into(), PutMode::CreateNew, &never()).await?;
        if canaries.contains(name) {
            kept.insert(key, bytes);
        }
    }
    // The second round finds nothing any more.
    for _ in 0..2 {
        let mut keys = Vec::new();
        for name in doomed.iter().chain(&["a/nothing", "nowhere/at/all", "zzz"]) {
            keys.push(ground.key(name)?);
        }
        let results = ground.store.delete(&keys, &never()).await;
        ensure(results.len() == keys.len(), || {
            format!("{} keys, {} results", keys.len(), results.len())
        })?;
        for result in results {
            result?;
        }
        let lengths = kept.iter().map(|(key, bytes)| (key.clone(), bytes.len() as u64)).collect();
        ensure_listing(&*ground.fresh().await?, &ground.below("")?, &lengths).await?;
    }
    // Whether this succeeds is left open, but a folder is not an object.
    let _ = ground.store.delete_one(&ground.key("b")?, &never()).await;
    for (key, bytes) in &kept {
        ensure_object(&*ground.store, key, bytes).await?;
    }
    let none = ground.store.delete(&[], &never()).await;
    ensure(none.is_empty(), || "deleting nothing gave results".into())?;
    Ok(Outcome::Holds)
}
