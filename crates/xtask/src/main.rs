//! `cargo xtask`: the commands that set this repository up, run it, test it
//! and measure it.
//!
//! No dependencies, so that it compiles in seconds on a bare machine.

mod bench;
mod compare;
mod first_backup;
mod fuzz;
mod noise;
mod platform;
mod restic;
mod run;
mod rustic;
mod sample;
mod servers;
mod setup;
mod slow;
mod step;
mod suite;
mod trials;

use std::path::Path;
use std::process::ExitCode;

use crate::setup::Consent;
use crate::step::Outcome;

const HELP: &str = "\
Sets Keepstead up, runs it, tests it and measures it.

Usage: cargo xtask <COMMAND> [--yes]

Commands:
  run    Install what is missing, build, and open the application.
         Without a display: back up a generated folder, restore it, compare.
  test   Install what the tests need and run every test.
  bench  Measure Keepstead beside restic and rustic, and write docs/benchmarks.md:
         bench [--quick] [--data FOLDER] [--runs N] [photos|docs|bigfile|tree|served]...
         --quick takes a tenth of the data, FOLDER holds 10 GiB of it and as much
         again meanwhile (.cache/bench unless it is named), N is 3; served sends
         the photos to an S3 server instead.
  slow   Run the tests that take long, on a release build: slow [rustic|machines|sparse|crowd|trials|fuzz]...
         They need 20 GiB, and build rustic and cargo-fuzz where they are not found.
         fuzz takes an hour, and a nightly compiler.
  servers  Start real servers on this machine, say how to reach them, and end them
         at Enter: servers [NAME]... All of them unless some are named.

Options:
  --yes  Install what is missing without asking (CI=true does the same)
";

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]
fn main() -> ExitCode {
    let mut command = None;
    let mut of_command = Vec::new();
    let mut yes = std::env::var("CI").is_ok_and(|value| value == "true");
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--yes" | "-y" => yes = true,
            "--help" | "-h" => {
                print!("{HELP}");
                return ExitCode::SUCCESS;
            }
            "run" | "test" | "bench" | "slow" | "servers" if command.is_none() => {
                command = Some(argument);
            }
            _ if matches!(command.as_deref(), Some("bench" | "servers")) => {
                of_command.push(argument);
            }
            part if command.as_deref() == Some("slow") && slow::knows(part) => {
                of_command.push(argument);
            }
            other => {
                eprint!("cargo xtask does not know \"{other}\".\n\n{HELP}");
                return ExitCode::from(2);
            }
        }
    }
    let consent = if yes { Consent::Given } else { Consent::Ask };
    let outcome = match command.as_deref() {
        Some("run") => run::run(consent),
        Some("test") => suite::run(consent),
        Some("slow") => slow::run(&of_command, consent),
        Some("servers") => servers::run(&of_command, consent),
        Some("bench") => match bench::Wanted::parse(&of_command) {
            Ok(wanted) => bench::run(&wanted, consent),
            Err(reason) => {
                eprint!("cargo xtask bench: {reason}.\n\n{HELP}");
                return ExitCode::from(2);
            }
        },
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("\ncargo xtask stopped: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the repository.
fn root() -> Outcome<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .ok_or_else(|| "the repository's folder is not above crates/xtask".to_owned())
}
