//! The recovery passphrase: eight words of the EFF's large list, 103 bits.

use crate::Error;
use model::Random;
use std::{collections::HashSet, fmt, sync::LazyLock};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// How many words it has.
const WORDS: usize = 8;
/// How many words the list has: 6⁵.
const LIST: u16 = 7_776;

static WORD_LIST: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("../words/eff-large.txt").lines().collect());

static KNOWN: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| WORD_LIST.iter().copied().collect());

/// Eight words that open every backup made here. Wiped from memory when
/// dropped, and never shown unless asked for.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct RecoveryPassphrase {
    /// Lowercase, single spaces between the words.
    text: String,
}

impl RecoveryPassphrase {
    /// Makes a new one, every combination of words as likely as every other.
    #[must_use]
    pub fn generate(random: &dyn Random) -> Self {
        let mut text = String::with_capacity(WORDS * 10);
        for at in 0..WORDS {
            if at > 0 {
                text.push(' ');
            }
            text.push_str(WORD_LIST[usize::from(below(LIST, random))]);
        }
        Self { text }
    }

    /// Reads one as a person types it: capitals, and how many blanks stand
    /// where, do not matter.
    ///
    /// # Errors
    /// [`Error::NotAPassphrase`] unless it is eight words of the list.
    pub fn parse(typed: &str) -> Result<Self, Error> {
        // A few words of the list have a hyphen: "drop-down" may be typed with
        // a blank.
        let mut text = String::with_capacity(typed.len());
        let mut count = 0;
        let mut words = typed.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let mut word = word.to_lowercase();
            if let Some(next) = words.peek() {
                let mut joined = format!("{word}-{}", next.to_lowercase());
                if KNOWN.contains(joined.as_str()) {
                    words.next();
                    std::mem::swap(&mut word, &mut joined);
                }
                joined.zeroize();
            }
            if !KNOWN.contains(word.as_str()) {
                word.zeroize();
                text.zeroize();
                return Err(Error::NotAPassphrase);
            }
            if count > 0 {
                text.push(' ');
            }
            text.push_str(&word);
            word.zeroize();
            count += 1;
        }
        let parsed = Self { text };
        if count == WORDS { Ok(parsed) } else { Err(Error::NotAPassphrase) }
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> Vec<&str> {
        self.text.split(' ').collect()
    }

    /// The passphrase as repositories take it: lowercase, single spaces.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Two words to ask for: their places, counted from 0, the first first.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "eight")]
    pub fn questions(&self, random: &dyn Random) -> [usize; 2] {
        let first = usize::from(below(WORDS as u16, random));
        let other = usize::from(below(WORDS as u16 - 1, random));
        let second = if other < first { other } else { other + 1 };
        [first.min(second), first.max(second)]
    }

    /// Whether `typed` is the word at this place.
    #[must_use]
    pub fn confirm(&self, position: usize, typed: &str) -> bool {
        let typed = typed.trim().to_lowercase().replace(' ', "-");
        self.text.split(' ').nth(position).is_some_and(|word| word == typed)
    }
}

/// A number below `limit`, each as likely as the others: what would favour the
/// small ones is thrown away.
fn below(limit: u16, random: &dyn Random) -> u16 {
    let fair = u16::MAX - u16::MAX % limit;
    loop {
        let mut bytes = [0; 2];
        random.fill(&mut bytes);
        let number = u16::from_le_bytes(bytes);
        bytes.zeroize();
        if number < fair {
            return number % limit;
        }
    }
}

impl fmt::Debug for RecoveryPassphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryPassphrase")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::random::SeededRandom;

    #[test]
    fn the_list_is_that_of_the_eff() {
        let different: HashSet<&str> = WORD_LIST.iter().copied().collect();
        assert_eq!((WORD_LIST.len(), different.len()), (7_776, 7_776));
        let fits = |word: &&str| {
            word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
                && word.len() >= 3
        };
        assert!(WORD_LIST.iter().all(fits));
        assert_eq!((WORD_LIST[0], WORD_LIST[7_775]), ("abacus", "zoom"));
    }

    #[test]
    fn what_is_made_is_read_again_however_it_is_typed() {
        let random = SeededRandom::new(3);
        for _ in 0..2_000 {
            let made = RecoveryPassphrase::generate(&random);
            let parse = |typed: &str| RecoveryPassphrase::parse(typed).expect("it is read");
            assert_eq!(parse(made.expose()), made);
            assert_eq!(parse(&made.expose().to_uppercase()), made);
            assert_eq!(parse(&format!("  {}\n", made.words().join(" \t "))), made);
            assert_eq!(made.words().len(), WORDS);
        }
        let hyphens = "drop-down felt-tip t-shirt yo-yo abacus abdomen abide ablaze";
        let typed = hyphens.replace('-', " ");
        assert_eq!(
            RecoveryPassphrase::parse(&typed).map(|read| read.text.clone()),
            Ok(hyphens.into())
        );
    }

    #[test]
    fn what_is_no_passphrase_is_refused() {
        let seven = "abacus abdomen abide ablaze able abnormal abrasive";
        for typed in ["", seven, "one two three four five six seven eight"] {
            assert_eq!(RecoveryPassphrase::parse(typed), Err(Error::NotAPassphrase), "{typed}");
        }
        let nine = format!("{seven} abroad abruptly");
        assert_eq!(RecoveryPassphrase::parse(&nine), Err(Error::NotAPassphrase));
    }

    /// Chi-square over all words with 40 expected of each; 7,776 is its mean
    /// and 125 its standard deviation.
    #[test]
    fn every_word_is_as_likely_as_every_other() {
        let random = SeededRandom::new(4);
        let mut seen = vec![0_u32; usize::from(LIST)];
        for _ in 0..u32::from(LIST) * 40 {
            seen[usize::from(below(LIST, &random))] += 1;
        }
        let chi: f64 = seen.iter().map(|&count| (f64::from(count) - 40.0).powi(2) / 40.0).sum();
        assert!((7_150.0..8_400.0).contains(&chi), "{chi}");
    }

    #[test]
    fn two_different_words_are_asked_for_and_taken_in_any_case() {
        let random = SeededRandom::new(5);
        let made = RecoveryPassphrase::generate(&random);
        let mut seen = HashSet::new();
        for _ in 0..1_000 {
            let [first, second] = made.questions(&random);
            assert!(first < second && second < WORDS);
            seen.insert((first, second));
            assert!(made.confirm(first, &format!(" {} ", made.words()[first].to_uppercase())));
            assert!(
                !made.confirm(first, made.words()[second])
                    || made.words()[first] == made.words()[second]
            );
        }
        assert_eq!(seen.len(), WORDS * (WORDS - 1) / 2);
        assert!(!made.confirm(WORDS, "abacus") && !made.confirm(0, ""));
    }

    #[test]
    fn shows_nothing_of_itself() {
        let made = RecoveryPassphrase::generate(&SeededRandom::new(6));
        assert_eq!(format!("{made:?}"), "RecoveryPassphrase");
    }
}
