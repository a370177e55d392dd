//! The allowed direction between crates, proved from the lock file.
//!
//! `Cargo.lock` lists every dependency of every crate: of all platforms, of
//! all features, and of tests and build scripts. What cannot be reached there
//! is not compiled anywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The crates from the top down; a crate may name those of a lower row only.
const ROWS: [&[&str]; 6] = [
    &["keepstead-app", "cli", "tests"],
    &["agent"],
    &["app"],
    &["home", "jobs", "vault", "mirror", "providers", "secrets"],
    &["store", "storage"],
    &["model", "servers", "sha256"],
];

/// Crates that may name less than their row allows.
const ONLY: [(&str, &[&str]); 5] = [
    ("keepstead-app", &["agent", "app"]),
    ("agent", &["app"]),
    ("cli", &["app"]),
    ("vault", &["storage", "model", "sha256"]),
    ("mirror", &["storage", "model"]),
];

/// Outside crates that stay below one crate: `(beginning of the name, its crate)`.
const KEPT_BELOW: [(&str, &[&str]); 12] = [
    ("tauri", &["keepstead-app"]),
    ("wry", &["keepstead-app"]),
    ("tao", &["keepstead-app"]),
    ("gtk", &["keepstead-app"]),
    ("gdk", &["keepstead-app"]),
    ("webkit2gtk", &["keepstead-app"]),
    ("webview2", &["keepstead-app"]),
    ("muda", &["keepstead-app"]),
    ("sqlx", &["store"]),
    ("opendal", &["providers"]),
    ("oauth2", &["providers"]),
    ("tokio-cron-scheduler", &["jobs"]),
];

/// Named like the toolkit and no part of it: notifications on Windows.
const NO_TOOLKIT: [&str; 1] = ["tauri-winrt-notification"];

#[derive(Default)]
struct Package {
    /// Packages from a registry name their source; those of this repository do not.
    ours: bool,
    dependencies: Vec<String>,
}

/// The packages of the lock file by name, versions of the same name taken together.
fn packages() -> BTreeMap<String, Package> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    let text = std::fs::read_to_string(path).expect("Cargo.lock is readable");
    let mut packages: BTreeMap<String, Package> = BTreeMap::new();
    for block in text.split("[[package]]").skip(1) {
        let value =
            |key: &str| block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
        let name = value("name").expect("a package has a name").trim_matches('"').to_owned();
        let package = packages.entry(name).or_default();
        package.ours = value("source").is_none();
        let listed = block.split_once("dependencies = [").map_or("", |(_, rest)| rest);
        package.dependencies.extend(
            listed
                .lines()
                .map_while(|line| (line != "]").then_some(line.trim()))
                .filter_map(|line| line.trim_matches([',', '"']).split(' ').next())
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
        );
    }
    packages
}

/// Everything below a package, itself included, without looking below `closed` ones.
fn below<'a>(
    packages: &'a BTreeMap<String, Package>,
    name: &'a str,
    closed: &[&str],
) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![name];
    while let Some(name) = waiting.pop() {
        if found.insert(name) && !closed.contains(&name) {
            waiting.extend(packages[name].dependencies.iter().map(String::as_str));
        }
    }
    found
}

/// Whether a crate names `tests`, which holds what tests share, in its own
/// tests only. The lock file does not tell these apart.
fn only_tests_name_tests(name: &str) -> bool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("Cargo.toml");
    let manifest = std::fs::read_to_string(path).expect("the manifest is readable");
    let mut section = "";
    manifest.lines().all(|line| {
        if line.starts_with('[') {
            section = line;
        }
        !line.starts_with("tests") || section == "[dev-dependencies]"
    })
}

fn row(name: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&name))
}

#[test]
fn the_lock_file_is_understood() {
    let packages = packages();
    assert!(below(&packages, "keepstead-app", &[]).contains("wry"), "the shell is built on wry");
    assert!(below(&packages, "cli", &[]).contains("vault"), "the command line makes backups");
    assert!(packages["vault"].ours && !packages["serde"].ours);
}

#[test]
fn crates_name_only_those_below_them() {
    let packages = packages();
    let ours = |name: &str| packages[name].ours;
    for (name, package) in packages.iter().filter(|(name, _)| ours(name)) {
        if name == "xtask" {
            let named: Vec<_> = package.dependencies.iter().filter(|name| ours(name)).collect();
            assert!(named.is_empty(), "xtask must compile alone, and names {named:?}");
            continue;
        }
        let own = row(name).unwrap_or_else(|| panic!("{name} has no place in ROWS yet"));
        let only = ONLY.iter().find(|(limited, _)| limited == name).map(|(_, only)| *only);
        for dependency in package.dependencies.iter().filter(|name| ours(name)) {
            assert_ne!(dependency, "xtask", "{name} names xtask");
            if dependency == "tests" {
                assert!(only_tests_name_tests(name), "{name} must not name tests");
                continue;
            }
            assert!(row(dependency) > Some(own), "{name} must not name {dependency}");
            assert!(
                only.is_none_or(|only| only.contains(&dependency.as_str())),
                "{name} must not name {dependency}"
            );
        }
    }
}

#[test]
fn everything_but_the_shell_builds_without_the_window_toolkit() {
    let packages = packages();
    for (name, _) in packages.iter().filter(|(_, package)| package.ours) {
        for (prefix, allowed) in KEPT_BELOW {
            let reached = below(&packages, name, allowed);
            let strays: Vec<_> = reached
                .iter()
                .filter(|reached| reached.starts_with(prefix) && !NO_TOOLKIT.contains(reached))
                .collect();
            assert!(strays.is_empty(), "{name} must not reach {strays:?}");
        }
    }
}
