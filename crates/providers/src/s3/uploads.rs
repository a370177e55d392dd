//! Uploads in parts that nobody will end: their parts are kept, and paid for,
//! until somebody gives the upload up.
//!
//! Another machine may write to the same folder, so only those that were begun
//! more than a day before are given up; and a bucket may be shared with other
//! programs, so only those that are called as packs are.

use super::signed;
use crate::{Values, http::Http, objects::joined};
use http::Method;
use jiff::{SignedDuration, Timestamp};
use quick_xml::{Reader, events::Event};
use storage::{Error, ErrorKind, Result};

/// No page of a list of uploads is longer.
const LIMIT: u64 = 4 << 20;
/// Whoever began an upload so long ago is gone.
const GONE: SignedDuration = SignedDuration::from_hours(24);

#[derive(Debug, Default, PartialEq, Eq)]
struct Upload {
    key: String,
    id: String,
    begun: String,
}

/// Gives up what was begun below the folder more than a day before `now`; a
/// thousand at once, the others the next time.
pub(super) async fn give_up(values: &Values, http: &Http, now: Timestamp) -> Result<()> {
    let call = http.call("open");
    let folder = match joined(&[values.text("folder")]) {
        folder if folder.is_empty() => folder,
        folder => format!("{folder}/"),
    };
    let bucket = signed::address(values, "");
    let list = format!("{bucket}?prefix={}&uploads=", signed::of_query(&folder));
    let answer = signed::send(values, &call, Method::GET, list).await?;
    for upload in uploads(&answer.read(LIMIT).await?)? {
        let begun: Option<Timestamp> = upload.begun.parse().ok();
        let is_old = begun.is_some_and(|begun| now.duration_since(begun) > GONE);
        // The folder was asked for; a server that answers with all is not obeyed.
        if is_old && upload.key.starts_with(&folder) && is_pack(&upload.key) {
            let id = signed::of_query(&upload.id);
            let url = format!("{}?uploadId={id}", signed::address(values, &upload.key));
            signed::send(values, &call, Method::DELETE, url).await?;
        }
    }
    Ok(())
}

/// Whether an object is called after a SHA-256, as packs are. Nothing else of a
/// repository is long enough for parts.
fn is_pack(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or_default();
    name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The uploads in the answer to ListMultipartUploads.
fn uploads(answer: &[u8]) -> Result<Vec<Upload>> {
    let wrong = || Error::new(ErrorKind::NotThisService, "open");
    let mut reader = Reader::from_reader(answer);
    let (mut path, mut found) = (Vec::<String>::new(), Vec::new());
    let (mut upload, mut is_plain) = (Upload::default(), true);
    let mut is_listing = false;
    loop {
        match reader.read_event().map_err(|_| wrong())? {
            Event::Start(element) => {
                path.push(element.local_name().as_ref().to_owned());
                is_listing |= path == ["ListMultipartUploadsResult"];
            }
            Event::Text(text) => {
                let field = match path.as_slice() {
                    [_, outer, name] if outer == "Upload" => name.as_str(),
                    _ => continue,
                };
                match field {
                    "Key" => upload.key += &text,
                    "UploadId" => upload.id += &text,
                    "Initiated" => upload.begun += &text,
                    _ => {}
                }
            }
            // Of a character that no name of ours has.
            Event::GeneralRef(_) => is_plain &= path.last().is_none_or(|name| name != "Key"),
            Event::End(_) => {
                let ended = std::mem::take(&mut upload);
                match path.as_slice() {
                    [_, outer] if outer == "Upload" => {
                        if std::mem::replace(&mut is_plain, true) {
                            found.push(ended);
                        }
                    }
                    _ => upload = ended,
                }
                path.pop();
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
    fn uploads_are_found_and_a_web_page_is_none() {
        let answer = br#"<?xml version="1.0"?>
            <ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
            <Bucket>b</Bucket><KeyMarker/><NextUploadIdMarker>x</NextUploadIdMarker>
            <Upload><Key>a/one</Key><UploadId>1.2</UploadId><Initiator><ID>9</ID></Initiator>
            <Initiated>2026-11-10T20:48:33.000Z</Initiated></Upload>
            <Upload><Key>a&amp;b</Key><UploadId>3</UploadId></Upload>
            <Upload><Initiated>2026-11-11T00:00:00Z</Initiated><UploadId>4</UploadId>
            <Key>two</Key></Upload></ListMultipartUploadsResult>"#;
        let upload = |key: &str, id: &str, begun: &str| Upload {
            key: key.to_owned(),
            id: id.to_owned(),
            begun: begun.to_owned(),
        };
        let expected = [
            upload("a/one", "1.2", "2026-11-10T20:48:33.000Z"),
            upload("two", "4", "2026-11-11T00:00:00Z"),
        ];
        assert_eq!(uploads(answer).unwrap(), expected);
        assert!(uploads(b"<html><body><p>Welcome</p></body></html>").is_err());
        assert!(uploads(b"").is_err());
    }
}
