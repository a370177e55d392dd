//! Names of objects.

use std::fmt;

/// Why a name cannot be a [`Key`].
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a name for a stored object")]
pub struct InvalidKey(pub String);

/// The name of an object: one or more components joined by `/`.
///
/// No component is empty, `.` or `..`, none holds a NUL or a backslash, so a
/// key can never leave the folder its store was given. Keys of the vault are
/// `[0-9a-z/_-]`; those of readable backups may hold any other character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// Checks `name`.
    ///
    /// # Errors
    /// When a component is empty, `.` or `..`, or holds a NUL or a backslash.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidKey> {
        let name = name.into();
        let sound = name.split('/').all(|part| !matches!(part, "" | "." | ".."))
            && !name.contains(['\0', '\\']);
        if sound { Ok(Self(name)) } else { Err(InvalidKey(name)) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder the object lies in, and its name there.
    #[must_use]
    pub fn split(&self) -> (Option<&str>, &str) {
        match self.0.rsplit_once('/') {
            Some((folder, name)) => (Some(folder), name),
            None => (None, &self.0),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A folder to list: everything, or all below one folder. Folders are whole
/// components, so `snap` never matches `snapshots/…`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Prefix(Option<Key>);

impl Prefix {
    /// Everything in the store.
    #[must_use]
    pub fn everything() -> Self {
        Self(None)
    }

    /// Everything below `folder`.
    ///
    /// # Errors
    /// As [`Key::new`].
    pub fn folder(folder: impl Into<String>) -> Result<Self, InvalidKey> {
        Key::new(folder).map(|key| Self(Some(key)))
    }

    /// The folder, unless it is everything.
    #[must_use]
    pub fn as_folder(&self) -> Option<&str> {
        self.0.as_ref().map(Key::as_str)
    }

    /// Whether `key` lies below this folder.
    #[must_use]
    pub fn contains(&self, key: &Key) -> bool {
        self.0.as_ref().is_none_or(|folder| {
            key.as_str().strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    }
}
