//! Which packs are read when not all are.

use crate::format::Id;
use model::Random;
use std::str::FromStr;

/// A part of all packs, as `restic check --read-data-subset` has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sample {
    /// So much of all packs, in percent, chosen at random; at least one pack.
    Percent(f64),
    /// Packs chosen at random until they have so many bytes; at least one.
    Bytes(u64),
    /// The packs of one of `of` parts. They are always the same, so that all
    /// parts after one another are everything.
    Part {
        /// Which, from 1.
        part: u8,
        /// How many parts there are.
        of: u16,
    },
}

/// A text is no sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a percentage as 5%, a size as 500M, or a part as 1/12")]
pub struct InvalidSample;

impl FromStr for Sample {
    type Err = InvalidSample;

    fn from_str(text: &str) -> Result<Self, InvalidSample> {
        if let Some((part, of)) = text.split_once('/') {
            let (part, of) = (part.parse::<u8>(), of.parse::<u16>());
            return match (part, of) {
                // Packs are told apart by the first byte of their names.
                (Ok(part), Ok(of))
                    if (1..=256).contains(&of) && (1..=of).contains(&part.into()) =>
                {
                    Ok(Self::Part { part, of })
                }
                _ => Err(InvalidSample),
            };
        }
        if let Some(number) = text.strip_suffix('%') {
            let percent = number.parse().ok().filter(|percent| *percent > 0.0 && *percent <= 100.0);
            return percent.map(Self::Percent).ok_or(InvalidSample);
        }
        let shift = match text.bytes().last().map(|last| last.to_ascii_lowercase()) {
            Some(b'k') => 10,
            Some(b'm') => 20,
            Some(b'g') => 30,
            Some(b't') => 40,
            _ => 0,
        };
        let digits = if shift > 0 { &text[..text.len() - 1] } else { text };
        let number = digits.parse::<u64>().ok().filter(|number| *number > 0);
        let bytes = number.and_then(|number| number.checked_mul(1 << shift));
        bytes.map(Self::Bytes).ok_or(InvalidSample)
    }
}

impl Sample {
    /// Takes those of `packs`, with their lengths in bytes, that are read; of
    /// percent, there are `all` packs.
    pub(super) fn choose(
        self,
        mut packs: Vec<(Id, u64)>,
        all: usize,
        random: &dyn Random,
    ) -> Vec<(Id, u64)> {
        match self {
            Self::Part { part, of } => {
                packs.retain(|(pack, _)| u16::from(pack.as_bytes()[0]) % of == u16::from(part) - 1);
            }
            Self::Percent(percent) => {
                shuffle(&mut packs, random);
                packs.truncate(percent_of(all, percent).max(1));
            }
            Self::Bytes(bytes) => {
                shuffle(&mut packs, random);
                let mut sum = 0_u64;
                packs.retain(|(_, length)| {
                    let wanted = sum < bytes;
                    sum = sum.saturating_add(*length);
                    wanted
                });
            }
        }
        packs
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "how many are read need not be exact"
)]
fn percent_of(all: usize, percent: f64) -> usize {
    (all as f64 * percent / 100.0).round() as usize
}

/// Fisher and Yates's shuffle. That a 64-bit number is taken modulo the number
/// of packs prefers none of them noticeably.
fn shuffle(packs: &mut [(Id, u64)], random: &dyn Random) {
    // The listing's order must not matter: the same seed, the same sample.
    packs.sort_unstable();
    for end in (1..packs.len()).rev() {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        let other = u64::from_le_bytes(bytes) % (end as u64 + 1);
        packs.swap(end, other as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::random::SeededRandom;
    use std::collections::BTreeSet;

    fn packs(count: u8) -> Vec<(Id, u64)> {
        (0..count).map(|number| (Id::from_bytes([number; 32]), 100)).collect()
    }

    #[test]
    fn samples_are_written_as_restic_has_them() {
        for (text, sample) in [
            ("5%", Sample::Percent(5.0)),
            ("0.5%", Sample::Percent(0.5)),
            ("100%", Sample::Percent(100.0)),
            ("500", Sample::Bytes(500)),
            ("3K", Sample::Bytes(3 << 10)),
            ("50m", Sample::Bytes(50 << 20)),
            ("2G", Sample::Bytes(2 << 30)),
            ("1T", Sample::Bytes(1 << 40)),
            ("1/1", Sample::Part { part: 1, of: 1 }),
            ("12/256", Sample::Part { part: 12, of: 256 }),
        ] {
            assert_eq!(text.parse(), Ok(sample), "{text}");
        }
        for text in [
            "",
            "%",
            "0%",
            "101%",
            "-1%",
            "nan%",
            "0",
            "K",
            "1.5G",
            "1/0",
            "0/3",
            "4/3",
            "1/257",
            "/",
            "1/",
            "x/2",
            "é",
            "99999999999T",
        ] {
            assert_eq!(text.parse::<Sample>(), Err(InvalidSample), "{text}");
        }
    }

    #[test]
    fn all_parts_together_are_everything_and_none_is_in_two() {
        let mut seen = BTreeSet::new();
        for part in 1..=7 {
            let some = Sample::Part { part, of: 7 }.choose(packs(200), 200, &SeededRandom::new(1));
            assert!((20..40).contains(&some.len()), "{}", some.len());
            assert!(some.into_iter().all(|(pack, _)| seen.insert(pack)));
        }
        assert_eq!(seen.len(), 200);
    }

    #[test]
    fn chance_decides_and_the_seed_decides_chance() {
        let choose = |sample: Sample, seed| {
            let mut reversed = packs(200);
            reversed.reverse();
            let random = SeededRandom::new(seed);
            let chosen = sample.choose(packs(200), 200, &random);
            assert_eq!(sample.choose(reversed, 200, &SeededRandom::new(seed)), chosen);
            chosen.into_iter().map(|(pack, _)| pack).collect::<BTreeSet<_>>()
        };
        for sample in [Sample::Percent(10.0), Sample::Bytes(1950)] {
            assert_eq!(choose(sample, 1).len(), 20);
            assert_ne!(choose(sample, 1), choose(sample, 2));
        }
        let mut seen = BTreeSet::new();
        for seed in 0..200 {
            seen.extend(choose(Sample::Percent(10.0), seed));
        }
        assert_eq!(seen.len(), 200, "every pack has its turn");
        assert_eq!(choose(Sample::Percent(0.01), 1).len(), 1);
        assert_eq!(choose(Sample::Bytes(1), 1).len(), 1);
    }
}
