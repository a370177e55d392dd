//! Keepstead's command line, run as a person or a script runs it.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    compare::Tolerance,
    engine::{Engine, PASSPHRASE},
    odd_tree::is_root,
    program::{Outcome, Running},
    sandbox::NOBODY,
};

/// `keepstead vault … --repository DIR`.
#[derive(Clone, Debug)]
pub struct Keepstead {
    program: PathBuf,
    repository: PathBuf,
    home: PathBuf,
    passphrase: Option<String>,
    unprivileged: bool,
}

/// Words that only programmers should see.
const RAW_TEXT: [&str; 14] = [
    "Os {",
    "os error",
    "(os",
    "thiserror",
    "Utf8Error",
    "ParseIntError",
    "serde",
    "at line ",
    "panicked",
    "RUST_BACKTRACE",
    "unwrap",
    "Err(",
    "Some(",
    "kind:",
];

impl Keepstead {
    /// The program that was built with the tests, or the one `KEEPSTEAD_BIN`
    /// names.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn new(repository: &Path, home: &Path) -> Self {
        let program = std::env::var_os("KEEPSTEAD_BIN").map_or_else(built, PathBuf::from);
        assert!(
            program.is_file(),
            "there is no {}: run `cargo build -p cli` first, or the tests with `cargo xtask test`",
            program.display(),
        );
        Self {
            program,
            repository: repository.into(),
            home: home.into(),
            passphrase: Some(PASSPHRASE.into()),
            unprivileged: false,
        }
    }

    /// The same with another passphrase, or none.
    #[must_use]
    pub fn with_passphrase(&self, passphrase: Option<&str>) -> Self {
        Self { passphrase: passphrase.map(str::to_owned), ..self.clone() }
    }

    /// The same as a user to whom permissions mean something.
    ///
    /// # Panics
    /// When the program cannot be put where that user can reach it.
    #[must_use]
    pub fn unprivileged(&self) -> Self {
        if !is_root() {
            return self.clone();
        }
        // The build may lie where only root can pass.
        let program = self.home.join("keepstead");
        if !program.exists() && std::fs::hard_link(&self.program, &program).is_err() {
            std::fs::copy(&self.program, &program).expect("a copy of the program");
        }
        std::os::unix::fs::chown(&self.home, Some(NOBODY), Some(NOBODY)).expect("a home");
        Self { program, unprivileged: true, ..self.clone() }
    }

    /// Starts `keepstead vault VERB ARGUMENTS`.
    #[track_caller]
    pub fn start<A: AsRef<OsStr>>(
        &self,
        verb: &str,
        arguments: impl IntoIterator<Item = A>,
    ) -> Running {
        // Whoever runs the tests in the background may have them ignore
        // hang-ups, and what they start would do the same.
        let mut command = Command::new("env");
        command.arg("--default-signal=HUP");
        if self.unprivileged {
            command
                .arg("setpriv")
                .args([format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")])
                .args(["--clear-groups", "--"]);
        }
        command
            .arg(&self.program)
            .args(["vault", verb])
            .args(arguments)
            .arg("--repository")
            .arg(&self.repository)
            .current_dir(&self.home)
            .env("HOME", &self.home)
            .env("XDG_RUNTIME_DIR", &self.home)
            .env_remove("XDG_CACHE_HOME")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_STATE_HOME")
            .env_remove("KEEPSTEAD_PASSWORD");
        if let Some(passphrase) = &self.passphrase {
            command.env("KEEPSTEAD_PASSWORD", passphrase);
        }
        Running::start(command)
    }

    /// Runs `keepstead vault VERB ARGUMENTS`. Whatever comes out holds no
    /// passphrase and nothing that only a programmer understands.
    #[track_caller]
    pub fn run<A: AsRef<OsStr>>(
        &self,
        verb: &str,
        arguments: impl IntoIterator<Item = A>,
    ) -> Outcome {
        presentable(self.start(verb, arguments).finish())
    }

    /// Runs a backup of `source` with more `arguments` and `--json`.
    #[track_caller]
    pub fn run_backup(&self, source: &Path, arguments: &[&str]) -> Outcome {
        let mut all: Vec<OsString> = vec![source.into(), "--json".into()];
        all.extend(arguments.iter().map(OsString::from));
        self.run("backup", all)
    }

    /// Restores `snapshot` into `target` with more `arguments`.
    #[track_caller]
    pub fn run_restore(&self, snapshot: &str, target: &Path, arguments: &[&str]) -> Outcome {
        let mut all: Vec<OsString> = vec![snapshot.into(), "--target".into(), target.into()];
        all.extend(arguments.iter().map(OsString::from));
        self.run("restore", all)
    }

    /// The list of snapshots.
    #[track_caller]
    #[must_use]
    pub fn list(&self) -> Value {
        self.run("list", ["--json"]).succeeds().json()
    }
}

impl Engine for Keepstead {
    fn name(&self) -> &'static str {
        "keepstead"
    }

    fn repository(&self) -> &Path {
        &self.repository
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance { missing_sockets: true, ..Tolerance::default() }
    }

    #[track_caller]
    fn init(&self) {
        self.run::<&str>("init", []).succeeds();
    }

    #[track_caller]
    fn backup(&self, source: &Path, again: bool) -> String {
        let arguments: &[&str] = if again { &["--force"] } else { &[] };
        let summary = summary(&self.run_backup(source, arguments).succeeds());
        let id = summary["snapshot_id"].as_str().expect("a snapshot id");
        assert_eq!(id.len(), 64, "scripts get the whole id: {summary}");
        self.snapshot_id(id)
    }

    #[track_caller]
    fn check(&self) {
        self.run("check", ["--read-data"]).succeeds();
    }

    #[track_caller]
    fn restore(&self, snapshot: &str, target: &Path) {
        self.run_restore(snapshot, target, &[]).succeeds();
    }
}

/// The summary that ends the output of `backup --json`.
///
/// # Panics
/// When there is none.
#[track_caller]
#[must_use]
pub fn summary(outcome: &Outcome) -> Value {
    let last = outcome.json_lines().pop();
    let last = last.unwrap_or_else(|| panic!("no summary in {outcome}"));
    assert_eq!(last["message_type"], "summary", "{outcome}");
    last
}

/// Why Keepstead did not do what it was asked.
#[derive(Debug)]
pub struct Refusal {
    /// For programs.
    pub code: String,
    /// For people: what is wrong.
    pub message: String,
    /// For people: what to do about it; may be empty.
    pub hint: String,
    /// Everything that came out.
    pub outcome: Outcome,
}

impl Refusal {
    /// Goes on only when the message or the hint contains `text`.
    ///
    /// # Panics
    /// When neither does.
    #[track_caller]
    pub fn names(&self, text: &str) -> &Self {
        let named = self.message.contains(text) || self.hint.contains(text);
        assert!(named, "{text:?} is not named by {}", self.outcome);
        self
    }

    /// Goes on only when the code is one of `codes`.
    ///
    /// # Panics
    /// When it is another.
    #[track_caller]
    pub fn has_code(&self, codes: &[&str]) -> &Self {
        assert!(codes.contains(&self.code.as_str()), "one of {codes:?} expected: {}", self.outcome);
        self
    }
}

/// The error of a command that was run with `--json` and had to fail: exit
/// code 1 and one line of JSON at the end of the standard error.
///
/// # Panics
/// When it did not fail so.
#[track_caller]
#[must_use]
pub fn refusal(outcome: Outcome) -> Refusal {
    let outcome = outcome.exits(1);
    let line = outcome.stderr.lines().last().unwrap_or_default();
    let error: Value = serde_json::from_str(line)
        .unwrap_or_else(|error| panic!("the error is no JSON ({error}): {outcome}"));
    assert_eq!(error["message_type"], "error", "{outcome}");
    let text = |field: &str| error[field].as_str().unwrap_or_default().to_owned();
    let (code, message, hint) = (text("code"), text("message"), text("hint"));
    assert!(!code.is_empty() && !message.is_empty(), "code and message expected of {outcome}");
    Refusal { code, message, hint, outcome }
}

/// Goes on only when nothing in the output is secret or raw.
///
/// # Panics
/// When something is.
#[track_caller]
#[must_use]
pub fn presentable(outcome: Outcome) -> Outcome {
    assert!(matches!(outcome.code, Some(0..=3)), "it broke down: {outcome}");
    for output in [&outcome.stdout, &outcome.stderr] {
        assert!(!output.contains(PASSPHRASE), "the passphrase is shown by {outcome}");
    }
    if outcome.code != Some(0) {
        for raw in RAW_TEXT {
            assert!(!outcome.stderr.contains(raw), "{raw:?} is not for people: {outcome}");
        }
    }
    outcome
}

/// The program beside the running test: `target/debug/keepstead`.
pub(crate) fn built() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let folder = test.parent().and_then(Path::parent).expect("a test lies in target/*/deps");
    folder.join("keepstead")
}
