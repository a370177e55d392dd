//! What differs between operating systems: one file each.

#[cfg(unix)]
mod holes_unix;
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
pub(crate) use {holes_unix::*, mounts_unix::mounted_elsewhere, source_unix::*, unix::*};
