//! Packs: many sealed blobs in one file, with a sealed header at its end.
//!
//! `blob… || sealed header || u32le length of the sealed header`. A header
//! entry is: type u8, u32le sealed length, (u32le plaintext length when
//! compressed), 32 bytes SHA-256 of the plaintext. Source: restic's design
//! document, section "Pack Format".

use crate::{
    crypto::{MasterKey, OVERHEAD},
    error::{Error, Result},
    format::{Id, IdAside},
};
use bytes::Bytes;
use model::Random;
use serde::{Deserialize, Serialize};
use sha256::{Running, side_by_side};
use std::sync::Arc;
use storage::buffers::{self, Buffers};

/// The largest blob, in bytes of plaintext, that is read. restic writes file
/// contents of at most 8 MiB; trees may be larger.
pub const MAX_BLOB: u32 = 1 << 30;
/// The largest sealed header that is read, in bytes, as restic has it.
pub const MAX_HEADER: u32 = 16 << 20;

const PLAIN_ENTRY: usize = 1 + 4 + 32;
const COMPRESSED_ENTRY: usize = 1 + 4 + 4 + 32;

/// What a blob is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlobKind {
    /// The contents of a file.
    Data,
    /// A folder.
    Tree,
}

/// A blob within a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PackedBlob {
    /// SHA-256 of the plaintext.
    pub id: Id,
    /// What it is part of.
    pub kind: BlobKind,
    /// Its first byte in the pack.
    pub offset: u32,
    /// Its sealed length in bytes.
    pub length: u32,
    /// Its plaintext length in bytes, when it is compressed.
    pub uncompressed_length: Option<u32>,
}

impl PackedBlob {
    /// Its plaintext length in bytes.
    #[must_use]
    pub fn plain_length(&self) -> u32 {
        #[expect(clippy::cast_possible_truncation, reason = "OVERHEAD is 32")]
        self.uncompressed_length.unwrap_or(self.length.saturating_sub(OVERHEAD as u32))
    }

    /// The bytes that a pack grows by for it, its header included.
    #[must_use]
    pub(crate) fn packed_length(&self) -> u64 {
        u64::from(self.length) + self.header_entry() as u64
    }

    fn header_entry(&self) -> usize {
        if self.uncompressed_length.is_some() { COMPRESSED_ENTRY } else { PLAIN_ENTRY }
    }
}

/// The length in bytes of a pack that holds exactly `blobs`.
#[must_use]
pub fn length_of_pack(blobs: &[PackedBlob]) -> u64 {
    let bodies: u64 = blobs.iter().map(|blob| u64::from(blob.length)).sum();
    bodies + u64::from(length_of_header(blobs)) + 4
}

/// The length in bytes of the sealed header of a pack that holds `blobs`.
#[must_use]
pub fn length_of_header(blobs: &[PackedBlob]) -> u32 {
    let entries: usize = blobs.iter().map(PackedBlob::header_entry).sum();
    u32::try_from(entries + OVERHEAD).unwrap_or(u32::MAX)
}

/// A pack that is being filled.
#[derive(Debug, Default)]
pub(crate) struct PackWriter {
    /// The pack, from `start` on.
    bytes: Vec<u8>,
    start: usize,
    /// Where its memory goes when it has been stored.
    home: Arc<Buffers>,
    blobs: Vec<PackedBlob>,
    header: usize,
    /// The hash of its beginning.
    running: Running,
}

/// A pack that is complete.
#[derive(Debug)]
pub(crate) struct FinishedPack {
    pub(crate) id: Id,
    pub(crate) bytes: Bytes,
    pub(crate) blobs: Vec<PackedBlob>,
}

/// A pack that is complete, but for its id.
#[derive(Debug)]
pub(crate) struct UnnamedPack {
    bytes: IdAside<Bytes>,
    blobs: Vec<PackedBlob>,
}

impl UnnamedPack {
    /// Goes on with the id of other bytes; on the side, its own is found.
    pub(crate) fn go_on_beside(&mut self, id: &mut Running, other: &[u8]) {
        self.bytes.go_on_beside(id, other);
    }

    /// How many bytes are left to hash.
    pub(crate) fn left(&self) -> usize {
        self.bytes.left()
    }

    /// Whether its id is as good as found.
    pub(crate) fn is_found(&self) -> bool {
        self.bytes.is_found()
    }

    /// Finds its id.
    pub(crate) fn name(self) -> FinishedPack {
        let (id, bytes) = self.bytes.find();
        FinishedPack { id, bytes, blobs: self.blobs }
    }
}

impl PackWriter {
    /// An empty pack in memory of `home`, of which no more is used than it
    /// grows to. It begins on a page, unless it grows past `capacity` bytes.
    pub(crate) fn within(home: &Arc<Buffers>, capacity: usize) -> Self {
        let mut bytes = home.take(buffers::PAGE + capacity);
        let start = buffers::to_page(&mut bytes);
        Self { bytes, start, home: Arc::clone(home), ..Self::default() }
    }

    /// Whether a further blob would make it larger than `target` bytes or its
    /// header larger than readers take.
    pub(crate) fn is_full(&self, target: u64) -> bool {
        self.len() as u64 >= target
            || self.header + OVERHEAD + COMPRESSED_ENTRY > MAX_HEADER as usize
    }

    /// Whether the blobs of another pack leave it no larger than `target` bytes,
    /// and its header no larger than readers take. There is something in it.
    pub(crate) fn has_room(&self, other: &Self, target: u64) -> bool {
        let header = self.header + other.header + OVERHEAD;
        self.len() > 0
            && (self.len() + other.len()) as u64 <= target
            && header <= MAX_HEADER as usize
    }

    /// The number of bytes so far, without the header.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() - self.start
    }

    /// Goes on with the id of other bytes; on the side, as many of those that are
    /// in the pack so far are hashed for its own.
    pub(crate) fn go_on_beside(&mut self, id: &mut Running, other: &[u8]) {
        side_by_side([(id, other), (&mut self.running, &self.bytes[self.start..])]);
    }

    /// Appends a sealed blob. Returns how many bytes the pack grew by, including
    /// its header entry.
    pub(crate) fn add(
        &mut self,
        kind: BlobKind,
        id: Id,
        sealed: &[u8],
        uncompressed_length: Option<u32>,
    ) -> Result<usize> {
        let blob = self.next(kind, id, sealed.len(), uncompressed_length)?;
        self.bytes.extend_from_slice(sealed);
        Ok(self.enter(blob))
    }

    /// Seals a blob, or its compressed form, and appends it. Returns the same.
    pub(crate) fn seal(
        &mut self,
        (key, random): (&MasterKey, &dyn Random),
        (kind, id): (BlobKind, Id),
        bytes: &[u8],
        uncompressed_length: Option<u32>,
    ) -> Result<usize> {
        let blob = self.next(kind, id, bytes.len() + OVERHEAD, uncompressed_length)?;
        key.seal_into(random, bytes, &mut self.bytes);
        Ok(self.enter(blob))
    }

    /// Appends all blobs of another pack.
    pub(crate) fn append(&mut self, other: &Self) -> Result<()> {
        for blob in &other.blobs {
            let start = other.start + blob.offset as usize;
            let sealed = &other.bytes[start..start + blob.length as usize];
            self.add(blob.kind, blob.id, sealed, blob.uncompressed_length)?;
        }
        Ok(())
    }

    /// A blob that comes next, of so many bytes when it is sealed.
    fn next(
        &self,
        kind: BlobKind,
        id: Id,
        length: usize,
        uncompressed_length: Option<u32>,
    ) -> Result<PackedBlob> {
        let too_large = |_| Error::Internal("a pack grew past 4 GiB");
        Ok(PackedBlob {
            id,
            kind,
            offset: u32::try_from(self.len()).map_err(too_large)?,
            length: u32::try_from(length).map_err(too_large)?,
            uncompressed_length,
        })
    }

    /// Enters a blob whose bytes are there. Returns how many the pack grew by.
    fn enter(&mut self, blob: PackedBlob) -> usize {
        self.header += blob.header_entry();
        self.blobs.push(blob);
        blob.length as usize + blob.header_entry()
    }

    /// Adds the header and finds the id; `None` when the pack holds nothing.
    pub(crate) fn finish(self, key: &MasterKey, random: &dyn Random) -> Option<FinishedPack> {
        self.complete(key, random).map(UnnamedPack::name)
    }

    /// Adds the header; `None` when the pack holds nothing.
    pub(crate) fn complete(mut self, key: &MasterKey, random: &dyn Random) -> Option<UnnamedPack> {
        if self.blobs.is_empty() {
            return None;
        }
        let mut header = Vec::with_capacity(self.header);
        for blob in &self.blobs {
            header.push(match (blob.kind, blob.uncompressed_length) {
                (BlobKind::Data, None) => 0,
                (BlobKind::Tree, None) => 1,
                (BlobKind::Data, Some(_)) => 2,
                (BlobKind::Tree, Some(_)) => 3,
            });
            header.extend_from_slice(&blob.length.to_le_bytes());
            if let Some(length) = blob.uncompressed_length {
                header.extend_from_slice(&length.to_le_bytes());
            }
            header.extend_from_slice(blob.id.as_bytes());
        }
        key.seal_into(random, &header, &mut self.bytes);
        self.bytes.extend_from_slice(&length_of_header(&self.blobs).to_le_bytes());
        let bytes = buffers::lend(self.bytes, self.start, &self.home);
        let bytes = IdAside::continued(bytes, self.running);
        Some(UnnamedPack { bytes, blobs: self.blobs })
    }
}

/// Why a pack cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// It ends before its header does.
    #[error("it is too short to hold its header")]
    TooShort,
    /// The header says it is larger than any pack's.
    #[error("the length of its header makes no sense")]
    HeaderLength,
    /// The header cannot be opened.
    #[error("its header was changed, or sealed with another key")]
    Sealed,
    /// An entry has an unknown type or ends early.
    #[error("its header makes no sense")]
    Header,
    /// The blobs do not fill the pack exactly.
    #[error("its blobs do not fill it")]
    Gap,
}

/// Reads the header of a whole pack.
///
/// # Errors
/// When the pack is not exactly its blobs, its header and the header's length.
pub fn parse_pack(key: &MasterKey, pack: &[u8]) -> Result<Vec<PackedBlob>, PackError> {
    parse_end(key, pack, pack.len() as u64)
}

/// How many bytes at the end of a pack are its header and the header's length.
pub(crate) fn length_of_end(end: &[u8]) -> Result<u32, PackError> {
    let (_, length) = end.split_last_chunk::<4>().ok_or(PackError::TooShort)?;
    let length = u32::from_le_bytes(*length);
    if !(OVERHEAD as u32..=MAX_HEADER).contains(&length) {
        return Err(PackError::HeaderLength);
    }
    Ok(length + 4)
}

/// Reads the header of a pack of `length` bytes, of which these are the last.
pub(crate) fn parse_end(
    key: &MasterKey,
    end: &[u8],
    length: u64,
) -> Result<Vec<PackedBlob>, PackError> {
    let needed = length_of_end(end)?;
    let start = end.len().checked_sub(needed as usize).ok_or(PackError::TooShort)?;
    let mut header = end[start..end.len() - 4].to_vec();
    let header = key.open_in_place(&mut header).map_err(|_| PackError::Sealed)?;
    let blobs = parse_header(header)?;
    let bodies: u64 = blobs.iter().map(|blob| u64::from(blob.length)).sum();
    if bodies + u64::from(needed) == length { Ok(blobs) } else { Err(PackError::Gap) }
}

/// Reads an opened header. Never panics, whatever the bytes.
///
/// # Errors
/// When an entry has an unknown type, ends early, or describes a blob that
/// cannot be.
pub fn parse_header(mut header: &[u8]) -> Result<Vec<PackedBlob>, PackError> {
    fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], PackError> {
        let (head, tail) = bytes.split_first_chunk::<N>().ok_or(PackError::Header)?;
        *bytes = tail;
        Ok(*head)
    }
    let mut blobs = Vec::new();
    let mut offset = 0u32;
    while !header.is_empty() {
        let [kind] = take(&mut header)?;
        let (kind, compressed) = match kind {
            0 => (BlobKind::Data, false),
            1 => (BlobKind::Tree, false),
            2 => (BlobKind::Data, true),
            3 => (BlobKind::Tree, true),
            _ => return Err(PackError::Header),
        };
        let length = u32::from_le_bytes(take(&mut header)?);
        let uncompressed_length =
            if compressed { Some(u32::from_le_bytes(take(&mut header)?)) } else { None };
        let id = Id::from_bytes(take(&mut header)?);
        let blob = PackedBlob { id, kind, offset, length, uncompressed_length };
        if (length as usize) < OVERHEAD || blob.plain_length() > MAX_BLOB {
            return Err(PackError::Header);
        }
        offset = offset.checked_add(length).ok_or(PackError::Header)?;
        blobs.push(blob);
    }
    Ok(blobs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::random::SeededRandom;
    use proptest::prelude::*;

    fn pack(sizes: &[(usize, bool)]) -> (MasterKey, FinishedPack) {
        let random = SeededRandom::new(7);
        let key = MasterKey::generate(&random);
        let mut writer = PackWriter::default();
        for &(size, compressed) in sizes {
            let mut sealed = Vec::new();
            key.seal_into(&random, &vec![3; size], &mut sealed);
            let length = compressed.then_some(u32::try_from(size * 2).unwrap());
            writer.add(BlobKind::Data, Id::of(&sealed), &sealed, length).unwrap();
        }
        let finished = writer.finish(&key, &random).unwrap();
        (key, finished)
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(sizes in prop::collection::vec((0usize..2000, any::<bool>()), 1..40)) {
            let (key, pack) = pack(&sizes);
            prop_assert_eq!(parse_pack(&key, &pack.bytes).unwrap(), pack.blobs.clone());
            prop_assert_eq!(length_of_pack(&pack.blobs), pack.bytes.len() as u64);
        }

        #[test]
        fn packs_become_one(sizes in prop::collection::vec((0usize..2000, any::<bool>()), 2..40), at in any::<prop::sample::Index>()) {
            let at = at.index(sizes.len());
            let (random, key) = (SeededRandom::new(1), MasterKey::generate(&SeededRandom::new(2)));
            let fill = |sizes: &[(usize, bool)]| {
                let mut writer = PackWriter::default();
                for (number, &(size, compressed)) in sizes.iter().enumerate() {
                    let id = Id::of(&number.to_le_bytes());
                    let length = compressed.then_some(u32::try_from(size * 2).unwrap());
                    writer.seal((&key, &random), (BlobKind::Data, id), &vec![3; size], length).unwrap();
                }
                writer
            };
            let (mut one, other) = (fill(&sizes[..at]), fill(&sizes[at..]));
            let together = one.len() + other.len();
            prop_assert_eq!(one.has_room(&other, together as u64), at > 0);
            prop_assert!(!one.has_room(&other, together as u64 - 1));
            one.append(&other).unwrap();
            prop_assert_eq!(one.len(), together);
            let pack = one.finish(&key, &random).unwrap();
            let blobs = parse_pack(&key, &pack.bytes).unwrap();
            prop_assert_eq!(&blobs, &pack.blobs);
            for (blob, &(size, _)) in blobs.iter().zip(&sizes) {
                let sealed = &mut pack.bytes[blob.offset as usize..][..blob.length as usize].to_vec();
                prop_assert_eq!(&*key.open_in_place(sealed).unwrap(), &vec![3; size][..]);
            }
            prop_assert_eq!(blobs.len(), sizes.len());
        }

        #[test]
        fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let key = MasterKey::generate(&SeededRandom::new(1));
            let _ = parse_header(&bytes);
            let _ = parse_pack(&key, &bytes);
        }
    }

    #[test]
    fn a_pack_that_is_cut_or_changed_is_refused() {
        let (key, pack) = pack(&[(10, false), (20, true)]);
        for length in 0..pack.bytes.len() {
            assert!(parse_pack(&key, &pack.bytes[..length]).is_err(), "cut to {length}");
        }
        let header = pack.bytes.len() - 4 - length_of_header(&pack.blobs) as usize;
        for at in header..pack.bytes.len() {
            let mut changed = pack.bytes.to_vec();
            changed[at] ^= 0x40;
            assert!(parse_pack(&key, &changed).is_err(), "byte {at}");
        }
        let longer = [&[0], &*pack.bytes].concat();
        assert_eq!(parse_pack(&key, &longer), Err(PackError::Gap));
    }
}
