//! What becomes of each pack and each index file.

use super::{
    plan::{PackChange, PruneFigures, PruneOptions, PrunePlan, Repack, Why},
    table::{Pack, Table},
};
use crate::{error::Result, format::Id, index::BLOBS_PER_FILE, pack::BlobKind};
use jiff::Timestamp;
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::Duration,
};

/// A pack of less than this part of the usual length is small.
const SMALL: u64 = 4;
/// An index file of fewer blobs is small.
const SMALL_INDEX: usize = BLOBS_PER_FILE / 5;
/// So many small ones are worth merging.
const MERGE: usize = 4;

/// What is in a pack, in bytes, and of which kind.
#[derive(Clone, Copy, Debug, Default)]
struct Content {
    used: u64,
    unused: u64,
    kind: Option<BlobKind>,
}

/// What to do, from what the index files say and the snapshots need. Time
/// counts from `now`; packs are usually `pack_size` bytes long.
///
/// # Errors
/// When something that a snapshot needs is in no pack that is whole.
pub(super) fn decide(
    table: &Table,
    found: &HashMap<Id, u64>,
    options: &PruneOptions,
    pack_size: u64,
    now: Timestamp,
) -> Result<PrunePlan> {
    let keeper = keepers(table)?;
    let contents = contents(table, &keeper);
    let mut decision = Decision {
        table,
        contents,
        options,
        plan: PrunePlan { grace: options.grace, ..PrunePlan::default() },
        candidates: Vec::new(),
        changed: HashSet::new(),
    };
    for number in 0..table.packs.len() {
        decision.pack(number, now);
    }
    decision.orphans(found);
    let repacked = decision.repacked(pack_size);
    decision.repack(&repacked, &keeper);
    decision.indexes();
    decision.figures(found, &repacked);
    Ok(decision.plan)
}

/// For each line whether it is the copy of a needed blob that is kept.
///
/// Of several it is the one in a pack that has to stay anyway, and then in the
/// one with most that is needed, so that other packs can go. Neither the order
/// of the index files nor packs that go have a say in this: what one prune kept
/// the next one would give up.
fn keepers(table: &Table) -> Result<Vec<bool>> {
    let mut keeper = vec![false; table.lines.len()];
    // Bytes of each pack that are needed.
    let mut needed = vec![0_u64; table.packs.len()];
    let mut several = Vec::new();
    let mut line = 0;
    while line < table.lines.len() {
        let copies = table.copies(line);
        let next = copies.end;
        if table.is_needed(line) {
            let only = table.readable(line)?;
            if copies.len() == 1 {
                keeper[only] = true;
            } else {
                several.push(line);
            }
            for copy in copies {
                let copy = &table.lines[copy];
                needed[copy.pack as usize] += copy.blob().packed_length();
            }
        }
        line = next;
    }
    let number = |at: usize| table.lines[at].pack as usize;
    let holders = |keeper: &[bool]| {
        let mut holds = vec![false; table.packs.len()];
        (0..keeper.len()).filter(|at| keeper[*at]).for_each(|at| holds[number(at)] = true);
        holds
    };
    let alone = holders(&keeper);
    let mut holds = vec![true; table.packs.len()];
    loop {
        let there = |at: &usize| holds[number(*at)] && pack_of(table, *at).is_whole();
        let mut stays = alone.clone();
        for line in &several {
            let mut copies = table.copies(*line).filter(there);
            if let (Some(only), None) = (copies.next(), copies.next()) {
                stays[number(only)] = true;
            }
        }
        for line in &several {
            let best = table.copies(*line).filter(there).max_by_key(|at| {
                let (pack, number) = (pack_of(table, *at), number(*at));
                (!pack.marked, stays[number], needed[number], pack.id, std::cmp::Reverse(*at))
            });
            for at in table.copies(*line) {
                keeper[at] = best == Some(at);
            }
        }
        // Where some go, others are the only ones left.
        let left = holders(&keeper);
        if left == holds {
            return Ok(keeper);
        }
        holds = left;
    }
}

fn pack_of(table: &Table, line: usize) -> &Pack {
    &table.packs[table.lines[line].pack as usize]
}

fn contents(table: &Table, keeper: &[bool]) -> Vec<Content> {
    let mut contents = vec![Content::default(); table.packs.len()];
    for (line, keeper) in table.lines.iter().zip(keeper) {
        let content = &mut contents[line.pack as usize];
        let bytes = line.blob().packed_length();
        *(if *keeper { &mut content.used } else { &mut content.unused }) += bytes;
        content.kind = Some(line.kind);
    }
    contents
}

struct Decision<'a> {
    table: &'a Table,
    contents: Vec<Content>,
    options: &'a PruneOptions,
    plan: PrunePlan,
    /// Packs that stay in use, or are written anew.
    candidates: Vec<usize>,
    /// Packs whose place in the index changes.
    changed: HashSet<usize>,
}

impl Decision<'_> {
    fn pack(&mut self, number: usize, now: Timestamp) {
        let pack = &self.table.packs[number];
        let used = self.contents[number].used;
        let Some(size) = pack.found else {
            // Nothing needs it, or there would be no plan.
            self.plan.lost.insert(pack.id);
            self.changed.insert(number);
            return;
        };
        match (pack.marked, used > 0) {
            (true, true) => {
                self.plan.unmark.insert(pack.id);
                self.candidates.push(number);
            }
            (true, false) => {
                let over = match pack.since {
                    _ if self.options.grace.is_zero() => true,
                    Some(since) => age(since, now).is_some_and(|age| age >= self.options.grace),
                    None => false,
                };
                if over {
                    let why = Why::Waited;
                    self.plan.delete.push(PackChange { pack: pack.id, size, why });
                } else if pack.since.is_some() {
                    self.plan.waiting.insert(pack.id, pack.since);
                    return;
                } else {
                    // Nobody knows since when, so it waits from now on.
                    let why = Why::Unused;
                    self.plan.mark.push(PackChange { pack: pack.id, size, why });
                }
            }
            (false, true) => {
                self.candidates.push(number);
                return;
            }
            (false, false) => self.unneeded(pack.id, size, Why::Unused),
        }
        self.changed.insert(number);
    }

    fn unneeded(&mut self, pack: Id, size: u64, why: Why) {
        let change = PackChange { pack, size, why };
        if self.options.grace.is_zero() {
            self.plan.delete.push(change);
        } else {
            self.plan.mark.push(change);
        }
    }

    /// Packs that no index names.
    fn orphans(&mut self, found: &HashMap<Id, u64>) {
        let mut orphans: Vec<_> =
            found.iter().filter(|(pack, _)| !self.table.names(pack)).collect();
        orphans.sort_unstable();
        for (pack, size) in orphans {
            self.unneeded(*pack, *size, Why::Orphan);
        }
    }

    /// The packs that are written anew, and why.
    fn repacked(&self, pack_size: u64) -> HashMap<usize, Why> {
        let mut repacked = HashMap::new();
        let content = |number: &usize| self.contents[*number];
        let used: u64 = self.candidates.iter().map(|number| content(number).used).sum();
        let mut unused: u64 = self.candidates.iter().map(|number| content(number).unused).sum();
        let allowed = allowed(used, self.options.max_unused);
        let mut partly: Vec<usize> =
            self.candidates.iter().copied().filter(|number| content(number).unused > 0).collect();
        // What frees most for what has to be copied comes first.
        partly.sort_by(|a, b| {
            let worth = |one: &usize, other: &usize| {
                u128::from(content(one).unused) * u128::from(content(other).used)
            };
            worth(b, a).cmp(&worth(a, b)).then(a.cmp(b))
        });
        for number in partly {
            if unused <= allowed {
                break;
            }
            unused -= content(&number).unused;
            repacked.insert(number, Why::PartlyUsed);
        }
        for kind in [BlobKind::Data, BlobKind::Tree] {
            let small: Vec<usize> = self
                .candidates
                .iter()
                .copied()
                .filter(|number| {
                    content(number).kind == Some(kind)
                        && self.table.packs[*number].expected < pack_size / SMALL
                })
                .collect();
            if small.len() >= MERGE {
                for number in small {
                    repacked.entry(number).or_insert(Why::Small);
                }
            }
        }
        repacked
    }

    fn repack(&mut self, repacked: &HashMap<usize, Why>, keeper: &[bool]) {
        let mut all: Vec<usize> = repacked.keys().copied().collect();
        all.sort_unstable();
        let mut keep: HashMap<u32, Vec<_>> = HashMap::new();
        for (line, _) in self.table.lines.iter().zip(keeper).filter(|(_, keeper)| **keeper) {
            if repacked.contains_key(&(line.pack as usize)) {
                keep.entry(line.pack).or_default().push(line.blob());
            }
        }
        for number in all {
            let pack = &self.table.packs[number];
            let mut keep = keep.remove(&(number as u32)).unwrap_or_default();
            keep.sort_unstable_by_key(|blob| blob.offset);
            let (pack, size, why) = (pack.id, pack.expected, repacked[&number]);
            self.plan.repack.push(Repack { change: PackChange { pack, size, why }, keep });
            // Back in use only to be emptied.
            self.plan.unmark.remove(&pack);
            self.changed.insert(number);
        }
    }

    /// Which index files others take the place of.
    fn indexes(&mut self) {
        let mut replaced: BTreeSet<u32> = self.table.untidy.iter().copied().collect();
        for number in &self.changed {
            replaced.extend(&self.table.packs[*number].files);
        }
        let small: Vec<u32> = (0..)
            .zip(&self.table.files)
            .filter(|(_, (_, blobs))| *blobs < SMALL_INDEX)
            .map(|(number, _)| number)
            .collect();
        let any = !replaced.is_empty() || !self.plan.is_empty();
        if small.len() >= MERGE || any {
            replaced.extend(small);
        }
        for (number, pack) in self.table.packs.iter().enumerate() {
            let stays = |file: &u32| !replaced.contains(file);
            if !self.changed.contains(&number) && pack.files.iter().any(stays) {
                let all_stay = pack.files.iter().all(stays);
                if !all_stay {
                    self.plan.elsewhere.insert(pack.id);
                }
            }
        }
        let file = |number: &u32| self.table.files[*number as usize].0;
        self.plan.replace = replaced.iter().map(file).collect();
    }

    fn figures(&mut self, found: &HashMap<Id, u64>, repacked: &HashMap<usize, Why>) {
        let sizes = |changes: &[PackChange]| changes.iter().map(|change| change.size).sum::<u64>();
        let waiting = self.plan.waiting.keys().filter_map(|pack| found.get(pack)).sum::<u64>();
        let bytes = found.values().sum();
        let mut figures = PruneFigures {
            packs: found.len() as u64,
            bytes,
            waiting,
            bytes_after: bytes - sizes(&self.plan.mark) - sizes(&self.plan.delete) - waiting,
            ..self.plan.figures
        };
        for (number, content) in self.contents.iter().enumerate() {
            let pack = &self.table.packs[number];
            figures.used += content.used;
            if !pack.marked {
                figures.unused += content.unused;
            }
            if repacked.contains_key(&number) {
                figures.bytes_after -= pack.expected - content.used;
            } else if content.used > 0 {
                figures.unused_after += content.unused;
            }
        }
        self.plan.figures = figures;
    }
}

/// How much may be unneeded beside `used` bytes so that it is at most
/// `percent` of all.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a limit, which need not be exact to the byte"
)]
fn allowed(used: u64, percent: f64) -> u64 {
    if percent >= 100.0 {
        return u64::MAX;
    }
    let percent = if percent > 0.0 { percent } else { 0.0 };
    (used as f64 * percent / (100.0 - percent)) as u64
}

/// How long ago `then` was; `None` when it has yet to come.
fn age(then: Timestamp, now: Timestamp) -> Option<Duration> {
    Duration::try_from(now.duration_since(then)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::PackedBlob;
    use proptest::prelude::*;

    /// Packs by their numbers, each of some of 24 blobs.
    type Packs = Vec<(u8, BTreeSet<u8>)>;

    /// Which pack each needed blob is kept in.
    fn kept(packs: &[&(u8, BTreeSet<u8>)], needed: &BTreeSet<u8>) -> BTreeSet<(u8, Id)> {
        let id = |number: u8| Id::of(&[number]);
        let mut table = Table::default();
        for (number, blobs) in packs {
            let blobs: Vec<_> = (0..)
                .zip(blobs)
                .map(|(at, blob)| PackedBlob {
                    id: id(*blob),
                    kind: BlobKind::Data,
                    offset: at * 100,
                    length: 100,
                    uncompressed_length: None,
                })
                .collect();
            let added = table.add(Id::of(&[*number, 0]), &blobs, 0).unwrap() as usize;
            table.packs[added].found = Some(table.packs[added].expected);
            table.packs[added].marked = number % 5 == 0;
        }
        table.finish().unwrap();
        for blob in needed {
            if let Some(line) = table.find(BlobKind::Data, &id(*blob)) {
                table.need(line);
            }
        }
        let keeper = keepers(&table).unwrap();
        let lines = table.lines.iter().zip(keeper).filter(|(_, keeper)| *keeper);
        lines.map(|(line, _)| (packs[line.pack as usize].0, line.id)).collect()
    }

    proptest! {
        /// One copy of each is kept, the same one in whatever order the packs
        /// were read, and after those have gone that hold none.
        #[test]
        fn the_copy_that_is_kept_stays_the_one(
            packs in prop::collection::btree_map(
                any::<u8>(),
                prop::collection::btree_set(0u8..24, 1..9),
                1..12,
            ),
            needed in prop::collection::btree_set(0u8..24, 0..24),
            order: u64,
        ) {
            let packs: Packs = packs.into_iter().collect();
            let all: Vec<_> = packs.iter().collect();
            let first = kept(&all, &needed);
            let there: BTreeSet<u8> =
                packs.iter().flat_map(|(_, blobs)| blobs.intersection(&needed)).copied().collect();
            let blobs: BTreeSet<Id> = first.iter().map(|(_, blob)| *blob).collect();
            prop_assert_eq!((first.len(), blobs.len()), (there.len(), there.len()));
            let mut left: Vec<_> = all
                .into_iter()
                .filter(|(pack, _)| first.iter().any(|(keeps, _)| keeps == pack))
                .collect();
            left.sort_by_key(|(pack, _)| order.rotate_left(u32::from(*pack)).wrapping_mul(*pack as u64));
            prop_assert_eq!(kept(&left, &needed), first);
        }
    }
}
