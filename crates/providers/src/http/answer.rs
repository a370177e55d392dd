//! What goes out, and what comes back.

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use storage::{Body, ByteStream, Error, ErrorKind, Result};

/// A request that can be sent as often as it has to.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    /// Paced, where the caller wants that.
    pub(crate) body: Option<Body>,
}

impl Request {
    pub(crate) fn new(method: Method, url: impl Into<String>) -> Self {
        Self { method, url: url.into(), headers: HeaderMap::new(), body: None }
    }

    /// The same with a header. What cannot be sent in one is left out.
    pub(crate) fn header(mut self, name: HeaderName, value: impl AsRef<str>) -> Self {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn body(mut self, body: Body) -> Self {
        self.body = Some(body);
        self
    }
}

/// An answer that is no failure of the connection or the server.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The length the server announced.
    pub(crate) length: Option<u64>,
    pub(crate) bytes: Incoming,
}

/// The bytes of an answer.
pub(crate) enum Incoming {
    /// Still to come.
    Stream(ByteStream),
    /// Those of a refusal, as far as they matter.
    Whole(Bytes),
}

impl Answer {
    /// A header's text.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What was said in a refusal; nothing where the answer is another.
    pub(crate) fn refusal(&self) -> &[u8] {
        match &self.bytes {
            Incoming::Whole(bytes) => bytes,
            Incoming::Stream(_) => &[],
        }
    }

    pub(crate) fn stream(self) -> ByteStream {
        match self.bytes {
            Incoming::Stream(bytes) => bytes,
            Incoming::Whole(bytes) => stream::iter([Ok(bytes)]).boxed(),
        }
    }

    /// All bytes, unless there are more than `limit`.
    pub(crate) async fn read(self, limit: u64) -> Result<Bytes> {
        let too_large = || Error::new(ErrorKind::NotThisService, "read");
        let mut bytes = self.stream();
        let mut all = Vec::new();
        while let Some(piece) = bytes.next().await.transpose()? {
            if (all.len() + piece.len()) as u64 > limit {
                return Err(too_large());
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.into())
    }
}
