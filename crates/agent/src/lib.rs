//! What stays when the window is closed: the commands that the window calls,
//! what the tray says and does, and what the desktop is told.
//!
//! Invariant: no window toolkit. On Linux this is a program of its own,
//! `keepstead-agent`, because a web view's libraries never leave a process that
//! loaded them; it opens the window in another process, over a [`link`]. On the
//! other systems the program with the window holds it.

pub mod commands;
mod desk;
mod desktop;
mod events;
#[cfg(unix)]
pub mod link;
mod menu;
#[cfg(target_os = "linux")]
pub mod resident;

pub use desk::{At, Go, HIDDEN, Shell};
pub use desktop::{has_tray, identifier};
pub use menu::{Choice, Icon, Line, Picture};
