//! Plans: what is copied, and where to.

mod days;

pub use days::PlanDay;

use crate::{
    Application, Installation, Result, State,
    destinations::{Reach, moment},
    messages::{self, Act},
    vault::PathText,
};
use model::{PlanId, RunKind, RunStatus, TargetId, TargetKind};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use store::{Plan, RunFilter, Target};

/// The longest name and description, in characters.
const NAME: usize = 100;

/// A plan as it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct PlanDraft {
    /// What the owner calls it.
    pub name: String,
    /// More about it.
    pub description: String,
    /// Files and folders. New ones must be there.
    pub sources: Vec<PathText>,
    /// Patterns of what is left out.
    pub excludes: Vec<String>,
    /// Names or ids of destinations.
    pub destinations: Vec<String>,
}

/// One destination of a plan as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct PlanTarget {
    /// The id of the destination.
    pub destination: String,
    /// What the owner calls it.
    pub destination_name: String,
    /// Whether it can be used now.
    pub reach: Reach,
    /// When the plan's newest copy there was made, RFC 3339.
    pub last_copy_at: Option<String>,
}

/// A plan as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct PlanEntry {
    /// Its id.
    pub id: String,
    /// What the owner calls it.
    pub name: String,
    /// More about it.
    pub description: String,
    /// Whether it counts; a paused one does not.
    pub enabled: bool,
    /// Files and folders.
    pub sources: Vec<String>,
    /// The same, to be handed back.
    pub source_paths: Vec<PathText>,
    /// Patterns of what is left out.
    pub excludes: Vec<String>,
    /// The names of its destinations.
    pub destinations: Vec<String>,
    /// Its destinations.
    pub targets: Vec<PlanTarget>,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// What it amounts to by itself.
    pub state: State,
    /// The same in a word or two.
    pub word: String,
    /// The same in a short line.
    pub line: String,
    /// When its newest copy was made, RFC 3339.
    pub newest_copy_at: Option<String>,
    /// Its last backup that ended.
    pub last_run: Option<String>,
    /// How that ended.
    pub last_status: Option<RunStatus>,
    /// Its last 90 days, today last.
    pub days: Vec<PlanDay>,
}

impl Application {
    /// Makes a plan, or changes the one with this name or id.
    ///
    /// # Errors
    /// When a name is taken, a new source is not there, a pattern makes no
    /// sense, or there is no such plan or destination.
    pub async fn save_plan(&self, id: Option<&str>, draft: &PlanDraft) -> Result<PlanEntry> {
        let before = match id {
            Some(id) => Some(self.find_plan(id).await?),
            None => None,
        };
        let name = name(draft)?;
        let same = self.store.plans().by_name(&name).await.map_err(messages::store)?;
        if same.is_some_and(|same| before.as_ref().is_none_or(|before| before.id != same.id)) {
            return Err(messages::name_taken(&name));
        }
        let plan = Plan {
            name,
            description: draft.description.trim().to_owned(),
            sources: sources(draft, before.as_ref()).await?,
            excludes: excludes(&draft.excludes)?,
            targets: self.targets(draft, before.as_ref()).await?,
            updated_at: self.ambient.clock.now(),
            ..before.unwrap_or_else(|| self.blank_plan())
        };
        if plan.sources.is_empty() || plan.targets.is_empty() {
            return Err(messages::plan_incomplete());
        }
        self.store.plans().save(&plan).await.map_err(messages::store)?;
        self.plan_entry(plan).await
    }

    fn blank_plan(&self) -> Plan {
        let now = self.ambient.clock.now();
        Plan {
            id: PlanId::new(&*self.ambient.random),
            name: String::new(),
            description: String::new(),
            enabled: true,
            paused_until: None,
            time_zone: None,
            sources: Vec::new(),
            excludes: Vec::new(),
            targets: Vec::new(),
            created_at: now,
            updated_at: now,
        }
    }

    /// The destinations of a draft. One that the plan had stays the same
    /// target, so that its history stays with it.
    async fn targets(&self, draft: &PlanDraft, before: Option<&Plan>) -> Result<Vec<Target>> {
        let mut targets: Vec<Target> = Vec::new();
        for wanted in &draft.destinations {
            let destination = self.find_destination(wanted).await?.id;
            if targets.iter().any(|target| target.destination == destination) {
                continue;
            }
            let had = before.into_iter().flat_map(|plan| &plan.targets);
            let had = had.clone().find(|target| target.destination == destination);
            targets.push(had.cloned().unwrap_or_else(|| Target {
                id: TargetId::new(&*self.ambient.random),
                destination,
                kind: TargetKind::Encrypted,
                schedule: None,
                retention: None,
            }));
        }
        Ok(targets)
    }
}

/// Whether a plan could be made of this draft, but for its destinations.
pub(crate) async fn check(draft: &PlanDraft) -> Result<()> {
    name(draft)?;
    excludes(&draft.excludes)?;
    if sources(draft, None).await?.is_empty() {
        return Err(messages::plan_incomplete());
    }
    Ok(())
}

fn name(draft: &PlanDraft) -> Result<String> {
    let name = draft.name.trim();
    if name.is_empty() || name.chars().count() > NAME {
        return Err(messages::bad_name(NAME));
    }
    Ok(name.to_owned())
}

/// The sources of a draft, canonical. One that the plan had may be away.
async fn sources(draft: &PlanDraft, before: Option<&Plan>) -> Result<Vec<PathBuf>> {
    let mut sources = Vec::with_capacity(draft.sources.len());
    for source in &draft.sources {
        let asked = PathBuf::from(source.clone());
        let had = before.is_some_and(|plan| plan.sources.contains(&asked));
        let source = match tokio::fs::canonicalize(&asked).await {
            Ok(source) => source,
            Err(_) if had => asked,
            Err(_) => return Err(messages::no_source(&asked)),
        };
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    Ok(sources)
}

/// The patterns of a draft, once each.
fn excludes(patterns: &[String]) -> Result<Vec<String>> {
    let mut excludes: Vec<String> = Vec::with_capacity(patterns.len());
    for pattern in patterns.iter().map(|pattern| pattern.trim()) {
        if !pattern.is_empty() && excludes.iter().all(|other| other != pattern) {
            excludes.push(pattern.to_owned());
        }
    }
    vault::backup::Excludes::new(&excludes)
        .map_err(|error| messages::vault(error, Act::Plan, Path::new("")))?;
    Ok(excludes)
}

impl Installation {
    /// All plans, by age.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn plans(&self) -> Result<Vec<PlanEntry>> {
        let mut entries = Vec::new();
        for plan in self.store.plans().list().await.map_err(messages::store)? {
            entries.push(self.plan_entry(plan).await?);
        }
        Ok(entries)
    }

    /// The plan of this name or id.
    ///
    /// # Errors
    /// [`Code::NoSuchPlan`](crate::Code::NoSuchPlan).
    pub async fn plan(&self, wanted: &str) -> Result<PlanEntry> {
        let plan = self.find_plan(wanted).await?;
        self.plan_entry(plan).await
    }

    /// Pauses a plan, or takes it up again.
    ///
    /// # Errors
    /// [`Code::NoSuchPlan`](crate::Code::NoSuchPlan).
    pub async fn enable_plan(&self, wanted: &str, enabled: bool) -> Result<PlanEntry> {
        let mut plan = self.find_plan(wanted).await?;
        let now = self.ambient.clock.now();
        self.store.plans().set_enabled(plan.id, enabled, now).await.map_err(messages::store)?;
        plan.enabled = enabled;
        self.plan_entry(plan).await
    }

    /// Forgets a plan. Its backups stay where they are.
    ///
    /// # Errors
    /// [`Code::NoSuchPlan`](crate::Code::NoSuchPlan).
    pub async fn remove_plan(&self, wanted: &str) -> Result<PlanEntry> {
        let plan = self.find_plan(wanted).await?;
        let entry = self.plan_entry(plan.clone()).await?;
        self.store.plans().delete(plan.id).await.map_err(messages::store)?;
        Ok(entry)
    }

    pub(crate) async fn find_plan(&self, wanted: &str) -> Result<Plan> {
        let plans = self.store.plans().list().await.map_err(messages::store)?;
        plans
            .into_iter()
            .find(|plan| plan.name == wanted || plan.id.to_string() == wanted)
            .ok_or_else(|| messages::no_plan(wanted))
    }

    async fn plan_entry(&self, plan: Plan) -> Result<PlanEntry> {
        let latest = self.store.runs().latest_per_target(RunKind::Backup).await;
        let latest = latest.map_err(messages::store)?;
        let verdict = self.plan_verdict(&plan, &latest).await?;
        let known = self.store.destinations().list().await.map_err(messages::store)?;
        let mut targets = Vec::with_capacity(plan.targets.len());
        for target in &plan.targets {
            let Some(row) = known.iter().find(|row| row.id == target.destination) else { continue };
            let good = latest.get(&target.id).and_then(|runs| runs.last_good.as_ref());
            targets.push(PlanTarget {
                destination: row.id.to_string(),
                destination_name: row.name.clone(),
                reach: self.reach(row),
                last_copy_at: good.map(|run| moment(run.ended_at.unwrap_or(run.queued_at))),
            });
        }
        let ended = RunFilter {
            plan: Some(plan.id),
            kinds: vec![RunKind::Backup],
            statuses: RunStatus::ALL.iter().copied().filter(|status| status.is_over()).collect(),
            limit: 1,
            ..RunFilter::default()
        };
        let last = self.store.runs().list(&ended).await.map_err(messages::store)?.pop();
        Ok(PlanEntry {
            id: plan.id.to_string(),
            destinations: targets.iter().map(|target| target.destination_name.clone()).collect(),
            targets,
            sources: plan.sources.iter().map(|path| path.to_string_lossy().into_owned()).collect(),
            source_paths: plan.sources.iter().map(|path| PathText::new(path)).collect(),
            name: plan.name,
            description: plan.description,
            enabled: plan.enabled,
            excludes: plan.excludes,
            created_at: moment(plan.created_at),
            state: verdict.state,
            word: verdict.word,
            line: verdict.line,
            newest_copy_at: verdict.newest.map(moment),
            last_run: last.as_ref().map(|run| run.id.to_string()),
            last_status: last.map(|run| run.status),
            days: self.days(plan.id).await?,
        })
    }
}
