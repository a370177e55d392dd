//! The bytes of an object on their way to a destination.

use crate::{Error, ErrorKind, Result};
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use std::{fmt, sync::Arc};

/// Bytes as they arrive, in pieces of any size. An error ends the stream.
pub type ByteStream = BoxStream<'static, Result<Bytes>>;

type Open = dyn Fn() -> ByteStream + Send + Sync;

/// What stands between whoever asks for the bytes of a body and their source.
pub type Pace = dyn Fn(ByteStream) -> ByteStream + Send + Sync;

/// An object to be written. Its length is known before the first byte goes
/// out, and it can be read from the start as often as a retry needs it.
#[derive(Clone)]
pub struct Body {
    length: u64,
    source: Source,
}

#[derive(Clone)]
enum Source {
    Chunks(Arc<[Bytes]>),
    Replayable(Arc<Open>),
    /// Another source, as fast as it may be; whether it may be had at once.
    Paced(Box<Source>, Arc<Pace>, bool),
}

impl Body {
    /// Bytes that are in memory already, in order. They are not copied.
    #[must_use]
    pub fn from_chunks(chunks: impl Into<Arc<[Bytes]>>) -> Self {
        let chunks = chunks.into();
        Self {
            length: chunks.iter().map(|chunk| chunk.len() as u64).sum(),
            source: Source::Chunks(chunks),
        }
    }

    /// Bytes that are read when they are needed. `open` starts again from the
    /// first byte each time, and each time yields exactly `length` bytes;
    /// [`stream`](Body::stream) ends with an error when it does not, which
    /// fails the write.
    #[must_use]
    pub fn replayable(length: u64, open: impl Fn() -> ByteStream + Send + Sync + 'static) -> Self {
        Self { length, source: Source::Replayable(Arc::new(open)) }
    }

    /// The number of bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The bytes when they are in memory already, in order. A store that writes
    /// them at once need not poll a stream for them.
    #[must_use]
    pub fn chunks(&self) -> Option<&[Bytes]> {
        self.source.chunks()
    }

    /// The bytes, from the first one. A stream that ends without an error has
    /// yielded exactly [`length`](Body::length) bytes; one with more or fewer
    /// ends with [`ErrorKind::Other`], so no store can take it for the object.
    #[must_use]
    pub fn stream(&self) -> ByteStream {
        self.source.stream(self.length)
    }

    /// The same bytes as fast as they come, for whoever applies
    /// [`pace`](Body::pace) by itself.
    #[must_use]
    pub fn unpaced(&self) -> Self {
        let mut source = &self.source;
        while let Source::Paced(inner, ..) = source {
            source = inner;
        }
        Self { length: self.length, source: source.clone() }
    }

    /// How fast the bytes may go, where that is limited.
    #[must_use]
    pub fn pace(&self) -> Option<Arc<Pace>> {
        match &self.source {
            Source::Paced(_, pace, _) => Some(Arc::clone(pace)),
            Source::Chunks(_) | Source::Replayable(_) => None,
        }
    }

    /// The same bytes, with `pace` between whoever asks for their stream and
    /// their source. A store that takes them as [`chunks`](Body::chunks) still
    /// gets them with `at_once`: it has written them before a limit that is set
    /// meanwhile would matter.
    pub(crate) fn paced(
        self,
        at_once: bool,
        pace: impl Fn(ByteStream) -> ByteStream + Send + Sync + 'static,
    ) -> Self {
        let source = Source::Paced(Box::new(self.source), Arc::new(pace), at_once);
        Self { length: self.length, source }
    }
}

impl Source {
    fn chunks(&self) -> Option<&[Bytes]> {
        match self {
            Self::Chunks(chunks) => Some(chunks),
            Self::Paced(source, _, true) => source.chunks(),
            Self::Replayable(_) | Self::Paced(..) => None,
        }
    }

    fn stream(&self, length: u64) -> ByteStream {
        match self {
            Self::Chunks(chunks) => {
                let chunks = Arc::clone(chunks);
                stream::iter((0..chunks.len()).map(move |at| Ok(chunks[at].clone()))).boxed()
            }
            Self::Replayable(open) => counted(open(), length),
            Self::Paced(source, pace, _) => pace(source.stream(length)),
        }
    }
}

/// Ends `bytes` with an error unless there are exactly `length` of them.
fn counted(bytes: ByteStream, length: u64) -> ByteStream {
    let wrong = move |found: &str, seen: u64| {
        let cause = format!("the source yielded {found} {seen} bytes of {length}");
        Error::new(ErrorKind::Other, "put").because(cause)
    };
    stream::unfold(Some((bytes, 0_u64)), move |state| async move {
        let (mut bytes, seen) = state?;
        match bytes.next().await {
            Some(Ok(piece)) => {
                let seen = seen + piece.len() as u64;
                if seen > length {
                    Some((Err(wrong("at least", seen)), None))
                } else {
                    Some((Ok(piece), Some((bytes, seen))))
                }
            }
            Some(Err(error)) => Some((Err(error), None)),
            None if seen < length => Some((Err(wrong("only", seen)), None)),
            None => None,
        }
    })
    .boxed()
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::from_chunks([bytes])
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl fmt::Debug for Body {
    /// The length only: bodies may hold what must not be logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("length", &self.length).finish_non_exhaustive()
    }
}
