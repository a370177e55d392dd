//! The verdict: whether everything is protected, and if not, what is wrong.

mod judge;
mod words;

pub use judge::State;

use crate::{
    Installation, Result,
    destinations::moment,
    messages,
    runs::{Depth, Verification},
};
use jiff::{SignedDuration, Timestamp};
use judge::{
    Ended, Good, How, Judgement, PlanFacts, Presence, Reason, Situation, TargetFacts, judge,
    judge_one,
};
use model::{RunId, RunKind, RunStatus, TargetId};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{LatestRuns, Plan, Run, RunFilter};

/// A plan without a schedule counts as one of seven days.
const BY_HAND: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What would make the verdict better.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fix {
    /// Make a plan.
    SetUp,
    /// Run this plan.
    BackUp {
        /// Its id.
        plan: String,
    },
    /// Plug this disk in, or connect this share.
    PlugIn {
        /// The id of the destination.
        destination: String,
    },
    /// Look at what this run says.
    ShowRun {
        /// Its id.
        run: String,
    },
    /// Add a destination on another disk.
    AddDestination,
    /// Type two words of the recovery kit.
    ConfirmKit,
    /// Take this plan up again.
    Resume {
        /// Its id.
        plan: String,
    },
    /// Set the clock of this machine.
    SetClock,
}

/// The verdict, the same wherever it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct Verdict {
    /// The state, for programs.
    pub state: State,
    /// The same in a word or two.
    pub word: String,
    /// What stands behind it.
    pub sentence: String,
    /// The same, short.
    pub line: String,
    /// Everything that is wrong, the worst first.
    pub reasons: Vec<String>,
    /// What helps against the worst.
    pub fix: Option<Fix>,
    /// What to know although it changes nothing.
    pub notes: Vec<String>,
    /// What the verdict does not go by yet.
    pub left_out: Vec<String>,
    /// When the newest copy was made, RFC 3339.
    pub newest_copy_at: Option<String>,
    /// How many runs are waiting or under way.
    pub working: usize,
}

/// What one plan by itself amounts to.
pub(crate) struct PlanVerdict {
    pub(crate) state: State,
    pub(crate) word: String,
    pub(crate) line: String,
    pub(crate) newest: Option<Timestamp>,
}

impl Verdict {
    /// Before anything is set up.
    #[must_use]
    pub fn not_set_up(now: Timestamp) -> Self {
        said(&judge(&Situation { now, kit_confirmed: false, plans: Vec::new() }), now, 0)
    }
}

impl Installation {
    /// Judges everything as it is now.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn verdict(&self) -> Result<Verdict> {
        let now = self.ambient.clock.now();
        let kit = self.store.installation().get().await.map_err(messages::store)?;
        let good = self.store.runs().latest_per_target(RunKind::Backup).await;
        let good = good.map_err(messages::store)?;
        let mut plans = Vec::new();
        for plan in self.store.plans().list().await.map_err(messages::store)? {
            plans.push(self.facts(&plan, &good).await?);
        }
        let waiting = self.store.runs().pending().await.map_err(messages::store)?.len();
        let active = self.store.runs().unfinished().await.map_err(messages::store)?.len();
        let kit_confirmed = kit.kit_confirmed_at.is_some();
        Ok(said(&judge(&Situation { now, kit_confirmed, plans }), now, waiting + active))
    }

    /// What one plan by itself amounts to: its state, the word for it, a short
    /// line, and when its newest copy was made.
    pub(crate) async fn plan_verdict(
        &self,
        plan: &Plan,
        latest: &BTreeMap<TargetId, LatestRuns>,
    ) -> Result<PlanVerdict> {
        let now = self.ambient.clock.now();
        let facts = self.facts(plan, latest).await?;
        let judgement = judge_one(&facts, now);
        Ok(PlanVerdict {
            state: judgement.state,
            word: words::word(&judgement).to_owned(),
            line: words::line(&judgement, now),
            newest: judgement.newest,
        })
    }

    async fn facts(
        &self,
        plan: &Plan,
        latest: &BTreeMap<TargetId, LatestRuns>,
    ) -> Result<PlanFacts> {
        let mut targets = Vec::new();
        for target in &plan.targets {
            let found = self.store.destinations().get(target.destination).await;
            let Some(row) = found.map_err(messages::store)? else { continue };
            let by_themselves = RunFilter {
                plan: Some(plan.id),
                destination: Some(row.id),
                kinds: vec![RunKind::Backup],
                statuses: vec![RunStatus::Success, RunStatus::PartialSuccess, RunStatus::Failed],
                limit: 1,
                ..RunFilter::default()
            };
            let ended = self.store.runs().list(&by_themselves).await.map_err(messages::store)?;
            let last = ended.into_iter().next();
            let good = latest.get(&target.id).and_then(|runs| runs.last_good.clone());
            let open_files = match &good {
                Some(run) => {
                    let open = self.store.run_skipped().open(run.id).await;
                    open.map_err(messages::store)?
                }
                None => 0,
            };
            targets.push(TargetFacts {
                damage: damage(&self.verifications(row.id).await?),
                presence: match (self.look_at(&row).await, row.removable) {
                    (true, _) => Presence::Here,
                    (false, true) => Presence::Away,
                    (false, false) => Presence::Missing,
                },
                destination: row.id,
                name: row.name,
                off_disk: row.off_disk,
                last: last.map(how_it_ended),
                good: good.map(|run| Good {
                    run: run.id,
                    at: run.ended_at.unwrap_or(run.queued_at),
                    open_files,
                }),
                interval: BY_HAND,
            });
        }
        let name = plan.name.clone();
        Ok(PlanFacts { id: plan.id, name, enabled: plan.enabled, targets })
    }
}

/// The verification that found damage which none since has shown to be over:
/// that takes one that reads at least as much. The newest come first.
fn damage(verifications: &[Verification]) -> Option<RunId> {
    let mut sound: Option<Depth> = None;
    for verification in verifications {
        let depth = Some(verification.depth);
        if verification.sound {
            sound = sound.max(depth);
        } else if sound < depth {
            return Some(verification.run);
        }
    }
    None
}

fn how_it_ended(run: Run) -> Ended {
    let how = match (run.status, run.error) {
        (RunStatus::Success, _) => How::Succeeded,
        (RunStatus::PartialSuccess, _) => How::Skipped,
        (_, Some(error)) if error.code == "not_mounted" => How::NotThere,
        (_, error) => How::Failed(error.map_or_else(String::new, |error| error.message)),
    };
    Ended { run: run.id, how }
}

fn said(judgement: &Judgement, now: Timestamp, working: usize) -> Verdict {
    let due = judgement.due.iter().map(|due| messages::due(&due.name, &words::ago(now, due.copy)));
    Verdict {
        state: judgement.state,
        word: words::word(judgement).to_owned(),
        sentence: words::sentence(judgement, now),
        line: words::line(judgement, now),
        reasons: judgement.reasons.iter().map(|reason| words::because(reason, now)).collect(),
        fix: match (judgement.state, judgement.reasons.first()) {
            (State::NotSetUp, _) => Some(Fix::SetUp),
            (_, reason) => reason.map(fix),
        },
        notes: due.collect(),
        left_out: vec![messages::drills_left_out()],
        newest_copy_at: judgement.newest.map(moment),
        working,
    }
}

fn fix(reason: &Reason) -> Fix {
    match reason {
        Reason::Damaged { run, .. }
        | Reason::Failed { run, .. }
        | Reason::OpenFiles { run, .. } => Fix::ShowRun { run: run.to_string() },
        Reason::Missing { destination, .. } => Fix::PlugIn { destination: destination.to_string() },
        Reason::NoCopy { id, .. } | Reason::Stale { id, .. } => {
            Fix::BackUp { plan: id.to_string() }
        }
        Reason::NotOffDisk { .. } => Fix::AddDestination,
        Reason::KitUnconfirmed => Fix::ConfirmKit,
        Reason::Paused { id, .. } => Fix::Resume { plan: id.to_string() },
        Reason::Clock => Fix::SetClock,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Depth::{Everything, Sample, Structure};
    use model::random::SeededRandom;

    /// What remains of these verifications, the newest last.
    fn left(verifications: &[(Depth, bool)]) -> Option<usize> {
        let random = SeededRandom::new(1);
        let all: Vec<Verification> = verifications
            .iter()
            .map(|&(depth, sound)| Verification {
                run: RunId::new(&random),
                at: Timestamp::UNIX_EPOCH,
                depth,
                sound,
            })
            .rev()
            .collect();
        let run = damage(&all)?;
        all.iter().rev().position(|verification| verification.run == run)
    }

    #[test]
    fn damage_is_over_when_as_much_was_found_sound() {
        assert_eq!(left(&[]), None);
        for damaged in [Structure, Sample, Everything] {
            assert_eq!(left(&[(damaged, false)]), Some(0));
            assert_eq!(left(&[(damaged, true)]), None);
            for sound in [Structure, Sample, Everything] {
                let after = left(&[(damaged, false), (sound, true)]);
                assert_eq!(after.is_none(), sound >= damaged, "{damaged:?} {sound:?}");
                assert_eq!(left(&[(sound, true), (damaged, false)]), Some(1));
            }
        }
        // Many that read less are not one that reads as much, and the newest
        // damage is what is shown.
        let less = [(Everything, false), (Sample, true), (Structure, true)];
        assert_eq!(left(&less), Some(0));
        assert_eq!(left(&[(Everything, false), (Structure, false)]), Some(1));
        let smaller = [(Everything, false), (Structure, false), (Sample, true)];
        assert_eq!(left(&smaller), Some(0));
    }
}
