//! A stream that remembers what was said first, so that a server of another
//! kind can be told apart from one that says nothing.

use super::errors::Lost;
use std::{
    fmt, io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};
use storage::ErrorKind;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// So many bytes are remembered: servers may say something before their name.
const KEPT: usize = 4 << 10;

/// A stream whose first bytes are remembered.
pub(super) struct Heard<S> {
    stream: S,
    first: First,
    full: bool,
}

/// What was said first.
#[derive(Clone, Default)]
pub(super) struct First(Arc<Mutex<Vec<u8>>>);

impl<S> Heard<S> {
    pub(super) fn new(stream: S) -> (Self, First) {
        let first = First::default();
        (Self { stream, first: first.clone(), full: false }, first)
    }
}

impl First {
    /// Why no connection came about, after all that was heard. A failure is
    /// final when the two sides do not understand each other.
    pub(super) fn explain(&self, error: &dyn fmt::Display, is_final: bool) -> Lost {
        let first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_ssh = first.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"SSH-"));
        match (is_ssh, first.is_empty()) {
            // An overloaded server closes the connection before it says a word.
            (false, true) => {
                Lost::new(ErrorKind::Unreachable, format!("nothing was said: {error}"))
            }
            (false, false) => Lost::new(ErrorKind::NotThisService, "what answers is no SSH server"),
            (true, _) if is_final => Lost::new(ErrorKind::NotThisService, error),
            (true, _) => Lost::new(ErrorKind::Unreachable, error),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Heard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if !self.full {
            let mut first = self.first.0.lock().unwrap_or_else(PoisonError::into_inner);
            let room = KEPT - first.len().min(KEPT);
            first.extend(buffer.filled()[before..].iter().take(room));
            let full = first.len() == KEPT;
            drop(first);
            self.full = full;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Heard<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
