//! Servers end with those who started them, however these end.

// The programs are Debian's.
#![cfg(target_os = "linux")]

mod common;

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use common::{curl, of_group};
use servers::{Apache, ApacheSetup, PASSWORD, USER};

/// The program that people start.
struct Program {
    child: Child,
    input: ChildStdin,
    // Held, because a program that may not print any more fails.
    _output: BufReader<ChildStdout>,
    folder: PathBuf,
}

/// Starts it with one server, and waits until that runs.
fn program(server: &str) -> Program {
    let mut child = Command::new(env!("CARGO_BIN_EXE_servers"))
        .arg(server)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut output = BufReader::new(child.stdout.take().expect("its output is here"));
    let data = output
        .by_ref()
        .lines()
        .find_map(|line| line.expect("readable").trim().strip_prefix("keeps in").map(str::to_owned))
        .expect("it says where the server keeps its files");
    let folder = Path::new(data.trim()).parent().expect("it is in a folder").to_owned();
    let input = child.stdin.take().expect("its input is here");
    Program { child, input, _output: output, folder }
}

/// Whether a process has the folder in its command line.
fn running(folder: &Path) -> bool {
    let output = Command::new("ps").args(["-e", "-o", "args="]).output().expect("ps runs");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .any(|line| line.contains(&folder.display().to_string()))
}

fn nothing_is_left(folder: &Path) -> bool {
    let since = Instant::now();
    while since.elapsed() < Duration::from_secs(10) {
        if !folder.exists() && !running(folder) {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}

#[test]
fn a_program_that_is_killed_leaves_nothing() {
    for server in ["apache", "rclone"] {
        let mut program = program(server);
        assert!(running(&program.folder), "{server} runs");
        program.child.kill().expect("it can be killed");
        program.child.wait().expect("it ends");
        assert!(nothing_is_left(&program.folder), "{server} left something");
    }
}

#[test]
fn the_program_ends_with_its_input() {
    let mut program = program("nginx");
    drop(program.input);
    assert!(program.child.wait().expect("it ends").success());
    assert!(!program.folder.exists() && !running(&program.folder));
}

#[test]
fn a_test_that_panics_leaves_nothing() {
    let (tell, told) = std::sync::mpsc::channel();
    let test = thread::spawn(move || {
        let setup = ApacheSetup { room: Some(1 << 20), ..ApacheSetup::default() };
        let mut server = Apache::with(setup).expect("Apache starts");
        tell.send((server.folder().to_owned(), server.process().id())).expect("heard");
        panic!("on purpose");
    });
    assert!(test.join().is_err());
    let (folder, group) = told.recv().expect("it was told");
    common::leaves_nothing(&folder, group);
}

#[test]
fn a_server_that_was_killed_starts_again_on_what_it_has() {
    let mut server = Apache::start().expect("Apache starts");
    let address = format!("{}a", server.url());
    let login = format!("{USER}:{PASSWORD}");
    let known = || curl().args(["--user", &login]);
    assert_eq!(known().put(b"kept").ask(&address).0, 201);
    let group = server.process().id();
    server.process().kill();
    assert_eq!(of_group(group), Vec::<String>::new());
    assert_eq!(known().ask(&address).0, 0);
    server.process().restart().expect("it starts again");
    assert_eq!(known().ask(&address), (200, "kept".to_owned()));
}

#[test]
fn what_is_missing_says_what_installs_it() {
    let output = Command::new(env!("CARGO_BIN_EXE_servers"))
        .arg("moto")
        .env("PATH", "/nowhere")
        .env("KEEPSTEAD_TEST_SERVERS", "/nowhere")
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("`cargo xtask test` installs it"), "{said}");
}
