//! Copies of backups to another repository, judged by restic.

use crate::home::{Ended, Home, PASSPHRASE, run};
use serde_json::{Value, json};
use std::{ffi::OsStr, fs, path::Path, process::Command};

/// Opens the repository that is copied to.
const OTHER: &str = "other-horse-battery";

/// `keepstead vault … --repository copy`, which opens with its own passphrase.
fn at_copy<A: AsRef<OsStr>>(home: &Home, arguments: impl IntoIterator<Item = A>) -> Ended {
    let mut command = crate::home::program();
    command.arg("vault").args(arguments).arg("--repository").arg(home.path("copy"));
    command.current_dir(home.path("")).env("KEEPSTEAD_PASSWORD", OTHER);
    command.env("KEEPSTEAD_FROM_PASSWORD", PASSPHRASE).env("KEEPSTEAD_DATA", home.path("data"));
    run(&mut command)
}

fn restic(home: &Home, arguments: &[&str]) -> String {
    let program = std::env::var_os("KEEPSTEAD_TEST_RESTIC_NEW");
    let program = program.expect("a restic: run the tests with `cargo xtask test`");
    let output = Command::new(program)
        .args(arguments)
        .arg("--no-cache")
        .env("RESTIC_REPOSITORY", home.path("copy"))
        .env("RESTIC_PASSWORD", OTHER)
        .env("RESTIC_FROM_PASSWORD", PASSPHRASE)
        .env("HOME", home.path(""))
        .output()
        .expect("restic starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text} {}", String::from_utf8_lossy(&output.stderr));
    text
}

/// Two backups, and an empty repository beside theirs.
fn home() -> Home {
    let home = Home::with_backup();
    fs::write(home.path("source/new"), vec![3; 50_000]).expect("a file");
    home.vault(["backup", "source"]).code(0);
    at_copy(&home, ["init", "--like", "repository"]).code(0);
    home
}

/// How many files are in a folder, which is made with the first.
fn files(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}

#[test]
fn backups_are_copied_once_and_restic_calls_them_sound() {
    let home = home();
    let would = at_copy(&home, ["copy", "--from", "repository", "--dry-run", "--json"]);
    let would = would.code(0).summary();
    assert_eq!((&would["dry_run"], &would["outcome"]), (&json!(true), &json!("succeeded")));
    assert_eq!(would["copied"][0]["copy_id"], Value::Null);
    assert_eq!(files(&home.path("copy/snapshots")), 0);
    let plain = at_copy(&home, ["copy", "--from", "repository", "--dry-run"]).code(0);
    assert!(plain.stdout.contains("Would copy 2 backups: "), "{plain:?}");
    assert!(plain.stdout.contains("; nothing was changed"), "{plain:?}");

    // One of them first, and then the rest.
    let backups = home.backups();
    let one = at_copy(&home, ["copy", &backups[0][..8], "--from", "repository", "--json"]);
    let one = one.code(0).summary();
    assert_eq!(one["copied"].as_array().map(Vec::len), Some(1));
    assert_eq!(one["copied"][0]["id"], json!(backups[0]));
    let rest = at_copy(&home, ["copy", "--from", "repository"]).code(0);
    assert!(rest.stdout.contains("1 backup was here already\nCopied 1 backup: "), "{rest:?}");
    assert!(rest.stdout.contains(&format!("{}  ", &backups[1][..8])), "{rest:?}");
    let again = at_copy(&home, ["copy", "--from", "repository", "--json"]).code(0).summary();
    assert_eq!((&again["copied"], &again["bytes"]), (&json!([]), &json!(0)));
    assert_eq!(again["already"].as_array().map(Vec::len), Some(2));
    assert_eq!(again["already"][0]["copy_id"], one["copied"][0]["copy_id"]);

    assert_eq!(at_copy(&home, ["check", "--read-data", "--json"]).code(0).summary()["errors"], 0);
    restic(&home, &["check", "--read-data"]);
    let repository = home.path("repository");
    restic(&home, &["copy", "--from-repo", repository.to_str().expect("text")]);
    assert_eq!(files(&home.path("copy/snapshots")), 2, "restic knows them");
    let target = home.path("back");
    restic(&home, &["restore", "latest", "--target", target.to_str().expect("text")]);
    let back = target.join(home.path("source").strip_prefix("/").expect("a path"));
    for name in ["letter.txt", "folder/picture", "new"] {
        let read = |folder: &Path| fs::read(folder.join(name)).expect("a file");
        assert_eq!(read(&back), read(&home.path("source")), "{name}");
    }
    // Files are cut alike.
    let backup = at_copy(&home, ["backup", "source", "--force", "--json"]).code(0).summary();
    assert_eq!(backup["data_blobs"], 0);
}

#[test]
fn what_is_damaged_is_not_copied_and_said() {
    let home = home();
    // The largest pack holds the contents that only the first backup stored.
    let mut packs: Vec<_> = fs::read_dir(home.path("repository/data"))
        .expect("a folder")
        .flat_map(|folder| fs::read_dir(folder.expect("an entry").path()).expect("a folder"))
        .map(|pack| pack.expect("an entry").path())
        .collect();
    packs.sort_by_key(|path| fs::metadata(path).expect("a file").len());
    fs::write(home.path("source/folder/picture"), "another").expect("a file");
    fs::write(home.path("source/letter.txt"), "another").expect("a file");
    home.vault(["backup", "source", "--force"]).code(0);
    let mut partial = 0;
    for pack in packs {
        let sound = fs::read(&pack).expect("a pack");
        let mut damaged = sound.clone();
        damaged[40] ^= 1;
        fs::write(&pack, damaged).expect("a pack");
        fs::remove_dir_all(home.path("copy")).expect("a folder");
        at_copy(&home, ["init", "--like", "repository"]).code(0);
        let ended = at_copy(&home, ["copy", "--from", "repository", "--json"]);
        let (code, summary) = (ended.code, ended.summary());
        let count = |what: &str| summary[what].as_array().map_or(0, Vec::len);
        assert_eq!(count("copied") + count("uncopied"), 3, "{summary}");
        assert_eq!(files(&home.path("copy/snapshots")), count("copied"));
        if count("uncopied") > 0 {
            assert_eq!((code, &summary["outcome"]), (Some(3), &json!("partial")));
            assert_eq!(summary["uncopied"][0]["code"], "damaged");
            let plain = at_copy(&home, ["copy", "--from", "repository"]).code(3);
            assert!(plain.stderr.contains("Not copied: backup "), "{plain:?}");
            assert!(plain.stderr.contains("A part of it is damaged: "), "{plain:?}");
            partial += usize::from(count("copied") > 0);
        }
        restic(&home, &["check", "--read-data"]);
        fs::write(&pack, sound).expect("a pack");
    }
    assert!(partial > 0, "some are copied although others are damaged");
}

#[test]
fn a_copy_that_cannot_be_says_of_which_repository() {
    let home = home();
    let from = ["copy", "--from", "repository", "--json"];
    at_copy(&home, ["copy"]).code(2);
    at_copy(&home, ["init", "--from-password-file", "x"]).code(2);
    let none = at_copy(&home, ["copy", "ffffffffff", "--from", "repository", "--json"]);
    assert_eq!(none.refusal(), "no_such_backup");
    let elsewhere = at_copy(&home, ["copy", "--from", "source", "--json"]);
    assert_eq!(elsewhere.refusal(), "not_a_repository");
    fs::write(home.path("wrong"), "wrong").expect("a file");
    let wrong =
        at_copy(&home, ["copy", "--from", "repository", "--from-password-file", "wrong", "--json"]);
    assert!(wrong.stderr.contains(home.path("repository").to_str().expect("text")), "{wrong:?}");
    assert_eq!(wrong.refusal(), "wrong_passphrase");
    fs::remove_file(
        home.path("repository/keys")
            .read_dir()
            .expect("a folder")
            .next()
            .expect("a key")
            .expect("an entry")
            .path(),
    )
    .expect("a key");
    assert_eq!(at_copy(&home, from).refusal(), "repository_incomplete");
}
