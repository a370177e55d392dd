//! What was said about the server, and how it is asked for.

use super::trust::fingerprint_in;
use crate::{Descriptor, Field, FieldKind, Secret, Values};
use std::{path::PathBuf, time::Duration};
use storage::ErrorKind;

/// How many operations at once serve a server best: its end works through them
/// one by one, but the way there and back takes time.
const CONCURRENCY: u64 = 5;
/// In seconds.
const TIMEOUT: u64 = 60;

pub(super) const DESCRIPTOR: Descriptor = Descriptor {
    id: "sftp",
    label: "SFTP",
    about: "A folder on a server or network storage that is reached over SSH.",
    icon: "server",
    cost: "",
    fields: &[
        Field::new("host", "Server", FieldKind::Host)
            .help("Its name or address, as for the ssh command."),
        Field::new("port", "Port", FieldKind::Number(1, 65_535)).or("22").leads(),
        Field::new("user", "User", FieldKind::Text),
        Field::new(
            "sign_in",
            "Sign in with",
            FieldKind::Choice(&[
                ("agent", "SSH agent"),
                ("key", "Private key"),
                ("password", "Password"),
            ]),
        )
        .or("agent"),
        Field::new("password", "Password", FieldKind::Secret).shown_if("sign_in", &["password"]),
        Field::new("key", "Private key", FieldKind::SecretText)
            .optional()
            .help("The whole text, from its first line to its last. Or name its file below.")
            .shown_if("sign_in", &["key"]),
        Field::new("key_file", "Private key file", FieldKind::Text)
            .optional()
            .help("Such as ~/.ssh/id_ed25519. It has to stay there.")
            .shown_if("sign_in", &["key"]),
        Field::new("passphrase", "Passphrase of the key", FieldKind::Secret)
            .optional()
            .shown_if("sign_in", &["key"]),
        Field::new("fingerprint", "Host key fingerprint", FieldKind::Text)
            .optional()
            .leads()
            .mends(ErrorKind::Untrusted)
            .help(
                "SHA256:… of the key the server has to show. \
                 Without it the server has to be in your known_hosts file.",
            ),
        Field::new("folder", "Folder", FieldKind::Folder)
            .help("From the root with a leading /, otherwise from your home folder there."),
        Field::new("concurrency", "Operations at once", FieldKind::Number(1, 32))
            .or("5")
            .optional()
            .advanced(),
        Field::new("timeout", "Time-out in seconds", FieldKind::Number(5, 3600))
            .or("60")
            .optional()
            .help("So long the server may be silent.")
            .advanced(),
        Field::new("agent", "Agent", FieldKind::Text)
            .optional()
            .help("The socket or pipe of the agent, when it is not the usual one.")
            .shown_if("sign_in", &["agent"])
            .advanced(),
        Field::new("known_hosts", "Known hosts file", FieldKind::Text)
            .optional()
            .leads()
            .help("Instead of ~/.ssh/known_hosts.")
            .advanced(),
    ],
    presets: &[],
};

/// How one proves who one is.
#[derive(Clone, Debug)]
pub(super) enum SignIn {
    /// With the keys of an agent: at this socket or pipe, or the usual one.
    Agent(Option<PathBuf>),
    Key {
        source: KeySource,
        passphrase: Option<Secret>,
    },
    Password(Secret),
}

/// Where a private key is.
#[derive(Clone, Debug)]
pub(super) enum KeySource {
    Text(Secret),
    File(PathBuf),
}

/// What was said about a server.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) sign_in: SignIn,
    /// The only host key that is trusted.
    pub(super) fingerprint: Option<String>,
    /// Where known host keys are, unless there is a fingerprint.
    pub(super) known_hosts: Option<PathBuf>,
    pub(super) folder: String,
    pub(super) concurrency: usize,
    pub(super) timeout: Duration,
}

impl Settings {
    pub(super) fn new(values: &Values) -> Self {
        let text = |key| Some(values.text(key).trim()).filter(|text| !text.is_empty());
        let secret = |key| values.secret(key).map(|text| Secret::new(text.to_owned()));
        let none = || Secret::new(String::new());
        let sign_in = match values.text("sign_in") {
            "password" => SignIn::Password(secret("password").unwrap_or_else(none)),
            "key" => SignIn::Key {
                source: match (secret("key"), text("key_file")) {
                    (None, Some(file)) => KeySource::File(from_home(file)),
                    (pasted, _) => KeySource::Text(pasted.unwrap_or_else(none)),
                },
                passphrase: secret("passphrase"),
            },
            _ => SignIn::Agent(text("agent").map(from_home)),
        };
        let number = |key, otherwise| values.number(key).unwrap_or(otherwise);
        Self {
            // An address of IP version 6 may come in brackets.
            host: values.text("host").trim().trim_matches(['[', ']']).to_owned(),
            port: u16::try_from(number("port", 22)).unwrap_or(22),
            user: values.text("user").trim().to_owned(),
            sign_in,
            fingerprint: text("fingerprint").and_then(fingerprint_in).map(Into::into),
            known_hosts: match text("known_hosts") {
                Some(file) => Some(from_home(file)),
                None => std::env::home_dir().map(|home| home.join(".ssh").join("known_hosts")),
            },
            folder: values.text("folder").to_owned(),
            concurrency: number("concurrency", CONCURRENCY).clamp(1, 32) as usize,
            timeout: Duration::from_secs(number("timeout", TIMEOUT).max(1)),
        }
    }
}

impl Settings {
    /// The server and, where it is not the usual one, its port.
    pub(super) fn server(&self) -> String {
        let host = match self.host.contains(':') {
            true => format!("[{}]", self.host),
            false => self.host.clone(),
        };
        if self.port == 22 { host } else { format!("{host}:{}", self.port) }
    }
}

/// What is wrong with `values` that can be seen here.
pub(super) fn check(values: &Values) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    let mut say = |field, words: &str| wrong.push((field, words.to_owned()));
    let given = values.text("fingerprint").trim();
    if !given.is_empty() && fingerprint_in(given).is_none() {
        say("fingerprint", "This is no fingerprint: it looks like SHA256: and 43 characters.");
    }
    if values.text("sign_in") == "key"
        && values.secret("key").is_none()
        && values.text("key_file").trim().is_empty()
    {
        say("key", "Paste the private key, or name its file.");
    }
    if values.secret("key").is_some_and(|key| key.trim_start().starts_with("ssh-")) {
        say("key", "This is the public key. The private one begins with -----BEGIN.");
    }
    if values.text("folder").contains('\0') {
        say("folder", "This is no name of a folder.");
    }
    wrong
}

/// A path of this machine, in which `~/` stands for the home folder.
fn from_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        let mut values = Values::default();
        for (key, value) in pairs {
            let field = DESCRIPTOR.fields.iter().find(|field| field.key == *key).unwrap();
            if field.is_secret() {
                values.secret.insert((*key).into(), Secret::new((*value).into()));
            } else {
                values.plain.insert((*key).into(), (*value).into());
            }
        }
        values
    }

    #[test]
    fn settings_hold_no_secret_that_shows() {
        for (kind, key) in [("password", "password"), ("key", "key"), ("key", "passphrase")] {
            let settings = Settings::new(&values(&[("sign_in", kind), (key, "hunter2")]));
            assert!(!format!("{settings:?}").contains("hunter2"), "{settings:?}");
        }
    }

    #[test]
    fn what_can_be_seen_here_is_said_before_the_server_is_asked() {
        let fields =
            |pairs: &[_]| check(&values(pairs)).into_iter().map(|it| it.0).collect::<Vec<_>>();
        let none: Vec<&str> = vec![];
        assert_eq!(fields(&[("sign_in", "key")]), ["key"]);
        assert_eq!(fields(&[("sign_in", "key"), ("key_file", "~/.ssh/id")]), none);
        assert_eq!(fields(&[("sign_in", "key"), ("key", "ssh-ed25519 AAAA me")]), ["key"]);
        assert_eq!(fields(&[("fingerprint", "MD5:00:11")]), ["fingerprint"]);
        assert_eq!(fields(&[("sign_in", "password")]), none);
    }

    #[test]
    fn the_defaults_of_the_form_are_those_used_here() {
        let settings = Settings::new(&Values::default());
        let default = |key| DESCRIPTOR.fields.iter().find(|it| it.key == key).unwrap().default;
        assert_eq!(default("port"), settings.port.to_string());
        assert_eq!(default("concurrency"), settings.concurrency.to_string());
        assert_eq!(default("timeout"), settings.timeout.as_secs().to_string());
    }
}
