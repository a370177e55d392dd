//! How a key is called on a share.
//!
//! Invariant: a key and its path on the share are the same text but for the
//! separator. A name that SMB cannot carry is refused, never changed, so that
//! no two keys are one file.

use model::Random;
use std::fmt::Write;
use storage::{Error, ErrorKind, Key, Result};

/// Starts and ends the names of files that are not objects yet.
const TEMP: (&str, &str) = (".keepstead-", ".tmp");
/// What stands for something else in a name on the wire: [MS-FSCC] 2.1.5.
const FORBIDDEN: [char; 8] = [':', '*', '?', '"', '<', '>', '|', '\\'];

/// Whether a name is one this store gives to files that are being written.
/// Servers do not tell names by their case.
pub(super) fn is_temp(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with(TEMP.0) && name.ends_with(TEMP.1)
}

/// Whether a component of `key` is such a name. No object has it.
pub(super) fn is_reserved(key: &str) -> bool {
    key.split('/').any(is_temp)
}

/// A name for a file that is being written.
pub(super) fn temp_name(random: &dyn Random) -> String {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    temp_of(&bytes)
}

/// The temporary name that holds these bytes.
pub(super) fn temp_of(bytes: &[u8]) -> String {
    let mut name = String::from(TEMP.0);
    for byte in bytes {
        // Writing into a string cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name + TEMP.1
}

/// Why a component of a path cannot be a name on a share.
pub(super) fn objection(name: &str) -> Option<&'static str> {
    if name.contains(|character: char| FORBIDDEN.contains(&character) || character < ' ') {
        Some("a name on an SMB share cannot hold any of : * ? \" < > | or a control character")
    } else if name.ends_with(['.', ' ']) {
        Some("a name on an SMB share cannot end with a dot or a space")
    } else {
        None
    }
}

/// Why a path of folders, separated by slashes, cannot be one on a share.
pub(super) fn folder(path: &str) -> Result<(), &'static str> {
    for part in path.split('/').filter(|_| !path.is_empty()) {
        if matches!(part, "" | "." | "..") {
            return Err("no part of a folder's path may be empty, . or ..");
        }
        if let Some(why) = objection(part) {
            return Err(why);
        }
    }
    Ok(())
}

/// Refuses a folder that has no name on a share.
pub(super) fn ensure_folder(path: &str, operation: &'static str) -> storage::Result<()> {
    folder(path).map_err(|why| Error::new(ErrorKind::Unsupported, operation).because(why))
}

/// Refuses a key that has no name on a share.
pub(super) fn ensure_sound(key: &str, operation: &'static str) -> Result<()> {
    match key.split('/').find_map(objection) {
        Some(why) => Err(Error::new(ErrorKind::Unsupported, operation).at(key).because(why)),
        None => Ok(()),
    }
}

/// Refuses a key that cannot be written.
pub(super) fn ensure_writable(key: &Key, operation: &'static str) -> Result<()> {
    if is_reserved(key.as_str()) {
        let error = Error::new(ErrorKind::Unsupported, operation).at(key.as_str());
        return Err(error.because("the name is reserved for files being written"));
    }
    ensure_sound(key.as_str(), operation)
}

/// A path below a folder of a share, as it is sent.
pub(super) fn below(root: &str, path: &str) -> String {
    let path = path.replace('/', "\\");
    match (root, &*path) {
        ("", _) => path,
        (root, "") => root.to_owned(),
        (root, path) => format!("{root}\\{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_smb_cannot_carry_are_refused() {
        for name in ["a:b", "a*", "?", "\"", "<a", "a>", "a|b", "a.", "a ", "a\u{1}", "..."] {
            assert!(objection(name).is_some(), "{name:?}");
        }
        for name in ["a", ".a", " a", "a b", "ü", "a.b", "%", "a~1", "\u{f022}"] {
            assert!(objection(name).is_none(), "{name:?}");
        }
    }

    #[test]
    fn temporary_names_are_known_whatever_their_case() {
        let name = temp_name(&model::random::SeededRandom::new(1));
        assert_eq!(name.len(), 31);
        assert!(is_temp(&name) && is_temp(&name.to_uppercase()));
        assert!(is_reserved(&format!("a/{name}/b")));
        assert!(!is_temp("keepstead") && !is_reserved("a/.keepstead-"));
    }
}
