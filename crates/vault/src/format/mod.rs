//! What trees and snapshots look like on disk, byte for byte as restic writes
//! them, so that our trees deduplicate against restic's and the other way
//! round.
//!
//! Invariant: pure functions on bytes. No input, however hostile, panics.

mod error;
mod id;

pub use error::FormatError;
pub use id::Id;
