//! What the local store asks of a Unix system. Every name is resolved one
//! component at a time below an open folder, and no symbolic link is followed,
//! so nothing here can leave the store's folder.

use super::platform::{Found, Inspected, Moved, What};
use rustix::{
    fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat},
    io::Errno,
};
use std::{
    ffi::OsString,
    fs::File,
    io,
    os::{fd::OwnedFd, unix::ffi::OsStringExt},
    path::Path,
    time::{Duration, SystemTime},
};
use storage::Capacity;

/// An open folder.
#[derive(Debug)]
pub(super) struct Folder(OwnedFd);

/// Tells one folder from another that stands under the same path later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    /// Absent where the file system makes the numbers up as it goes.
    inode: Option<u64>,
    /// The file system's own id: two disks that are mounted in one place after
    /// another have the same two numbers above. Absent on other systems than
    /// Linux, and where asking for it is a request to a server.
    volume: Option<u64>,
}

/// What the kind of file system says about its folders.
struct Habits {
    stable_inodes: bool,
    has_volume: bool,
    case_sensitive: bool,
    /// Nobody sees an older state of it than others do.
    on_this_machine: bool,
}

#[cfg(target_os = "linux")]
fn habits(folder: &OwnedFd) -> io::Result<Habits> {
    // Numbers of linux/magic.h. FUSE and SMB may give a folder another inode
    // number once the kernel has forgotten it; FAT, exFAT and SMB usually do
    // not tell names by their case.
    const FUSE: u64 = 0x6573_5546;
    const SMB: [u64; 3] = [0x517b, 0xff53_4d42, 0xfe53_4d42];
    const NFS: u64 = 0x6969;
    const FAT: [u64; 2] = [0x4d44, 0x2011_bab0];
    const EXT: u64 = 0xef53;
    const XFS: u64 = 0x5846_5342;
    const BTRFS: u64 = 0x9123_683e;
    const F2FS: u64 = 0xf2f5_2010;
    const TMPFS: u64 = 0x0102_1994;
    #[allow(clippy::unnecessary_cast, reason = "its type differs from machine to machine")]
    let kind = rustix::fs::fstatfs(folder)?.f_type as u64 & 0xffff_ffff;
    Ok(Habits {
        stable_inodes: kind != FUSE && !SMB.contains(&kind),
        has_volume: ![FUSE, NFS].contains(&kind) && !SMB.contains(&kind),
        case_sensitive: !SMB.contains(&kind) && !FAT.contains(&kind),
        on_this_machine: [EXT, XFS, BTRFS, F2FS, TMPFS].contains(&kind) || FAT.contains(&kind),
    })
}

#[cfg(not(target_os = "linux"))]
fn habits(_folder: &OwnedFd) -> io::Result<Habits> {
    Ok(Habits {
        stable_inodes: true,
        has_volume: false,
        case_sensitive: !cfg!(target_vendor = "apple"),
        on_this_machine: false,
    })
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

fn found(stat: &Stat) -> Found {
    let what = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => What::File,
        FileType::Directory => What::Folder,
        _ => What::Other,
    };
    let seconds = u64::try_from(stat.st_mtime).unwrap_or(0);
    let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    Found { what, length: u64::try_from(stat.st_size).unwrap_or(0), modified }
}

impl Folder {
    /// Opens the folder of a store, wherever its path leads.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(rustix::fs::open(path, FOLDER, Mode::empty())?))
    }

    /// Makes one folder that only its owner may enter.
    pub(super) fn make(path: &Path) -> io::Result<()> {
        Ok(rustix::fs::mkdir(path, Mode::RWXU)?)
    }

    pub(super) fn inspect(&self) -> io::Result<Inspected> {
        let habits = habits(&self.0)?;
        let identity = self.identify(habits.stable_inodes, habits.has_volume)?;
        let Habits { case_sensitive, on_this_machine, .. } = habits;
        Ok(Inspected { identity, case_sensitive, on_this_machine })
    }

    /// Whether this is the folder `identity` was taken of.
    pub(super) fn is(&self, identity: &Identity) -> io::Result<bool> {
        let now = self.identify(identity.inode.is_some(), identity.volume.is_some())?;
        Ok(now == *identity)
    }

    fn identify(&self, inode: bool, volume: bool) -> io::Result<Identity> {
        let stat = rustix::fs::fstat(&self.0)?;
        let volume = if volume { Some(rustix::fs::fstatvfs(&self.0)?.f_fsid) } else { None };
        #[allow(clippy::unnecessary_cast, reason = "their types differ from system to system")]
        Ok(Identity {
            device: stat.st_dev as u64,
            inode: inode.then_some(stat.st_ino as u64),
            volume,
        })
    }

    pub(super) fn child(&self, name: &str) -> io::Result<Self> {
        let folder = rustix::fs::openat(&self.0, name, FOLDER | OFlags::NOFOLLOW, Mode::empty());
        Ok(Self(folder?))
    }

    /// Makes a folder, unless it is there.
    pub(super) fn make_child(&self, name: &str) -> io::Result<()> {
        match rustix::fs::mkdirat(&self.0, name, Mode::RWXU) {
            Ok(()) | Err(Errno::EXIST) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// A new file that only its owner may read.
    pub(super) fn create(&self, name: &str) -> io::Result<File> {
        let flags = OFlags::WRONLY
            | OFlags::CREATE
            | OFlags::EXCL
            | OFlags::NOFOLLOW
            | OFlags::NOCTTY
            | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.0, name, flags, Mode::RUSR | Mode::WUSR)?.into())
    }

    /// Opens a file for reading. Something else under the name, such as a pipe
    /// that would block, is opened too: the caller looks what it is.
    pub(super) fn read(&self, name: &str) -> io::Result<File> {
        let flags =
            OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.0, name, flags, Mode::empty())?.into())
    }

    /// Looks a name up; `None` when it is not there.
    pub(super) fn look(&self, name: &str) -> io::Result<Option<Found>> {
        match rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(found(&stat))),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// All names in the folder.
    pub(super) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let name = entry?.file_name().to_bytes().to_vec();
            if name != b"." && name != b".." {
                names.push(OsString::from_vec(name));
            }
        }
        Ok(names)
    }

    /// Gives a file another name and replaces what has it.
    pub(super) fn replace(&self, name: &str, to: &Self, new: &str) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.0, name, &to.0, new)?)
    }

    /// Gives a file a name that must be free. [`io::ErrorKind::Unsupported`]
    /// when the file system has no way to do so.
    pub(super) fn publish(&self, name: &str, to: &Self, new: &str) -> io::Result<Moved> {
        match rename_no_replace(self, name, to, new) {
            Ok(()) => return Ok(Moved::Renamed),
            // NFS, older SMB servers and some FUSE file systems know no flags.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {}
            Err(error) => return Err(error.into()),
        }
        self.link(name, to, new)
    }

    /// What stands in for renaming where that cannot refuse to replace.
    fn link(&self, name: &str, to: &Self, new: &str) -> io::Result<Moved> {
        match rustix::fs::linkat(&self.0, name, &to.0, new, AtFlags::empty()) {
            Ok(()) => Ok(Moved::Linked),
            // An NFS server that did it, but whose answer was lost, refuses
            // when it is asked again. Then both names are the same file.
            Err(Errno::EXIST) if same_file(self, name, to, new)? => Ok(Moved::Linked),
            Err(Errno::PERM | Errno::OPNOTSUPP | Errno::NOSYS) => {
                let why = "this file system can neither link nor rename without replacing";
                Err(io::Error::new(io::ErrorKind::Unsupported, why))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a file; `false` when there is none of that name.
    pub(super) fn remove(&self, name: &str) -> io::Result<bool> {
        match rustix::fs::unlinkat(&self.0, name, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT | Errno::ISDIR) => Ok(false),
            // What other systems than Linux say of a folder.
            Err(Errno::PERM) if self.look(name)?.is_none_or(|it| it.what == What::Folder) => {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the names in this folder survive a power cut.
    pub(super) fn sync(&self) -> io::Result<()> {
        match rustix::fs::fsync(&self.0) {
            // Some network file systems cannot do this to a folder, because
            // the server writes names at once.
            Ok(()) | Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The room in bytes: in all, and left for this user.
    pub(super) fn capacity(&self) -> io::Result<Capacity> {
        let stat = rustix::fs::fstatvfs(&self.0)?;
        let bytes = |blocks: u64| Some(blocks.saturating_mul(stat.f_frsize));
        Ok(Capacity { total: bytes(stat.f_blocks), free: bytes(stat.f_bavail) })
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn rename_no_replace(folder: &Folder, name: &str, to: &Folder, new: &str) -> Result<(), Errno> {
    let flags = rustix::fs::RenameFlags::NOREPLACE;
    rustix::fs::renameat_with(&folder.0, name, &to.0, new, flags)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn rename_no_replace(_: &Folder, _: &str, _: &Folder, _: &str) -> Result<(), Errno> {
    Err(Errno::NOSYS)
}

/// Whether two different names are links to one file.
fn same_file(folder: &Folder, name: &str, to: &Folder, new: &str) -> io::Result<bool> {
    let a = rustix::fs::statat(&folder.0, name, AtFlags::SYMLINK_NOFOLLOW)?;
    let b = rustix::fs::statat(&to.0, new, AtFlags::SYMLINK_NOFOLLOW)?;
    // A single link under two names is one name to a file system that does not
    // tell them by their case.
    Ok(a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_nlink > 1)
}

/// Appends bytes from `offset` on to the spare room of `bytes`; how many.
pub(super) fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    loop {
        match rustix::io::pread(file, &mut *bytes, offset) {
            Err(Errno::INTR) => {}
            outcome => return Ok(outcome?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No file system that needs it is at hand, so it is called directly.
    #[test]
    fn linking_refuses_a_taken_name_and_recognises_its_own_work() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(place.path()).expect("it opens");
        let write = |name| std::fs::write(place.path().join(name), name).expect("it is written");
        let read = |name| std::fs::read_to_string(place.path().join(name)).expect("it is there");
        write("temp");
        write("taken");
        let refused = folder.link("temp", &folder, "taken").expect_err("taken");
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(read("taken"), "taken");
        assert_eq!(folder.link("temp", &folder, "new").expect("free"), Moved::Linked);
        assert_eq!(read("new"), "temp");
        // The answer to the first call was lost, and it is sent again.
        assert_eq!(folder.link("temp", &folder, "new").expect("its own"), Moved::Linked);
        // A name in use by another file stays refused, links or not.
        assert!(folder.link("temp", &folder, "taken").is_err());
        assert!(folder.link("taken", &folder, "new").is_err());
        assert!(folder.link("taken", &folder, "taken").is_err());
    }
}
