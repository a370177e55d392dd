//! Real servers on this machine, for tests: each is the program that people
//! run, with a folder, ports and a configuration of its own, and ends when the
//! value that stands for it is dropped.
//!
//! Invariant: nothing outside the server's own folder is read or written, and
//! nothing listens but on 127.0.0.1. What is started ends with the tests'
//! process too, in whatever way that ends.

mod accessors;
mod apache;
mod azurite;
mod certificate;
mod fake_gcs;
mod folder;
mod gcs_sink;
mod google_sign_in;
mod guard;
mod http;
mod moto;
mod nginx;
#[cfg(unix)]
mod openssh;
mod ports;
mod process;
mod programs;
pub mod proxy;
mod rclone;
#[cfg(target_os = "linux")]
mod samba;
mod seaweedfs;

pub use apache::{Apache, ApacheSetup};
pub use azurite::Azurite;
pub use certificate::Certificate;
pub use fake_gcs::FakeGcs;
pub use folder::Folder;
pub use gcs_sink::GcsSink;
pub use google_sign_in::GoogleSignIn;
pub use moto::Moto;
pub use nginx::Nginx;
#[cfg(unix)]
pub use openssh::{ClientKey, OpenSsh, PASSPHRASE, SshAgent};
pub use ports::free_port;
pub use process::Process;
pub use proxy::Proxy;
pub use rclone::Rclone;
#[cfg(target_os = "linux")]
pub use samba::Samba;
pub use seaweedfs::SeaweedFs;

/// The user of every server that knows users by name.
pub const USER: &str = "kathrin";

/// The password: with characters that careless programs take for their own.
pub const PASSWORD: &str = "pa:ss wörd/+%20";
