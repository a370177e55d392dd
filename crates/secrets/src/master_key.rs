//! The key that seals every other secret.
//!
//! A sealed value is a version byte (1), a nonce of 12 bytes, and what
//! AES-256-GCM (NIST SP 800-38D) makes of the secret, its tag of 16 bytes at
//! the end. The id of the record is the associated data, so that a sealed value
//! opens in its own place only.

use crate::Error;
use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use model::Random;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const VERSION: u8 = 1;
const NONCE: usize = 12;
/// Length of a key in bytes.
pub(crate) const KEY: usize = 32;

/// 256 random bits. Wiped from memory when dropped, and never shown.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; KEY]);

impl MasterKey {
    /// Makes a new one.
    #[must_use]
    pub fn generate(random: &dyn Random) -> Self {
        let mut key = Self([0; KEY]);
        random.fill(&mut key.0);
        key
    }

    /// From its bytes; `None` when there are not 32 of them.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Seals a secret for `record`, with a fresh nonce.
    #[must_use]
    pub fn seal(&self, random: &dyn Random, record: &str, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        random.fill(&mut nonce);
        self.seal_with(nonce, record, plain)
    }

    fn seal_with(&self, nonce: [u8; NONCE], record: &str, plain: &[u8]) -> Vec<u8> {
        let payload = Payload { msg: plain, aad: record.as_bytes() };
        // It fails for secrets of more than 64 GiB only; then nothing is sealed,
        // and nothing opens.
        let sealed = self.cipher().encrypt(&Nonce::from(nonce), payload).unwrap_or_default();
        let mut bytes = Vec::with_capacity(1 + NONCE + sealed.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        bytes
    }

    /// Opens what was sealed for `record`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for another version, else [`Error::Damaged`].
    pub fn open(&self, record: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (version, rest) = sealed.split_first().ok_or(Error::Damaged)?;
        if *version != VERSION {
            return Err(Error::Unsupported);
        }
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(Error::Damaged)?;
        let payload = Payload { msg: sealed, aad: record.as_bytes() };
        let plain = self.cipher().decrypt(&Nonce::from(*nonce), payload);
        plain.map(Zeroizing::new).map_err(|_| Error::Damaged)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&self.0.into())
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::random::SeededRandom;
    use proptest::prelude::*;

    /// Made by another implementation:
    /// `python3 -c 'from cryptography.hazmat.primitives.ciphers.aead import AESGCM as A;
    /// print(A(bytes(range(32))).encrypt(bytes(range(12)), b"eight words", b"record").hex())'`
    const SEALED: &str = "226bb173b1c5b574ff25e4636a6c90e9278719c1667f7de8a62f8b";

    fn bytes<const N: usize>() -> [u8; N] {
        std::array::from_fn(|at| u8::try_from(at).unwrap_or_default())
    }

    #[test]
    fn seals_as_another_implementation_does() {
        let sealed = MasterKey(bytes()).seal_with(bytes(), "record", b"eight words");
        let hex: String = sealed[13..].iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, SEALED);
        assert_eq!(sealed[0], 1);
        assert_eq!(sealed[1..13], bytes::<12>());
    }

    #[test]
    fn shows_nothing_of_itself() {
        assert_eq!(format!("{:?}", MasterKey(bytes())), "MasterKey");
    }

    #[test]
    fn no_nonce_comes_twice() {
        let random = SeededRandom::new(1);
        let key = MasterKey::generate(&random);
        assert_ne!(key.seal(&random, "record", b"same"), key.seal(&random, "record", b"same"));
    }

    proptest! {
        #[test]
        fn opens_for_its_own_record_and_key_only(
            plain in proptest::collection::vec(any::<u8>(), 0..200),
            at in any::<proptest::sample::Index>(),
            flip in 1..=255_u8,
        ) {
            let random = SeededRandom::new(2);
            let key = MasterKey::generate(&random);
            let sealed = key.seal(&random, "record", &plain);
            prop_assert_eq!(&*key.open("record", &sealed).expect("it opens"), &plain);
            prop_assert_eq!(key.open("another", &sealed), Err(Error::Damaged));
            prop_assert_eq!(MasterKey::generate(&random).open("record", &sealed), Err(Error::Damaged));
            let mut broken = sealed.clone();
            broken[at.index(sealed.len())] ^= flip;
            prop_assert!(key.open("record", &broken).is_err());
            prop_assert!(key.open("record", &sealed[..at.index(sealed.len())]).is_err());
        }
    }
}
