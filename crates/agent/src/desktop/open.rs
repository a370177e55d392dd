//! Handing a folder or a document to the desktop.

use app::{Error, Result};
use std::path::Path;

/// Shows a folder in the file manager. Only folders: opening a file could run
/// it.
pub(crate) fn open_folder(folder: &Path) -> Result<()> {
    let there = folder.ancestors().find(|folder| folder.is_dir());
    open_path(there.ok_or_else(Error::desktop_refuses)?)
}

/// Opens a document that Keepstead wrote itself.
pub(crate) fn open_path(path: &Path) -> Result<()> {
    open::that_detached(path).map_err(|_| Error::desktop_refuses())
}
