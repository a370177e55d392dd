//! What differs between operating systems: one file each.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use unix::*;
