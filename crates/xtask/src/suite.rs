//! `cargo xtask test`: everything the tests need, then every test.

use std::process::Command;

use crate::setup::{self, Consent};
use crate::step::{self, Outcome, Steps};
use crate::{platform, restic, run, servers};

/// Runs every test, and stops at the first step that fails.
#[expect(clippy::print_stdout, reason = "the result, for a terminal")]
pub(crate) fn run(consent: Consent) -> Outcome<()> {
    let root = crate::root()?;
    let mut steps = Steps::new(if platform::DRIVES_WINDOW { 12 } else { 9 });
    let packages = [platform::WINDOW, platform::JUDGES, platform::SERVERS].concat();
    steps.step("Install what is missing", || setup::install(root, &packages, consent))?;
    let judges = steps.step("Find or fetch both restic programs", || restic::judges(root))?;
    if platform::DRIVES_WINDOW {
        steps.step("Fetch the servers", || servers::fetch(root))?;
    }
    let cargo = |arguments: &[&str]| {
        let mut command = step::cargo();
        command.current_dir(root).args(arguments);
        command
    };
    steps.step("Formatting", || step::run(&mut cargo(&["fmt", "--all", "--check"])))?;
    steps.step("Types of the interface", || {
        step::run(platform::npm().current_dir(root).args(["run", "check"]))
    })?;
    steps.step("Logic of the interface", || {
        step::run(platform::npm().current_dir(root).args(["run", "ui:test"]))
    })?;
    steps.step("Build the interface", || run::interface(root))?;
    if platform::DRIVES_WINDOW {
        steps.step("The interface in Chromium", || {
            step::run(Command::new("node").arg("ui/tests/chromium.mjs").current_dir(root))
        })?;
    }
    steps.step("Lints", || {
        let lints = ["clippy", "--workspace", "--all-targets", "--locked"];
        step::run(cargo(&lints).args(["--", "--deny", "warnings"]))
    })?;
    // Both at once: tests ask for more of some dependencies than the programs do, and by
    // themselves the programs would have them, and all that is made of them, compiled twice.
    steps.step("Build every program and every test", || {
        step::run(cargo(&run::BUILD).args(["--bins", "--tests"]))
    })?;
    steps.step("Tests", || {
        let mut tests = cargo(&["test"]);
        if cfg!(target_os = "linux") && !setup::is_root()? {
            tests.args(["--config", AS_ROOT]);
        }
        step::run(judges.tell(tests.args(&run::BUILD[1..])))
    })?;
    if !platform::DRIVES_WINDOW {
        println!(
            "\nEvery test passed but those in a browser and in the real window, which need Linux."
        );
        return Ok(());
    }
    steps.step("The real window", || {
        let mut window = Command::new("dbus-run-session");
        window.args(["--", "xvfb-run", "--auto-servernum", "node", "ui/e2e/window.mjs"]);
        window.arg(step::built("keepstead-app")?).arg(step::built("keepstead")?);
        step::run(window.arg(&judges.new).current_dir(root))
    })?;
    println!("\nEvery test passed.");
    Ok(())
}

/// Some tests fill small file systems and change accounts, which root alone
/// may; they are built by whoever is here.
const AS_ROOT: &str =
    r#"target."cfg(target_os = \"linux\")".runner = ["sudo", "--preserve-env", "--"]"#;
