//! Verifying what lies at a destination and cleaning it up, through the command
//! line and judged by restic.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use tests::{
    content::random,
    installation::Installation,
    keepstead::refusal,
    program::{Outcome, Running},
    sandbox::{Sandbox, files_below},
};

struct Kept {
    sandbox: Sandbox,
    installation: Installation,
}

/// With one backup of a letter and a film.
fn backed_up() -> Kept {
    let sandbox = Sandbox::new();
    let film = random(1, 400_000);
    let source =
        sandbox.source("documents", &[("letter.txt", b"Dear me"), ("film.raw", &film[..])]);
    let installation = Installation::new(&sandbox);
    installation.plan(&sandbox, &[&source]);
    installation.run(["run"]).succeeds();
    Kept { sandbox, installation }
}

impl Kept {
    fn run(&self, arguments: &[&str]) -> Outcome {
        self.installation.run(arguments)
    }

    fn vault(&self) -> PathBuf {
        self.sandbox.path("destination/vault")
    }

    /// The files that hold what was backed up, the longest last.
    fn stored(&self) -> Vec<PathBuf> {
        let mut all = files_below(&self.vault().join("data"));
        all.sort_by_key(|path| length(path));
        all
    }

    fn stored_bytes(&self) -> u64 {
        self.stored().iter().map(|path| length(path)).sum()
    }

    /// What `destination list` says of the only one.
    fn destination(&self) -> Value {
        self.run(&["destination", "list", "--json"]).succeeds().json()[0].clone()
    }

    /// Both versions of restic read every byte and find nothing wrong.
    fn judged(&self) {
        for variable in ["KEEPSTEAD_TEST_RESTIC_OLD", "KEEPSTEAD_TEST_RESTIC_NEW"] {
            let program = std::env::var_os(variable).expect("restic");
            let mut command = Command::new(program);
            command.args(["check", "--read-data", "--no-cache"]).arg("--repo").arg(self.vault());
            command.env("RESTIC_PASSWORD", self.installation.words());
            command.env("HOME", self.sandbox.home());
            Running::start(command).finish().succeeds();
        }
    }

    /// Takes the film out of what is copied, makes a new backup and has the old
    /// one forgotten.
    fn waste(&self) {
        fs::remove_file(self.sandbox.path("documents/film.raw")).expect("a file");
        self.run(&["run"]).succeeds();
        let words = self.sandbox.path("words");
        fs::write(&words, self.installation.words()).expect("a file");
        let (words, vault) = (words.to_str().expect("a path"), self.vault());
        let vault = vault.to_str().expect("a path");
        let forget = ["vault", "forget", "--keep-last", "1", "--repository", vault];
        self.run(&[&forget[..], &["--password-file", words]].concat()).succeeds();
    }
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).expect("a file").len()
}

fn of_type<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["message_type"] == kind).collect()
}

#[test]
fn what_is_sound_is_verified_and_remembered() {
    let kept = backed_up();
    let listed = kept.run(&["destination", "list"]).succeeds().stdout;
    assert!(listed.contains("  never verified\n"), "{listed}");
    for (depth, read) in [("structure", 0), ("everything", kept.stored_bytes())] {
        let lines = kept.run(&["verify", "Disk", "--depth", depth, "--json"]).succeeds();
        let lines = lines.json_lines();
        let run = of_type(&lines, "run")[0];
        assert_eq!((&run["status"], &run["kind"]), (&json!("SUCCESS"), &json!("verify")));
        let result = json!({
            "kind": "verified", "depth": depth, "backups": 1, "bytes": kept.stored_bytes(),
            "bytes_read": read, "errors": 0, "remarks": 0,
        });
        assert_eq!(run["result"], result);
        let disk = kept.destination();
        assert_eq!(
            (&disk["verified"]["depth"], &disk["verified"]["sound"]),
            (&json!(depth), &json!(true))
        );
        assert_eq!(
            (&disk["stored"], &disk["reclaimable"]),
            (&json!(kept.stored_bytes()), &json!(0))
        );
    }
    let plain = kept.run(&["verify", "Disk"]).succeeds().stdout;
    assert!(plain.contains("Verifying Disk: no errors were found in 1 backup; read "), "{plain}");
    let listed = kept.run(&["destination", "list"]).succeeds().stdout;
    assert!(listed.contains(" used by backups, 0 B can be freed (as of "), "{listed}");
    assert!(listed.contains(", everything read: no errors\n"), "{listed}");
    refusal(kept.run(&["verify", "Nowhere", "--json"])).has_code(&["no_such_destination"]);
    let _ = kept.run(&["verify", "Disk", "--depth", "little"]).exits(2);
    let history = kept.run(&["history"]).succeeds().stdout;
    assert!(history.contains("Verifying Disk: no errors"), "{history}");
}

#[test]
fn damage_is_named_and_stays_in_the_verdict() {
    let kept = backed_up();
    let path = kept.stored().pop().expect("a file");
    let mut bytes = fs::read(&path).expect("a file");
    bytes[1000] ^= 1;
    fs::remove_file(&path).expect("a file");
    fs::write(&path, bytes).expect("a file");

    kept.run(&["verify", "Disk", "--depth", "structure"]).succeeds();
    let found = kept.run(&["verify", "Disk", "--json"]).exits(1);
    let lines = found.json_lines();
    let run = of_type(&lines, "run")[0];
    assert_eq!((&run["status"], &run["error"]["code"]), (&json!("FAILED"), &json!("damaged")));
    assert!(run["result"]["errors"].as_u64() > Some(0), "{run}");
    let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
    let named = of_type(&lines, "log").into_iter().find(|line| {
        line["level"] == "error" && line["message"].as_str().is_some_and(|it| it.contains(name))
    });
    assert!(named.is_some(), "{lines:?}");
    let plain = kept.run(&["verify", "Disk"]).exits(1);
    assert!(plain.stderr.contains("Verifying Disk: Backups on Disk are damaged"), "{plain}");
    assert!(plain.stderr.contains("keepstead vault repair index"), "{plain}");
    assert!(plain.stderr.contains(name) && plain.stderr.contains("film.raw"), "{plain}");
    assert_eq!(plain.stderr.matches("are damaged").count(), 1, "it is said once: {plain}");
    let listed = kept.run(&["destination", "list"]).succeeds().stdout;
    assert!(listed.contains(", everything read: damage was found\n"), "{listed}");

    // What reads less proves nothing.
    kept.run(&["verify", "Disk", "--depth", "structure"]).succeeds();
    let status = kept.installation.status();
    assert_eq!((&status["state"], &status["word"]), (&json!("failed"), &json!("Damaged")));
    assert_eq!(status["fix"]["kind"], "show_run");
    let status = kept.run(&["status"]).exits(3).stdout;
    assert!(status.starts_with("Damaged: Backups on Disk are damaged"), "{status}");
}

#[test]
fn a_clean_up_is_shown_first_and_restic_finds_nothing_wrong_afterwards() {
    let kept = backed_up();
    kept.waste();
    let before = files_below(&kept.vault());
    let refused = kept.run(&["clean-up", "Disk"]).exits(2);
    assert!(refused.stderr.contains("give --yes"), "{refused}");
    let _ = kept.run(&["clean-up", "Disk", "--json"]).exits(2);
    let plan = kept.run(&["clean-up", "Disk", "--dry-run", "--json"]).succeeds().json();
    assert_eq!((&plan["message_type"], &plan["empty"]), (&json!("plan"), &json!(false)));
    assert_eq!((&plan["stored"], &plan["backups"]), (&json!(kept.stored_bytes()), &json!(1)));
    assert!(plan["frees_later"].as_u64() > Some(400_000), "{plan}");
    assert_eq!(kept.destination()["reclaimable"], plan["reclaimable"]);
    let shown = kept.run(&["clean-up", "Disk", "--dry-run"]).succeeds().stdout;
    assert!(shown.contains("to be deleted by a clean-up after 24 h 0 min\n"), "{shown}");
    let no = kept.installation.terminal(&["clean-up", "Disk"], "n\n").exits(1);
    assert!(no.stdout.contains("Clean up? [y/N]"), "{no}");
    assert!(no.stdout.contains("Cancelled. Nothing was cleaned up."), "{no}");
    assert_eq!(files_below(&kept.vault()), before, "nothing was changed");

    let done = kept.run(&["clean-up", "Disk", "--yes", "--json"]).succeeds().json_lines();
    assert_eq!(of_type(&done, "plan")[0]["id"], plan["id"]);
    let run = of_type(&done, "run")[0];
    assert_eq!((&run["kind"], &run["status"]), (&json!("prune"), &json!("SUCCESS")));
    let result = &run["result"];
    assert_eq!((&result["kind"], &result["bytes_freed"]), (&json!("cleaned_up"), &json!(0)));
    assert_eq!(result["bytes_waiting"], plan["frees_later"]);
    assert_eq!(kept.destination()["stored"], kept.stored_bytes());
    kept.judged();
    let again = kept.run(&["clean-up", "Disk", "--yes"]).succeeds().stdout;
    assert!(again.contains(" was marked earlier and waits, until "), "{again}");
    assert!(again.contains("Nothing to do\n"), "{again}");
    kept.run(&["verify", "Disk"]).succeeds();
}

#[test]
fn a_clean_up_that_is_confirmed_is_done() {
    let kept = backed_up();
    kept.waste();
    let done = kept.installation.terminal(&["clean-up", "Disk"], "y\n").succeeds();
    assert!(done.stdout.contains("Cleaning up Disk: done, 0 B freed; "), "{done}");
    kept.judged();
}

#[test]
fn nothing_is_cleaned_up_while_the_newest_backup_is_not_listed() {
    let kept = backed_up();
    kept.waste();
    let newest = kept.installation.history()[0]["backup_id"].as_str().expect("an id").to_owned();
    let (listed, hidden) =
        (kept.vault().join("snapshots").join(newest), kept.sandbox.path("hidden"));
    fs::rename(&listed, &hidden).expect("it is hidden");
    // Another backup, so that the list is not just empty.
    let other = kept.sandbox.source("other", &[("file", b"other")]);
    let other = other.to_str().expect("a path");
    kept.run(&["plan", "add", "Other", "--to", "Disk", "--source", other]).succeeds();
    kept.run(&["run", "Other"]).succeeds();
    let before = files_below(&kept.vault());
    let refused = kept.run(&["clean-up", "Disk", "--yes", "--json"]);
    assert!(refused.stderr.contains("The newest backup of \\\"Documents\\\" is not listed"));
    refusal(refused).has_code(&["missing_object"]);
    assert_eq!(files_below(&kept.vault()), before);
    fs::rename(&hidden, &listed).expect("it is back");
    kept.run(&["clean-up", "Disk", "--yes"]).succeeds();
    kept.judged();
}
