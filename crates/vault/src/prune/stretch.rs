//! Parts of packs that are read with one request.

use crate::{
    error::{Error, Result},
    format::Id,
    index::Place,
    layout::FileKind,
    pack::PackedBlob,
    repository::{Repository, pack_error},
};
use bytes::Bytes;
use storage::{ByteRange, Cancel};

/// A part of a pack, and what is wanted of it.
#[derive(Debug)]
pub(crate) struct Stretch {
    pub(crate) pack: Id,
    offset: u64,
    /// In bytes.
    pub(crate) length: u64,
    /// In the order of their offsets.
    pub(crate) blobs: Vec<PackedBlob>,
}

impl Stretch {
    /// Puts places together that lie near each other: in at most `longest`
    /// bytes, unless a single one has more, and with at most `gap` unwanted
    /// bytes between two. `places` are sorted by pack and offset; those that
    /// overlap are damage that shows when they are opened.
    pub(crate) fn all(
        places: impl IntoIterator<Item = Place>,
        longest: u64,
        gap: u64,
    ) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for Place { pack, blob } in places {
            let (start, end) = (u64::from(blob.offset), end_of(&blob));
            match all.last_mut() {
                Some(last)
                    if last.pack == pack
                        && (last.offset..=last.offset + last.length + gap).contains(&start)
                        && end - last.offset <= longest =>
                {
                    last.length = last.length.max(end - last.offset);
                    last.blobs.push(blob);
                }
                _ => all.push(Self { pack, offset: start, length: end - start, blobs: vec![blob] }),
            }
        }
        all
    }

    /// Reads it.
    pub(crate) async fn read(&self, repository: &Repository, cancel: &Cancel) -> Result<Bytes> {
        let Self { pack, offset, length, .. } = self;
        let range = ByteRange::Exact { offset: *offset, length: *length };
        let key = FileKind::Pack.key(pack);
        let read = repository.store().read(&key, range, *length, cancel).await;
        let bytes = read.map_err(|error| pack_error(pack, error))?;
        if bytes.len() as u64 == *length {
            Ok(bytes)
        } else {
            Err(Error::damaged_id("pack", pack, "it is shorter than it should be"))
        }
    }

    /// The sealed bytes of one of its blobs within all its bytes.
    pub(crate) fn sealed<'a>(&self, blob: &PackedBlob, bytes: &'a [u8]) -> &'a [u8] {
        let start = (u64::from(blob.offset) - self.offset) as usize;
        &bytes[start..start + blob.length as usize]
    }
}

fn end_of(blob: &PackedBlob) -> u64 {
    u64::from(blob.offset) + u64::from(blob.length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::BlobKind;

    fn place(offset: u32, length: u32) -> Place {
        let (id, kind) = (Id::of(&offset.to_le_bytes()), BlobKind::Data);
        let blob = PackedBlob { id, kind, offset, length, uncompressed_length: None };
        Place { pack: Id::of(b"pack"), blob }
    }

    fn spans(places: &[Place]) -> Vec<(u64, u64, usize)> {
        let all = Stretch::all(places.iter().copied(), 100, 10).into_iter();
        all.map(|one| (one.offset, one.length, one.blobs.len())).collect()
    }

    #[test]
    fn neighbours_are_read_with_one_request() {
        assert_eq!(spans(&[place(0, 40), place(50, 40)]), [(0, 90, 2)]);
        assert_eq!(spans(&[place(0, 40), place(51, 40)]), [(0, 40, 1), (51, 40, 1)]);
        assert_eq!(spans(&[place(0, 60), place(60, 41)]), [(0, 60, 1), (60, 41, 1)]);
        assert_eq!(spans(&[place(0, 500)]), [(0, 500, 1)]);
    }

    /// An index that is wrong: every blob still lies within its stretch.
    #[test]
    fn blobs_that_overlap_or_come_in_any_order_are_read_whole() {
        assert_eq!(spans(&[place(0, 90), place(10, 40)]), [(0, 90, 2)]);
        assert_eq!(spans(&[place(50, 40), place(0, 40)]), [(50, 40, 1), (0, 40, 1)]);
    }
}
