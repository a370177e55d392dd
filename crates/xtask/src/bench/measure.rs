//! Runs a program and takes its time, its processor seconds and its memory.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::step::{self, Outcome};

/// What one run of a program took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cost {
    /// Seconds from its start to its end.
    pub(super) wall: f64,
    /// Seconds of processors, in the program and in the system for it.
    pub(super) cpu: f64,
    /// The most memory it had at once, in KiB.
    pub(super) peak: f64,
}

/// Runs `command` under GNU time, with its output in the folder `work`.
///
/// # Errors
/// When it fails; its last words are in the error.
pub(super) fn measure(command: &Command, work: &Path) -> Outcome<Cost> {
    let (figures, said) = (work.join("time"), work.join("said"));
    let text = |error: std::io::Error| error.to_string();
    let log = File::create(&said).map_err(text)?;
    let mut timed = Command::new("/usr/bin/time");
    timed.arg("--format=%e %U %S %M").arg("--output").arg(&figures).arg("--");
    timed.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            timed.env(name, value);
        }
    }
    let log_too = log.try_clone().map_err(text)?;
    let status = timed.stdin(Stdio::null()).stdout(log_too).stderr(log).status();
    let line = step::shown(command);
    let status = status.map_err(|error| format!("/usr/bin/time cannot be started: {error}"))?;
    if !status.success() {
        let said = fs::read_to_string(&said).unwrap_or_default();
        return Err(format!("{line} ended with {status}:\n{}", last_lines(&said, 10)));
    }
    let figures = fs::read_to_string(&figures).map_err(text)?;
    parse(&figures).ok_or_else(|| format!("/usr/bin/time wrote of {line}: {figures}"))
}

fn parse(figures: &str) -> Option<Cost> {
    let numbers: Option<Vec<f64>> =
        figures.split_whitespace().map(|number| number.parse().ok()).collect();
    match numbers?[..] {
        [wall, user, system, peak] => Some(Cost { wall, cpu: user + system, peak }),
        _ => None,
    }
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_and_nothing_else() {
        let cost = Cost { wall: 1.5, cpu: 2.25, peak: 81_920.0 };
        assert_eq!(parse("1.50 2.00 0.25 81920\n"), Some(cost));
        assert_eq!(parse("Command exited with non-zero status 1\n1.50 2.00 0.25 81920\n"), None);
        assert_eq!(parse(""), None);
        assert_eq!(last_lines("a\nb\nc", 2), "b\nc");
    }
}
