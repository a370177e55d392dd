//! The tables, one a file. Look-ups answer `Ok(None)` for what is not there;
//! changes say whether they changed anything. Times are kept in whole
//! milliseconds.

pub mod credential;
pub mod destination;
pub mod installation;
pub mod key_slot;
pub mod lease;
pub mod plan;
pub mod run;
pub mod run_log;
pub mod run_renamed;
pub mod run_skipped;
pub mod setting;
