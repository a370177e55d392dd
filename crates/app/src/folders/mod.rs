//! Folders of this machine: what lies in them, how much that is, and which
//! ones people usually want to keep. They are looked at and never changed.

mod listing;
mod measure;
mod suggested;

pub use listing::{
    FolderItem, FolderListing, ItemKind, Shortcut, ShortcutKind, Trail, list_folder,
};
pub use measure::{LeftOut, Measured, Part, measure};
pub use suggested::{SuggestedFolder, SuggestedKind, suggested_folders};

use crate::{Result, messages};
use std::path::PathBuf;

/// What was typed where a folder is wanted, as a path: blanks around it do not
/// belong to it, and `~` is the home.
///
/// # Errors
/// [`Code::FolderMissing`](crate::Code::FolderMissing) when nothing was typed.
pub fn typed_path(typed: &str) -> Result<PathBuf> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(messages::no_path());
    }
    let rest = typed.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'));
    match (rest, directories::BaseDirs::new()) {
        (Some(rest), Some(home)) => Ok(home.home_dir().join(rest.trim_start_matches('/'))),
        _ => Ok(PathBuf::from(typed)),
    }
}
