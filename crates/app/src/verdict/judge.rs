//! The rules, as a pure function. `docs/verdict.md` holds them as a table, and
//! a test holds the two against each other.

use jiff::{SignedDuration, Timestamp};
use model::{DestinationId, PlanId, RunId};
use serde::Serialize;

/// How well everything is protected, from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// There is no plan.
    NotSetUp,
    /// Every plan has fresh copies.
    Protected,
    /// A plan is paused.
    Paused,
    /// Something is out of date or incomplete.
    Warning,
    /// A destination is not there, and its copy is too old or missing.
    DestinationMissing,
    /// The last run of a plan failed, or backups of it are damaged.
    Failed,
}

/// What the rules go by.
#[derive(Clone, Debug)]
pub(crate) struct Situation {
    pub(crate) now: Timestamp,
    pub(crate) kit_confirmed: bool,
    pub(crate) plans: Vec<PlanFacts>,
}

#[derive(Clone, Debug)]
pub(crate) struct PlanFacts {
    pub(crate) id: PlanId,
    pub(crate) name: String,
    pub(crate) enabled: bool,
    pub(crate) targets: Vec<TargetFacts>,
}

#[derive(Clone, Debug)]
pub(crate) struct TargetFacts {
    pub(crate) destination: DestinationId,
    pub(crate) name: String,
    pub(crate) presence: Presence,
    /// Whether it lies on another disk than this machine's; `None` when that
    /// cannot be told.
    pub(crate) off_disk: Option<bool>,
    /// The last run that ended by itself.
    pub(crate) last: Option<Ended>,
    /// The verification that found damage there, until one that reads as much
    /// finds none.
    pub(crate) damage: Option<RunId>,
    /// The newest copy that can be restored.
    pub(crate) good: Option<Good>,
    /// How often it should run.
    pub(crate) interval: SignedDuration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Here,
    /// A disk that comes and goes is not here.
    Away,
    /// What should always be here is not.
    Missing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) run: RunId,
    pub(crate) how: How,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum How {
    Succeeded,
    Skipped,
    /// The destination was not there: its copies are as old as they are.
    NotThere,
    Failed(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Good {
    pub(crate) run: RunId,
    pub(crate) at: Timestamp,
    /// Files that it lacks and nobody accepted.
    pub(crate) open_files: u64,
}

/// One thing that keeps the verdict from being better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// What lies at the destination cannot be restored completely.
    Damaged {
        plan: String,
        destination: String,
        run: RunId,
    },
    Failed {
        plan: String,
        destination: String,
        run: RunId,
        message: String,
    },
    Missing {
        plan: String,
        destination: DestinationId,
        name: String,
        copy: Option<Timestamp>,
    },
    NoCopy {
        plan: String,
        id: PlanId,
        name: String,
    },
    Stale {
        plan: String,
        id: PlanId,
        name: String,
        copy: Timestamp,
    },
    OpenFiles {
        plan: String,
        run: RunId,
        files: u64,
    },
    NotOffDisk {
        plan: String,
        unknown: bool,
    },
    KitUnconfirmed,
    /// The clock stands before 2020, or a copy is of tomorrow.
    Clock,
    Paused {
        plan: String,
        id: PlanId,
    },
}

impl Reason {
    pub(crate) fn state(&self) -> State {
        match self {
            Self::Damaged { .. } | Self::Failed { .. } => State::Failed,
            Self::Missing { .. } => State::DestinationMissing,
            Self::NoCopy { .. }
            | Self::Stale { .. }
            | Self::OpenFiles { .. }
            | Self::NotOffDisk { .. }
            | Self::KitUnconfirmed
            | Self::Clock => State::Warning,
            Self::Paused { .. } => State::Paused,
        }
    }
}

/// A disk that is not here, although its copy is still fresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) name: String,
    pub(crate) copy: Timestamp,
}

#[derive(Clone, Debug)]
pub(crate) struct Judgement {
    pub(crate) state: State,
    /// The worst first.
    pub(crate) reasons: Vec<Reason>,
    pub(crate) due: Vec<Due>,
    pub(crate) newest: Option<Timestamp>,
}

/// A copy is fresh until it is one and a half intervals old, and for a day at
/// least.
pub(crate) fn limit(interval: SignedDuration) -> SignedDuration {
    (interval + interval / 2).max(SignedDuration::from_hours(24))
}

/// With a wrong clock no age means anything. 1577836800 is the first second of
/// 2020.
fn is_doubtful(now: Timestamp, newest: Option<Timestamp>) -> bool {
    now.as_second() < 1_577_836_800
        || newest.is_some_and(|copy| copy.duration_since(now) > SignedDuration::from_hours(24))
}

/// Judges everything: the worst wins.
pub(crate) fn judge(situation: &Situation) -> Judgement {
    let mut judgement =
        Judgement { state: State::NotSetUp, reasons: Vec::new(), due: Vec::new(), newest: None };
    if situation.plans.is_empty() {
        return judgement;
    }
    for plan in &situation.plans {
        judge_plan(plan, situation.now, &mut judgement);
    }
    if is_doubtful(situation.now, judgement.newest) {
        judgement.reasons.push(Reason::Clock);
    }
    if !situation.kit_confirmed {
        judgement.reasons.push(Reason::KitUnconfirmed);
    }
    judgement.settle();
    judgement
}

impl Judgement {
    /// The worst wins. Damage comes first: it concerns what was there already.
    fn settle(&mut self) {
        let is_damage = |reason: &Reason| matches!(reason, Reason::Damaged { .. });
        self.reasons.sort_by_key(|reason| std::cmp::Reverse((reason.state(), is_damage(reason))));
        self.state = self.reasons.first().map_or(State::Protected, Reason::state);
    }
}

/// Judges one plan, as its card shows it.
pub(crate) fn judge_one(plan: &PlanFacts, now: Timestamp) -> Judgement {
    let mut judgement =
        Judgement { state: State::Protected, reasons: Vec::new(), due: Vec::new(), newest: None };
    judge_plan(plan, now, &mut judgement);
    judgement.settle();
    judgement
}

fn judge_plan(plan: &PlanFacts, now: Timestamp, judgement: &mut Judgement) {
    let copies = plan.targets.iter().filter_map(|target| target.good);
    judgement.newest = judgement.newest.max(copies.map(|good| good.at).max());
    if !plan.enabled {
        judgement.reasons.push(Reason::Paused { plan: plan.name.clone(), id: plan.id });
        return;
    }
    for target in &plan.targets {
        judge_target(plan, target, now, judgement);
    }
    if !plan.targets.iter().any(|target| target.off_disk == Some(true)) {
        let unknown = plan.targets.iter().any(|target| target.off_disk.is_none());
        judgement.reasons.push(Reason::NotOffDisk { plan: plan.name.clone(), unknown });
    }
}

fn judge_target(plan: &PlanFacts, target: &TargetFacts, now: Timestamp, judgement: &mut Judgement) {
    let name = target.name.clone();
    let fresh = target.good.filter(|good| now.duration_since(good.at) <= limit(target.interval));
    if let Some(run) = target.damage {
        let (plan, destination) = (plan.name.clone(), name.clone());
        judgement.reasons.push(Reason::Damaged { plan, destination, run });
    }
    if let Some(Ended { run, how: How::Failed(message) }) = &target.last {
        judgement.reasons.push(Reason::Failed {
            plan: plan.name.clone(),
            destination: name.clone(),
            run: *run,
            message: message.clone(),
        });
    }
    let missing = match target.presence {
        Presence::Here => false,
        Presence::Missing => true,
        Presence::Away => fresh.is_none(),
    };
    if missing {
        judgement.reasons.push(Reason::Missing {
            plan: plan.name.clone(),
            destination: target.destination,
            name,
            copy: target.good.map(|good| good.at),
        });
        return;
    }
    match (target.good, fresh) {
        (None, _) => {
            judgement.reasons.push(Reason::NoCopy { plan: plan.name.clone(), id: plan.id, name });
        }
        (Some(good), None) => {
            let plan_name = plan.name.clone();
            judgement.reasons.push(Reason::Stale {
                plan: plan_name,
                id: plan.id,
                name,
                copy: good.at,
            });
        }
        (Some(good), Some(_)) => {
            if good.open_files > 0 {
                judgement.reasons.push(Reason::OpenFiles {
                    plan: plan.name.clone(),
                    run: good.run,
                    files: good.open_files,
                });
            }
            if target.presence == Presence::Away {
                judgement.due.push(Due { name, copy: good.at });
            }
        }
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
