//! Passphrases: how they are given, changed, and refused.

use std::fs;

use serde_json::Value;
use tests::{
    engine::{Engine, PASSPHRASE},
    judge::comes_back,
    keepstead::{Keepstead, presentable, refusal},
    sandbox::Sandbox,
};

const OTHER: &str = "another passphrase";

fn ready() -> (Sandbox, Keepstead) {
    let sandbox = Sandbox::new();
    let keepstead = sandbox.repository("repository");
    (sandbox, keepstead)
}

#[track_caller]
fn keys(keepstead: &Keepstead) -> Vec<Value> {
    let keys = keepstead.run("key", ["list", "--json"]).succeeds().json();
    keys.as_array().expect("a list of keys").clone()
}

#[test]
fn a_wrong_one() {
    let (_sandbox, keepstead) = ready();
    let wrong = keepstead.with_passphrase(Some("a wrong passphrase"));
    for (verb, arguments) in [
        ("list", vec!["--json"]),
        ("check", vec!["--json"]),
        ("backup", vec![".", "--json"]),
        ("restore", vec!["latest", "--target", "target", "--json"]),
        ("key", vec!["list", "--json"]),
    ] {
        let refused = refusal(wrong.run(verb, arguments));
        refused.has_code(&["wrong_passphrase"]);
        assert!(!refused.outcome.stderr.contains("a wrong passphrase"), "{}", refused.outcome);
    }
    keepstead.check();
}

#[test]
fn none_and_an_empty_one() {
    let (sandbox, keepstead) = ready();
    for passphrase in [None, Some("")] {
        let _ = refusal(keepstead.with_passphrase(passphrase).run("list", ["--json"]));
        let new = sandbox.keepstead("new").with_passphrase(passphrase);
        let _ = refusal(new.run("init", ["--json"]));
        assert!(!new.repository().join("config").exists());
    }
}

#[test]
fn from_a_file_without_its_last_newline() {
    let (sandbox, keepstead) = ready();
    let keepstead = keepstead.with_passphrase(None);
    let file = sandbox.path("passphrase");
    let arguments = ["--json".as_ref(), "--password-file".as_ref(), file.as_os_str()];
    for (content, good) in [
        (PASSPHRASE.to_owned(), true),
        (format!("{PASSPHRASE}\n"), true),
        (format!("{PASSPHRASE}\n\n"), false),
        (format!(" {PASSPHRASE}"), false),
        (String::new(), false),
        ("\n".to_owned(), false),
    ] {
        fs::write(&file, &content).expect("a file");
        let outcome = keepstead.run("list", arguments);
        if good {
            outcome.succeeds();
        } else {
            let _ = refusal(outcome);
        }
    }
    fs::remove_file(&file).expect("the file");
    refusal(keepstead.run("list", arguments)).names("passphrase");
}

#[test]
fn is_never_an_argument_nor_shown() {
    let (_sandbox, keepstead) = ready();
    // `run` looks for it in all output; here are the commands that handle it.
    for (verb, arguments) in [
        ("key", vec!["list"]),
        ("key", vec!["list", "--json"]),
        ("init", vec![]),
        ("list", vec!["--json"]),
        ("--help", vec![]),
    ] {
        let _ = keepstead.run(verb, arguments);
    }
    let help = keepstead.run("backup", ["--help"]).succeeds().stdout;
    assert!(help.contains("--password-file"), "{help}");
    assert!(!help.contains("--password "), "{help}");
}

#[test]
fn a_key_is_added_used_and_removed() {
    let (sandbox, keepstead) = ready();
    let source = sandbox.source("source", &[("a", b"one")]);
    let snapshot = keepstead.backup(&source, false);
    let file = sandbox.path("new");
    fs::write(&file, format!("{OTHER}\n")).expect("a file");
    let new_file = ["--new-password-file".as_ref(), file.as_os_str()];
    let first = keys(&keepstead)[0]["id"].as_str().expect("an id").to_owned();

    keepstead.run("key", [&["add".as_ref()], &new_file[..]].concat()).succeeds();
    assert_eq!(keys(&keepstead).len(), 2);
    let other = keepstead.with_passphrase(Some(OTHER));
    comes_back(&sandbox, &other, &snapshot, &source);
    comes_back(&sandbox, &keepstead, &snapshot, &source);

    // Now the first is of no use any more.
    other.run("key", ["remove", &first]).succeeds();
    refusal(keepstead.run("list", ["--json"])).has_code(&["wrong_passphrase"]);
    comes_back(&sandbox, &other, &snapshot, &source);
    let last = keys(&other)[0]["id"].as_str().expect("an id").to_owned();
    refusal(other.run("key", ["remove", &last, "--json"])).has_code(&["key_in_use"]);
    let _ = refusal(other.run("key", ["remove", "0000", "--json"]));
    comes_back(&sandbox, &other, &snapshot, &source);
}

#[test]
fn the_passphrase_is_changed() {
    let (sandbox, keepstead) = ready();
    let source = sandbox.source("source", &[("a", b"one")]);
    let snapshot = keepstead.backup(&source, false);
    let file = sandbox.path("new");
    fs::write(&file, OTHER).expect("a file");
    let outcome = keepstead
        .run("key", ["passphrase".as_ref(), "--new-password-file".as_ref(), file.as_os_str()]);
    assert!(!presentable(outcome.succeeds()).stdout.contains(OTHER));
    refusal(keepstead.run("list", ["--json"])).has_code(&["wrong_passphrase"]);
    let other = keepstead.with_passphrase(Some(OTHER));
    assert_eq!(keys(&other).len(), 1);
    comes_back(&sandbox, &other, &snapshot, &source);

    // And back, so that restic with the first passphrase can judge.
    fs::write(&file, PASSPHRASE).expect("a file");
    other
        .run("key", ["passphrase".as_ref(), "--new-password-file".as_ref(), file.as_os_str()])
        .succeeds();
    comes_back(&sandbox, &sandbox.old_restic("repository"), &snapshot, &source);
}

#[test]
fn keys_that_restic_adds_and_removes() {
    let sandbox = Sandbox::new();
    let (keepstead, restic) = (sandbox.keepstead("repository"), sandbox.new_restic("repository"));
    restic.init();
    let source = sandbox.source("source", &[("a", b"one")]);
    let snapshot = keepstead.backup(&source, false);
    let file = sandbox.path("new");
    fs::write(&file, OTHER).expect("a file");
    let arguments =
        ["key".as_ref(), "add".as_ref(), "--new-password-file".as_ref(), file.as_os_str()];
    let _ = restic.run(arguments).succeeds();
    let other = keepstead.with_passphrase(Some(OTHER));
    assert_eq!(keys(&other).len(), 2);
    comes_back(&sandbox, &other, &snapshot, &source);
}
