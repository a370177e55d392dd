//! Where passphrases come from: a file, a variable or the terminal. Never an
//! argument, which every process of the machine can read.

use crate::platform::Silence;
use app::{Cancel, Code, Error, Result, vault::Passphrase};
use std::{
    env, fs,
    io::{self, IsTerminal},
    path::Path,
};

/// A passphrase that is wanted: what it is called, and where it may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    prompt: &'static str,
    variable: &'static str,
    option: &'static str,
    /// Whether it is being chosen, and so asked for twice.
    new: bool,
}

/// What opens a repository that is there.
pub(crate) const CURRENT: Wanted = Wanted {
    prompt: "Passphrase of the repository: ",
    variable: "KEEPSTEAD_PASSWORD",
    option: "--password-file",
    new: false,
};

/// What opens a repository that something is taken over from.
pub(crate) const FROM: Wanted = Wanted {
    prompt: "Passphrase of the other repository: ",
    variable: "KEEPSTEAD_FROM_PASSWORD",
    option: "--from-password-file",
    new: false,
};

/// What will open a repository that is being made.
pub(crate) const FIRST: Wanted = Wanted { prompt: "New passphrase: ", new: true, ..CURRENT };

/// What will open a repository in future.
pub(crate) const NEXT: Wanted = Wanted {
    prompt: "New passphrase: ",
    variable: "KEEPSTEAD_NEW_PASSWORD",
    option: "--new-password-file",
    new: true,
};

impl Wanted {
    /// Gets it from `file`, or else the variable, or else the terminal.
    pub(crate) async fn get(self, file: Option<&Path>, cancel: &Cancel) -> Result<Passphrase> {
        let text = match (file, env::var_os(self.variable)) {
            (Some(path), _) => from_file(path)?,
            (None, Some(value)) => value.into_string().map_err(|_| {
                unreadable(&format!("The passphrase in {} is not UTF-8.", self.variable))
            })?,
            (None, None) => {
                if !io::stdin().is_terminal() {
                    return Err(self.missing());
                }
                // From before the question on: who pastes is faster than the
                // program. And until the end: the thread that waits for an
                // answer may have to be left behind.
                let _silence = Silence::begin();
                tokio::select! {
                    biased;
                    () = cancel.cancelled() => return Err(cancelled()),
                    text = tokio::task::spawn_blocking(move || self.ask()) => {
                        text.map_err(|_| self.missing())??
                    }
                }
            }
        };
        Passphrase::new(text)
    }

    fn ask(self) -> Result<String> {
        let text = self.ask_once(self.prompt)?;
        // An empty one is refused anyway.
        if self.new && !text.is_empty() && self.ask_once("Once more: ")? != text {
            return Err(Error {
                code: Code::PassphrasesDiffer,
                message: "The two passphrases are not the same. Nothing was changed.".to_owned(),
                hint: "Try again.".to_owned(),
                remedy: None,
            });
        }
        Ok(text)
    }

    fn ask_once(self, prompt: &str) -> Result<String> {
        rpassword::prompt_password(prompt).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted | io::ErrorKind::UnexpectedEof => cancelled(),
            _ => self.missing(),
        })
    }

    fn missing(self) -> Error {
        let Self { variable, option, .. } = self;
        Error {
            code: Code::PassphraseMissing,
            message: "A passphrase is needed, and there is no terminal to ask for it. Nothing was \
                      read or changed."
                .to_owned(),
            hint: format!("Give it in a file with {option} FILE, or in the variable {variable}."),
            remedy: None,
        }
    }
}

/// The words that unlock the application, where they are given: in `file`, or
/// the variable `KEEPSTEAD_UNLOCK`.
pub(crate) fn unlocking(file: Option<&Path>) -> Result<Option<String>> {
    match (file, env::var_os("KEEPSTEAD_UNLOCK")) {
        (Some(path), _) => from_file(path).map(Some),
        (None, Some(value)) => value
            .into_string()
            .map(Some)
            .map_err(|_| unreadable("The passphrase in KEEPSTEAD_UNLOCK is not UTF-8.")),
        (None, None) => Ok(None),
    }
}

/// The words at these positions of the recovery kit: from a file that holds
/// all of them, or asked for on the terminal.
pub(crate) fn kit_words(file: Option<&Path>, asked: [usize; 2]) -> Result<Vec<(usize, String)>> {
    let words: Option<Vec<String>> = match file {
        Some(path) => Some(from_file(path)?.split_whitespace().map(str::to_owned).collect()),
        None if !io::stdin().is_terminal() => {
            return Err(Error {
                code: Code::PassphraseMissing,
                message: "Two words of the recovery kit are needed, and there is no terminal to \
                          ask for them. It is not confirmed."
                    .to_owned(),
                hint: "Give the words of the kit in a file with --words-file FILE.".to_owned(),
                remedy: None,
            });
        }
        None => None,
    };
    let mut typed = Vec::with_capacity(asked.len());
    for position in asked {
        let word = match &words {
            Some(words) => words.get(position).cloned().unwrap_or_default(),
            None => rpassword::prompt_password(format!("Word {}: ", position + 1))
                .map_err(|_| cancelled())?,
        };
        typed.push((position, word));
    }
    Ok(typed)
}

fn cancelled() -> Error {
    Error {
        code: Code::Cancelled,
        message: "Cancelled. Nothing was read or changed.".to_owned(),
        hint: String::new(),
        remedy: None,
    }
}

/// A secret of a destination, asked for on the terminal.
pub(crate) async fn ask_for(prompt: &str, cancel: &Cancel) -> Result<String> {
    let _silence = Silence::begin();
    let prompt = prompt.to_owned();
    let ask = move || rpassword::prompt_password(prompt).map_err(|_| cancelled());
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(cancelled()),
        text = tokio::task::spawn_blocking(ask) => text.map_err(|_| cancelled())?,
    }
}

/// One newline at the end belongs to the file, not to the passphrase.
pub(crate) fn from_file(path: &Path) -> Result<String> {
    let bytes = fs::read(path).map_err(|_| {
        unreadable(&format!("The passphrase file {} cannot be read.", path.display()))
    })?;
    let mut text = String::from_utf8(bytes)
        .map_err(|_| unreadable(&format!("The passphrase in {} is not UTF-8.", path.display())))?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

fn unreadable(what: &str) -> Error {
    Error {
        code: Code::PassphraseUnreadable,
        message: format!("{what} Nothing was read or changed."),
        hint: "Check the path, that this account may read it, and that it holds text.".to_owned(),
        remedy: None,
    }
}
