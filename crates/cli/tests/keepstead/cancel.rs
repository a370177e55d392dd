//! Ctrl-C, and the system's request to end.

use crate::home::{Ended, Home};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    process::Stdio,
    time::{Duration, Instant},
};

/// Stops a backup that would take long while it reads.
#[track_caller]
fn cancelled_by(signal: Signal) {
    let home = Home::with_backup();
    let before = home.backups();
    let endless = File::create(home.path("source/endless")).expect("a file");
    endless.set_len(1 << 40).expect("a sparse file");
    let mut command = home.command(["backup", "source", "--json"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut output = BufReader::new(child.stdout.take().expect("output")).lines();
    let reading = output.find(|line| {
        let line: serde_json::Value =
            serde_json::from_str(line.as_ref().expect("a line")).expect("JSON");
        line["total_bytes"].as_u64() > Some(1 << 39)
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
    drop(endless);
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
