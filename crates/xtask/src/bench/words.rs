//! Text as people and programs write it: it compresses to about a third.

use std::fmt::Write as _;

use crate::noise::Noise;

/// How many different words there are.
const WORDS: usize = 4000;

/// Words of which some are used far more often than others, as in a language.
pub(super) struct Words {
    /// Each as often as its weight, so that drawing one is a look-up.
    drawn: Vec<String>,
}

impl Words {
    pub(super) fn new(noise: &mut Noise) -> Self {
        let mut drawn = Vec::new();
        for rank in 1..=WORDS {
            let length = noise.between(2, 11);
            let letter = |_| char::from(b'a' + u8::try_from(noise.below(26)).unwrap_or_default());
            let word: String = (0..length).map(letter).collect();
            drawn.extend(std::iter::repeat_n(word, (2000 / rank).max(1)));
        }
        Self { drawn }
    }

    fn draw(&self, noise: &mut Noise) -> &str {
        &self.drawn[noise.below(self.drawn.len())]
    }

    fn draw_many(&self, noise: &mut Noise, count: usize, between: &str) -> String {
        let words: Vec<&str> = (0..count).map(|_| self.draw(noise)).collect();
        words.join(between)
    }
}

/// Sentences and paragraphs of `length` bytes.
pub(super) fn prose(noise: &mut Noise, words: &Words, length: usize) -> Vec<u8> {
    let mut text = String::with_capacity(length + 256);
    while text.len() < length {
        let count = noise.between(6, 18);
        let mut sentence = words.draw_many(noise, count, " ");
        sentence[..1].make_ascii_uppercase();
        text += &sentence;
        text += ". ";
        if noise.below(100) < 12 {
            text += "\n\n";
        }
    }
    text.truncate(length);
    text.into_bytes()
}

/// Records, one a line, of `length` bytes in all.
pub(super) fn json_lines(noise: &mut Noise, words: &Words, length: usize) -> Vec<u8> {
    let mut text = String::with_capacity(length + 256);
    while text.len() < length {
        let (id, score) = (noise.next() >> 16, noise.fraction());
        let (user, time) = (words.draw(noise), 1_600_000_000 + noise.below(100_000_000));
        let tags = words.draw_many(noise, 3, "\", \"");
        let note = words.draw_many(noise, 8, " ");
        // Writing into a string cannot fail.
        let _ = writeln!(
            text,
            "{{\"id\": {id}, \"user\": \"{user}\", \"tags\": [\"{tags}\"], \"score\": {score}, \
             \"note\": \"{note}\", \"ts\": {time}}}"
        );
    }
    text.truncate(length);
    text.into_bytes()
}
