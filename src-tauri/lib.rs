//! The desktop shell: the window and the commands it may call.
//!
//! Wiring only. What a command does belongs into the crates that build without
//! the window toolkit; this is the one crate that names `tauri`.

pub mod commands;

use tauri_specta::{Builder, collect_commands};

/// The commands of the window, from which its typed bindings are generated.
fn ipc() -> Builder<tauri::Wry> {
    Builder::new().commands(collect_commands![commands::about::about])
}

/// Opens the window and returns when the last one is closed.
///
/// # Errors
///
/// When the window toolkit cannot start, for instance without a display.
pub fn run() -> tauri::Result<()> {
    tauri::Builder::default().invoke_handler(ipc().invoke_handler()).run(tauri::generate_context!())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use specta_typescript::Typescript;

    /// Run with `KEEPSTEAD_WRITE_BINDINGS=1` after changing a command.
    #[test]
    fn committed_bindings_are_those_of_the_commands() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/ipc/bindings.ts");
        let folder = tempfile::tempdir().expect("a folder for the generated bindings");
        let generated = folder.path().join("bindings.ts");
        super::ipc().export(Typescript::default(), &generated).expect("bindings are generated");
        if std::env::var_os("KEEPSTEAD_WRITE_BINDINGS").is_some() {
            std::fs::copy(&generated, &committed).expect("bindings are written");
        }
        let text = |path: &Path| std::fs::read_to_string(path).expect("bindings are readable");
        assert_eq!(
            text(&generated),
            text(&committed),
            "commands changed: write ui/src/ipc/bindings.ts with KEEPSTEAD_WRITE_BINDINGS=1"
        );
    }
}
