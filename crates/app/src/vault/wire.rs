//! What the use cases hand out. The names of the fields are stable.

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A path as text; where that loses something, its bytes as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct PathText {
    /// The path; what is not UTF-8 shows as U+FFFD.
    pub path: String,
    /// The bytes in hexadecimal, where the text is not the whole truth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_hex: Option<String>,
}

impl PathText {
    /// Of a path of the file system.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        let text = path.to_string_lossy();
        let lossy = path.to_str().is_none();
        let path_hex = lossy.then(|| hex(path.as_os_str().as_encoded_bytes()));
        Self { path: text.into_owned(), path_hex }
    }
}

impl From<PathText> for PathBuf {
    fn from(text: PathText) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStringExt;
            let bytes = text.path_hex.as_deref().and_then(|hex| hex::decode(hex).ok());
            let bytes = bytes.unwrap_or_else(|| text.path.into_bytes());
            std::ffi::OsString::from_vec(bytes).into()
        }
        #[cfg(not(unix))]
        text.path.into()
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// How the work ended. That it failed is an [`Error`](crate::Error).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything was done.
    Succeeded,
    /// Everything but the files listed.
    Partial,
}

impl From<vault::Outcome> for Outcome {
    fn from(outcome: vault::Outcome) -> Self {
        match outcome {
            vault::Outcome::Succeeded => Self::Succeeded,
            vault::Outcome::FinishedWithSkipped => Self::Partial,
        }
    }
}

/// Why a file was skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// This account may not read or write it.
    PermissionDenied,
    /// It was gone when its turn came.
    Vanished,
    /// What was asked for does not exist.
    Missing,
    /// It kept changing while it was read.
    Changing,
    /// The disk could not read it.
    Unreadable,
    /// It is neither file, folder, link nor device.
    Kind,
    /// Its contents are missing from the repository, or damaged there.
    Contents,
    /// It could not be written.
    NotWritten,
    /// Its owner, times, permissions or attributes are not complete.
    Attributes,
    /// Something else is in its place.
    Exists,
    /// It lies in the destination's folder, or Keepstead's own.
    Destination,
    /// The disk is full.
    OutOfSpace,
    /// The system lets this program open no further files.
    Exhausted,
}

/// A file that was skipped, or is not complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SkippedFile {
    /// Where it is.
    #[serde(flatten)]
    pub path: PathText,
    /// Why, for programs.
    pub reason: Reason,
    /// Why, for people.
    pub message: String,
}

/// Something that was restored under another name, because its own was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RenamedFile {
    /// Its path in the backup.
    #[serde(flatten)]
    pub path: PathText,
    /// The name it was given, in the same folder.
    pub name: String,
    /// The bytes in hexadecimal, where the text is not the whole truth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_hex: Option<String>,
}

impl RenamedFile {
    pub(crate) fn new(path: &Path, name: &Path) -> Self {
        let name = PathText::new(name);
        Self { path: PathText::new(path), name: name.path, name_hex: name.path_hex }
    }
}

/// What a repository that was just made is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Created {
    /// Where it is.
    #[serde(flatten)]
    pub repository: PathText,
    /// Its id.
    pub repository_id: String,
    /// The version of its format.
    pub version: u32,
}

/// What a backup found and stored. Sizes are in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Files that the backup before did not have.
    pub files_new: u64,
    /// Files that were read again.
    pub files_changed: u64,
    /// Files that were taken over.
    pub files_unmodified: u64,
    /// Folders that the backup before did not have.
    pub dirs_new: u64,
    /// Folders that changed.
    pub dirs_changed: u64,
    /// Folders that did not.
    pub dirs_unmodified: u64,
    /// Pieces of files that were stored.
    pub data_blobs: u64,
    /// Lists of folders that were stored.
    pub tree_blobs: u64,
    /// Size of what was stored, before compression.
    pub data_added: u64,
    /// Size of what was stored, as it lies in the repository.
    pub data_added_packed: u64,
    /// All files.
    pub total_files_processed: u64,
    /// Size of all files.
    pub total_bytes_processed: u64,
}

impl From<&vault::format::SnapshotSummary> for Counts {
    fn from(summary: &vault::format::SnapshotSummary) -> Self {
        Self {
            files_new: summary.files_new,
            files_changed: summary.files_changed,
            files_unmodified: summary.files_unmodified,
            dirs_new: summary.dirs_new,
            dirs_changed: summary.dirs_changed,
            dirs_unmodified: summary.dirs_unmodified,
            data_blobs: summary.data_blobs,
            tree_blobs: summary.tree_blobs,
            data_added: summary.data_added,
            data_added_packed: summary.data_added_packed,
            total_files_processed: summary.total_files_processed,
            total_bytes_processed: summary.total_bytes_processed,
        }
    }
}

/// What a backup did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BackupSummary {
    /// How it ended.
    pub outcome: Outcome,
    /// The backup's id.
    pub snapshot_id: String,
    /// The backup it was compared with.
    pub parent: Option<String>,
    /// What it found and stored.
    #[serde(flatten)]
    pub counts: Counts,
    /// How long it took.
    pub duration_seconds: f64,
    /// What was not backed up, or not completely, by path.
    pub skipped: Vec<SkippedFile>,
    /// Folders that are never backed up, because backups lie in them.
    pub left_out: Vec<String>,
}

/// A backup as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackupEntry {
    /// Its id.
    pub id: String,
    /// The beginning of it.
    pub short_id: String,
    /// When it was made, RFC 3339.
    pub time: String,
    /// The machine.
    pub hostname: String,
    /// The account there.
    pub username: String,
    /// What was backed up.
    pub paths: Vec<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// The id of its root folder.
    pub tree: String,
    /// The backup it was compared with.
    pub parent: Option<String>,
    /// What it found and stored, where that is known.
    pub summary: Option<Counts>,
}

/// A key as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyEntry {
    /// Its id.
    pub id: String,
    /// The beginning of it.
    pub short_id: String,
    /// When it was made, RFC 3339.
    pub created: String,
    /// By which account.
    pub username: String,
    /// On which machine.
    pub hostname: String,
    /// Whether the repository was opened with it.
    pub current: bool,
}

/// What became of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyChange {
    /// The key that was added or removed.
    pub key_id: String,
}

/// What became of the locks that nobody holds any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LocksRemoved {
    /// How many were removed.
    pub locks_removed: usize,
}

/// Something in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its path in the backup.
    #[serde(flatten)]
    pub path: PathText,
    /// The last component of it.
    pub name: String,
    /// `file`, `dir`, `symlink`, `dev`, `chardev`, `fifo`, or what another
    /// program wrote.
    #[serde(rename = "type")]
    pub kind: String,
    /// Size in bytes; 0 for what is no file.
    pub size: u64,
    /// Mode as the format numbers it, which is Go's.
    pub mode: u32,
    /// Mode as `ls -l` shows it.
    pub permissions: String,
    /// When it was last changed, RFC 3339.
    pub mtime: String,
    /// The number of its owner.
    pub uid: u32,
    /// The number of its group.
    pub gid: u32,
    /// Where a symbolic link leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linktarget: Option<String>,
    /// The same in hexadecimal, where the text is not the whole truth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linktarget_hex: Option<String>,
}

/// What a restore is going to do. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RestorePreview {
    /// The backup.
    pub snapshot_id: String,
    /// Where to.
    pub target: String,
    /// Files.
    pub files: u64,
    /// Folders.
    pub folders: u64,
    /// Links, pipes and devices.
    pub others: u64,
    /// Size of all files.
    pub bytes: u64,
    /// How many things stand where something is restored to.
    pub conflicts: u64,
    /// The first of them.
    pub conflict_examples: Vec<String>,
    /// Folders of the backup that cannot be read.
    pub unreadable: Vec<String>,
    /// Folders of the backup that nothing is restored to, because the
    /// destination or Keepstead's own data lies there.
    pub left_out: Vec<String>,
}

/// What a restore did. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RestoreSummary {
    /// How it ended.
    pub outcome: Outcome,
    /// The backup.
    pub snapshot_id: String,
    /// Where to.
    pub target: String,
    /// Files restored.
    pub files: u64,
    /// Folders restored.
    pub folders: u64,
    /// Links, pipes and devices restored.
    pub others: u64,
    /// Size of the files restored.
    pub bytes: u64,
    /// Files that were there already and stayed.
    pub files_kept: u64,
    /// How long it took.
    pub duration_seconds: f64,
    /// What was not restored, or not completely, by path in the backup.
    pub skipped: Vec<SkippedFile>,
    /// What was given another name, by path in the backup; the first 10,000.
    pub renamed: Vec<RenamedFile>,
    /// How many were given another name.
    pub renamed_count: u64,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something is lost, or will be in the way.
    Error,
    /// Nothing is lost.
    Remark,
}

/// Something that a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckFinding {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of object it is about: `pack`, `index`, `snapshot`, …
    pub subject: &'static str,
    /// Its id, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What is wrong, for programs.
    pub problem: &'static str,
    /// Both, for people.
    pub message: String,
    /// The backups that cannot be restored completely, where it can be told.
    pub snapshots: Vec<String>,
    /// How many files and folders are concerned.
    pub files: u64,
    /// Some of their paths.
    pub examples: Vec<String>,
}

impl CheckFinding {
    /// Whether something is lost.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// What a check saw and found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckSummary {
    /// How many findings are errors.
    pub errors: usize,
    /// How many are not.
    pub remarks: usize,
    /// Whether every byte was read, now or since `oldest_reused`.
    pub read_data: bool,
    /// Whether some of it was to be read.
    pub sampled: bool,
    /// Sound backups.
    pub backups: u64,
    /// Different folders in them.
    pub trees: u64,
    /// Packs.
    pub packs: u64,
    /// Parts of files and folders in them.
    pub blobs: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// Packs that were read and verified now.
    pub packs_read: u64,
    /// Their size in bytes.
    pub bytes_read: u64,
    /// Packs that were read by an earlier check, and not again.
    pub packs_reused: u64,
    /// Their size in bytes.
    pub bytes_reused: u64,
    /// When the first of those was read, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_reused: Option<String>,
    /// How long it took.
    pub duration_seconds: f64,
    /// What is wrong; errors first.
    pub findings: Vec<CheckFinding>,
}
