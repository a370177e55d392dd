//! Use cases by domain: what the window, the command line and the tests all
//! call, with no terminal and no window in it.
//!
//! Invariant: what goes in and comes out is of this crate's own types, with
//! stable names once serialised; no text of a library reaches a person.

mod application;
mod destinations;
mod disk;
mod error;
mod kit;
mod marker;
mod messages;
mod plans;
mod runs;
pub mod vault;
mod verdict;

pub use application::{Application, KeychainState, data_folder, typed_path};
pub use destinations::{DestinationEntry, Reach};
pub use error::{Code, Error, Result};
pub use kit::KitState;
pub use model::{Ambient, RunKind, RunStatus, Trigger};
pub use plans::{PlanEntry, PlanRequest};
pub use runs::{LogEntry, RestoreOrder, RunEntry, RunError, RunProgress, SkippedEntry};
pub use secrets::RecoveryPassphrase;
pub use storage::Cancel;
pub use verdict::{Fix, State, Verdict};
