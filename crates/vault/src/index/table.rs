//! Where each blob of one kind lies, in as little memory as that takes.
//!
//! Most of it is one array, sorted by id. A directory says where each of the
//! 65,536 ways in which an id can begin has its range there, so that these two
//! bytes of every id are not stored, and a look-up searches a few entries.
//! What is added comes into a hash table first; when that has grown to a
//! sixteenth of the array, both are merged. That is 46 bytes a blob in the
//! array, and about 50 all in all while more are added.

use crate::format::Id;
use std::collections::{HashMap, hash_map};

/// How many different beginnings ids have.
const BUCKETS: usize = 1 << 16;
/// So many new blobs are never worth a merge.
const FEW: usize = 1 << 14;

/// Where a blob lies: 16 bytes beside its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) pack: u32,
    pub(super) offset: u32,
    pub(super) length: u32,
    /// 0 when the blob is not compressed.
    pub(super) uncompressed_length: u32,
}

/// An entry of the array. Made of bytes only, so that none are lost between
/// entries.
#[derive(Clone, Copy)]
struct Entry {
    /// The id without its first two bytes.
    rest: [u8; 30],
    slot: [u8; 16],
}

impl Entry {
    const NOTHING: Self = Self { rest: [0; 30], slot: [0; 16] };

    fn new(id: &Id, slot: Slot) -> Self {
        let Slot { pack, offset, length, uncompressed_length } = slot;
        let mut bytes = [0; 16];
        let parts = bytes.as_chunks_mut::<4>().0;
        for (part, number) in parts.iter_mut().zip([pack, offset, length, uncompressed_length]) {
            *part = number.to_le_bytes();
        }
        Self { rest: *rest_of(id), slot: bytes }
    }

    fn slot(&self) -> Slot {
        let mut parts = self.slot.as_chunks::<4>().0.iter().map(|part| u32::from_le_bytes(*part));
        let mut next = || parts.next().unwrap_or_default();
        Slot { pack: next(), offset: next(), length: next(), uncompressed_length: next() }
    }

    fn id(&self, bucket: usize) -> Id {
        let mut bytes = [0; Id::LENGTH];
        let [first, second] = (bucket as u16).to_be_bytes();
        (bytes[0], bytes[1]) = (first, second);
        bytes[2..].copy_from_slice(&self.rest);
        Id::from_bytes(bytes)
    }
}

fn bucket_of(id: &Id) -> usize {
    let [first, second, ..] = *id.as_bytes();
    usize::from(u16::from_be_bytes([first, second]))
}

fn rest_of(id: &Id) -> &[u8; 30] {
    id.as_bytes().last_chunk().unwrap_or(&[0; 30])
}

/// The blobs of one kind.
#[derive(Default)]
pub(super) struct Table {
    /// Sorted by id.
    sorted: Vec<Entry>,
    /// Where each bucket begins, and where the last one ends; nothing while
    /// the array is empty.
    directory: Vec<u32>,
    young: HashMap<Id, Slot>,
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Table {
    /// How many blobs there are.
    pub(super) fn len(&self) -> usize {
        self.sorted.len() + self.young.len()
    }

    /// The memory it takes, in bytes, without what is not settled yet.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        assert_eq!(self.young.capacity(), 0, "it is settled");
        self.sorted.capacity() * size_of::<Entry>() + self.directory.capacity() * 4
    }

    /// Where the blob lies.
    pub(super) fn get(&self, id: &Id) -> Option<Slot> {
        match self.find(id) {
            Some(at) => Some(self.sorted[at].slot()),
            None => self.young.get(id).copied(),
        }
    }

    /// Adds a blob; `false` when it is there already, which changes nothing.
    pub(super) fn insert(&mut self, id: Id, slot: Slot) -> bool {
        if self.find(&id).is_some() {
            return false;
        }
        let hash_map::Entry::Vacant(vacant) = self.young.entry(id) else { return false };
        vacant.insert(slot);
        if self.young.len() > FEW.max(self.sorted.len() / 16) {
            self.settle();
        }
        true
    }

    fn range(&self, bucket: usize) -> (usize, usize) {
        match self.directory.get(bucket..bucket + 2) {
            Some(&[from, to]) => (from as usize, to as usize),
            _ => (0, 0),
        }
    }

    /// The place of an id in the array.
    fn find(&self, id: &Id) -> Option<usize> {
        let (mut from, mut to) = self.range(bucket_of(id));
        let rest = rest_of(id);
        // Hashes are spread evenly, so the next bytes say about where it is.
        let fraction = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
        let mut at = from + ((to - from) * fraction) / BUCKETS;
        let mut step = 1;
        while from < to {
            match self.sorted[at].rest.cmp(rest) {
                std::cmp::Ordering::Equal => return Some(at),
                std::cmp::Ordering::Less => {
                    from = at + 1;
                    at = (at + step).min(to.saturating_sub(1));
                }
                std::cmp::Ordering::Greater => {
                    to = at;
                    at = at.saturating_sub(step).max(from);
                }
            }
            // The guess is seldom wrong by more than a few. If it is, halves
            // end the search, whatever ids there are.
            step *= 2;
            if step > 16 {
                at = from + (to - from) / 2;
            }
        }
        None
    }

    /// Merges what is new into the array.
    pub(super) fn settle(&mut self) {
        let mut young: Vec<(Id, Slot)> = std::mem::take(&mut self.young).into_iter().collect();
        if young.is_empty() {
            return;
        }
        young.sort_unstable_by_key(|(id, _)| *id);
        if self.directory.is_empty() {
            self.directory = vec![0; BUCKETS + 1];
        }
        // From the end, so that each entry moves once and nothing is copied.
        let mut old = self.sorted.len();
        self.sorted.reserve_exact(young.len());
        self.sorted.resize(old + young.len(), Entry::NOTHING);
        let mut end = self.sorted.len();
        for bucket in (0..BUCKETS).rev() {
            let from = self.directory[bucket] as usize;
            self.directory[bucket + 1] = end as u32;
            while let Some((id, slot)) = young.last()
                && bucket_of(id) == bucket
            {
                end -= 1;
                if old > from && self.sorted[old - 1].rest > *rest_of(id) {
                    old -= 1;
                    self.sorted[end] = self.sorted[old];
                } else {
                    self.sorted[end] = Entry::new(id, *slot);
                    young.pop();
                }
            }
            // What is left of the bucket comes before all that is new.
            if end == old {
                // Nothing new is left at all, so the rest lies where it should.
                break;
            }
            end -= old - from;
            self.sorted.copy_within(from..old, end);
            old = from;
        }
    }

    /// Asks `keep` of every blob, and lets go of those that it gives no place.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(Id, Slot) -> Option<Slot>) {
        let mut end = 0;
        let mut from = 0;
        for bucket in 0..self.directory.len().saturating_sub(1) {
            let to = self.directory[bucket + 1] as usize;
            self.directory[bucket] = end as u32;
            for at in from..to {
                let id = self.sorted[at].id(bucket);
                if let Some(slot) = keep(id, self.sorted[at].slot()) {
                    self.sorted[end] = Entry::new(&id, slot);
                    end += 1;
                }
            }
            from = to;
        }
        if let Some(last) = self.directory.last_mut() {
            *last = end as u32;
        }
        self.sorted.truncate(end);
        self.young.retain(|id, slot| match keep(*id, *slot) {
            Some(kept) => {
                *slot = kept;
                true
            }
            None => false,
        });
    }
}
