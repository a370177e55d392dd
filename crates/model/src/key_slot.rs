//! Where the key to the secrets can be had from.

use crate::words::words;

words! {
    /// What opens a slot that holds the application's master key.
    KeySlotKind {
        /// The recovery passphrase.
        Passphrase = "passphrase",
        /// The keychain of the operating system.
        Keychain = "keychain",
    }
}
