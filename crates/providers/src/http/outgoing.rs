//! The bytes of a request on their way out.

use super::progress::Progress;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use storage::Body;

/// Bytes go out in pieces of this size, so that it is seen when they stop.
const PIECE: usize = 128 << 10;

type Pieces = Pin<Box<dyn futures_util::Stream<Item = storage::Result<Bytes>> + Send>>;

/// The pieces of `body`. `all_out` is set before the last of them goes: from
/// then on the destination may have the whole object.
pub(super) fn pieces(body: &Body, progress: Progress, all_out: Arc<AtomicBool>) -> Pieces {
    let total = body.length();
    let bytes = body.stream();
    let state = (bytes, Bytes::new(), 0_u64);
    stream::unfold(Some(state), move |state| {
        let (progress, all_out) = (progress.clone(), Arc::clone(&all_out));
        async move {
            let (mut bytes, mut rest, mut sent) = state?;
            while rest.is_empty() {
                match bytes.next().await? {
                    Ok(piece) => rest = piece,
                    Err(error) => return Some((Err(error), None)),
                }
            }
            let piece = rest.split_to(rest.len().min(PIECE));
            sent += piece.len() as u64;
            if sent >= total {
                // The last piece makes it an object, so nothing may be wrong
                // with what comes after it.
                while let Some(more) = bytes.next().await {
                    if let Err(error) = more {
                        return Some((Err(error), None));
                    }
                }
                all_out.store(true, Ordering::Release);
            }
            progress.mark();
            Some((Ok(piece), Some((bytes, rest, sent))))
        }
    })
    .boxed()
}
