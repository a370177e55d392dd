//! Requests that OpenDAL does not make, signed in the same way.

use super::{endpoint, is_virtual, region};
use crate::{
    Values,
    http::{Answer, Call, Request},
};
use http::{HeaderName, Method, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqsign_aws_v4::{RequestSigner, StaticCredentialProvider};
use reqsign_core::{Context as Signing, Signer};
use storage::{Error, ErrorKind, Result};

/// SHA-256 of nothing.
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// What a signature has written in another way.
const OTHERS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const OTHERS_IN_PATHS: &AsciiSet = &OTHERS.remove(b'/');

/// A part of a query, as it is signed.
pub(super) fn of_query(text: &str) -> String {
    utf8_percent_encode(text, OTHERS).to_string()
}

/// The address of an object of the bucket, or of the bucket itself.
pub(super) fn address(values: &Values, key: &str) -> String {
    let (endpoint, bucket) = (endpoint(values), values.text("bucket").trim());
    let key = utf8_percent_encode(key, OTHERS_IN_PATHS);
    match endpoint.split_once("://") {
        Some((scheme, host)) if is_virtual(values, &endpoint) => {
            format!("{scheme}://{bucket}.{host}/{key}")
        }
        _ => format!("{endpoint}/{bucket}/{key}"),
    }
}

/// Sends a request without a body.
pub(super) async fn send(
    values: &Values,
    call: &Call,
    method: Method,
    url: String,
) -> Result<Answer> {
    let wrong =
        || Error::new(ErrorKind::Other, call.operation()).because("the request cannot be signed");
    let unsigned = http::Request::builder()
        .method(method.clone())
        .uri(&url)
        .header(HeaderName::from_static("x-amz-content-sha256"), NOTHING)
        .body(())
        .map_err(|_| wrong())?;
    let (mut parts, ()) = unsigned.into_parts();
    let secret = values.secret("secret_access_key").unwrap_or_default();
    let mut login = StaticCredentialProvider::new(values.text("access_key_id").trim(), secret);
    if let Some(token) = values.secret("session_token") {
        login = login.with_session_token(token);
    }
    let signer = Signer::new(Signing::new(), login, RequestSigner::new("s3", region(values)));
    signer.sign(&mut parts, None).await.map_err(|_| wrong())?;
    parts.headers.remove(header::HOST);
    let mut request = Request::new(method, url);
    request.headers = parts.headers;
    let answer = call.send(request).await?;
    if answer.status.is_success() { Ok(answer) } else { Err(call.refusal(&answer)) }
}
