//! With a terminal: `script` of the base system provides one.
#![cfg(target_os = "linux")]

use crate::home::{Home, PASSPHRASE};
use std::{
    io::{Read, Write},
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};

/// Runs `keepstead vault ARGUMENTS` in a terminal and answers each prompt.
/// Everything that was shown, and the exit code.
#[track_caller]
fn in_terminal(home: &Home, arguments: &str, answers: &[(&str, &str)]) -> (String, Option<i32>) {
    let program = env!("CARGO_BIN_EXE_keepstead");
    let repository = home.path("repository");
    let line = format!("'{program}' vault {arguments} --repository '{}'", repository.display());
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
    while let Ok(piece) = pieces.recv_timeout(Duration::from_secs(60)) {
        shown.extend(piece);
        while let Some((prompt, answer)) = next {
            let text = String::from_utf8_lossy(&shown[seen..]);
            let Some(at) = text.find(prompt) else { break };
            seen += at + prompt.len();
            input.write_all(answer.as_bytes()).expect("an answer");
            input.flush().expect("an answer");
            next = answers.next();
        }
    }
    let text = String::from_utf8_lossy(&shown).into_owned();
    assert!(next.is_none(), "nobody asked {next:?}: {text}");
    (text, child.wait().expect("an end").code())
}

#[test]
fn passphrases_are_asked_for_and_not_shown() {
    let home = Home::new();
    let line = format!("{PASSPHRASE}\n");
    let twice = [("New passphrase: ", line.as_str()), ("Once more: ", line.as_str())];
    let (shown, code) = in_terminal(&home, "init", &twice);
    assert_eq!(code, Some(0), "{shown}");
    assert!(!shown.contains(PASSPHRASE), "{shown}");

    let (shown, code) = in_terminal(&home, "list", &[("Passphrase of the repository: ", &line)]);
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("0 backups") && !shown.contains(PASSPHRASE), "{shown}");
}

#[test]
fn two_different_passphrases_make_nothing() {
    let home = Home::new();
    let different = [("New passphrase: ", "one\n"), ("Once more: ", "two\n")];
    let (shown, code) = in_terminal(&home, "init", &different);
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("not the same"), "{shown}");
    assert!(!home.path("repository").exists());
}

#[test]
fn ctrl_c_ends_the_question() {
    let home = Home::with_repository();
    let (shown, code) = in_terminal(&home, "list", &[("Passphrase of the repository: ", "\u{3}")]);
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("Cancelled"), "{shown}");
}
