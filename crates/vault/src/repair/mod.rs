//! Making a repository that has lost something usable again.
//!
//! First a plan: it reads, and changes nothing. Then it is carried out, under an
//! exclusive lock and only as long as the repository is the one that the plan
//! was made from.
//!
//! - [`IndexPlan`]: which blob lies where, told anew from the packs.
//! - [`SnapshotsPlan`]: snapshots without what is lost.
//!
//! Invariant: no pack is ever deleted, and nothing goes whose place was not
//! taken before. What the destination fails to read or list is no damage: it
//! ends the work.

mod header;
mod index;
mod lost;
mod rebuild;
mod salvage;
mod snapshots;
mod walk;
mod write;

pub use index::{DamagedIndex, IndexPlan, PackContents, UnreadablePack};
pub use lost::{LostBlob, LostFile};
pub use rebuild::IndexReport;
pub use snapshots::{BrokenSnapshot, Fate, SnapshotsPlan};
pub use write::SnapshotsReport;
