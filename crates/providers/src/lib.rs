//! The destinations behind the storage contract.
//!
//! Invariant: protocols live here and nowhere else. Nothing here knows what is
//! stored, and no type of a protocol's library appears in a signature. All that
//! is known of one kind of destination stands in one folder, its words as well;
//! [`all`] is the one list of them.

mod azure;
mod descriptor;
mod gcs;
mod http;
pub mod local;
mod objects;
mod provider;
mod rclone;
mod resolve;
mod s3;
mod sftp;
mod smb;
mod values;
mod webdav;

pub use descriptor::{Descriptor, Field, FieldKind, Preset};
pub use local::LocalStore;
use objects::Objects;
pub use provider::{Choice, Context, Missing, Provider};
pub use resolve::{Wrong, resolve, resolve_before};
pub use values::{Secret, Values};

/// Every kind of destination that is reached otherwise than as a folder of this
/// machine, in the order in which they are offered.
#[must_use]
pub fn all() -> &'static [&'static dyn Provider] {
    &[
        &webdav::WebDav,
        &Objects(s3::S3),
        &Objects(azure::Azure),
        &Objects(gcs::Gcs),
        &sftp::Sftp,
        &smb::Smb,
    ]
}

/// The kind of this name.
#[must_use]
pub fn find(id: &str) -> Option<&'static dyn Provider> {
    all().iter().copied().find(|provider| provider.descriptor().id == id)
}
