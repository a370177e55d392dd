//! Where an object is on the server.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::Url;
use storage::{Error, ErrorKind, Result};

/// What stands for itself in a part of a path (RFC 3986, 2.3).
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A folder on a server.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The address of the topmost folder that was said, without a slash at the
    /// end.
    base: String,
    /// The folders below it that lead to the one that is used.
    folder: Vec<String>,
}

impl Place {
    /// The folder `folder` below the address `base`.
    pub(super) fn new(base: &str, folder: &str) -> Result<Self> {
        let wrong = || Error::new(ErrorKind::Other, "open").because("the address makes no sense");
        let url = Url::parse(base.trim()).map_err(|_| wrong())?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !plain {
            return Err(wrong());
        }
        let folder = folder.split('/').filter(|part| !part.is_empty()).map(str::to_owned);
        let folder: Vec<_> = folder.collect();
        if folder.iter().any(|part| matches!(&**part, "." | "..")) {
            return Err(wrong());
        }
        Ok(Self { base: url.as_str().trim_end_matches('/').to_owned(), folder })
    }

    /// The same server, another folder below the address that was said.
    pub(super) fn at(&self, folder: &str) -> Result<Self> {
        Self::new(&self.base, folder)
    }

    /// The address of an object or a folder below this one.
    pub(super) fn url(&self, key: &str) -> String {
        let parts = self.folder.iter().map(String::as_str);
        let mut url = self.base.clone();
        for part in parts.chain(key.split('/').filter(|part| !part.is_empty())) {
            url.push('/');
            url.extend(utf8_percent_encode(part, PART));
        }
        url
    }

    /// The address of a folder, with a slash at its end: without one, some
    /// servers answer by pointing to it.
    pub(super) fn folder_url(&self, key: &str) -> String {
        let mut url = self.url(key);
        url.push('/');
        url
    }

    /// The folders that lead here, the topmost first, each as an address.
    pub(super) fn way(&self) -> Vec<String> {
        (1..=self.folder.len())
            .map(|depth| {
                let folder = self.folder[..depth].to_vec();
                Self { base: self.base.clone(), folder }.folder_url("")
            })
            .collect()
    }

    /// Where it is, in words.
    pub(super) fn in_words(&self) -> String {
        let host = crate::http::host_of(&self.base).unwrap_or_default();
        let path = Url::parse(&self.base).map(|url| url.path().to_owned()).unwrap_or_default();
        let path = percent_decode_str(path.trim_matches('/')).decode_utf8_lossy().into_owned();
        let parts = [path].into_iter().chain(self.folder.iter().cloned());
        let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
        if parts.is_empty() { host } else { format!("/{} at {host}", parts.join("/")) }
    }
}

/// The parts of the path in an address as a server writes it: with a host or
/// without, and with other characters encoded than we would.
pub(super) fn parts_of(href: &str, asked: &str) -> Option<Vec<String>> {
    let url = Url::parse(asked).ok()?.join(href.trim()).ok()?;
    url.path_segments()?
        .filter(|part| !part.is_empty())
        .map(|part| percent_decode_str(part).decode_utf8().ok().map(Into::into))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again_however_they_are_encoded() {
        let place = Place::new("https://nas.home:5006/dav/my%20home/", "/Back ups/ä").unwrap();
        let url = place.url("data/a b#c?d%e");
        assert_eq!(
            url,
            "https://nas.home:5006/dav/my%20home/Back%20ups/%C3%A4/data/a%20b%23c%3Fd%25e"
        );
        for href in [&*url, "/dav/my%20home/Back%20ups/%c3%a4/data/a%20b%23c%3fd%25e"] {
            let parts = parts_of(href, &url).unwrap();
            assert_eq!(parts, ["dav", "my home", "Back ups", "ä", "data", "a b#c?d%e"]);
        }
        assert_eq!(place.way().len(), 2);
        assert_eq!(place.in_words(), "/dav/my home/Back ups/ä at nas.home:5006");
    }

    #[test]
    fn an_address_with_more_in_it_is_refused() {
        for base in ["nas.home", "ftp://nas", "https://me:pw@nas/", "https://nas/?a", "https://"] {
            assert!(Place::new(base, "").is_err(), "{base}");
        }
        assert!(Place::new("https://nas/", "a/../b").is_err());
    }
}
