//! The destinations behind the storage contract.
//!
//! Invariant: protocols live here and nowhere else. Nothing here knows what is
//! stored, and no type of a protocol's library appears in a signature.

pub mod local;

pub use local::LocalStore;
