//! `cargo xtask slow`: the tests that take long, on a release build.

use crate::setup::{self, Consent};
use crate::step::{self, Outcome, Steps};
use crate::{fuzz, platform, restic, run, rustic, trials};

/// What may be asked for, and a part of the names of its tests.
const PARTS: [(&str, &str); 6] = [
    ("rustic", "rustic::"),
    ("machines", "machines::"),
    ("sparse", "sparse"),
    ("crowd", "a_million_files"),
    (TRIALS, ""),
    (FUZZ, ""),
];
/// Runs tests that are not in the same place, and writes a document.
const TRIALS: &str = "trials";
/// Runs programs of another build, and writes a document.
const FUZZ: &str = "fuzz";

/// Whether there is a part of this name.
pub(crate) fn knows(part: &str) -> bool {
    PARTS.iter().any(|(name, _)| *name == part)
}

/// Runs the parts of these names, or all.
pub(crate) fn run(wanted: &[String], consent: Consent) -> Outcome<()> {
    let root = crate::root()?;
    let is_wanted = |part: &str| wanted.is_empty() || wanted.iter().any(|name| name == part);
    let parts: Vec<_> = PARTS.iter().filter(|(name, _)| is_wanted(name)).collect();
    let mut steps = Steps::new(3 + parts.len());
    steps
        .step("Install what is missing", || setup::install_packages(platform::MEASURES, consent))?;
    let (judges, rustic) = steps.step("Find or make the other programs", || {
        let rustic = is_wanted("rustic").then(|| rustic::program(root)).transpose()?;
        Ok((restic::judges(root)?, rustic))
    })?;
    let keepstead = steps.step("Build the command line", || run::command_line(root))?;
    for (name, filter) in parts {
        steps.step(name, || {
            match *name {
                TRIALS => return trials::run(root, &judges),
                FUZZ => return fuzz::run(root),
                _ => {}
            }
            let mut tests = step::cargo();
            tests.current_dir(root).args(["test", "--release", "--locked", "--package", "tests"]);
            tests.args(["--test", "slow", "--", "--ignored", "--nocapture", "--test-threads=1"]);
            tests.arg(filter).env("KEEPSTEAD_BIN", &keepstead);
            if let Some(rustic) = &rustic {
                tests.env("KEEPSTEAD_TEST_RUSTIC", rustic);
            }
            step::run(judges.tell(&mut tests))
        })?;
    }
    Ok(())
}
