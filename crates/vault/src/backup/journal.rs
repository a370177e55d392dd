//! What a backup has read and stored so far, for the one that comes after a
//! crash: files that have not changed since need not be read again.
//!
//! A file of this machine, which only this account may read. It holds sealed
//! blocks, each behind its length (u32, little-endian): the first says what the
//! journal is for, the others hold entries. Blocks are appended only after the
//! index file that names their blobs is stored, and only whole blocks count, so
//! that one that broke off ends the journal where it is. What is damaged, or was
//! written for another repository, other sources or by another key, is ignored.
//!
//! Invariant: a journal saves reading and nothing else. Whoever takes an entry
//! over sees to it that the file is still the same and its blobs are stored.

use crate::{
    crypto::{MasterKey, OVERHEAD},
    format::Id,
    platform::{self, Stamp},
};
use model::Random;
use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How every journal begins. Another number for another form.
const MAGIC: &[u8] = b"keepstead journal 1";
/// A block is closed when it holds so many bytes.
const BLOCK: usize = 1 << 20;
/// Larger blocks, and entries that do not fit into one, are none of ours.
const LARGEST: usize = 64 << 20;
/// So many bytes of entries wait for their index file at most; what comes after
/// them is not written down.
const WAITING: usize = 16 << 20;

/// Begins the SHA-256 of a path.
type PathHash = [u8; 16];

/// A file as it was when it was read.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    stamp: Stamp,
    content: Box<[Id]>,
}

/// The journal of one backup, and what is left of the one before it.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    /// What was found. Empty when there was none that could be used.
    found: HashMap<PathHash, Entry>,
    /// Bytes of it that are sound.
    sound: u64,
    header: Vec<u8>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    file: Option<File>,
    waiting: Vec<(PathHash, Entry)>,
    bytes: usize,
    /// It could not be written: this run goes on without.
    broken: bool,
}

fn hash_of(path: &[u8]) -> PathHash {
    let mut hash = [0; 16];
    hash.copy_from_slice(&Id::of(path).as_bytes()[..16]);
    hash
}

impl Journal {
    /// The journal in `folder` of what is named by `purpose`: the repository,
    /// the machine, the sources.
    pub(crate) fn open(folder: &Path, purpose: &[&[u8]], key: &MasterKey) -> Self {
        let mut named = Vec::new();
        for part in purpose {
            named.extend_from_slice(Id::of(part).as_bytes());
        }
        let id = Id::of(&named);
        let header = [MAGIC, id.as_bytes()].concat();
        let path = folder.join(format!("{}.journal", &id.to_string()[..32]));
        let (found, sound) = read(&path, &header, key).unwrap_or_default();
        Self { path, found, sound, header, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The blobs of a file, if it is what it was when they were read.
    pub(crate) fn find(&self, path: &[u8], stamp: &Stamp) -> Option<&[Id]> {
        if self.found.is_empty() {
            return None;
        }
        let entry = self.found.get(&hash_of(path))?;
        (entry.stamp == *stamp).then_some(&entry.content)
    }

    /// Remembers a file that was read, until its blobs are stored.
    pub(crate) fn add(&self, path: &[u8], stamp: Stamp, content: &[Id]) {
        let entry = (hash_of(path), Entry { stamp, content: content.into() });
        let bytes = length_of(&entry.1);
        let mut state = self.state();
        if !state.broken && state.bytes + bytes <= WAITING {
            state.bytes += bytes;
            state.waiting.push(entry);
        }
    }

    /// Writes those down whose blobs are stored, which `is_stored` knows: just
    /// now an index file has named them. May block.
    pub(crate) fn commit(
        &self,
        key: &MasterKey,
        random: &dyn Random,
        is_stored: impl Fn(&[Id]) -> bool,
    ) {
        let mut state = self.state();
        let waiting = std::mem::take(&mut state.waiting);
        let (stored, waiting): (Vec<_>, _) =
            waiting.into_iter().partition(|(_, entry)| is_stored(&entry.content));
        state.bytes = waiting.iter().map(|(_, entry)| length_of(entry)).sum();
        state.waiting = waiting;
        if stored.is_empty() || state.broken {
            return;
        }
        // A backup without a journal is a backup.
        state.broken = self.write(&mut state.file, &stored, key, random).is_err();
    }

    fn write(
        &self,
        file: &mut Option<File>,
        entries: &[(PathHash, Entry)],
        key: &MasterKey,
        random: &dyn Random,
    ) -> io::Result<()> {
        let mut blocks = Vec::new();
        let mut block = Vec::new();
        let file = match file {
            Some(file) => file,
            none => {
                let mut opened = platform::open_private(&self.path)?;
                opened.set_len(self.sound)?;
                opened.seek(SeekFrom::End(0))?;
                if self.sound == 0 {
                    seal(&self.header, &mut blocks, key, random);
                }
                none.insert(opened)
            }
        };
        for (hash, entry) in entries {
            if length_of(entry) > LARGEST - BLOCK {
                continue;
            }
            write_entry(hash, entry, &mut block);
            if block.len() >= BLOCK {
                seal(&block, &mut blocks, key, random);
                block.clear();
            }
        }
        if !block.is_empty() {
            seal(&block, &mut blocks, key, random);
        }
        file.write_all(&blocks)
    }

    /// Removes it: a snapshot holds all that is in it.
    pub(crate) fn remove(&self) {
        // Where that fails, the next backup finds nothing in it that has
        // changed, or ignores it.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn seal(block: &[u8], out: &mut Vec<u8>, key: &MasterKey, random: &dyn Random) {
    out.extend_from_slice(&((block.len() + OVERHEAD) as u32).to_le_bytes());
    key.seal_into(random, block, out);
}

/// How many bytes an entry takes.
fn length_of(entry: &Entry) -> usize {
    16 + 8 + 8 + 2 * 12 + 4 + 32 * entry.content.len()
}

fn write_entry(hash: &PathHash, entry: &Entry, out: &mut Vec<u8>) {
    let Stamp { size, inode, modified, changed } = entry.stamp;
    out.extend_from_slice(hash);
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&inode.to_le_bytes());
    for (seconds, nanoseconds) in [modified, changed] {
        out.extend_from_slice(&seconds.to_le_bytes());
        out.extend_from_slice(&nanoseconds.to_le_bytes());
    }
    out.extend_from_slice(&(entry.content.len() as u32).to_le_bytes());
    for id in &entry.content {
        out.extend_from_slice(id.as_bytes());
    }
}

fn read_entry(bytes: &mut &[u8]) -> Option<(PathHash, Entry)> {
    let hash = *take(bytes)?;
    let size = u64::from_le_bytes(*take(bytes)?);
    let inode = u64::from_le_bytes(*take(bytes)?);
    let mut time = || Some((i64::from_le_bytes(*take(bytes)?), u32::from_le_bytes(*take(bytes)?)));
    let (modified, changed) = (time()?, time()?);
    let count = u32::from_le_bytes(*take(bytes)?) as usize;
    let ids = bytes.split_off(..count.checked_mul(32)?)?;
    let content = ids.as_chunks().0.iter().map(|id| Id::from_bytes(*id)).collect();
    Some((hash, Entry { stamp: Stamp { size, inode, modified, changed }, content }))
}

fn take<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(first)
}

/// The entries of a journal, and how many of its bytes are sound. `None` when
/// there is none for this purpose.
fn read(path: &Path, header: &[u8], key: &MasterKey) -> Option<(HashMap<PathHash, Entry>, u64)> {
    let file = platform::open_private_to_read(path).ok()?;
    let mut file = io::BufReader::new(file);
    let mut sound = 0;
    let mut next = || {
        let mut length = [0; 4];
        file.read_exact(&mut length).ok()?;
        let length = u32::from_le_bytes(length) as usize;
        if length > LARGEST + OVERHEAD {
            return None;
        }
        let mut block = Vec::new();
        (&mut file).take(length as u64).read_to_end(&mut block).ok()?;
        // What ends early may be whole all the same, and say that it is longer.
        if block.len() != length {
            return None;
        }
        let opened = key.open_in_place(&mut block).ok()?.to_vec();
        Some((opened, 4 + length as u64))
    };
    let (first, length) = next()?;
    if first != header {
        return None;
    }
    sound += length;
    let mut found = HashMap::new();
    while let Some((block, length)) = next() {
        let mut rest = &block[..];
        let mut entries = Vec::new();
        while let Some(entry) = read_entry(&mut rest) {
            entries.push(entry);
        }
        if !rest.is_empty() {
            break;
        }
        found.extend(entries);
        sound += length;
    }
    Some((found, sound))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::random::SeededRandom;
    use proptest::prelude::*;

    fn stamp(number: u64) -> Stamp {
        Stamp { size: number, inode: number + 1, modified: (-3, 7), changed: (9, 11) }
    }

    fn id(number: u8) -> Id {
        Id::from_bytes([number; 32])
    }

    /// Two commits: files 0 and 1, then 2 and 3.
    fn written(folder: &Path, key: &MasterKey) -> PathBuf {
        let random = SeededRandom::new(1);
        let journal = Journal::open(folder, &[b"here"], key);
        for number in 0..4 {
            journal.add(&[number], stamp(number.into()), &[id(number), id(9)]);
            if number % 2 == 1 {
                journal.commit(key, &random, |_| true);
            }
        }
        journal.path
    }

    fn found(folder: &Path, purpose: &[u8], key: &MasterKey) -> Vec<u8> {
        let journal = Journal::open(folder, &[purpose], key);
        let is_found = |number: &u8| match journal.find(&[*number], &stamp(u64::from(*number))) {
            Some(content) => {
                assert_eq!(content, [id(*number), id(9)]);
                true
            }
            None => false,
        };
        (0..10).filter(is_found).collect()
    }

    #[test]
    fn what_is_stored_is_found_again_and_by_nobody_else() {
        let (folder, random) = (tempfile::tempdir().unwrap(), SeededRandom::new(3));
        let key = MasterKey::generate(&random);
        let path = written(folder.path(), &key);
        assert_eq!(found(folder.path(), b"here", &key), [0, 1, 2, 3]);
        assert_eq!(found(folder.path(), b"there", &key), [0_u8; 0]);
        assert_eq!(found(folder.path(), b"here", &MasterKey::generate(&random)), [0_u8; 0]);
        let journal = Journal::open(folder.path(), &[b"here"], &key);
        assert!(journal.find(&[1], &stamp(2)).is_none(), "it has changed");
        // What is not stored yet waits.
        journal.add(&[4], stamp(4), &[id(4), id(9)]);
        journal.commit(&key, &random, |content| !content.contains(&id(4)));
        assert_eq!(found(folder.path(), b"here", &key), [0, 1, 2, 3]);
        journal.commit(&key, &random, |_| true);
        assert_eq!(found(folder.path(), b"here", &key), [0, 1, 2, 3, 4]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        }
        journal.remove();
        assert!(!path.exists());
    }

    #[test]
    fn a_block_is_as_long_as_it_says() {
        for bit in 0..32 {
            let folder = tempfile::tempdir().unwrap();
            let key = MasterKey::generate(&SeededRandom::new(3));
            let path = written(folder.path(), &key);
            let mut bytes = std::fs::read(&path).unwrap();
            let (mut last, mut next) = (0, 0);
            while next < bytes.len() {
                last = next;
                next += 4 + u32::from_le_bytes(*bytes[last..].first_chunk().unwrap()) as usize;
            }
            bytes[last + bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(found(folder.path(), b"here", &key), [0, 1], "bit {bit}");
            let journal = Journal::open(folder.path(), &[b"here"], &key);
            journal.add(&[7], stamp(7), &[id(7), id(9)]);
            journal.commit(&key, &SeededRandom::new(8), |_| true);
            assert_eq!(found(folder.path(), b"here", &key), [0, 1, 7], "bit {bit}");
        }
    }

    proptest! {
        /// Cut off anywhere, or with any byte changed: what is found is whole
        /// blocks from the beginning, and what comes after them goes on there.
        #[test]
        fn damage_ends_it(cut in any::<prop::sample::Index>(), flip: Option<u8>) {
            let folder = tempfile::tempdir().unwrap();
            let key = MasterKey::generate(&SeededRandom::new(3));
            let path = written(folder.path(), &key);
            let mut bytes = std::fs::read(&path).unwrap();
            let at = cut.index(bytes.len());
            match flip {
                Some(bits) if bits != 0 => bytes[at] ^= bits,
                _ => bytes.truncate(at),
            }
            std::fs::write(&path, &bytes).unwrap();
            let left = found(folder.path(), b"here", &key);
            prop_assert!(left.is_empty() || left == [0, 1], "{left:?}");
            let journal = Journal::open(folder.path(), &[b"here"], &key);
            journal.add(&[7], stamp(7), &[id(7), id(9)]);
            journal.commit(&key, &SeededRandom::new(8), |_| true);
            let mut expected = left;
            expected.push(7);
            prop_assert_eq!(found(folder.path(), b"here", &key), expected);
        }
    }
}
