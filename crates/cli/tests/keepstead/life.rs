//! Backups go, and so does the room they took.

use crate::home::{Home, tree};
use serde_json::{Value, json};
use std::fs;

#[test]
fn old_backups_go_and_their_room_is_freed_a_day_later() {
    let home = Home::with_backup();
    fs::remove_file(home.path("source/folder/picture")).expect("a file");
    home.vault(["backup", "source"]).code(0);
    let [first, second] = &home.backups()[..] else { panic!("two backups") };

    let would = ["forget", "--keep-last", "1", "--keep-within", "0d", "--dry-run", "--json"];
    let would = home.vault(would).code(0).summary();
    assert_eq!((&would["dry_run"], &would["removed"]), (&json!(true), &json!(1)));
    let group = &would["groups"][0];
    assert_eq!(group["paths"], json!([home.path("source")]));
    assert_eq!(
        (&group["keep"][0]["id"], &group["remove"][0]["id"]),
        (&json!(second), &json!(first))
    );
    assert_eq!(group["keep"][0]["reasons"], json!(["last snapshot"]));
    assert_eq!(home.backups().len(), 2, "nothing was done");
    let plain = home.vault(["forget", "--keep-last", "1"]).code(0);
    assert!(plain.stdout.contains("(last snapshot)\nremove  "), "{plain:?}");
    assert!(plain.stdout.contains("Removed 1 backup, kept 1 backup"), "{plain:?}");
    assert_eq!(home.backups(), std::slice::from_ref(second));

    let would = home.vault(["prune", "--max-unused", "0", "--dry-run", "--json"]).code(0).summary();
    assert_eq!((&would["dry_run"], &would["packs_deleted"]), (&json!(true), &json!(0)));
    assert!(would["mark"].as_array().is_some_and(|packs| !packs.is_empty()), "{would}");
    assert!(would["bytes_unused"].as_u64() > Some(0), "{would}");
    let marked = home.vault(["prune", "--max-unused", "0", "--json"]).code(0).summary();
    assert_eq!(marked["packs_marked"], would["packs_marked"]);
    assert_eq!(marked["grace_seconds"], 86_400);
    let waiting = home.vault(["prune", "--json"]).code(0).summary();
    assert_eq!(waiting["packs_waiting"], marked["packs_marked"]);

    let deleted = home.vault(["prune", "--grace", "0", "--json"]).code(0).summary();
    assert_eq!(deleted["packs_deleted"], marked["packs_marked"]);
    let nothing = home.vault(["prune"]).code(0);
    assert!(nothing.stdout.contains("Deleted 0 packs, 0 B, in "), "{nothing:?}");
    let check = home.vault(["check", "--read-data", "--json"]).code(0).summary();
    assert_eq!(check["findings"], json!([]));
}

#[test]
fn backups_and_their_room_go_at_once() {
    let home = Home::with_backup();
    fs::remove_file(home.path("source/folder/picture")).expect("a file");
    home.vault(["backup", "source"]).code(0);
    let files = || {
        let all = tree(&home.path("repository")).into_iter();
        all.filter(|(_, what)| what.starts_with("file")).collect::<Vec<_>>()
    };
    let before = files();
    let forget = |more: &[&str]| {
        let words = ["forget", "--keep-last", "1", "--prune", "--grace", "0", "--max-unused", "0"];
        home.vault(words.iter().chain(more)).code(0)
    };
    let would = forget(&["--dry-run", "--json"]).lines();
    assert_eq!(files(), before, "nothing was done");
    let done = forget(&["--json"]).lines();
    let of = |messages: &[Value], kind: &str| {
        let found = messages.iter().find(|message| message["message_type"] == kind);
        found.unwrap_or_else(|| panic!("{kind} in {messages:?}")).clone()
    };
    for (kind, figures) in [
        ("summary", &["removed", "kept", "groups"][..]),
        ("prune", &["packs_deleted", "bytes_deleted", "bytes_after", "packs_repacked", "backups"]),
    ] {
        let (would, done) = (of(&would, kind), of(&done, kind));
        assert_eq!((&would["dry_run"], &done["dry_run"]), (&json!(true), &json!(false)));
        for figure in figures {
            assert_eq!(would[figure], done[figure], "{figure}");
        }
    }
    assert!(of(&done, "prune")["bytes_deleted"].as_u64() > Some(0));
    assert_eq!(home.backups().len(), 1);
    let size = || {
        let packs = files().into_iter().filter(|(path, _)| path.starts_with("data"));
        let length = |path| home.path("repository").join(path).metadata().expect("a pack").len();
        packs.map(|(path, _)| length(path)).sum::<u64>()
    };
    // How many new packs there will be, each with a header, is not known ahead.
    let after = of(&done, "prune")["bytes_after"].as_u64().expect("bytes");
    assert!((after..after + 100).contains(&size()), "{after}, {}", size());
    let check = home.vault(["check", "--read-data", "--json"]).code(0).summary();
    assert_eq!(check["findings"], json!([]));
    let plain = forget(&[]);
    assert!(plain.stdout.contains("Removed 0 backups, kept 1 backup\n"), "{plain:?}");
    assert!(plain.stdout.contains("Deleted 0 packs, 0 B, in "), "{plain:?}");

    // That the room stays is told, and that the backups are gone.
    let last = home.vault(["forget", "latest", "--prune", "--grace", "0", "--json"]);
    assert_eq!(of(&last.lines(), "summary")["removed"], 1);
    assert_eq!(last.refusal(), "no_backups");
    assert!(size() > 0);
}

#[test]
fn backups_go_by_name_and_not_without_a_rule() {
    let home = Home::with_backup();
    assert_eq!(home.vault(["forget", "--json"]).refusal(), "no_rules");
    assert_eq!(home.vault(["forget", "ffff", "--json"]).refusal(), "no_such_backup");
    for wrong in [
        &["forget", "latest", "--keep-last", "1"][..],
        &["forget", "latest", "--host", "home"],
        &["forget", "--keep-last", "-1"],
        &["forget", "--keep-within", "1w"],
        &["forget", "--keep-last", "1", "--group-by", "size"],
        &["forget", "--keep-last", "1", "--time-zone", "Nowhere"],
        &["forget", "--keep-last", "1", "--grace", "0"],
        &["forget", "--keep-last", "1", "--max-unused", "0"],
        &["prune", "--grace", "1m"],
        &["prune", "--max-unused", "101"],
    ] {
        home.vault(wrong).code(2);
    }
    let removed = home.vault(["forget", "latest", "--json"]).code(0).summary();
    assert_eq!((&removed["removed"], &removed["kept"]), (&json!(1), &json!(0)));
    assert_eq!(home.backups(), [""; 0]);
    let prune = ["prune", "--grace", "0", "--json"];
    assert_eq!(home.vault(prune).refusal(), "no_backups");
}

#[test]
fn a_folder_of_backups_that_is_away_costs_none() {
    let home = Home::with_backup();
    let (folder, away) = (home.path("repository/snapshots"), home.path("repository/away"));
    fs::rename(&folder, &away).expect("it is moved");
    assert_eq!(home.vault(["prune", "--grace", "0", "--json"]).refusal(), "no_backups");
    fs::rename(&away, &folder).expect("it is moved back");
    let check = home.vault(["check", "--read-data", "--json"]).code(0).summary();
    assert_eq!(check["findings"], json!([]));
}
