//! What comes out for programs and for people.

use std::{fs, path::PathBuf};

use serde_json::Value;
use tests::{
    engine::Engine,
    keepstead::{Keepstead, refusal, summary},
    sandbox::Sandbox,
};

fn ready() -> (Sandbox, Keepstead, PathBuf) {
    let sandbox = Sandbox::new();
    let source = sandbox.source("source", &[("a", b"one"), ("folder/b", b"two"), ("z", b"")]);
    let keepstead = sandbox.repository("repository");
    (sandbox, keepstead, source)
}

#[test]
fn of_a_backup() {
    let (_sandbox, keepstead, source) = ready();
    let outcome = keepstead.run_backup(&source, &["--host", "a-machine"]).succeeds();
    let summary = summary(&outcome);
    assert_eq!(summary["outcome"], "succeeded", "{summary}");
    for (field, value) in [
        ("files_new", 3),
        ("files_changed", 0),
        ("files_unmodified", 0),
        ("total_files_processed", 3),
        ("total_bytes_processed", 6),
    ] {
        assert_eq!(summary[field], value, "{field} in {summary}");
    }
    assert!(summary["data_added"].as_u64().is_some_and(|added| added > 0), "{summary}");
    assert_eq!(summary["skipped"], Value::Array(vec![]), "{summary}");
    let listed = keepstead.list();
    assert_eq!(listed[0]["hostname"], "a-machine", "{listed}");

    let again = tests::keepstead::summary(
        &keepstead.run_backup(&source, &["--host", "a-machine"]).succeeds(),
    );
    assert_eq!(again["files_unmodified"], 3, "{again}");
}

#[test]
fn of_lists() {
    let (sandbox, keepstead, source) = ready();
    assert_eq!(keepstead.list(), Value::Array(vec![]));
    let ids = [keepstead.backup(&source, false), keepstead.backup(&source, true)];
    let listed = keepstead.list();
    let theirs = sandbox.new_restic("repository").run(["snapshots", "--json"]).succeeds().json();
    let (listed, theirs) = (listed.as_array().expect("a list"), theirs.as_array().expect("a list"));
    assert_eq!(listed.len(), 2);
    for (ours, theirs) in listed.iter().zip(theirs) {
        for field in ["id", "time", "paths", "hostname", "tree"] {
            assert_eq!(ours[field], theirs[field], "{field}");
        }
        assert!(ours["tags"].is_array() || ours["tags"].is_null(), "{ours}");
    }
    assert!(listed.iter().zip(&ids).all(|(listed, id)| listed["id"] == **id), "oldest first");
    let plain = keepstead.run("list", [""; 0]).succeeds().stdout;
    assert!(ids.iter().all(|id| plain.contains(&id[..8])), "{plain}");
}

#[test]
fn of_a_folder_in_a_snapshot() {
    let (sandbox, keepstead, source) = ready();
    let snapshot = keepstead.backup(&source, false);
    let ours = keepstead.run("ls", [snapshot.as_str(), "--json"]).succeeds().json_lines();
    let theirs = sandbox.new_restic("repository");
    let theirs = theirs.run(["ls", &snapshot, "--json"]).succeeds().json_lines();
    // restic begins with the snapshot itself.
    let theirs: Vec<&Value> = theirs.iter().filter(|line| line["path"].is_string()).collect();
    let ours: Vec<&Value> = ours.iter().filter(|line| line["path"].is_string()).collect();
    assert_eq!(ours.len(), theirs.len());
    for their_node in theirs {
        let our_node = ours.iter().find(|ours| ours["path"] == their_node["path"]);
        let our_node = our_node.unwrap_or_else(|| panic!("{} is not listed", their_node["path"]));
        for field in ["type", "size", "mode", "mtime"] {
            if field == "size" && their_node["type"] != "file" {
                continue;
            }
            let [ours, theirs] = [our_node, their_node].map(|node| &node[field]);
            assert_eq!(ours, theirs, "{field} of {}", their_node["path"]);
        }
    }

    let folder = source.join("folder");
    let arguments = [snapshot.as_ref(), folder.as_os_str(), "--json".as_ref()];
    let inside = keepstead.run("ls", arguments).succeeds();
    assert!(inside.stdout.contains("folder/b"), "{inside}");
    assert!(!inside.stdout.contains("source/a"), "{inside}");
    let missing = source.join("missing");
    let arguments = [snapshot.as_ref(), missing.as_os_str(), "--json".as_ref()];
    refusal(keepstead.run("ls", arguments)).names("missing");
}

#[test]
fn of_everything_else() {
    let (sandbox, keepstead, source) = ready();
    keepstead.backup(&source, false);
    let target = sandbox.path("target");
    for outcome in [
        keepstead.run("check", ["--json"]),
        keepstead.run("check", ["--read-data", "--json"]),
        keepstead.run("key", ["list", "--json"]),
        keepstead.run_restore("latest", &target, &["--json"]),
        sandbox.keepstead("another").run("init", ["--json"]),
    ] {
        let outcome = outcome.succeeds();
        if serde_json::from_str::<Value>(&outcome.stdout).is_err() {
            assert!(!outcome.json_lines().is_empty(), "{outcome}");
        }
    }
}

#[test]
fn of_odd_names_does_not_control_the_terminal() {
    let (_sandbox, keepstead, source) = ready();
    fs::write(source.join("bell\u{7} \u{1b}[31mred\nline"), "").expect("a file");
    keepstead.backup(&source, false);
    let plain = keepstead.run("ls", ["latest"]).succeeds().stdout;
    assert!(!plain.contains(['\u{7}', '\u{1b}']), "{plain:?}");
    let _ = keepstead.run("ls", ["latest", "--json"]).succeeds().json_lines();
}

#[test]
fn of_errors_for_people() {
    let (sandbox, keepstead, _) = ready();
    let missing = sandbox.path("missing");
    let outcome = keepstead.run("backup", [missing.as_os_str()]).exits(1);
    assert!(outcome.stderr.contains("missing"), "{outcome}");
    assert!(!outcome.stderr.contains("message_type"), "{outcome}");
    assert!(outcome.stdout.is_empty(), "{outcome}");
}

#[test]
fn of_a_skipped_file_for_people() {
    let (sandbox, keepstead, source) = ready();
    let missing = sandbox.path("missing");
    let outcome = keepstead.run("backup", [source.as_os_str(), missing.as_os_str()]).exits(3);
    let said = format!("{}{}", outcome.stdout, outcome.stderr);
    assert!(said.contains(missing.to_str().expect("text")), "{outcome}");
}
