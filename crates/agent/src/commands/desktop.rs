//! What the desktop does for Keepstead.

use super::{Answer, At};
use crate::desktop;
use app::PathText;
use serde::Serialize;
use specta::Type;
use std::path::PathBuf;

/// What the desktop does for Keepstead.
#[derive(Debug, Clone, Serialize, Type)]
pub(super) struct Desktop {
    /// Whether it starts with the session; `null` where that cannot be told.
    pub(super) start_at_login: Option<bool>,
    /// Whether failures are told.
    pub(super) notifications: bool,
    /// Whether there is a tray that shows Keepstead.
    pub(super) tray: bool,
}

async fn now(desk: &At) -> Answer<Desktop> {
    Ok(Desktop {
        start_at_login: desktop::starts_at_login(),
        notifications: desk.application().await?.notifications().await?,
        tray: desktop::has_tray().await,
    })
}

/// What the desktop does now.
#[specta::specta]
pub(super) async fn desktop(desk: At) -> Answer<Desktop> {
    now(&desk).await
}

/// Starts Keepstead with the session, in the tray, or no longer.
#[specta::specta]
pub(super) async fn set_start_at_login(desk: At, on: bool) -> Answer<Desktop> {
    desktop::start_at_login(on)?;
    now(&desk).await
}

/// Tells of failures, or no longer.
#[specta::specta]
pub(super) async fn set_notifications(desk: At, on: bool) -> Answer<Desktop> {
    desk.application().await?.set_notifications(on).await?;
    now(&desk).await
}

/// Shows a notification as a failure would.
#[specta::specta]
pub(super) async fn send_test_notification(_desk: At) -> Answer<()> {
    desktop::test_notification().await
}

/// Shows a folder in the desktop's file manager.
#[specta::specta]
pub(super) async fn show_folder(_desk: At, path: PathText) -> Answer<()> {
    desktop::open_folder(&PathBuf::from(path))
}

/// Ends Keepstead: at once, or when nothing is under way any more.
#[specta::specta]
pub(super) async fn quit(desk: At, finish: bool) -> Answer<()> {
    desk.quit(finish).await;
    Ok(())
}
