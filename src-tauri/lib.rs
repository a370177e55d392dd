//! The desktop shell: the window, and where it is the system's way, the tray in
//! the same process.
//!
//! Wiring only. What is said and done comes from `agent`; this is the one crate
//! that names `tauri`.

mod ipc;
mod shell;

use std::io;

/// Why the program does not start.
#[derive(Debug)]
pub enum Error {
    /// The window toolkit does not, for instance without a display.
    Window(tauri::Error),
    /// The program that stays does not.
    Agent(io::Error),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Window(error) => error.fmt(f),
            Self::Agent(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

/// Opens the window, or hands over to the program that stays and opens it;
/// returns when the program ends.
///
/// # Errors
/// When neither can be started.
pub fn run() -> Result<(), Error> {
    match shell::part() {
        #[cfg(target_os = "linux")]
        shell::Part::Starter => Err(Error::Agent(shell::become_agent())),
        #[cfg(target_os = "linux")]
        shell::Part::Window { to } => shell::window_of_agent(to.as_deref()),
        shell::Part::Whole => shell::whole().map_err(Error::Window),
    }
}
