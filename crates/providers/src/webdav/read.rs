//! Reading objects.

use super::store::DavStore;
use crate::http::Request;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::{Method, StatusCode, header};
use storage::{
    ByteRange, ByteStream, Cancel, Error, ErrorKind, Key, Result, Retry, unless_cancelled,
};

impl DavStore {
    pub(super) async fn open(
        &self,
        key: &Key,
        range: ByteRange,
        cancel: &Cancel,
    ) -> Result<ByteStream> {
        let call = self.http.call("get");
        let beyond = || Error::new(ErrorKind::Damaged, "get").retry_advice(Retry::Never);
        // Some servers show a folder as a page, so it is asked whether it is
        // one wherever the answer would not tell.
        let (offset, length) = match range {
            ByteRange::Exact { offset, length } if length > 0 => (offset, Some(length)),
            ByteRange::Whole => (0, None),
            ByteRange::Exact { .. } | ByteRange::Last(_) => {
                let find = self.find(&call, key);
                let all = unless_cancelled(cancel, "get", find).await??;
                let all = all.ok_or_else(|| Error::new(ErrorKind::NotFound, "get"))?;
                let length = match range {
                    ByteRange::Last(last) => last.min(all),
                    _ => 0,
                };
                if length == 0 {
                    return Ok(nothing());
                }
                (all - length, Some(length))
            }
        };
        let mut request = Request::new(Method::GET, self.url(key, "get")?)
            .header(header::ACCEPT_ENCODING, "identity");
        if let Some(length) = length {
            let last = offset.checked_add(length - 1).ok_or_else(beyond)?;
            if i64::try_from(last).is_err() {
                return Err(beyond());
            }
            request = request.header(header::RANGE, format!("bytes={offset}-{last}"));
        }
        let answer = unless_cancelled(cancel, "get", call.send(request)).await??;
        // Followed to a folder, or an index of one.
        let (skip, expected) = match (answer.status, length) {
            (StatusCode::OK, None) => (0, answer.length),
            (StatusCode::PARTIAL_CONTENT, Some(length)) => (0, Some(length)),
            // Takes no notice of the part that was asked for.
            (StatusCode::OK, Some(length)) => (offset, Some(length)),
            _ => {
                let error = call.refusal(&answer);
                let looks = matches!(
                    error.kind(),
                    ErrorKind::Unsupported
                        | ErrorKind::NotThisService
                        | ErrorKind::PermissionDenied
                );
                if looks && self.find(&call, key).await?.is_none() {
                    return Err(Error::new(ErrorKind::NotFound, "get"));
                }
                return Err(error);
            }
        };
        let is_page = answer
            .header(&header::CONTENT_TYPE)
            .is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
        if is_page && answer.status == StatusCode::OK && self.find(&call, key).await?.is_none() {
            return Err(Error::new(ErrorKind::NotFound, "get"));
        }
        let state = Part { bytes: answer.stream(), skip, left: expected };
        let (cancel, name) = (cancel.clone(), key.as_str().to_owned());
        Ok(stream::unfold(Some(state), move |part| {
            let (cancel, name) = (cancel.clone(), name.clone());
            async move {
                let mut part = part?;
                match unless_cancelled(&cancel, "get", part.next()).await {
                    Err(error) => Some((Err(error), None)),
                    Ok(None) => None,
                    Ok(Some(Ok(piece))) => Some((Ok(piece), Some(part))),
                    Ok(Some(Err(error))) => Some((Err(error.at(name)), None)),
                }
            }
        })
        .boxed())
    }
}

/// The part of an answer that was asked for.
struct Part {
    bytes: ByteStream,
    /// What comes before it.
    skip: u64,
    /// What is still to come of it, where that is known.
    left: Option<u64>,
}

impl Part {
    async fn next(&mut self) -> Option<Result<Bytes>> {
        loop {
            if self.left == Some(0) {
                return None;
            }
            let mut piece = match self.bytes.next().await {
                Some(Ok(piece)) => piece,
                Some(Err(error)) => return Some(Err(error)),
                None if self.left.is_none() => return None,
                // It came to its end, and will do so the next time.
                None => {
                    let error = Error::new(ErrorKind::Damaged, "get");
                    return Some(Err(error.retry_advice(Retry::Never)));
                }
            };
            let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(piece.len());
            let _ = piece.split_to(skipped);
            self.skip -= skipped as u64;
            if let Some(left) = &mut self.left {
                piece.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= piece.len() as u64;
            }
            if !piece.is_empty() {
                return Some(Ok(piece));
            }
        }
    }
}

fn nothing() -> ByteStream {
    stream::iter([Ok(Bytes::new())]).boxed()
}
