//! One request and its answer.

use super::{
    Shared,
    answer::{Answer, Incoming, Request},
    failure,
    outgoing::{self, Going},
    progress::Progress,
};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use reqwest::Url;
use std::time::Duration;
use storage::{ByteStream, Error, ErrorKind, Result};

/// So many redirects are followed.
const REDIRECTS: usize = 5;
/// No more of a refusal is read.
const REFUSAL: usize = 64 << 10;

/// Sends a request once, and again to wherever on the same host it is sent on.
pub(super) async fn exchange(
    shared: &Shared,
    request: &Request,
    headers: &HeaderMap,
    operation: &'static str,
    going: &Going,
) -> Result<Answer> {
    let wrong = || Error::new(ErrorKind::Other, operation).because("the address makes no sense");
    let mut url = Url::parse(&request.url).map_err(|_| wrong())?;
    for _ in 0..REDIRECTS {
        let answer = send(shared, request, &url, headers, operation, going).await?;
        let sent_on = matches!(answer.status.as_u16(), 301 | 302 | 307 | 308);
        let Some(target) = answer.header(&header::LOCATION).filter(|_| sent_on) else {
            return Ok(answer);
        };
        let target = url.join(target).map_err(|_| wrong())?;
        if !may_follow(&url, &target) {
            let host = target.host_str().unwrap_or("another place").to_owned();
            let why = format!("the server sends every request on to {host}");
            return Err(Error::new(ErrorKind::NotThisService, operation).because(why));
        }
        url = target;
    }
    let why = "the server sends requests round in circles";
    Err(Error::new(ErrorKind::NotThisService, operation).because(why))
}

/// Whether what is meant for one address may be told to the other: the same
/// host, and no less protected.
fn may_follow(from: &Url, to: &Url) -> bool {
    let same_host = from.host_str() == to.host_str();
    let same_port = from.port_or_known_default() == to.port_or_known_default();
    match (from.scheme(), to.scheme()) {
        ("http", "https") => same_host,
        (from, to) => same_host && same_port && from == to,
    }
}

async fn send(
    shared: &Shared,
    request: &Request,
    url: &Url,
    headers: &HeaderMap,
    operation: &'static str,
    going: &Going,
) -> Result<Answer> {
    let progress = Progress::new();
    let mut headers = headers.clone();
    let mut builder = shared.client.request(request.method.clone(), url.clone());
    if let Some(body) = &request.body {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.length()));
        if body.length() == 0 {
            going.end(operation)?;
        } else {
            let pieces = outgoing::pieces(body, progress.clone(), going.clone(), operation);
            builder = builder.body(reqwest::Body::wrap_stream(pieces));
        }
    }
    let sent = progress.within(shared.stall, builder.headers(headers).send()).await;
    let response = match sent {
        None => return Err(Error::new(ErrorKind::TimedOut, operation)),
        Some(Err(error)) => return Err(failure::connection(error, operation, &shared.shown)),
        Some(Ok(response)) => response,
    };
    let (status, headers) = (response.status(), response.headers().clone());
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let is_refusal = status.as_u16() >= 300 && status != StatusCode::NOT_MODIFIED;
    let bytes = incoming(response, shared.stall, operation);
    let bytes = match is_refusal {
        true => Incoming::Whole(beginning(bytes).await),
        false => Incoming::Stream(bytes),
    };
    Ok(Answer { status, headers, length, bytes })
}

/// The bytes of an answer, unless they stop coming.
fn incoming(response: reqwest::Response, stall: Duration, operation: &'static str) -> ByteStream {
    let bytes = response.bytes_stream().boxed();
    stream::unfold(Some(bytes), move |bytes| async move {
        let mut bytes = bytes?;
        match tokio::time::timeout(stall, bytes.next()).await {
            Err(_) => Some((Err(Error::new(ErrorKind::TimedOut, operation)), None)),
            Ok(Some(Ok(piece))) => Some((Ok(piece), Some(bytes))),
            Ok(Some(Err(error))) => {
                let error = error.without_url().to_string();
                let error = Error::new(ErrorKind::Unreachable, operation).because(error);
                Some((Err(error), None))
            }
            Ok(None) => None,
        }
    })
    .boxed()
}

/// The beginning of a refusal; what cannot be read of it is not missed.
async fn beginning(mut bytes: ByteStream) -> Bytes {
    let mut read = Vec::new();
    while let Some(Ok(piece)) = bytes.next().await {
        read.extend_from_slice(&piece);
        if read.len() >= REFUSAL {
            break;
        }
    }
    read.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_stay_with_their_host() {
        let may =
            |from: &str, to: &str| may_follow(&Url::parse(from).unwrap(), &Url::parse(to).unwrap());
        assert!(may("https://nas.home/dav", "https://nas.home/dav/"));
        assert!(may("https://nas.home/dav", "https://nas.home:443/other"));
        assert!(may("http://nas.home:5005/", "https://nas.home:5006/"));
        assert!(!may("https://nas.home/", "http://nas.home/"));
        assert!(!may("https://nas.home/", "https://nas.home:8443/"));
        assert!(!may("https://nas.home/", "https://nas.home.evil.example/"));
        assert!(!may("https://nas.home/", "https://evil.example/nas.home"));
    }
}
