//! Writing what is restored, on Linux and macOS.
//!
//! Every entry is reached by its name within an open folder and never through
//! a symbolic link, so that nothing that stands or is put in the way leads a
//! restore out of its target, and no path is too long for the system.

use crate::format::{ExtendedAttribute, Node, NodeKind, NodeTime, mode};
use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{
        self as fs, Access, AtFlags, CWD, FileType, Gid, Mode, OFlags, RenameFlags, Timespec,
        Timestamps, Uid, XattrFlags,
    },
    io::Errno,
};
use std::{
    ffi::OsStr,
    fs::File,
    io,
    os::unix::{ffi::OsStrExt, fs::FileExt},
    path::Path,
};

/// A folder that is open.
pub(crate) type Handle = OwnedFd;

/// Who only reads and writes until an entry is finished.
const PRIVATE_FILE: u32 = 0o600;
const PRIVATE_FOLDER: u32 = 0o700;
const FOLDER: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
const FILE: OFlags = OFlags::WRONLY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing.
    Nothing,
    /// A folder.
    Folder,
    /// Anything else; a link is not followed.
    Other,
}

/// The bytes of a path as a path.
pub(crate) fn as_path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// Opens the folder at `path`, which may lead through links.
pub(crate) fn open_target(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(fs::open(path, flags, Mode::empty())?)
}

/// Opens the folder `name` within `folder`.
pub(crate) fn open_child(folder: &OwnedFd, name: &[u8]) -> io::Result<OwnedFd> {
    match fs::openat(folder, name, FOLDER, Mode::empty()) {
        // One that may be passed through but not listed.
        #[cfg(target_os = "linux")]
        Err(Errno::ACCESS) => Ok(fs::openat(folder, name, FOLDER | OFlags::PATH, Mode::empty())?),
        result => Ok(result?),
    }
}

/// Makes the folder `name`, for this account only.
pub(crate) fn make_folder(folder: &OwnedFd, name: &[u8]) -> io::Result<()> {
    Ok(fs::mkdirat(folder, name, Mode::from_raw_mode(PRIVATE_FOLDER as _))?)
}

/// What stands under `name`.
pub(crate) fn standing(folder: &OwnedFd, name: &[u8]) -> io::Result<Standing> {
    match fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Directory => {
            Ok(Standing::Folder)
        }
        Ok(_) => Ok(Standing::Other),
        Err(Errno::NOENT) => Ok(Standing::Nothing),
        Err(error) => Err(error.into()),
    }
}

/// Makes the file `name`, for this account only. Nothing may stand there.
pub(crate) fn create_file(folder: &OwnedFd, name: &[u8]) -> io::Result<File> {
    let flags = FILE | OFlags::CREATE | OFlags::EXCL;
    Ok(fs::openat(folder, name, flags, Mode::from_raw_mode(PRIVATE_FILE as _))?.into())
}

/// Opens the file `name` again that [`create_file`] made.
pub(crate) fn reopen_file(folder: &OwnedFd, name: &[u8]) -> io::Result<File> {
    Ok(fs::openat(folder, name, FILE, Mode::empty())?.into())
}

/// Writes all of `bytes` at `offset`.
pub(crate) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.write_all_at(bytes, offset)
}

/// Makes a symbolic link, a pipe or a device. Nothing may stand there.
pub(crate) fn make_special(folder: &OwnedFd, name: &[u8], node: &Node) -> io::Result<()> {
    let kind = match node.kind {
        NodeKind::Symlink => {
            let target = node.link_target.as_deref().unwrap_or_default();
            return Ok(fs::symlinkat(target, folder, name)?);
        }
        NodeKind::Fifo => FileType::Fifo,
        NodeKind::Dev => FileType::BlockDevice,
        NodeKind::CharDev => FileType::CharacterDevice,
        _ => return Err(io::ErrorKind::Unsupported.into()),
    };
    make_node(folder, name, kind, node.device)
}

#[cfg(not(target_vendor = "apple"))]
fn make_node(folder: &OwnedFd, name: &[u8], kind: FileType, device: u64) -> io::Result<()> {
    Ok(fs::mknodat(folder, name, kind, Mode::from_raw_mode(PRIVATE_FILE), device)?)
}

#[cfg(target_vendor = "apple")]
fn make_node(folder: &OwnedFd, name: &[u8], kind: FileType, _: u64) -> io::Result<()> {
    match kind {
        FileType::Fifo => Ok(fs::mkfifoat(folder, name, Mode::from_raw_mode(PRIVATE_FILE as _))?),
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}

/// Gives the file `old` the further name `new`. Nothing may stand there.
pub(crate) fn hard_link(
    old_folder: &OwnedFd,
    old: &[u8],
    new_folder: &OwnedFd,
    new: &[u8],
) -> io::Result<()> {
    Ok(fs::linkat(old_folder, old, new_folder, new, AtFlags::empty())?)
}

/// Removes `name`, which is not a folder.
pub(crate) fn remove(folder: &OwnedFd, name: &[u8]) -> io::Result<()> {
    Ok(fs::unlinkat(folder, name, AtFlags::empty())?)
}

/// Gives a finished entry its name; `false` when something else keeps it: with
/// `replace` a folder that is not empty, otherwise anything.
pub(crate) fn publish(
    folder: &OwnedFd,
    temporary: &[u8],
    name: &[u8],
    replace: bool,
) -> io::Result<bool> {
    let rename = || fs::renameat(folder, temporary, folder, name);
    if replace {
        return match rename() {
            Ok(()) => Ok(true),
            Err(Errno::ISDIR | Errno::NOTEMPTY | Errno::EXIST | Errno::NOTDIR) => {
                if fs::unlinkat(folder, name, AtFlags::REMOVEDIR).is_err() {
                    return Ok(false);
                }
                rename()?;
                Ok(true)
            }
            Err(error) => Err(error.into()),
        };
    }
    match fs::renameat_with(folder, temporary, folder, name, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(true),
        Err(Errno::EXIST) => Ok(false),
        // Some network file systems do not know the flag. There, what another
        // program puts here between the look and the rename is lost.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            if standing(folder, name)? != Standing::Nothing {
                return Ok(false);
            }
            rename()?;
            Ok(true)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether entries can be made in the folder at `path`, without making one.
pub(crate) fn check_writable(path: &Path) -> io::Result<()> {
    Ok(fs::accessat(CWD, path, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS)?)
}

/// Whether this account may give files to others.
pub(crate) fn is_privileged() -> bool {
    rustix::process::geteuid().is_root()
}

/// Writes everything to the disk that `folder` lies on.
pub(crate) fn sync(folder: &OwnedFd) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    return Ok(fs::syncfs(folder)?);
    #[cfg(not(target_os = "linux"))]
    return Ok(fs::fsync(folder)?);
}

/// An entry whose owner, attributes, permissions and times are to be set.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Entry<'a> {
    /// A file or a folder that is open.
    Open(BorrowedFd<'a>),
    /// A link, pipe or device, which must not be opened.
    Named {
        /// Its folder.
        folder: &'a OwnedFd,
        /// Its name there.
        name: &'a [u8],
    },
}

/// A file that is open, as an [`Entry`].
pub(crate) fn file_entry(file: &File) -> Entry<'_> {
    Entry::Open(file.as_fd())
}

/// A folder that is open, as an [`Entry`].
pub(crate) fn folder_entry(folder: &Handle) -> Entry<'_> {
    Entry::Open(folder.as_fd())
}

/// Sets everything but the contents, in the order in which nothing is undone:
/// a new owner clears file capabilities and set-id bits, attributes of the
/// user need the permission to write, and every other change moves the times.
///
/// # Errors
/// The first failure; the rest is set all the same. What only root may do is
/// no failure for anyone else.
pub(crate) fn describe(entry: Entry<'_>, node: &Node, privileged: bool) -> io::Result<()> {
    let mut first = Ok(());
    let mut note = |result: Result<(), Errno>| {
        let forbidden = matches!(result, Err(Errno::PERM | Errno::ACCESS));
        if let Err(error) = result
            && (privileged || !forbidden)
            && first.is_ok()
        {
            first = Err(error.into());
        }
    };
    let owned = owner(entry, node);
    let (owner_set, group_set) = owned.as_ref().map_or((false, false), |set| *set);
    note(owned.map(|_| ()));
    note(attributes(entry, &node.extended_attributes, privileged));
    if node.kind != NodeKind::Symlink {
        let mut bits = mode::permissions(node.mode);
        // A program must not run as someone it was never given to.
        if !owner_set {
            bits &= !0o4000;
        }
        if !group_set && node.kind != NodeKind::Dir {
            bits &= !0o2000;
        }
        let bits = Mode::from_raw_mode(bits as _);
        note(match entry {
            Entry::Open(fd) => fs::fchmod(fd, bits),
            Entry::Named { folder, name } => fs::chmodat(folder, name, bits, AtFlags::empty()),
        });
    }
    let times =
        Timestamps { last_access: timespec(&node.atime), last_modification: timespec(&node.mtime) };
    note(match entry {
        Entry::Open(fd) => fs::futimens(fd, &times),
        Entry::Named { folder, name } => {
            fs::utimensat(folder, name, &times, AtFlags::SYMLINK_NOFOLLOW)
        }
    });
    first
}

fn timespec(time: &NodeTime) -> Timespec {
    Timespec { tv_sec: time.seconds as _, tv_nsec: time.nanoseconds.into() }
}

/// Sets owner and group, or what of it is allowed; says which of them are now
/// those of the node.
fn owner(entry: Entry<'_>, node: &Node) -> Result<(bool, bool), Errno> {
    // The highest number means "leave it as it is" to the system.
    let uid = (node.uid != u32::MAX).then(|| Uid::from_raw(node.uid));
    let gid = (node.gid != u32::MAX).then(|| Gid::from_raw(node.gid));
    // Most files belong to whoever restores them already.
    if let Entry::Open(fd) = entry
        && fs::fstat(fd).is_ok_and(|stat| (stat.st_uid, stat.st_gid) == (node.uid, node.gid))
    {
        return Ok((true, true));
    }
    let set = |uid, gid| match entry {
        Entry::Open(fd) => fs::fchown(fd, uid, gid),
        Entry::Named { folder, name } => {
            fs::chownat(folder, name, uid, gid, AtFlags::SYMLINK_NOFOLLOW)
        }
    };
    match set(uid, gid) {
        Ok(()) => Ok((uid.is_some(), gid.is_some())),
        Err(Errno::PERM) if !is_privileged() => {
            let own = rustix::process::geteuid().as_raw() == node.uid;
            Ok((own, set(None, gid).is_ok()))
        }
        Err(error) => Err(error),
    }
}

/// Sets the extended attributes, and removes those that the folder around has
/// handed down.
fn attributes(
    entry: Entry<'_>,
    wanted: &[ExtendedAttribute],
    privileged: bool,
) -> Result<(), Errno> {
    let path = match entry {
        Entry::Open(_) => Vec::new(),
        Entry::Named { folder, name } => reachable(folder, name),
    };
    let mut first = Ok(());
    let mut note = |result: Result<(), Errno>| {
        let forbidden = matches!(result, Err(Errno::PERM | Errno::ACCESS));
        if result.is_err() && (privileged || !forbidden) && first.is_ok() {
            first = result;
        }
    };
    for attribute in wanted {
        let Some(value) = &attribute.value else { continue };
        let result = match entry {
            Entry::Open(fd) => {
                fs::fsetxattr(fd, attribute.name.as_str(), value, XattrFlags::empty())
            }
            Entry::Named { .. } => {
                fs::lsetxattr(&*path, attribute.name.as_str(), value, XattrFlags::empty())
            }
        };
        match result {
            // A label of this machine's policy means nothing where there is none.
            Err(Errno::NOTSUP) if attribute.name == "security.selinux" => {}
            result => note(result),
        }
    }
    let mut names = vec![0; 4096];
    let length = match entry {
        Entry::Open(fd) => fs::flistxattr(fd, &mut names[..]),
        // Links have no attributes that are handed down.
        Entry::Named { .. } if wanted.is_empty() => Ok(0),
        Entry::Named { .. } => fs::llistxattr(&*path, &mut names[..]),
    };
    for name in names[..length.unwrap_or(0)].split(|byte| *byte == 0) {
        let ours = name.starts_with(b"user.") || name.starts_with(b"system.posix_acl_");
        if ours && !wanted.iter().any(|wanted| wanted.name.as_bytes() == name) {
            note(match entry {
                Entry::Open(fd) => fs::fremovexattr(fd, name),
                Entry::Named { .. } => fs::lremovexattr(&*path, name),
            });
        }
    }
    first
}

/// A path to `name` that stays short however deep the folder lies: the calls
/// for attributes have no variant that takes a folder and a name.
fn reachable(folder: &OwnedFd, name: &[u8]) -> Vec<u8> {
    use rustix::fd::AsRawFd;
    let mut path = format!("/proc/self/fd/{}/", folder.as_fd().as_raw_fd()).into_bytes();
    path.extend_from_slice(name);
    path
}
