//! OpenDAL's requests go out by our transport.

use crate::http::{Answer, Call, Request};
use futures_util::stream::{Stream, StreamExt};
use http::{Response, StatusCode, header};
use opendal::{Buffer, HttpBody, HttpTransport};
use std::{
    pin::Pin,
    sync::Mutex,
    task::{Context, Poll},
};
use storage::{Body, ByteStream, Error, ErrorKind, Result, Retry};

/// The requests of one operation.
pub(super) struct Transport(pub(super) Call);

impl HttpTransport for Transport {
    async fn fetch(&self, request: http::Request<Buffer>) -> opendal::Result<Response<HttpBody>> {
        let (parts, buffer) = request.into_parts();
        let wants_part = parts.headers.contains_key(header::RANGE);
        let mut request = Request::new(parts.method, parts.uri.to_string());
        request.headers = parts.headers;
        // Set again for what really goes out.
        request.headers.remove(header::CONTENT_LENGTH);
        if !buffer.is_empty() || request.method == http::Method::PUT {
            request.body =
                Some(self.0.paced(Body::from_chunks(Iterator::collect::<Vec<_>>(buffer))));
        } else if request.method == http::Method::POST {
            request.body = Some(Body::from_chunks(Vec::new()));
        }
        let answer = match self.0.send(request).await {
            Ok(answer) => answer,
            Err(error) => return Err(self.broken(error)),
        };
        if wants_part && answer.status == StatusCode::OK {
            // A server that takes no notice of the part would pass off the
            // whole object for it.
            let why = "the server answered with all instead of a part";
            let error = Error::new(ErrorKind::Damaged, self.0.operation()).because(why);
            return Err(self.broken(error.retry_advice(Retry::Never)));
        }
        Ok(self.response(answer))
    }
}

impl Transport {
    /// Keeps what happened for whoever asks the call; OpenDAL needs an error
    /// of its own.
    fn broken(&self, error: Error) -> opendal::Error {
        self.0.remember(error);
        opendal::Error::new(opendal::ErrorKind::Unexpected, "see the call")
    }

    fn response(&self, answer: Answer) -> Response<HttpBody> {
        let (status, headers, length) = (answer.status, answer.headers.clone(), answer.length);
        // What answers to HEAD announces the length of what it leaves out.
        let call = self.0.clone();
        let bytes = Synced(Mutex::new(answer.stream()));
        let bytes = bytes.map(move |piece: Result<bytes::Bytes>| match piece {
            Ok(piece) => Ok(Buffer::from(piece)),
            Err(error) => Err(Transport(call.clone()).broken(error)),
        });
        let _ = length;
        let mut response = Response::new(HttpBody::new(bytes, None));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }
}

/// A stream as OpenDAL takes it: one that may be looked at from several threads.
struct Synced(Mutex<ByteStream>);

impl Stream for Synced {
    type Item = Result<bytes::Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let bytes = self.0.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        bytes.poll_next_unpin(context)
    }
}
