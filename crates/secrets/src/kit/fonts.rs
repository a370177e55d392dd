//! The typefaces of a kit: what they can show, and how wide it is.

use crate::Error;
use krilla::text::Font;
use skrifa::{
    FontRef, MetadataProvider,
    instance::{LocationRef, Size},
};

/// A typeface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    /// Inter, for sentences.
    Text,
    /// Inter, semibold.
    Strong,
    /// Geist Mono, for paths and commands.
    Mono,
    /// Geist Mono, medium, for the words.
    MonoStrong,
}

const FILES: [(Face, &[u8]); 4] = [
    (Face::Text, include_bytes!("../../fonts/Inter-Regular.ttf")),
    (Face::Strong, include_bytes!("../../fonts/Inter-SemiBold.ttf")),
    (Face::Mono, include_bytes!("../../fonts/GeistMono-Regular.ttf")),
    (Face::MonoStrong, include_bytes!("../../fonts/GeistMono-Medium.ttf")),
];

/// Width of a character of Geist Mono, in ems.
pub(super) const MONO: f32 = 0.6;

struct Loaded {
    face: Face,
    font: Font,
    read: FontRef<'static>,
}

/// All of them.
pub(super) struct Fonts(Vec<Loaded>);

impl Fonts {
    pub(super) fn load() -> Result<Self, Error> {
        let load = |&(face, bytes): &(Face, &'static [u8])| {
            let font = Font::new(bytes.into(), 0).ok_or(Error::NotDrawn)?;
            let read = FontRef::new(bytes).map_err(|_| Error::NotDrawn)?;
            Ok(Loaded { face, font, read })
        };
        FILES.iter().map(load).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn font(&self, face: Face) -> Option<&Font> {
        self.of(face).map(|loaded| &loaded.font)
    }

    /// Whether there is a picture of this character.
    pub(super) fn shows(&self, face: Face, letter: char) -> bool {
        self.of(face).is_some_and(|loaded| loaded.read.charmap().map(letter).is_some())
    }

    /// In points, without kerning.
    pub(super) fn width(&self, face: Face, size: f32, text: &str) -> f32 {
        let Some(loaded) = self.of(face) else { return 0.0 };
        let letters = loaded.read.charmap();
        let widths = loaded.read.glyph_metrics(Size::new(size), LocationRef::default());
        let width = |letter| widths.advance_width(letters.map(letter).unwrap_or_default());
        text.chars().filter_map(width).sum()
    }

    /// The text as this face can show it: other characters are written as
    /// their number, `[U+5199]`.
    pub(super) fn showable(&self, face: Face, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        for letter in text.chars() {
            if self.shows(face, letter) {
                shown.push(letter);
            } else {
                shown.push_str(&format!("[U+{:04X}]", u32::from(letter)));
            }
        }
        shown
    }

    /// Breaks a sentence into lines of at most `width` points: between words,
    /// or within one that is wider than a line.
    pub(super) fn lines(&self, face: Face, size: f32, width: f32, text: &str) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in self.showable(face, text).split(' ').filter(|word| !word.is_empty()) {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(face, size, &longer) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                line.push(letter);
                if self.width(face, size, &line) > width && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, letter.into()));
                }
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }

    fn of(&self, face: Face) -> Option<&Loaded> {
        self.0.iter().find(|loaded| loaded.face == face)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mono_is_as_wide_as_the_layout_takes_it() {
        let fonts = Fonts::load().expect("fonts");
        for face in [Face::Mono, Face::MonoStrong] {
            for letter in "azMW-/Žж".chars() {
                assert!(fonts.shows(face, letter), "{letter}");
                let width = fonts.width(face, 10.0, letter.to_string().as_str());
                assert!((width - 10.0 * MONO).abs() < 0.01, "{letter} is {width} wide");
            }
            assert!(!fonts.shows(face, '写') && !fonts.shows(face, '\u{301}'));
        }
    }

    #[test]
    fn lines_are_not_wider_than_asked_for_and_lose_nothing() {
        let fonts = Fonts::load().expect("fonts");
        let text = format!("Words of a few letters, and {} one of many. 写 ж ω", "x".repeat(60));
        let lines = fonts.lines(Face::Text, 10.0, 100.0, &text);
        assert!(lines.iter().all(|line| fonts.width(Face::Text, 10.0, line) <= 100.0), "{lines:?}");
        let joined = lines.concat().replace(' ', "");
        assert_eq!(joined, text.replace(' ', "").replace('写', "[U+5199]"));
    }
}
