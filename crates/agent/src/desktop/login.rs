//! Starting with the session, in the tray.

use crate::desk::HIDDEN;
use app::{Error, Result};
use auto_launch::{AutoLaunch, AutoLaunchBuilder};

fn entry() -> Option<AutoLaunch> {
    let program = std::env::current_exe().ok()?;
    let mut entry = AutoLaunchBuilder::new();
    entry.set_app_name(app::shell_words().product).set_app_path(program.to_str()?);
    entry.set_args(&[HIDDEN]).build().ok()
}

/// Whether it starts with the session, where that can be told.
pub(crate) fn starts_at_login() -> Option<bool> {
    entry()?.is_enabled().ok()
}

/// Starts it with the session, or no longer, and looks whether that is so.
pub(crate) fn start_at_login(on: bool) -> Result<()> {
    let entry = entry().ok_or_else(Error::desktop_refuses)?;
    // What is off already cannot be turned off once more.
    let _ = if on { entry.enable() } else { entry.disable() };
    match starts_at_login() {
        Some(now) if now == on => Ok(()),
        _ => Err(Error::desktop_refuses()),
    }
}
