//! The name of everything in a repository: a SHA-256.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

use super::FormatError;

/// A SHA-256: of a blob's plaintext for a blob, of the stored bytes for a file
/// of the repository (restic's `doc/design.rst`, "Terminology").
///
/// Written as 64 lowercase hexadecimal digits; read in either case.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; Id::LENGTH]);

impl Id {
    /// Bytes in an id.
    pub const LENGTH: usize = 32;
    /// Hexadecimal digits in an id.
    pub const HEX_LENGTH: usize = 2 * Self::LENGTH;

    /// The id of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The ids of two texts, found at the same time.
    #[must_use]
    pub(crate) fn of_two([one, other]: [&[u8]; 2]) -> [Self; 2] {
        sha256::both(one, other).map(Self)
    }

    /// The id whose raw bytes these are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// The raw bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// The 64 lowercase digits as ASCII, without an allocation.
    #[must_use]
    pub fn to_hex(self) -> [u8; Self::HEX_LENGTH] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; Self::HEX_LENGTH];
        for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            *pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
        }
        text
    }

    /// The first eight digits, which is how restic and people name a snapshot.
    #[must_use]
    pub fn short(&self) -> String {
        hex::encode(&self.0[..4])
    }

    /// The id that these 64 hexadecimal digits spell.
    ///
    /// # Errors
    /// [`FormatError::Id`] when the text is anything else.
    pub fn from_hex(text: &[u8]) -> Result<Self, FormatError> {
        let mut bytes = [0; Self::LENGTH];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| {
            FormatError::Id(String::from_utf8_lossy(text).chars().take(80).collect())
        })?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(std::str::from_utf8(&self.to_hex()).unwrap_or_default())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Id {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        Self::from_hex(text.as_bytes())
    }
}

impl AsRef<[u8]> for Id {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<[u8; Id::LENGTH]> for Id {
    fn from(bytes: [u8; Id::LENGTH]) -> Self {
        Self(bytes)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Hex;

        impl de::Visitor<'_> for Hex {
            type Value = Id;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an id of 64 hexadecimal digits")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
                Id::from_hex(text.as_bytes()).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Hex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn hashes_and_spells_the_empty_text() {
        let id = Id::of(b"");
        assert_eq!(id.to_string(), EMPTY);
        assert_eq!(id.short(), "e3b0c442");
        assert_eq!(EMPTY.parse::<Id>().unwrap(), id);
        assert_eq!(EMPTY.to_uppercase().parse::<Id>().unwrap(), id);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{EMPTY}\""));
        assert_eq!(serde_json::from_str::<Id>(&format!("\"{EMPTY}\"")).unwrap(), id);
    }

    #[test]
    fn refuses_what_is_no_id() {
        for text in ["", "00", &EMPTY[1..], &format!("{EMPTY}0"), &EMPTY.replace('e', "g"), "é"] {
            assert!(text.parse::<Id>().is_err(), "{text}");
        }
    }

    #[test]
    fn orders_like_its_digits() {
        let low = Id::from_bytes([0; 32]);
        let mut bytes = [0; 32];
        bytes[0] = 0x10;
        let high = Id::from(bytes);
        assert!(low < high && low.to_string() < high.to_string());
    }
}
