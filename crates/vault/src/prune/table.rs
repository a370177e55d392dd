//! What all index files together say, and what of it is needed.
//!
//! About 53 bytes a blob: one line of a sorted list, and one byte that says
//! whether a snapshot needs it.

use crate::{
    error::{Error, Result},
    format::Id,
    index::{IndexFile, Place},
    pack::{BlobKind, PackedBlob, length_of_pack},
    repository::Repository,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    ops::Range,
    sync::atomic::{AtomicBool, Ordering},
};
use storage::Cancel;

/// A pack, as index files and the destination know it.
#[derive(Clone, Debug)]
pub(super) struct Pack {
    pub(super) id: Id,
    /// Its length in bytes as its blobs make it; 0 for one without.
    pub(super) expected: u64,
    /// Tells lists of blobs apart.
    digest: u64,
    /// Its length in bytes at the destination, when it is there.
    pub(super) found: Option<u64>,
    /// Whether it is going to be deleted, and no index names it otherwise.
    pub(super) marked: bool,
    /// When it was marked, when that is known.
    pub(super) since: Option<Timestamp>,
    /// The index files that name it; when it is going to be deleted, those
    /// that say so.
    pub(super) files: Vec<u32>,
}

impl Pack {
    /// Whether what the index says of it can be believed.
    pub(super) fn is_whole(&self) -> bool {
        self.found == Some(self.expected)
    }
}

/// A copy of a blob in a pack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) id: Id,
    pub(super) pack: u32,
    pub(super) offset: u32,
    pub(super) length: u32,
    /// 0 when it is not compressed.
    uncompressed_length: u32,
    pub(super) kind: BlobKind,
}

impl Line {
    pub(super) fn blob(&self) -> PackedBlob {
        PackedBlob {
            id: self.id,
            kind: self.kind,
            offset: self.offset,
            length: self.length,
            uncompressed_length: (self.uncompressed_length != 0)
                .then_some(self.uncompressed_length),
        }
    }
}

/// Everything that index files say.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) packs: Vec<Pack>,
    numbers: HashMap<Id, u32>,
    /// Sorted by id and kind; copies stand beside one another.
    pub(super) lines: Vec<Line>,
    /// Whether a snapshot needs a blob: of its first line.
    used: Vec<AtomicBool>,
    /// The index files, with how many blobs they name.
    pub(super) files: Vec<(Id, usize)>,
    /// Index files that hold something they need not.
    pub(super) untidy: HashSet<u32>,
    /// Where the lines begin whose ids begin with these two bytes.
    starts: Vec<u32>,
}

impl Table {
    /// Reads all index files. `found` are the packs at the destination, with
    /// their lengths in bytes.
    ///
    /// # Errors
    /// When one of them is damaged or cannot be read, or two of them disagree.
    pub(super) async fn load(
        repository: &Repository,
        files: &BTreeSet<Id>,
        found: &HashMap<Id, u64>,
        cancel: &Cancel,
    ) -> Result<Self> {
        let width = repository.store().capabilities().concurrency.max(1);
        let mut table = Self::default();
        let mut marks = Vec::new();
        let mut loading = stream::iter(files.clone())
            .map(|id| async move {
                Ok::<_, Error>((id, repository.load_index_file(&id, cancel).await?))
            })
            .buffered(width);
        while let Some((id, file)) = loading.try_next().await? {
            let number = count(table.files.len())?;
            table.files.push((id, file.blob_count()));
            let IndexFile { packs, marked } = file;
            for (pack, blobs) in packs {
                table.add(pack, &blobs, number)?;
            }
            marks.extend(marked.into_iter().map(|pack| (number, pack)));
        }
        drop(loading);
        // A pack that an index names is not going to be deleted, whatever
        // another index says: what was interrupted begins anew.
        for (number, mark) in marks {
            if let Some(&known) = table.numbers.get(&mark.id) {
                table.untidy.insert(number);
                let known = &mut table.packs[known as usize];
                if known.marked {
                    known.since = known.since.max(mark.time);
                    known.files.push(number);
                }
                continue;
            }
            let pack = table.add(mark.id, &mark.blobs, number)?;
            let pack = &mut table.packs[pack as usize];
            (pack.marked, pack.since) = (true, mark.time);
        }
        for pack in &mut table.packs {
            pack.found = found.get(&pack.id).copied();
        }
        table.finish()?;
        Ok(table)
    }

    pub(super) fn add(&mut self, id: Id, blobs: &[PackedBlob], file: u32) -> Result<u32> {
        let expected = if blobs.is_empty() { 0 } else { length_of_pack(blobs) };
        let mut hasher = DefaultHasher::new();
        blobs.hash(&mut hasher);
        let digest = hasher.finish();
        if let Some(&known) = self.numbers.get(&id) {
            self.untidy.insert(file);
            let pack = &mut self.packs[known as usize];
            pack.files.push(file);
            return if pack.digest == digest {
                Ok(known)
            } else {
                Err(Error::damaged_id("pack", &id, "index files disagree about it"))
            };
        }
        let number = count(self.packs.len())?;
        self.numbers.insert(id, number);
        let (found, marked, since, files) = (None, false, None, vec![file]);
        self.packs.push(Pack { id, expected, digest, found, marked, since, files });
        let mut end = 0;
        for blob in blobs {
            if blob.offset != end {
                return Err(Error::damaged_id("pack", &id, "its blobs do not follow one another"));
            }
            end += blob.length;
        }
        self.lines.extend(blobs.iter().map(|blob| Line {
            id: blob.id,
            pack: number,
            offset: blob.offset,
            length: blob.length,
            uncompressed_length: blob.uncompressed_length.unwrap_or(0),
            kind: blob.kind,
        }));
        Ok(number)
    }

    pub(super) fn finish(&mut self) -> Result<()> {
        count(self.lines.len())?;
        self.lines.sort_unstable_by_key(|line| (line.id, line.kind, line.pack, line.offset));
        self.used = self.lines.iter().map(|_| AtomicBool::new(false)).collect();
        let mut starts = vec![0_u32; (1 << 16) + 1];
        for line in &self.lines {
            starts[prefix(&line.id) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        self.starts = starts;
        Ok(())
    }

    /// The first line of a blob.
    pub(super) fn find(&self, kind: BlobKind, id: &Id) -> Option<u32> {
        let from = self.starts[prefix(id)] as usize;
        let to = self.starts[prefix(id) + 1] as usize;
        let lines = &self.lines[from..to];
        let at = lines.partition_point(|line| (line.id, line.kind) < (*id, kind));
        let is_it = lines.get(at).is_some_and(|line| line.id == *id && line.kind == kind);
        // There are not more lines than can be counted.
        is_it.then_some((from + at) as u32)
    }

    /// Notes that a snapshot needs a blob; `true` for the first time.
    pub(super) fn need(&self, line: u32) -> bool {
        !self.used[line as usize].swap(true, Ordering::Relaxed)
    }

    /// Whether a snapshot needs the blob whose first line this is.
    pub(super) fn is_needed(&self, line: usize) -> bool {
        self.used[line].load(Ordering::Relaxed)
    }

    /// All lines of the blob whose first line is `line`.
    pub(super) fn copies(&self, line: usize) -> Range<usize> {
        let first = &self.lines[line];
        let others = &self.lines[line + 1..];
        let more = others.iter().take_while(|one| one.id == first.id && one.kind == first.kind);
        line..line + 1 + more.count()
    }

    /// A copy that can be read: in a pack that is there, and stays if possible.
    ///
    /// # Errors
    /// [`Error::Missing`] or [`Error::Damaged`] when there is none.
    pub(super) fn readable(&self, line: usize) -> Result<usize> {
        let pack = |at: &usize| &self.packs[self.lines[*at].pack as usize];
        let whole = self.copies(line).filter(|at| pack(at).is_whole());
        whole.min_by_key(|at| pack(at).marked).ok_or_else(|| {
            let first = pack(&line);
            match first.found {
                None => Error::Missing(format!("pack {}", first.id)),
                Some(found) => {
                    let reason = format!("it has {found} bytes instead of {}", first.expected);
                    Error::damaged_id("pack", &first.id, reason)
                }
            }
        })
    }

    pub(super) fn place(&self, line: usize) -> Place {
        let line = &self.lines[line];
        Place { pack: self.packs[line.pack as usize].id, blob: line.blob() }
    }

    /// Whether an index file names a pack of this id, for use or for deletion.
    pub(super) fn names(&self, pack: &Id) -> bool {
        self.numbers.contains_key(pack)
    }
}

fn prefix(id: &Id) -> usize {
    let [first, second, ..] = id.as_bytes();
    usize::from(*first) << 8 | usize::from(*second)
}

fn count(number: usize) -> Result<u32> {
    u32::try_from(number).map_err(|_| Error::Internal("more blobs than can be counted"))
}
