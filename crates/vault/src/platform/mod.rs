//! What differs between operating systems: one file each.

#[cfg(unix)]
#[path = "restore_unix.rs"]
pub(crate) mod restore;
#[cfg(unix)]
mod source_unix;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use {source_unix::*, unix::*};
