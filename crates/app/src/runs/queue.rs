//! What should be done.

use super::{Depth, RestoreOrder, clean_up::CleanUpOrder, order::to_json, verify::VerifyOrder};
use crate::{Installation, Result, messages};
use model::{GroupId, RunId, RunKind, Trigger};
use store::NewRun;

impl Installation {
    /// Writes down that plans should be backed up: one run for each of their
    /// destinations. A run that waits or is under way already is not asked for
    /// twice; its id is returned.
    ///
    /// # Errors
    /// [`Code::NoSuchPlan`](crate::Code::NoSuchPlan), or when the database
    /// cannot be written.
    pub async fn queue_backups(&self, plans: &[String], trigger: Trigger) -> Result<Vec<String>> {
        let mut wanted = Vec::new();
        if plans.is_empty() {
            let all = self.store.plans().list().await.map_err(messages::store)?;
            wanted.extend(all.into_iter().filter(|plan| plan.enabled));
        }
        for plan in plans {
            wanted.push(self.find_plan(plan).await?);
        }
        if wanted.is_empty() {
            return Err(messages::nothing_to_run());
        }
        // A run that is under way by its row only must not stand in the way.
        self.close_dead().await?;
        let mut waiting = self.store.runs().pending().await.map_err(messages::store)?;
        waiting.extend(self.store.runs().unfinished().await.map_err(messages::store)?);
        let group = GroupId::new(&*self.ambient.random);
        let (mut ids, mut rows) = (Vec::new(), Vec::new());
        for plan in &wanted {
            for target in &plan.targets {
                if let Some(run) = waiting.iter().find(|run| run.target == Some(target.id)) {
                    ids.push(run.id.to_string());
                    continue;
                }
                let found = self.store.destinations().get(target.destination).await;
                let destination = found.map_err(messages::store)?;
                let name = destination.map_or_else(String::new, |row| row.name);
                let row = NewRun {
                    plan: Some(plan.id),
                    plan_name: plan.name.clone(),
                    target: Some(target.id),
                    destination: Some(target.destination),
                    destination_name: name,
                    ..self.new_run(RunKind::Backup, group, trigger)
                };
                ids.push(row.id.to_string());
                rows.push(row);
            }
        }
        self.store.runs().insert(&rows).await.map_err(messages::store)?;
        Ok(ids)
    }

    /// Writes down that something should be restored.
    ///
    /// # Errors
    /// When there is no such destination, or the database cannot be written.
    pub async fn queue_restore(&self, order: &RestoreOrder, trigger: Trigger) -> Result<String> {
        let destination = self.find_destination(&order.destination).await?;
        let plan = match &order.plan {
            Some(plan) => Some(self.find_plan(plan).await?),
            None => None,
        };
        let group = GroupId::new(&*self.ambient.random);
        let row = NewRun {
            plan: plan.as_ref().map(|plan| plan.id),
            plan_name: plan.map_or_else(String::new, |plan| plan.name),
            destination: Some(destination.id),
            destination_name: destination.name,
            request: Some(to_json(order)?),
            ..self.new_run(RunKind::Restore, group, trigger)
        };
        let id = row.id.to_string();
        self.store.runs().insert(&[row]).await.map_err(messages::store)?;
        Ok(id)
    }

    /// Writes down that a destination should be verified. When such a run waits
    /// or is under way, its id is returned.
    ///
    /// # Errors
    /// When there is no such destination, or the database cannot be written.
    pub async fn queue_verify(
        &self,
        destination: &str,
        depth: Depth,
        trigger: Trigger,
    ) -> Result<String> {
        let order = to_json(&VerifyOrder { depth })?;
        self.queue_once(RunKind::Verify, destination, order, trigger).await
    }

    /// Writes down that a destination should be cleaned up as the plan of this
    /// id says, and in no other way. When such a run waits or is under way, its
    /// id is returned.
    ///
    /// # Errors
    /// When there is no such destination, or the database cannot be written.
    pub async fn queue_clean_up(
        &self,
        destination: &str,
        plan: &str,
        trigger: Trigger,
    ) -> Result<String> {
        let order = to_json(&CleanUpOrder { plan: plan.to_owned() })?;
        self.queue_once(RunKind::Prune, destination, order, trigger).await
    }

    /// Queues what is about a destination and no plan, and is not done twice.
    async fn queue_once(
        &self,
        kind: RunKind,
        destination: &str,
        request: String,
        trigger: Trigger,
    ) -> Result<String> {
        let destination = self.find_destination(destination).await?;
        // A run that is under way by its row only must not stand in the way.
        self.close_dead().await?;
        let group = GroupId::new(&*self.ambient.random);
        let row = NewRun {
            destination: Some(destination.id),
            destination_name: destination.name,
            request: Some(request),
            ..self.new_run(kind, group, trigger)
        };
        let run = self.store.runs().insert_once(&row).await.map_err(messages::store)?;
        Ok(run.to_string())
    }

    pub(super) fn new_run(&self, kind: RunKind, group: GroupId, trigger: Trigger) -> NewRun {
        NewRun {
            id: RunId::new(&*self.ambient.random),
            kind,
            plan: None,
            plan_name: String::new(),
            target: None,
            destination: None,
            destination_name: String::new(),
            group,
            trigger,
            queued_at: self.ambient.clock.now(),
            request: None,
        }
    }

    /// Asks whoever does the work to stop a run.
    ///
    /// # Errors
    /// [`Code::NoSuchRun`](crate::Code::NoSuchRun).
    pub async fn cancel_run(&self, id: &str) -> Result<()> {
        let run = self.find_run(id).await?.id;
        self.store.runs().request_cancel(run).await.map_err(messages::store)?;
        Ok(())
    }
}
