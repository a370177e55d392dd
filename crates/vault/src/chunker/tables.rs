//! The search for cut points.
//!
//! restic rolls one fingerprint over a chunk, each step waiting for a table
//! look-up that depends on the step before. But between two cuts the
//! fingerprint depends on the last 64 bytes only, so that several parts of a
//! chunk are looked through side by side, each warmed up with the 64 bytes
//! before it, and the processor always has a look-up to do.

use std::fmt;

use super::{MIN_SIZE, Polynomial, WINDOW};

/// Fingerprints stand in the upper bits of a word, so that a byte shifted out
/// of them leaves the word.
const UNUSED: u32 = u64::BITS - Polynomial::DEGREE;
/// A cut follows a fingerprint that ends in 20 zero bits.
const CUT_MASK: u64 = ((1 << 20) - 1) << UNUSED;

/// Parts of a stretch that are looked through side by side: more would not fit
/// into the registers. `cargo bench -p vault` measures.
pub(super) const LANES: usize = 6;
/// A cache line less than a page, because lines that are whole pages apart
/// push each other out of the cache.
pub(super) const LONG_LANE: usize = 4096 - 64;
/// For the end of a file.
pub(super) const SHORT_LANE: usize = 256;
const LONG: usize = LANES * LONG_LANE;
const SHORT: usize = LANES * SHORT_LANE;

/// Tables for one polynomial, computed once and shared by all chunkers of a
/// repository: 4 KiB.
pub struct Tables {
    polynomial: Polynomial,
    /// For the byte that is shifted out of a fingerprint: what it leaves.
    reduced: [u64; 256],
    /// For the byte that leaves the window: what of it is still there.
    leaving: [u64; 256],
}

impl fmt::Debug for Tables {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tables").field("polynomial", &self.polynomial).finish()
    }
}

impl Tables {
    /// Computes the tables.
    #[must_use]
    pub fn new(polynomial: Polynomial) -> Self {
        let mut reduced = [0; 256];
        let mut leaving = [0; 256];
        for (byte, (reduced, leaving)) in (0_u64..).zip(reduced.iter_mut().zip(&mut leaving)) {
            // byte * x^53, as a byte shifted eight places from x^45.
            let top = polynomial.shift_byte(byte << (Polynomial::DEGREE - 8));
            *reduced = top << UNUSED;
            let mut old = byte;
            for _ in 0..WINDOW {
                old = polynomial.shift_byte(old);
            }
            *leaving = old << UNUSED;
        }
        Self { polynomial, reduced, leaving }
    }

    /// What they were computed for.
    #[must_use]
    pub fn polynomial(&self) -> Polynomial {
        self.polynomial
    }

    /// The fingerprint after another byte.
    #[inline(always)]
    fn append(&self, fingerprint: u64, byte: u8) -> u64 {
        // The lowest bits are unused, so that adding the byte cannot carry.
        let shifted = fingerprint.wrapping_add(u64::from(byte) << (UNUSED - 8)) << 8;
        shifted ^ self.reduced[(fingerprint >> 56) as usize]
    }

    /// The fingerprint of a window moved on by a byte.
    #[inline(always)]
    fn slide(&self, fingerprint: u64, old: u8, new: u8) -> u64 {
        self.append(fingerprint, new) ^ self.leaving[usize::from(old)]
    }

    /// The least length from `untried` on at which `chunk` can be cut, and the
    /// least length that has not been tried. Lengths below [`MIN_SIZE`] are
    /// never tried. All lengths are tried when `all` is set; otherwise the last
    /// few may be left until there is more to look through.
    pub(super) fn find_cut(
        &self,
        chunk: &[u8],
        untried: usize,
        all: bool,
    ) -> (Option<usize>, usize) {
        self.search(chunk, untried.max(MIN_SIZE), all)
    }

    /// The first length from `from` on, which is more than [`WINDOW`], at which
    /// `bytes` can be cut, wherever the chunk began.
    pub(crate) fn first_cut(&self, bytes: &[u8], from: usize) -> Option<usize> {
        self.search(bytes, from, true).0
    }

    fn search(&self, chunk: &[u8], mut untried: usize, all: bool) -> (Option<usize>, usize) {
        while let Some(stretch) = stretch::<{ WINDOW + LONG }>(chunk, untried) {
            if let Some(found) = self.find_side_by_side::<LONG_LANE, _>(stretch) {
                return (Some(untried + found), untried);
            }
            untried += LONG;
        }
        if !all {
            return (None, untried);
        }
        while let Some(stretch) = stretch::<{ WINDOW + SHORT }>(chunk, untried) {
            if let Some(found) = self.find_side_by_side::<SHORT_LANE, _>(stretch) {
                return (Some(untried + found), untried);
            }
            untried += SHORT;
        }
        let rest = chunk.get(untried - WINDOW - 1..).unwrap_or_default();
        (self.find_in_line(rest).map(|found| untried + found), untried)
    }

    /// The fingerprint of a window.
    fn fingerprint(&self, window: &[u8]) -> u64 {
        window.iter().fold(0, |fingerprint, byte| self.append(fingerprint, *byte))
    }

    /// The first byte after the first window of `bytes` that completes a window
    /// with a cut behind it. Bytes behind the first window: `LANES * LANE`.
    fn find_side_by_side<const LANE: usize, const LENGTH: usize>(
        &self,
        bytes: &[u8; LENGTH],
    ) -> Option<usize> {
        const { assert!(LENGTH == WINDOW + LANES * LANE) };
        let mut lanes: [u64; LANES] =
            std::array::from_fn(|lane| self.fingerprint(&bytes[lane * LANE..][..WINDOW]));
        for step in 0..LANE {
            for (lane, fingerprint) in lanes.iter_mut().enumerate() {
                let at = lane * LANE + step;
                *fingerprint = self.slide(*fingerprint, bytes[at], bytes[at + WINDOW]);
                if *fingerprint & CUT_MASK == 0 {
                    return Some(self.earliest(bytes, LANE, lane, step));
                }
            }
        }
        None
    }

    /// The first cut of a stretch, when the first one met is that of `lane` at
    /// `step`: an earlier lane may have one at a later step. Out of the way,
    /// because noting cuts and going on would cost the loop a third of its
    /// speed.
    #[cold]
    #[inline(never)]
    fn earliest(&self, bytes: &[u8], length: usize, lane: usize, step: usize) -> usize {
        let rest_of_lane = |lane| {
            let begin = lane * length + step + 1;
            let rest = bytes.get(begin..(lane + 1) * length + WINDOW)?;
            self.find_in_line(rest).map(|found| begin + found)
        };
        (0..lane).find_map(rest_of_lane).unwrap_or(lane * length + step)
    }

    /// As [`Self::find_side_by_side`] for bytes of any number.
    fn find_in_line(&self, bytes: &[u8]) -> Option<usize> {
        let mut fingerprint = self.fingerprint(bytes.get(..WINDOW)?);
        bytes.iter().zip(&bytes[WINDOW..]).position(|(old, new)| {
            fingerprint = self.slide(fingerprint, *old, *new);
            fingerprint & CUT_MASK == 0
        })
    }
}

/// The bytes to try the lengths from `untried` on: the window before the first
/// of them, and one byte for each.
fn stretch<const LENGTH: usize>(chunk: &[u8], untried: usize) -> Option<&[u8; LENGTH]> {
    chunk.get(untried - WINDOW - 1..)?.first_chunk()
}
