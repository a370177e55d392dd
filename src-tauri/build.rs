//! Compiles `tauri.conf.json` and the capabilities into the program.

use std::error::Error;

/// Everything that the window may call. A command that is missing here is
/// refused.
const COMMANDS: [&str; 63] = [
    "app_state",
    "unlock",
    "open_again",
    "set_database_aside",
    "suggested_folders",
    "new_kit",
    "begin",
    "verdict",
    "list_folder",
    "measure",
    "places",
    "try_place",
    "destinations",
    "add_destination",
    "destination_kinds",
    "wrong_settings",
    "try_remote",
    "remote_choices",
    "make_remote_folder",
    "add_remote",
    "change_remote",
    "rename_destination",
    "remove_destination",
    "test_destination",
    "verify_destination",
    "plan_clean_up",
    "stop_clean_up_plan",
    "clean_up",
    "plans",
    "plan",
    "save_plan",
    "enable_plan",
    "remove_plan",
    "back_up",
    "cancel_run",
    "pause_run",
    "resume_run",
    "limits",
    "set_limits",
    "run",
    "working",
    "runs",
    "skipped",
    "skipped_reasons",
    "accept_skipped",
    "run_log",
    "activity",
    "backups",
    "backup_folder",
    "preview_restore",
    "restore",
    "security",
    "kit_words",
    "kit_questions",
    "confirm_kit",
    "save_kit",
    "show_kit",
    "desktop",
    "set_start_at_login",
    "set_notifications",
    "send_test_notification",
    "show_folder",
    "quit",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=tauri.conf.json");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(&COMMANDS));
    tauri_build::try_build(attributes)?;
    Ok(())
}
