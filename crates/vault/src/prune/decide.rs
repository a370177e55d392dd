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
fn keepers(table: &Table) -> Result<Vec<bool>> {
    let mut keeper = vec![false; table.lines.len()];
    let mut used = vec![0_u64; table.packs.len()];
    let mut several = Vec::new();
    let mut line = 0;
    while line < table.lines.len() {
        let copies = table.copies(line);
        let next = copies.end;
        if table.is_needed(line) {
            if copies.len() == 1 {
                let only = table.readable(line)?;
                keeper[only] = true;
                used[table.lines[only].pack as usize] += table.lines[only].blob().packed_length();
            } else {
                several.push(line);
            }
        }
        line = next;
    }
    // Copies are kept where most is needed already, so that other packs can go.
    for line in several {
        table.readable(line)?;
        let whole = table.copies(line).filter(|at| pack_of(table, *at).is_whole());
        let best = whole.max_by_key(|at| {
            let pack = table.lines[*at].pack;
            (!pack_of(table, *at).marked, used[pack as usize], std::cmp::Reverse(*at))
        });
        if let Some(best) = best {
            keeper[best] = true;
            used[table.lines[best].pack as usize] += table.lines[best].blob().packed_length();
        }
    }
    Ok(keeper)
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
