//! What differs between operating systems: one file each.

#[cfg(unix)]
mod mounts_unix;
#[cfg(unix)]
#[path = "restore_unix.rs"]
pub(crate) mod restore;
#[cfg(unix)]
mod source_unix;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use {mounts_unix::mounted_elsewhere, source_unix::*, unix::*};
