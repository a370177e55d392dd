//! How often something was tried, for `docs/trials.md`.

use std::{fs::OpenOptions, io::Write as _};

/// Whether this is a run for the document, which tries more.
#[must_use]
pub fn are_counted() -> bool {
    std::env::var_os("KEEPSTEAD_TEST_TRIALS").is_some()
}

/// Says that the running test has tried something `cases` times, where
/// `KEEPSTEAD_TEST_TRIALS` names a file to write it to.
///
/// # Panics
/// When it cannot be written.
pub fn tried(what: &str, cases: usize) {
    let Some(file) = std::env::var_os("KEEPSTEAD_TEST_TRIALS") else { return };
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test").rsplit("::").next().unwrap_or_default();
    let mut file = OpenOptions::new().create(true).append(true).open(file).expect("a file");
    writeln!(file, "{what}\t{test}\t{cases}").expect("a line in it");
}
