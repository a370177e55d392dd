//! Bodies, and what the memory store offers beyond the contract.

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use storage::{Body, ByteRange, Cancel, Error, ErrorKind, Key, MemoryStore, PutMode, Store};

async fn drain(body: &Body) -> Result<usize, Error> {
    let mut stream = body.stream();
    let mut seen = 0;
    while let Some(piece) = stream.next().await {
        seen += piece?.len();
    }
    Ok(seen)
}

#[tokio::test]
async fn a_body_notices_a_source_of_another_length() {
    let body = |length| {
        Body::replayable(length, || {
            stream::iter([Ok(Bytes::from_static(b"abc")), Ok(Bytes::from_static(b"de"))]).boxed()
        })
    };
    // A body is read again for each try.
    let sound = body(5);
    assert_eq!(drain(&sound).await.unwrap(), 5);
    assert_eq!(drain(&sound).await.unwrap(), 5);
    for length in [0, 4, 6] {
        let error = drain(&body(length)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Other);
    }
}

#[tokio::test]
async fn stored_bytes_can_be_damaged_and_brought_back() {
    let (store, cancel) = (MemoryStore::new(), Cancel::new());
    let key = Key::new("data/00").unwrap();
    store.put(&key, vec![1, 2, 3].into(), PutMode::CreateNew, &cancel).await.unwrap();
    let before = store.snapshot();
    assert!(store.tamper(&key, |bytes| bytes[1] ^= 0xff));
    let read = store.read(&key, ByteRange::Whole, 3, &cancel).await.unwrap();
    assert_eq!(read[..], [1, 253, 3]);
    assert_eq!(store.remove(&key).unwrap().len(), 3);
    assert!(!store.tamper(&key, Vec::clear));
    assert!(store.objects().is_empty());
    let back = MemoryStore::from_snapshot(before);
    assert_eq!(back.objects(), std::slice::from_ref(&key));
    assert_eq!(back.read(&key, ByteRange::Whole, 3, &cancel).await.unwrap()[..], [1, 2, 3]);
    assert_eq!(format!("{back:?}"), r#"{Key("data/00"): 3}"#);
}
