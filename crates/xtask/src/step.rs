//! Steps with a number, a name and the time they took, and the programs they start.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A result whose error is a sentence for the person at the terminal.
pub(crate) type Outcome<T> = Result<T, String>;

/// Numbered steps of one command.
pub(crate) struct Steps {
    started: Instant,
    done: usize,
    total: usize,
}

impl Steps {
    pub(crate) fn new(total: usize) -> Self {
        Self { started: Instant::now(), done: 0, total }
    }

    /// Runs one step and says how long it took, failed or not.
    #[expect(clippy::print_stdout, reason = "progress for a terminal")]
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        self.done += 1;
        println!("\n[{}/{}] {name}", self.done, self.total);
        let started = Instant::now();
        let outcome = work();
        let word = if outcome.is_ok() { "done" } else { "failed" };
        println!(
            "[{}/{}] {word} in {}, {} in all",
            self.done,
            self.total,
            short(started.elapsed()),
            short(self.started.elapsed())
        );
        outcome.map_err(|reason| format!("{name}: {reason}"))
    }
}

fn short(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

/// Starts a program, shows what it prints, and fails unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Outcome<()> {
    run_with_input(command.stdin(Stdio::null()))
}

/// The same for a program that reads what is typed here.
#[expect(clippy::print_stdout, reason = "progress for a terminal")]
pub(crate) fn run_with_input(command: &mut Command) -> Outcome<()> {
    let line = shown(command);
    println!("$ {line}");
    let status = command.status().map_err(|error| format!("{line} cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{line} ended with {status}")) }
}

/// Starts a program and returns what it prints on its standard output.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let line = shown(command);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{line} cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("{line} ended with {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{line} printed something unreadable"))
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// A program that this build put beside this one.
pub(crate) fn built(name: &str) -> Outcome<PathBuf> {
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    let program = here.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if program.is_file() {
        Ok(program)
    } else {
        Err(format!("{} was not built", program.display()))
    }
}

/// The command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let mut line = String::new();
    for part in std::iter::once(command.get_program()).chain(command.get_args()) {
        let part = part.to_string_lossy();
        let separator = if line.is_empty() { "" } else { " " };
        let plain = part.chars().all(|c| c.is_alphanumeric() || "-_./:=+,@\\".contains(c));
        let quoted = if plain { part.into_owned() } else { format!("'{part}'") };
        // Writing into a string cannot fail.
        let _ = write!(line, "{separator}{quoted}");
    }
    line
}
