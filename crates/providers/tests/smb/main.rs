//! Shares of a real server: the contract, and what a server, a network and a
//! person can do to them.

#![cfg(target_os = "linux")]

mod conformance;
mod lost;
mod names;
mod wrong;

use ::model::{SystemClock, random::SeededRandom};
use bytes::Bytes;
use providers::{Context, Missing, Provider, Secret, Values};
use servers::Samba;
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use storage::{Cancel, Error, Key, Result, Store, retry::Policy};

/// As people make them up, and as shells and configurations dislike them.
const PASSWORD: &str = r#"p@ß %"'\"#;

fn samba() -> Samba {
    Samba::start(PASSWORD).expect("a server of shares")
}

/// What a person would have said of a share.
fn values(samba: &Samba, share: &str, folder: &str) -> Values {
    let mut values = Values::default();
    for (key, value) in [
        ("host", "127.0.0.1"),
        ("port", &*samba.port().to_string()),
        ("user", samba.user()),
        ("share", share),
        ("folder", folder),
        ("timeout", "10"),
    ] {
        values.plain.insert(key.into(), value.into());
    }
    values.secret.insert("password".into(), Secret::new(samba.password().into()));
    values
}

fn context() -> Context {
    // Machines do not name their files alike.
    static SEED: AtomicU64 = AtomicU64::new(1);
    let random = SeededRandom::new(SEED.fetch_add(1, Ordering::Relaxed));
    Context { random: Arc::new(random), clock: Arc::new(SystemClock), patience: Policy::PERSON }
}

fn smb() -> &'static dyn Provider {
    providers::find("smb").expect("a kind that there is")
}

/// Opens what was said.
async fn reach(values: &Values, missing: Missing) -> Result<Arc<dyn Store>> {
    smb().open(values, missing, &context(), &never()).await
}

/// A store in a folder of the share that can be written to.
async fn open(samba: &Samba, folder: &str) -> Arc<dyn Store> {
    reach(&values(samba, "backup", folder), Missing::Make).await.expect("the share opens")
}

/// Why something failed, with all that an error would show.
fn failure<T>(result: Result<T>) -> Error {
    let error = result.err().expect("a failure");
    assert!(!format!("{error} {error:?}").contains(PASSWORD), "{error:?} tells the password");
    error
}

fn key(name: &str) -> Key {
    Key::new(name).expect("a sound name")
}

fn never() -> Cancel {
    Cancel::new()
}

/// Bytes that differ from those of every other seed.
fn noise(seed: u64, length: usize) -> Bytes {
    use ::model::Random;
    let mut bytes = vec![0; length];
    SeededRandom::new(seed).fill(&mut bytes);
    bytes.into()
}

/// The names of files in a folder, hidden ones too.
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

/// That nothing unfinished is left on the server, once it has had a moment.
async fn ensure_tidy(folder: &Path) {
    let mut left = Vec::new();
    for _ in 0..50 {
        left = names_on_disk(folder);
        left.retain(|name| name.contains(".keepstead-"));
        if left.is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{left:?}");
}
