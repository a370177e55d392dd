//! The packs of a repository, numbered in the order in which they became known.

use crate::{
    error::{Error, Result},
    format::Id,
};
use std::collections::HashSet;

/// So many new packs are never worth sorting.
const FEW: usize = 1 << 10;

/// Packs with their lengths in bytes, as their blobs make them: about 44 bytes
/// a pack.
#[derive(Debug, Default)]
pub(super) struct Packs {
    all: Vec<(Id, u64)>,
    /// Numbers, sorted by the id of their pack, but for those of `young`.
    sorted: Vec<u32>,
    young: HashSet<Id>,
}

impl Packs {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The memory it takes, in bytes, without what is not settled yet.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        assert_eq!(self.young.capacity(), 0, "it is settled");
        self.all.capacity() * size_of::<(Id, u64)>() + self.sorted.capacity() * 4
    }

    /// The pack of that number.
    pub(super) fn id(&self, number: u32) -> Id {
        self.all[number as usize].0
    }

    /// All packs in the order of their numbers, with their lengths in bytes.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(Id, u64)> {
        self.all.iter()
    }

    /// Gives a pack its number; `None` when it has one.
    pub(super) fn add(&mut self, pack: Id, length: u64) -> Result<Option<u32>> {
        let known = self.sorted.binary_search_by_key(&pack, |number| self.id(*number)).is_ok();
        if known || !self.young.insert(pack) {
            return Ok(None);
        }
        let number = u32::try_from(self.all.len())
            .map_err(|_| Error::Internal("more packs than can be counted"))?;
        self.all.push((pack, length));
        if self.young.len() > FEW.max(self.all.len() / 16) {
            self.settle();
        }
        Ok(Some(number))
    }

    /// Sorts what is new with the rest.
    pub(super) fn settle(&mut self) {
        self.young = HashSet::new();
        self.sorted.reserve_exact(self.all.len() - self.sorted.len());
        let new = self.sorted.len() as u32..self.all.len() as u32;
        self.sorted.extend(new);
        let all = &self.all;
        self.sorted.sort_by_key(|number| all[*number as usize].0);
        self.all.shrink_to_fit();
    }
}
