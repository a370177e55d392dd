//! What was measured, and the medians of it.

use std::collections::BTreeMap;

use super::data::{Amount, Set};
use super::measure::Cost;
use super::tools::Kind;

/// A piece of work that every program does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Task {
    /// The outcome is the size of the repository, in bytes.
    First,
    /// Backing up again what has not changed. No outcome.
    NoChange,
    /// Backing up again after 1 KiB was inserted. The outcome is by how many
    /// bytes the repository grew.
    Insert,
    /// No outcome.
    Restore,
    /// Reading and verifying all data. No outcome.
    Check,
    /// Removing two of five backups, and what only they needed. The outcome is
    /// how many percent of the packs no backup needs afterwards.
    Prune,
}

/// Measured values of one piece of work by one program.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sample {
    pub(super) cost: Cost,
    pub(super) outcome: f64,
}

/// All samples.
#[derive(Debug, Default)]
pub(super) struct Figures {
    samples: BTreeMap<(Set, Task, Kind), Vec<Sample>>,
    /// What the sets hold.
    pub(super) amounts: BTreeMap<Set, Amount>,
}

impl Figures {
    pub(super) fn add(&mut self, set: Set, task: Task, kind: Kind, cost: Cost, outcome: f64) {
        self.samples.entry((set, task, kind)).or_default().push(Sample { cost, outcome });
    }

    /// Everything that was measured, in the order of the table.
    pub(super) fn all(&self) -> impl Iterator<Item = ((Set, Task, Kind), Sample)> {
        self.samples.keys().filter_map(|key| Some((*key, self.median(key.0, key.1, key.2)?)))
    }

    /// The median of each value by itself.
    pub(super) fn median(&self, set: Set, task: Task, kind: Kind) -> Option<Sample> {
        let samples = self.samples.get(&(set, task, kind))?;
        let of = |value: fn(&Sample) -> f64| median(samples.iter().map(value).collect());
        Some(Sample {
            cost: Cost {
                wall: of(|sample| sample.cost.wall)?,
                cpu: of(|sample| sample.cost.cpu)?,
                peak: of(|sample| sample.cost.peak)?,
            },
            outcome: of(|sample| sample.outcome)?,
        })
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        length if length % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 20.0]), Some(3.0));
        assert_eq!(median(vec![4.0, 1.0]), Some(2.5));
    }
}
