//! rustic, which Debian does not have.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::step::{self, Outcome};

/// The release that is built where none is found.
const RELEASE: &str = "0.11.4";

/// The rustic that `KEEPSTEAD_TEST_RUSTIC` names, and no other then; or the one
/// that is installed, or that was built here.
pub(crate) fn found(root: &Path) -> Option<PathBuf> {
    let starts = |program: &PathBuf| {
        let version = Command::new(program).arg("--version").stdout(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    };
    let programs = match std::env::var_os("KEEPSTEAD_TEST_RUSTIC") {
        Some(named) => vec![named.into()],
        None => vec!["rustic".into(), place(root).join("bin/rustic")],
    };
    programs.into_iter().find(starts)
}

/// Finds it, or builds it.
pub(crate) fn program(root: &Path) -> Outcome<PathBuf> {
    if let Some(program) = found(root) {
        return Ok(program);
    }
    if std::env::var_os("KEEPSTEAD_TEST_RUSTIC").is_some() {
        return Err("KEEPSTEAD_TEST_RUSTIC names no rustic that starts".to_owned());
    }
    let install = ["install", "rustic-rs", "--locked", "--version", RELEASE, "--root"];
    // Outside of the workspace, whose settings are not for it.
    step::run(step::cargo().args(install).arg(place(root)).current_dir("/"))?;
    found(root).ok_or_else(|| "rustic was built but does not start".to_owned())
}

fn place(root: &Path) -> PathBuf {
    root.join(".cache/rustic")
}
