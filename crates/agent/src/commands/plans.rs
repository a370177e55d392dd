//! What is copied, and where to.

use super::{Answer, At};
use app::{PlanDraft, PlanEntry, Topic};

const CHANGED: &[Topic] = &[Topic::Plans, Topic::Destinations, Topic::Verdict];

/// All plans.
#[specta::specta]
pub(super) async fn plans(desk: At) -> Answer<Vec<PlanEntry>> {
    desk.application().await?.plans().await
}

/// One plan.
#[specta::specta]
pub(super) async fn plan(desk: At, id: String) -> Answer<PlanEntry> {
    desk.application().await?.plan(&id).await
}

/// Makes a plan, or changes the one with this id.
#[specta::specta]
pub(super) async fn save_plan(desk: At, id: Option<String>, draft: PlanDraft) -> Answer<PlanEntry> {
    let application = desk.application().await?;
    desk.changing(CHANGED, application.save_plan(id.as_deref(), &draft)).await
}

/// Pauses a plan, or takes it up again.
#[specta::specta]
pub(super) async fn enable_plan(desk: At, id: String, enabled: bool) -> Answer<PlanEntry> {
    let application = desk.application().await?;
    desk.changing(CHANGED, application.enable_plan(&id, enabled)).await
}

/// Forgets a plan; its backups stay.
#[specta::specta]
pub(super) async fn remove_plan(desk: At, id: String) -> Answer<PlanEntry> {
    let application = desk.application().await?;
    desk.changing(CHANGED, application.remove_plan(&id)).await
}
