//! Basic and Digest (RFC 7617, RFC 7616).
//!
//! Invariant: over a connection that anybody can read, nothing is said before
//! the server has asked, and no password where it asks for a digest.

use crate::{
    Secret,
    http::{Authorization, Request},
};
use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderValue, header};
use md5::Md5;
use model::Random;
use reqwest::Url;
use sha2::{Digest, Sha256};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU32, Ordering},
};
use storage::Result;

/// Who this is.
#[derive(Debug)]
pub(super) struct Login {
    user: String,
    password: Secret,
    random: Arc<dyn Random>,
    scheme: Mutex<Option<Scheme>>,
    count: AtomicU32,
}

/// How the server wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Scheme {
    Basic,
    Digest(Challenge),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    sha256: bool,
    session: bool,
    qop: bool,
}

impl Login {
    pub(super) fn new(
        user: &str,
        password: Secret,
        is_private: bool,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            user: user.to_owned(),
            password,
            random,
            scheme: Mutex::new(is_private.then_some(Scheme::Basic)),
            count: AtomicU32::new(0),
        }
    }

    fn scheme(&self) -> Option<Scheme> {
        self.scheme.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn digest(&self, challenge: &Challenge, method: &str, uri: &str, cnonce: &str) -> String {
        let hash = |text: String| match challenge.sha256 {
            true => hex::encode(Sha256::digest(text)),
            false => hex::encode(Md5::digest(text)),
        };
        let Challenge { realm, nonce, .. } = challenge;
        let (user, password) = (&self.user, self.password.reveal());
        let mut secret = hash(format!("{user}:{realm}:{password}"));
        if challenge.session {
            secret = hash(format!("{secret}:{nonce}:{cnonce}"));
        }
        let action = hash(format!("{method}:{uri}"));
        let count = self.count.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        let response = match challenge.qop {
            true => hash(format!("{secret}:{nonce}:{count:08x}:{cnonce}:auth:{action}")),
            false => hash(format!("{secret}:{nonce}:{action}")),
        };
        let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        let algorithm = match (challenge.sha256, challenge.session) {
            (true, true) => "SHA-256-sess",
            (true, false) => "SHA-256",
            (false, true) => "MD5-sess",
            (false, false) => "MD5",
        };
        let mut header = format!(
            r#"Digest username="{}", realm="{}", nonce="{}", uri="{uri}", algorithm={algorithm}, response="{response}""#,
            escaped(user),
            escaped(realm),
            escaped(nonce),
        );
        if let Some(opaque) = &challenge.opaque {
            header.push_str(&format!(r#", opaque="{}""#, escaped(opaque)));
        }
        if challenge.qop {
            header.push_str(&format!(r#", qop=auth, nc={count:08x}, cnonce="{cnonce}""#));
        }
        header
    }
}

#[async_trait]
impl Authorization for Login {
    fn apply(&self, request: &Request, headers: &mut HeaderMap) {
        let text = match self.scheme() {
            None => return,
            Some(Scheme::Basic) => {
                let login = format!("{}:{}", self.user, self.password.reveal());
                format!("Basic {}", BASE64_STANDARD.encode(login))
            }
            Some(Scheme::Digest(challenge)) => {
                let mut bytes = [0; 16];
                self.random.fill(&mut bytes);
                let uri = Url::parse(&request.url).map(|url| url.path().to_owned());
                let uri = uri.unwrap_or_default();
                self.digest(&challenge, request.method.as_str(), &uri, &hex::encode(bytes))
            }
        };
        if let Ok(mut value) = HeaderValue::from_str(&text) {
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
    }

    async fn renew(&self, refused: &HeaderMap, challenge: &HeaderMap) -> Result<bool> {
        let Some(scheme) = wanted(challenge) else { return Ok(false) };
        let sent = refused.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let usable = match sent {
            None => true,
            // A digest that is refused without being called stale is of a
            // wrong password.
            Some(sent) if sent.starts_with("Digest ") => {
                is_stale(challenge) && matches!(scheme, Scheme::Digest(_))
            }
            // Once more with the same words would be refused once more.
            Some(_) => matches!(scheme, Scheme::Digest(_)),
        };
        if !usable {
            return Ok(false);
        }
        self.count.store(0, Ordering::Relaxed);
        *self.scheme.lock().unwrap_or_else(PoisonError::into_inner) = Some(scheme);
        Ok(true)
    }

    fn is_newer_than(&self, refused: &HeaderMap) -> bool {
        let sent = refused.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        match (self.scheme(), sent) {
            (None, _) | (Some(Scheme::Basic), Some(_)) => false,
            (Some(_), None) => true,
            (Some(Scheme::Digest(challenge)), Some(sent)) => {
                !sent.contains(&format!(r#"nonce="{}""#, challenge.nonce))
            }
        }
    }
}

/// The best of what a server asks for.
fn wanted(challenge: &HeaderMap) -> Option<Scheme> {
    let asked = challenge.get_all(header::WWW_AUTHENTICATE).into_iter();
    let asked: Vec<&str> = asked.filter_map(|value| value.to_str().ok()).collect();
    let digests = asked.iter().filter_map(|text| digest_of(text));
    let best = digests.max_by_key(|challenge| challenge.sha256).map(Scheme::Digest);
    let basic = asked.iter().any(|text| text.to_lowercase().contains("basic"));
    best.or(basic.then_some(Scheme::Basic))
}

fn is_stale(challenge: &HeaderMap) -> bool {
    let asked = challenge.get_all(header::WWW_AUTHENTICATE).into_iter();
    asked
        .filter_map(|value| value.to_str().ok())
        .any(|text| text.to_lowercase().replace(' ', "").contains("stale=true"))
}

fn digest_of(text: &str) -> Option<Challenge> {
    let rest = text.trim_start();
    let (scheme, rest) = rest.split_at_checked("Digest ".len())?;
    if !scheme.eq_ignore_ascii_case("digest ") {
        return None;
    }
    let mut challenge = Challenge::default();
    let mut algorithm = "md5".to_owned();
    for (name, value) in parameters(rest) {
        match &*name {
            "realm" => challenge.realm = value,
            "nonce" => challenge.nonce = value,
            "opaque" => challenge.opaque = Some(value),
            "algorithm" => algorithm = value.to_lowercase(),
            "qop" => {
                challenge.qop = value.split(',').any(|one| one.trim().eq_ignore_ascii_case("auth"));
            }
            _ => {}
        }
    }
    challenge.sha256 = algorithm.starts_with("sha-256");
    challenge.session = algorithm.ends_with("-sess");
    let known = challenge.sha256 || algorithm.starts_with("md5");
    (known && !challenge.nonce.is_empty()).then_some(challenge)
}

/// `name=value` and `name="value"`, with commas between.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([' ', ',', '\t']).to_lowercase();
        let after = after.trim_start();
        let (value, left) = match after.strip_prefix('"') {
            None => {
                let (value, left) = after.split_once(',').unwrap_or((after, ""));
                (value.to_owned(), left)
            }
            Some(quoted) => {
                let (mut value, mut escaped, mut end) = (String::new(), false, quoted.len());
                for (at, c) in quoted.char_indices() {
                    match c {
                        _ if escaped => {
                            value.push(c);
                            escaped = false;
                        }
                        '\\' => escaped = true,
                        '"' => {
                            end = at + 1;
                            break;
                        }
                        _ => value.push(c),
                    }
                }
                (value, &quoted[end.min(quoted.len())..])
            }
        };
        found.push((name, value.trim().to_owned()));
        rest = left;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SystemRandom;

    fn login(user: &str, password: &str) -> Login {
        Login::new(user, Secret::new(password.to_owned()), false, Arc::new(SystemRandom))
    }

    fn challenge(text: &str) -> Challenge {
        digest_of(text).unwrap()
    }

    /// RFC 7616, 3.9.1.
    #[test]
    fn the_examples_of_the_standard() {
        let common = r#"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=ALG, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#;
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let challenge = challenge(&common.replace("ALG", algorithm));
            let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
            let header = login("Mufasa", "Circle of Life").digest(
                &challenge,
                "GET",
                "/dir/index.html",
                cnonce,
            );
            assert!(header.contains(&format!(r#"response="{response}""#)), "{header}");
            assert!(header.contains("nc=00000001"), "{header}");
        }
    }

    #[tokio::test]
    async fn a_wrong_password_is_not_tried_for_ever_and_a_stale_nonce_is_replaced() {
        let login = login("me", "pw");
        let request = Request::new(http::Method::GET, "http://nas/x");
        let asks = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_str(text).unwrap());
            headers
        };
        let sent = |login: &Login| {
            let mut headers = HeaderMap::new();
            login.apply(&request, &mut headers);
            headers
        };
        assert!(sent(&login).is_empty(), "nothing is said before it is asked for");
        let first = asks(r#"Digest realm="r", nonce="1", qop="auth""#);
        assert!(login.renew(&sent(&login), &first).await.unwrap());
        let refused = sent(&login);
        let second = asks(r#"Digest realm="r", nonce="2", qop="auth""#);
        assert!(!login.renew(&refused, &second).await.unwrap(), "the password is wrong");
        let stale = asks(r#"Digest realm="r", nonce="3", qop="auth", stale=true"#);
        assert!(!login.is_newer_than(&refused));
        assert!(login.renew(&refused, &stale).await.unwrap());
        assert!(login.is_newer_than(&refused));
    }
}
