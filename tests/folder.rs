//! An open folder, and what can be done to the entries in it.
//!
//! Everything goes through the folder's descriptor, never through a joined
//! path, so that trees deeper than the kernel's path limit can be built and
//! compared.

use std::{
    fs::File,
    io::{self, Write},
    os::fd::{AsRawFd, OwnedFd},
    path::Path,
};

use rustix::fs::{
    self as fs, AtFlags, CWD, Dir, FileType, Gid, Mode, OFlags, Stat, Timespec, Timestamps, Uid,
    XattrFlags,
};

/// A point in time as the file system stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mtime {
    /// Seconds since 1970, negative before it.
    pub seconds: i64,
    /// Nanoseconds within the second, counted forwards.
    pub nanos: u32,
}

/// An open folder.
#[derive(Debug)]
pub struct Folder(OwnedFd);

const OPEN_FOLDER: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

impl Folder {
    /// Opens the folder at `path`.
    ///
    /// # Errors
    /// When it cannot be opened or is no folder.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(fs::openat(CWD, path, OPEN_FOLDER, Mode::empty())?))
    }

    /// Opens the folder `name` in this one.
    ///
    /// # Errors
    /// When it cannot be opened or is no folder.
    pub fn enter(&self, name: &[u8]) -> io::Result<Self> {
        Ok(Self(fs::openat(&self.0, name, OPEN_FOLDER, Mode::empty())?))
    }

    /// Makes the folder `name` and opens it.
    ///
    /// # Errors
    /// When it exists or cannot be made.
    pub fn folder(&self, name: &[u8]) -> io::Result<Self> {
        fs::mkdirat(&self.0, name, Mode::from_raw_mode(0o755))?;
        self.enter(name)
    }

    /// Writes the file `name`.
    ///
    /// # Errors
    /// When it exists or cannot be written.
    pub fn file(&self, name: &[u8], content: &[u8]) -> io::Result<()> {
        self.create(name)?.write_all(content)
    }

    /// Makes the file `name` and hands it out for writing.
    ///
    /// # Errors
    /// When it exists or cannot be made.
    pub fn create(&self, name: &[u8]) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        Ok(fs::openat(&self.0, name, flags, Mode::from_raw_mode(0o644))?.into())
    }

    /// Opens the file `name` for reading.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn read(&self, name: &[u8]) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(fs::openat(&self.0, name, flags, Mode::empty())?.into())
    }

    /// Makes the symbolic link `name` that points at `target`.
    ///
    /// # Errors
    /// When it exists or cannot be made.
    pub fn symlink(&self, name: &[u8], target: &[u8]) -> io::Result<()> {
        Ok(fs::symlinkat(target, &self.0, name)?)
    }

    /// Gives the file `name` the second name `other` in `folder`.
    ///
    /// # Errors
    /// When the name exists or the link cannot be made.
    pub fn hard_link(&self, name: &[u8], folder: &Self, other: &[u8]) -> io::Result<()> {
        Ok(fs::linkat(&self.0, name, &folder.0, other, AtFlags::empty())?)
    }

    /// Makes a fifo, a socket or a device `(major, minor)`.
    ///
    /// # Errors
    /// When it exists or cannot be made; devices need root.
    pub fn special(&self, name: &[u8], kind: FileType, device: (u32, u32)) -> io::Result<()> {
        let mode = Mode::from_raw_mode(0o640);
        Ok(fs::mknodat(&self.0, name, kind, mode, fs::makedev(device.0, device.1))?)
    }

    /// Removes the file `name`.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(&self, name: &[u8]) -> io::Result<()> {
        Ok(fs::unlinkat(&self.0, name, AtFlags::empty())?)
    }

    /// Sets all twelve mode bits of `name`, which must not be a link.
    ///
    /// # Errors
    /// When they cannot be set.
    pub fn set_mode(&self, name: &[u8], mode: u32) -> io::Result<()> {
        Ok(fs::chmodat(&self.0, name, Mode::from_raw_mode(mode), AtFlags::empty())?)
    }

    /// Sets the owner and group of `name`, of the link itself when it is one.
    ///
    /// # Errors
    /// When they cannot be set, as for anyone but root.
    pub fn set_owner(&self, name: &[u8], user: u32, group: u32) -> io::Result<()> {
        let (user, group) = (Uid::from_raw(user), Gid::from_raw(group));
        let flags = AtFlags::SYMLINK_NOFOLLOW;
        Ok(fs::chownat(&self.0, name, Some(user), Some(group), flags)?)
    }

    /// Sets the modification time of `name`, of the link itself when it is one.
    ///
    /// # Errors
    /// When it cannot be set.
    pub fn set_mtime(&self, name: &[u8], mtime: Mtime) -> io::Result<()> {
        let time = Timespec { tv_sec: mtime.seconds, tv_nsec: mtime.nanos.into() };
        let times = Timestamps { last_access: time, last_modification: time };
        Ok(fs::utimensat(&self.0, name, &times, AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// Sets one extended attribute of `name`, of the link itself when it is one.
    ///
    /// # Errors
    /// When it cannot be set.
    pub fn set_xattr(&self, name: &[u8], attribute: &str, value: &[u8]) -> io::Result<()> {
        Ok(fs::lsetxattr(self.proc_path(name), attribute, value, XattrFlags::empty())?)
    }

    /// All extended attributes of `name` that this process may see, by name.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn xattrs(&self, name: &[u8]) -> io::Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let path = self.proc_path(name);
        let mut names = vec![0; 64 << 10];
        let length = match fs::llistxattr(&path, &mut names[..]) {
            Err(rustix::io::Errno::NOTSUP) => 0,
            other => other?,
        };
        names.truncate(length);
        let mut all = Vec::new();
        for attribute in names.split(|&byte| byte == 0).filter(|name| !name.is_empty()) {
            let mut value = vec![0; 64 << 10];
            let length = fs::lgetxattr(&path, attribute, &mut value[..])?;
            value.truncate(length);
            all.push((attribute.to_vec(), value));
        }
        all.sort();
        Ok(all)
    }

    /// What the file system knows of `name`, of the link itself when it is one.
    ///
    /// # Errors
    /// When it does not exist.
    pub fn stat(&self, name: &[u8]) -> io::Result<Stat> {
        Ok(fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// Where the link `name` points.
    ///
    /// # Errors
    /// When it is no link.
    pub fn link_target(&self, name: &[u8]) -> io::Result<Vec<u8>> {
        Ok(fs::readlinkat(&self.0, name, Vec::new())?.into_bytes())
    }

    /// The names in the folder, sorted.
    ///
    /// # Errors
    /// When it cannot be listed.
    pub fn names(&self) -> io::Result<Vec<Vec<u8>>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(name.to_vec());
            }
        }
        names.sort();
        Ok(names)
    }

    /// A path to `name` that stays short however deep the folder lies: the
    /// calls for extended attributes have no variant that takes a descriptor.
    fn proc_path(&self, name: &[u8]) -> Vec<u8> {
        let mut path = format!("/proc/self/fd/{}/", self.0.as_raw_fd()).into_bytes();
        path.extend_from_slice(name);
        path
    }
}

/// The kind of file a mode word stands for.
#[must_use]
pub fn kind(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}
