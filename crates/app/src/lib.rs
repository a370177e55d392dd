//! Use cases by domain: what the window, the command line and the tests all
//! call, with no terminal and no window in it.
//!
//! Invariant: what goes in and comes out is of this crate's own types, with
//! stable names once serialised; no text of a library reaches a person.

mod error;
mod messages;
pub mod vault;

pub use error::{Code, Error, Result};
pub use model::Ambient;
pub use storage::Cancel;
