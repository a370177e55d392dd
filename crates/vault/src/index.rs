//! Which blob lies where: the index files, and the table in memory.
//!
//! Source of the file format: restic's design document, section "Indexing".

use crate::{
    error::{Error, Result},
    format::Id,
    pack::{BlobKind, MAX_BLOB, PackedBlob, length_of_pack},
};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, hash_map::Entry};

/// How many blobs one index file names before it is written, as restic does.
pub(crate) const BLOBS_PER_FILE: usize = 50_000;

/// One index file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexFile {
    /// Packs with all their blobs, in the order of their offsets.
    pub packs: Vec<(Id, Vec<PackedBlob>)>,
}

#[derive(Serialize, Deserialize)]
struct FileJson {
    packs: Vec<PackJson>,
}

#[derive(Serialize, Deserialize)]
struct PackJson {
    id: Id,
    blobs: Vec<BlobJson>,
}

#[derive(Serialize, Deserialize)]
struct BlobJson {
    id: Id,
    #[serde(rename = "type")]
    kind: BlobKind,
    offset: u32,
    length: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    uncompressed_length: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl IndexFile {
    /// The number of blobs.
    pub(crate) fn blob_count(&self) -> usize {
        self.packs.iter().map(|(_, blobs)| blobs.len()).sum()
    }

    /// The JSON of the file.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>> {
        let packs = self
            .packs
            .iter()
            .map(|(id, blobs)| PackJson {
                id: *id,
                blobs: blobs
                    .iter()
                    .map(|blob| BlobJson {
                        id: blob.id,
                        kind: blob.kind,
                        offset: blob.offset,
                        length: blob.length,
                        uncompressed_length: blob.uncompressed_length.unwrap_or(0),
                    })
                    .collect(),
            })
            .collect();
        serde_json::to_vec(&FileJson { packs })
            .map_err(|_| Error::Internal("an index is plain JSON"))
    }

    /// Reads the JSON of an index file. Never panics, whatever the bytes.
    ///
    /// # Errors
    /// When it is no index, or describes a blob that cannot be.
    pub fn parse(json: &[u8]) -> Result<Self, &'static str> {
        let file: FileJson =
            serde_json::from_slice(json).map_err(|_| "it is not the JSON of an index")?;
        let mut packs = Vec::with_capacity(file.packs.len());
        for pack in file.packs {
            let mut blobs = Vec::with_capacity(pack.blobs.len());
            for blob in pack.blobs {
                let blob = PackedBlob {
                    id: blob.id,
                    kind: blob.kind,
                    offset: blob.offset,
                    length: blob.length,
                    uncompressed_length: (blob.uncompressed_length != 0)
                        .then_some(blob.uncompressed_length),
                };
                if (blob.length as usize) < crate::crypto::OVERHEAD
                    || blob.plain_length() > MAX_BLOB
                    || blob.offset.checked_add(blob.length).is_none()
                {
                    return Err("it describes a blob that cannot be");
                }
                blobs.push(blob);
            }
            // Packs are read and compared in order; writers need not sort them.
            blobs.sort_unstable_by_key(|blob| blob.offset);
            packs.push((pack.id, blobs));
        }
        Ok(Self { packs })
    }
}

/// Where a blob lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The pack.
    pub pack: Id,
    /// The blob in it.
    pub blob: PackedBlob,
}

/// 16 bytes a blob beside its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    pack: u32,
    offset: u32,
    length: u32,
    /// 0 when the blob is not compressed.
    uncompressed_length: u32,
}

/// All blobs of a repository.
#[derive(Debug, Default)]
pub struct Index {
    /// Packs with their lengths in bytes, as their blobs make them.
    packs: Vec<(Id, u64)>,
    pack_numbers: HashMap<Id, u32>,
    data: HashMap<Id, Slot>,
    trees: HashMap<Id, Slot>,
    /// Further copies of blobs, made by writers that worked at the same time:
    /// read when the first copy is damaged.
    copies: HashMap<(BlobKind, Id), Vec<Slot>>,
}

impl Index {
    /// Adds the blobs of a pack. A pack that is known already is left as it is.
    ///
    /// # Errors
    /// When there are more than 2³² packs.
    pub fn add_pack(&mut self, pack: Id, blobs: &[PackedBlob]) -> Result<()> {
        let Entry::Vacant(vacant) = self.pack_numbers.entry(pack) else { return Ok(()) };
        let number = u32::try_from(self.packs.len())
            .map_err(|_| Error::Internal("more packs than can be counted"))?;
        vacant.insert(number);
        self.packs.push((pack, length_of_pack(blobs)));
        for blob in blobs {
            let slot = Slot {
                pack: number,
                offset: blob.offset,
                length: blob.length,
                uncompressed_length: blob.uncompressed_length.unwrap_or(0),
            };
            match self.table(blob.kind).entry(blob.id) {
                Entry::Vacant(vacant) => {
                    vacant.insert(slot);
                }
                Entry::Occupied(_) => {
                    self.copies.entry((blob.kind, blob.id)).or_default().push(slot);
                }
            }
        }
        Ok(())
    }

    fn table(&mut self, kind: BlobKind) -> &mut HashMap<Id, Slot> {
        match kind {
            BlobKind::Data => &mut self.data,
            BlobKind::Tree => &mut self.trees,
        }
    }

    fn slot(&self, kind: BlobKind, id: &Id) -> Option<&Slot> {
        match kind {
            BlobKind::Data => self.data.get(id),
            BlobKind::Tree => self.trees.get(id),
        }
    }

    /// Whether the blob is stored.
    #[must_use]
    pub fn contains(&self, kind: BlobKind, id: &Id) -> bool {
        self.slot(kind, id).is_some()
    }

    /// Where the blob lies.
    #[must_use]
    pub fn find(&self, kind: BlobKind, id: &Id) -> Option<Place> {
        self.slot(kind, id).map(|slot| self.place(kind, id, slot))
    }

    /// Where further copies of the blob lie.
    #[must_use]
    pub fn copies(&self, kind: BlobKind, id: &Id) -> Vec<Place> {
        let copies = self.copies.get(&(kind, *id)).map_or(&[][..], Vec::as_slice);
        copies.iter().map(|slot| self.place(kind, id, slot)).collect()
    }

    /// The plaintext length of the blob in bytes.
    #[must_use]
    pub fn plain_length(&self, kind: BlobKind, id: &Id) -> Option<u32> {
        self.find(kind, id).map(|place| place.blob.plain_length())
    }

    /// How many packs, blobs of file contents, and trees there are.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        (self.packs.len(), self.data.len(), self.trees.len())
    }

    /// Forgets what lies in the packs that `is_lost` picks by id and length in
    /// bytes: what is stored again is then not taken for known.
    pub(crate) fn forget_packs(&mut self, is_lost: impl Fn(&Id, u64) -> bool) {
        let lost: Vec<bool> = self.packs.iter().map(|(id, length)| is_lost(id, *length)).collect();
        if !lost.contains(&true) {
            return;
        }
        let is_kept = |slot: &Slot| !lost[slot.pack as usize];
        self.copies.retain(|_, slots| {
            slots.retain(is_kept);
            !slots.is_empty()
        });
        let copies = &mut self.copies;
        for (kind, table) in [(BlobKind::Data, &mut self.data), (BlobKind::Tree, &mut self.trees)] {
            table.retain(|id, slot| {
                if !is_kept(slot) {
                    // A copy in a sound pack takes its place.
                    let Some(copy) = copies.get_mut(&(kind, *id)).and_then(Vec::pop) else {
                        return false;
                    };
                    *slot = copy;
                }
                true
            });
        }
        copies.retain(|_, slots| !slots.is_empty());
    }

    fn place(&self, kind: BlobKind, id: &Id, slot: &Slot) -> Place {
        Place {
            pack: self.packs[slot.pack as usize].0,
            blob: PackedBlob {
                id: *id,
                kind,
                offset: slot.offset,
                length: slot.length,
                uncompressed_length: (slot.uncompressed_length != 0)
                    .then_some(slot.uncompressed_length),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn blob(id: u8, offset: u32, uncompressed_length: Option<u32>) -> PackedBlob {
        PackedBlob {
            id: Id::from_bytes([id; 32]),
            kind: BlobKind::Data,
            offset,
            length: 40,
            uncompressed_length,
        }
    }

    #[test]
    fn a_file_reads_back_and_finds_its_blobs() {
        let pack = Id::from_bytes([9; 32]);
        let file =
            IndexFile { packs: vec![(pack, vec![blob(1, 0, None), blob(2, 40, Some(100))])] };
        let read = IndexFile::parse(&file.to_json().unwrap()).unwrap();
        assert_eq!(read, file);
        let mut index = Index::default();
        index.add_pack(pack, &read.packs[0].1).unwrap();
        let place = index.find(BlobKind::Data, &Id::from_bytes([2; 32])).unwrap();
        assert_eq!(place, Place { pack, blob: blob(2, 40, Some(100)) });
        assert!(!index.contains(BlobKind::Tree, &Id::from_bytes([2; 32])));
    }

    #[test]
    fn a_second_copy_is_kept_for_the_day_the_first_is_damaged() {
        let mut index = Index::default();
        for pack in [7, 8] {
            index.add_pack(Id::from_bytes([pack; 32]), &[blob(1, 0, None)]).unwrap();
        }
        // The same pack in two index files is no second copy.
        index.add_pack(Id::from_bytes([8; 32]), &[blob(1, 0, None)]).unwrap();
        let id = Id::from_bytes([1; 32]);
        assert_eq!(index.find(BlobKind::Data, &id).unwrap().pack, Id::from_bytes([7; 32]));
        let copies = index.copies(BlobKind::Data, &id);
        assert_eq!(copies.len(), 1);
        assert_eq!(copies[0].pack, Id::from_bytes([8; 32]));
    }

    #[test]
    fn what_lies_in_a_lost_pack_is_forgotten_but_for_its_copies() {
        let mut index = Index::default();
        let pack = |number| Id::from_bytes([number; 32]);
        index.add_pack(pack(7), &[blob(1, 0, None), blob(2, 40, None)]).unwrap();
        index.add_pack(pack(8), &[blob(1, 0, None)]).unwrap();
        index.forget_packs(|id, _| *id == pack(7));
        let (first, second) = (Id::from_bytes([1; 32]), Id::from_bytes([2; 32]));
        assert_eq!(index.find(BlobKind::Data, &first).unwrap().pack, pack(8));
        assert_eq!(index.copies(BlobKind::Data, &first), []);
        assert!(!index.contains(BlobKind::Data, &second));
        let length = length_of_pack(&[blob(1, 0, None)]);
        index.forget_packs(|_, found| found == length);
        assert!(!index.contains(BlobKind::Data, &first));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = IndexFile::parse(&bytes);
        }
    }
}
