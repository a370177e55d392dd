//! A folder to work in, and the program in it.

use serde_json::Value;
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

pub(crate) const PASSPHRASE: &str = "staple-horse-battery";

/// A folder that is removed at the end, with a small source in it.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        let home = Self(tempfile::tempdir().expect("a folder"));
        let source = home.path("source");
        fs::create_dir_all(source.join("folder/empty")).expect("folders");
        fs::write(source.join("letter.txt"), "Dear me").expect("a file");
        fs::write(source.join("folder/picture"), vec![7; 300_000]).expect("a file");
        #[cfg(unix)]
        std::os::unix::fs::symlink("letter.txt", source.join("link")).expect("a link");
        home
    }

    /// With an empty repository.
    pub(crate) fn with_repository() -> Self {
        let home = Self::new();
        home.vault(["init"]).code(0);
        home
    }

    /// With a backup of the source.
    pub(crate) fn with_backup() -> Self {
        let home = Self::with_repository();
        home.vault(["backup", "source"]).code(0);
        home
    }

    /// The folder, as the system names it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().canonicalize().expect("a folder").join(name)
    }

    /// `keepstead vault … --repository repository`, ready to start.
    pub(crate) fn command<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Command {
        let mut command = program();
        command.arg("vault").args(arguments).arg("--repository").arg(self.path("repository"));
        command.current_dir(self.path("")).env("KEEPSTEAD_PASSWORD", PASSPHRASE);
        // The one of whoever runs the tests is none of theirs.
        command.env("KEEPSTEAD_DATA", self.path("data"));
        command
    }

    /// Runs it to its end.
    #[track_caller]
    pub(crate) fn vault<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Ended {
        run(&mut self.command(arguments))
    }

    /// The ids of all backups.
    #[track_caller]
    pub(crate) fn backups(&self) -> Vec<String> {
        let list = self.vault(["list", "--json"]).code(0).json();
        let list = list.as_array().expect("a list");
        list.iter().map(|backup| backup["id"].as_str().expect("an id").to_owned()).collect()
    }
}

/// The program with an environment of its own.
pub(crate) fn program() -> Command {
    const PROGRAM: &str = env!("CARGO_BIN_EXE_keepstead");
    // Whoever runs the tests in the background may have them ignore hang-ups,
    // and what they start would do the same.
    let mut command = if cfg!(target_os = "linux") {
        let mut env = Command::new("env");
        env.args(["--default-signal=HUP", PROGRAM]);
        env
    } else {
        Command::new(PROGRAM)
    };
    command
        .env_remove("KEEPSTEAD_PASSWORD")
        .env_remove("KEEPSTEAD_NEW_PASSWORD")
        .env_remove("KEEPSTEAD_FROM_PASSWORD")
        .env("COLUMNS", "100")
        .stdin(Stdio::null());
    command
}

/// Runs a command to its end.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> Ended {
    let ended = Ended::new(&command.output().expect("the program starts"));
    for text in [&ended.stdout, &ended.stderr] {
        assert!(!text.contains(PASSPHRASE), "the passphrase is printed: {ended:?}");
        for raw in ["os error", "Os {", "panicked", "Error {"] {
            assert!(!text.contains(raw), "{raw} is not for people: {ended:?}");
        }
    }
    ended
}

/// How the program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn new(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        Self { code: output.status.code(), stdout, stderr }
    }

    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// The standard output, which is one value.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The standard output, a value a line.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Value> {
        let line = |line| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}: {self:?}"))
        };
        self.stdout.lines().map(line).collect()
    }

    /// The last line of the standard output: a summary.
    #[track_caller]
    pub(crate) fn summary(&self) -> Value {
        let mut lines = self.lines();
        let last = lines.pop().expect("a summary");
        assert_eq!(last["message_type"], "summary", "{self:?}");
        assert!(lines.iter().all(|line| line["message_type"] == "status"), "{self:?}");
        last
    }

    /// The code of the error on the standard error, which has words as well.
    #[track_caller]
    pub(crate) fn refusal(self) -> String {
        let ended = self.code(1);
        let error: Value = serde_json::from_str(&ended.stderr)
            .unwrap_or_else(|error| panic!("{error}: {ended:?}"));
        assert_eq!(error["message_type"], "error", "{ended:?}");
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{ended:?}");
        assert!(error["hint"].is_string(), "{ended:?}");
        error["code"].as_str().expect("a code").to_owned()
    }
}

/// All there is below a folder: path, kind and contents.
pub(crate) fn tree(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut all = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(at) = waiting.pop() {
        for entry in fs::read_dir(&at).expect("a folder") {
            let path = entry.expect("an entry").path();
            let metadata = path.symlink_metadata().expect("metadata");
            let time = metadata.modified().expect("a time");
            let what = if metadata.is_dir() {
                waiting.push(path.clone());
                format!("folder {time:?}")
            } else if metadata.is_symlink() {
                format!("link {:?}", fs::read_link(&path).expect("a link"))
            } else {
                format!("file {time:?} {:?}", fs::read(&path).expect("a file"))
            };
            all.push((path.strip_prefix(folder).expect("below").to_owned(), what));
        }
    }
    all.sort();
    all
}
