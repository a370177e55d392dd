//! The storage contract: what a destination must do so that a backup on it can
//! be trusted, the two stores that need no destination at all, and one that keeps
//! the others to a rate.
//!
//! Invariant: nothing here knows what is stored. Keys and bytes go in, keys and
//! bytes come out; formats live in `vault` and `mirror`, protocols in
//! `providers`.

mod body;
pub mod buffers;
mod cancel;
mod capabilities;
pub mod conformance;
mod contract;
mod error;
pub mod fault;
mod key;
pub mod memory;
pub mod retry;
pub mod throttle;

pub use body::{Body, ByteStream, Pace};
pub use cancel::{Cancel, unless_cancelled};
pub use capabilities::{Capabilities, Capacity, ContentHash};
pub use contract::{ByteRange, Entry, EntryStream, Overwrite, PutMode, Store, StoreExt, together};
pub use error::{Error, ErrorKind, Result, Retry};
pub use fault::FaultStore;
pub use key::{InvalidKey, Key, Prefix};
pub use memory::MemoryStore;
pub use retry::RetryStore;
pub use throttle::{Limits, ThrottledStore};
