//! The recovery kit on paper: what stands there is followed to the letter, by
//! another program, until the files are back.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
};

use tests::{
    compare::{Tolerance, assert_same},
    installation::Installation,
    keepstead::refusal,
    program::{Outcome, Running},
    sandbox::{Sandbox, files_below, restored},
};

const FILES: [(&str, &[u8]); 2] = [("letter.txt", b"Dear me"), ("house/deed.pdf", b"%PDF-")];

fn save(installation: &Installation, file: &Path, more: &[&str]) -> Outcome {
    let mut arguments = vec!["kit", "save", "--json", "--to", file.to_str().expect("a path")];
    arguments.extend(more);
    installation.run(arguments)
}

/// What stands on the paper.
fn read(file: &Path) -> String {
    let mut command = Command::new("pdftotext");
    command.arg("-layout").arg(file).arg("-");
    Running::start(command).finish().succeeds().stdout
}

/// The words that stand behind the numbers 1 to 8, large, in two columns.
fn words(paper: &str) -> String {
    let parts: Vec<&str> = paper.split_whitespace().collect();
    let word = |number: usize| {
        // The paper also has a date, which may begin with such a number.
        let is_word = |text: &str| text.starts_with(|first: char| first.is_ascii_lowercase());
        let stands = |pair: &&[&str]| pair[0] == number.to_string() && is_word(pair[1]);
        parts.windows(2).find(stands).expect("a number")[1]
    };
    (1..=8).map(word).collect::<Vec<_>>().join(" ")
}

/// The commands, with the lines that they go on in.
fn commands(paper: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in paper.lines() {
        if goes_on && let Some(last) = commands.last_mut() {
            last.push('\n');
            last.push_str(line.trim());
        } else if let Some(at) = line.find("restic -r ") {
            commands.push(line[at..].trim_end().to_owned());
        } else {
            continue;
        }
        goes_on = line.trim_end().ends_with('\\');
    }
    commands
}

#[test]
fn its_steps_get_everything_back() {
    let sandbox = Sandbox::new();
    let source = sandbox.source("documents", &FILES);
    let installation = Installation::new(&sandbox);
    installation.plan(&sandbox, &[&source]);
    let odd =
        sandbox.path("it's a long path, 写真 and Büro/with many parts/that does not fit/on it");
    fs::create_dir_all(&odd).expect("a folder");
    let odd = odd.to_str().expect("a path");
    installation.run(["destination", "add", odd, "--name", "Odd"]).succeeds();
    installation
        .run(["plan", "add", "Odd", "--to", "Odd", "--source", source.to_str().expect("a path")])
        .succeeds();
    installation.run(["run"]).succeeds();

    let file = sandbox.path("kit.pdf");
    save(&installation, &file, &[]).succeeds();
    let paper = read(&file);
    let words = words(&paper);
    assert_eq!(words, installation.words());
    let commands = commands(&paper);
    assert_eq!(commands.len(), 4, "{paper}");

    // Another computer: nothing is left but the disks and the paper.
    fs::remove_dir_all(installation.data()).expect("the computer is gone");
    let bin = sandbox.path("bin");
    fs::create_dir(&bin).expect("a folder");
    let restic = std::env::var_os("KEEPSTEAD_TEST_RESTIC_NEW").expect("restic");
    symlink(restic, bin.join("restic")).expect("restic");
    for (number, command) in commands.iter().enumerate() {
        let mut shell = Command::new("bash");
        shell.args(["-c", command]).env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
        shell.env("HOME", sandbox.home()).env("RESTIC_PASSWORD", &words);
        let ended = Running::start(shell).finish().succeeds();
        if number % 2 == 0 {
            assert!(ended.stdout.contains("1 snapshots"), "{ended}");
        } else {
            let target = sandbox.home().join("Restored");
            let tolerance = Tolerance::default();
            assert_same(&source, &restored(&target, &source), tolerance);
            fs::remove_dir_all(target).expect("it can be removed");
        }
    }
}

#[test]
fn the_file_is_for_this_account_and_replaces_nothing_by_itself() {
    let sandbox = Sandbox::new();
    let installation = Installation::new(&sandbox);
    let file = sandbox.path("kits/kit.pdf");
    refusal(save(&installation, &file, &[])).has_code(&["folder_missing"]);
    let status = || installation.run(["kit", "status", "--json"]).succeeds().json();
    assert!(status()["saved_at"].is_null());

    fs::create_dir(sandbox.path("kits")).expect("a folder");
    let saved = save(&installation, &file, &[]).succeeds().json();
    assert!(saved["saved_at"].is_string(), "{saved}");
    assert_eq!(status()["saved_at"], saved["saved_at"]);
    let mode = |file: &Path| fs::metadata(file).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);

    fs::write(&file, "my own").expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("its mode");
    refusal(save(&installation, &file, &[])).has_code(&["file_exists"]).names("kit.pdf");
    assert_eq!(fs::read(&file).expect("a file"), b"my own");
    save(&installation, &file, &["--replace"]).succeeds();
    assert!(fs::read(&file).expect("a file").starts_with(b"%PDF-"));
    assert_eq!(mode(&file), 0o600);

    // A link is a file that is there, wherever it leads.
    let link = sandbox.path("kits/link.pdf");
    symlink("nowhere", &link).expect("a link");
    refusal(save(&installation, &link, &[])).has_code(&["file_exists"]);
    refusal(save(&installation, &sandbox.path("kits"), &["--replace"])).has_code(&["file_exists"]);
    let all = files_below(&sandbox.path("kits"));
    assert_eq!(all, [file, link], "nothing half done is left");
}
