//! The buckets of an account. OpenDAL works in one.

use super::{endpoint, region};
use crate::{
    Choice, Values,
    http::{Http, Request},
};
use http::{HeaderName, Method, header};
use quick_xml::{Reader, events::Event};
use reqsign_aws_v4::{RequestSigner, StaticCredentialProvider};
use reqsign_core::{Context as Signing, Signer};
use storage::{Error, ErrorKind, Result};

/// SHA-256 of nothing.
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// No list of buckets is longer.
const LIMIT: u64 = 4 << 20;

pub(super) async fn list(values: &Values, http: &Http) -> Result<Vec<Choice>> {
    let call = http.call("list");
    let url = format!("{}/", endpoint(values));
    let wrong = || Error::new(ErrorKind::Other, "list").because("the request cannot be signed");
    let unsigned = http::Request::get(&url)
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
    let mut request = Request::new(Method::GET, url);
    request.headers = parts.headers;
    let answer = call.send(request).await?;
    if !answer.status.is_success() {
        return Err(call.refusal(&answer));
    }
    names(&answer.read(LIMIT).await?)
}

/// The buckets in the answer to ListBuckets.
fn names(answer: &[u8]) -> Result<Vec<Choice>> {
    let wrong = || Error::new(ErrorKind::NotThisService, "list");
    let mut reader = Reader::from_reader(answer);
    let (mut path, mut found) = (Vec::new(), Vec::new());
    let mut is_listing = false;
    loop {
        match reader.read_event().map_err(|_| wrong())? {
            Event::Start(element) => {
                path.push(element.local_name().as_ref().to_owned());
                is_listing |= path == ["ListAllMyBucketsResult"];
            }
            Event::End(_) => drop(path.pop()),
            Event::Text(text) if path.ends_with(&["Bucket".to_owned(), "Name".to_owned()]) => {
                let name = text.trim().to_owned();
                found.push(Choice { label: name.clone(), value: name });
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if is_listing { Ok(found) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_found_and_a_web_page_is_none() {
        let answer = br#"<?xml version="1.0"?><ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
            <Owner><ID>x</ID><DisplayName>Name</DisplayName></Owner>
            <Buckets><Bucket><Name>one</Name><CreationDate>2026</CreationDate></Bucket>
            <Bucket><CreationDate>2026</CreationDate><Name>two.b</Name></Bucket></Buckets>
            </ListAllMyBucketsResult>"#;
        let names: Vec<_> = names(answer).unwrap().into_iter().map(|choice| choice.value).collect();
        assert_eq!(names, ["one", "two.b"]);
        assert!(super::names(b"<html><body><p>Welcome</p></body></html>").is_err());
        assert!(super::names(b"").is_err());
    }
}
