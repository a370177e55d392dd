//! Which part of Keepstead this process is.
//!
//! On Linux the toolkit's libraries take more memory than everything else and
//! never leave a process that loaded them. So the program that stays is another
//! one, without them, and this one is its window only; see
//! docs/decisions/0019. Elsewhere one process does both.

#[cfg(target_os = "linux")]
mod child;
mod tray;
mod whole;
mod window;

#[cfg(target_os = "linux")]
pub(crate) use child::{become_agent, window_of_agent};
pub(crate) use whole::run as whole;

/// Has one process do everything, as on the systems where it has to.
#[cfg(target_os = "linux")]
const ONE_PROCESS: &str = "KEEPSTEAD_ONE_PROCESS";

/// What this process is to be.
pub(crate) enum Part {
    /// What a person or the session starts; the rest comes from it.
    #[cfg(target_os = "linux")]
    Starter,
    /// The window of the program that stays.
    #[cfg(target_os = "linux")]
    Window {
        /// The screen it opens at.
        to: Option<String>,
    },
    /// All of it.
    Whole,
}

#[cfg(target_os = "linux")]
pub(crate) fn part() -> Part {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(agent::link::WINDOW) {
        return Part::Window { to: arguments.next() };
    }
    match std::env::var_os(ONE_PROCESS) {
        Some(_) => Part::Whole,
        None => Part::Starter,
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn part() -> Part {
    Part::Whole
}
