//! Bytes to put into files: the same seed gives the same bytes.

use model::random::{Random, SeededRandom};

/// `length` bytes that do not compress.
#[must_use]
pub fn random(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SeededRandom::new(seed).fill(&mut bytes);
    bytes
}

/// `length` bytes of words and lines, which compress well but do not repeat.
#[must_use]
pub fn text(seed: u64, length: usize) -> Vec<u8> {
    const WORDS: [&str; 16] = [
        "boiler",
        "warranty",
        "kitchen",
        "receipt",
        "manual",
        "filter",
        "paint",
        "lease",
        "garden",
        "invoice",
        "heater",
        "serial",
        "window",
        "insurance",
        "battery",
        "photo",
    ];
    let mut bytes = Vec::with_capacity(length + 16);
    // One random byte chooses one word, so a quarter of the length is enough.
    for (at, choice) in random(seed, length / 4 + 1).into_iter().enumerate() {
        bytes.extend_from_slice(WORDS[usize::from(choice & 15)].as_bytes());
        bytes.push(if at % 12 == 11 { b'\n' } else { b' ' });
        if bytes.len() >= length {
            break;
        }
    }
    bytes.truncate(length);
    bytes
}

/// `length` bytes in which random stretches and runs of zeros alternate, with
/// stretches that come twice.
#[must_use]
pub fn mixed(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + (3 << 20));
    let mut round = seed;
    while bytes.len() < length {
        let stretch = random(round, 300_000 + (round as usize % 7) * 211_111);
        bytes.extend_from_slice(&stretch);
        bytes.resize(bytes.len() + 100_000 * (1 + round as usize % 9), 0);
        bytes.extend_from_slice(&stretch);
        round = round.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    }
    bytes.truncate(length);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        assert_eq!(random(1, 1001), random(1, 1001));
        assert_ne!(random(1, 1001), random(2, 1001));
        for make in [random, text, mixed] {
            assert_eq!(make(3, 777_777).len(), 777_777);
        }
    }
}
