//! What the owner chose for all runs.

use super::{Answer, At};
use app::{RunLimits, Topic};

/// How much runs may take.
#[specta::specta]
pub(super) async fn limits(desk: At) -> Answer<RunLimits> {
    desk.application().await?.limits().await
}

/// Chooses how much runs may take, those under way included.
#[specta::specta]
pub(super) async fn set_limits(desk: At, limits: RunLimits) -> Answer<RunLimits> {
    let application = desk.application().await?;
    desk.changing(&[Topic::Settings], application.set_limits(&limits)).await
}
