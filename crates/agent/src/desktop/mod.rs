//! What the desktop does for Keepstead.

mod login;
mod notify;
mod open;
mod panel;

pub(crate) use login::{start_at_login, starts_at_login};
pub(crate) use notify::{notify, test_notification};
pub(crate) use open::{open_folder, open_path};
pub use panel::has_tray;

/// The name under which desktops know the program.
#[must_use]
pub const fn identifier() -> &'static str {
    "org.keepstead.desktop"
}
