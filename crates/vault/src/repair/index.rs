//! What a new index has to say.

use super::{
    header::{self, Header},
    salvage,
};
use crate::{
    error::{Error, Result},
    format::Id,
    layout::FileKind,
    marked::MarkedPack,
    pack::{PackedBlob, length_of_pack},
    progress::Progress,
    repository::Repository,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::{BTreeMap, BTreeSet};
use storage::Cancel;

/// A pack and the blobs in it, in the order of their offsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackContents {
    /// Which.
    pub id: Id,
    /// Its blobs.
    pub blobs: Vec<PackedBlob>,
}

/// An index file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedIndex {
    /// Which.
    pub id: Id,
    /// In which way.
    pub reason: String,
}

/// A pack that does not say what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadablePack {
    /// Which.
    pub id: Id,
    /// Its length in bytes.
    pub length: u64,
    /// In which way.
    pub reason: String,
    /// What an index says is in it.
    pub known: Vec<PackedBlob>,
    /// Those that are whole, and are going to be copied to another pack.
    pub whole: Vec<PackedBlob>,
    /// The destination cannot read it, so what is known of it is left alone.
    pub left: bool,
}

/// What becomes of the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexPlan {
    /// Index files that cannot be used.
    pub damaged: Vec<DamagedIndex>,
    /// Packs that an index names and that are gone, with what they held.
    pub missing: Vec<PackContents>,
    /// Packs that no index names, with what is in them.
    pub adopted: Vec<PackContents>,
    /// Packs of which the index says something else than they do, with what is
    /// in them.
    pub corrected: Vec<PackContents>,
    /// Packs that do not say what is in them. They stay where they are.
    pub unreadable: Vec<UnreadablePack>,
    /// Packs that stay marked for deletion.
    pub marked: usize,
    /// Packs that are named as before.
    pub kept: usize,
    /// The index files that others take the place of.
    pub replace: BTreeSet<Id>,
    /// What the new files say besides.
    pub(super) said_again: Vec<PackContents>,
    pub(super) marks: Vec<MarkedPack>,
    /// What the plan was made from.
    pub(super) indexes: BTreeSet<Id>,
    pub(super) packs: BTreeMap<Id, u64>,
}

impl IndexPlan {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.replace.is_empty() && self.adopted.is_empty()
    }
}

/// What index files say of a pack.
#[derive(Default)]
struct Said {
    blobs: Vec<PackedBlob>,
    files: BTreeSet<Id>,
    /// Files that call it marked.
    marked_in: BTreeSet<Id>,
    mark: Option<MarkedPack>,
    named: bool,
    agree: bool,
}

impl Said {
    fn is_whole(&self, length: u64) -> bool {
        let mut end = 0;
        let follow = self.blobs.iter().all(|blob| {
            let follows = blob.offset == end;
            end = blob.offset.saturating_add(blob.length);
            follows
        });
        self.agree && follow && length_of_pack(&self.blobs) == length
    }
}

impl Repository {
    /// Finds what a new index has to say. Changes nothing.
    ///
    /// # Errors
    /// When the destination cannot list or read, which is no damage.
    /// [`Error::PlanOutdated`] when it does not list what is there;
    /// [`Error::Missing`] when there is no pack at all, although an index
    /// names some.
    pub async fn plan_index_repair(
        &self,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<IndexPlan> {
        // In this order, a backup that ends meanwhile is no more than packs
        // that no index names yet; the plan is then out of date.
        let mut plan = IndexPlan { indexes: self.index_ids(cancel).await?, ..IndexPlan::default() };
        let said = self.said(&mut plan, cancel).await?;
        plan.packs = FileKind::Pack.list(self.store(), cancel).await?.into_iter().collect();
        if plan.packs.is_empty() && said.values().any(|said| said.named) {
            return Err(Error::Missing("every pack".to_owned()));
        }
        plan.replace = plan.damaged.iter().map(|file| file.id).collect();
        let mut doubtful = Vec::new();
        for (pack, said) in &said {
            match plan.packs.get(pack) {
                None => self.gone(&mut plan, *pack, said, cancel).await?,
                Some(length) if said.named && !said.is_whole(*length) => {
                    doubtful.push((*pack, *length));
                }
                Some(_) if said.named => {
                    plan.kept += 1;
                    // In use is what one file says is in use.
                    plan.replace.extend(&said.marked_in);
                }
                Some(_) => plan.marked += 1,
            }
        }
        let unnamed = plan.packs.iter().filter(|(pack, _)| !said.contains_key(pack));
        doubtful.extend(unnamed.map(|(pack, length)| (*pack, *length)));
        doubtful.sort_unstable();
        self.ask(&mut plan, doubtful, &said, progress, cancel).await?;
        say_again(&mut plan, said);
        progress.set_met();
        Ok(plan)
    }

    /// What the index files say that can be used.
    async fn said(&self, plan: &mut IndexPlan, cancel: &Cancel) -> Result<BTreeMap<Id, Said>> {
        let width = self.store().capabilities().concurrency.max(1);
        let mut loading = stream::iter(plan.indexes.clone())
            .map(|id| async move { (id, self.load_index_file(&id, cancel).await) })
            .buffered(width);
        let mut all: BTreeMap<Id, Said> = BTreeMap::new();
        while let Some((id, file)) = loading.next().await {
            let file = match file {
                Ok(file) => file,
                Err(Error::Damaged { reason, .. }) => {
                    plan.damaged.push(DamagedIndex { id, reason });
                    continue;
                }
                Err(Error::Missing(_)) => return Err(Error::PlanOutdated),
                Err(error) => return Err(error),
            };
            for (pack, blobs) in file.packs {
                let said = all.entry(pack).or_default();
                said.files.insert(id);
                if said.named && said.blobs != blobs {
                    // Whatever one of them says is worth looking for.
                    said.agree = false;
                    let new = blobs.into_iter().filter(|blob| !said.blobs.contains(blob));
                    let new: Vec<PackedBlob> = new.collect();
                    said.blobs.extend(new);
                    said.blobs.sort_unstable_by_key(|blob| blob.offset);
                } else if !said.named {
                    (said.named, said.agree, said.blobs) = (true, true, blobs);
                }
            }
            for mark in file.marked {
                let said = all.entry(mark.id).or_default();
                said.marked_in.insert(id);
                said.mark.get_or_insert(mark);
            }
        }
        Ok(all)
    }

    /// A pack that is not listed is named no longer, if it is gone.
    async fn gone(
        &self,
        plan: &mut IndexPlan,
        pack: Id,
        said: &Said,
        cancel: &Cancel,
    ) -> Result<()> {
        if self.store().stat(&FileKind::Pack.key(&pack), cancel).await?.is_some() {
            return Err(Error::PlanOutdated);
        }
        plan.replace.extend(said.files.iter().chain(&said.marked_in));
        if said.named {
            plan.missing.push(PackContents { id: pack, blobs: said.blobs.clone() });
        }
        Ok(())
    }

    /// Asks the packs themselves.
    async fn ask(
        &self,
        plan: &mut IndexPlan,
        packs: Vec<(Id, u64)>,
        said: &BTreeMap<Id, Said>,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<()> {
        progress.files_total.add(packs.len() as u64);
        let width = self.store().capabilities().concurrency.max(1);
        let mut reading = stream::iter(packs)
            .map(|(pack, length)| async move {
                progress.control.go_on(cancel).await?;
                let header = header::read(self, &pack, length, cancel).await?;
                progress.files_done.add(1);
                Ok::<_, Error>((pack, length, header))
            })
            .buffered(width);
        while let Some((id, length, header)) = reading.try_next().await? {
            let said = said.get(&id);
            let known = said.map(|said| said.blobs.clone()).unwrap_or_default();
            let reason = match header {
                Header::Blobs(blobs) if said.is_some() => {
                    plan.corrected.push(PackContents { id, blobs });
                    None
                }
                Header::Blobs(blobs) => {
                    plan.adopted.push(PackContents { id, blobs });
                    None
                }
                Header::Damaged(error) if length > salvage::LARGEST => {
                    let (reason, whole) = (error.to_string(), Vec::new());
                    let pack = UnreadablePack { id, length, reason, known, whole, left: true };
                    plan.unreadable.push(pack);
                    continue;
                }
                Header::Unreadable(reason) => {
                    let whole = Vec::new();
                    let pack = UnreadablePack { id, length, reason, known, whole, left: true };
                    plan.unreadable.push(pack);
                    continue;
                }
                Header::Damaged(error) => Some((error.to_string(), known)),
            };
            if let Some((reason, known)) = reason {
                let whole = salvage::whole(self, &id, length, &known, cancel).await?;
                let whole = whole.into_iter().map(|(blob, _)| blob).collect();
                let left = false;
                plan.unreadable.push(UnreadablePack { id, length, reason, known, whole, left });
            }
            let files = said.iter().flat_map(|said| said.files.iter().chain(&said.marked_in));
            plan.replace.extend(files);
        }
        Ok(())
    }
}

/// What stays true of what the files say that are going to be replaced.
fn say_again(plan: &mut IndexPlan, said: BTreeMap<Id, Said>) {
    if plan.is_empty() {
        return;
    }
    let unreadable = plan.unreadable.iter().filter(|pack| !pack.left).map(|pack| pack.id);
    let told: BTreeSet<Id> = plan.corrected.iter().map(|pack| pack.id).chain(unreadable).collect();
    for (id, said) in said {
        if !plan.packs.contains_key(&id) || told.contains(&id) {
            continue;
        }
        let stays = |files: &BTreeSet<Id>| files.iter().any(|file| !plan.replace.contains(file));
        if said.named {
            if !stays(&said.files) {
                plan.said_again.push(PackContents { id, blobs: said.blobs });
            }
        } else if let Some(mark) = said.mark
            && !stays(&said.marked_in)
        {
            plan.marks.push(mark);
        }
    }
}
