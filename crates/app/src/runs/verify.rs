//! The work of a run that verifies, and what the verifications of a destination
//! amount to.

use super::{RunResult, order::asked, wire, work::Ended};
use crate::{
    Application, Cancel, Code, Error, Installation, Result, checks_folder, messages,
    vault::{
        CheckFinding, CheckOptions, CheckSummary, Progress, PruneSettings, Reading, Sample, Vault,
    },
};
use jiff::Timestamp;
use model::{DestinationId, LogLevel, RunId, RunStatus};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::{Destination, Run, RunCounts};

/// What a verification of [`Depth::Sample`] reads, in percent.
const SAMPLE: f64 = 10.0;
/// How many findings a log names.
const NAMED: usize = 200;

/// How much a verification reads. A deeper one proves all that a less deep one
/// does.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, specta::Type,
)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    /// The names and lengths of everything, and every folder.
    Structure,
    /// A tenth of all that is stored as well, chosen at random.
    Sample,
    /// Every byte.
    Everything,
}

/// What a run that verifies was asked to do.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct VerifyOrder {
    pub(super) depth: Depth,
}

/// A verification that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verification {
    pub(crate) run: RunId,
    pub(crate) at: Timestamp,
    pub(crate) depth: Depth,
    pub(crate) sound: bool,
}

/// The verification that a run was, when it came to its end.
pub(super) fn verification(run: &Run) -> Option<Verification> {
    match run.result.as_deref().and_then(wire::result)? {
        RunResult::Verified { depth, errors, .. } => Some(Verification {
            run: run.id,
            at: run.ended_at.unwrap_or(run.queued_at),
            depth,
            sound: errors == 0,
        }),
        RunResult::CleanedUp { .. } => None,
    }
}

/// The verification that found damage which none since has shown to be over:
/// that takes one that reads at least as much. The newest come first.
pub(crate) fn damage(verifications: &[Verification]) -> Option<RunId> {
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

impl Installation {
    /// What the verdict on a destination goes by, the newest first.
    pub(crate) async fn verifications(&self, id: DestinationId) -> Result<Vec<Verification>> {
        let runs = self.store.runs().verifications(id).await.map_err(messages::store)?;
        Ok(runs.iter().filter_map(verification).collect())
    }
}

impl Application {
    pub(super) async fn verify_run(
        &self,
        run: &Run,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<Ended> {
        let VerifyOrder { depth } = asked(run)?;
        let destination = self.destination_of(run).await?;
        let vault = match self.open_vault(&destination, cancel).await {
            Err(error) if is_loss(&error) => return Ok(not_opened(depth, &destination, &error)),
            vault => vault?,
        };
        let newest = self.newest_backups(&destination).await?;
        let known = newest.keys().map(|id| id.parse()).collect::<Result<_, _>>();
        let options = CheckOptions {
            reading: match depth {
                Depth::Structure => Reading::Nothing,
                Depth::Sample => Reading::Sample(Sample::Percent(SAMPLE)),
                Depth::Everything => Reading::All,
            },
            // What it says it reads it reads itself; others may rely on that.
            max_age: None,
            record: Some(checks_folder(self.folder())),
            known: known.map_err(|_| messages::fault())?,
        };
        let summary = vault.check(&options, progress, cancel).await?;
        self.measure_after(&summary, &vault, &destination, cancel).await?;
        Ok(ended(depth, &destination, &summary))
    }

    /// The destination that a run is about, as it is now.
    pub(super) async fn destination_of(&self, run: &Run) -> Result<Destination> {
        let gone = || messages::no_destination(&run.destination_name);
        let found = self.store.destinations().get(run.destination.ok_or_else(gone)?).await;
        found.map_err(messages::store)?.ok_or_else(gone)
    }

    /// Writes down how much is stored. What of it no backup needs is known only
    /// where nothing is wrong.
    async fn measure_after(
        &self,
        summary: &CheckSummary,
        vault: &Vault,
        destination: &Destination,
        cancel: &Cancel,
    ) -> Result<()> {
        let (mut stored, mut reclaimable) = (summary.bytes, None);
        if summary.errors == 0 {
            let progress = Arc::default();
            let planned = vault.plan_prune(&PruneSettings::default(), &progress, cancel).await;
            // The verification has come to its end, whatever becomes of this.
            if let Ok(planned) = planned {
                let would = vault.preview_prune(&planned);
                (stored, reclaimable) = (would.bytes, Some(would.bytes_reclaimable));
            }
        }
        self.measured(destination.id, stored, reclaimable).await
    }
}

/// Whether what cannot be opened is lost, and not only out of reach.
fn is_loss(error: &Error) -> bool {
    matches!(
        error.code,
        Code::Damaged | Code::MissingObject | Code::RepositoryIncomplete | Code::NotARepository
    )
}

/// The end of a verification that could not even open the backups.
fn not_opened(depth: Depth, destination: &Destination, error: &Error) -> Ended {
    Ended {
        status: RunStatus::Failed,
        result: Some(RunResult::Verified {
            depth,
            backups: 0,
            bytes: 0,
            bytes_read: 0,
            errors: 1,
            remarks: 0,
        }),
        error: Some(messages::unopened(&destination.name, error)),
        ..Ended::default()
    }
}

fn ended(depth: Depth, destination: &Destination, summary: &CheckSummary) -> Ended {
    let sound = summary.errors == 0;
    Ended {
        status: if sound { RunStatus::Success } else { RunStatus::Failed },
        counts: RunCounts {
            bytes_total: Some(summary.bytes_read),
            bytes_done: summary.bytes_read,
            ..RunCounts::default()
        },
        verified: sound,
        result: Some(RunResult::Verified {
            depth,
            backups: summary.backups,
            bytes: summary.bytes,
            bytes_read: summary.bytes_read,
            errors: summary.errors as u64,
            remarks: summary.remarks as u64,
        }),
        lines: lines(&summary.findings),
        error: (!sound).then(|| {
            let vault = crate::destinations::vault_of(destination);
            messages::damaged(&destination.name, &vault, &summary.findings)
        }),
        ..Ended::default()
    }
}

/// What the log says of findings: the errors first, as they come.
fn lines(findings: &[CheckFinding]) -> Vec<(LogLevel, String)> {
    let level = |found: &CheckFinding| {
        if found.is_error() { LogLevel::Error } else { LogLevel::Warning }
    };
    let named = findings.iter().take(NAMED);
    let mut lines: Vec<_> =
        named.map(|found| (level(found), messages::finding_line(found))).collect();
    if let Some(more) = findings.get(NAMED) {
        let count = (findings.len() - NAMED) as u64;
        lines.push((level(more), messages::more_findings(count)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Severity;
    use Depth::{Everything, Sample as Tenth, Structure};
    use model::random::SeededRandom;

    fn finding(severity: Severity, number: usize) -> CheckFinding {
        CheckFinding {
            severity,
            subject: "pack",
            id: None,
            problem: "missing",
            message: format!("pack {number}: It is missing."),
            snapshots: Vec::new(),
            files: 0,
            examples: Vec::new(),
        }
    }

    #[test]
    fn a_log_does_not_grow_without_end() {
        let findings: Vec<_> = (0..NAMED + 7).map(|it| finding(Severity::Error, it)).collect();
        let lines = lines(&findings);
        assert_eq!(lines.len(), NAMED + 1);
        assert_eq!(lines[NAMED].1, "And 7 more.");
        assert_eq!(super::lines(&findings[..NAMED]).len(), NAMED);
    }

    #[test]
    fn remarks_are_no_errors() {
        let lines = lines(&[finding(Severity::Error, 1), finding(Severity::Remark, 2)]);
        let levels: Vec<_> = lines.iter().map(|(level, _)| *level).collect();
        assert_eq!(levels, [LogLevel::Error, LogLevel::Warning]);
    }

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
        for damaged in [Structure, Tenth, Everything] {
            assert_eq!(left(&[(damaged, false)]), Some(0));
            assert_eq!(left(&[(damaged, true)]), None);
            for sound in [Structure, Tenth, Everything] {
                let after = left(&[(damaged, false), (sound, true)]);
                assert_eq!(after.is_none(), sound >= damaged, "{damaged:?} {sound:?}");
                assert_eq!(left(&[(sound, true), (damaged, false)]), Some(1));
            }
        }
        // Many that read less are not one that reads as much, and the newest
        // damage is what is shown.
        let less = [(Everything, false), (Tenth, true), (Structure, true)];
        assert_eq!(left(&less), Some(0));
        assert_eq!(left(&[(Everything, false), (Structure, false)]), Some(1));
        let smaller = [(Everything, false), (Structure, false), (Tenth, true)];
        assert_eq!(left(&smaller), Some(0));
    }
}
