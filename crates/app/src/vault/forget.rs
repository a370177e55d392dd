//! Removing backups: by rules, or by name.

use super::{Outcome, Vault, list::short};
use crate::{Cancel, Result, messages::Act};
use serde::Serialize;
use std::collections::BTreeSet;
use vault::{
    forget::{ForgetOptions, ForgetPlan, Kept, Listed, plan_removal},
    format::Id,
};

/// Which backups are removed.
#[derive(Clone, Debug)]
pub enum ForgetRequest {
    /// What these rules do not keep.
    Rules(Box<ForgetOptions>),
    /// These: beginnings of their ids, or `latest`.
    Backups(Vec<String>),
}

/// What is going to be removed.
#[derive(Clone, Debug)]
pub struct PlannedForget(pub(super) ForgetPlan);

/// A backup, as a removal names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedBackup {
    /// Its id.
    pub id: String,
    /// The beginning of it, which is enough to name it.
    pub short_id: String,
    /// When it was made, RFC 3339.
    pub time: String,
    /// The machine.
    pub hostname: String,
    /// What was backed up.
    pub paths: Vec<String>,
    /// Its tags.
    pub tags: Vec<String>,
}

/// A backup that stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptBackup {
    /// Which.
    #[serde(flatten)]
    pub backup: NamedBackup,
    /// Why, in the words of restic.
    pub reasons: Vec<String>,
}

/// Backups that are decided about together, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ForgottenGroup {
    /// The machine, where they are grouped by it.
    pub host: Option<String>,
    /// The paths, where they are grouped by them.
    pub paths: Option<Vec<String>>,
    /// The tags, where they are grouped by them.
    pub tags: Option<Vec<String>>,
    /// What stays.
    pub keep: Vec<KeptBackup>,
    /// What goes.
    pub remove: Vec<NamedBackup>,
}

/// What was removed, or would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ForgetSummary {
    /// How it ended.
    pub outcome: Outcome,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// How many backups are kept, those left alone included.
    pub kept: usize,
    /// How many were removed.
    pub removed: usize,
    /// How many were left alone, because it was not about them.
    pub left_alone: usize,
    /// All that it was about.
    pub groups: Vec<ForgottenGroup>,
}

impl Vault {
    /// Decides which backups are removed. Changes nothing.
    ///
    /// # Errors
    /// When a backup is damaged or cannot be read, or one that is named is not
    /// there.
    pub async fn plan_forget(
        &self,
        request: &ForgetRequest,
        cancel: &Cancel,
    ) -> Result<PlannedForget> {
        let failed = self.failed(Act::Forget);
        let plan = match request {
            ForgetRequest::Rules(options) => {
                self.repository.plan_forget(options, cancel).await.map_err(failed)?
            }
            ForgetRequest::Backups(wanted) => {
                let mut named: BTreeSet<Id> = BTreeSet::new();
                for wanted in wanted {
                    let found = self.repository.find_snapshot(wanted, cancel).await;
                    named.insert(found.map_err(&failed)?.0);
                }
                let snapshots = self.repository.snapshots(cancel).await.map_err(failed)?;
                plan_removal(&snapshots, &named)
            }
        };
        Ok(PlannedForget(plan))
    }

    /// Removes what was decided.
    ///
    /// # Errors
    /// [`Code::NoRules`](crate::Code::NoRules) when nothing says what is kept,
    /// [`Code::PlanOutdated`](crate::Code::PlanOutdated) when the repository
    /// has changed meanwhile, or what keeps it from being changed.
    pub async fn forget(&self, planned: &PlannedForget, cancel: &Cancel) -> Result<ForgetSummary> {
        let removed = self.repository.forget(&planned.0, &self.host, cancel).await;
        removed.map_err(self.failed(Act::Forget))?;
        Ok(planned.done())
    }
}

impl PlannedForget {
    /// What was removed.
    pub(super) fn done(&self) -> ForgetSummary {
        ForgetSummary { dry_run: false, ..self.preview() }
    }

    /// What would be removed.
    #[must_use]
    pub fn preview(&self) -> ForgetSummary {
        let plan = &self.0;
        let removed = plan.removed().len();
        let groups = plan.groups.iter().map(|group| ForgottenGroup {
            host: group.key.host.clone(),
            paths: group.key.paths.clone(),
            tags: group.key.tags.clone(),
            keep: group.keep.iter().map(kept).collect(),
            remove: group.remove.iter().map(named).collect(),
        });
        ForgetSummary {
            outcome: Outcome::Succeeded,
            dry_run: true,
            kept: plan.seen().len() - removed,
            removed,
            left_alone: plan.others.len(),
            groups: groups.collect(),
        }
    }
}

fn kept(kept: &Kept) -> KeptBackup {
    let reasons = kept.reasons.iter().map(ToString::to_string).collect();
    KeptBackup { backup: named(&kept.snapshot), reasons }
}

fn named(listed: &Listed) -> NamedBackup {
    let id = listed.id.to_string();
    NamedBackup {
        short_id: short(&id),
        id,
        time: listed.time.to_string(),
        hostname: listed.hostname.clone(),
        paths: listed.paths.clone(),
        tags: listed.tags.clone(),
    }
}
