//! The tables of a plan's parts: `plan_source`, `plan_exclude`, `plan_target`.

use super::{Plan, Target};
use crate::{
    Error, Result,
    db::Work,
    platform,
    row::{Row, Table, Value},
};
use model::PlanId;
use std::{collections::HashMap, path::PathBuf};

const SOURCE: Table = Table { name: "plan_source", key: &["plan_id", "position"] };
const EXCLUDE: Table = Table { name: "plan_exclude", key: &["plan_id", "position"] };
const TARGET: Table = Table { name: "plan_target", key: &["id"] };

/// The parts of plans, in their order.
pub(super) struct Parts {
    pub(super) sources: HashMap<PlanId, Vec<PathBuf>>,
    pub(super) excludes: HashMap<PlanId, Vec<String>>,
    pub(super) targets: HashMap<PlanId, Vec<Target>>,
}

impl Parts {
    /// The parts of one plan, or of all.
    pub(super) async fn read(work: &mut Work<'_>, only: Option<PlanId>) -> Result<Self> {
        let only = only.map(|id| id.to_string());
        let find = |sql| sqlx::query(sql).bind(only.clone());
        let sources = find(
            "SELECT * FROM plan_source WHERE ?1 IS NULL OR plan_id = ?1
             ORDER BY plan_id, position",
        );
        let excludes = find(
            "SELECT * FROM plan_exclude WHERE ?1 IS NULL OR plan_id = ?1
             ORDER BY plan_id, position",
        );
        let targets = find(
            "SELECT * FROM plan_target WHERE ?1 IS NULL OR plan_id = ?1
             ORDER BY plan_id, position",
        );
        Ok(Self {
            sources: by_plan(&work.rows(SOURCE, sources).await?, |row| row.get("path"))?,
            excludes: by_plan(&work.rows(EXCLUDE, excludes).await?, |row| row.get("pattern"))?,
            targets: by_plan(&work.rows(TARGET, targets).await?, target)?,
        })
    }
}

fn by_plan<T>(rows: &[Row], part: impl Fn(&Row) -> Result<T>) -> Result<HashMap<PlanId, Vec<T>>>
where
    PlanId: Value,
{
    let mut found: HashMap<PlanId, Vec<T>> = HashMap::new();
    for row in rows {
        found.entry(row.get("plan_id")?).or_default().push(part(row)?);
    }
    Ok(found)
}

fn target(row: &Row) -> Result<Target> {
    Ok(Target {
        id: row.get("id")?,
        destination: row.get("destination_id")?,
        kind: row.get("kind")?,
        schedule: row.get("schedule")?,
        retention: row.get("retention")?,
    })
}

/// Replaces the parts of a plan; targets that stay keep their row, so that
/// their runs still refer to it.
pub(super) async fn save(work: &mut Work<'_>, plan: &Plan) -> Result<()> {
    let id = plan.id.to_string();
    work.change(sqlx::query("DELETE FROM plan_source WHERE plan_id = ?").bind(&id)).await?;
    work.change(sqlx::query("DELETE FROM plan_exclude WHERE plan_id = ?").bind(&id)).await?;
    for (position, path) in (0i64..).zip(&plan.sources) {
        let insert =
            sqlx::query("INSERT INTO plan_source (plan_id, position, path) VALUES (?, ?, ?)");
        let path = platform::path_to_bytes(path)?;
        work.change(insert.bind(&id).bind(position).bind(path)).await?;
    }
    for (position, pattern) in (0i64..).zip(&plan.excludes) {
        let insert =
            sqlx::query("INSERT INTO plan_exclude (plan_id, position, pattern) VALUES (?, ?, ?)");
        work.change(insert.bind(&id).bind(position).bind(pattern)).await?;
    }
    save_targets(work, &id, &plan.targets).await
}

async fn save_targets(work: &mut Work<'_>, plan: &str, targets: &[Target]) -> Result<()> {
    let kept: Vec<_> = targets.iter().map(|target| target.id.to_string()).collect();
    let kept = crate::db::json_list(&kept);
    let delete = sqlx::query(
        "DELETE FROM plan_target
         WHERE plan_id = ? AND id NOT IN (SELECT value FROM json_each(?))",
    );
    work.change(delete.bind(plan).bind(kept)).await?;
    for (position, target) in (0i64..).zip(targets) {
        let save = sqlx::query(
            "INSERT INTO plan_target (id, plan_id, destination_id, kind, position, schedule,
                 retention)
             VALUES (?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET destination_id = excluded.destination_id,
                 kind = excluded.kind, position = excluded.position,
                 schedule = excluded.schedule, retention = excluded.retention
             WHERE plan_id = excluded.plan_id",
        );
        let save = save
            .bind(target.id.to_string())
            .bind(plan)
            .bind(target.destination.to_string())
            .bind(target.kind.as_str())
            .bind(position)
            .bind(&target.schedule)
            .bind(&target.retention);
        if work.change(save).await? == 0 {
            return Err(Error::Refused { rule: "a target belongs to one plan".to_owned() });
        }
    }
    Ok(())
}
