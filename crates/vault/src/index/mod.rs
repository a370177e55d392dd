//! Which blob lies where: the index files, and the table in memory.
//!
//! Source of the file format: restic's design document, section "Indexing".

mod packs;
mod table;

use crate::{
    error::{Error, Result},
    format::{Id, null_is_zero},
    marked::{MarkedJson, MarkedPack},
    pack::{BlobKind, MAX_BLOB, PackedBlob, length_of_pack},
};
use packs::Packs;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::{collections::HashMap, fmt};
use table::{Slot, Table};

/// How many blobs one index file names before it is written, as restic does.
pub(crate) const BLOBS_PER_FILE: usize = 50_000;

/// One index file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexFile {
    /// Packs with all their blobs, in the order of their offsets.
    pub packs: Vec<(Id, Vec<PackedBlob>)>,
    /// Packs that are going to be deleted; nothing is deduplicated against
    /// them.
    pub marked: Vec<MarkedPack>,
}

#[derive(Serialize, Deserialize)]
struct FileJson {
    packs: Vec<PackJson>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_zero")]
    packs_to_delete: Vec<MarkedJson>,
}

#[derive(Serialize, Deserialize)]
struct PackJson {
    id: Id,
    #[serde(serialize_with = "write_blobs", deserialize_with = "read_blobs")]
    blobs: Vec<PackedBlob>,
}

/// What the JSON says of a blob; there is never more than one of them.
#[derive(Serialize, Deserialize)]
struct BlobJson {
    id: Id,
    #[serde(rename = "type")]
    kind: BlobKind,
    offset: u32,
    length: u32,
    // rustic writes null.
    #[serde(default, skip_serializing_if = "is_zero", deserialize_with = "null_is_zero")]
    uncompressed_length: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl From<&PackedBlob> for BlobJson {
    fn from(blob: &PackedBlob) -> Self {
        Self {
            id: blob.id,
            kind: blob.kind,
            offset: blob.offset,
            length: blob.length,
            uncompressed_length: blob.uncompressed_length.unwrap_or(0),
        }
    }
}

impl From<BlobJson> for PackedBlob {
    fn from(blob: BlobJson) -> Self {
        Self {
            id: blob.id,
            kind: blob.kind,
            offset: blob.offset,
            length: blob.length,
            uncompressed_length: (blob.uncompressed_length != 0)
                .then_some(blob.uncompressed_length),
        }
    }
}

/// Writes blobs as an index file holds them.
pub(crate) fn write_blobs<S: serde::Serializer>(
    blobs: &[PackedBlob],
    to: S,
) -> Result<S::Ok, S::Error> {
    to.collect_seq(blobs.iter().map(BlobJson::from))
}

/// Reads them; whether they can be is for [`check_blobs`].
pub(crate) fn read_blobs<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<PackedBlob>, D::Error> {
    struct Blobs;

    impl<'de> de::Visitor<'de> for Blobs {
        type Value = Vec<PackedBlob>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the blobs of a pack")
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut blobs = Vec::new();
            while let Some(blob) = list.next_element::<BlobJson>()? {
                blobs.push(blob.into());
            }
            Ok(blobs)
        }
    }

    from.deserialize_seq(Blobs)
}

impl IndexFile {
    /// The number of blobs.
    pub(crate) fn blob_count(&self) -> usize {
        let packs = self.packs.iter().map(|(_, blobs)| blobs);
        packs.chain(self.marked.iter().map(|pack| &pack.blobs)).map(Vec::len).sum()
    }

    /// The JSON of the file.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>> {
        let packs = self.packs.iter().map(|(id, blobs)| PackJson { id: *id, blobs: blobs.clone() });
        let packs_to_delete = self.marked.iter().map(MarkedPack::to_json).collect();
        serde_json::to_vec(&FileJson { packs: packs.collect(), packs_to_delete })
            .map_err(|_| Error::Internal("an index is plain JSON"))
    }

    /// Reads the JSON of an index file. Never panics, whatever the bytes.
    ///
    /// # Errors
    /// When it is no index, or describes a blob that cannot be.
    pub fn parse(json: &[u8]) -> Result<Self, &'static str> {
        let file: FileJson =
            serde_json::from_slice(json).map_err(|_| "it is not the JSON of an index")?;
        let mut packs: Vec<_> = file.packs.into_iter().map(|pack| (pack.id, pack.blobs)).collect();
        for (_, blobs) in &mut packs {
            check_blobs(blobs)?;
        }
        let marked = file.packs_to_delete.into_iter().map(MarkedPack::of_json);
        Ok(Self { packs, marked: marked.collect::<Result<_, _>>()? })
    }
}

/// Sorts the blobs of a pack by their offsets, in which they are read and
/// compared; writers need not sort them.
pub(crate) fn check_blobs(blobs: &mut [PackedBlob]) -> Result<(), &'static str> {
    let cannot_be = |blob: &PackedBlob| {
        (blob.length as usize) < crate::crypto::OVERHEAD
            || blob.plain_length() > MAX_BLOB
            || blob.offset.checked_add(blob.length).is_none()
    };
    if blobs.iter().any(cannot_be) {
        return Err("it describes a blob that cannot be");
    }
    blobs.sort_unstable_by_key(|blob| blob.offset);
    Ok(())
}

/// Where a blob lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The pack.
    pub pack: Id,
    /// The blob in it.
    pub blob: PackedBlob,
}

/// All blobs of a repository.
#[derive(Debug, Default)]
pub struct Index {
    packs: Packs,
    data: Table,
    trees: Table,
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
        let Some(number) = self.packs.add(pack, length_of_pack(blobs))? else { return Ok(()) };
        for blob in blobs {
            let slot = Slot {
                pack: number,
                offset: blob.offset,
                length: blob.length,
                uncompressed_length: blob.uncompressed_length.unwrap_or(0),
            };
            if !self.table_mut(blob.kind).insert(blob.id, slot) {
                self.copies.entry((blob.kind, blob.id)).or_default().push(slot);
            }
        }
        Ok(())
    }

    /// Brings what was added into its final form, which takes least memory:
    /// worth it when much was added, and nothing comes after.
    pub(crate) fn settle(&mut self) {
        self.packs.settle();
        self.data.settle();
        self.trees.settle();
    }

    fn table(&self, kind: BlobKind) -> &Table {
        match kind {
            BlobKind::Data => &self.data,
            BlobKind::Tree => &self.trees,
        }
    }

    fn table_mut(&mut self, kind: BlobKind) -> &mut Table {
        match kind {
            BlobKind::Data => &mut self.data,
            BlobKind::Tree => &mut self.trees,
        }
    }

    /// Whether the blob is stored.
    #[must_use]
    pub fn contains(&self, kind: BlobKind, id: &Id) -> bool {
        self.table(kind).get(id).is_some()
    }

    /// Where the blob lies.
    #[must_use]
    pub fn find(&self, kind: BlobKind, id: &Id) -> Option<Place> {
        self.table(kind).get(id).map(|slot| self.place(kind, id, &slot))
    }

    /// Where the blob lies, and the number of its pack: packs are numbered as
    /// they became known, so what is sorted by it lies together.
    pub(crate) fn locate(&self, kind: BlobKind, id: &Id) -> Option<(u32, Place)> {
        self.table(kind).get(id).map(|slot| (slot.pack, self.place(kind, id, &slot)))
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
            table.retain(|id, slot| match is_kept(&slot) {
                true => Some(slot),
                // A copy in a sound pack takes its place.
                false => copies.get_mut(&(kind, id)).and_then(Vec::pop),
            });
        }
        copies.retain(|_, slots| !slots.is_empty());
    }

    fn place(&self, kind: BlobKind, id: &Id, slot: &Slot) -> Place {
        Place {
            pack: self.packs.id(slot.pack),
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
    use model::{Random, random::SeededRandom};
    use proptest::prelude::*;
    use std::collections::HashSet;

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
        let blobs = vec![blob(1, 0, None), blob(2, 40, Some(100))];
        let file = IndexFile { packs: vec![(pack, blobs)], ..IndexFile::default() };
        let read = IndexFile::parse(&file.to_json().unwrap()).unwrap();
        assert_eq!(read, file);
        let mut index = Index::default();
        index.add_pack(pack, &read.packs[0].1).unwrap();
        let place = index.find(BlobKind::Data, &Id::from_bytes([2; 32])).unwrap();
        assert_eq!(place, Place { pack, blob: blob(2, 40, Some(100)) });
        assert!(!index.contains(BlobKind::Tree, &Id::from_bytes([2; 32])));
    }

    #[test]
    fn a_blob_takes_no_more_than_fifty_bytes() {
        let random = SeededRandom::new(5);
        let id = || {
            let mut bytes = [0; 32];
            random.fill(&mut bytes);
            Id::from_bytes(bytes)
        };
        let mut index = Index::default();
        for _ in 0..25_000 {
            let blobs = [(); 16].map(|()| PackedBlob { id: id(), ..blob(0, 0, Some(1)) });
            index.add_pack(id(), &blobs).unwrap();
        }
        index.settle();
        let bytes = index.packs.bytes() + index.data.bytes() + index.trees.bytes();
        let (_, blobs, _) = index.counts();
        assert!(bytes <= 50 * blobs, "{bytes} bytes for {blobs} blobs");
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

    /// What is done to an index.
    #[derive(Clone, Debug)]
    enum Step {
        /// A pack of blobs is added: of each, which one it is.
        Add(u8, Vec<(u8, bool)>),
        Settle,
        Forget(Vec<u8>),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            6 => (any::<u8>(), prop::collection::vec((any::<u8>(), any::<bool>()), 0..40))
                .prop_map(|(pack, blobs)| Step::Add(pack, blobs)),
            3 => Just(Step::Settle),
            1 => prop::collection::vec(any::<u8>(), 0..60).prop_map(Step::Forget),
        ]
    }

    /// Ids of which many begin alike, with the same and with other next bytes.
    fn crowded(number: u8) -> Id {
        let mut bytes = [number; 32];
        match number % 4 {
            0 => bytes[..4].fill(0),
            1 => bytes[..3].fill(0xff),
            2 => bytes[..2].fill(7),
            _ => {}
        }
        Id::from_bytes(bytes)
    }

    proptest! {
        /// Whatever is added, settled and forgotten in whatever order: each
        /// blob is found where it lies, in one place and its copies in others.
        #[test]
        fn an_index_knows_every_place_of_every_blob(steps in prop::collection::vec(step(), 1..40)) {
            let mut index = Index::default();
            let mut model: HashMap<(BlobKind, Id), Vec<(Id, u32)>> = HashMap::new();
            let mut known = HashSet::new();
            for step in steps {
                match step {
                    Step::Add(pack, blobs) => {
                        let pack = crowded(pack);
                        let blobs: Vec<PackedBlob> = (0..)
                            .zip(blobs)
                            .map(|(at, (number, tree))| PackedBlob {
                                id: crowded(number),
                                kind: if tree { BlobKind::Tree } else { BlobKind::Data },
                                offset: at * 100,
                                length: 100,
                                uncompressed_length: (number > 99).then_some(number.into()),
                            })
                            .collect();
                        index.add_pack(pack, &blobs).unwrap();
                        if known.insert(pack) {
                            for blob in blobs {
                                let places = model.entry((blob.kind, blob.id)).or_default();
                                places.push((pack, blob.offset));
                            }
                        }
                    }
                    Step::Settle => index.settle(),
                    Step::Forget(packs) => {
                        let lost: HashSet<Id> = packs.into_iter().map(crowded).collect();
                        index.forget_packs(|pack, _| lost.contains(pack));
                        for places in model.values_mut() {
                            places.retain(|(pack, _)| !lost.contains(pack));
                        }
                        model.retain(|_, places| !places.is_empty());
                    }
                }
                let count = |kind| model.keys().filter(|(of, _)| *of == kind).count();
                let expected = (known.len(), count(BlobKind::Data), count(BlobKind::Tree));
                prop_assert_eq!(index.counts(), expected);
                for kind in [BlobKind::Data, BlobKind::Tree] {
                    for number in 0..=255 {
                        let id = crowded(number);
                        let copies = index.copies(kind, &id);
                        let found: Vec<Place> =
                            index.find(kind, &id).into_iter().chain(copies).collect();
                        let mut places: Vec<_> =
                            found.iter().map(|place| (place.pack, place.blob.offset)).collect();
                        places.sort_unstable();
                        let mut expected = model.get(&(kind, id)).cloned().unwrap_or_default();
                        expected.sort_unstable();
                        prop_assert_eq!(places, expected);
                        for place in found {
                            let PackedBlob { id: of, uncompressed_length, length, .. } = place.blob;
                            let plain = (number > 99).then_some(u32::from(number));
                            prop_assert_eq!((of, length), (id, 100));
                            prop_assert_eq!(uncompressed_length, plain);
                        }
                    }
                }
            }
        }

    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]

        /// Many more than are kept apart before they are merged.
        #[test]
        fn merging_again_and_again_loses_nothing(seed: u64, packs in 200u32..1500) {
            let random = SeededRandom::new(seed);
            let id = || {
                let mut bytes = [0; 32];
                random.fill(&mut bytes);
                Id::from_bytes(bytes)
            };
            let mut index = Index::default();
            let mut added = Vec::new();
            for _ in 0..packs {
                let (pack, ids) = (id(), [(); 97].map(|()| id()));
                let blobs: Vec<PackedBlob> = (0..)
                    .zip(ids)
                    .map(|(at, id)| PackedBlob {
                        id,
                        kind: BlobKind::Data,
                        offset: at * 50,
                        length: 50,
                        uncompressed_length: None,
                    })
                    .collect();
                index.add_pack(pack, &blobs).unwrap();
                added.push((pack, blobs));
            }
            for (pack, blobs) in added {
                for blob in blobs {
                    prop_assert_eq!(index.find(blob.kind, &blob.id), Some(Place { pack, blob }));
                }
            }
            for _ in 0..1000 {
                prop_assert!(!index.contains(BlobKind::Data, &id()));
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = IndexFile::parse(&bytes);
        }
    }
}
