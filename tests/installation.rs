//! Keepstead with data of its own: destinations, plans and runs, driven by its
//! command line.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    keepstead::{built, presentable},
    program::{Outcome, Running},
    sandbox::Sandbox,
};

/// One installation: a data folder, and the words that open it. It has no
/// keychain.
#[derive(Clone, Debug)]
pub struct Installation {
    program: PathBuf,
    home: PathBuf,
    data: PathBuf,
    words: Option<String>,
}

impl Installation {
    /// One that is not set up.
    ///
    /// # Panics
    /// When the program was not built.
    #[must_use]
    pub fn none(sandbox: &Sandbox) -> Self {
        let program = std::env::var_os("KEEPSTEAD_BIN").map_or_else(built, PathBuf::from);
        assert!(program.is_file(), "there is no {}", program.display());
        Self { program, home: sandbox.home(), data: sandbox.path("data"), words: None }
    }

    /// One that was just set up.
    ///
    /// # Panics
    /// When it cannot be set up.
    #[must_use]
    #[track_caller]
    pub fn new(sandbox: &Sandbox) -> Self {
        let none = Self::none(sandbox);
        let created = none.run(["kit", "create", "--json"]).succeeds().json_lines();
        let words = created[0]["words"].as_array().expect("words");
        let words: Vec<&str> = words.iter().map(|word| word.as_str().expect("a word")).collect();
        assert_eq!(words.len(), 8);
        none.unlocked_by(Some(&words.join(" ")))
    }

    /// The same, unlocked by other words, or none.
    #[must_use]
    pub fn unlocked_by(&self, words: Option<&str>) -> Self {
        Self { words: words.map(str::to_owned), ..self.clone() }
    }

    /// The words.
    ///
    /// # Panics
    /// When there are none.
    #[must_use]
    pub fn words(&self) -> &str {
        self.words.as_deref().expect("it was set up")
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Starts `keepstead ARGUMENTS`.
    #[track_caller]
    pub fn start<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Running {
        // Whoever runs the tests in the background may have them ignore
        // hang-ups, and what they start would do the same.
        let mut command = Command::new("env");
        command
            .arg("--default-signal=HUP")
            .arg(&self.program)
            .args(arguments)
            .current_dir(&self.home)
            .env("HOME", &self.home)
            .env("KEEPSTEAD_DATA", &self.data)
            .env("KEEPSTEAD_KEYCHAIN", "off")
            .env_remove("KEEPSTEAD_PASSWORD")
            .env_remove("KEEPSTEAD_UNLOCK");
        if let Some(words) = &self.words {
            command.env("KEEPSTEAD_UNLOCK", words);
        }
        Running::start(command)
    }

    /// Runs `keepstead ARGUMENTS` in a terminal, where `typed` is typed. What is
    /// shown there is its standard output.
    ///
    /// # Panics
    /// When the keys cannot be written down.
    #[track_caller]
    pub fn terminal(&self, arguments: &[&str], typed: &str) -> Outcome {
        let keys = self.home.join("keys");
        std::fs::write(&keys, typed).expect("a file");
        let words = arguments.iter().map(|word| format!(" '{word}'")).collect::<String>();
        let line = format!("exec '{}'{words}", self.program.display());
        let mut command = Command::new("bash");
        command
            .args(["-c", "script --quiet --return --command \"$LINE\" /dev/null < \"$KEYS\""])
            .current_dir(&self.home)
            .env("LINE", line)
            .env("KEYS", keys)
            .env("TERM", "xterm")
            .env("HOME", &self.home)
            .env("KEEPSTEAD_DATA", &self.data)
            .env("KEEPSTEAD_KEYCHAIN", "off")
            .env_remove("KEEPSTEAD_PASSWORD")
            .env("KEEPSTEAD_UNLOCK", self.words());
        presentable(Running::start(command).finish())
    }

    /// Runs a script for `bash` in a session of its own with a bus, and a
    /// keychain as soon as the script starts one. `keepstead` is the program,
    /// which has nothing but that keychain to unlock it.
    ///
    /// # Panics
    /// When its folders cannot be made.
    #[track_caller]
    pub fn session(&self, script: &str) -> Outcome {
        let runtime = self.home.join("run");
        std::fs::create_dir_all(&runtime).expect("a folder");
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&runtime, private).expect("its mode");
        let mut command = Command::new("dbus-run-session");
        command
            .args(["--", "bash", "-uc"])
            .arg(format!("keepstead() {{ \"$PROGRAM\" \"$@\"; }}\n{script}"))
            .current_dir(&self.home)
            .env("PROGRAM", &self.program)
            .env("HOME", &self.home)
            .env("XDG_RUNTIME_DIR", &runtime)
            .env("KEEPSTEAD_DATA", &self.data);
        for variable in [
            "KEEPSTEAD_KEYCHAIN",
            "KEEPSTEAD_UNLOCK",
            "DBUS_SESSION_BUS_ADDRESS",
            "GNOME_KEYRING_CONTROL",
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "XDG_DATA_HOME",
            "XDG_CONFIG_HOME",
            "XDG_CACHE_HOME",
        ] {
            command.env_remove(variable);
        }
        presentable(Running::start(command).finish())
    }

    /// Runs `keepstead ARGUMENTS`; nothing of the words may show.
    #[track_caller]
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Outcome {
        let outcome = presentable(self.start(arguments).finish());
        if let Some(words) = &self.words {
            assert!(!outcome.stderr.contains(words.as_str()), "the words are shown by {outcome}");
        }
        outcome
    }

    /// Adds the folder `destination` of the sandbox, as `Disk`, and a plan
    /// `Documents` that copies `sources` there.
    ///
    /// # Panics
    /// When it fails.
    #[track_caller]
    pub fn plan(&self, sandbox: &Sandbox, sources: &[&Path]) {
        let folder = sandbox.path("destination");
        std::fs::create_dir_all(&folder).expect("a folder");
        let folder = folder.to_str().expect("a path");
        self.run(["destination", "add", folder, "--name", "Disk"]).succeeds();
        let mut arguments = vec!["plan", "add", "Documents", "--to", "Disk"];
        for source in sources {
            arguments.extend(["--source", source.to_str().expect("a path")]);
        }
        self.run(arguments).succeeds();
    }

    /// What `keepstead status` says.
    ///
    /// # Panics
    /// When it says nothing.
    #[track_caller]
    #[must_use]
    pub fn status(&self) -> Value {
        let outcome = self.run(["status", "--json"]);
        let protected = outcome.code == Some(0);
        let status = outcome.json();
        assert_eq!(status["state"] == "protected", protected, "the exit code says the same");
        status
    }

    /// What `keepstead history` says, the newest first.
    ///
    /// # Panics
    /// When it says nothing.
    #[track_caller]
    #[must_use]
    pub fn history(&self) -> Vec<Value> {
        let history = self.run(["history", "--json"]).succeeds().json();
        history.as_array().expect("a list").clone()
    }
}
