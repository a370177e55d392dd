//! The recovery kit: a page to print, with everything that gets the backups
//! back when the computer is gone.
//!
//! It is drawn from what it is handed: the words of the passphrase, where the
//! backups are, and every sentence. The same goes into a code for machines
//! (docs/formats/recovery-kit.md). The same input makes the same bytes.
//!
//! Deliberately absent: when and where it is saved, the words of the sentences,
//! and structure tags, since it is made for paper. What the drawing libraries
//! copy on their way is not wiped; what stands here is.

mod code;
mod draw;
mod fonts;
mod layout;
mod sheet;
mod shell;

use crate::{Error, RecoveryPassphrase};
use std::path::Path;
use zeroize::Zeroizing;

/// A finished document. It shows the words, so it is wiped when dropped.
pub type Pdf = Zeroizing<Vec<u8>>;

/// What a kit tells.
#[derive(Clone, Copy, Debug)]
pub struct Kit<'a> {
    /// The words that open every backup.
    pub passphrase: &'a RecoveryPassphrase,
    /// Where the backups are.
    pub destinations: &'a [Place<'a>],
    /// The sentences.
    pub texts: &'a Texts,
}

/// A destination as the kit shows it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// What its owner calls it.
    pub name: &'a str,
    /// Its folder.
    pub folder: &'a Path,
    /// The repository in it.
    pub repository: &'a Path,
}

/// The sentences of a kit, in the language of who keeps it.
#[derive(Clone, Debug)]
pub struct Texts {
    /// The language, as RFC 3066 names it.
    pub language: String,
    /// What the page is.
    pub title: String,
    /// When and where it was made.
    pub made: String,
    /// How to keep it.
    pub keep: String,
    /// Under the code.
    pub code: String,
    /// Above the steps.
    pub steps_title: String,
    /// How to get everything back, one after the other.
    pub steps: Vec<String>,
    /// Above the destinations.
    pub places_title: String,
    /// In place of destinations, where there are none.
    pub no_places: String,
    /// Beside the folder of a destination.
    pub folder: String,
    /// Beside its repository.
    pub repository: String,
    /// What is done there, each with its label.
    pub commands: Vec<Command>,
    /// What the lines that end in `\` are; shown when there are some.
    pub broken_lines: String,
    /// What the bytes in paths are; shown when there are some.
    pub written_out: String,
    /// Above codes that did not fit beside the words.
    pub more_codes: String,
    /// "Page 1 of 2".
    pub page: fn(usize, usize) -> String,
}

/// A command with the path of a repository in its middle.
#[derive(Clone, Debug)]
pub struct Command {
    /// What it is for.
    pub label: String,
    /// What stands before the path.
    pub before: String,
    /// What stands after it.
    pub after: String,
}

impl Kit<'_> {
    /// Draws the kit: A4, and nothing outside of what Letter shows as well.
    ///
    /// # Errors
    /// [`Error::TooLong`] when a path does not fit into a code;
    /// [`Error::NotDrawn`] when the document cannot be made.
    pub fn to_pdf(&self) -> Result<Pdf, Error> {
        let fonts = fonts::Fonts::load()?;
        let codes = code::codes(self.passphrase, self.destinations)?;
        let pages = layout::pages(self, &fonts, codes.len());
        draw::document(self.texts, &fonts, &codes, &pages)
    }
}
