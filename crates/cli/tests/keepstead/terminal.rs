//! With a terminal: `script` of the base system provides one.
#![cfg(target_os = "linux")]

use crate::home::{Home, PASSPHRASE};
use rustix::{
    fs::{Mode, OFlags},
    process::{Pid, Signal, kill_process},
    termios::{LocalModes, tcgetattr},
};
use std::{
    io::{Read, Write},
    process::{Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    time::{Duration, Instant},
};

const QUESTION: &str = "Passphrase of the repository: ";

/// What happens when a prompt is there.
#[derive(Clone, Copy, Debug)]
enum Answer<'a> {
    Typed(&'a str),
    Killed(Signal),
}

use Answer::{Killed, Typed};

/// Runs `keepstead vault ARGUMENTS` in a terminal and answers each prompt.
/// Everything that was shown, and the exit code.
#[track_caller]
fn in_terminal(
    home: &Home,
    arguments: &str,
    answers: &[(&str, Answer<'_>)],
) -> (String, Option<i32>) {
    let program = env!("CARGO_BIN_EXE_keepstead");
    let repository = home.path("repository");
    let line = format!(
        "echo \"<$$>\"; exec '{program}' vault {arguments} --repository '{}'",
        repository.display()
    );
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    command.current_dir(home.path("")).env_remove("KEEPSTEAD_PASSWORD").env("TERM", "xterm");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`script` of util-linux starts");
    let mut input = child.stdin.take().expect("input");
    let mut output = child.stdout.take().expect("output");
    let (sender, pieces) = mpsc::channel();
    std::thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = output.read(&mut piece) {
            if sender.send(piece[..length].to_vec()).is_err() {
                break;
            }
        }
    });
    let mut shown = Vec::new();
    let mut answers = answers.iter();
    let mut next = answers.next();
    let mut seen = 0;
    loop {
        match pieces.recv_timeout(Duration::from_secs(60)) {
            Ok(piece) => shown.extend(piece),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                child.kill().expect("an end");
                panic!("it hangs after {:?}", String::from_utf8_lossy(&shown));
            }
        }
        while let Some((prompt, answer)) = next {
            let text = String::from_utf8_lossy(&shown[seen..]);
            let Some(at) = text.find(prompt) else { break };
            seen += at + prompt.len();
            await_reading(process(&shown));
            match answer {
                Typed(text) => input.write_all(text.as_bytes()).expect("an answer"),
                Killed(signal) => kill_process(process(&shown), *signal).expect("a signal"),
            }
            next = answers.next();
        }
    }
    let text = String::from_utf8_lossy(&shown).into_owned();
    assert!(next.is_none(), "nobody asked {next:?}: {text}");
    (text, child.wait().expect("an end").code())
}

/// Waits until the program reads keys as they come: what is typed between the
/// prompt and that moment, the terminal still takes for lines of its own.
#[track_caller]
fn await_reading(process: Pid) {
    let terminal = format!("/proc/{}/fd/0", process.as_raw_nonzero());
    let flags = OFlags::RDONLY | OFlags::NOCTTY;
    let terminal = rustix::fs::open(terminal, flags, Mode::empty()).expect("its terminal");
    let started = Instant::now();
    while tcgetattr(&terminal).expect("its settings").local_modes.contains(LocalModes::ICANON) {
        assert!(started.elapsed() < Duration::from_secs(60), "it never reads");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The number that the shell said before it became the program.
#[track_caller]
fn process(shown: &[u8]) -> Pid {
    let text = String::from_utf8_lossy(shown);
    let number = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    let number = number.and_then(|(number, _)| number.parse().ok());
    Pid::from_raw(number.expect("a number")).expect("a process")
}

#[test]
fn passphrases_are_asked_for_and_not_shown() {
    let home = Home::new();
    let line = format!("{PASSPHRASE}\n");
    let twice = [("New passphrase: ", Typed(&line)), ("Once more: ", Typed(&line))];
    let (shown, code) = in_terminal(&home, "init", &twice);
    assert_eq!(code, Some(0), "{shown}");
    assert!(!shown.contains(PASSPHRASE), "{shown}");

    let (shown, code) = in_terminal(&home, "list", &[(QUESTION, Typed(&line))]);
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("0 backups") && !shown.contains(PASSPHRASE), "{shown}");
}

#[test]
fn two_different_passphrases_make_nothing() {
    let home = Home::new();
    let different = [("New passphrase: ", Typed("one\n")), ("Once more: ", Typed("two\n"))];
    let (shown, code) = in_terminal(&home, "init", &different);
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("not the same"), "{shown}");
    assert!(!home.path("repository").exists());
}

#[test]
fn the_question_can_be_ended() {
    let home = Home::with_repository();
    for answer in [Typed("\u{3}"), Typed("\u{4}"), Killed(Signal::TERM), Killed(Signal::INT)] {
        let (shown, code) = in_terminal(&home, "list", &[(QUESTION, answer)]);
        assert_eq!(code, Some(1), "{answer:?}: {shown}");
        assert!(shown.contains("Cancelled"), "{answer:?}: {shown}");
    }
}
