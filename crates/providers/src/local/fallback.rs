//! What the local store asks of systems that are not Unix, with the standard
//! library alone. Weaker than the Unix side in three ways: a name is checked
//! for being a link and then opened, which is not one step; a folder cannot be
//! synced; and one that was replaced by another is not noticed.

use super::platform::{Found, Inspected, Moved, What};
use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};
use storage::Capacity;

#[derive(Debug)]
pub(super) struct Folder(PathBuf);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity;

impl Folder {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if fs::metadata(path)?.is_dir() {
            Ok(Self(path.into()))
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    pub(super) fn make(path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    pub(super) fn inspect(&self) -> io::Result<Inspected> {
        Ok(Inspected { identity: Identity, case_sensitive: false, on_this_machine: false })
    }

    pub(super) fn is(&self, _identity: &Identity) -> io::Result<bool> {
        Ok(true)
    }

    pub(super) fn child(&self, name: &str) -> io::Result<Self> {
        let path = self.0.join(name);
        // Does not follow a link, and a link is no folder.
        if fs::symlink_metadata(&path)?.is_dir() {
            Ok(Self(path))
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    pub(super) fn make_child(&self, name: &str) -> io::Result<()> {
        match fs::create_dir(self.0.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    }

    pub(super) fn create(&self, name: &str) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(self.0.join(name))
    }

    pub(super) fn read(&self, name: &str) -> io::Result<File> {
        let path = self.0.join(name);
        if fs::symlink_metadata(&path)?.is_symlink() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        File::open(path)
    }

    pub(super) fn look(&self, name: &str) -> io::Result<Option<Found>> {
        let about = match fs::symlink_metadata(self.0.join(name)) {
            Ok(about) => about,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let what = if about.is_file() {
            What::File
        } else if about.is_dir() {
            What::Folder
        } else {
            What::Other
        };
        Ok(Some(Found { what, length: about.len(), modified: about.modified()? }))
    }

    pub(super) fn names(&self) -> io::Result<Vec<OsString>> {
        fs::read_dir(&self.0)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    pub(super) fn replace(&self, name: &str, to: &Self, new: &str) -> io::Result<()> {
        fs::rename(self.0.join(name), to.0.join(new))
    }

    pub(super) fn publish(&self, name: &str, to: &Self, new: &str) -> io::Result<Moved> {
        fs::hard_link(self.0.join(name), to.0.join(new))?;
        Ok(Moved::Linked)
    }

    pub(super) fn remove(&self, name: &str) -> io::Result<bool> {
        match self.look(name)? {
            None | Some(Found { what: What::Folder, .. }) => Ok(false),
            Some(_) => fs::remove_file(self.0.join(name)).map(|()| true),
        }
    }

    pub(super) fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn capacity(&self) -> io::Result<Capacity> {
        Ok(Capacity { total: None, free: None })
    }
}

/// Reads bytes from `offset` on into `bytes`; how many.
pub(super) fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut file = file;
    file.seek(SeekFrom::Start(offset))?;
    file.read(bytes)
}
