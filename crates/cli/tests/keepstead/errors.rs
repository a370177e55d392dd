//! What is refused, and how that is said.

use crate::home::{Home, PASSPHRASE, program, run};
use std::{fs, path::Path};

#[test]
fn every_refusal_has_its_code() {
    let home = Home::with_backup();
    fs::write(home.path("file"), "").expect("a file");
    fs::create_dir(home.path("nothing")).expect("a folder");
    let elsewhere = |verb: &str, repository: &str| {
        let mut command = program();
        command.args(["vault", verb, "--json", "--repository"]).arg(home.path(repository));
        run(command.env("KEEPSTEAD_PASSWORD", PASSPHRASE)).refusal()
    };
    for (verb, repository, code) in [
        ("list", "nowhere", "not_a_repository"),
        ("list", "nothing", "not_a_repository"),
        ("list", "file", "not_a_folder"),
        ("list", "file/below", "not_a_folder"),
        ("init", "file", "not_a_folder"),
        ("init", "no/such/parent", "folder_missing"),
        ("init", "repository", "repository_exists"),
    ] {
        assert_eq!(elsewhere(verb, repository), code, "{verb} {repository}");
    }
    let target = home.path("target");
    let target = target.to_str().expect("text");
    let table: [(&[&str], &str); 12] = [
        (&["backup", "missing"], "source_missing"),
        (&["backup", "source", "--exclude", "["], "pattern"),
        (&["backup", "source", "--parent", "ffff"], "no_such_backup"),
        (&["ls", "no-such-id"], "no_such_backup"),
        (&["ls", "latest", "/no/such/path"], "no_such_path"),
        (&["restore", "no-such-id", "--target", target], "no_such_backup"),
        (&["restore", "latest", "--target", target, "--include", "zzz"], "no_such_path"),
        (&["restore", "latest", "--target", "file"], "target_not_a_folder"),
        (&["restore", "latest", "--target", "source/copy"], "target_inside_source"),
        (&["restore", "latest", "--target", "repository/data"], "target_inside_destination"),
        (&["backup", "repository"], "source_in_destination"),
        (&["backup", "source", "repository/data"], "source_in_destination"),
    ];
    for (arguments, code) in table {
        let refused = home.vault(arguments.iter().chain(&["--json"]));
        assert!(!refused.stdout.contains("summary"), "{refused:?}");
        assert_eq!(refused.refusal(), code, "{arguments:?}");
    }
    assert!(!Path::new(target).exists());
    fs::remove_file(home.path("repository/config")).expect("a configuration");
    assert_eq!(home.vault(["list", "--json"]).refusal(), "repository_incomplete");
}

#[test]
fn people_get_sentences() {
    let home = Home::with_repository();
    let refused = run(home.command(["list"]).env("KEEPSTEAD_PASSWORD", "wrong")).code(1);
    let place = home.path("repository");
    let said = refused.stderr.replace(place.to_str().expect("text"), "[repository]");
    insta::assert_snapshot!(said, @r"
    The passphrase does not open the repository at [repository]. Nothing was read or changed.
    Check for typing errors, another keyboard layout, and spaces at the end. The recovery kit holds the passphrase.
    ");
    assert_eq!(refused.stdout, "");
}

#[test]
fn passphrases_come_from_a_file_or_the_environment_only() {
    let home = Home::with_repository();
    let with_file = |content: &[u8]| {
        fs::write(home.path("passphrase"), content).expect("a file");
        let arguments = ["list", "--json", "--password-file", "passphrase"];
        run(home.command(arguments).env_remove("KEEPSTEAD_PASSWORD"))
    };
    for good in [PASSPHRASE.to_owned(), format!("{PASSPHRASE}\n"), format!("{PASSPHRASE}\r\n")] {
        with_file(good.as_bytes()).code(0);
    }
    let twice = format!("{PASSPHRASE}\n\n");
    assert_eq!(with_file(twice.as_bytes()).refusal(), "wrong_passphrase");
    assert_eq!(with_file(b"").refusal(), "empty_passphrase");
    assert_eq!(with_file(b"\n").refusal(), "empty_passphrase");
    assert_eq!(with_file(b"\xff").refusal(), "passphrase_unreadable");
    fs::remove_file(home.path("passphrase")).expect("a file");
    let gone = home.vault(["list", "--json", "--password-file", "passphrase"]);
    assert_eq!(gone.refusal(), "passphrase_unreadable");
    let none = run(home.command(["list", "--json"]).env_remove("KEEPSTEAD_PASSWORD"));
    assert_eq!(none.refusal(), "passphrase_missing");
    let empty = run(home.command(["list", "--json"]).env("KEEPSTEAD_PASSWORD", ""));
    assert_eq!(empty.refusal(), "empty_passphrase");
    home.vault(["list", "--password", PASSPHRASE, "--quiet"].map(|argument| {
        // What is refused is shown, so something else than the secret.
        if argument == PASSPHRASE { "x" } else { argument }
    }))
    .code(2);
}

#[test]
fn wrong_arguments_end_with_2() {
    let home = Home::new();
    for arguments in [
        &["vault", "list"][..],
        &["vault", "backup", "--repository", "r"],
        &["vault", "restore", "latest", "--repository", "r"],
        &["vault", "restore", "latest", "--target", "t", "--existing", "x", "--repository", "r"],
        &["no-such-command"],
        &[],
    ] {
        run(program().args(arguments).current_dir(home.path(""))).code(2);
    }
    let missing = run(program().args(["vault", "list"])).code(2).stderr;
    assert!(missing.contains("--repository <DIR> is needed"), "{missing}");
    assert!(missing.contains("Usage: keepstead vault "), "{missing}");
}

#[test]
fn damage_is_found_and_ends_with_1() {
    let home = Home::with_backup();
    let data = home.path("repository/data");
    let mut packs: Vec<_> = fs::read_dir(data)
        .expect("a folder")
        .flat_map(|folder| fs::read_dir(folder.expect("an entry").path()).expect("a folder"))
        .map(|pack| pack.expect("a pack").path())
        .collect();
    let pack = packs.pop().expect("a pack");
    let bytes = fs::read(&pack).expect("a pack");
    fs::remove_file(&pack).expect("a pack");
    fs::write(&pack, &bytes[..bytes.len() - 1]).expect("a pack");
    let check = home.vault(["check", "--json"]).code(1);
    let summary = check.summary();
    assert!(summary["errors"].as_u64() > Some(0), "{summary}");
    let id = pack.file_name().and_then(|name| name.to_str()).expect("an id");
    let found = summary["findings"].as_array().expect("a list");
    let named = |finding: &serde_json::Value| {
        finding["id"] == id && finding["subject"] == "pack" && finding["severity"] == "error"
    };
    assert!(found.iter().any(named), "{summary}");
    assert_eq!(check.refusal(), "damaged");
    let plain = home.vault(["check"]).code(1);
    assert!(plain.stderr.contains(id) && plain.stdout.is_empty(), "{plain:?}");
}

#[test]
fn a_damaged_lock_is_removed_on_request() {
    let home = Home::with_repository();
    let lock = home.path("repository/locks").join("0".repeat(64));
    fs::create_dir_all(lock.parent().expect("a folder")).expect("a folder");
    fs::write(&lock, "").expect("a lock");
    assert_eq!(home.vault(["backup", "source", "--json"]).refusal(), "damaged");
    let unlocked = home.vault(["unlock", "--json"]).code(0).json();
    assert_eq!(
        (&unlocked["outcome"], &unlocked["locks_removed"]),
        (&"succeeded".into(), &1.into())
    );
    assert!(!lock.exists());
    home.vault(["backup", "source"]).code(0);
    assert_eq!(home.vault(["unlock"]).code(0).stdout, "Removed 0 locks\n");
}
