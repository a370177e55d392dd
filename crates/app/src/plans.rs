//! Plans: what is copied, and where to.

use crate::{
    Application, Result,
    destinations::moment,
    messages::{self, Act},
};
use model::{PlanId, TargetId, TargetKind};
use serde::Serialize;
use std::path::{Path, PathBuf};
use store::{Plan, Target};

/// The longest name and description, in characters.
const NAME: usize = 100;

/// A plan as it is asked for.
#[derive(Clone, Debug, Default)]
pub struct PlanRequest {
    /// What the owner calls it.
    pub name: String,
    /// More about it.
    pub description: String,
    /// Files and folders. They must be there.
    pub sources: Vec<PathBuf>,
    /// Patterns of what is left out.
    pub excludes: Vec<String>,
    /// Names or ids of destinations.
    pub destinations: Vec<String>,
}

/// A plan as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
    /// Patterns of what is left out.
    pub excludes: Vec<String>,
    /// The names of its destinations.
    pub destinations: Vec<String>,
    /// When it was made, RFC 3339.
    pub created_at: String,
}

impl Application {
    /// Makes a plan.
    ///
    /// # Errors
    /// When a name is taken, a source is not there, a pattern makes no sense,
    /// or there is no such destination.
    pub async fn add_plan(&self, request: PlanRequest) -> Result<PlanEntry> {
        let name = request.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > NAME {
            return Err(messages::bad_name(NAME));
        }
        if self.store.plans().by_name(&name).await.map_err(messages::store)?.is_some() {
            return Err(messages::name_taken(&name));
        }
        if request.sources.is_empty() || request.destinations.is_empty() {
            return Err(messages::plan_incomplete());
        }
        vault::backup::Excludes::new(&request.excludes)
            .map_err(|error| messages::vault(error, Act::Plan, Path::new("")))?;
        let mut sources = Vec::with_capacity(request.sources.len());
        for source in &request.sources {
            let source =
                tokio::fs::canonicalize(source).await.map_err(|_| messages::no_source(source))?;
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        let random = &*self.ambient.random;
        let mut targets: Vec<Target> = Vec::new();
        for wanted in &request.destinations {
            let destination = self.find_destination(wanted).await?.id;
            if targets.iter().all(|target| target.destination != destination) {
                let id = TargetId::new(random);
                targets.push(Target {
                    id,
                    destination,
                    kind: TargetKind::Encrypted,
                    schedule: None,
                    retention: None,
                });
            }
        }
        let now = self.ambient.clock.now();
        let plan = Plan {
            id: PlanId::new(random),
            name,
            description: request.description.trim().to_owned(),
            enabled: true,
            paused_until: None,
            time_zone: None,
            sources,
            excludes: request.excludes,
            targets,
            created_at: now,
            updated_at: now,
        };
        self.store.plans().save(&plan).await.map_err(messages::store)?;
        self.plan_entry(plan).await
    }

    /// All plans, by name.
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
        let known = self.store.destinations().list().await.map_err(messages::store)?;
        let name = |target: &Target| {
            let row = known.iter().find(|row| row.id == target.destination);
            row.map(|row| row.name.clone())
        };
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        Ok(PlanEntry {
            id: plan.id.to_string(),
            destinations: plan.targets.iter().filter_map(name).collect(),
            sources: plan.sources.iter().map(text).collect(),
            name: plan.name,
            description: plan.description,
            enabled: plan.enabled,
            excludes: plan.excludes,
            created_at: moment(plan.created_at),
        })
    }
}
