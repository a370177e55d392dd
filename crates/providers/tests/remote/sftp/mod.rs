//! The SFTP destination against OpenSSH's own server: the contract, who is
//! trusted, and what a server, a disk and a network can do to it.

mod disk;
mod folders;
mod large;
mod names;
mod network;
mod sign_in;
mod trust;
mod wrong;

use super::never;
use model::{clock::ManualClock, random::SystemRandom};
use providers::{Context, Missing, Provider, Secret, Values};
use servers::{ClientKey, OpenSsh};
use std::sync::Arc;
use storage::{Error, Result, Store, retry::Policy};

/// What was said about a destination.
#[derive(Clone, Debug, Default)]
pub(super) struct Said(pub(super) Values);

impl Said {
    /// All that has to be said about a server, with a key to sign in.
    pub(super) fn about(server: &OpenSsh) -> Self {
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

    pub(super) fn with(mut self, key: &str, value: &str) -> Self {
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
