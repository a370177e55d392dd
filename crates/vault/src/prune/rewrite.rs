//! New index files in the place of old ones.

use super::plan::PrunePlan;
use crate::{
    error::{Error, Result},
    format::Id,
    index::{BLOBS_PER_FILE, IndexFile},
    marked::MarkedPack,
    pack::PackedBlob,
    repository::Repository,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};
use storage::Cancel;

/// What becomes of a pack in the new index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is named as before.
    Use,
    /// It is marked since then.
    Mark(Option<Timestamp>),
    /// It is not named any more.
    Drop,
}

/// Index files that are being written.
pub(crate) struct Rewrite<'a> {
    repository: &'a Repository,
    cancel: &'a Cancel,
    pending: IndexFile,
    /// What was written, and read back.
    pub(crate) written: BTreeSet<Id>,
}

impl<'a> Rewrite<'a> {
    pub(crate) fn new(repository: &'a Repository, cancel: &'a Cancel) -> Self {
        Self { repository, cancel, pending: IndexFile::default(), written: BTreeSet::new() }
    }

    /// Names a pack.
    pub(crate) async fn add_pack(&mut self, id: Id, blobs: Vec<PackedBlob>) -> Result<()> {
        self.make_room(blobs.len()).await?;
        self.pending.packs.push((id, blobs));
        Ok(())
    }

    /// Says that a pack is going to be deleted.
    pub(crate) async fn add_mark(&mut self, mark: MarkedPack) -> Result<()> {
        self.make_room(mark.blobs.len()).await?;
        self.pending.marked.push(mark);
        Ok(())
    }

    async fn make_room(&mut self, blobs: usize) -> Result<()> {
        let named = self.pending.blob_count();
        if named > 0 && named + blobs > BLOBS_PER_FILE { self.flush().await } else { Ok(()) }
    }

    /// Writes what is left, and reads it back.
    pub(crate) async fn flush(&mut self) -> Result<()> {
        let file = std::mem::take(&mut self.pending);
        if !file.packs.is_empty() || !file.marked.is_empty() {
            self.written.insert(self.repository.save_index(&file, self.cancel).await?);
        }
        Ok(())
    }

    /// Says again what the index files to be replaced say, changed as `plan`
    /// has it. What is marked now is marked since `now`.
    pub(super) async fn replace(&mut self, plan: &PrunePlan, now: Timestamp) -> Result<()> {
        let fates = fates(plan, now);
        let mut said = plan.elsewhere.clone();
        let (repository, cancel) = (self.repository, self.cancel);
        let mut loading = stream::iter(plan.replace.clone())
            .map(|id| async move { repository.load_index_file(&id, cancel).await })
            .buffered(2);
        while let Some(file) = loading.try_next().await? {
            for (id, blobs) in file.packs {
                let fate = fates.get(&id).copied().unwrap_or(Fate::Use);
                let mark = MarkedPack { id, blobs, time: None, size: None };
                self.say(mark, fate, &mut said).await?;
            }
            for mark in file.marked {
                // What the plan does not know is in use elsewhere.
                let fate = fates.get(&mark.id).copied().unwrap_or(Fate::Drop);
                self.say(mark, fate, &mut said).await?;
            }
        }
        drop(loading);
        for change in &plan.mark {
            // What no index named so far.
            if said.insert(change.pack) {
                let (blobs, time) = (Vec::new(), Some(now));
                let size = u32::try_from(change.size).ok();
                self.add_mark(MarkedPack { id: change.pack, blobs, time, size }).await?;
            }
        }
        if plan.unmark.is_subset(&said) {
            self.flush().await
        } else {
            Err(Error::Internal("a pack was left out of the new index"))
        }
    }

    async fn say(&mut self, pack: MarkedPack, fate: Fate, said: &mut BTreeSet<Id>) -> Result<()> {
        if fate == Fate::Drop || !said.insert(pack.id) {
            return Ok(());
        }
        match fate {
            Fate::Mark(time) => self.add_mark(MarkedPack { time, ..pack }).await,
            _ => self.add_pack(pack.id, pack.blobs).await,
        }
    }
}

fn fates(plan: &PrunePlan, now: Timestamp) -> HashMap<Id, Fate> {
    let marked = plan.mark.iter().map(|change| (change.pack, Fate::Mark(Some(now))));
    let repacked = if plan.is_instant() { Fate::Drop } else { Fate::Mark(Some(now)) };
    let repacked = plan.repack.iter().map(|repack| (repack.change.pack, repacked));
    let dropped = plan.delete.iter().map(|change| change.pack).chain(plan.lost.iter().copied());
    let waiting = plan.waiting.iter().map(|(pack, since)| (*pack, Fate::Mark(*since)));
    marked
        .chain(repacked)
        .chain(dropped.map(|pack| (pack, Fate::Drop)))
        .chain(waiting)
        .chain(plan.unmark.iter().map(|pack| (*pack, Fate::Use)))
        .collect()
}
