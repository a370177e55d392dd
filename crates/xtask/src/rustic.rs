//! rustic, which Debian does not have.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::step::{self, Outcome};

/// The release that is built where none is found.
pub(crate) const RELEASE: &str = "0.11.4";

/// The rustic that `KEEPSTEAD_TEST_RUSTIC` names, that is installed, or that was
/// built here.
pub(crate) fn found(root: &Path) -> Option<PathBuf> {
    let named = std::env::var_os("KEEPSTEAD_TEST_RUSTIC").map(PathBuf::from);
    [named.unwrap_or_else(|| "rustic".into()), place(root).join("bin/rustic")].into_iter().find(
        |program| {
            let version = Command::new(program).arg("--version").stdout(Stdio::null()).status();
            version.is_ok_and(|status| status.success())
        },
    )
}

/// Finds it, or builds it.
pub(crate) fn program(root: &Path) -> Outcome<PathBuf> {
    if let Some(program) = found(root) {
        return Ok(program);
    }
    let install = ["install", "rustic-rs", "--locked", "--version", RELEASE, "--root"];
    // Outside of the workspace, whose settings are not for it.
    step::run(step::cargo().args(install).arg(place(root)).current_dir("/"))?;
    found(root).ok_or_else(|| "rustic was built but does not start".to_owned())
}

fn place(root: &Path) -> PathBuf {
    root.join(".cache/rustic")
}
