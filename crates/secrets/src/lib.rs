//! Secrets: the master key that seals them, the passphrase that recovers them,
//! and the keychain that holds the key.
//!
//! Invariant: no secret is shown, written or logged here; what is handed out
//! to be stored is sealed. Where the bytes are stored is the caller's matter.

mod error;
pub mod keychain;
mod master_key;
mod passphrase;
pub mod slot;

pub use error::Error;
pub use keychain::{Keychain, KeychainError};
pub use master_key::MasterKey;
pub use passphrase::RecoveryPassphrase;
