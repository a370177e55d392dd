//! The local store on real disks: the contract, and what a disk, a user and a
//! crash can do to it.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failing step of a test is a failing test")]

mod conformance;
mod crash;
mod disk;
mod model;
mod names;
mod power;
mod races;
mod user;

use ::model::random::SeededRandom;
use bytes::Bytes;
use providers::LocalStore;
use std::{path::Path, sync::Arc};
use storage::{Cancel, Key};

/// A store in a folder that is there.
async fn open(folder: &Path) -> LocalStore {
    LocalStore::open(folder, random()).await.expect("the folder opens")
}

fn random() -> Arc<SeededRandom> {
    Arc::new(SeededRandom::new(7))
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
