//! The buckets of an account. OpenDAL works in one.

use super::{endpoint, signed};
use crate::{Choice, Values, http::Http};
use http::Method;
use quick_xml::{Reader, events::Event};
use storage::{Error, ErrorKind, Result};

/// No list of buckets is longer.
const LIMIT: u64 = 4 << 20;

pub(super) async fn list(values: &Values, http: &Http) -> Result<Vec<Choice>> {
    let call = http.call("list");
    let url = format!("{}/", endpoint(values));
    let answer = signed::send(values, &call, Method::GET, url).await?;
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
