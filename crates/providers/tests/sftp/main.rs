//! The SFTP destination against OpenSSH's own server: the contract, who is
//! trusted, and what a server, a disk and a network can do to it.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failing step of a test is a failing test")]

mod conformance;
mod disk;
mod folders;
mod large;
mod names;
mod network;
mod sign_in;
mod trust;
mod wrong;

use ::model::{clock::ManualClock, random::SystemRandom};
use bytes::Bytes;
use providers::{Context, Missing, Provider, Secret, Values};
use servers::{ClientKey, OpenSsh};
use std::{path::Path, sync::Arc};
use storage::{Cancel, Error, Key, Result, Store, retry::Policy};

/// What was said about a destination.
#[derive(Clone, Debug, Default)]
struct Said(Values);

impl Said {
    /// All that has to be said about a server, with a key to sign in.
    fn about(server: &OpenSsh) -> Self {
        Self::default()
            .with("host", server.host())
            .with("port", &server.port().to_string())
            .with("user", server.user())
            .with("fingerprint", &server.fingerprint().unwrap())
            .with("folder", &server.folder().display().to_string())
            .with("sign_in", "key")
            .with("key", &server.key(ClientKey::Ed25519).unwrap())
            .with("timeout", "20")
    }

    fn with(mut self, key: &str, value: &str) -> Self {
        let field = sftp().descriptor().fields.iter().find(|field| field.key == key).unwrap();
        if field.is_secret() {
            self.0.secret.insert(key.into(), Secret::new(value.into()));
        } else {
            self.0.plain.insert(key.into(), value.into());
        }
        self
    }

    async fn open(&self) -> Result<Arc<dyn Store>> {
        assert_eq!(sftp().check(&self.0), []);
        sftp().open(&self.0, Missing::Fail, &context(), &never()).await
    }

    /// Why it does not open.
    async fn refused(&self) -> Error {
        match self.open().await {
            Ok(_) => panic!("it opened"),
            Err(error) => error,
        }
    }
}

fn sftp() -> &'static dyn Provider {
    providers::find("sftp").unwrap()
}

fn context() -> Context {
    let now = "2026-11-30T12:00:00Z".parse().unwrap();
    let clock = Arc::new(ManualClock::new(now));
    Context { random: Arc::new(SystemRandom), clock, patience: Policy::PERSON }
}

fn key(name: &str) -> Key {
    Key::new(name).expect("a sound name")
}

fn never() -> Cancel {
    Cancel::new()
}

/// Bytes that differ from those of every other seed.
fn noise(seed: u64, length: usize) -> Bytes {
    use ::model::{Random, random::SeededRandom};
    let mut bytes = vec![0; length];
    SeededRandom::new(seed).fill(&mut bytes);
    bytes.into()
}

/// All names below a folder, hidden ones too.
fn names_on_disk(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() && !path.is_symlink() {
            names.extend(names_on_disk(&path));
        } else {
            names.push(path.display().to_string());
        }
    }
    names.sort();
    names
}

/// Waits until no temporary file is left: they are removed behind the caller's
/// back.
async fn ensure_no_leftovers(folder: &Path) {
    let mut left = names_on_disk(folder);
    for _ in 0..100 {
        if !left.iter().any(|name| name.contains(".keepstead-")) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        left = names_on_disk(folder);
    }
    panic!("{left:?}");
}
