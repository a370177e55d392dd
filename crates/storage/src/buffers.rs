//! Memory that is used again.
//!
//! A pack or a large chunk is fresh memory from the system each time, which the
//! system clears page by page, unless what an earlier one has left is used
//! again.

use bytes::Bytes;
use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

/// What local stores write without a copy begins at a multiple of this many
/// bytes: see `providers::local`.
pub const PAGE: usize = 4096;

/// Buffers of one purpose.
#[derive(Debug)]
pub struct Buffers {
    idle: Mutex<Vec<Vec<u8>>>,
    most: usize,
}

impl Default for Buffers {
    /// Keeps all that come back.
    fn default() -> Self {
        Self::keeping(usize::MAX)
    }
}

impl Buffers {
    /// Keeps no more than `most` bytes that nobody uses at the moment.
    #[must_use]
    pub fn keeping(most: usize) -> Self {
        Self { idle: Mutex::default(), most }
    }

    /// An empty buffer with room for `capacity` bytes.
    #[must_use]
    pub fn take(&self, capacity: usize) -> Vec<u8> {
        let mut buffer = self.find(capacity);
        buffer.clear();
        buffer.reserve_exact(capacity);
        buffer
    }

    /// A buffer of `length` bytes, whatever they are: to be written over.
    #[must_use]
    pub fn take_used(&self, length: usize) -> Vec<u8> {
        let mut buffer = self.find(length);
        buffer.reserve_exact(length.saturating_sub(buffer.len()));
        buffer.resize(length, 0);
        buffer
    }

    /// The smallest that is large enough, or else the largest.
    fn find(&self, capacity: usize) -> Vec<u8> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let best = (0..idle.len()).min_by_key(|at| {
            let has = idle[*at].capacity();
            (has < capacity, if has < capacity { usize::MAX - has } else { has })
        });
        best.map(|at| idle.swap_remove(at)).unwrap_or_default()
    }

    /// Takes a buffer back.
    pub fn give(&self, buffer: Vec<u8>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept: usize = idle.iter().map(Vec::capacity).sum();
        if buffer.capacity() > 0 && kept.saturating_add(buffer.capacity()) <= self.most {
            idle.push(buffer);
        }
    }
}

/// A buffer that goes back to where it came from when nobody reads it any more.
struct Lent {
    buffer: Vec<u8>,
    home: Arc<Buffers>,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.buffer
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.home.give(mem::take(&mut self.buffer));
    }
}

/// The bytes of `buffer` from `start` on; it goes back to `home` after its last
/// reader.
#[must_use]
pub fn lend(buffer: Vec<u8>, start: usize, home: &Arc<Buffers>) -> Bytes {
    Bytes::from_owner(Lent { buffer, home: Arc::clone(home) }).slice(start..)
}

/// Fills `buffer`, which is empty, up to the first page boundary in its memory,
/// and returns how many bytes that took. They move when the buffer grows.
pub fn to_page(buffer: &mut Vec<u8>) -> usize {
    let start = buffer.as_ptr().align_offset(PAGE);
    if start >= PAGE {
        return 0;
    }
    buffer.resize(start, 0);
    start
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_buffer_comes_back_after_its_last_reader_and_begins_on_a_page() {
        let home = Arc::new(Buffers::default());
        let mut buffer = home.take(3 * PAGE);
        let start = to_page(&mut buffer);
        buffer.extend_from_slice(b"contents");
        let memory = buffer.as_ptr();
        let bytes = lend(buffer, start, &home);
        assert_eq!(bytes.as_ptr().align_offset(PAGE), 0);
        let reader = bytes.clone();
        drop(bytes);
        let other = home.take(1);
        assert_ne!(other.as_ptr(), memory);
        assert_eq!(reader, b"contents"[..]);
        drop(reader);
        let again = home.take(1);
        assert_eq!(again.as_ptr(), memory);
    }

    #[test]
    fn no_more_is_kept_than_was_said_and_the_one_that_fits_is_taken() {
        let home = Buffers::keeping(100);
        for capacity in [60, 30, 20] {
            home.give(Vec::with_capacity(capacity));
        }
        assert_eq!(home.take(25).capacity(), 30);
        assert!(home.take(70).capacity() >= 70, "the largest has grown");
        assert!(home.take(10).capacity() < 20, "there is none left");
    }

    proptest! {
        #[test]
        fn a_used_buffer_is_as_long_as_was_asked(lengths in prop::collection::vec(0usize..500, 1..9)) {
            let home = Buffers::default();
            for length in lengths {
                let buffer = home.take_used(length);
                prop_assert_eq!(buffer.len(), length);
                home.give(buffer);
            }
        }
    }
}
