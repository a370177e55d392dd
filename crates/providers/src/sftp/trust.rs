//! Whether a server's host key is the one it should be.
//!
//! Invariants: an unknown key is never taken; where a fingerprint is given,
//! known_hosts is not asked; a key that is marked as revoked is never trusted.
//!
//! The format of known_hosts is that of sshd(8): markers, patterns with `*`,
//! `?` and `!`, `[host]:port`, and names hashed with HMAC-SHA-1.
//!
//! Deliberately absent: certificates of hosts (`@cert-authority`), fingerprints
//! of MD5, the known_hosts of the whole system, and adding keys to the file: it
//! belongs to the user, and a key that was trusted here is kept as a
//! fingerprint.

use super::errors::Lost;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use russh::keys::{Algorithm, HashAlg, PublicKey, parse_public_key_base64};
use sha1::Sha1;
use std::{io, path::Path};
use storage::ErrorKind;

/// What a host key is held against.
#[derive(Clone, Debug)]
pub(super) enum Trust {
    /// The fingerprint of the only key that will do.
    Fingerprint(String),
    /// Keys of this host in known_hosts.
    Known(Vec<Known>),
}

/// A key of known_hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    key: PublicKey,
    revoked: bool,
    line: usize,
}

impl Trust {
    /// What `known_hosts` says about a host. A file that is not there says
    /// nothing.
    pub(super) fn from_file(file: Option<&Path>, host: &str, port: u16) -> io::Result<Self> {
        let Some(file) = file else { return Ok(Self::Known(Vec::new())) };
        match std::fs::read(file) {
            Ok(bytes) => Ok(Self::Known(known(&String::from_utf8_lossy(&bytes), host, port))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::Known(Vec::new())),
            Err(error) => Err(error),
        }
    }

    /// Takes the key, or says why not.
    pub(super) fn judge(&self, key: &PublicKey) -> Result<(), Lost> {
        let shown = key.fingerprint(HashAlg::Sha256).to_string();
        let untrusted = |why: &str| Err(Lost::new(ErrorKind::Untrusted, why).showing(&shown));
        match self {
            Self::Fingerprint(expected) if *expected == shown => Ok(()),
            Self::Fingerprint(expected) => {
                untrusted(&format!("the host key is another one than the trusted {expected}"))
            }
            Self::Known(known) => {
                let same: Vec<_> =
                    known.iter().filter(|it| it.key.key_data() == key.key_data()).collect();
                if let Some(revoked) = same.iter().find(|known| known.revoked) {
                    let line = revoked.line;
                    untrusted(&format!("known_hosts marks the host key as revoked, line {line}"))
                } else if !same.is_empty() {
                    Ok(())
                } else if let Some(other) = known.iter().find(|known| !known.revoked) {
                    let line = other.line;
                    untrusted(&format!(
                        "known_hosts holds another key of this host, line {line}: either its key \
                         was changed or this is not the server"
                    ))
                } else {
                    untrusted("the host key is not known yet")
                }
            }
        }
    }

    /// `all` with the kinds of keys first that are known of this host, so that
    /// the server shows one that can be checked.
    pub(super) fn preferred(&self, all: &[Algorithm]) -> Vec<Algorithm> {
        let is_known = |algorithm: &Algorithm| match self {
            Self::Fingerprint(_) => false,
            Self::Known(known) => known.iter().any(|known| {
                let of_key = known.key.algorithm();
                let both_rsa =
                    matches!((&of_key, algorithm), (Algorithm::Rsa { .. }, Algorithm::Rsa { .. }));
                of_key == *algorithm || both_rsa
            }),
        };
        let (mut first, rest): (Vec<_>, Vec<_>) = all.iter().cloned().partition(is_known);
        first.extend(rest);
        first
    }
}

/// The fingerprint in what somebody pasted, such as a line of `ssh-keygen -l`.
pub(super) fn fingerprint_in(text: &str) -> Option<&str> {
    let found = text.split_whitespace().find(|word| word.starts_with("SHA256:"))?;
    let found = found.trim_end_matches(['=', '.', ',']);
    let hash = &found["SHA256:".len()..];
    let sound = hash.len() == 43
        && hash.bytes().all(|it| it.is_ascii_alphanumeric() || b"+/".contains(&it));
    sound.then_some(found)
}

/// The keys that `text`, a file of known hosts, holds for a host.
fn known(text: &str, host: &str, port: u16) -> Vec<Known> {
    let host = host.to_lowercase();
    let name = if port == 22 { host } else { format!("[{host}]:{port}") };
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let mut fields = line.split_whitespace().peekable();
        let marker = fields.next_if(|field| field.starts_with('@'));
        let (Some(hosts), Some(_), Some(key)) = (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let revoked = match marker {
            None => false,
            Some("@revoked") => true,
            // Certificates are not asked for.
            Some(_) => continue,
        };
        if hosts.starts_with('#') || !matches(hosts, &name) {
            continue;
        }
        // A line that cannot be read, of a kind of key that is not known here,
        // says nothing about others.
        if let Ok(key) = parse_public_key_base64(key) {
            found.push(Known { key, revoked, line: at + 1 });
        }
    }
    found
}

/// Whether a list of patterns names `name`.
fn matches(patterns: &str, name: &str) -> bool {
    let mut found = false;
    for pattern in patterns.split(',') {
        if let Some(hashed) = pattern.strip_prefix("|1|") {
            found |= is_hash_of(hashed, name);
        } else if let Some(excluded) = pattern.strip_prefix('!') {
            if fits(excluded.to_lowercase().as_bytes(), name.as_bytes()) {
                return false;
            }
        } else {
            found |= fits(pattern.to_lowercase().as_bytes(), name.as_bytes());
        }
    }
    found
}

/// Whether `salt|hash` is made of `name`.
fn is_hash_of(hashed: &str, name: &str) -> bool {
    let Some((salt, hash)) = hashed.split_once('|') else { return false };
    let (Ok(salt), Ok(hash)) = (STANDARD.decode(salt), STANDARD.decode(hash)) else {
        return false;
    };
    let Ok(mac) = Hmac::<Sha1>::new_from_slice(&salt) else { return false };
    mac.chain_update(name).verify_slice(&hash).is_ok()
}

/// Whether a pattern with `*` and `?` fits the whole of `name`.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    // Where the last `*` was, and how much of the name it takes up so far.
    let mut star = None;
    while seen < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(wanted) if *wanted == b'?' || *wanted == name[seen] => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((before, taken)) = star else { return false };
                star = Some((before, taken + 1));
                at = before + 1;
                seen = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|rest| *rest == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const B: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA6rWI3G1sz07DnfFlrouTcysQlj2P+jpNSOEWD9OJ3X";

    fn key(line: &str) -> PublicKey {
        parse_public_key_base64(line.split(' ').nth(1).unwrap()).unwrap()
    }

    fn judge(file: &str, host: &str, port: u16) -> Result<(), String> {
        let trust = Trust::Known(known(file, host, port));
        trust.judge(&key(A)).map_err(|lost| {
            let error = lost.into_error("open");
            assert_eq!(error.kind(), ErrorKind::Untrusted);
            assert!(error.presented().unwrap().starts_with("SHA256:"));
            std::error::Error::source(&error).unwrap().to_string()
        })
    }

    #[test]
    fn a_host_is_found_as_openssh_finds_it() {
        for (file, host, port) in [
            (format!("example.org {A}"), "example.org", 22),
            (format!("example.org {A}"), "Example.ORG", 22),
            (format!("other,example.org\t{A} comment"), "example.org", 22),
            (format!("# example.org {B}\n\n*.org,!b.org {A}"), "a.org", 22),
            (format!("[example.org]:2222 {A}"), "example.org", 2222),
            (format!("10.0.0.? {A}"), "10.0.0.7", 22),
            // One that fits is enough, after one that does not.
            (format!("example.org {B}\nexample.org {A}"), "example.org", 22),
            (format!("example.org ssh-new AAAAbroken\nexample.org {A}"), "example.org", 22),
        ] {
            assert_eq!(judge(&file, host, port), Ok(()), "{file}");
        }
        for (file, host, port) in [
            (String::new(), "example.org", 22),
            (format!("example.org {A}"), "example.org", 2222),
            (format!("[example.org]:2222 {A}"), "example.org", 22),
            (format!("*.org,!b.org {A}"), "b.org", 22),
            (format!("example.or {A}"), "example.org", 22),
            (format!("@cert-authority example.org {A}"), "example.org", 22),
            (format!("# example.org {A}"), "example.org", 22),
        ] {
            let why = judge(&file, host, port).unwrap_err();
            assert!(why.contains("not known yet"), "{file}: {why}");
        }
    }

    #[test]
    fn another_key_and_a_revoked_one_are_told_apart() {
        let why = judge(&format!("\nexample.org {B}"), "example.org", 22).unwrap_err();
        assert!(why.contains("another key") && why.contains("line 2"), "{why}");
        let file = format!("example.org {A}\n@revoked * {A}");
        let why = judge(&file, "example.org", 22).unwrap_err();
        assert!(why.contains("revoked"), "{why}");
    }

    #[test]
    fn hashed_names_are_found() {
        // As `ssh-keygen -H` writes them.
        let salt = [7; 20];
        let hashed = |name: &str| {
            let mac = Hmac::<Sha1>::new_from_slice(&salt).unwrap().chain_update(name);
            let hash = STANDARD.encode(mac.finalize().into_bytes());
            format!("|1|{}|{hash} {A}", STANDARD.encode(salt))
        };
        assert_eq!(judge(&hashed("example.org"), "example.org", 22), Ok(()));
        assert_eq!(judge(&hashed("[example.org]:22022"), "example.org", 22_022), Ok(()));
        assert!(judge(&hashed("example.com"), "example.org", 22).is_err());
        assert!(judge(&format!("|1|x|y {A}"), "example.org", 22).is_err());
    }

    #[test]
    fn a_fingerprint_is_taken_however_it_was_pasted() {
        let shown = key(A).fingerprint(HashAlg::Sha256).to_string();
        for text in [shown.clone(), format!("{shown}="), format!("256 {shown} me@host (ED25519)")] {
            assert_eq!(fingerprint_in(&text), Some(&*shown));
        }
        for text in ["", "SHA256:", "MD5:11:22", "SHA256:short"] {
            assert_eq!(fingerprint_in(text), None);
        }
        let trust = Trust::Fingerprint(shown);
        assert!(trust.judge(&key(A)).is_ok());
        assert!(trust.judge(&key(B)).is_err());
    }

    #[test]
    fn kinds_of_keys_that_are_known_come_first() {
        let all = [Algorithm::Rsa { hash: None }, Algorithm::Ed25519, Algorithm::Dsa];
        let trust = Trust::Known(known(&format!("a {A}"), "a", 22));
        assert_eq!(trust.preferred(&all)[0], Algorithm::Ed25519);
        assert_eq!(trust.preferred(&all).len(), 3);
    }
}
