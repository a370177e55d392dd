//! The window. It is made when it is wanted and destroyed when it is closed:
//! a hidden web view would cost as much memory as an open one.

use agent::Go;
use tauri::{AppHandle, Emitter as _, Manager as _, WebviewUrl, WebviewWindowBuilder};

const LABEL: &str = "main";

/// Brings the window up, at a screen where one is named.
pub(super) fn show(program: &AppHandle, to: Option<&str>) {
    if let Some(window) = program.get_webview_window(LABEL) {
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
        if let Some(to) = to {
            let _ = program.emit("go", Go { to: to.to_owned() });
        }
        return;
    }
    let Some(mut config) = program.config().app.windows.first().cloned() else { return };
    if let Some(to) = to {
        config.url = WebviewUrl::App(format!("index.html#{to}").into());
    }
    // Without a window the tray still works.
    let _ =
        WebviewWindowBuilder::from_config(program, &config).and_then(WebviewWindowBuilder::build);
}
