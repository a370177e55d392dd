//! The master key, sealed with the recovery passphrase.
//!
//! A slot is a version byte (1); memory in KiB, passes and lanes of Argon2id
//! (RFC 9106) as 32-bit little-endian numbers; a salt of 16 bytes; and the
//! master key, sealed as any secret is, with the key that Argon2id derives.

use crate::{Error, MasterKey, RecoveryPassphrase, master_key::KEY};
use argon2::{Algorithm, Argon2, Params, Version};
use model::Random;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const SALT: usize = 16;
/// The record that the master key is sealed for.
const RECORD: &str = "master-key";

/// What deriving a key costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cost {
    /// Memory in KiB.
    memory: u32,
    passes: u32,
    lanes: u32,
}

/// 64 MiB, three passes and four lanes, which several processors share: the
/// second recommendation of RFC 9106.
const USUAL: Cost = Cost { memory: 64 << 10, passes: 3, lanes: 4 };
/// A slot that asks for more is not one of ours: it would only keep the
/// machine busy.
const MOST: Cost = Cost { memory: 1 << 20, passes: 10, lanes: 8 };

/// Seals the master key. Takes a tenth of a second or two, and 64 MiB.
///
/// # Errors
/// [`Error::Exhausted`] when there is no memory.
pub fn seal(
    passphrase: &RecoveryPassphrase,
    key: &MasterKey,
    random: &dyn Random,
) -> Result<Vec<u8>, Error> {
    seal_at(USUAL, passphrase, key, random)
}

fn seal_at(
    cost: Cost,
    passphrase: &RecoveryPassphrase,
    key: &MasterKey,
    random: &dyn Random,
) -> Result<Vec<u8>, Error> {
    let mut salt = [0; SALT];
    random.fill(&mut salt);
    let derived = derive(cost, passphrase, &salt)?;
    let mut bytes = vec![VERSION];
    for number in [cost.memory, cost.passes, cost.lanes] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&salt);
    bytes.extend_from_slice(&derived.seal(random, RECORD, key.bytes()));
    Ok(bytes)
}

/// Opens a slot. Takes as long as sealing it.
///
/// # Errors
/// [`Error::WrongPassphrase`], also when the sealed key was changed, which
/// cannot be told apart; [`Error::Damaged`] or [`Error::Unsupported`] when it
/// is no slot.
pub fn open(passphrase: &RecoveryPassphrase, slot: &[u8]) -> Result<MasterKey, Error> {
    let (version, rest) = slot.split_first().ok_or(Error::Damaged)?;
    if *version != VERSION {
        return Err(Error::Unsupported);
    }
    let mut rest = rest;
    let mut number = || {
        let (bytes, after) = rest.split_first_chunk::<4>().ok_or(Error::Damaged)?;
        rest = after;
        Ok(u32::from_le_bytes(*bytes))
    };
    let cost = Cost { memory: number()?, passes: number()?, lanes: number()? };
    if cost.memory > MOST.memory || cost.passes > MOST.passes || cost.lanes > MOST.lanes {
        return Err(Error::Unsupported);
    }
    let (salt, sealed) = rest.split_first_chunk::<SALT>().ok_or(Error::Damaged)?;
    let derived = derive(cost, passphrase, salt)?;
    let key = derived.open(RECORD, sealed).map_err(|_| Error::WrongPassphrase)?;
    MasterKey::from_bytes(&key).ok_or(Error::Damaged)
}

fn derive(
    cost: Cost,
    passphrase: &RecoveryPassphrase,
    salt: &[u8; SALT],
) -> Result<MasterKey, Error> {
    let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(KEY));
    let argon2 =
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params.map_err(|_| Error::Unsupported)?);
    let mut bytes = Zeroizing::new([0; KEY]);
    argon2
        .hash_password_into(passphrase.expose().as_bytes(), salt, &mut *bytes)
        .map_err(|_| Error::Exhausted)?;
    MasterKey::from_bytes(&*bytes).ok_or(Error::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::random::SeededRandom;

    const CHEAP: Cost = Cost { memory: 64, passes: 1, lanes: 1 };

    fn slot() -> (RecoveryPassphrase, MasterKey, Vec<u8>) {
        let random = SeededRandom::new(1);
        let passphrase = RecoveryPassphrase::generate(&random);
        let key = MasterKey::generate(&random);
        let slot = seal_at(CHEAP, &passphrase, &key, &random).expect("it is sealed");
        (passphrase, key, slot)
    }

    #[test]
    fn opens_with_its_passphrase_only() {
        let (passphrase, key, slot) = slot();
        assert_eq!(open(&passphrase, &slot).expect("it opens").bytes(), key.bytes());
        let other = RecoveryPassphrase::generate(&SeededRandom::new(2));
        assert_eq!(open(&other, &slot).map(drop), Err(Error::WrongPassphrase));
    }

    #[test]
    fn no_changed_byte_opens() {
        let (passphrase, _, slot) = slot();
        for at in (0..slot.len()).filter(|at| !(1..13).contains(at)) {
            let mut broken = slot.clone();
            broken[at] ^= 1;
            assert!(open(&passphrase, &broken).is_err(), "byte {at}");
            assert!(open(&passphrase, &slot[..at]).is_err(), "{at} bytes");
        }
    }

    #[test]
    fn a_hostile_slot_cannot_ask_for_the_whole_machine() {
        let (passphrase, _, slot) = slot();
        for (at, number) in [(1, MOST.memory + 1), (5, MOST.passes + 1), (9, MOST.lanes + 1)] {
            let mut hostile = slot.clone();
            hostile[at..at + 4].copy_from_slice(&number.to_le_bytes());
            assert_eq!(open(&passphrase, &hostile).map(drop), Err(Error::Unsupported));
        }
    }

    #[test]
    fn the_usual_cost_is_written_down() {
        let random = SeededRandom::new(3);
        let passphrase = RecoveryPassphrase::generate(&random);
        let key = MasterKey::generate(&random);
        let slot = seal(&passphrase, &key, &random).expect("it is sealed");
        assert_eq!(slot[1..13], [0, 0, 1, 0, 3, 0, 0, 0, 4, 0, 0, 0]);
        assert_eq!(open(&passphrase, &slot).expect("it opens").bytes(), key.bytes());
        // As they were before four lanes were usual.
        let before = Cost { lanes: 1, ..USUAL };
        let slot = seal_at(before, &passphrase, &key, &random).expect("it is sealed");
        assert_eq!(open(&passphrase, &slot).expect("it opens").bytes(), key.bytes());
    }
}
