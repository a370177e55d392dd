//! What the desktop tells although no window is open.

use app::{Error, Result};

/// Shows a notification as a failure would.
pub(crate) async fn test_notification() -> Result<()> {
    let words = app::shell_words();
    notify(words.product, words.test_notification).await
}

/// Shows a notification.
///
/// # Errors
/// When nobody shows it.
#[cfg(target_os = "linux")]
pub(crate) async fn notify(title: &str, text: &str) -> Result<()> {
    tell(title, text).await.map_err(|_| Error::desktop_refuses())
}

/// Some desktops close a notification when the connection ends over which it
/// came, so there is one that stays.
#[cfg(target_os = "linux")]
async fn tell(title: &str, text: &str) -> zbus::Result<()> {
    use std::collections::HashMap;
    use zbus::zvariant::Value;

    static BUS: tokio::sync::OnceCell<zbus::Connection> = tokio::sync::OnceCell::const_new();
    let bus = BUS.get_or_try_init(zbus::Connection::session).await?;
    let hints = HashMap::from([("desktop-entry", Value::from(super::identifier()))]);
    let (replaces, icon, actions, by_desktop) = (0_u32, "", Vec::<&str>::new(), -1_i32);
    let product = app::shell_words().product;
    bus.call_method(
        Some("org.freedesktop.Notifications"),
        "/org/freedesktop/Notifications",
        Some("org.freedesktop.Notifications"),
        "Notify",
        &(product, replaces, icon, title, text, actions, hints, by_desktop),
    )
    .await?;
    Ok(())
}

/// Shows a notification.
///
/// # Errors
/// When nobody shows it.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn notify(title: &str, text: &str) -> Result<()> {
    let mut notification = notify_rust::Notification::new();
    notification.summary(title).body(text);
    #[cfg(windows)]
    notification.app_id(super::identifier());
    let show = move || notification.show().map(drop);
    let shown = tokio::task::spawn_blocking(show).await;
    shown.ok().and_then(std::result::Result::ok).ok_or_else(Error::desktop_refuses)
}
