//! The bytes of a request on their way out.

use super::progress::Progress;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};
use storage::{Body, Error, Result};

/// Bytes go out in pieces of this size, so that it is seen when they stop.
const PIECE: usize = 128 << 10;

type Pieces = Pin<Box<dyn futures_util::Stream<Item = Result<Bytes>> + Send>>;

/// How far the body of a request is, as those see it who may want to stop it.
/// Its last piece goes out, or the request is stopped: never both.
#[derive(Clone, Debug, Default)]
pub(super) struct Going(Arc<Mutex<State>>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Underway,
    /// From now on the destination may have the whole object.
    AllOut,
    /// No last piece goes out any more.
    Stopped,
}

impl Going {
    /// A request begins.
    pub(super) fn begin(&self, operation: &'static str) -> Result<()> {
        self.unless_stopped(State::Underway, operation)
    }

    /// The last piece goes out.
    pub(super) fn end(&self, operation: &'static str) -> Result<()> {
        self.unless_stopped(State::AllOut, operation)
    }

    fn unless_stopped(&self, next: State, operation: &'static str) -> Result<()> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == State::Stopped {
            return Err(Error::cancelled(operation));
        }
        *state = next;
        Ok(())
    }

    /// Keeps the last piece from going out, unless it is too late for that.
    pub(super) fn stop(&self) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == State::AllOut {
            return false;
        }
        *state = State::Stopped;
        true
    }
}

/// The pieces of `body`.
pub(super) fn pieces(
    body: &Body,
    progress: Progress,
    going: Going,
    operation: &'static str,
) -> Pieces {
    let total = body.length();
    let bytes = body.stream();
    let state = (bytes, Bytes::new(), 0_u64);
    stream::unfold(Some(state), move |state| {
        let (progress, going) = (progress.clone(), going.clone());
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
                if let Err(error) = going.end(operation) {
                    return Some((Err(error), None));
                }
            }
            progress.mark();
            Some((Ok(piece), Some((bytes, rest, sent))))
        }
    })
    .boxed()
}
