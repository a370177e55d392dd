//! Points about writes that do not come to their end.

use super::{
    Broken, Found, Ground, Outcome,
    bytes::{ensure_object, noise},
    ensure, ensure_kind, never,
};
use crate::{Body, ByteRange, Cancel, Error, ErrorKind, Key, Overwrite, PutMode, Store, StoreExt};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use std::time::{Duration, Instant};

/// What the contract allows is one second; the rest is for a busy machine.
const AT_ONCE: Duration = Duration::from_millis(1_500);

/// A store that is silent for so long after its token has fired has waited for
/// the destination to say whether it has the object, as the contract allows.
const PATIENT: Duration = Duration::from_millis(700);

/// A body that says it has `length` bytes and yields `pieces`.
fn claiming(length: u64, pieces: Vec<Option<Bytes>>) -> Body {
    Body::replayable(length, move || {
        let broken = || Error::new(ErrorKind::Other, "read").because("the source broke");
        stream::iter(pieces.clone().into_iter().map(move |piece| piece.ok_or_else(broken))).boxed()
    })
}

/// That nothing of a name is there.
async fn ensure_absent(store: &dyn Store, key: &Key) -> Result<(), Broken> {
    let found = store.stat(key, &never()).await?;
    ensure(found.is_none(), || format!("a write that failed left {found:?}"))
}

/// That an object is one of these, whole. It may become the second meanwhile.
async fn ensure_one_of(store: &dyn Store, key: &Key, expected: &[&Bytes]) -> Result<(), Broken> {
    let mut found = Ok(());
    for bytes in expected {
        found = ensure_object(store, key, bytes).await;
        if found.is_ok() {
            break;
        }
    }
    found
}

/// A body that breaks, ends too early or goes on too long leaves what was there.
pub(super) async fn failing_body(ground: &Ground<'_>) -> Found {
    let part = noise(1, (3 << 20) + 5);
    let length = part.len() as u64 * 2;
    let small = noise(2, 100);
    let old = noise(3, 5_000);
    let bodies = [
        ("breaks at once", claiming(length, vec![None])),
        ("breaks halfway", claiming(length, vec![Some(part.clone()), None])),
        ("breaks at the end", claiming(100, vec![Some(small.clone()), None])),
        ("is too short", claiming(length, vec![Some(part.clone())])),
        ("is empty", claiming(1, vec![])),
        ("is too long", claiming(length - 1, vec![Some(part.clone()), Some(part)])),
        ("has one byte too many", claiming(99, vec![Some(small)])),
    ];
    let kept = ground.key("kept")?;
    ground.store.put(&kept, old.clone().into(), PutMode::CreateNew, &never()).await?;
    for (how, body) in bodies {
        let key = ground.key("new/object")?;
        let written = ground.store.put(&key, body.clone(), PutMode::CreateNew, &never()).await;
        ensure(written.is_err(), || format!("success with a body that {how}"))?;
        let written = ground.store.put(&kept, body, PutMode::Replace, &never()).await;
        ensure(written.is_err(), || format!("success with a body that {how}"))?;
        let fresh = ground.fresh().await?;
        ensure_absent(&*fresh, &key).await?;
        ensure_object(&*fresh, &kept, &old).await?;
        let listed = fresh.list_all(&ground.below("")?, &never()).await?;
        ensure(listed.len() == 1, || format!("a body that {how} left {listed:?}"))?;
    }
    Ok(Outcome::Holds)
}

/// With a token that has fired already nothing happens.
pub(super) async fn cancelled_before(ground: &Ground<'_>) -> Found {
    let cancelled = Cancel::new();
    cancelled.cancel();
    let store = &ground.store;
    let (key, new, bytes) = (ground.key("a/object")?, ground.key("b/new")?, noise(1, 1000));
    store.put(&key, bytes.clone().into(), PutMode::CreateNew, &never()).await?;

    let expected = ErrorKind::Cancelled;
    for body in [Body::from(noise(2, 10)), claiming(10, vec![Some(noise(2, 10))])] {
        let written = store.put(&new, body.clone(), PutMode::CreateNew, &cancelled).await;
        ensure_kind(written, expected, "put")?;
        ensure_kind(store.put(&key, body, PutMode::Replace, &cancelled).await, expected, "put")?;
    }
    let read = store.read(&key, ByteRange::Whole, 1000, &cancelled).await;
    ensure_kind(read, expected, "get")?;
    ensure_kind(store.stat(&key, &cancelled).await, expected, "stat")?;
    for folder in ["", "nowhere"] {
        let listed = store.list_all(&ground.below(folder)?, &cancelled).await;
        ensure_kind(listed, expected, "list")?;
    }
    ensure_kind(store.delete_one(&key, &cancelled).await, expected, "delete")?;
    if store.capabilities().rename {
        let renamed = store.rename(&key, &new, Overwrite::Refuse, &cancelled).await;
        ensure_kind(renamed, expected, "rename")?;
    }
    if store.capabilities().server_copy {
        let copied = store.copy(&key, &new, Overwrite::Refuse, &cancelled).await;
        ensure_kind(copied, expected, "copy")?;
    }
    let fresh = ground.fresh().await?;
    ensure_object(&*fresh, &key, &bytes).await?;
    ensure_absent(&*fresh, &new).await?;
    Ok(Outcome::Holds)
}

/// A write stops within a second and leaves what was there; a read stops too.
pub(super) async fn cancelled_during(ground: &Ground<'_>) -> Found {
    let old = noise(1, 4_321);
    let (new, kept) = (ground.key("new")?, ground.key("kept")?);
    ground.store.put(&kept, old.clone().into(), PutMode::CreateNew, &never()).await?;

    // A source that stalls after its first bytes.
    let start = noise(2, (5 << 20) + 3);
    let stalling = Body::replayable(start.len() as u64 * 2, move || {
        stream::iter([Ok(start.clone())]).chain(stream::pending()).boxed()
    });
    for (key, mode) in [(&new, PutMode::CreateNew), (&kept, PutMode::Replace)] {
        let cancel = Cancel::new();
        let since = tokio::time::sleep(Duration::from_millis(100));
        let stop = async {
            since.await;
            cancel.cancel();
            Instant::now()
        };
        let put = tokio::time::timeout(
            Duration::from_secs(5),
            ground.store.put(key, stalling.clone(), mode, &cancel),
        );
        let (written, stopped) = tokio::join!(async { (put.await, Instant::now()) }, stop);
        let (Ok(written), ended) = written else {
            return Err(Broken("a write took no notice of its token for 5 s".into()));
        };
        ensure_kind(written, ErrorKind::Cancelled, "a write that was cancelled")?;
        let took = ended.saturating_duration_since(stopped);
        ensure(took < AT_ONCE, || format!("stopping a write took {took:?}"))?;
    }
    let fresh = ground.fresh().await?;
    ensure_absent(&*fresh, &new).await?;
    ensure_object(&*fresh, &kept, &old).await?;

    // All bytes are there; the token fires at different stages of the write.
    let large = noise(3, 24 << 20);
    for wait in [0, 1, 3, 10, 20, 30, 50, 80] {
        // One each, lest what is doubtful below meets the next.
        let kept = ground.key(&format!("kept-{wait}"))?;
        ground.store.put(&kept, old.clone().into(), PutMode::CreateNew, &never()).await?;
        let cancel = Cancel::new();
        let stop = async {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            cancel.cancel();
            Instant::now()
        };
        let put = ground.store.put(&kept, large.clone().into(), PutMode::Replace, &cancel);
        let (written, stopped) = tokio::join!(async { (put.await, Instant::now()) }, stop);
        let (written, ended) = written;
        let expected: &[&Bytes] = match written {
            Ok(()) => &[&large],
            Err(error) if error.kind() != ErrorKind::Cancelled => return Err(error.into()),
            // It waited for an answer, and none came: nobody can tell.
            Err(_) if ended.saturating_duration_since(stopped) >= PATIENT => &[&old, &large],
            Err(_) => &[&old],
        };
        ensure_one_of(&*ground.fresh().await?, &kept, expected).await?;
        // Work that went on behind a cancelled write must not surface later.
        tokio::time::sleep(Duration::from_millis(250)).await;
        ensure_one_of(&*ground.fresh().await?, &kept, expected).await?;
    }

    ground.store.put(&kept, large.clone().into(), PutMode::Replace, &never()).await?;
    let cancel = Cancel::new();
    let mut reading = ground.store.get(&kept, ByteRange::Whole, &cancel).await?;
    let mut seen = reading.next().await.transpose()?.map_or(0, |piece| piece.len());
    cancel.cancel();
    // What had arrived already may still come.
    loop {
        match reading.next().await {
            Some(Ok(piece)) => seen += piece.len(),
            Some(Err(error)) => {
                ensure_kind::<()>(Err(error), ErrorKind::Cancelled, "a read that was cancelled")?;
                break;
            }
            None => {
                let all = large.len();
                ensure(seen == all, || format!("a cancelled read ended at {seen} of {all}"))?;
                break;
            }
        }
    }
    Ok(Outcome::Holds)
}
