//! Real servers on this machine, for tests: each is the program that people
//! run, with a folder, ports and a configuration of its own, and ends when the
//! value that stands for it is dropped.
//!
//! Invariant: nothing outside the server's own folder is read or written, and
//! nothing listens but on 127.0.0.1.

mod process;
#[cfg(target_os = "linux")]
mod samba;

pub use process::{Process, free_port};
#[cfg(target_os = "linux")]
pub use samba::Samba;
