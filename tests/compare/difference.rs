//! One difference, and how it is shown.

use std::fmt;

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In the original only.
    Missing,
    /// In the copy only.
    Unexpected,
    /// File, folder, link, …
    Type,
    /// Permissions and the setuid, setgid and sticky bits.
    Mode,
    /// Modification time, to the nanosecond.
    Mtime,
    /// User number.
    Owner,
    /// Group number.
    Group,
    /// Extended attributes: names or values.
    Xattrs,
    /// Length of a file.
    Size,
    /// Bytes of a file.
    Content,
    /// Room taken on disk: holes were filled.
    Allocation,
    /// Where a link points.
    LinkTarget,
    /// Which names are the same file.
    HardLinks,
    /// Numbers of a device.
    Device,
}

/// One difference between two trees.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Path below the compared roots; empty for the roots themselves.
    pub path: Vec<u8>,
    /// What differs.
    pub kind: Kind,
    /// How it is in the original.
    pub original: String,
    /// How it is in the copy.
    pub copy: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, kind, original, copy } = self;
        write!(f, "{kind:?} \"{}\"", path.escape_ascii())?;
        if original.is_empty() && copy.is_empty() {
            return Ok(());
        }
        write!(f, ": {original} is now {copy}")
    }
}

/// The list for a failed assertion, cut where nobody reads on.
pub(super) fn list(differences: &[Difference]) -> String {
    const SHOWN: usize = 60;
    let mut lines: Vec<String> =
        differences.iter().take(SHOWN).map(|difference| format!("  {difference}")).collect();
    if differences.len() > SHOWN {
        lines.push(format!("  … and {} more", differences.len() - SHOWN));
    }
    lines.join("\n")
}

/// Names with the start of their values.
pub(super) fn show_xattrs(list: &[(Vec<u8>, Vec<u8>)]) -> String {
    let show = |(name, value): &(Vec<u8>, Vec<u8>)| {
        let start = &value[..value.len().min(24)];
        format!("{}={} ({} bytes)", name.escape_ascii(), start.escape_ascii(), value.len())
    };
    format!("[{}]", list.iter().map(show).collect::<Vec<_>>().join(", "))
}
