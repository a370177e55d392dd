//! Destinations, plans, runs, the verdict and the recovery kit, through the
//! command line and judged by restic.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use serde_json::Value;
use tests::{
    compare::{Tolerance, assert_same},
    content::random,
    installation::Installation,
    keepstead::refusal,
    program::Running,
    sandbox::{Sandbox, files_below, restored},
};

const FILES: [(&str, &[u8]); 3] =
    [("letter.txt", b"Dear me"), ("house/deed.pdf", b"%PDF-"), ("empty", b"")];

fn ready() -> (Sandbox, Installation) {
    let sandbox = Sandbox::new();
    let source = sandbox.source("documents", &FILES);
    let installation = Installation::new(&sandbox);
    installation.plan(&sandbox, &[&source]);
    (sandbox, installation)
}

fn of_run(lines: &[Value]) -> &Value {
    lines.iter().find(|line| line["message_type"] == "run").expect("how the run ended")
}

#[test]
fn from_the_first_command_to_a_restored_file() {
    let (sandbox, installation) = ready();
    let source = sandbox.path("documents");
    assert_eq!(installation.status()["state"], "warning", "there is no copy yet");

    let ran = installation.run(["run", "--json"]).succeeds();
    let run = of_run(&ran.json_lines()).clone();
    assert_eq!((&run["status"], &run["verified"]), (&"SUCCESS".into(), &true.into()), "{ran}");
    assert_eq!(run["files_total"], 3);

    // Another program opens the backup with the words of the kit.
    let repository = sandbox.path("destination/vault");
    let restic = |arguments: &[&str]| {
        let program = std::env::var_os("KEEPSTEAD_TEST_RESTIC_NEW").expect("restic");
        let mut command = Command::new(program);
        command.args(arguments).arg("--no-cache").env("RESTIC_PASSWORD", installation.words());
        command.arg("--repo").arg(&repository).env("HOME", sandbox.home());
        Running::start(command).finish().succeeds()
    };
    restic(&["check", "--read-data"]);
    let snapshots = restic(&["snapshots", "--json"]).json();
    let tags = snapshots[0]["tags"].as_array().expect("tags");
    assert!(tags.iter().any(|tag| tag.as_str().is_some_and(|tag| tag.starts_with("ks:plan="))));

    // The original is lost; the copy is not.
    let kept = sandbox.path("kept");
    Command::new("cp").arg("-a").args([&source, &kept]).status().expect("a copy to compare with");
    fs::remove_dir_all(&source).expect("the original is lost");
    let target = sandbox.path("target");
    let to = target.to_str().expect("a path");
    installation
        .run(["restore", "--from", "Disk", "--plan", "Documents", "--target", to])
        .succeeds();
    let tolerance = Tolerance::default();
    assert_same(&kept, &restored(&target, &source), tolerance);

    let kinds: Vec<Value> = installation.history().iter().map(|run| run["kind"].clone()).collect();
    assert_eq!(kinds, ["restore", "backup"]);
}

#[test]
fn protected_needs_the_kit_and_another_disk() {
    let (sandbox, installation) = ready();
    installation.run(["run"]).succeeds();
    let said = |status: &Value| {
        let reasons = status["reasons"].as_array().expect("reasons").clone();
        reasons
            .into_iter()
            .map(|reason| reason.as_str().expect("text").to_owned())
            .collect::<Vec<_>>()
    };
    let before = said(&installation.status());
    assert!(before.iter().any(|reason| reason.contains("recovery kit")), "{before:?}");

    let words = sandbox.path("words");
    let file = words.to_str().expect("a path");
    fs::write(&words, "one two three four five six seven eight\n").expect("a file");
    let wrong = installation.run(["kit", "confirm", "--words-file", file, "--json"]);
    refusal(wrong).has_code(&["wrong_kit_word"]);
    fs::write(&words, format!("{}\n", installation.words().to_uppercase())).expect("a file");
    installation.run(["kit", "confirm", "--words-file", file]).succeeds();
    let after = said(&installation.status());
    assert!(!after.iter().any(|reason| reason.contains("recovery kit")), "{after:?}");
    // All of the sandbox lies on one disk.
    assert_eq!(installation.status()["state"], "warning", "{after:?}");
}

#[test]
fn nothing_is_said_to_be_set_up_before_it_is() {
    let sandbox = Sandbox::new();
    let none = Installation::none(&sandbox);
    assert_eq!(none.status()["state"], "not_set_up");
    refusal(none.run(["run", "--json"])).has_code(&["not_set_up"]);
    refusal(none.run(["plan", "list", "--json"])).has_code(&["not_set_up"]);
    assert!(!none.data().exists(), "asking writes nothing");
    let _ = Installation::new(&sandbox);
    refusal(none.run(["kit", "create", "--json"])).has_code(&["already_set_up"]);
}

#[test]
fn without_the_words_it_stays_locked() {
    let (_sandbox, installation) = ready();
    let locked = installation.unlocked_by(None);
    assert_eq!(locked.status(), installation.status(), "the verdict needs no secret");
    refusal(locked.run(["run", "--json"])).has_code(&["app_locked"]);
    refusal(locked.run(["kit", "words", "--json"])).has_code(&["app_locked"]);
    let mut words: Vec<&str> = installation.words().split(' ').collect();
    words.swap(0, 7);
    words.swap(1, 6);
    let wrong = installation.unlocked_by(Some(&words.join(" ")));
    refusal(wrong.run(["kit", "words", "--json"])).has_code(&["wrong_passphrase"]);
}

#[test]
fn neither_the_words_nor_the_password_lie_open_on_the_disk() {
    let (sandbox, installation) = ready();
    installation.run(["run"]).succeeds();
    let pairs: Vec<String> = installation
        .words()
        .split(' ')
        .collect::<Vec<_>>()
        .windows(2)
        .map(|pair| pair.join(" "))
        .collect();
    for folder in [installation.data().to_owned(), sandbox.path("destination")] {
        for file in files_below(&folder) {
            let bytes = fs::read(&file).expect("a file");
            for pair in &pairs {
                let found = bytes.windows(pair.len()).any(|window| window == pair.as_bytes());
                assert!(!found, "{} holds two of the words", file.display());
            }
            let mode = fs::metadata(&file).expect("its mode").permissions().mode();
            assert_eq!(mode & 0o077, 0, "others can read {}", file.display());
        }
    }
}

#[test]
fn a_disk_that_is_not_there_gets_nothing_in_its_place() {
    let (sandbox, installation) = ready();
    installation.run(["run"]).succeeds();
    let place = sandbox.path("destination");
    fs::rename(&place, sandbox.path("pulled")).expect("the disk is pulled");
    fs::create_dir(&place).expect("its mount point");

    let run = installation.run(["run", "--json"]).exits(1).json_lines();
    assert_eq!(of_run(&run)["error"]["code"], "not_mounted");
    assert!(files_below(&place).is_empty(), "something was written on the mount point");
    assert_eq!(installation.status()["state"], "destination_missing");
    let list = installation.run(["destination", "list", "--json"]).succeeds().json();
    assert_eq!(list[0]["state"], "not_mounted");

    // Another disk in its place is not it, either.
    fs::write(place.join("keepstead-destination.json"), b"{}").expect("something else");
    let run = installation.run(["run", "--json"]).exits(1).json_lines();
    assert_eq!(of_run(&run)["error"]["code"], "not_mounted");

    fs::remove_dir_all(&place).expect("gone");
    fs::rename(sandbox.path("pulled"), &place).expect("it is back");
    installation.run(["run"]).succeeds();
}

#[test]
fn sources_that_are_gone_are_told() {
    let sandbox = Sandbox::new();
    let here = sandbox.source("here", &FILES);
    let gone = sandbox.source("gone", &FILES);
    let installation = Installation::new(&sandbox);
    installation.plan(&sandbox, &[&here, &gone]);
    fs::remove_dir_all(&gone).expect("it is gone");
    let lines = installation.run(["run", "--json"]).exits(3).json_lines();
    assert_eq!(of_run(&lines)["status"], "PARTIAL_SUCCESS");
    let skipped = lines.iter().find(|line| line["message_type"] == "skipped").expect("named");
    assert_eq!((&skipped["path"], &skipped["reason"]), (&gone.to_str().into(), &"missing".into()));
    assert!(installation.status()["sentence"].as_str().expect("text").contains("lacks one file"));

    fs::remove_dir_all(&here).expect("it is gone, too");
    let lines = installation.run(["run", "--json"]).exits(1).json_lines();
    assert_eq!(of_run(&lines)["error"]["code"], "source_missing");
    assert_eq!(installation.status()["state"], "failed");
}

/// A source that takes a while.
fn large(sandbox: &Sandbox) -> std::path::PathBuf {
    let source = sandbox.source("large", &[]);
    fs::create_dir_all(&source).expect("a folder");
    for number in 0..96 {
        fs::write(source.join(format!("{number}.bin")), random(number, 4 << 20)).expect("a file");
    }
    source
}

/// Waits until a run is on its way.
fn under_way(installation: &Installation) {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let history = installation.history();
        let status = history.first().map(|run| run["status"].clone()).unwrap_or_default();
        if status == "RUNNING" || status == "UPLOADING" {
            return;
        }
        assert!(Instant::now() < end, "the run does not begin: {history:?}");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_a_kill_interrupts_is_closed_and_taken_up() {
    let sandbox = Sandbox::new();
    let source = large(&sandbox);
    let installation = Installation::new(&sandbox);
    installation.plan(&sandbox, &[&source]);
    let running = installation.start(["run", "--json"]);
    under_way(&installation);
    running.signal(Signal::KILL);
    let _ = running.finish();

    installation.run(["run"]).succeeds();
    let history = installation.history();
    let ended: Vec<(&str, &str)> = history
        .iter()
        .map(|run| {
            let text = |value: &'static str| run[value].as_str().unwrap_or_default();
            (text("trigger"), text("status"))
        })
        .collect();
    assert!(ended.contains(&("command", "FAILED")), "{history:?}");
    assert_eq!(history.last().expect("a run")["error"]["code"], "interrupted");
    assert!(ended.iter().any(|(_, status)| *status == "SUCCESS"), "{history:?}");
    assert!(
        ended.iter().all(|(_, status)| ["FAILED", "SUCCESS"].contains(status)),
        "nothing is left under way: {history:?}"
    );
}

#[test]
fn two_commands_at_once_make_one_backup() {
    let sandbox = Sandbox::new();
    let source = large(&sandbox);
    let installation = Installation::new(&sandbox);
    installation.plan(&sandbox, &[&source]);
    let first = installation.start(["run", "--json"]);
    under_way(&installation);
    let second = installation.start(["run", "--json"]);
    let (first, second) = (first.finish().succeeds(), second.finish().succeeds());
    let id = |lines: &[Value]| of_run(lines)["id"].clone();
    assert_eq!(id(&first.json_lines()), id(&second.json_lines()));
    assert_eq!(installation.history().len(), 1);
}

#[test]
fn a_run_is_cancelled_and_says_so() {
    let sandbox = Sandbox::new();
    let source = large(&sandbox);
    let installation = Installation::new(&sandbox);
    installation.plan(&sandbox, &[&source]);
    let running = installation.start(["run", "--json"]);
    under_way(&installation);
    running.signal(Signal::TERM);
    let lines = running.finish().exits(1).json_lines();
    assert_eq!(of_run(&lines)["status"], "CANCELLED");
    assert_eq!(installation.history()[0]["status"], "CANCELLED");
    assert_eq!(installation.status()["state"], "warning", "there is no copy, and no failure");
}

#[test]
fn a_run_is_paused_and_resumed_by_another_command() {
    let sandbox = Sandbox::new();
    let source = large(&sandbox);
    let installation = Installation::new(&sandbox);
    installation.plan(&sandbox, &[&source]);
    let nothing = installation.run(["pause"]).succeeds();
    assert!(nothing.stdout.starts_with("Nothing was paused"), "{nothing}");
    let running = installation.start(["run", "--json"]);
    under_way(&installation);
    let paused = installation.run(["pause", "--json"]).succeeds().json();
    let id = paused[0]["id"].as_str().expect("the run").to_owned();
    assert_eq!(paused[0]["paused"], true);
    let now = || installation.history().remove(0);
    sleep(Duration::from_secs(3));
    let before = now();
    sleep(Duration::from_secs(2));
    assert_eq!(now(), before, "nothing moves");
    assert_eq!((&before["paused"], &before["ended_at"]), (&true.into(), &Value::Null));
    let said = installation.run(["pause", &id]).succeeds();
    assert_eq!(said.stdout, "Documents → Disk: paused.\n");

    let resumed = installation.run(["resume"]).succeeds();
    assert_eq!(resumed.stdout, "Documents → Disk: under way.\n");
    let ended = running.finish().succeeds().json_lines();
    let run = of_run(&ended);
    assert_eq!((&run["status"], &run["paused"]), (&"SUCCESS".into(), &false.into()));
    assert!(ended.iter().any(|line| line["paused"] == true), "whoever watches is told");
    refusal(installation.run(["pause", &id, "--json"])).has_code(&["run_over"]);
    refusal(installation.run(["resume", &id, "--json"])).has_code(&["run_over"]);
    refusal(installation.run(["pause", "nothing", "--json"])).has_code(&["no_such_run"]);
}

#[test]
fn a_limit_is_changed_while_a_run_is_under_way() {
    let sandbox = Sandbox::new();
    let source = large(&sandbox);
    let installation = Installation::new(&sandbox);
    installation.plan(&sandbox, &[&source]);
    let limits = |arguments: &[&str]| {
        let words = ["settings", "limits", "--json"].iter().chain(arguments);
        installation.run(words).succeeds().json()
    };
    assert_eq!(limits(&[])["upload_kib"], Value::Null);
    let set = limits(&["--upload", "64", "--download", "900", "--cpu", "50", "--background", "on"]);
    assert_eq!(set, limits(&[]));
    assert_eq!(
        (&set["upload_kib"], &set["download_kib"], &set["cpu_percent"], &set["background"]),
        (&64.into(), &900.into(), &50.into(), &true.into())
    );
    let said = installation.run(["settings", "limits"]).succeeds().stdout;
    assert!(said.starts_with("Upload      at most 64 KiB/s\n"), "{said}");
    for wrong in [["--upload", "0"], ["--cpu", "101"], ["--background", "maybe"]] {
        let refused = installation.run(["settings", "limits"].iter().chain(&wrong)).exits(2);
        assert!(refused.stderr.contains("it takes"), "{refused}");
    }

    let running = installation.start(["run", "--json"]);
    under_way(&installation);
    sleep(Duration::from_secs(5));
    let run = installation.history().remove(0);
    let moved = run["progress"]["bytes_moved"].as_u64().unwrap_or_default();
    assert!(run["ended_at"].is_null() && moved < 2 << 20, "{run}");
    // What is not named stays.
    let after = limits(&["--upload", "off", "--cpu", "100"]);
    assert_eq!(
        (&after["upload_kib"], &after["download_kib"], &after["cpu_percent"]),
        (&Value::Null, &900.into(), &Value::Null)
    );
    limits(&["--download", "off"]);
    running.finish().succeeds();
}

/// How many threads of a process have a lower priority than its first one.
fn yielding(process: i32) -> usize {
    let nice = |thread: &Path| {
        let stat = fs::read_to_string(thread.join("stat")).ok()?;
        // Behind the name, which may hold anything: proc_pid_stat(5), field 19.
        stat.rsplit_once(')')?.1.split_whitespace().nth(16)?.parse::<i32>().ok()
    };
    let threads = PathBuf::from(format!("/proc/{process}/task"));
    let first = nice(&threads.join(process.to_string())).expect("the first thread");
    let all = fs::read_dir(threads).expect("threads").flatten();
    all.filter(|thread| nice(&thread.path()).is_some_and(|nice| nice > first)).count()
}

#[test]
fn backups_yield_to_other_programs_when_that_is_set() {
    let sandbox = Sandbox::new();
    let source = large(&sandbox);
    let installation = Installation::new(&sandbox);
    installation.plan(&sandbox, &[&source]);
    for (background, enough) in [("on", 2..100), ("off", 0..2)] {
        let slow = ["settings", "limits", "--upload", "64", "--background", background];
        installation.run(slow).succeeds();
        let running = installation.start(["run"]);
        under_way(&installation);
        sleep(Duration::from_secs(2));
        // The thread that counts ahead yields anyway.
        let threads = yielding(running.id());
        assert!(enough.contains(&threads), "{background}: {threads}");
        installation.run(["settings", "limits", "--upload", "off"]).succeeds();
        running.finish().succeeds();
        fs::write(source.join("more.bin"), random(1000, 24 << 20)).expect("a file");
    }
}

#[test]
fn what_is_in_use_is_not_removed_and_backups_stay() {
    let (sandbox, installation) = ready();
    installation.run(["run"]).succeeds();
    let removed = installation.run(["destination", "remove", "Disk", "--json"]);
    refusal(removed).has_code(&["destination_in_use"]).names("Documents");
    installation.run(["plan", "remove", "Documents"]).succeeds();
    installation.run(["destination", "remove", "Disk"]).succeeds();
    assert_eq!(installation.status()["state"], "not_set_up");
    // The same folder again: its marker and its backups are still there.
    let folder = sandbox.path("destination");
    let folder = folder.to_str().expect("a path");
    installation.run(["destination", "add", folder, "--name", "Again"]).succeeds();
    let target = sandbox.path("target");
    let target = target.to_str().expect("a path");
    installation.run(["restore", "--from", "Again", "--target", target]).succeeds();
}

#[test]
fn names_and_folders_that_cannot_be() {
    let (sandbox, installation) = ready();
    let path = |name: &str| sandbox.path(name).to_str().expect("a path").to_owned();
    let add = |folder: &str| installation.run(["destination", "add", folder, "--json"]);
    refusal(add(&path("nowhere"))).has_code(&["folder_missing"]);
    refusal(add(&path("documents/letter.txt"))).has_code(&["not_a_folder"]);
    refusal(add(&path("destination"))).has_code(&["name_taken"]);
    refusal(add(&path("data"))).has_code(&["not_ours"]);
    refusal(add(&format!("{}/{}", path(""), "x".repeat(300)))).has_code(&["folder_missing"]);
    let source = path("documents");
    let plan = |name: &str, source: &str, to: &str| {
        let arguments = ["plan", "add", name, "--source", source, "--to", to, "--json"];
        installation.run(arguments)
    };
    refusal(plan("Documents", &source, "Disk")).has_code(&["name_taken"]);
    refusal(plan("  ", &source, "Disk")).has_code(&["bad_name"]);
    refusal(plan(&"x".repeat(101), &source, "Disk")).has_code(&["bad_name"]);
    refusal(plan("Other", &path("nowhere"), "Disk")).has_code(&["source_missing"]);
    refusal(plan("Other", &source, "Elsewhere")).has_code(&["no_such_destination"]);
    refusal(installation.run(["run", "Nothing", "--json"])).has_code(&["no_such_plan"]);
    assert_eq!(installation.history().len(), 0);
}

#[test]
fn another_installation_cannot_take_over_the_backups() {
    let (sandbox, _installation) = ready();
    let other = Sandbox::new();
    let stranger = Installation::new(&other);
    let folder = sandbox.path("destination");
    let folder = folder.to_str().expect("a path");
    let added = stranger.run(["destination", "add", folder, "--json"]);
    refusal(added).has_code(&["wrong_passphrase"]);
}

#[test]
fn a_database_that_is_damaged_is_told_and_left_alone() {
    let (_sandbox, installation) = ready();
    let database = installation.data().join("keepstead.db");
    for extra in ["-wal", "-shm"] {
        let _ = fs::remove_file(installation.data().join(format!("keepstead.db{extra}")));
    }
    let garbage = random(1, 20_000);
    fs::write(&database, &garbage).expect("damage");
    refusal(installation.run(["status", "--json"])).has_code(&["store_damaged"]);
    refusal(installation.run(["kit", "create", "--json"])).has_code(&["store_damaged"]);
    assert_eq!(fs::read(&database).expect("the database"), garbage);
}

#[test]
fn own_data_and_destinations_in_a_source_are_left_out() {
    let sandbox = Sandbox::new();
    let installation = Installation::new(&sandbox);
    let everything = sandbox.source("all", &FILES);
    let inside = everything.join("disk");
    fs::create_dir(&inside).expect("a folder");
    let add = ["destination", "add", inside.to_str().expect("a path"), "--name", "Inside"];
    installation.run(add).succeeds();
    let source = everything.to_str().expect("a path");
    installation.run(["plan", "add", "All", "--source", source, "--to", "Inside"]).succeeds();
    let lines = installation.run(["run", "--json"]).succeeds().json_lines();
    assert_eq!(of_run(&lines)["files_total"], 3);
    let id = of_run(&lines)["id"].as_str().expect("an id").to_owned();
    let log = installation.run(["history", &id]).succeeds();
    assert!(log.stdout.contains("was left out"), "{log}");
    assert!(Path::new(&inside).join("vault/config").exists());
}
