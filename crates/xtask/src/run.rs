//! `cargo xtask run`: from a clone to the open application.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::first_backup;
use crate::platform;
use crate::setup::{self, Consent};
use crate::step::{self, Outcome, Steps};

/// Sets up and opens the application, or does its main job where there is no display.
pub(crate) fn run(consent: Consent) -> Outcome<()> {
    if platform::has_display() { window(consent) } else { without_display() }
}

fn window(consent: Consent) -> Outcome<()> {
    let root = crate::root()?;
    let mut steps = Steps::new(4);
    steps.step("Install what is missing", || setup::install(root, platform::WINDOW, consent))?;
    steps.step("Build the interface", || interface(root))?;
    steps
        .step("Build the application", || step::run(step::cargo().current_dir(root).args(BUILD)))?;
    steps.step("Open Keepstead (this ends when its window is closed)", || {
        step::run(&mut Command::new(step::built("keepstead-app")?))
    })
}

/// Builds every program, the window's with its interface inside.
pub(crate) const BUILD: [&str; 5] =
    ["build", "--workspace", "--locked", "--features", "keepstead-app/custom-protocol"];

/// Builds the command line as it is released, and says where it lies.
pub(crate) fn command_line(root: &Path) -> Outcome<PathBuf> {
    let build = ["build", "--release", "--locked", "--package", "cli"];
    step::run(step::cargo().current_dir(root).args(build))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| root.join("target"));
    Ok(target.join(format!("release/keepstead{}", std::env::consts::EXE_SUFFIX)))
}

/// Builds what the window shows.
pub(crate) fn interface(root: &Path) -> Outcome<()> {
    step::run(platform::npm().current_dir(root).args(["run", "ui:build"]))
}

#[expect(clippy::print_stdout, reason = "progress for a terminal")]
fn without_display() -> Outcome<()> {
    let root = crate::root()?;
    println!("There is no display, so this builds the command line and does the main job with it.");
    let mut steps = Steps::new(1 + first_backup::STEPS);
    steps.step("Build the command line", || {
        step::run(step::cargo().current_dir(root).args(["build", "--locked", "--package", "cli"]))
    })?;
    first_backup::make(&step::built("keepstead")?, &root.join(".cache/first-backup"), &mut steps)
}
