//! Which packs were read and found right, and when: for a check that comes
//! soon after.
//!
//! A file of this machine that only this account may read, and that nobody
//! misses: one sealed block that begins with what it is for. What is damaged,
//! or was written for another repository or by another key, is ignored.
//!
//! Invariant: nothing is taken for read that has another name or length, or of
//! which the index says something else than when it was read.

use crate::{
    crypto::{MasterKey, OVERHEAD},
    format::Id,
    pack::{BlobKind, PackedBlob},
    platform,
};
use jiff::Timestamp;
use model::Random;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

/// How every record begins. Another number for another form.
const MAGIC: &[u8] = b"keepstead packs read 1";
/// Larger files are none of ours: that is six million packs.
const LARGEST: u64 = 512 << 20;
/// An entry in bytes.
const ENTRY: usize = 32 + 8 + 32 + 8;

/// A pack as it was when it was read and found right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sound {
    /// In bytes.
    pub(super) length: u64,
    /// What the index said of it.
    pub(super) indexed: Id,
    /// When it was read.
    pub(super) at: Timestamp,
}

impl Sound {
    /// Whether it is still the same and was read at most `age` before `now`. A
    /// time that has yet to come proves nothing.
    pub(super) fn counts(&self, length: u64, indexed: &Id, age: Duration, now: Timestamp) -> bool {
        let passed = Duration::try_from(now.duration_since(self.at));
        self.length == length
            && self.indexed == *indexed
            && passed.is_ok_and(|passed| passed <= age)
    }
}

/// A hash of what the index says of a pack.
pub(super) fn said(blobs: &[PackedBlob]) -> Id {
    let mut hasher = Sha256::new();
    for blob in blobs {
        hasher.update(blob.id.as_bytes());
        hasher.update([u8::from(blob.kind == BlobKind::Tree)]);
        let length = blob.uncompressed_length.unwrap_or(0);
        for number in [blob.offset, blob.length, length] {
            hasher.update(number.to_le_bytes());
        }
    }
    Id::from_bytes(hasher.finalize().into())
}

/// The file in `folder` for a repository.
fn path_in(folder: &Path, repository: &Id) -> PathBuf {
    folder.join(format!("{}.read", &repository.to_string()[..32]))
}

/// What is remembered; nothing when there is no record that can be used. May
/// block.
pub(super) fn load(folder: &Path, repository: &Id, key: &MasterKey) -> BTreeMap<Id, Sound> {
    let path = path_in(folder, repository);
    read(&path).and_then(|sealed| open(sealed, repository, key)).unwrap_or_default()
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let mut sealed = Vec::new();
    let file = platform::open_private_to_read(path).ok()?;
    file.take(LARGEST + 1).read_to_end(&mut sealed).ok()?;
    (sealed.len() as u64 <= LARGEST).then_some(sealed)
}

fn open(mut sealed: Vec<u8>, repository: &Id, key: &MasterKey) -> Option<BTreeMap<Id, Sound>> {
    if sealed.len() < OVERHEAD {
        return None;
    }
    let plain = key.open_in_place(&mut sealed).ok()?;
    let entries = plain.strip_prefix(MAGIC)?.strip_prefix(repository.as_bytes())?;
    let (entries, []) = entries.as_chunks::<ENTRY>() else { return None };
    entries.iter().map(entry).collect()
}

fn entry(bytes: &[u8; ENTRY]) -> Option<(Id, Sound)> {
    let mut bytes = &bytes[..];
    let (pack, length, indexed) = (take(&mut bytes)?, take(&mut bytes)?, take(&mut bytes)?);
    let at = Timestamp::from_second(i64::from_le_bytes(take(&mut bytes)?)).ok()?;
    let (length, indexed) = (u64::from_le_bytes(length), Id::from_bytes(indexed));
    Some((Id::from_bytes(pack), Sound { length, indexed, at }))
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}

/// Writes down what is remembered, in the place of what was. May block.
///
/// # Errors
/// When the file cannot be written; what was there is then there still.
pub(super) fn save(
    folder: &Path,
    repository: &Id,
    packs: &BTreeMap<Id, Sound>,
    key: &MasterKey,
    random: &dyn Random,
) -> io::Result<()> {
    let mut plain = [MAGIC, repository.as_bytes()].concat();
    for (pack, Sound { length, indexed, at }) in packs {
        plain.extend_from_slice(pack.as_bytes());
        plain.extend_from_slice(&length.to_le_bytes());
        plain.extend_from_slice(indexed.as_bytes());
        plain.extend_from_slice(&at.as_second().to_le_bytes());
    }
    let mut sealed = Vec::new();
    key.seal_into(random, &plain, &mut sealed);
    let path = path_in(folder, repository);
    let new = path.with_extension("new");
    let mut file = platform::open_private(&new)?;
    file.set_len(0)?;
    file.write_all(&sealed)?;
    file.sync_data()?;
    std::fs::rename(new, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::random::SeededRandom;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn what_is_remembered_comes_back_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let (random, repository) = (SeededRandom::new(1), Id::of(b"repository"));
        let key = MasterKey::generate(&random);
        let sound = Sound { length: 77, indexed: Id::of(b"said"), at: at(1_000_000) };
        let packs: BTreeMap<_, _> = [(Id::of(b"a"), sound), (Id::of(b"b"), sound)].into();
        let folder = folder.path().join("made/on/the/way");
        assert_eq!(load(&folder, &repository, &key), BTreeMap::new());
        save(&folder, &repository, &packs, &key, &random).unwrap();
        save(&folder, &repository, &packs, &key, &random).unwrap();
        assert_eq!(load(&folder, &repository, &key), packs);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing is left over");

        assert!(load(&folder, &Id::of(b"another"), &key).is_empty());
        assert!(load(&folder, &repository, &MasterKey::generate(&random)).is_empty());
        let path = path_in(&folder, &repository);
        // A copy under another repository's name is not believed either.
        std::fs::copy(&path, path_in(&folder, &Id::of(b"another"))).unwrap();
        assert!(load(&folder, &Id::of(b"another"), &key).is_empty());
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("keepstead"), "all of it is sealed");
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            std::fs::write(&path, &changed).unwrap();
            assert!(load(&folder, &repository, &key).is_empty(), "byte {at}");
            std::fs::write(&path, &bytes[..at]).unwrap();
            assert!(load(&folder, &repository, &key).is_empty(), "cut to {at}");
        }
    }

    #[test]
    fn only_what_is_the_same_and_recent_counts() {
        let said = Id::of(b"said");
        let sound = Sound { length: 77, indexed: said, at: at(1000) };
        let hour = Duration::from_secs(3600);
        assert!(sound.counts(77, &said, hour, at(1000)));
        assert!(sound.counts(77, &said, hour, at(4600)));
        assert!(!sound.counts(77, &said, hour, at(4601)), "too old");
        assert!(!sound.counts(77, &said, hour, at(999)), "yet to come");
        assert!(!sound.counts(78, &said, hour, at(1000)), "another length");
        assert!(!sound.counts(77, &Id::of(b"else"), hour, at(1000)), "another index");
    }

    #[test]
    fn anything_else_that_the_index_says_is_noticed() {
        let blob = PackedBlob {
            id: Id::of(b"x"),
            kind: BlobKind::Data,
            offset: 0,
            length: 40,
            uncompressed_length: None,
        };
        let all = [
            blob,
            PackedBlob { id: Id::of(b"y"), ..blob },
            PackedBlob { kind: BlobKind::Tree, ..blob },
            PackedBlob { offset: 1, ..blob },
            PackedBlob { length: 41, ..blob },
            PackedBlob { uncompressed_length: Some(9), ..blob },
        ];
        let mut hashes: Vec<Id> = all.iter().map(|blob| said(&[*blob])).collect();
        hashes.push(said(&[]));
        hashes.push(said(&[blob, blob]));
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), 8);
    }
}
