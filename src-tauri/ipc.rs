//! The commands and events of the window, passed on to what answers them.

use agent::commands::{self, Arguments};
use std::pin::Pin;
use tauri::{
    Wry, async_runtime,
    ipc::{Invoke, InvokeBody, InvokeError, InvokeResponseBody},
};
use tauri_specta::{Builder, Commands};

/// What a command answers, both as JSON.
pub(crate) type Answer = Result<String, serde_json::Value>;
/// The answer, once it is there.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// What cannot even be asked, as the window knows failures.
pub(crate) fn fault() -> serde_json::Value {
    serde_json::to_value(app::Error::fault()).unwrap_or_default()
}

/// Hands what the window calls to `answer`. What the window may call at all is
/// settled before, by its capabilities.
pub(crate) fn handler(
    answer: impl Fn(String, Arguments) -> Answering + Send + Sync + 'static,
) -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    move |invoke| {
        let Invoke { message, resolver, .. } = invoke;
        let answering = match message.payload() {
            InvokeBody::Json(serde_json::Value::Object(arguments)) => {
                answer(message.command().to_owned(), arguments.clone())
            }
            _ => Box::pin(std::future::ready(Err(fault()))),
        };
        async_runtime::spawn(async move {
            let answer = answering.await.map(InvokeResponseBody::Json).map_err(InvokeError);
            resolver.respond(answer);
        });
        true
    }
}

/// The commands and events with their types, from which the window's typed
/// bindings are generated.
pub(crate) fn bindings(handler: impl Fn(Invoke) -> bool + Send + Sync + 'static) -> Builder<Wry> {
    // The macro that is meant for this wants each command to be a function of
    // the toolkit. The version of the library is fixed exactly.
    let commands: Commands<Wry> =
        tauri_specta::internal::command(handler, commands::functions, &[]);
    Builder::new()
        .commands(commands)
        .typ::<app::BackupProgress>()
        .typ::<app::BackupStatus>()
        .typ::<app::QueueStats>()
        .typ::<app::Changed>()
        .typ::<agent::Go>()
}

#[cfg(test)]
mod tests {
    use specta_typescript::Typescript;
    use std::{collections::BTreeSet, path::Path};

    fn text(path: &Path) -> String {
        std::fs::read_to_string(path).expect("it is readable")
    }

    /// Run with `KEEPSTEAD_WRITE_BINDINGS=1` after changing a command.
    #[test]
    fn committed_bindings_are_those_of_the_commands() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/ipc/bindings.ts");
        let folder = tempfile::tempdir().expect("a folder for the generated bindings");
        let generated = folder.path().join("bindings.ts");
        // Sizes and counts stay below 2⁵³: nine petabytes.
        let ipc = super::bindings(|_| false);
        let ipc = ipc.dangerously_cast_bigints_to_number().disable_serde_phases();
        ipc.export(Typescript::default(), &generated).expect("bindings are generated");
        if std::env::var_os("KEEPSTEAD_WRITE_BINDINGS").is_some() {
            std::fs::copy(&generated, &committed).expect("bindings are written");
        }
        assert_eq!(
            text(&generated),
            text(&committed),
            "commands changed: write ui/src/ipc/bindings.ts with KEEPSTEAD_WRITE_BINDINGS=1"
        );
    }

    /// The forms that are looked at in Chromium are those the program asks for.
    #[test]
    fn committed_kinds_are_those_of_the_program() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/tests/sample/kinds.json");
        let kinds = serde_json::to_string_pretty(&app::destination_kinds()).expect("JSON") + "\n";
        if std::env::var_os("KEEPSTEAD_WRITE_BINDINGS").is_some() {
            std::fs::write(&committed, &kinds).expect("the kinds are written");
        }
        assert_eq!(kinds, text(&committed), "write it with KEEPSTEAD_WRITE_BINDINGS=1");
    }

    #[test]
    fn the_window_may_call_every_command_and_nothing_else() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let capability = text(&root.join("src-tauri/capabilities/main.json"));
        let capability: serde_json::Value = serde_json::from_str(&capability).expect("JSON");
        let allowed: BTreeSet<String> = capability["permissions"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|permission| permission.as_str()?.strip_prefix("allow-").map(str::to_owned))
            .collect();
        let commands: BTreeSet<String> =
            agent::commands::NAMES.iter().map(|name| name.replace('_', "-")).collect();
        assert_eq!(allowed, commands);
    }
}
