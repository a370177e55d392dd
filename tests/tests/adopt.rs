//! Repositories that somebody else made, taken over as destinations.

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use servers::SeaweedFs;
use tests::{
    compare::{Tolerance, assert_same},
    installation::Installation,
    keepstead::refusal,
    program::{Outcome, Running},
    sandbox::{Sandbox, files_below, restored},
};

const THEIRS: &str = "their own, with $ä \"";

/// restic on a repository that it names so.
fn restic(
    sandbox: &Sandbox,
    passphrase: &str,
    more: &[(&str, &str)],
    arguments: &[&str],
) -> Outcome {
    let program = std::env::var_os("KEEPSTEAD_TEST_RESTIC_NEW").expect("restic");
    let mut command = Command::new(program);
    command.args(arguments).arg("--no-cache");
    command.env("RESTIC_PASSWORD", passphrase).env("HOME", sandbox.home());
    command.envs(more.iter().copied());
    Running::start(command).finish()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

fn written(sandbox: &Sandbox, name: &str, words: &str) -> String {
    let path = sandbox.path(name);
    fs::write(&path, words).expect("a file");
    text(&path).to_owned()
}

/// Everything that lies in a folder, by path, with its bytes.
fn contents(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found: Vec<_> = files_below(folder)
        .into_iter()
        .map(|path| {
            let bytes = fs::read(&path).expect("a file");
            (path, bytes)
        })
        .collect();
    found.sort();
    found
}

#[test]
fn what_restic_made_is_taken_over_and_stays_what_it_was() {
    let sandbox = Sandbox::new();
    let (repository, installation) = (sandbox.path("theirs"), Installation::new(&sandbox));
    let at = ["--repo", text(&repository)];
    let theirs = |arguments: &[&str]| restic(&sandbox, THEIRS, &[], &[&at[..], arguments].concat());
    let source = sandbox.source("documents", &[("letter.txt", b"Dear me"), ("deed.pdf", b"%PDF-")]);
    theirs(&["init"]).succeeds();
    theirs(&["backup", text(&source)]).succeeds();
    let before = contents(&repository);

    // With another passphrase nothing is written, nor a marker made.
    let wrong = written(&sandbox, "wrong", "not theirs");
    let add = ["destination", "add", text(&repository), "--name", "Old", "--adopt", "--json"];
    let refused = installation.run([&add[..], &["--from-password-file", &wrong]].concat());
    assert_eq!(refusal(refused).code, "wrong_passphrase");
    assert!(contents(&repository) == before, "something was written");

    let right = written(&sandbox, "right", THEIRS);
    let added = installation.run([&add[..], &["--from-password-file", &right]].concat()).succeeds();
    let added = added.json_lines().remove(0);
    assert_eq!(added["repository"], text(&repository));
    // Nothing that was there is another; a key and the marker came.
    let after = contents(&repository);
    assert!(before.iter().all(|file| after.contains(file)), "something that was there changed");
    assert_eq!(after.len(), before.len() + 2);

    // What was in it comes back, and more goes into it beside that.
    let target = sandbox.path("target");
    installation.run(["restore", "--from", "Old", "--target", text(&target)]).succeeds();
    assert_same(&source, &restored(&target, &source), Tolerance::default());
    let more = sandbox.source("photos", &[("one.jpg", b"a photo")]);
    let plan = ["plan", "add", "Photos", "--to", "Old", "--source", text(&more)];
    installation.run(plan).succeeds();
    installation.run(["run"]).succeeds();
    installation.run(["verify", "Old"]).succeeds();
    installation.run(["clean-up", "Old", "--yes"]).succeeds();

    // Both passphrases open it for restic, which finds both backups sound.
    for words in [THEIRS, installation.words()] {
        let run = |arguments: &[&str]| {
            restic(&sandbox, words, &[], &[&at[..], arguments].concat()).succeeds()
        };
        run(&["check", "--read-data"]);
        let snapshots: Value = run(&["snapshots", "--json"]).json();
        assert_eq!(snapshots.as_array().expect("a list").len(), 2);
    }
    theirs(&["backup", text(&source)]).succeeds();

    // A passphrase that opens nothing is not passed over because ours does.
    let again = Installation::none(&sandbox).unlocked_by(Some(installation.words()));
    again.run(["plan", "remove", "Photos"]).succeeds();
    again.run(["destination", "remove", "Old"]).succeeds();
    let refused = again.run([&add[..], &["--from-password-file", &wrong]].concat());
    assert_eq!(refusal(refused).code, "wrong_passphrase");

    // Forgotten, it is a destination again at once: its marker says where.
    let added = again.run(["destination", "add", text(&repository), "--json"]).succeeds();
    assert_eq!(added.json_lines().remove(0)["repository"], text(&repository));
}

#[test]
fn of_two_that_lie_there_none_is_guessed() {
    let sandbox = Sandbox::new();
    let (place, installation) = (sandbox.path("place"), Installation::new(&sandbox));
    restic(&sandbox, THEIRS, &[], &["--repo", text(&place), "init"]).succeeds();
    // Without its passphrase it is left alone, and ours begins beside it.
    let add = ["destination", "add", text(&place), "--name", "Both", "--json"];
    let added = installation.run(add).succeeds().json_lines().remove(0);
    assert_eq!(added["repository"], text(&place.join("vault")));
    installation.run(["destination", "remove", "Both"]).succeeds();
    let theirs = written(&sandbox, "theirs", THEIRS);
    let adopt = ["--adopt", "--from-password-file", &theirs];
    let refused = installation.run([&add[..], &adopt].concat());
    assert_eq!(refusal(refused).code, "repository_exists");
    installation.run(add).succeeds();
}

#[test]
fn what_another_kit_made_is_taken_over() {
    let (sandbox, other) = (Sandbox::new(), Sandbox::new());
    let place = sandbox.path("disk");
    fs::create_dir(&place).expect("a folder");
    let first = Installation::new(&other);
    first.run(["destination", "add", text(&place), "--name", "Disk"]).succeeds();
    let second = Installation::new(&sandbox);
    let refused = second.run(["destination", "add", text(&place), "--name", "Disk", "--json"]);
    assert_eq!(refusal(refused).code, "wrong_passphrase");
    let words = written(&sandbox, "words", first.words());
    let adopt = ["--adopt", "--from-password-file", &words];
    second
        .run([&["destination", "add", text(&place), "--name", "Disk"][..], &adopt].concat())
        .succeeds();
    second.run(["destination", "test", "Disk"]).succeeds();
    first.run(["destination", "test", "Disk"]).succeeds();
    // Both opened with words that were drawn: one part of scrypt each.
    assert_eq!(parts_of_scrypt(&place.join("vault")), [1, 1]);
}

/// What the key files of a repository say of `p`.
fn parts_of_scrypt(repository: &Path) -> Vec<u64> {
    let keys = fs::read_dir(repository.join("keys")).expect("keys");
    let parts = keys.map(|key| {
        let json = fs::read(key.expect("a key").path()).expect("a key file");
        let key: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
        key["p"].as_u64().expect("a number")
    });
    parts.collect()
}

#[test]
fn what_restic_keeps_in_a_bucket_is_taken_over() {
    let (sandbox, server) = (Sandbox::new(), SeaweedFs::start().expect("SeaweedFS"));
    let installation = Installation::new(&sandbox);
    let login = [
        ("AWS_ACCESS_KEY_ID", SeaweedFs::ACCESS_KEY),
        ("AWS_SECRET_ACCESS_KEY", SeaweedFs::SECRET_KEY),
    ];
    let repository = format!("s3:{}/{}/their folder", server.endpoint(), SeaweedFs::BUCKET);
    let at = ["--repo", &*repository];
    let source = sandbox.source("documents", &[("letter.txt", b"Dear me")]);
    for arguments in [&["init"][..], &["backup", text(&source)]] {
        restic(&sandbox, THEIRS, &login, &[&at[..], arguments].concat()).succeeds();
    }
    let secret = written(&sandbox, "secret", SeaweedFs::SECRET_KEY);
    let said = [
        format!("endpoint={}", server.endpoint()),
        format!("access_key_id={}", SeaweedFs::ACCESS_KEY),
        format!("bucket={}", SeaweedFs::BUCKET),
        "folder=their folder".to_owned(),
    ];
    let mut order = vec!["--kind", "s3"];
    for said in &said {
        order.extend(["--set", said]);
    }
    let secret = format!("secret_access_key={secret}");
    order.extend(["--secret-file", &secret]);
    let tried = installation.run([&["destination", "try", "--json"][..], &order].concat());
    assert_eq!(tried.succeeds().json()["holds"], "repository");
    let theirs = written(&sandbox, "theirs", THEIRS);
    let adopt = ["destination", "add", "--json", "--name", "There", "--adopt"];
    let adopt = [&adopt[..], &["--from-password-file", &theirs], &order].concat();
    let added = installation.run(adopt).succeeds().json_lines().remove(0);
    assert_eq!(added["repository"], repository);
    let target = sandbox.path("target");
    installation.run(["restore", "--from", "There", "--target", text(&target)]).succeeds();
    assert_same(&source, &restored(&target, &source), Tolerance::default());
    restic(&sandbox, installation.words(), &login, &[&at[..], &["check", "--read-data"]].concat())
        .succeeds();

    // Where nothing is that could be taken over, nothing is made.
    let empty: Vec<_> = order.iter().map(|word| word.replace("their folder", "nothing")).collect();
    let adopt = ["destination", "add", "--json", "--name", "Empty", "--adopt"];
    let mut adopt: Vec<String> = adopt.map(str::to_owned).to_vec();
    adopt.extend(["--from-password-file".to_owned(), theirs]);
    let refused = installation.run([adopt, empty].concat());
    assert_eq!(refusal(refused).code, "not_a_repository");
}
