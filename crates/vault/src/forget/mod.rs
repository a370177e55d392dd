//! Which snapshots are kept, and letting the others go.
//!
//! First a [`ForgetPlan`]: it decides, and deletes nothing. Then
//! [`Repository::forget`] carries it out, as long as the repository still holds
//! exactly the snapshots that were decided about.
//!
//! Invariant: a policy never takes the last snapshot of a group, and one
//! without rules takes none; what is not in the plan stays.
//!
//! What is deliberately absent: freeing room, which is [`prune`](crate::prune).

mod execute;
mod group;
mod period;
mod policy;
#[cfg(test)]
mod tests;

pub use group::{Filter, GroupBy, GroupKey};
pub use period::{InvalidPeriod, Period};
pub use policy::{Count, Policy, Reason, TagList, Unit};

use crate::format::{Id, NodeTime, Snapshot};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

#[cfg(doc)]
use crate::repository::Repository;

/// What is decided about, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForgetOptions {
    /// What is kept.
    pub policy: Policy,
    /// What the policy is carried out for by itself.
    pub group_by: GroupBy,
    /// What it is about.
    pub filter: Filter,
    /// The zone in which hours, days, weeks, months and years begin; as in
    /// restic the clock that each snapshot was written with, when there is
    /// none.
    pub zone: Option<TimeZone>,
}

/// A snapshot, as a plan names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its id.
    pub id: Id,
    /// When it was made.
    pub time: NodeTime,
    /// The machine.
    pub hostname: String,
    /// What was backed up.
    pub paths: Vec<String>,
    /// Its tags.
    pub tags: Vec<String>,
}

/// A snapshot that stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Which.
    pub snapshot: Listed,
    /// Why; nothing when no policy was asked.
    pub reasons: Vec<Reason>,
}

/// What becomes of the snapshots of a group, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgetGroup {
    /// What they have in common.
    pub key: GroupKey,
    /// What stays.
    pub keep: Vec<Kept>,
    /// What goes.
    pub remove: Vec<Listed>,
}

/// What is going to be forgotten. Made by [`Repository::plan_forget`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgetPlan {
    /// What was decided about.
    pub groups: Vec<ForgetGroup>,
    /// Snapshots that the filter leaves alone.
    pub others: Vec<Id>,
    /// Whether there was no rule, so that everything is kept.
    pub without_rules: bool,
}

impl ForgetPlan {
    /// Everything that is going to be removed.
    #[must_use]
    pub fn removed(&self) -> BTreeSet<Id> {
        self.groups.iter().flat_map(|group| &group.remove).map(|one| one.id).collect()
    }

    /// All snapshots that were there when the plan was made.
    #[must_use]
    pub fn seen(&self) -> BTreeSet<Id> {
        let kept = self.groups.iter().flat_map(|group| &group.keep).map(|kept| kept.snapshot.id);
        kept.chain(self.others.iter().copied()).chain(self.removed()).collect()
    }
}

/// Decides which of `snapshots` are kept. `now` is the present moment: what
/// claims to be of the future does not make the present look old.
#[must_use]
pub fn plan(snapshots: &[(Id, Snapshot)], options: &ForgetOptions, now: Timestamp) -> ForgetPlan {
    let taken = |snapshot: &Snapshot| options.filter.takes(snapshot);
    let policy = &options.policy;
    arrange(snapshots, options.group_by, taken, policy.is_empty(), |group| {
        let snapshots: Vec<&Snapshot> = group.iter().map(|(_, snapshot)| *snapshot).collect();
        let reasons = policy::reasons(&snapshots, policy, options.zone.as_ref(), now);
        let fate =
            |reasons: Vec<Reason>| (policy.is_empty() || !reasons.is_empty()).then_some(reasons);
        reasons.into_iter().map(fate).collect()
    })
}

/// The plan that removes exactly `removed`, be it the last of their group.
#[must_use]
pub fn plan_removal(snapshots: &[(Id, Snapshot)], removed: &BTreeSet<Id>) -> ForgetPlan {
    arrange(
        snapshots,
        GroupBy::default(),
        |_| true,
        false,
        |group| group.iter().map(|(id, _)| (!removed.contains(id)).then(Vec::new)).collect(),
    )
}

/// Puts a plan together. `decide` gives the reasons for each snapshot of a
/// group, the newest first, or `None` when it goes.
fn arrange(
    snapshots: &[(Id, Snapshot)],
    group_by: GroupBy,
    taken: impl Fn(&Snapshot) -> bool,
    without_rules: bool,
    decide: impl Fn(&[(Id, &Snapshot)]) -> Vec<Option<Vec<Reason>>>,
) -> ForgetPlan {
    let mut plan = ForgetPlan { without_rules, ..ForgetPlan::default() };
    let mut groups: BTreeMap<GroupKey, Vec<(Id, &Snapshot)>> = BTreeMap::new();
    for (id, snapshot) in snapshots {
        if taken(snapshot) {
            groups.entry(group_by.key(snapshot)).or_default().push((*id, snapshot));
        } else {
            plan.others.push(*id);
        }
    }
    for (key, mut members) in groups {
        members.sort_by_key(|(id, snapshot)| {
            (Reverse((snapshot.time.seconds, snapshot.time.nanoseconds)), *id)
        });
        let mut group = ForgetGroup { key, keep: Vec::new(), remove: Vec::new() };
        for ((id, snapshot), fate) in members.iter().zip(decide(&members)) {
            let snapshot = Listed::new(*id, snapshot);
            match fate {
                Some(reasons) => group.keep.push(Kept { snapshot, reasons }),
                None => group.remove.push(snapshot),
            }
        }
        plan.groups.push(group);
    }
    plan
}

impl Listed {
    fn new(id: Id, snapshot: &Snapshot) -> Self {
        Self {
            id,
            time: snapshot.time,
            hostname: snapshot.hostname.clone(),
            paths: snapshot.paths.clone(),
            tags: snapshot.tags.clone(),
        }
    }
}
