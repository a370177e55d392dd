//! OpenDAL's requests go out by our transport.

use crate::http::{Answer, Call, Incoming, Request};
use futures_util::stream::{Stream, StreamExt};
use http::{Method, Response, StatusCode, header};
use opendal::{Buffer, HttpBody, HttpTransport};
use std::{
    pin::Pin,
    sync::Mutex,
    task::{Context, Poll},
};
use storage::{Body, ByteStream, Error, ErrorKind, Result, Retry};

/// No page of a listing is longer.
const LISTING: u64 = 64 << 20;

/// The requests of one operation.
pub(super) struct Transport(pub(super) Call);

impl HttpTransport for Transport {
    async fn fetch(&self, request: http::Request<Buffer>) -> opendal::Result<Response<HttpBody>> {
        let (parts, buffer) = request.into_parts();
        let wants_part = parts.headers.contains_key(header::RANGE);
        let is_listing =
            matches!(self.0.operation(), "list" | "open") && parts.method == Method::GET;
        let mut request = Request::new(parts.method, parts.uri.to_string());
        request.headers = parts.headers;
        // Set again for what really goes out.
        request.headers.remove(header::CONTENT_LENGTH);
        if !buffer.is_empty() || request.method == Method::PUT {
            request.body =
                Some(self.0.paced(Body::from_chunks(Iterator::collect::<Vec<_>>(buffer))));
        } else if request.method == Method::POST {
            request.body = Some(Body::from_chunks(Vec::new()));
        }
        let answer = match self.0.send(request).await {
            Ok(answer) => answer,
            Err(error) => return Err(self.broken(error)),
        };
        if answer.status == StatusCode::OK && is_page(&answer) {
            // Where a network wants a password first, every address has its page.
            return Err(self.broken(Error::new(ErrorKind::NotThisService, self.0.operation())));
        }
        if is_listing && answer.status.is_success() {
            return self.listing(answer).await;
        }
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

    /// A listing, if it is one: OpenDAL would take anything else that can be read
    /// for an empty one, or ask for the next page of it for ever.
    async fn listing(&self, answer: Answer) -> opendal::Result<Response<HttpBody>> {
        let (status, headers) = (answer.status, answer.headers.clone());
        let bytes = match answer.read(LISTING).await {
            Ok(bytes) if is_listing(&bytes) => bytes,
            Ok(_) => {
                let error = Error::new(ErrorKind::NotThisService, self.0.operation());
                return Err(self.broken(error));
            }
            Err(error) => return Err(self.broken(error)),
        };
        let whole = Answer { status, headers, length: None, bytes: Incoming::Whole(bytes) };
        Ok(self.response(whole))
    }

    fn response(&self, answer: Answer) -> Response<HttpBody> {
        let (status, headers) = (answer.status, answer.headers.clone());
        let call = self.0.clone();
        let bytes = Synced(Mutex::new(answer.stream()));
        let bytes = bytes.map(move |piece: Result<bytes::Bytes>| match piece {
            Ok(piece) => Ok(Buffer::from(piece)),
            Err(error) => Err(Transport(call.clone()).broken(error)),
        });
        // What answers to HEAD announces the length of what it leaves out.
        let mut response = Response::new(HttpBody::new(bytes, None));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }
}

/// Whether an answer is a page for people. That of an object, whatever is in it,
/// tells its version.
fn is_page(answer: &Answer) -> bool {
    let kind = answer.header(&header::CONTENT_TYPE).unwrap_or_default();
    kind.to_ascii_lowercase().contains("html") && answer.header(&header::ETAG).is_none()
}

/// Whether this is a whole page of a listing, of S3, Azure or Google.
fn is_listing(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let within = |name: &str| {
        text.contains(&format!("<{name}")) && text.trim_end().ends_with(&format!("</{name}>"))
    };
    let is_json = || {
        serde_json::from_slice::<serde_json::Value>(bytes)
            .is_ok_and(|listing| listing["kind"] == "storage#objects")
    };
    within("ListBucketResult")
        // Without it the end of the listing is not known.
        || (within("EnumerationResults") && text.contains("<NextMarker"))
        || is_json()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_and_a_part_of_a_listing_are_no_listing() {
        let of_s3 = r#"<?xml version="1.0"?><ListBucketResult xmlns="x"></ListBucketResult>"#;
        let of_azure = "<EnumerationResults><Blobs/><NextMarker /></EnumerationResults>\n";
        let of_google = r#"{"kind": "storage#objects"}"#;
        for listing in [of_s3, of_azure, of_google] {
            assert!(is_listing(listing.as_bytes()), "{listing}");
            assert!(!is_listing(&listing.as_bytes()[..listing.len() - 4]), "{listing}");
        }
        for other in ["", "{}", "<html><body/></html>", "<EnumerationResults></EnumerationResults>"]
        {
            assert!(!is_listing(other.as_bytes()), "{other}");
        }
    }
}
