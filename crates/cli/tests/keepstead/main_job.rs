//! A folder goes into a backup and comes back.

use crate::home::{Home, PASSPHRASE, run, tree};
use serde_json::{Value, json};
use std::fs;

#[test]
fn a_folder_goes_into_a_backup_and_comes_back() {
    let home = Home::with_repository();
    let summary = home.vault(["backup", "source", "--json", "--tag", "a-tag"]).code(0).summary();
    assert_eq!(summary["outcome"], "succeeded");
    assert_eq!(summary["total_files_processed"], 2);
    assert_eq!(summary["total_bytes_processed"], 300_007);
    assert_eq!((&summary["skipped"], &summary["left_out"]), (&json!([]), &json!([])));
    let id = summary["snapshot_id"].as_str().expect("an id");
    assert_eq!(id.len(), 64);

    let list = home.vault(["list", "--json"]).code(0).json();
    assert_eq!(list.as_array().map(Vec::len), Some(1));
    assert_eq!(list[0]["id"], id);
    assert_eq!(list[0]["short_id"], id[..8]);
    assert_eq!(list[0]["tags"], json!(["a-tag"]));
    assert_eq!(list[0]["paths"], json!([home.path("source")]));
    assert_eq!(list[0]["summary"]["files_new"], 2);

    home.vault(["restore", &id[..8], "--target", "restored"]).code(0);
    let source = home.path("source");
    let restored = home.path("restored").join(source.strip_prefix("/").expect("absolute"));
    assert_eq!(tree(&restored), tree(&source));

    let check = home.vault(["check", "--read-data", "--json"]).code(0).summary();
    assert_eq!((&check["errors"], &check["findings"]), (&json!(0), &json!([])));
    assert!(check["bytes_read"].as_u64() > Some(0));
}

#[test]
fn a_second_backup_reads_only_what_changed_unless_told_to() {
    let home = Home::with_backup();
    fs::write(home.path("source/letter.txt"), "Dear you and me").expect("a file");
    let again = home.vault(["backup", "source", "--json"]).code(0).summary();
    assert_eq!((&again["files_changed"], &again["files_unmodified"]), (&json!(1), &json!(1)));
    assert_eq!(again["parent"], home.backups()[0]);
    let forced = home.vault(["backup", "source", "--json", "--force"]).code(0).summary();
    assert_eq!((&forced["files_new"], &forced["parent"]), (&json!(2), &Value::Null));
    let first = &home.backups()[0];
    let chosen = home.vault(["backup", "source", "--json", "--parent", first]).code(0).summary();
    assert_eq!(chosen["parent"], *first);
    home.vault(["backup", "source", "--force", "--parent", first]).code(2);
}

#[test]
fn what_is_skipped_is_listed_and_ends_with_3() {
    let home = Home::with_repository();
    let ended = home.vault(["backup", "source", "missing", "--json"]).code(3);
    let summary = ended.summary();
    assert_eq!(summary["outcome"], "partial");
    assert_eq!(summary["skipped"][0]["path"], "missing");
    assert_eq!(summary["skipped"][0]["reason"], "missing");
    assert_eq!(summary["skipped"][0]["message"], "It does not exist.");
    let plain = home.vault(["backup", "source", "missing"]).code(3);
    assert!(plain.stderr.contains("Skipped 1 file or folder. It does not exist.\n  missing\n"));
    let quiet = home.vault(["backup", "source", "missing", "--quiet"]).code(3);
    assert_eq!((quiet.stdout, quiet.stderr), (String::new(), plain.stderr));
}

#[test]
fn the_repository_itself_is_left_out_and_that_is_said() {
    let home = Home::with_repository();
    let repository = home.path("repository");
    let summary = home.vault(["backup", ".", "--json"]).code(0).summary();
    assert_eq!(summary["left_out"], json!([repository]));
    let plain = home.vault(["backup", "."]).code(0);
    let said = format!("Left out: {}, because it is the destination itself", repository.display());
    assert!(plain.stdout.contains(&said), "{plain:?}");
}

#[test]
fn excludes_tags_and_host_names_are_passed_on() {
    let home = Home::with_repository();
    let arguments =
        ["backup", "source", "--exclude", "*.txt", "--exclude", "folder", "--host", "h"];
    home.vault(arguments).code(0);
    let listed = home.vault(["ls", "latest", "--json"]).code(0).lines();
    let names: Vec<_> = listed.iter().filter_map(|entry| entry["name"].as_str()).collect();
    assert!(names.contains(&"link") && !names.contains(&"letter.txt"), "{names:?}");
    assert!(!names.contains(&"folder") && !names.contains(&"picture"), "{names:?}");
    assert_eq!(home.vault(["list", "--json"]).json()[0]["hostname"], "h");
}

#[test]
fn a_backup_is_listed_with_everything_a_program_needs() {
    let home = Home::with_backup();
    let source = home.path("source");
    let path = |name: &str| source.join(name).to_str().expect("text").to_owned();
    let all = home.vault(["ls", "latest", "--json"]).code(0).lines();
    let entry = |name: &str| {
        let wanted = path(name);
        let found = all.iter().find(|entry| entry["path"] == *wanted);
        found.unwrap_or_else(|| panic!("{wanted} is not in {all:?}"))
    };
    let letter = entry("letter.txt");
    assert_eq!((&letter["type"], &letter["size"]), (&json!("file"), &json!(7)));
    assert_eq!(letter["name"], "letter.txt");
    for number in ["mode", "uid", "gid"] {
        assert!(letter[number].is_u64(), "{number} in {letter}");
    }
    assert!(letter["mtime"].as_str().is_some_and(|time| time.contains('T')), "{letter}");
    assert!(letter.get("linktarget").is_none() && letter.get("path_hex").is_none(), "{letter}");
    assert_eq!(entry("link")["linktarget"], "letter.txt");

    let folder = path("folder");
    let below = home.vault(["ls", "latest", &folder, "--json"]).code(0).lines();
    assert_eq!(below.len(), 2, "{below:?}");
    let flat = ["ls", "latest", &path(""), "--recursive=false", "--json"];
    assert_eq!(home.vault(flat).code(0).lines().len(), 3);
    let plain = home.vault(["ls", "latest"]).code(0).stdout;
    assert!(plain.contains(&format!("{} -> letter.txt\n", path("link"))), "{plain}");
}

#[test]
#[cfg(unix)]
fn names_that_are_not_text_are_given_in_hexadecimal() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let home = Home::with_repository();
    let name = OsStr::from_bytes(b"caf\xe9\n");
    fs::write(home.path("source").join(name), "").expect("a file");
    home.vault(["backup", "source"]).code(0);
    let listed = home.vault(["ls", "latest", "--json"]).code(0).lines();
    let odd = listed.iter().find(|entry| entry.get("path_hex").is_some()).expect("an odd name");
    assert_eq!(odd["name"], "caf\u{fffd}\n");
    assert!(odd["path_hex"].as_str().is_some_and(|hex| hex.ends_with("2f636166e90a")), "{odd}");
    let plain = home.vault(["ls", "latest"]).code(0).stdout;
    assert!(plain.contains("/caf\u{fffd}\\n\n"), "{plain}");
}

#[test]
fn a_restore_is_shown_refused_kept_and_overwritten() {
    let home = Home::with_backup();
    let restore = |more: &[&str]| {
        home.vault([&["restore", "latest", "--target", "restored", "--json"], more].concat())
    };
    let preview = restore(&["--dry-run"]).code(0).summary();
    assert_eq!((&preview["dry_run"], &preview["files"]), (&json!(true), &json!(2)));
    assert!(!home.path("restored").exists());

    let letter = home.path("source/letter.txt");
    let one = restore(&["--include", letter.to_str().expect("text")]).code(0).summary();
    assert_eq!((&one["files"], &one["bytes"]), (&json!(1), &json!(7)));
    let copy = home.path("restored").join(letter.strip_prefix("/").expect("absolute"));
    fs::write(&copy, "changed").expect("a file");
    assert_eq!(restore(&[]).refusal(), "target_exists");
    let kept = restore(&["--existing", "keep"]).code(0).summary();
    assert_eq!((&kept["files"], &kept["files_kept"]), (&json!(1), &json!(1)));
    assert_eq!(fs::read(&copy).expect("a file"), b"changed");
    restore(&["--existing", "overwrite"]).code(0);
    assert_eq!(fs::read(&copy).expect("a file"), b"Dear me");
}

#[test]
fn keys_are_listed_added_removed_and_changed() {
    let home = Home::with_repository();
    let list = || home.vault(["key", "list", "--json"]).code(0).json();
    let first = list()[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(list()[0]["current"], true);
    fs::write(home.path("new"), "second\n").expect("a file");
    let added =
        home.vault(["key", "add", "--new-password-file", "new", "--json"]).code(0).summary();
    assert_eq!(list().as_array().map(Vec::len), Some(2));
    let second =
        |arguments: &[&str]| run(home.command(arguments).env("KEEPSTEAD_PASSWORD", "second"));
    second(&["list"]).code(0);
    let own = added["key_id"].as_str().expect("an id");
    assert_eq!(second(&["key", "remove", own, "--json"]).refusal(), "key_in_use");
    assert_eq!(second(&["key", "remove", "zz", "--json"]).refusal(), "no_such_key");
    assert_eq!(second(&["key", "remove", "", "--json"]).refusal(), "no_such_key");
    second(&["key", "remove", &first[..12]]).code(0);
    assert_eq!(home.vault(["list", "--json"]).refusal(), "wrong_passphrase");
    let mut change = home.command(["key", "passphrase"]);
    change.env("KEEPSTEAD_PASSWORD", "second").env("KEEPSTEAD_NEW_PASSWORD", PASSPHRASE);
    run(&mut change).code(0);
    assert_eq!(list().as_array().map(Vec::len), Some(1));
    assert_eq!(second(&["list", "--json"]).refusal(), "wrong_passphrase");
}
