//! The record of one backup.

use serde::{Deserialize, Serialize};

use super::{FormatError, Id, NodeTime, null_is_zero};

/// What a snapshot file holds once it is opened and unpacked (restic's
/// `internal/data/snapshot.go`). Unknown keys are ignored on reading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// When the backup was made, with the clock's offset.
    pub time: NodeTime,
    /// The snapshot that unchanged files were taken over from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Id>,
    /// The tree of the root folder.
    pub tree: Id,
    /// Absolute paths that were backed up. JSON has no place for bytes that
    /// are not UTF-8: restic writes U+FFFD for them.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub paths: Vec<String>,
    /// Name of the machine.
    #[serde(default, skip_serializing_if = "String::is_empty", deserialize_with = "null_is_zero")]
    pub hostname: String,
    /// Name of the user who ran the backup.
    #[serde(default, skip_serializing_if = "String::is_empty", deserialize_with = "null_is_zero")]
    pub username: String,
    /// Number of that user; 0 is not written.
    #[serde(default, skip_serializing_if = "is_zero", deserialize_with = "null_is_zero")]
    pub uid: u32,
    /// Number of that user's group; 0 is not written.
    #[serde(default, skip_serializing_if = "is_zero", deserialize_with = "null_is_zero")]
    pub gid: u32,
    /// Patterns of what was left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_zero")]
    pub excludes: Vec<String>,
    /// Free words to group snapshots by.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_zero")]
    pub tags: Vec<String>,
    /// The first snapshot that this is a changed copy of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Id>,
    /// Program and version that made the backup.
    #[serde(default, skip_serializing_if = "String::is_empty", deserialize_with = "null_is_zero")]
    pub program_version: String,
    /// What the backup did; missing before restic 0.17.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<SnapshotSummary>,
}

/// What one backup did. Sizes are in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SnapshotSummary {
    /// When it began.
    pub backup_start: NodeTime,
    /// When it ended.
    pub backup_end: NodeTime,
    /// Files that the parent did not have.
    #[serde(deserialize_with = "null_is_zero")]
    pub files_new: u64,
    /// Files that were read again.
    #[serde(deserialize_with = "null_is_zero")]
    pub files_changed: u64,
    /// Files that were taken over from the parent.
    #[serde(deserialize_with = "null_is_zero")]
    pub files_unmodified: u64,
    /// Folders that the parent did not have.
    #[serde(deserialize_with = "null_is_zero")]
    pub dirs_new: u64,
    /// Folders whose tree is another one.
    #[serde(deserialize_with = "null_is_zero")]
    pub dirs_changed: u64,
    /// Folders whose tree is that of the parent.
    #[serde(deserialize_with = "null_is_zero")]
    pub dirs_unmodified: u64,
    /// Data blobs added.
    #[serde(deserialize_with = "null_is_zero")]
    pub data_blobs: u64,
    /// Tree blobs added.
    #[serde(deserialize_with = "null_is_zero")]
    pub tree_blobs: u64,
    /// Length of the blobs added, before compression.
    #[serde(deserialize_with = "null_is_zero")]
    pub data_added: u64,
    /// Length of the blobs added, as stored.
    #[serde(deserialize_with = "null_is_zero")]
    pub data_added_packed: u64,
    /// All files of the snapshot.
    #[serde(deserialize_with = "null_is_zero")]
    pub total_files_processed: u64,
    /// Length of all files of the snapshot.
    #[serde(deserialize_with = "null_is_zero")]
    pub total_bytes_processed: u64,
}

impl Snapshot {
    /// Reads the JSON of a snapshot.
    ///
    /// # Errors
    /// [`FormatError::Json`] when it is not one.
    pub fn parse(json: &[u8]) -> Result<Self, FormatError> {
        serde_json::from_slice(json).map_err(json_error)
    }

    /// The JSON of the snapshot.
    ///
    /// # Errors
    /// None are known: every field can be written.
    pub fn to_json(&self) -> Result<Vec<u8>, FormatError> {
        serde_json::to_vec(self).map_err(json_error)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err wants")]
fn json_error(error: serde_json::Error) -> FormatError {
    FormatError::Json { what: "snapshot", reason: error.to_string() }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde wants")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
