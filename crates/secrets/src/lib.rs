//! Secrets: the master key that seals them, the passphrase that recovers them,
//! the keychain that holds the key, and the recovery kit that shows the
//! passphrase.
//!
//! Invariant: no secret is written or logged here, and none shown but by the
//! kit, whose purpose that is; what else is handed out to be stored is sealed. Where the bytes are stored is the caller's matter.

mod deadline;
mod error;
pub mod keychain;
pub mod kit;
mod master_key;
mod passphrase;
pub mod slot;

pub use error::Error;
pub use keychain::{Keychain, KeychainError};
pub use master_key::MasterKey;
pub use passphrase::RecoveryPassphrase;
