//! Choices that are the same for the same seed.

use model::{Random, random::SeededRandom};

/// Small numbers from a seed.
pub(crate) struct Dice(SeededRandom);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }

    pub(crate) fn below(&self, limit: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % limit
    }

    pub(crate) fn one_in(&self, count: u64) -> bool {
        self.below(count) == 0
    }

    pub(crate) fn index(&self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap()
    }

    pub(crate) fn of<'a, T: ?Sized>(&self, choice: &[&'a T]) -> &'a T {
        choice[self.index(choice.len())]
    }
}

/// How many cases a property is tried with: `usual`, unless
/// `KEEPSTEAD_CASES` says more.
pub(crate) fn cases(usual: u64) -> u64 {
    let asked = std::env::var("KEEPSTEAD_CASES").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(usual)
}
