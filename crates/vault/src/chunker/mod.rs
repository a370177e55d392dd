//! Content-defined chunking with exactly the cut points of restic, so that
//! both programs can write to one repository without storing a file twice.
//! `docs/formats/chunker.md` gives the rules.
//!
//! A chunk ends where the fingerprint of the last 64 bytes ends in 20 zero
//! bits, but not before [`MIN_SIZE`] and at the latest at [`MAX_SIZE`].
//!
//! Invariant: pure computation. No reading, no buffers.

mod polynomial;
mod tables;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use polynomial::Polynomial;
pub use tables::Tables;

/// No chunk but the last of a file is smaller, in bytes.
pub const MIN_SIZE: usize = 512 * 1024;
/// No chunk is larger, in bytes.
pub const MAX_SIZE: usize = 8 * 1024 * 1024;
/// Bytes that decide whether a cut follows them.
pub(crate) const WINDOW: usize = 64;

/// Where the current chunk ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It does not end in what is there.
    NeedMore,
    /// It is this many bytes long. 0 only at the end of a file, when nothing
    /// is left of it.
    At(usize),
}

/// Finds the ends of the chunks of one file after another.
#[derive(Clone, Debug)]
pub struct Chunker {
    tables: Arc<Tables>,
    /// The shortest length of the current chunk that has not been tried.
    untried: usize,
}

impl Chunker {
    /// A chunker at the start of a file.
    #[must_use]
    pub fn new(tables: Arc<Tables>) -> Self {
        Self { tables, untried: MIN_SIZE }
    }

    /// Begins a new chunk. Needed only when a chunk is given up before its end
    /// was found: a cut begins a new one by itself.
    pub fn start(&mut self) {
        self.untried = MIN_SIZE;
    }

    /// Looks for the end of the current chunk.
    ///
    /// `available` begins where the chunk begins. After [`Cut::NeedMore`] it
    /// must hold the same bytes and more after them: what has been looked
    /// through is not looked through again. More than [`MAX_SIZE`] bytes are
    /// never needed. `end_of_file` says that nothing follows `available`; the
    /// answer is then never [`Cut::NeedMore`].
    pub fn next_cut(&mut self, available: &[u8], end_of_file: bool) -> Cut {
        let length = available.len().min(MAX_SIZE);
        let complete = end_of_file || length == MAX_SIZE;
        let (found, untried) = self.tables.find_cut(&available[..length], self.untried, complete);
        self.untried = untried;
        let cut = match found {
            Some(cut) => cut,
            None if complete => length,
            None => return Cut::NeedMore,
        };
        self.start();
        Cut::At(cut)
    }
}
