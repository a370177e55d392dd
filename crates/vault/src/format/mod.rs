//! What trees and snapshots look like on disk, byte for byte as restic writes
//! them, so that our trees deduplicate against restic's and the other way
//! round. `docs/formats/tree.md` shows the bytes.
//!
//! Invariant: pure functions on bytes. No input, however hostile, panics.

mod aside;
mod error;
pub mod go_json;
mod id;
pub mod mode;
mod node;
mod past;
mod snapshot;
#[cfg(test)]
mod tests;
mod time;
mod tree;
mod write;

pub(crate) use aside::IdAside;
pub use error::{FormatError, NodeProblem};
pub use id::Id;
pub use node::{ExtendedAttribute, Node, NodeKind, RawJson};
pub(crate) use past::PastNode;
pub use snapshot::{Snapshot, SnapshotSummary};
pub use time::NodeTime;
pub use tree::Tree;
pub use write::TreeBuilder;

/// What is `null` counts as the zero value, as Go reads it, and with it restic;
/// rustic writes it for what it does not know.
pub(crate) fn null_is_zero<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de> + Default,
{
    Ok(<Option<T> as serde::Deserialize>::deserialize(from)?.unwrap_or_default())
}
