//! One process with the window and the tray, where systems want it so.

use super::{tray, window};
use crate::ipc::{self, Answering};
use agent::{At, HIDDEN, Icon, Shell, commands::Arguments};
use serde_json::value::RawValue;
use tauri::{AppHandle, Emitter as _, RunEvent, async_runtime};

/// Opens the window and the tray, and returns when the program ends.
pub(crate) fn run() -> tauri::Result<()> {
    let at = At::default();
    let desk = at.clone();
    let answering = move |command: String, arguments: Arguments| -> Answering {
        let desk = desk.clone();
        Box::pin(async move {
            let answer = desk.call(&command, arguments).await;
            answer
                .map(|answer| Box::<str>::from(answer).into())
                .map_err(|error| serde_json::to_value(error).unwrap_or_default())
        })
    };
    let serving = at.clone();
    tauri::Builder::default()
        // The one instance comes first: another one ends there.
        .plugin(tauri_plugin_single_instance::init(|program, arguments, _| {
            if !is_hidden(arguments) {
                window::show(program, None);
            }
        }))
        .invoke_handler(ipc::bindings(ipc::handler(answering)).invoke_handler())
        .setup(move |program| {
            let handle = program.handle().clone();
            // The window first: it is what a person waits for.
            if !is_hidden(std::env::args()) {
                window::show(&handle, None);
            }
            tray::make(&handle, &serving);
            async_runtime::spawn(async move { serving.serve(Box::new(Toolkit(handle))).await });
            Ok(())
        })
        .build(tauri::generate_context!())?
        .run(move |program, event| on_event(&at, program, event));
    Ok(())
}

fn is_hidden(arguments: impl IntoIterator<Item = String>) -> bool {
    arguments.into_iter().skip(1).any(|argument| argument == HIDDEN)
}

/// Closing the window leaves the program in the tray.
#[cfg_attr(not(target_os = "macos"), expect(unused_variables, reason = "the Dock's event asks"))]
fn on_event(at: &At, program: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        RunEvent::WindowEvent { event: tauri::WindowEvent::Destroyed, .. } => {
            let at = at.clone();
            async_runtime::spawn(async move { at.window_closed().await });
        }
        // macOS: the program was chosen in the Dock.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::show(program, None),
        _ => {}
    }
}

struct Toolkit(AppHandle);

impl Shell for Toolkit {
    fn tell(&self, event: &'static str, payload: Box<RawValue>) {
        // Without a window nobody listens.
        let _ = self.0.emit(event, payload);
    }

    fn show(&self, to: Option<&str>) {
        let (program, to) = (self.0.clone(), to.map(str::to_owned));
        let _ = self.0.run_on_main_thread(move || window::show(&program, to.as_deref()));
    }

    fn draw(&self, icon: Icon) {
        let program = self.0.clone();
        // What cannot be drawn stays as it was; the window says the same.
        let _ = self.0.run_on_main_thread(move || {
            let _ = tray::draw(&program, icon);
        });
    }

    fn end(&self) {
        self.0.exit(0);
    }
}
