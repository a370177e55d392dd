//! A file that a person named, for this account only.
//!
//! What survives a crash: the file has its name once its bytes are on the disk,
//! and the name is on the disk before success is told. Until then there is at
//! most a file with another name beside it. What stood there is kept unless it
//! should be replaced; then there is always one of the two.

use model::Random;
use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Writes it.
///
/// # Errors
/// `AlreadyExists` when there is something and it should not be replaced;
/// `IsADirectory` when it is a folder.
pub(super) fn write(
    path: &Path,
    bytes: &[u8],
    replace: bool,
    random: &dyn Random,
) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut tail = [0; 8];
    random.fill(&mut tail);
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{:016x}", u64::from_le_bytes(tail)));
    let temporary = Unfinished(folder.join(temporary));

    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary.0)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    if replace {
        fs::rename(&temporary.0, path)?;
    } else {
        name_new(&temporary.0, path)?;
    }
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Gives a file a name that nothing has.
fn name_new(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) if fs::symlink_metadata(to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        // A stick whose file system has no links cannot do both in one step.
        Err(_) => fs::rename(from, to),
        Ok(()) => Ok(()),
    }
}

/// The other name, which is gone in the end.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // It was renamed, or never made.
        let _ = fs::remove_file(&self.0);
    }
}
