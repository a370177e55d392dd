//! Blobs that the other repository lacks, in the order in which they lie here.

use super::report::Sizes;
use crate::{
    error::Error, format::Id, index::Place, pack::BlobKind, prune::stretch::Stretch,
    repository::Repository,
};

/// One of them: 48 bytes. Sorted as they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Want {
    /// The number of its pack; the largest for one that lies in none but such
    /// as are going to be deleted.
    pack: u32,
    offset: u32,
    pub(super) kind: BlobKind,
    pub(super) id: Id,
    /// Its sealed length in bytes.
    pub(super) length: u32,
}

impl Want {
    /// A blob of this repository; `None` when it has none.
    pub(super) fn find(repository: &Repository, kind: BlobKind, id: &Id) -> Option<Self> {
        let of = |pack, Place { blob, .. }| Self {
            pack,
            offset: blob.offset,
            kind,
            id: *id,
            length: blob.length,
        };
        let found = repository.with_index(|index| index.locate(kind, id));
        let marked = || repository.with_marked(|marked| marked.find(kind, id));
        match found {
            Some((number, place)) => Some(of(number, place)),
            None => marked().map(|place| of(u32::MAX, place)),
        }
    }
}

/// Where a blob lies, every copy of it: the one by which it is sorted first,
/// those in packs that are going to be deleted last.
pub(super) fn places(repository: &Repository, kind: BlobKind, id: &Id) -> Vec<Place> {
    let mut places = repository.with_index(|index| {
        let first = index.find(kind, id).into_iter();
        first.chain(index.copies(kind, id)).collect::<Vec<_>>()
    });
    places.extend(repository.with_marked(|marked| marked.find(kind, id)));
    places
}

/// No index names this blob.
pub(super) fn missing(kind: BlobKind, id: &Id) -> Error {
    let word = match kind {
        BlobKind::Data => "blob",
        BlobKind::Tree => "tree",
    };
    Error::Missing(format!("{word} {id}"))
}

/// Blobs that are wanted, each once.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    all: Vec<Want>,
    /// So many are in order and differ.
    settled: usize,
}

impl Wanted {
    /// Adds some.
    pub(super) fn extend(&mut self, wants: impl IntoIterator<Item = Want>) {
        for want in wants {
            // Files repeat what they just held: holes, above all.
            if self.all.last() != Some(&want) {
                self.all.push(want);
            }
            // Of a file of zeros, all are the same.
            if self.all.len() > 2 * self.settled.max(1 << 14) {
                self.settle();
            }
        }
    }

    /// All of them, in order.
    pub(super) fn settle(&mut self) -> &[Want] {
        self.all.sort();
        self.all.dedup();
        self.settled = self.all.len();
        &self.all
    }

    /// How much they are.
    pub(super) fn sizes(&mut self) -> Sizes {
        let mut sizes = Sizes::default();
        self.settle().iter().for_each(|want| sizes.add(want));
        sizes
    }
}

impl Sizes {
    /// Counts a blob.
    pub(super) fn add(&mut self, want: &Want) {
        match want.kind {
            BlobKind::Data => self.data_blobs += 1,
            BlobKind::Tree => self.tree_blobs += 1,
        }
        self.bytes += u64::from(want.length);
    }
}

/// So many blobs are looked up at once to be read.
const LOOKED_UP: usize = 4096;

/// Parts of packs that hold `wants`, which are sorted: in at most `longest`
/// bytes each, unless a single blob has more, and with at most `gap` unwanted
/// bytes between two. What is not there any more is left out.
pub(super) fn stretches<'a>(
    repository: &'a Repository,
    wants: &'a [Want],
    longest: u64,
    gap: u64,
) -> impl Iterator<Item = Stretch> + 'a {
    wants.chunks(LOOKED_UP).flat_map(move |some| {
        let first = |want: &Want| places(repository, want.kind, &want.id).into_iter().next();
        Stretch::all(some.iter().filter_map(first), longest, gap)
    })
}
