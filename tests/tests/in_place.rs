//! Restores to where files came from, through the command line.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::PathBuf,
    process::Command,
};

use serde_json::{Value, json};
use tests::{
    compare::{Tolerance, assert_same},
    installation::Installation,
    keepstead::refusal,
    sandbox::{Sandbox, files_below},
};

const FILES: [(&str, &[u8]); 4] = [
    ("letter.txt", b"Dear me"),
    ("budget.csv", b"income"),
    ("house/deed.pdf", b"%PDF-"),
    ("empty", b""),
];

/// A plan of one folder, with a backup of it.
struct Documents {
    sandbox: Sandbox,
    installation: Installation,
    source: PathBuf,
}

fn backed_up() -> Documents {
    let sandbox = Sandbox::new();
    let source = sandbox.source("documents", &FILES);
    let installation = Installation::new(&sandbox);
    installation.plan(&sandbox, &[&source]);
    installation.run(["run"]).succeeds();
    Documents { sandbox, installation, source }
}

impl Documents {
    /// `keepstead restore --from Disk --in-place ARGUMENTS --json`.
    fn restore(&self, arguments: &[&str], code: i32) -> Vec<Value> {
        let mut all = vec!["restore", "--from", "Disk", "--in-place", "--json"];
        all.extend(arguments);
        self.installation.run(all).exits(code).json_lines()
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.source.join(name), content).expect("a file");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.source.join(name)).expect("a file")
    }

    /// The names of all files.
    fn names(&self) -> Vec<String> {
        let below = |path: PathBuf| {
            path.strip_prefix(&self.source).expect("it lies there").display().to_string()
        };
        files_below(&self.source).into_iter().map(below).collect()
    }

    fn path(&self, name: &str) -> String {
        self.source.join(name).to_str().expect("a path").to_owned()
    }
}

fn of_type<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["message_type"] == kind).collect()
}

#[test]
fn what_was_deleted_comes_back_to_where_it_was() {
    let documents = backed_up();
    let kept = documents.sandbox.path("kept");
    Command::new("cp").arg("-a").args([&documents.source, &kept]).status().expect("a copy");
    fs::remove_dir_all(&documents.source).expect("the original is lost");
    // The folder around it is none of what was backed up.
    let around = documents.sandbox.path("");
    fs::set_permissions(&around, fs::Permissions::from_mode(0o711)).expect("a mode");
    for existing in [&["--existing", "overwrite", "--yes"][..], &[], &["--existing", "keep"]] {
        let lines = documents.restore(existing, 0);
        let run = of_type(&lines, "run")[0];
        assert_eq!((&run["status"], &run["files_skipped"]), (&"SUCCESS".into(), &0.into()));
        assert_eq!(run["target"]["path"], "/");
        assert!(of_type(&lines, "renamed").is_empty());
        let tolerance = Tolerance::default();
        assert_same(&kept, &documents.source, tolerance);
    }
    assert_eq!(fs::metadata(&around).expect("its mode").mode() & 0o777, 0o711);
}

#[test]
fn both_are_kept_and_the_run_knows_the_names() {
    let documents = backed_up();
    documents.write("letter.txt", "Dear you");
    documents.write("house/deed.pdf", "%PDF-2");
    documents.write("mine", "of today");
    let id = documents.installation.history()[0]["backup_id"].clone();
    let dry = documents.restore(&["--dry-run"], 0);
    assert_eq!(dry[0]["existing"], "keep_both");
    assert_eq!((&dry[0]["snapshot_id"], &dry[0]["conflicts"]), (&id, &json!(4)));
    assert!(
        dry[0]["conflict_examples"]
            .as_array()
            .expect("a list")
            .contains(&json!(documents.path("letter.txt")))
    );
    assert_eq!((documents.names().len(), documents.installation.history().len()), (5, 1));

    let lines = documents.restore(&[], 0);
    let renamed = of_type(&lines, "renamed");
    let paths: Vec<_> = renamed.iter().map(|it| it["path"].clone()).collect();
    assert_eq!(paths, [documents.path("house/deed.pdf"), documents.path("letter.txt")]);
    let deed = renamed[0]["name"].as_str().expect("a name");
    let letter = renamed[1]["name"].as_str().expect("a name");
    assert!(letter.starts_with("letter (backup of 20") && letter.ends_with(").txt"), "{letter}");
    assert_eq!(documents.read("letter.txt"), "Dear you");
    assert_eq!(documents.read(letter), "Dear me");
    assert_eq!(documents.read("house/deed.pdf"), "%PDF-2");
    assert_eq!(documents.read(&format!("house/{deed}")), "%PDF-");
    assert_eq!(documents.read("mine"), "of today");
    assert_eq!(documents.names().len(), 7, "what is the same has no second copy");

    // The run remembers it, and its log tells it.
    let run = of_type(&lines, "run")[0]["id"].as_str().expect("an id");
    let history = documents.installation.run(["history", run, "--json"]).succeeds().json_lines();
    assert_eq!(of_type(&history, "renamed"), renamed);
    let said = format!("{} is here as {letter}", documents.path("letter.txt"));
    let logged = of_type(&history, "log");
    assert!(logged.iter().any(|line| line["message"].as_str().expect("text").ends_with(&said)));
    assert_eq!(logged.len(), 3, "two names, and how it ended");
    let text = documents.installation.run(["history", run]).succeeds().stdout;
    assert_eq!(text.matches(&said).count(), 1, "{text}");
}

#[test]
fn what_is_replaced_was_agreed_to() {
    let documents = backed_up();
    documents.write("letter.txt", "Dear you");
    documents.write("mine", "of today");
    let over = ["restore", "--from", "Disk", "--existing", "overwrite"];
    for place in [&["--in-place"][..], &["--target", "/"]] {
        for more in [&[][..], &["--json"]] {
            let refused = documents.installation.run([&over[..], place, more].concat()).exits(2);
            assert!(refused.stderr.contains("--yes") && refused.stdout.is_empty(), "{refused}");
        }
    }
    let dry = [&over[..], &["--in-place", "--dry-run"]].concat();
    let dry = documents.installation.run(dry).succeeds();
    assert!(
        dry.stdout.contains("4 are there now; what is not the same would be replaced:"),
        "{dry}"
    );
    assert!(dry.stdout.contains(&documents.path("letter.txt")), "{dry}");
    assert_eq!((documents.read("letter.txt").as_str(), documents.names().len()), ("Dear you", 5));
    assert_eq!(documents.installation.history().len(), 1, "nothing was asked for");

    // A terminal is asked, and no means no.
    let place = [&over[..], &["--in-place"]].concat();
    let no = documents.installation.terminal(&place, "n\n").exits(1);
    assert!(no.stdout.contains("Replace? [y/N]"), "{no}");
    assert!(no.stdout.contains(&documents.path("letter.txt")), "{no}");
    assert_eq!(documents.read("letter.txt"), "Dear you");
    assert_eq!(documents.installation.history().len(), 1, "nothing was asked for");
    documents.installation.terminal(&place, "y\n").succeeds();
    assert_eq!(documents.read("letter.txt"), "Dear me");
    assert_eq!(documents.read("mine"), "of today");
    // Nothing there, nothing to ask.
    fs::remove_dir_all(&documents.source).expect("it is lost");
    let unasked = documents.installation.terminal(&place, "").succeeds();
    assert!(!unasked.stdout.contains("Replace?"), "{unasked}");

    documents.write("letter.txt", "Dear all");
    let one = documents.path("letter.txt");
    documents.restore(&["--existing", "overwrite", "--yes", "--include", &one], 0);
    assert_eq!(documents.read("letter.txt"), "Dear me");
}

#[test]
fn nothing_beside_what_is_restored_is_touched() {
    let documents = backed_up();
    let neighbour = documents.sandbox.source("neighbour", &[("file", b"not backed up")]);
    documents.write("mine", "of today");
    documents.write("letter.txt", "Dear you");
    documents.write("budget.csv", "expenses");
    let state = |path: &PathBuf| {
        let it = fs::metadata(path).expect("it is there");
        (it.ino(), it.mtime(), it.mtime_nsec(), it.ctime(), it.ctime_nsec(), it.mode())
    };
    let others = [
        neighbour.clone(),
        neighbour.join("file"),
        documents.source.join("mine"),
        documents.source.join("budget.csv"),
        documents.source.join("house"),
    ];
    let before = others.each_ref().map(state);
    let one = documents.path("letter.txt");
    for existing in ["overwrite", "keep-both", "keep"] {
        documents.write("letter.txt", "Dear you");
        documents.restore(&["--existing", existing, "--yes", "--include", &one], 0);
        assert_eq!(others.each_ref().map(state), before, "{existing}");
    }
    // Nor is anything when files in the way are to keep all of it out.
    documents.write("letter.txt", "Dear you");
    let names = documents.names();
    let lines = documents.restore(&["--existing", "refuse"], 1);
    assert_eq!(of_type(&lines, "run")[0]["error"]["code"], "target_exists");
    assert_eq!((documents.names(), documents.read("letter.txt")), (names, "Dear you".to_owned()));
    assert_eq!(others.each_ref().map(state), before);
}

#[test]
fn the_newest_backup_is_that_of_the_plan() {
    let documents = backed_up();
    let other = documents.sandbox.source("other", &[("file", b"other")]);
    let other = other.to_str().expect("a path");
    documents
        .installation
        .run(["plan", "add", "Other", "--source", other, "--to", "Disk"])
        .succeeds();
    documents.installation.run(["run", "Other"]).succeeds();
    let files = |plan: &[&str]| {
        let dry = documents.restore(&[&["--dry-run"], plan].concat(), 0);
        dry[0]["files"].clone()
    };
    assert_eq!((files(&[]), files(&["--plan", "Documents"])), (json!(1), json!(4)));
    documents.installation.run(["plan", "remove", "Other"]).succeeds();
    let none = ["restore", "--from", "Disk", "--in-place", "--dry-run", "--json"];
    let none = [&none[..], &["--plan", "Other"]].concat();
    refusal(documents.installation.run(none)).has_code(&["no_such_plan"]);
}

#[test]
fn combinations_that_make_no_sense_are_told() {
    let documents = backed_up();
    let target = documents.path("../target");
    let wrong: [(&[&str], &str); 4] = [
        (&[], "--target"),
        (&["--in-place", "--target", &target], "cannot be used with"),
        (&["--in-place", "--existing", "never"], "keep-both"),
        (&["--target", "/", "--existing", "overwrite"], "--yes"),
    ];
    for (arguments, says) in wrong {
        let all = [&["restore", "--from", "Disk"], arguments].concat();
        let refused = documents.installation.run(all).exits(2);
        assert!(refused.stderr.contains(says), "{refused}");
    }
    assert_eq!(documents.installation.history().len(), 1);
    let refused = |arguments: &[&str]| {
        let all = [&["restore", "--in-place", "--dry-run", "--json"], arguments].concat();
        refusal(documents.installation.run(all))
    };
    refused(&["--from", "Nowhere"]).has_code(&["no_such_destination"]);
    refused(&["--from", "Disk", "--include", "zzz"]).has_code(&["no_such_path"]);
    refused(&["--from", "Disk", "0000"]).has_code(&["no_such_backup"]);
}
