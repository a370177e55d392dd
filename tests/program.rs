//! Programs run to their end, or stopped, or killed.

use std::{
    ffi::OsStr,
    os::unix::process::ExitStatusExt,
    process::{Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// A program that has not ended by then hangs.
const LIMIT: Duration = Duration::from_secs(240);

/// What a program left when it ended.
#[derive(Debug)]
pub struct Outcome {
    /// The command, for messages.
    pub command: String,
    /// Its exit code, or none when a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Everything it wrote to its standard output.
    pub stdout: String,
    /// Everything it wrote to its standard error.
    pub stderr: String,
}

impl Outcome {
    /// Goes on only when the exit code is `code`.
    ///
    /// # Panics
    /// When it is another.
    #[track_caller]
    #[must_use]
    pub fn exits(self, code: i32) -> Self {
        assert!(self.code == Some(code), "exit code {code} expected of {self}");
        self
    }

    /// Goes on only when the program succeeded.
    ///
    /// # Panics
    /// When it did not.
    #[track_caller]
    pub fn succeeds(self) -> Self {
        self.exits(0)
    }

    /// Every line of the standard output as JSON.
    ///
    /// # Panics
    /// When a line is not JSON.
    #[track_caller]
    #[must_use]
    pub fn json_lines(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| {
                serde_json::from_str(line)
                    .unwrap_or_else(|error| panic!("no JSON ({error}): {line:?} in {self}"))
            })
            .collect()
    }

    /// The standard output as one JSON value.
    ///
    /// # Panics
    /// When it is not JSON.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {self}"))
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { command, code, signal, stdout, stderr } = self;
        write!(f, "`{command}`: code {code:?}, signal {signal:?}\n{}\n{}", cut(stdout), cut(stderr))
    }
}

fn cut(text: &str) -> String {
    let shown: String = text.chars().take(4_000).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}

/// A program that may still be running. Dropped, it is killed.
#[derive(Debug)]
pub struct Running {
    pid: Pid,
    command: String,
    outcome: Receiver<Outcome>,
    ended: bool,
}

impl Running {
    /// Starts `command` and reads along, so that it never waits for a reader.
    ///
    /// # Panics
    /// When it cannot be started.
    #[track_caller]
    #[must_use]
    pub fn start(mut command: Command) -> Self {
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let shown = words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child =
            command.spawn().unwrap_or_else(|error| panic!("cannot start `{shown}`: {error}"));
        let pid = Pid::from_child(&child);
        let (sender, outcome) = mpsc::channel();
        let name = shown.clone();
        thread::spawn(move || {
            let output = child.wait_with_output().expect("the end of a child");
            // Nobody listens any more when the test failed meanwhile.
            let _ = sender.send(Outcome {
                command: name,
                code: output.status.code(),
                signal: output.status.signal(),
                stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
                stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            });
        });
        Self { pid, command: shown, outcome, ended: false }
    }

    /// The number of its process.
    #[must_use]
    pub fn id(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// Sends a signal, unless the program has ended.
    pub fn signal(&self, signal: Signal) {
        // It may end at any moment, so that this may fail.
        let _ = kill_process(self.pid, signal);
    }

    /// Waits for the end.
    ///
    /// # Panics
    /// When the program hangs.
    #[track_caller]
    pub fn finish(self) -> Outcome {
        self.finish_within(LIMIT)
    }

    /// Waits for the end, but not longer than `limit`.
    ///
    /// # Panics
    /// When the program has not ended by then.
    #[track_caller]
    pub fn finish_within(mut self, limit: Duration) -> Outcome {
        let outcome = self.outcome.recv_timeout(limit);
        let outcome =
            outcome.unwrap_or_else(|_| panic!("`{}` has not ended after {limit:?}", self.command));
        self.ended = true;
        outcome
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended {
            self.signal(Signal::KILL);
        }
    }
}
