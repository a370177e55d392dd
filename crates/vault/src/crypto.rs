//! Sealing: `nonce(16) || AES-256-CTR ciphertext || Poly1305-AES tag(16)`.
//!
//! Source: restic's design document, section "Keys, Encryption and MAC". The
//! nonce is both the first counter block of CTR and the nonce of the MAC; the
//! MAC covers the ciphertext only.

use crate::error::Error;
use aes::cipher::{BlockCipherEncrypt, KeyInit, KeyIvInit, StreamCipher};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use model::Random;
use poly1305::{Poly1305, universal_hash::UniversalHash};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

type Stream = ctr::Ctr128BE<aes::Aes256>;

/// Bytes of a nonce.
pub const NONCE: usize = 16;
/// Bytes of an authentication tag.
pub const TAG: usize = 16;
/// How many bytes are sealed at a time: whole blocks, which stay in the memory
/// next to a processor.
const PIECE: usize = 16 << 10;
/// How many bytes sealing adds.
pub const OVERHEAD: usize = NONCE + TAG;

/// A key that seals and opens: 32 bytes for AES-256, and the pair (k, r) of
/// Poly1305-AES. Wiped from memory when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey {
    encrypt: [u8; 32],
    mac_k: [u8; 16],
    mac_r: [u8; 16],
}

/// What cannot be opened was sealed with another key or was changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the authentication tag does not match")]
pub struct NotAuthentic;

impl MasterKey {
    /// A new random key.
    #[must_use]
    pub fn generate(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0; 64]);
        random.fill(&mut *bytes);
        Self::from_bytes(&bytes)
    }

    /// From 64 bytes: encryption key, then k, then r, as scrypt yields them.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 64]) -> Self {
        let mut key = Self { encrypt: [0; 32], mac_k: [0; 16], mac_r: [0; 16] };
        key.encrypt.copy_from_slice(&bytes[..32]);
        key.mac_k.copy_from_slice(&bytes[32..48]);
        key.mac_r.copy_from_slice(&bytes[48..]);
        // Poly1305 ignores these bits of r; restic clears them in what it stores.
        for at in [3, 7, 11, 15] {
            key.mac_r[at] &= 0x0f;
        }
        for at in [4, 8, 12] {
            key.mac_r[at] &= 0xfc;
        }
        key
    }

    /// Appends the sealed form of `plaintext` to `out`:
    /// `plaintext.len() + OVERHEAD` bytes.
    pub fn seal_into(&self, random: &dyn Random, plaintext: &[u8], out: &mut Vec<u8>) {
        let mut nonce = [0; NONCE];
        random.fill(&mut nonce);
        out.reserve(plaintext.len() + OVERHEAD);
        out.extend_from_slice(&nonce);
        let mut stream = Stream::new(&self.encrypt.into(), &nonce.into());
        let mut mac = self.authenticator(&nonce);
        // A piece is copied, encrypted and authenticated while it is in the
        // memory next to the processor.
        let (pieces, last) = plaintext.as_chunks::<PIECE>();
        for piece in pieces {
            let start = out.len();
            out.extend_from_slice(piece);
            stream.apply_keystream(&mut out[start..]);
            mac.update(poly1305::Block::slice_as_chunks(&out[start..]).0);
        }
        let start = out.len();
        out.extend_from_slice(last);
        stream.apply_keystream(&mut out[start..]);
        let tag = finish(mac, &out[start..]);
        out.extend_from_slice(&tag);
    }

    /// Opens `sealed` in place and returns the plaintext within it.
    ///
    /// # Errors
    /// When the tag does not match; `sealed` is then unchanged.
    pub fn open_in_place<'a>(&self, sealed: &'a mut [u8]) -> Result<&'a mut [u8], NotAuthentic> {
        let mut stream = self.authentic(sealed)?;
        let end = sealed.len() - TAG;
        let body = &mut sealed[NONCE..end];
        stream.apply_keystream(body);
        Ok(body)
    }

    /// Opens what `sealed` holds into `plain`, whose contents and memory it
    /// takes.
    ///
    /// # Errors
    /// When the tag does not match; `plain` is then as it was.
    pub(crate) fn open_into(&self, sealed: &[u8], plain: &mut Vec<u8>) -> Result<(), NotAuthentic> {
        let mut stream = self.authentic(sealed)?;
        let body = &sealed[NONCE..sealed.len() - TAG];
        plain.resize(body.len(), 0);
        stream.apply_keystream_b2b(body, plain);
        Ok(())
    }

    /// What `sealed` is opened with, if its tag matches.
    fn authentic(&self, sealed: &[u8]) -> Result<Stream, NotAuthentic> {
        let Some((nonce, rest)) = sealed.split_first_chunk::<NONCE>() else {
            return Err(NotAuthentic);
        };
        let Some((body, tag)) = rest.split_last_chunk::<TAG>() else { return Err(NotAuthentic) };
        let difference = self.tag(nonce, body).iter().zip(tag).fold(0, |or, (a, b)| or | (a ^ b));
        if difference != 0 {
            return Err(NotAuthentic);
        }
        Ok(Stream::new(&self.encrypt.into(), nonce.into()))
    }

    fn tag(&self, nonce: &[u8; NONCE], ciphertext: &[u8]) -> [u8; TAG] {
        finish(self.authenticator(nonce), ciphertext)
    }

    /// What makes the tag of a ciphertext with this nonce.
    fn authenticator(&self, nonce: &[u8; NONCE]) -> Poly1305 {
        let mut pad = (*nonce).into();
        aes::Aes128::new(&self.mac_k.into()).encrypt_block(&mut pad);
        let mut one_time = Zeroizing::new([0; 32]);
        one_time[..16].copy_from_slice(&self.mac_r);
        one_time[16..].copy_from_slice(&pad);
        Poly1305::new(&(*one_time).into())
    }

    /// The JSON in which a key file holds the master key.
    pub(crate) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let stored = StoredKey {
            mac: StoredMac { k: BASE64.encode(self.mac_k), r: BASE64.encode(self.mac_r) },
            encrypt: BASE64.encode(self.encrypt),
        };
        serde_json::to_vec(&stored)
            .map(Zeroizing::new)
            .map_err(|_| Error::damaged("key", "the master key cannot be written as JSON"))
    }

    /// Reads [`MasterKey::to_json`].
    pub(crate) fn from_json(json: &[u8]) -> Option<Self> {
        let stored: StoredKey = serde_json::from_slice(json).ok()?;
        let mut bytes = Zeroizing::new([0; 64]);
        for (target, text) in
            [(0..32, &stored.encrypt), (32..48, &stored.mac.k), (48..64, &stored.mac.r)]
        {
            let part = Zeroizing::new(BASE64.decode(text).ok()?);
            if part.len() != target.len() {
                return None;
            }
            bytes[target].copy_from_slice(&part);
        }
        Some(Self::from_bytes(&bytes))
    }
}

/// The tag of a ciphertext that ends with `end`; what came before it were whole
/// blocks.
fn finish(mut mac: Poly1305, end: &[u8]) -> [u8; TAG] {
    // Whole blocks by themselves: several at a time, and without a copy.
    let (blocks, rest) = poly1305::Block::slice_as_chunks(end);
    mac.update(blocks);
    mac.compute_unpadded(rest).into()
}

impl std::fmt::Debug for MasterKey {
    /// Never the key itself.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey")
    }
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct StoredKey {
    mac: StoredMac,
    encrypt: String,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct StoredMac {
    k: String,
    r: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::random::SeededRandom;

    #[test]
    fn poly1305_aes_matches_bernsteins_published_vectors() {
        // D. J. Bernstein, "The Poly1305-AES message-authentication code",
        // appendix B, first and last vector.
        let key = |k: &str, r: &str| {
            let mut key = MasterKey { encrypt: [0; 32], mac_k: [0; 16], mac_r: [0; 16] };
            hex::decode_to_slice(k, &mut key.mac_k).unwrap();
            hex::decode_to_slice(r, &mut key.mac_r).unwrap();
            key
        };
        let nonce = |text: &str| {
            let mut nonce = [0; NONCE];
            hex::decode_to_slice(text, &mut nonce).unwrap();
            nonce
        };
        let first = key("ec074c835580741701425b623235add6", "851fc40c3467ac0be05cc20404f3f700");
        let tag = first.tag(&nonce("fb447350c4e868c52ac3275cf9d4327e"), &[0xf3, 0xf6]);
        assert_eq!(hex::encode(tag), "f4c633c3044fc145f84f335cb81953de");
        let second = key("75deaa25c09f208e1dc4ce6b5cad3fbf", "a0f3080000f46400d0c7e9076c834403");
        let tag = second.tag(&nonce("61ee09218d29b0aaed7e154a2c5509cc"), &[]);
        assert_eq!(hex::encode(tag), "dd3fab2251f11ac759f0887129cc2ee7");
    }

    #[test]
    fn a_changed_byte_anywhere_is_noticed() {
        let random = SeededRandom::new(1);
        let key = MasterKey::generate(&random);
        let mut sealed = Vec::new();
        key.seal_into(&random, b"a page of the ledger", &mut sealed);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open_in_place(&mut changed).unwrap_err(), NotAuthentic);
        }
        for length in 0..sealed.len() {
            assert!(key.open_in_place(&mut sealed.clone()[..length]).is_err());
        }
        assert_eq!(key.open_in_place(&mut sealed).unwrap(), b"a page of the ledger");
    }

    #[test]
    fn what_is_sealed_piece_by_piece_opens_as_a_whole() {
        let random = SeededRandom::new(1);
        let key = MasterKey::generate(&random);
        let mut plain = vec![0; 3 * PIECE];
        random.fill(&mut plain);
        for around in [0, PIECE, 2 * PIECE] {
            for length in around.saturating_sub(17)..around + 18 {
                let mut sealed = b"before".to_vec();
                key.seal_into(&random, &plain[..length], &mut sealed);
                let sealed = &mut sealed[b"before".len()..];
                assert_eq!(sealed.len(), length + OVERHEAD);
                assert_eq!(key.open_in_place(sealed).unwrap(), &plain[..length]);
            }
        }
    }

    #[test]
    fn the_stored_form_reads_back() {
        let random = SeededRandom::new(2);
        let key = MasterKey::generate(&random);
        let read = MasterKey::from_json(&key.to_json().unwrap()).unwrap();
        let mut sealed = Vec::new();
        key.seal_into(&random, b"x", &mut sealed);
        assert_eq!(read.open_in_place(&mut sealed).unwrap(), b"x");
    }
}
