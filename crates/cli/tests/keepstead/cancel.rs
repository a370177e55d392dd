//! Ctrl-C, and the system's request to end.

use crate::home::{Ended, Home};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// A backup that would take a quarter of an hour, of more bytes than this.
const LONG: u64 = 48 << 20;

/// Begins one: what it adds does not compress, and may leave slowly.
fn long_backup<const N: usize>(home: &Home, more: [&str; N]) -> Command {
    let mut state = 1_u64;
    let noise = (0..LONG / 8).flat_map(|_| {
        // Knuth, The Art of Computer Programming, 3.3.4.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state ^ state >> 29).to_le_bytes()
    });
    fs::write(home.path("source/endless"), noise.collect::<Vec<_>>()).expect("a file");
    let mut command = home.command(["backup", "source", "--limit-upload", "64"]);
    command.args(more);
    command
}

/// Stops a backup that would take long.
#[track_caller]
fn cancelled_by(signal: Signal) {
    let home = Home::with_backup();
    let before = home.backups();
    let mut command = long_backup(&home, ["--json"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut output = BufReader::new(child.stdout.take().expect("output")).lines();
    let reading = output.find(|line| {
        let line: serde_json::Value =
            serde_json::from_str(line.as_ref().expect("a line")).expect("JSON");
        line["total_bytes"].as_u64() > Some(LONG)
    });
    assert!(reading.is_some(), "progress is shown");
    // So restic asks whether whoever holds a lock is there.
    kill_process(Pid::from_child(&child), Signal::HUP).expect("a signal");
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().expect("a state").is_none(), "it ended when it was asked");
    let asked = Instant::now();
    kill_process(Pid::from_child(&child), signal).expect("a signal");
    // Reads to the end, so that the program does not wait for a reader.
    let rest: Vec<_> = output.collect();
    let ended = Ended::new(&child.wait_with_output().expect("an end"));
    let took = asked.elapsed();
    assert_eq!(ended.refusal(), "cancelled");
    assert!(took < Duration::from_secs(3), "it took {took:?}");
    let summary =
        |line: &Result<String, _>| line.as_ref().is_ok_and(|line| line.contains("summary"));
    assert!(!rest.iter().any(summary), "{rest:?}");
    assert_eq!(home.backups(), before);
    let locks = fs::read_dir(home.path("repository/locks")).expect("a folder");
    assert_eq!(locks.count(), 0, "the lock is taken back");
    fs::remove_file(home.path("source/endless")).expect("a file");
    home.vault(["backup", "source"]).code(0);
    home.vault(["check"]).code(0);
}

#[test]
fn an_interrupt_cancels() {
    cancelled_by(Signal::INT);
}

#[test]
fn a_request_to_end_cancels() {
    cancelled_by(Signal::TERM);
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_terminal_cancels() {
    let home = Home::with_backup();
    let before = home.backups();
    let backup = long_backup(&home, ["--quiet"]);
    let words = std::iter::once(backup.get_program()).chain(backup.get_args());
    let words: Vec<_> = words.map(|word| format!("'{}'", word.to_str().expect("text"))).collect();
    // A terminal of its own, which is gone when this program is.
    let mut terminal = Command::new("script");
    terminal.args(["--quiet", "--command", &format!("exec {}", words.join(" ")), "/dev/null"]);
    terminal.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some(folder) = backup.get_current_dir() {
        terminal.current_dir(folder);
    }
    for (name, value) in backup.get_envs() {
        match value {
            Some(value) => terminal.env(name, value),
            None => terminal.env_remove(name),
        };
    }
    let mut terminal = terminal.spawn().expect("a terminal");
    let locks = || fs::read_dir(home.path("repository/locks")).expect("a folder").count();
    let within = |limit: Duration, reached: &dyn Fn() -> bool| {
        let begun = Instant::now();
        while !reached() && begun.elapsed() < limit {
            std::thread::sleep(Duration::from_millis(20));
        }
        reached()
    };
    assert!(within(Duration::from_secs(20), &|| locks() == 1), "it has begun");
    std::thread::sleep(Duration::from_millis(500));
    terminal.kill().expect("a signal");
    terminal.wait().expect("an end");
    assert!(within(Duration::from_secs(3), &|| locks() == 0), "the lock is taken back");
    assert_eq!(home.backups(), before);
}
