//! Repairs.

use crate::home::Home;
use serde_json::json;
use std::{fs, path::PathBuf};

fn files(home: &Home, folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![home.path("repository").join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    // The largest last.
    found.sort_by_key(|path| fs::metadata(path).expect("a file").len());
    found
}

#[test]
fn a_lost_index_is_told_anew() {
    let home = Home::with_backup();
    let [index] = &files(&home, "index")[..] else { panic!("one index file") };
    fs::write(index, "nonsense").expect("a file");
    home.vault(["check"]).code(1);
    let would = home.vault(["repair", "index", "--dry-run", "--json"]).code(0).summary();
    assert_eq!((&would["dry_run"], &would["indexes_replaced"]), (&json!(true), &json!(1)));
    assert_eq!(fs::read(index).expect("a file"), b"nonsense");
    let did = home.vault(["repair", "index"]).code(0);
    assert!(did.stderr.contains("is damaged"), "{did:?}");
    assert!(did.stdout.contains("1 index file replaced, in "), "{did:?}");
    let check = home.vault(["check", "--read-data", "--json"]).code(0).summary();
    assert_eq!(check["findings"], json!([]));
    let nothing = home.vault(["repair", "index", "--json"]).code(0).summary();
    assert_eq!((&nothing["indexes_replaced"], &nothing["packs_adopted"]), (&json!(0), &json!(0)));
}

#[test]
fn what_is_left_of_a_backup_is_saved_when_it_is_asked_for() {
    let home = Home::with_backup();
    let sound = home.vault(["repair", "snapshots"]).code(0);
    assert!(sound.stdout.contains("Nothing to repair"), "{sound:?}");
    fs::write(home.path("source/new"), vec![3; 50_000]).expect("a file");
    home.vault(["backup", "source"]).code(0);
    // The pack of the first backup's contents.
    let packs = files(&home, "data");
    let lost = packs.iter().find(|pack| {
        let bytes = fs::read(pack).expect("a pack");
        fs::remove_file(pack).expect("a pack");
        let check = home.vault(["check", "--json"]).code(1).summary();
        let findings = check["findings"].to_string();
        let is_it = findings.contains("letter.txt");
        if !is_it {
            fs::write(pack, bytes).expect("a pack");
        }
        is_it
    });
    assert!(lost.is_some());
    let missing = home.vault(["repair", "index"]).code(0);
    assert!(missing.stderr.contains("is missing; it held "), "{missing:?}");
    let report = home.vault(["repair", "snapshots"]).code(3);
    assert!(report.stderr.contains("/letter.txt"), "{report:?}");
    assert!(report.stdout.contains("--apply saves what is left"), "{report:?}");
    assert_eq!(home.backups().len(), 2);
    home.vault(["repair", "snapshots", "--forget"]).code(2);
    let done =
        home.vault(["repair", "snapshots", "--apply", "--forget", "--json"]).code(0).summary();
    assert_eq!((&done["removed"], &done["dry_run"]), (&json!(2), &json!(false)));
    assert!(done["broken"][0]["repaired"].is_string(), "{done}");
    assert_eq!(home.backups().len(), 2);
    assert_eq!(home.vault(["check", "--json"]).code(0).summary()["errors"], 0);
    home.vault(["restore", "latest", "--target", "back"]).code(0);
    let new = home.path("back").join(home.path("source/new").strip_prefix("/").expect("a path"));
    assert_eq!(fs::read(&new).expect("a file"), vec![3; 50_000]);
    assert!(!new.with_file_name("letter.txt").exists());
}
