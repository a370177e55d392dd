//! Large files, read and searched for cuts in segments by several threads at
//! once.
//!
//! Whether a chunk can end somewhere depends on the 64 bytes before, and on
//! where it begins. The threads that read segments find all places of which the
//! bytes say that a chunk may end there; who follows the chunks of the file
//! through its segments takes of these the first one that is far enough from
//! where the chunk begins.

use crate::{
    chunker::{MAX_SIZE, MIN_SIZE, Tables, WINDOW},
    platform,
};
use crossbeam_channel::{Receiver, Sender};
use std::{collections::VecDeque, fs::File, io, ops::Range, sync::Arc};

/// How much is read at once, in bytes.
const SEGMENT: usize = 4 << 20;
/// Segments that are in memory at once: the longest chunk lies in three.
const AHEAD: usize = 4;
/// What they take in memory, in bytes.
pub(super) const MEMORY: usize = AHEAD * SEGMENT;

/// A segment to be read by any thread.
pub(crate) struct SegmentJob {
    file: Arc<File>,
    /// Where it begins in the file.
    start: u64,
    length: usize,
    /// Memory that is used again.
    buffer: Vec<u8>,
    tables: Arc<Tables>,
    reply: Sender<io::Result<Segment>>,
}

/// A segment that was read.
struct Segment {
    /// With the window before its first byte.
    bytes: Vec<u8>,
    /// Where `bytes` begins in the file.
    base: u64,
    /// Where it begins itself.
    start: u64,
    /// Where in the file a chunk may end that ends in the segment: ascending.
    cuts: Vec<Range<u64>>,
    /// Whether the file ended before the segment did.
    is_short: bool,
}

impl SegmentJob {
    /// Reads the segment and looks for cuts.
    pub(super) fn run(self) {
        let Self { file, start, length, buffer, tables, reply } = self;
        let segment = Segment::read(&file, start, length, buffer, &tables);
        // Who asked for it has failed.
        let _ = reply.send(segment);
    }
}

impl Segment {
    fn read(
        file: &File,
        start: u64,
        length: usize,
        mut bytes: Vec<u8>,
        tables: &Tables,
    ) -> io::Result<Self> {
        let before = start.min(WINDOW as u64);
        let (base, before) = (start - before, before as usize);
        // What an earlier segment has left there is written over.
        bytes.resize(before + length, 0);
        let read = platform::read_at(file, &mut bytes, base)?;
        bytes.truncate(read.max(before));
        let is_short = read < before + length;
        let (mut cuts, mut untried) = (Vec::new(), before.max(WINDOW) + 1);
        while let Some(cut) = tables.first_cut(&bytes, untried) {
            let (before, after) = bytes.split_at(cut);
            // As long as no other byte comes in, all windows are the same.
            let byte = before[cut - 1];
            let is_even = before[cut - WINDOW..].iter().all(|other| *other == byte);
            let same = after.iter().take_while(|other| is_even && **other == byte).count();
            cuts.push(base + cut as u64..base + (cut + same + 1) as u64);
            untried = cut + same + 1;
        }
        Ok(Self { bytes, base, start, cuts, is_short })
    }

    /// Where it ends in the file.
    fn end(&self) -> u64 {
        self.base + self.bytes.len() as u64
    }
}

/// Follows the chunks of a file through its segments.
pub(super) struct Segments {
    file: Arc<File>,
    tables: Arc<Tables>,
    /// How long the file is, in bytes.
    size: u64,
    /// Where the next segment begins.
    next: u64,
    asked: VecDeque<Receiver<io::Result<Segment>>>,
    /// From the one on in which the current chunk begins.
    there: VecDeque<Segment>,
    spare: Vec<Vec<u8>>,
    /// Where the current chunk begins.
    chunk: u64,
}

impl Segments {
    /// The segments of a file of `size` bytes.
    pub(super) fn new(file: &File, size: u64, tables: &Arc<Tables>) -> io::Result<Self> {
        Ok(Self {
            file: Arc::new(file.try_clone()?),
            tables: Arc::clone(tables),
            size,
            next: 0,
            asked: VecDeque::new(),
            there: VecDeque::new(),
            spare: vec![Vec::new(); AHEAD],
            chunk: 0,
        })
    }

    /// The length of the next chunk; 0 when there is none. `ask` hands a segment
    /// to a thread.
    ///
    /// # Errors
    /// Those of `ask`, and those that reading met.
    pub(super) fn next_chunk<E: From<io::Error>>(
        &mut self,
        mut ask: impl FnMut(SegmentJob) -> Result<(), E>,
    ) -> Result<usize, E> {
        while self.there.front().is_some_and(|segment| segment.end() <= self.chunk) {
            self.spare.extend(self.there.pop_front().map(|segment| segment.bytes));
        }
        while self.next < self.size
            && let Some(buffer) = self.spare.pop()
        {
            let (reply, answer) = crossbeam_channel::bounded(1);
            let (file, tables) = (Arc::clone(&self.file), Arc::clone(&self.tables));
            let start = self.next;
            let length = (self.size - start).min(SEGMENT as u64) as usize;
            ask(SegmentJob { file, start, length, buffer, tables, reply })?;
            self.asked.push_back(answer);
            self.next += length as u64;
        }
        let end = self.end_of_chunk()?;
        Ok((end - self.chunk) as usize)
    }

    fn end_of_chunk(&mut self) -> io::Result<u64> {
        let (mut number, mut end) = (0, self.chunk);
        let shortest = self.chunk + MIN_SIZE as u64;
        let longest = self.chunk + MAX_SIZE as u64;
        while let Some(segment) = self.segment(number)? {
            end = segment.end();
            let next = segment.cuts.partition_point(|cuts| cuts.end <= shortest);
            if let Some(cuts) = segment.cuts.get(next) {
                return Ok(cuts.start.max(shortest).min(longest));
            }
            if end >= longest {
                return Ok(longest);
            }
            number += 1;
        }
        Ok(end)
    }

    /// One of the segments from the one on in which the current chunk begins.
    fn segment(&mut self, number: usize) -> io::Result<Option<&Segment>> {
        while self.there.len() <= number
            && let Some(answer) = self.asked.pop_front()
        {
            let segment = answer.recv().unwrap_or_else(|_| Err(ended()))?;
            if segment.is_short {
                (self.size, self.next) = (segment.end(), segment.end());
                self.asked.clear();
            }
            self.there.push_back(segment);
        }
        Ok(self.there.get(number))
    }

    /// Copies the current chunk, of which [`Segments::next_chunk`] has said the
    /// length, to the end of `target`, and goes on to the next one.
    pub(super) fn copy_chunk(&mut self, length: usize, target: &mut Vec<u8>) {
        let end = self.chunk + length as u64;
        for segment in &self.there {
            let start = self.chunk.max(segment.start).min(end) - segment.base;
            let end = segment.end().min(end).max(segment.base + start) - segment.base;
            target.extend_from_slice(&segment.bytes[start as usize..end as usize]);
        }
        self.chunk = end;
    }
}

/// The threads that read have ended, which only happens when the run does.
fn ended() -> io::Error {
    io::Error::other("the threads that read have ended")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunker::{Chunker, Cut, Polynomial};
    use model::{Random, random::SeededRandom};
    use proptest::prelude::*;
    use std::os::unix::fs::FileExt;

    /// What [`Chunker`] cuts.
    fn in_line(tables: &Arc<Tables>, mut bytes: &[u8]) -> Vec<usize> {
        let (mut chunker, mut lengths) = (Chunker::new(Arc::clone(tables)), Vec::new());
        while let Cut::At(cut @ 1..) = chunker.next_cut(bytes, true) {
            lengths.push(cut);
            bytes = &bytes[cut..];
        }
        lengths
    }

    /// What the segments of a file of `bytes` give, which is said to have `size`.
    fn in_segments(tables: &Arc<Tables>, bytes: &[u8], size: u64) -> (Vec<usize>, Vec<u8>) {
        let file = tempfile::tempfile().unwrap();
        file.write_all_at(bytes, 0).unwrap();
        let mut segments = Segments::new(&file, size, tables).unwrap();
        let (mut lengths, mut copy) = (Vec::new(), Vec::new());
        loop {
            let length = segments.next_chunk(|job| {
                job.run();
                io::Result::Ok(())
            });
            match length.unwrap() {
                0 => return (lengths, copy),
                length => lengths.push(length),
            }
            segments.copy_chunk(lengths[lengths.len() - 1], &mut copy);
        }
    }

    #[test]
    fn equal_bytes_after_a_cut_are_no_cuts() {
        let tables = Arc::new(Tables::new(Polynomial::random(&SeededRandom::new(1))));
        let mut noise = vec![0; 16 << 20];
        SeededRandom::new(2).fill(&mut noise);
        let cut = tables.first_cut(&noise, WINDOW + 1).unwrap();
        let window = &noise[cut - WINDOW..cut];
        // The window ends where a chunk may not end yet.
        let mut bytes = [&vec![1; MIN_SIZE - 1 - WINDOW], window].concat();
        bytes.resize(2 * MIN_SIZE, window[WINDOW - 1]);
        let (lengths, _) = in_segments(&tables, &bytes, bytes.len() as u64);
        assert_eq!(lengths, in_line(&tables, &bytes));
        assert_eq!(lengths.len(), 1);
    }

    /// Bytes with stretches that are never cut, cut as often as can be, and cut
    /// as it comes; many end about where a segment, or a chunk, does at the
    /// latest.
    fn contents() -> impl Strategy<Value = Vec<u8>> {
        let boundary = (1..4_usize, prop_oneof![Just(SEGMENT), Just(MIN_SIZE), Just(MAX_SIZE)]);
        let near = (boundary, 0..3 * WINDOW)
            .prop_map(|((times, of), back)| (times * of).min(12 << 20) + WINDOW - back);
        let length = prop_oneof![0..3_000_000_usize, near];
        let stretch = (0..3_u8, length, any::<bool>(), any::<u64>());
        prop::collection::vec(stretch, 1..6).prop_map(|stretches| {
            let mut bytes = Vec::new();
            for (kind, length, is_end, seed) in stretches {
                let start = bytes.len();
                bytes.resize(if is_end { start.max(length) } else { start + length }, kind);
                if kind == 2 {
                    SeededRandom::new(seed).fill(&mut bytes[start..]);
                }
            }
            bytes
        })
    }

    #[test]
    fn a_cut_about_the_end_of_a_segment_is_found() {
        let tables = Arc::new(Tables::new(Polynomial::random(&SeededRandom::new(1))));
        // A window of zeros ends a chunk, and nothing before it does.
        for cut in SEGMENT - 2..SEGMENT + 3 {
            let mut bytes = vec![1; cut - WINDOW];
            bytes.resize(SEGMENT + MIN_SIZE, 0);
            let (lengths, copy) = in_segments(&tables, &bytes, bytes.len() as u64);
            assert_eq!(lengths, in_line(&tables, &bytes));
            assert_eq!(lengths[0], cut);
            assert!(copy == bytes);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

        /// Also of a file that is shorter by the time it is read.
        #[test]
        fn segments_are_cut_as_the_whole(bytes in contents(), more in 0..5_000_000_u64) {
            let tables = Arc::new(Tables::new(Polynomial::random(&SeededRandom::new(more))));
            let expected = in_line(&tables, &bytes);
            for size in [bytes.len() as u64, bytes.len() as u64 + more] {
                let (lengths, copy) = in_segments(&tables, &bytes, size);
                prop_assert_eq!(&lengths, &expected);
                prop_assert!(copy == bytes);
            }
        }
    }
}
