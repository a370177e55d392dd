//! Whether everything that the backups need is there and sound.

use super::{CheckFinding, CheckSummary, Severity, Vault};
use crate::{
    Cancel, Result,
    messages::{self, Act},
};
use std::sync::Arc;
use vault::{CheckOptions, Finding, Progress, Reading, Subject};

impl Vault {
    /// Checks the repository and changes nothing in it. What is read of its
    /// packs is remembered in the folder that the options name.
    ///
    /// # Errors
    /// When the check itself could not be completed; what is wrong with the
    /// repository is in the summary.
    pub async fn check(
        &self,
        options: &CheckOptions,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<CheckSummary> {
        let started = self.ambient.clock.now();
        let report = self
            .locked_if_possible(cancel, |cancel| async move {
                self.repository.check(options.clone(), progress, &cancel).await
            })
            .await
            .map_err(self.failed(Act::Check))?;
        let findings: Vec<_> = report.findings.iter().map(finding).collect();
        let count = |wanted| findings.iter().filter(|found| found.severity == wanted).count();
        Ok(CheckSummary {
            errors: count(Severity::Error),
            remarks: count(Severity::Remark),
            read_data: options.reading == Reading::All,
            sampled: matches!(options.reading, Reading::Sample(_)),
            backups: report.snapshots,
            trees: report.trees,
            packs: report.packs,
            blobs: report.blobs,
            bytes: report.bytes,
            packs_read: report.packs_read,
            bytes_read: report.bytes_read,
            packs_reused: report.packs_reused,
            bytes_reused: report.bytes_reused,
            oldest_reused: report.oldest_reused.map(|time| time.to_string()),
            duration_seconds: self.seconds_since(started),
            findings,
        })
    }
}

impl CheckSummary {
    /// Goes on only when the check found no errors.
    ///
    /// # Errors
    /// [`Code::Damaged`](crate::Code::Damaged).
    pub fn is_sound(&self) -> Result<()> {
        if self.errors == 0 { Ok(()) } else { Err(messages::unsound(&self.findings)) }
    }
}

fn finding(found: &Finding) -> CheckFinding {
    let (subject, id) = subject(&found.subject);
    let (problem, message) = messages::problem(&found.problem);
    CheckFinding {
        severity: match found.severity {
            vault::Severity::Error => Severity::Error,
            vault::Severity::Remark => Severity::Remark,
        },
        subject,
        id,
        problem,
        message: format!("{}: {message}", found.subject),
        snapshots: found.effect.snapshots.iter().map(ToString::to_string).collect(),
        files: found.effect.files,
        examples: found.effect.examples.clone(),
    }
}

fn subject(subject: &Subject) -> (&'static str, Option<String>) {
    let named = |word, id: &vault::format::Id| (word, Some(id.to_string()));
    match subject {
        Subject::Config => ("config", None),
        Subject::Key(id) => named("key", id),
        Subject::Lock(id) => named("lock", id),
        Subject::Snapshot(id) => named("snapshot", id),
        Subject::Index(id) => named("index", id),
        Subject::Pack(id) => named("pack", id),
        Subject::Tree(id) => named("tree", id),
        Subject::Blob(id) => named("blob", id),
        Subject::MoreBlobs(_) => ("more_blobs", None),
    }
}
