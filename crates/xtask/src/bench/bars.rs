//! What is asked of Keepstead, and whether it is reached.

use super::data::Set;
use super::figures::{Figures, Task};
use super::tools::Kind;

/// A demand and what was measured.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bar {
    pub(super) what: String,
    pub(super) limit: String,
    pub(super) measured: String,
    pub(super) reached: bool,
}

const MIB: f64 = 1_048_576.0;

/// The bars for which there are figures.
pub(super) fn bars(figures: &Figures) -> Vec<Bar> {
    let mut bars = Bars { figures, all: Vec::new() };
    bars.throughput(Set::Photos, 200.0);
    bars.throughput(Set::Docs, 100.0);
    bars.throughput(Set::Bigfile, 150.0);
    bars.ours(Set::Docs, Task::First, "docs: bytes for each byte stored", |sample, bytes, _| {
        at_least(bytes / sample.outcome, 1.9, "", 2)
    });
    bars.ours(Set::Tree, Task::First, "tree: first backup, CPU", |sample, _, _| {
        at_most(sample.cost.cpu, 12.0, " s", 1)
    });
    for set in Set::ALL {
        bars.ratio(set, Task::First, "first backup, wall", Kind::Restic, 0.5);
        bars.ratio(set, Task::First, "first backup, wall", Kind::Rustic, 0.8);
    }
    bars.ours(Set::Tree, Task::NoChange, "tree: no change, CPU a file", |sample, _, files| {
        at_most(sample.cost.cpu / files * 1e6, 20.0, " µs", 1)
    });
    for set in Set::ALL {
        bars.ratio(set, Task::Restore, "restore, wall", Kind::Restic, 0.7);
    }
    for set in Set::ALL {
        bars.ratio(set, Task::Check, "check of all data, wall", Kind::Restic, 0.7);
    }
    bars.ours(Set::Bigfile, Task::Insert, "bigfile: 1 KiB inserted, added", |sample, _, _| {
        at_most(sample.outcome / 1e6, 0.9, " MB", 2)
    });
    bars.memory(150.0);
    bars.sizes(1.03);
    bars.ratio(Set::Docs, Task::Prune, "forget and prune, wall", Kind::Restic, 0.3);
    bars.ours(Set::Docs, Task::Prune, "docs: unneeded after a prune", |sample, _, _| {
        at_most(sample.outcome, 5.0, " %", 1)
    });
    bars.all
}

struct Bars<'a> {
    figures: &'a Figures,
    all: Vec<Bar>,
}

type Judged = (String, String, bool);

impl Bars<'_> {
    fn push(&mut self, what: String, (limit, measured, reached): Judged) {
        self.all.push(Bar { what, limit, measured, reached });
    }

    /// A bar for Keepstead alone; `judge` is given the bytes and files of the set.
    fn ours(
        &mut self,
        set: Set,
        task: Task,
        what: &str,
        judge: impl Fn(super::figures::Sample, f64, f64) -> Judged,
    ) {
        let sample = self.figures.median(set, task, Kind::Keepstead);
        if let (Some(sample), Some(amount)) = (sample, self.figures.amounts.get(&set)) {
            let judged = judge(sample, amount.bytes as f64, amount.files as f64);
            self.push(what.to_owned(), judged);
        }
    }

    fn throughput(&mut self, set: Set, least: f64) {
        let what = format!("{}: first backup", set.name());
        self.ours(set, Task::First, &what, |sample, bytes, _| {
            at_least(bytes / MIB / sample.cost.cpu, least, " MiB per CPU-second", 0)
        });
    }

    /// A bar beside another program.
    fn ratio(&mut self, set: Set, task: Task, what: &str, other: Kind, most: f64) {
        let theirs = self.figures.median(set, task, other);
        if let Some(theirs) = theirs {
            let (what, unit) = (format!("{}: {what}", set.name()), format!(" × {}", other.name()));
            self.ours(set, task, &what, |ours, _, _| {
                at_most(ours.cost.wall / theirs.cost.wall, most, &unit, 2)
            });
        }
    }

    fn memory(&mut self, most: f64) {
        let ours = self.figures.all().filter(|((_, _, kind), _)| *kind == Kind::Keepstead);
        let peak = ours.map(|(_, sample)| sample.cost.peak).fold(0.0, f64::max);
        if peak > 0.0 {
            self.push(
                "memory, the most in any of this".to_owned(),
                at_most(peak / 1024.0, most, " MiB", 0),
            );
        }
    }

    fn sizes(&mut self, most: f64) {
        for set in Set::ALL {
            let Some(theirs) = self.figures.median(set, Task::First, Kind::Restic) else {
                continue;
            };
            self.ours(set, Task::First, &format!("{}: size", set.name()), |ours, _, _| {
                at_most(ours.outcome / theirs.outcome, most, " × restic", 3)
            });
        }
    }
}

fn at_least(value: f64, least: f64, unit: &str, digits: usize) -> Judged {
    (format!("≥ {least}{unit}"), format!("{value:.digits$}{unit}"), value >= least)
}

fn at_most(value: f64, most: f64, unit: &str, digits: usize) -> Judged {
    (format!("≤ {most}{unit}"), format!("{value:.digits$}{unit}"), value <= most)
}
