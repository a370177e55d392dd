//! One entry of a tree.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{FormatError, Id, NodeTime};

/// One entry of a tree: a file, a folder, a link or something else.
///
/// The documentation of the fields says what restic 0.19 puts there when it
/// backs up a Unix file system (`internal/fs/node.go`, `internal/archiver`),
/// because two trees are stored once only when every byte is the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Raw bytes of the name, without a folder before it.
    pub name: Vec<u8>,
    /// What kind of entry this is. restic leaves sockets out of its backups.
    pub kind: NodeKind,
    /// Go's file mode: see [`super::mode`].
    pub mode: u32,
    /// Time of the last change to the content.
    pub mtime: NodeTime,
    /// Time of the last access. restic writes `mtime` here unless it is run
    /// with `--with-atime`, so that reading a file does not make a new tree.
    pub atime: NodeTime,
    /// Time of the last change to content or metadata. Always stored.
    pub ctime: NodeTime,
    /// Number of the owner.
    pub uid: u32,
    /// Number of the group.
    pub gid: u32,
    /// Name of the owner on the machine that wrote it; empty when it has none.
    pub user: String,
    /// Name of the group on the machine that wrote it; empty when it has none.
    pub group: String,
    /// Number of the inode, for every kind.
    pub inode: u64,
    /// `st_dev`, which tells hard links to the same inode apart. restic stores
    /// it for every kind. Only with its alpha feature
    /// `device-id-for-hardlinks` it writes 0 for folders and for what has one
    /// link.
    pub device_id: u64,
    /// Length in bytes. Of a file: of the bytes read, not of what `stat` said
    /// before. 0 for every other kind, folders and links included.
    pub size: u64,
    /// `st_nlink` for files, links and devices. 0 for folders, pipes and
    /// sockets.
    pub links: u64,
    /// Raw bytes that a symbolic link holds; `None` for other kinds. Nothing
    /// is written for an empty one, which is read back as `None`.
    pub link_target: Option<Vec<u8>>,
    /// Extended attributes in the order in which the system lists them, for
    /// every kind; ACLs are among them. The format has no place for a name that is
    /// not UTF-8 (restic mangles it).
    pub extended_attributes: Vec<ExtendedAttribute>,
    /// What only some systems know, such as `windows.creation_time`, kept as
    /// it is.
    pub generic_attributes: BTreeMap<String, RawJson>,
    /// `st_rdev` of a device, 0 for every other kind.
    pub device: u64,
    /// Blobs of which the content is made, in order. `Some` for files only:
    /// an empty file has an empty list, everything else has none (`null`).
    pub content: Option<Vec<Id>>,
    /// The tree of a folder; `None` for other kinds.
    pub subtree: Option<Id>,
    /// Why the entry could not be read completely. restic 0.19 reads and
    /// compares it but never sets it.
    pub error: String,
}

/// What kind of entry a node is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// A regular file.
    File,
    /// A folder.
    Dir,
    /// A symbolic link.
    Symlink,
    /// A block device.
    Dev,
    /// A character device.
    CharDev,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// Something that Go calls irregular.
    Irregular,
    /// A kind that we do not know, or none (the empty text).
    Other(String),
}

impl Default for NodeKind {
    fn default() -> Self {
        Self::Other(String::new())
    }
}

impl NodeKind {
    /// How the kind is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::File => "file",
            Self::Dir => "dir",
            Self::Symlink => "symlink",
            Self::Dev => "dev",
            Self::CharDev => "chardev",
            Self::Fifo => "fifo",
            Self::Socket => "socket",
            Self::Irregular => "irregular",
            Self::Other(kind) => kind,
        }
    }

    /// The kind that is written so.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let known = [
            Self::File,
            Self::Dir,
            Self::Symlink,
            Self::Dev,
            Self::CharDev,
            Self::Fifo,
            Self::Socket,
            Self::Irregular,
        ];
        let found = known.into_iter().find(|kind| kind.as_str() == text);
        found.unwrap_or_else(|| Self::Other(text.to_owned()))
    }

    /// The kind that Go's file mode says: see [`super::mode`].
    #[must_use]
    pub fn from_mode(mode: u32) -> Self {
        use super::mode;

        match mode & mode::TYPE {
            0 => Self::File,
            mode::DIR => Self::Dir,
            mode::SYMLINK => Self::Symlink,
            mode::DEVICE => Self::Dev,
            bits if bits == mode::DEVICE | mode::CHAR_DEVICE => Self::CharDev,
            mode::NAMED_PIPE => Self::Fifo,
            mode::SOCKET => Self::Socket,
            mode::IRREGULAR => Self::Irregular,
            _ => Self::default(),
        }
    }
}

/// One extended attribute of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtendedAttribute {
    /// Full name, such as `user.comment` or `system.posix_acl_access`.
    pub name: String,
    /// Raw bytes. `None` is written as `null`: restic writes it for an attribute
    /// that the file system would not give, and an empty text for an empty one.
    pub value: Option<Vec<u8>>,
}

/// A valid JSON value that is kept as it was written.
#[derive(Clone, Debug)]
pub struct RawJson(Box<RawValue>);

impl RawJson {
    /// Takes over a JSON text.
    ///
    /// # Errors
    /// [`FormatError::Json`] when it is none.
    pub fn parse(json: &str) -> Result<Self, FormatError> {
        serde_json::from_str(json)
            .map(Self)
            .map_err(|error| FormatError::Json { what: "JSON value", reason: error.to_string() })
    }

    /// The JSON text.
    #[must_use]
    pub fn get(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for RawJson {}

impl<'de> serde::Deserialize<'de> for RawJson {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::mode, *};

    #[test]
    fn every_kind_is_read_back() {
        for text in ["file", "dir", "symlink", "dev", "chardev", "fifo", "socket", "irregular"] {
            let kind = NodeKind::from_text(text);
            assert!(!matches!(kind, NodeKind::Other(_)), "{text}");
            assert_eq!(kind.as_str(), text);
        }
        assert_eq!(NodeKind::from_text("door"), NodeKind::Other("door".into()));
    }

    #[test]
    fn kinds_follow_from_modes() {
        for (unix, kind) in [
            (0o100_644, NodeKind::File),
            (0o040_755, NodeKind::Dir),
            (0o120_777, NodeKind::Symlink),
            (0o060_660, NodeKind::Dev),
            (0o020_666, NodeKind::CharDev),
            (0o010_644, NodeKind::Fifo),
            (0o140_755, NodeKind::Socket),
            (0o000_644, NodeKind::Irregular),
        ] {
            assert_eq!(NodeKind::from_mode(mode::from_unix(unix)), kind);
        }
    }
}
