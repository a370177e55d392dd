//! Destinations that are reached over a network, against the servers that
//! people run.

// The servers' programs are Debian's.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failing step of a test is a failing test")]

mod budget;
mod conformance;
mod document;
mod faults;
mod google;
mod grounds;
mod memory;
mod nextcloud;
mod pages;
mod sftp;
mod smb;
mod uploads;
mod wrong;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use model::{Random, SystemClock, SystemRandom, random::SeededRandom};
use providers::{Context, LocalStore, Missing, Values};
use std::{error::Error as StdError, path::Path, sync::Arc, time::Duration};
use storage::{Body, Cancel, Error, Key, Result, Store, retry::Policy};

fn context(patience: Policy) -> Context {
    Context { random: Arc::new(SystemRandom), clock: Arc::new(SystemClock), patience }
}

/// Opens a destination of this kind, and makes its folder.
async fn open(kind: &str, values: &Values) -> Result<Arc<dyn Store>> {
    open_as(kind, values, Policy::RUN).await
}

/// The same, as patient as `patience`.
async fn open_as(kind: &str, values: &Values, patience: Policy) -> Result<Arc<dyn Store>> {
    if kind == "local" {
        let store = LocalStore::open(values.text("folder"), Arc::new(SystemRandom)).await?;
        return Ok(Arc::new(store));
    }
    let provider = providers::find(kind).expect("a kind that there is");
    let wrong = provider.check(values);
    assert!(wrong.is_empty(), "{wrong:?}");
    provider.open(values, Missing::Make, &context(patience), &Cancel::new()).await
}

fn key(name: &str) -> Key {
    Key::new(name).expect("a name")
}

/// A token nobody uses.
fn never() -> Cancel {
    Cancel::new()
}

/// Bytes that no two objects share.
fn noise(seed: u64, length: usize) -> Bytes {
    let mut bytes = vec![0; length];
    SeededRandom::new(seed << 32).fill(&mut bytes);
    bytes.into()
}

/// A body that is made while it is sent, in pieces of a megabyte.
fn streamed(seed: u64, length: u64) -> Body {
    const PIECE: u64 = 1 << 20;
    Body::replayable(length, move || {
        let pieces = (0..length.div_ceil(PIECE)).map(move |at| {
            let piece = PIECE.min(length - at * PIECE);
            Ok(noise(seed * 10_000 + at, usize::try_from(piece).expect("a megabyte")))
        });
        stream::iter(pieces).boxed()
    })
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

/// That nothing unfinished is left in a folder of a server, once that had a
/// moment: it is removed behind the caller's back.
async fn ensure_tidy(folder: &Path) {
    let mut left = Vec::new();
    for _ in 0..100 {
        left = names_on_disk(folder);
        left.retain(|name| name.contains(".keepstead-"));
        if left.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{left:?}");
}

/// All that an error says, with its causes.
fn said(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&format!("\n{inner}\n{inner:?}"));
        cause = inner.source();
    }
    text
}
