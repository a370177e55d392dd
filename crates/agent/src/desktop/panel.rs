//! Whether anybody shows a tray.

/// Whether there is a tray that shows Keepstead.
#[cfg(target_os = "linux")]
pub async fn has_tray() -> bool {
    has_host().await.unwrap_or(false)
}

/// Asks the session for whoever shows status icons.
#[cfg(target_os = "linux")]
async fn has_host() -> zbus::Result<bool> {
    let bus = zbus::Connection::session().await?;
    let watcher = zbus::Proxy::new(
        &bus,
        "org.kde.StatusNotifierWatcher",
        "/StatusNotifierWatcher",
        "org.kde.StatusNotifierWatcher",
    )
    .await?;
    watcher.get_property("IsStatusNotifierHostRegistered").await
}

/// Whether there is a tray that shows Keepstead.
#[cfg(not(target_os = "linux"))]
pub async fn has_tray() -> bool {
    true
}
