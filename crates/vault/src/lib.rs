//! Encrypted backups in the restic repository format, version 2: written,
//! read, checked and restored by our own engine, so that restic and rustic can
//! open every backup and judge every byte.
//!
//! Invariant: sees [`storage`] only. No database, no scheduler, no sign-in, no
//! protocol; time, randomness and ids are arguments.

pub mod chunker;
pub mod format;
