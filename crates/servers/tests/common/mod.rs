//! What the tests of servers share.

#![allow(dead_code, unreachable_pub, reason = "each program of tests uses its part")]

use std::{
    ffi::OsStr,
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::NamedTempFile;

/// A request by curl.
pub struct Curl {
    command: Command,
    body: NamedTempFile,
}

pub fn curl() -> Curl {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--max-time", "60", "--write-out", "\n%{http_code}"]);
    // No file of the person's says what to do.
    command.arg("--noproxy").arg("").env("CURL_HOME", "/nowhere").stderr(Stdio::inherit());
    Curl { command, body: NamedTempFile::new().expect("a file can be made") }
}

impl Curl {
    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(args);
        self
    }

    /// Sends this, by PUT.
    pub fn put(mut self, body: &[u8]) -> Self {
        self.body.write_all(body).expect("the file can be written");
        self.command.arg("--upload-file").arg(self.body.path());
        self
    }

    /// The status and the body of the answer; 0 where there was none.
    pub fn ask(mut self, url: &str) -> (u16, String) {
        let output = self.command.arg(url).output().expect("curl runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (body, status) = text.rsplit_once('\n').expect("curl tells the status");
        let status = status.parse().expect("a status is a number");
        // Told to go on is not answered.
        (if status < 200 { 0 } else { status }, body.to_owned())
    }
}

/// Fails when a process of the group runs, or the folder is there. On a busy
/// machine it takes a moment until what was killed has ended.
pub fn leaves_nothing(folder: &Path, group: u32) {
    assert!(!folder.exists(), "{} is left", folder.display());
    let since = Instant::now();
    while !of_group(group).is_empty() && since.elapsed() < Duration::from_secs(10) {
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(of_group(group), Vec::<String>::new(), "processes are left");
    let mounts = fs::read_to_string("/proc/mounts").expect("readable");
    assert!(!mounts.contains(&folder.display().to_string()), "a mount is left");
}

/// The names of the processes of a group.
pub fn of_group(group: u32) -> Vec<String> {
    let output =
        Command::new("ps").args(["-e", "-o", "pgid=,stat=,args="]).output().expect("ps runs");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter(|line| {
            let mut words = line.split_whitespace();
            let of_it = words.next() == Some(&group.to_string());
            of_it && words.next().is_some_and(|state| !state.starts_with('Z'))
        })
        .map(str::to_owned)
        .collect()
}
