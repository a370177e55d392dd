//! Rules of the repository that no compiler knows.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Files below a folder whose names end in one of these.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join(folder)];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is readable") {
            let path = entry.expect("the entry is readable").path();
            if path.is_dir() {
                if !path.ends_with("node_modules") && !path.ends_with("dist") {
                    waiting.push(path);
                }
            } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty(), "nothing found below {folder}");
    found
}

#[test]
fn only_the_ipc_folder_imports_the_toolkit() {
    for path in files("ui/src", &[".ts", ".tsx"]) {
        let imports = fs::read_to_string(&path).expect("readable").contains("@tauri-apps");
        let inside = path.components().any(|part| part.as_os_str() == "ipc");
        assert!(!imports || inside, "{} imports @tauri-apps", path.display());
    }
}

#[test]
fn source_files_stay_short() {
    let folders = [("crates", 800), ("src-tauri", 800), ("tests", 800), ("ui/src", 300)];
    for (folder, limit) in folders {
        for path in files(folder, &[".rs", ".ts", ".tsx"]) {
            // Nobody writes or reads it.
            if path.ends_with("ui/src/ipc/bindings.ts") {
                continue;
            }
            let lines = fs::read_to_string(&path).expect("readable").lines().count();
            assert!(lines <= limit, "{} has {lines} lines: split it", path.display());
        }
    }
}

#[test]
fn the_window_may_do_little() {
    let config = text("tauri.conf.json");
    for rule in ["default-src 'self'", "object-src 'none'", "\"freezePrototype\": true"] {
        assert!(config.contains(rule), "tauri.conf.json lost {rule}");
    }
    for wide in ["unsafe-eval", "https:", "\"dangerous"] {
        assert!(!config.contains(wide), "tauri.conf.json allows {wide}");
    }
    for path in files("src-tauri/capabilities", &[".json"]) {
        let granted = fs::read_to_string(&path).expect("readable");
        assert!(!granted.contains(":default\""), "{} grants whole plugins", path.display());
        assert!(!granted.contains("\"*\""), "{} grants every window", path.display());
    }
}

#[test]
fn one_version_everywhere() {
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(text("package.json").contains(&version), "package.json has another version");
}

#[test]
fn the_lock_file_names_no_registry() {
    assert!(!text("package-lock.json").contains("\"resolved\": \"http"));
}
