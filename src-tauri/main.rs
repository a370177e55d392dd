//! `keepstead-app`, the program with the window.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

#[expect(clippy::print_stderr, reason = "without a window a terminal is the only place to say why")]
fn main() -> ExitCode {
    match keepstead_app::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Keepstead cannot open its window: {error}");
            ExitCode::FAILURE
        }
    }
}
