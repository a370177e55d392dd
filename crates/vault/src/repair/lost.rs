//! What is lost: which blob is missing, and what that means for the backups.

use super::header::{self, Header};
use crate::{
    check::{self, Check, Problem},
    error::{Error, Result},
    format::Id,
    index::Place,
    layout::FileKind,
    pack::BlobKind,
    progress::Progress,
    repository::Repository,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use storage::Cancel;

/// How many paths are named.
pub(super) const EXAMPLES: usize = 10;

/// A file or folder that is left out of a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostFile {
    /// Where it was.
    pub path: String,
    /// The part of it that is lost; `None` when the entry itself makes no
    /// sense.
    pub blob: Option<Id>,
}

/// A blob that cannot be read from anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostBlob {
    /// What it is part of.
    pub kind: BlobKind,
    /// Which.
    pub id: Id,
    /// How many files or folders need it; one that is the same in many
    /// snapshots counts once.
    pub files: u64,
    /// Some of their paths.
    pub examples: Vec<String>,
    /// The snapshots that are not whole without it.
    pub snapshots: Vec<Id>,
}

/// What can be read, and what cannot.
pub(super) struct Survey<'a> {
    repository: &'a Repository,
    bad: HashSet<(BlobKind, Id, Id)>,
    /// Marked packs that are there, as far as they were asked for.
    marked: HashMap<Id, bool>,
    /// Packs that no index names, and their lengths.
    orphans: Vec<(Id, u64)>,
}

impl<'a> Survey<'a> {
    /// Looks at all packs; with `read_data` into them as well.
    ///
    /// # Errors
    /// When an index file is damaged, or the destination cannot read or list:
    /// then nobody knows what is lost.
    pub(super) async fn new(
        repository: &'a Repository,
        read_data: bool,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<Self> {
        // Every index file must be sound before anything is called lost.
        repository.load_index(cancel).await?;
        let packs = FileKind::Pack.list(repository.store(), cancel).await?;
        if packs.is_empty() && repository.with_index(|index| index.counts().0) > 0 {
            return Err(Error::Missing("every pack".to_owned()));
        }
        let options = check::CheckOptions::with_data(read_data);
        let (findings, bad) = Check::survey(repository, &options, progress, cancel).await?;
        let lengths: HashMap<Id, u64> = packs.into_iter().collect();
        let mut orphans = Vec::new();
        for (pack, problem) in findings {
            match problem {
                Problem::Orphan => {
                    orphans.push((pack, lengths.get(&pack).copied().unwrap_or_default()));
                }
                // It is there, and was not listed.
                Problem::Missing if is_there(repository, &pack, cancel).await? => {
                    return Err(Error::PlanOutdated);
                }
                Problem::Unreadable(reason) => {
                    return Err(Error::damaged_id("pack", &pack, reason));
                }
                _ => {}
            }
        }
        // What lies in marked packs can be read as well.
        repository.load_index(cancel).await?;
        Ok(Self { repository, bad, marked: HashMap::new(), orphans })
    }

    /// Fails when something that seems to be lost is in a pack that no index
    /// names.
    pub(super) async fn is_complete(&self, lost: &[LostBlob], cancel: &Cancel) -> Result<()> {
        if lost.is_empty() {
            return Ok(());
        }
        let lost: HashSet<(BlobKind, Id)> = lost.iter().map(|blob| (blob.kind, blob.id)).collect();
        for (pack, length) in &self.orphans {
            let header = header::read(self.repository, pack, *length, cancel).await?;
            let Header::Blobs(blobs) = header else { continue };
            if blobs.iter().any(|blob| lost.contains(&(blob.kind, blob.id))) {
                let reason = "it does not name every pack";
                return Err(Error::damaged("index", reason));
            }
        }
        Ok(())
    }

    /// The plaintext length of a blob that can be read; `None` when it is lost.
    pub(super) async fn find(
        &mut self,
        kind: BlobKind,
        id: &Id,
        cancel: &Cancel,
    ) -> Result<Option<u32>> {
        let is_good = |place: &Place| !self.bad.contains(&(kind, *id, place.pack));
        let place = self.repository.with_index(|index| {
            let first = index.find(kind, id).filter(is_good);
            first.or_else(|| index.copies(kind, id).into_iter().find(is_good))
        });
        if let Some(place) = place {
            return Ok(Some(place.blob.plain_length()));
        }
        if self.repository.with_index(|index| index.contains(kind, id)) {
            return Ok(None);
        }
        let Some(place) = self.repository.with_marked(|index| index.find(kind, id)) else {
            return Ok(None);
        };
        let there = match self.marked.get(&place.pack) {
            Some(there) => *there,
            None => {
                let there = is_there(self.repository, &place.pack, cancel).await?;
                self.marked.insert(place.pack, there);
                there
            }
        };
        Ok(there.then(|| place.blob.plain_length()))
    }
}

async fn is_there(repository: &Repository, pack: &Id, cancel: &Cancel) -> Result<bool> {
    let found = repository.store().stat(&FileKind::Pack.key(pack), cancel).await?;
    Ok(found.is_some())
}
