//! `keepstead-agent`: Keepstead without its window.

use std::process::ExitCode;

/// Gives the memory of a backup back when it is over; glibc's keeps it.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[cfg(target_os = "linux")]
#[expect(clippy::print_stderr, reason = "without a window a terminal is the only place to say why")]
fn main() -> ExitCode {
    match agent::resident::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Keepstead cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Elsewhere the program with the window does all of it.
#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    ExitCode::FAILURE
}
