//! Help, the manual and completions, all from the same words.

use crate::home::{Home, program, run};
use std::fs;

const COMMANDS: [&str; 12] = [
    "init", "backup", "list", "ls", "restore", "check", "copy", "forget", "prune", "repair", "key",
    "unlock",
];
const REPAIR_COMMANDS: [&str; 2] = ["index", "snapshots"];
const KEY_COMMANDS: [&str; 4] = ["list", "add", "remove", "passphrase"];

/// The commands of the application, and what they are made of.
const APPLICATION: [&str; 31] = [
    "clean-up",
    "destination",
    "destination-add",
    "destination-choices",
    "destination-edit",
    "destination-kinds",
    "destination-list",
    "destination-remove",
    "destination-test",
    "destination-try",
    "history",
    "kit",
    "kit-confirm",
    "kit-create",
    "kit-save",
    "kit-status",
    "kit-words",
    "pause",
    "plan",
    "plan-add",
    "plan-list",
    "plan-pause",
    "plan-remove",
    "plan-resume",
    "restore",
    "resume",
    "run",
    "settings",
    "settings-limits",
    "status",
    "verify",
];

#[test]
fn help() {
    let mut all = String::new();
    let vault = COMMANDS.iter().map(|command| vec!["vault", command]);
    let key = KEY_COMMANDS.iter().map(|command| vec!["vault", "key", command]);
    let repair = REPAIR_COMMANDS.iter().map(|command| vec!["vault", "repair", command]);
    for command in [vec![], vec!["vault"]].into_iter().chain(vault).chain(key).chain(repair) {
        let help = run(program().args(&command).arg("--help")).code(0);
        assert_eq!(help.stderr, "");
        all.push_str(&format!("$ keepstead {}\n{}\n", command.join(" "), help.stdout));
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("help", all);
    });
}

#[test]
fn version() {
    let ended = run(program().arg("--version")).code(0);
    assert_eq!(ended.stdout, format!("keepstead {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(program().args(["completions", shell])).code(0).stdout;
        for word in COMMANDS.iter().chain(&KEY_COMMANDS).chain(&["repository", "password-file"]) {
            assert!(script.contains(word), "{word} for {shell}");
        }
        for word in APPLICATION.iter().flat_map(|command| command.split('-')) {
            assert!(script.contains(word), "{word} for {shell}");
        }
    }
    run(program().args(["completions", "no-such-shell"])).code(2);
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let home = Home::new();
    let folder = home.path("man/man1");
    run(program().args(["man", "--out"]).arg(&folder)).code(0);
    let mut pages: Vec<_> = fs::read_dir(&folder)
        .expect("a folder")
        .map(|page| page.expect("a page").file_name().into_string().expect("text"))
        .collect();
    pages.sort();
    let vault = COMMANDS.iter().map(|command| format!("keepstead-vault-{command}.1"));
    let key = KEY_COMMANDS.iter().map(|command| format!("keepstead-vault-key-{command}.1"));
    let mut expected = vec!["keepstead.1".to_owned(), "keepstead-vault.1".to_owned()];
    let repair =
        REPAIR_COMMANDS.iter().map(|command| format!("keepstead-vault-repair-{command}.1"));
    expected.extend(vault.chain(key).chain(repair));
    expected.extend(APPLICATION.iter().map(|command| format!("keepstead-{command}.1")));
    expected.sort();
    assert_eq!(pages, expected);
    let overview = fs::read_to_string(folder.join("keepstead-vault.1")).expect("a page");
    assert!(COMMANDS.iter().all(|command| overview.contains(command)), "{overview}");
    assert!(run(program().arg("man")).code(0).stdout.contains(".TH keepstead 1"));
    let file = home.path("source/letter.txt");
    let refused = run(program().args(["man", "--out"]).arg(&file)).code(1);
    assert!(refused.stderr.contains("cannot be written"), "{refused:?}");
}
