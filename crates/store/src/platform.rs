//! What differs between operating systems: who may read a file, and what a
//! path is made of.
//!
//! On Unix a path is stored as its bytes, whatever they are. Elsewhere it is
//! stored as UTF-8, and one that is not Unicode is refused.

use crate::{Error, Result};
use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

/// Makes a folder, and those above it, for this account only. One that is
/// there is left as it is.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes an empty file that only this account can read. SQLite gives its
/// companions, `-wal` and `-shm`, the mode of the database.
pub(crate) fn make_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Takes a file away from every other account.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let found = std::fs::metadata(path)?.permissions();
        if found.mode() & 0o777 != 0o600 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Whether this account may write the database and make files beside it.
/// Nothing is opened: closing a file that SQLite has open elsewhere in this
/// process would give up its locks.
pub(crate) fn may_write(database: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use rustix::fs::{Access, access};
        let refused = |errno: rustix::io::Errno| Error::from(std::io::Error::from(errno));
        access(database, Access::READ_OK).map_err(refused)?;
        let folder = folder_of(database);
        for (path, how) in
            [(database, Access::WRITE_OK), (folder.as_path(), Access::WRITE_OK | Access::EXEC_OK)]
        {
            access(path, how).map_err(|errno| match errno {
                rustix::io::Errno::ACCESS => Error::ReadOnly,
                other => refused(other),
            })?;
        }
    }
    #[cfg(not(unix))]
    let _ = database;
    Ok(())
}

/// The folder a file is in.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.into(),
        _ => PathBuf::from("."),
    }
}

/// Gives a file a name that nothing has.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Ok(()) => std::fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // A file system without links cannot do both in one step.
        Err(_) if std::fs::symlink_metadata(to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => std::fs::rename(from, to),
    }
}

/// Makes the names in a folder survive a crash.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// A path as it is stored.
pub(crate) fn path_to_bytes(path: &Path) -> Result<Vec<u8>> {
    #[cfg(unix)]
    return Ok(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec());
    #[cfg(not(unix))]
    path.to_str().map(|text| text.as_bytes().to_vec()).ok_or_else(|| Error::Path(path.into()))
}

/// A path from what was stored.
pub(crate) fn path_from_bytes(bytes: Vec<u8>) -> Result<PathBuf, std::string::FromUtf8Error> {
    #[cfg(unix)]
    return Ok(<std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes).into());
    #[cfg(not(unix))]
    String::from_utf8(bytes).map(PathBuf::from)
}
