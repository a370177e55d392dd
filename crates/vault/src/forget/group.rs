//! Which snapshots are looked at, and which of them belong together.

use super::TagList;
use crate::format::Snapshot;
use serde::{Deserialize, Serialize};

/// Which snapshots a policy is about; the others are left alone. Empty lists
/// ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Machines; any of them.
    pub hosts: Vec<String>,
    /// Lists of tags: all tags of at least one list.
    pub tags: Vec<TagList>,
    /// Paths; all of them.
    pub paths: Vec<String>,
}

impl Filter {
    /// Whether the policy is about this snapshot.
    #[must_use]
    pub fn takes(&self, snapshot: &Snapshot) -> bool {
        (self.hosts.is_empty() || self.hosts.contains(&snapshot.hostname))
            && (self.tags.is_empty() || self.tags.iter().any(|list| list.is_in(snapshot)))
            && self.paths.iter().all(|path| snapshot.paths.contains(path))
    }
}

/// What snapshots must have in common to be in one group. A policy is carried
/// out for each group by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupBy {
    /// The machine.
    pub host: bool,
    /// The paths, in any order.
    pub paths: bool,
    /// The tags, in any order.
    pub tags: bool,
}

impl Default for GroupBy {
    /// As restic: by machine and paths.
    fn default() -> Self {
        Self { host: true, paths: true, tags: false }
    }
}

/// What the snapshots of a group have in common; `None` where they are not
/// grouped by it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GroupKey {
    /// The machine.
    pub host: Option<String>,
    /// The paths, sorted.
    pub paths: Option<Vec<String>>,
    /// The tags, sorted.
    pub tags: Option<Vec<String>>,
}

impl GroupBy {
    /// The group that a snapshot is in.
    #[must_use]
    pub fn key(&self, snapshot: &Snapshot) -> GroupKey {
        let sorted = |list: &[String]| {
            let mut list = list.to_vec();
            list.sort_unstable();
            list
        };
        GroupKey {
            host: self.host.then(|| snapshot.hostname.clone()),
            paths: self.paths.then(|| sorted(&snapshot.paths)),
            tags: self.tags.then(|| sorted(&snapshot.tags)),
        }
    }
}
