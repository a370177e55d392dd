//! Plans: what is backed up, where to, when, and how long it is kept.

mod parts;

use crate::{
    Result,
    db::{Db, Work, millis},
    row::{Row, Table},
};
use jiff::Timestamp;
use model::{DestinationId, PlanId, TargetId, TargetKind};
use parts::Parts;
use std::path::PathBuf;

const TABLE: Table = Table { name: "plan", key: &["id"] };

/// A plan with everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// What people call it; no two have the same name.
    pub name: String,
    /// What else people wrote about it.
    pub description: String,
    /// Whether it runs by itself.
    pub enabled: bool,
    /// Until when it waits, if it was paused.
    pub paused_until: Option<Timestamp>,
    /// The time zone of its schedules, by its IANA name; `None` is the machine's.
    pub time_zone: Option<String>,
    /// What is backed up.
    pub sources: Vec<PathBuf>,
    /// Patterns of what is left out.
    pub excludes: Vec<String>,
    /// Where it goes.
    pub targets: Vec<Target>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last saved.
    pub updated_at: Timestamp,
}

/// One destination of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its id, which stays the same as long as it is part of the plan.
    pub id: TargetId,
    /// Where to.
    pub destination: DestinationId,
    /// How the backups look there.
    pub kind: TargetKind,
    /// When, as JSON that is not understood here.
    pub schedule: Option<String>,
    /// How long they are kept, as JSON that is not understood here.
    pub retention: Option<String>,
}

/// The plans.
#[derive(Clone, Copy)]
pub struct Plans<'a>(pub(crate) &'a Db);

impl Plans<'_> {
    /// Saves a plan as a whole: a new one, or instead of what it was. The time
    /// at which it was made stays. Runs of targets that are gone stay as well,
    /// without a target.
    ///
    /// # Errors
    /// [`Error::Taken`](crate::Error::Taken) when another plan has the name, or
    /// two targets have the same destination and kind;
    /// [`Error::Reference`](crate::Error::Reference) when a destination is not
    /// there; [`Error::Refused`](crate::Error::Refused) when a target belongs
    /// to another plan; otherwise when the database fails. Nothing was changed
    /// then.
    pub async fn save(&self, plan: &Plan) -> Result<()> {
        let mut work = self.0.writing().await?;
        let save = sqlx::query(
            "INSERT INTO plan (id, name, description, enabled, paused_until, time_zone,
                 created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name,
                 description = excluded.description, enabled = excluded.enabled,
                 paused_until = excluded.paused_until, time_zone = excluded.time_zone,
                 updated_at = excluded.updated_at",
        );
        let save = save
            .bind(plan.id.to_string())
            .bind(&plan.name)
            .bind(&plan.description)
            .bind(plan.enabled)
            .bind(plan.paused_until.map(millis))
            .bind(&plan.time_zone)
            .bind(millis(plan.created_at))
            .bind(millis(plan.updated_at));
        work.change(save).await?;
        parts::save(&mut work, plan).await?;
        work.commit().await
    }

    /// One plan.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn get(&self, id: PlanId) -> Result<Option<Plan>> {
        let mut work = self.0.reading().await?;
        let find = sqlx::query("SELECT * FROM plan WHERE id = ?").bind(id.to_string());
        match work.row(TABLE, find).await? {
            Some(row) => Ok(plans(&mut work, &[row], Some(id)).await?.pop()),
            None => Ok(None),
        }
    }

    /// The plan of that name.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn by_name(&self, name: &str) -> Result<Option<Plan>> {
        let mut work = self.0.reading().await?;
        let find = sqlx::query("SELECT * FROM plan WHERE name = ?").bind(name);
        let Some(row) = work.row(TABLE, find).await? else { return Ok(None) };
        let id = row.get("id")?;
        Ok(plans(&mut work, &[row], Some(id)).await?.pop())
    }

    /// All plans, in the order in which they were made.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn list(&self) -> Result<Vec<Plan>> {
        let mut work = self.0.reading().await?;
        let find = sqlx::query("SELECT * FROM plan ORDER BY created_at, id");
        let rows = work.rows(TABLE, find).await?;
        plans(&mut work, &rows, None).await
    }

    /// Deletes a plan, and says whether it was there. Its runs stay and keep
    /// its name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&self, id: PlanId) -> Result<bool> {
        let delete = sqlx::query("DELETE FROM plan WHERE id = ?").bind(id.to_string());
        Ok(self.0.change(delete).await? > 0)
    }

    /// Lets a plan run by itself, or not, and says whether it was there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_enabled(&self, id: PlanId, enabled: bool, at: Timestamp) -> Result<bool> {
        let set = sqlx::query("UPDATE plan SET enabled = ?, updated_at = ? WHERE id = ?");
        Ok(self.0.change(set.bind(enabled).bind(millis(at)).bind(id.to_string())).await? > 0)
    }
}

/// Plans from their rows, with their parts: those of `only` one, or all.
async fn plans(work: &mut Work<'_>, rows: &[Row], only: Option<PlanId>) -> Result<Vec<Plan>> {
    let mut parts = Parts::read(work, only).await?;
    let plan = |row: &Row| {
        let id = row.get("id")?;
        Ok(Plan {
            id,
            name: row.get("name")?,
            description: row.get("description")?,
            enabled: row.get("enabled")?,
            paused_until: row.get("paused_until")?,
            time_zone: row.get("time_zone")?,
            sources: parts.sources.remove(&id).unwrap_or_default(),
            excludes: parts.excludes.remove(&id).unwrap_or_default(),
            targets: parts.targets.remove(&id).unwrap_or_default(),
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    };
    rows.iter().map(plan).collect()
}
