//! Choices that are the same for the same seed.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use model::{Random, random::SeededRandom};

/// Small numbers from a seed.
pub struct Dice(SeededRandom);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }

    pub fn below(&self, limit: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % limit
    }

    pub fn one_in(&self, count: u64) -> bool {
        self.below(count) == 0
    }

    pub fn index(&self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap()
    }

    pub fn of<'a, T: ?Sized>(&self, choice: &[&'a T]) -> &'a T {
        choice[self.index(choice.len())]
    }
}

/// How many cases a property is tried with: `usual`, unless
/// `KEEPSTEAD_CASES` says more.
pub fn cases(usual: u64) -> u64 {
    let asked = std::env::var("KEEPSTEAD_CASES").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(usual)
}
