//! The answer to `PROPFIND` (RFC 4918, 14.16; RFC 4331 for room).

use super::place::parts_of;
use quick_xml::{Reader, events::Event};
use storage::{Error, ErrorKind, Result};

/// What is asked for.
pub(super) const ASKED: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop>"#,
    "<resourcetype/><getcontentlength/><getlastmodified/>",
    "</prop></propfind>"
);

/// What is asked of a folder about its room.
pub(super) const ASKED_ROOM: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop>"#,
    "<resourcetype/><quota-available-bytes/><quota-used-bytes/>",
    "</prop></propfind>"
);

/// One file or folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The parts of its path on the server.
    pub(super) parts: Vec<String>,
    pub(super) is_folder: bool,
    pub(super) length: Option<u64>,
    pub(super) modified: Option<String>,
    pub(super) free: Option<u64>,
    pub(super) used: Option<u64>,
}

/// Everything in `answer`, which came from `asked`.
///
/// # Errors
/// [`ErrorKind::NotThisService`] when it is something else, or only a part of
/// it.
pub(super) fn parse(answer: &[u8], asked: &str) -> Result<Vec<Found>> {
    let wrong = || Error::new(ErrorKind::NotThisService, "list");
    let mut reader = Reader::from_reader(answer);
    let (mut path, mut all) = (Vec::<String>::new(), Vec::new());
    let (mut found, mut set, mut text) = (None::<Found>, Set::default(), String::new());
    let mut is_whole = false;
    loop {
        let event = reader.read_event().map_err(|_| wrong())?;
        let (name, begins, ends) = match &event {
            Event::Start(element) => (element.local_name().as_ref().to_owned(), true, false),
            Event::Empty(element) => (element.local_name().as_ref().to_owned(), true, true),
            Event::End(element) => (element.local_name().as_ref().to_owned(), false, true),
            Event::Text(part) => {
                text.push_str(part);
                continue;
            }
            Event::CData(part) => {
                text.push_str(part);
                continue;
            }
            Event::GeneralRef(reference) => {
                text.push_str(&resolved(reference).ok_or_else(wrong)?);
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        if begins {
            text.clear();
            path.push(name.clone());
            if path.len() == 1 && name != "multistatus" {
                return Err(wrong());
            }
            match &*name {
                "response" if path.len() == 2 => found = Some(Found::default()),
                "propstat" => set = Set::default(),
                "collection" => set.is_folder = true,
                _ => {}
            }
        }
        if ends {
            let value = text.trim();
            match (&*name, &mut found) {
                ("href", Some(found)) if path.len() == 3 => {
                    found.parts = parts_of(value, asked).ok_or_else(wrong)?;
                }
                ("getcontentlength", _) => set.length = value.parse().ok(),
                ("getlastmodified", _) => set.modified = Some(value.to_owned()),
                ("quota-available-bytes", _) => set.free = value.parse().ok(),
                ("quota-used-bytes", _) => set.used = value.parse().ok(),
                ("status", _) if path.len() == 4 => {
                    set.holds = value.split(' ').nth(1) == Some("200");
                }
                ("propstat", Some(found)) if set.holds => {
                    let set = std::mem::take(&mut set);
                    found.is_folder |= set.is_folder;
                    found.length = set.length.or(found.length);
                    found.modified = set.modified.or(found.modified.take());
                    found.free = set.free.or(found.free);
                    found.used = set.used.or(found.used);
                }
                ("response", _) if path.len() == 2 => all.extend(found.take()),
                ("multistatus", _) => is_whole = true,
                _ => {}
            }
            path.pop();
            text.clear();
        }
    }
    if is_whole { Ok(all) } else { Err(wrong()) }
}

/// What one `propstat` says, until its status says whether it holds.
#[derive(Default)]
struct Set {
    holds: bool,
    is_folder: bool,
    length: Option<u64>,
    modified: Option<String>,
    free: Option<u64>,
    used: Option<u64>,
}

/// The character behind a reference.
fn resolved(reference: &str) -> Option<String> {
    let number = reference.strip_prefix('#');
    let character = match (reference, number) {
        ("amp", _) => '&',
        ("lt", _) => '<',
        ("gt", _) => '>',
        ("quot", _) => '"',
        ("apos", _) => '\'',
        (_, Some(digits)) => {
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)?
        }
        _ => return None,
    };
    Some(character.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"<?xml version="1.0" encoding="utf-8"?>
        <D:multistatus xmlns:D="DAV:" xmlns:ns0="DAV:">
        <D:response xmlns:lp1="DAV:"><D:href>/dav/a/</D:href><D:propstat><D:prop>
        <lp1:resourcetype><D:collection/></lp1:resourcetype></D:prop>
        <D:status>HTTP/1.1 200 OK</D:status></D:propstat>
        <D:propstat><D:prop><D:getcontentlength/></D:prop>
        <D:status>HTTP/1.1 404 Not Found</D:status></D:propstat></D:response>
        <D:response><D:href>http://nas/dav/a/b&amp;c%20&#228;</D:href><D:propstat><D:prop>
        <lp1:resourcetype/><lp1:getcontentlength>17</lp1:getcontentlength></D:prop>
        <D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>
        </D:multistatus>"#;

    #[test]
    fn files_and_folders_are_told_apart() {
        let found = parse(ANSWER.as_bytes(), "http://nas/dav/a/").unwrap();
        let folder = &found[0];
        assert!(folder.is_folder && folder.length.is_none() && folder.parts == ["dav", "a"]);
        let file = &found[1];
        assert!(!file.is_folder && file.length == Some(17));
        assert_eq!(file.parts, ["dav", "a", "b&c ä"]);
    }

    #[test]
    fn a_part_of_an_answer_is_none() {
        let lines = ANSWER.trim_end();
        for end in 0..lines.len() {
            if lines.is_char_boundary(end) {
                let part = parse(&lines.as_bytes()[..end], "http://nas/dav/a/");
                assert!(part.is_err(), "{}", &lines[..end]);
            }
        }
        assert!(parse(b"<html><body>Welcome</body></html>", "http://nas/").is_err());
    }
}
