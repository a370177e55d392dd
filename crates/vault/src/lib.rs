//! Encrypted backups in the restic repository format, version 2: written,
//! read, checked and restored by our own engine, so that restic and rustic can
//! open every backup and judge every byte.
//!
//! Invariant: sees [`storage`] only. No database, no scheduler, no sign-in, no
//! protocol; time, randomness and ids are arguments.

pub mod backup;
mod check;
pub mod chunker;
mod control;
pub mod copy;
pub mod crypto;
mod error;
mod file_cache;
pub mod forget;
pub mod format;
mod host;
pub mod index;
mod keys;
pub mod layout;
mod lock;
pub mod marked;
mod opener;
mod outcome;
pub mod pack;
mod platform;
mod progress;
pub mod prune;
mod remove;
pub mod repair;
mod repository;
mod restore;

pub use check::{
    CheckOptions, CheckReport, Effect, Finding, InvalidSample, Problem, Reading, Sample, Severity,
    Subject,
};
pub use control::Control;
pub use error::{Error, LockHolder, Result, TargetProblem};
pub use host::Host;
pub use keys::{KdfCost, KeyInfo, Passphrase, parses_as_key_file};
pub use lock::{Held, LockFile, LockMode};
pub use outcome::{Outcome, SkipReason, Skipped};
pub use progress::{Counter, Progress};
pub use repository::{Config, InitOptions, Repository};
pub use restore::{
    Existing, Include, RENAMED, Renamed, RestoreOptions, RestorePlan, RestoreReport,
};
