//! Points about the bytes of objects.

use super::{Broken, Found, Ground, Outcome, ensure, never};
use crate::{Body, ByteRange, Error, Key, PutMode, Store, StoreExt, together};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};

/// `length` bytes that differ from those of every other `seed`, and in which
/// no part repeats.
pub(super) fn noise(seed: u64, length: usize) -> Bytes {
    let mut bytes = Vec::with_capacity(length + 8);
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(length as u64);
    while bytes.len() < length {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend_from_slice(&(word ^ (word >> 31)).to_le_bytes());
    }
    bytes.truncate(length);
    bytes.into()
}

/// `bytes` in pieces whose lengths have nothing to do with anything, among
/// them empty ones.
fn pieces(bytes: &Bytes) -> Vec<Bytes> {
    let sizes = [1, 0, 7, 65_537, 1 << 20, 4096, 300_001].into_iter().cycle();
    let mut rest = bytes.clone();
    let mut pieces = Vec::new();
    for size in sizes {
        if rest.is_empty() {
            break;
        }
        pieces.push(rest.split_to(size.min(rest.len())));
    }
    pieces
}

/// A body that is produced while it is sent.
pub(super) fn streamed(bytes: &Bytes) -> Body {
    let all = pieces(bytes);
    Body::replayable(bytes.len() as u64, move || {
        stream::iter(all.clone().into_iter().map(Ok)).boxed()
    })
}

/// What a store reads: at once and in pieces, which have to agree.
async fn read_both_ways(
    store: &dyn Store,
    key: &Key,
    range: ByteRange,
    limit: u64,
) -> Result<crate::Result<Bytes>, Broken> {
    let at_once = store.read(key, range, limit, &never()).await;
    let in_pieces = match store.get(key, range, &never()).await {
        Ok(pieces) => together(pieces, key, range, limit).await,
        Err(error) => Err(error),
    };
    let agree = at_once.as_ref().map_err(Error::kind) == in_pieces.as_ref().map_err(Error::kind);
    ensure(agree, || format!("{key}, {range:?}: read at once, it is not what it is in pieces"))?;
    Ok(at_once)
}

/// That an object has exactly these bytes, when it is read and looked up.
pub(super) async fn ensure_object(
    store: &dyn Store,
    key: &Key,
    expected: &Bytes,
) -> Result<(), Broken> {
    let length = expected.len() as u64;
    // Room for one byte too many, so that it is noticed here.
    let read = read_both_ways(store, key, ByteRange::Whole, length + 1).await??;
    ensure(read == *expected, || {
        format!("{key}: wrote {length} bytes, read {} or others", read.len())
    })?;
    let entry = store.stat(key, &never()).await?;
    ensure(entry.as_ref().is_some_and(|entry| entry.key == *key && entry.length == length), || {
        format!("{key}: has {length} bytes, but looking it up says {entry:?}")
    })
}

/// Objects of every size come back as they were written.
pub(super) async fn round_trip(ground: &Ground<'_>) -> Found {
    const SIZES: [usize; 10] = [
        0,
        1,
        255 << 10,
        (256 << 10) + 1,
        (320 << 10) * 3 + 7,
        (4 << 20) - 1,
        4 << 20,
        (4 << 20) + 1,
        (10 << 20) + 12_345,
        64 << 20,
    ];
    for (at, size) in SIZES.into_iter().enumerate() {
        let bytes = noise(at as u64, size);
        for (how, body) in [
            ("whole", Body::from(bytes.clone())),
            ("chunks", Body::from_chunks(pieces(&bytes))),
            ("streamed", streamed(&bytes)),
        ] {
            // The largest once, in the way that holds the least in memory.
            if size > 16 << 20 && how != "streamed" {
                continue;
            }
            let key = ground.key(&format!("{size}/{how}"))?;
            ground.store.put(&key, body, PutMode::CreateNew, &never()).await?;
            ensure_object(&*ground.store, &key, &bytes).await?;
            ensure_object(&*ground.fresh().await?, &key, &bytes).await?;
            ground.store.delete_one(&key, &never()).await?;
        }
    }
    Ok(Outcome::Holds)
}

/// Parts of objects are exactly the parts that were asked for.
pub(super) async fn ranges(ground: &Ground<'_>) -> Found {
    const MIB: u64 = 1 << 20;
    let store = &*ground.store;
    let bytes = noise(100, (3 * MIB + 17) as usize);
    let length = bytes.len() as u64;
    let (key, empty) = (ground.key("object")?, ground.key("empty")?);
    ground.store.put(&key, bytes.clone().into(), PutMode::CreateNew, &never()).await?;
    ground.store.put(&empty, Bytes::new().into(), PutMode::CreateNew, &never()).await?;

    for (offset, count) in [
        (0, 1),
        (0, length),
        (1, length - 1),
        (length - 1, 1),
        (length - 17, 17),
        (MIB - 1, 2),
        (MIB, MIB),
        (5, 2 * MIB + 3),
    ] {
        let range = ByteRange::Exact { offset, length: count };
        let read = read_both_ways(store, &key, range, length + 1).await??;
        let expected = bytes.slice(offset as usize..(offset + count) as usize);
        ensure(read == expected, || format!("{range:?}: {} bytes, or others", read.len()))?;
    }
    for count in [1, 17, MIB + 1, length - 1, length, length + 1, u64::MAX] {
        let read = read_both_ways(store, &key, ByteRange::Last(count), length + 1).await??;
        let expected = bytes.slice(length.saturating_sub(count) as usize..);
        ensure(read == expected, || format!("last {count}: {} bytes, or others", read.len()))?;
    }
    for (key, offset) in [(&key, 0), (&key, length), (&empty, 0)] {
        let range = ByteRange::Exact { offset, length: 0 };
        let read = read_both_ways(store, key, range, length).await??;
        ensure(read.is_empty(), || format!("nothing at {offset}: {} bytes", read.len()))?;
    }
    for range in [ByteRange::Whole, ByteRange::Last(5)] {
        let read = read_both_ways(store, &empty, range, length).await??;
        ensure(read.is_empty(), || format!("{range:?} of nothing: {} bytes", read.len()))?;
    }
    let read = read_both_ways(store, &key, ByteRange::Last(0), length).await??;
    ensure(read.is_empty(), || format!("the last 0 bytes: {} bytes", read.len()))?;

    for (offset, count) in
        [(length, 1), (length - 1, 2), (0, length + 1), (length * 2, 5), (u64::MAX, 1)]
    {
        let range = ByteRange::Exact { offset, length: count };
        let read = read_both_ways(store, &key, range, length + 1).await?;
        ensure(read.is_err(), || format!("{range:?} of {length} bytes succeeded"))?;
    }
    let one = ByteRange::Exact { offset: 0, length: 1 };
    let read = read_both_ways(store, &empty, one, length).await?;
    ensure(read.is_err(), || "a byte of an empty object was read".into())?;
    Ok(Outcome::Holds)
}
