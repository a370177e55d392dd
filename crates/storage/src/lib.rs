//! The storage contract: what a destination must do so that a backup on it can
//! be trusted, and the two stores that need no destination at all.
//!
//! Invariant: nothing here knows what is stored. Keys and bytes go in, keys and
//! bytes come out; formats live in `vault` and `mirror`, protocols in
//! `providers`.

mod body;
mod capabilities;
mod contract;
mod error;
mod key;

pub use body::{Body, ByteStream};
pub use capabilities::{Capabilities, Capacity, ContentHash};
pub use contract::{ByteRange, Entry, EntryStream, Overwrite, PutMode, Store, StoreExt};
pub use error::{Error, ErrorKind, Result, Retry};
pub use key::{InvalidKey, Key, Prefix};

/// Stops an operation from outside. Every operation of a [`Store`] takes one.
pub use tokio_util::sync::CancellationToken as Cancel;
