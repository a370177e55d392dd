//! Copies of index and snapshot files on this machine, for destinations that
//! are far: what has been read once is not asked for again.
//!
//! The copies are the sealed files, byte for byte, in a folder that only this
//! account may read. Nothing needs them. One that is damaged is removed and
//! read from the destination again, and so is one whose length is not the one
//! that the destination lists: there it may be damaged.
//!
//! Invariant: what is handed out hashes to the name that was asked for, and was
//! listed by the destination in this run.

use crate::{format::Id, layout::FileKind, platform};
use jiff::{SignedDuration, Timestamp};
use model::Random;
use std::{
    collections::HashSet,
    fs, io,
    io::{Read, Write},
    path::{Path, PathBuf},
};

/// Larger files are not kept.
const LARGEST: u64 = 64 << 20;
/// The copies of a repository that was not opened for so long are removed.
const UNUSED: SignedDuration = SignedDuration::from_hours(60 * 24);

/// The copies of the files of one repository. Everything here may block.
#[derive(Debug)]
pub(crate) struct FileCache {
    folder: PathBuf,
}

impl FileCache {
    /// The copies in `folder` of the files of `repository`. Those of other
    /// repositories that nobody has opened for long are removed. What cannot be
    /// made or removed is left: everything is read from the destination then.
    pub(crate) fn open(folder: &Path, repository: &Id, now: Timestamp) -> Self {
        let own = folder.join(repository.to_string());
        // Any file in it makes the folders around it.
        let mark = own.join("opened");
        let _ = platform::open_private(&mark).and_then(|file| file.set_modified(now.into()));
        for other in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = other.file_name();
            let is_repository = name.to_str().is_some_and(|name| name.parse::<Id>().is_ok());
            let opened = fs::metadata(other.path().join("opened")).and_then(|file| file.modified());
            let is_unused = opened
                .ok()
                .and_then(|opened| Timestamp::try_from(opened).ok())
                .is_some_and(|opened| now.duration_since(opened) > UNUSED);
            if is_repository && is_unused {
                let _ = fs::remove_dir_all(other.path());
            }
        }
        Self { folder: own }
    }

    fn path(&self, kind: FileKind, id: &Id) -> PathBuf {
        self.folder.join(kind.folder()).join(id.to_string())
    }

    /// The file, when there is a copy of just this length that is sound.
    pub(crate) fn read(&self, kind: FileKind, id: &Id, length: u64) -> Option<Vec<u8>> {
        let path = self.path(kind, id);
        let read = || -> io::Result<Vec<u8>> {
            let mut bytes = Vec::new();
            platform::open_private_to_read(&path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = read().ok()?;
        if bytes.len() as u64 == length && Id::of(&bytes) == *id {
            return Some(bytes);
        }
        let _ = fs::remove_file(path);
        None
    }

    /// Keeps a copy of a file. It is not waited for until it is on the disk:
    /// what a power cut leaves of it is found to be damaged.
    pub(crate) fn write(&self, kind: FileKind, id: &Id, bytes: &[u8], random: &dyn Random) {
        if bytes.len() as u64 > LARGEST {
            return;
        }
        let path = self.path(kind, id);
        let mut unique = [0; 8];
        random.fill(&mut unique);
        let new = path.with_extension(hex::encode(unique));
        let written = platform::open_private(&new)
            .and_then(|mut file| file.write_all(bytes))
            .and_then(|()| fs::rename(&new, path));
        if written.is_err() {
            let _ = fs::remove_file(new);
        }
    }

    /// Removes the copies of files that are not there any more.
    pub(crate) fn retain(&self, kind: FileKind, listed: &[(Id, u64)]) {
        let listed: HashSet<String> = listed.iter().map(|(id, _)| id.to_string()).collect();
        for copy in fs::read_dir(self.folder.join(kind.folder())).into_iter().flatten().flatten() {
            // One that is being written by another process is lost to it, and
            // not to anyone else.
            if !copy.file_name().to_str().is_some_and(|name| listed.contains(name)) {
                let _ = fs::remove_file(copy.path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::random::SeededRandom;

    const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn only_what_is_right_is_handed_out() {
        let folder = tempfile::tempdir().unwrap();
        let random = SeededRandom::new(1);
        let cache = FileCache::open(folder.path(), &Id::of(b"repository"), NOW);
        let bytes = b"sealed".to_vec();
        let id = Id::of(&bytes);
        assert_eq!(cache.read(FileKind::Index, &id, 6), None);
        cache.write(FileKind::Index, &id, &bytes, &random);
        assert_eq!(cache.read(FileKind::Index, &id, 6), Some(bytes.clone()));
        assert_eq!(cache.read(FileKind::Snapshot, &id, 6), None);
        // Of another length at the destination: one of the two is damaged.
        assert_eq!(cache.read(FileKind::Index, &id, 5), None);
        assert_eq!(cache.read(FileKind::Index, &id, 6), None, "it is removed");
        for damaged in [&b"Sealed"[..], b"", b"seale", b"sealed!"] {
            cache.write(FileKind::Index, &id, damaged, &random);
            assert_eq!(cache.read(FileKind::Index, &id, 6), None);
            assert_eq!(names(&cache.folder.join("index")), [""; 0]);
        }
    }

    #[test]
    fn what_is_no_longer_listed_goes() {
        let folder = tempfile::tempdir().unwrap();
        let cache = FileCache::open(folder.path(), &Id::of(b"repository"), NOW);
        let files = [b"one", b"two"].map(|bytes| (Id::of(bytes), 3));
        for (id, _) in &files {
            for kind in [FileKind::Index, FileKind::Snapshot] {
                cache.write(kind, id, b"any", &SeededRandom::new(1));
            }
        }
        fs::write(cache.folder.join("index/half.0123"), "broken off").unwrap();
        cache.retain(FileKind::Index, &files[1..]);
        assert_eq!(names(&cache.folder.join("index")), [files[1].0.to_string()]);
        assert_eq!(names(&cache.folder.join("snapshots")).len(), 2);
    }

    #[test]
    fn a_repository_that_nobody_opens_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (Id::of(b"old"), Id::of(b"new"));
        let cache = FileCache::open(folder.path(), &old, NOW);
        cache.write(FileKind::Index, &old, b"any", &SeededRandom::new(1));
        fs::create_dir(folder.path().join("something else")).unwrap();
        FileCache::open(folder.path(), &new, NOW + SignedDuration::from_hours(59 * 24));
        assert_eq!(names(folder.path()).len(), 3);
        // Opened in the meantime: it counts from there.
        FileCache::open(folder.path(), &old, NOW + SignedDuration::from_hours(59 * 24));
        FileCache::open(folder.path(), &new, NOW + SignedDuration::from_hours(118 * 24));
        assert_eq!(names(folder.path()).len(), 3);
        FileCache::open(folder.path(), &new, NOW + SignedDuration::from_hours(120 * 24));
        let mut left = names(folder.path());
        left.sort_unstable();
        let mut expected = [new.to_string(), "something else".to_owned()];
        expected.sort_unstable();
        assert_eq!(left, expected);
    }
}
