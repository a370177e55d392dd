//! Writing what is restored, on Linux and macOS.
//!
//! Every entry is reached by its name within an open folder and never through
//! a symbolic link, so that nothing that stands or is put in the way leads a
//! restore out of its target, and no path is too long for the system.

use super::{Identity, read_at};
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

/// The most bytes that Linux and macOS take in a name.
const LONGEST_NAME: usize = 255;
/// How much of two files is compared at once, in bytes.
const COMPARED: usize = 128 << 10;
/// Who only reads and writes until an entry is finished.
const PRIVATE_FILE: u32 = 0o600;
const PRIVATE_FOLDER: u32 = 0o700;
const FOLDER: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
const FILE: OFlags = OFlags::RDWR.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing.
    Nothing,
    /// A folder.
    Folder(Identity),
    /// A symbolic link, wherever it leads.
    Link,
    /// A regular file of this many bytes.
    File(u64),
    /// Anything else.
    Other,
}

/// What became of the attempt to give something finished its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Published {
    /// It has it.
    Done,
    /// It has it, as a copy whose owner, permissions and times are still to be
    /// set.
    Copied,
    /// Something else keeps the name.
    Taken,
}

/// The bytes of a path as a path.
pub(crate) fn as_path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// Opens the folder at `path`, which may lead through links.
pub(crate) fn open_target(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    match fs::open(path, flags, Mode::empty()) {
        #[cfg(target_os = "linux")]
        Err(Errno::ACCESS) => Ok(fs::open(path, flags | OFlags::PATH, Mode::empty())?),
        result => Ok(result?),
    }
}

/// Opens the folder that the link `name` within `folder` leads to.
pub(crate) fn open_linked(folder: &OwnedFd, name: &[u8]) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    match fs::openat(folder, name, flags, Mode::empty()) {
        #[cfg(target_os = "linux")]
        Err(Errno::ACCESS) => Ok(fs::openat(folder, name, flags | OFlags::PATH, Mode::empty())?),
        result => Ok(result?),
    }
}

/// The folder itself, the one around it and so on, up to the root: by the
/// file system, whatever names were used on the way in.
pub(crate) fn around(folder: &OwnedFd) -> io::Result<Vec<Identity>> {
    #[cfg(target_os = "linux")]
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut identities = vec![identity(folder)?];
    let mut at = fs::openat(folder, "..", flags, Mode::empty())?;
    loop {
        let next = identity(&at)?;
        if identities.last() == Some(&next) {
            return Ok(identities);
        }
        identities.push(next);
        at = fs::openat(&at, "..", flags, Mode::empty())?;
    }
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
        Ok(stat) => Ok(match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => Standing::Folder(Identity::of(&stat)),
            FileType::Symlink => Standing::Link,
            FileType::RegularFile => Standing::File(u64::try_from(stat.st_size).unwrap_or(0)),
            _ => Standing::Other,
        }),
        Err(Errno::NOENT) => Ok(Standing::Nothing),
        Err(error) => Err(error.into()),
    }
}

/// What tells an open folder from all others.
pub(crate) fn identity(folder: &OwnedFd) -> io::Result<Identity> {
    Ok(Identity::of(&fs::fstat(folder)?))
}

/// The most bytes that a name in `folder` may have.
pub(crate) fn longest_name(folder: &OwnedFd) -> usize {
    let longest = fs::fstatvfs(folder).map_or(0, |of| usize::try_from(of.f_namemax).unwrap_or(0));
    // Some network file systems say 0, or more than the system takes.
    if longest == 0 { LONGEST_NAME } else { longest.min(LONGEST_NAME) }
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

/// Gives the file `old`, which an earlier process of this account has made by
/// [`create_file`], the name `new`, to go on with it.
///
/// # Errors
/// When it is not such a file any more, or has further names: somebody else would
/// see then what is written to it.
pub(crate) fn take_over(folder: &OwnedFd, old: &[u8], new: &[u8]) -> io::Result<()> {
    let file = reopen_file(folder, old)?;
    let stat = fs::fstat(&file)?;
    let is_ours = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
        && stat.st_nlink == 1
        && stat.st_uid == rustix::process::geteuid().as_raw();
    if !is_ours {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    fs::fchmod(&file, Mode::from_raw_mode(PRIVATE_FILE as _))?;
    fs::renameat(folder, old, folder, new)?;
    // Whoever may write to the folder may have put something else there.
    let named = fs::statat(folder, new, AtFlags::SYMLINK_NOFOLLOW)?;
    if Identity::of(&named) != Identity::of(&stat) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(())
}

/// Makes zeros of `length` bytes at `offset`.
pub(crate) fn clear(file: &File, offset: u64, length: u64) -> io::Result<()> {
    if length == 0 {
        return Ok(());
    }
    #[cfg(target_os = "linux")]
    {
        let flags = fs::FallocateFlags::PUNCH_HOLE | fs::FallocateFlags::KEEP_SIZE;
        if fs::fallocate(file, flags, offset, length).is_ok() {
            return Ok(());
        }
    }
    let zeros = vec![0; COMPARED];
    let mut at = offset;
    while at < offset + length {
        let part = zeros.len().min(usize::try_from(offset + length - at).unwrap_or(usize::MAX));
        write_at(file, &zeros[..part], at)?;
        at += part as u64;
    }
    Ok(())
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

/// Gives a finished entry its name, unless something else keeps it: with
/// `replace` a folder that is not empty, otherwise anything. What has come there
/// in this very moment is something, too.
pub(crate) fn publish(
    folder: &OwnedFd,
    temporary: &[u8],
    name: &[u8],
    replace: bool,
) -> io::Result<Published> {
    let rename = || fs::renameat(folder, temporary, folder, name);
    if replace {
        return match rename() {
            Ok(()) => Ok(Published::Done),
            Err(Errno::ISDIR | Errno::NOTEMPTY | Errno::EXIST | Errno::NOTDIR) => {
                if fs::unlinkat(folder, name, AtFlags::REMOVEDIR).is_err() {
                    return Ok(Published::Taken);
                }
                rename()?;
                Ok(Published::Done)
            }
            Err(error) => Err(error.into()),
        };
    }
    match fs::renameat_with(folder, temporary, folder, name, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(Published::Done),
        Err(Errno::EXIST) => Ok(Published::Taken),
        // NFS, 9p and some others do not know the flag.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            publish_by_link(folder, temporary, name)
        }
        Err(error) => Err(error.into()),
    }
}

/// [`publish`] where names cannot be changed on the condition that nothing is
/// replaced: a further name is made, which is refused when it is taken, and the
/// temporary one removed.
fn publish_by_link(folder: &OwnedFd, temporary: &[u8], name: &[u8]) -> io::Result<Published> {
    match fs::linkat(folder, temporary, folder, name, AtFlags::empty()) {
        Ok(()) => {
            // What cannot be removed says what it is.
            let _ = remove(folder, temporary);
            Ok(Published::Done)
        }
        Err(Errno::EXIST) => Ok(Published::Taken),
        Err(Errno::PERM | Errno::NOSYS | Errno::NOTSUP | Errno::MLINK | Errno::INVAL) => {
            publish_by_copy(folder, temporary, name)
        }
        Err(error) => Err(error.into()),
    }
}

/// [`publish`] where files have one name only: the entry is made once more, in
/// its place, which is refused when that is taken. A crash may leave a part of a
/// file under its final name there; every other way could take away what another
/// program has put there.
fn publish_by_copy(folder: &OwnedFd, temporary: &[u8], name: &[u8]) -> io::Result<Published> {
    let stat = fs::statat(folder, temporary, AtFlags::SYMLINK_NOFOLLOW)?;
    let made = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => {
            // Its permissions may keep its own writer from reading it.
            let mode = Mode::from_raw_mode(PRIVATE_FILE as _);
            fs::chmodat(folder, temporary, mode, AtFlags::empty())?;
            copy(folder, temporary, name)
        }
        FileType::Symlink => {
            let target = fs::readlinkat(folder, temporary, Vec::new())?;
            fs::symlinkat(target, folder, name).map_err(io::Error::from).map(|()| true)
        }
        #[allow(clippy::unnecessary_cast, reason = "the types differ between systems")]
        kind => make_node(folder, name, kind, stat.st_rdev as u64).map(|()| true),
    };
    match made {
        Ok(true) => {
            let _ = remove(folder, temporary);
            Ok(Published::Copied)
        }
        Ok(false) => Ok(Published::Taken),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Published::Taken),
        Err(error) => Err(error),
    }
}

/// Copies a file; `false` when the copy lost its name to something else before
/// it was complete.
fn copy(folder: &OwnedFd, from: &[u8], to: &[u8]) -> io::Result<bool> {
    let mut source = reopen_file(folder, from)?;
    let mut made = create_file(folder, to)?;
    let copied = io::copy(&mut source, &mut made).and_then(|_| made.sync_data());
    let own = Identity::of(&fs::fstat(&made)?);
    let stands = fs::statat(folder, to, AtFlags::SYMLINK_NOFOLLOW);
    let stands = stands.is_ok_and(|stat| Identity::of(&stat) == own);
    if copied.is_err() && stands {
        let _ = remove(folder, to);
    }
    copied.map(|()| stands)
}

/// What is compared with something that stands in its place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ours<'a> {
    /// A file that is open for reading.
    Open(&'a File),
    /// Anything, by its name in the same folder.
    Named(&'a [u8]),
}

/// Whether what stands under `name` is of the same kind and has the same bytes,
/// the same target or the same device as ours. What cannot be read is not the
/// same.
pub(crate) fn is_same(folder: &OwnedFd, ours: Ours<'_>, name: &[u8]) -> bool {
    let compare = || match ours {
        Ours::Open(file) => Ok(same_bytes(file, &open_to_compare(folder, name)?)?),
        Ours::Named(ours) => {
            let stat = |name| fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW);
            let (mine, theirs) = (stat(ours)?, stat(name)?);
            let kind = FileType::from_raw_mode(mine.st_mode);
            if kind != FileType::from_raw_mode(theirs.st_mode) {
                return Ok(false);
            }
            match kind {
                FileType::RegularFile => {
                    same_bytes(&open_to_compare(folder, ours)?, &open_to_compare(folder, name)?)
                }
                FileType::Symlink => {
                    let target = |name| fs::readlinkat(folder, name, Vec::new());
                    Ok(target(ours)? == target(name)?)
                }
                FileType::BlockDevice | FileType::CharacterDevice => {
                    Ok(mine.st_rdev == theirs.st_rdev)
                }
                FileType::Fifo => Ok(true),
                _ => Ok(false),
            }
        }
    };
    let same: io::Result<bool> = compare();
    same.unwrap_or(false)
}

/// Whether a link, pipe or device as in `node` stands under its name already.
pub(crate) fn is_same_special(folder: &OwnedFd, node: &Node) -> bool {
    let name = node.name.as_slice();
    let kind = fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
        .map(|stat| (FileType::from_raw_mode(stat.st_mode), stat.st_rdev));
    #[allow(clippy::unnecessary_cast, reason = "the types differ between systems")]
    match (&node.kind, kind) {
        (NodeKind::Symlink, Ok((FileType::Symlink, _))) => {
            let target = fs::readlinkat(folder, name, Vec::new());
            target.is_ok_and(|target| Some(target.as_bytes()) == node.link_target.as_deref())
        }
        (NodeKind::Fifo, Ok((FileType::Fifo, _))) => true,
        (NodeKind::Dev, Ok((FileType::BlockDevice, device)))
        | (NodeKind::CharDev, Ok((FileType::CharacterDevice, device))) => {
            device as u64 == node.device
        }
        _ => false,
    }
}

/// The names in a folder that are `wanted`.
pub(crate) fn names(folder: &OwnedFd, wanted: impl Fn(&[u8]) -> bool) -> io::Result<Vec<Vec<u8>>> {
    let mut names = Vec::new();
    for entry in fs::Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if wanted(name) {
            names.push(name.to_vec());
        }
    }
    Ok(names)
}

/// Opens the file `name` for reading. Its access time stays where the system
/// allows it.
pub(crate) fn open_to_compare(folder: &OwnedFd, name: &[u8]) -> io::Result<File> {
    // Without NONBLOCK, a pipe that took the file's place would block.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let open = |flags| fs::openat(folder, name, flags, Mode::empty());
    #[cfg(target_os = "linux")]
    let fd = match open(flags | OFlags::NOATIME) {
        Err(Errno::PERM) => open(flags)?,
        result => result?,
    };
    #[cfg(not(target_os = "linux"))]
    let fd = open(flags)?;
    Ok(fd.into())
}

fn same_bytes(a: &File, b: &File) -> io::Result<bool> {
    let (of_a, of_b) = (a.metadata()?, b.metadata()?);
    if !of_a.is_file() || !of_b.is_file() || of_a.len() != of_b.len() {
        return Ok(false);
    }
    let (mut one, mut other) = (vec![0; COMPARED], vec![0; COMPARED]);
    let mut offset = 0;
    loop {
        let (from_a, from_b) = (read_at(a, &mut one, offset)?, read_at(b, &mut other, offset)?);
        if one[..from_a] != other[..from_b] {
            return Ok(false);
        }
        if from_a == 0 {
            return Ok(true);
        }
        offset += from_a as u64;
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

/// Has the disk begin to take what was written to a part of a file, and waits for
/// nothing. It goes there at the latest with [`sync`].
pub(crate) fn begin_sync(file: &File, offset: u64, length: u64) {
    // On Linux, what should leave the cache is written first
    // (`generic_fadvise` in mm/fadvise.c); until that is done, it stays.
    #[cfg(target_os = "linux")]
    if let Some(length) = std::num::NonZeroU64::new(length) {
        let _ = fs::fadvise(file, offset, Some(length), fs::Advice::DontNeed);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (file, offset, length);
}

/// Writes everything to the disk that `folder` lies on.
pub(crate) fn sync(folder: &OwnedFd) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    return match fs::syncfs(folder) {
        // A folder that could only be opened to be passed through.
        Err(Errno::BADF) => {
            fs::sync();
            Ok(())
        }
        result => Ok(result?),
    };
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};

    type Publish = fn(&OwnedFd, &[u8], &[u8]) -> io::Result<Published>;

    /// How a name is given where nothing may be replaced, from the best way to
    /// the one that any file system can do.
    const WAYS: [(Publish, Published); 3] = [
        (|folder, from, to| publish(folder, from, to, false), Published::Done),
        (publish_by_link, Published::Done),
        (publish_by_copy, Published::Copied),
    ];

    #[test]
    fn no_way_of_publishing_replaces_anything() {
        for (number, (publish, _)) in WAYS.iter().enumerate() {
            let folder = tempfile::tempdir().unwrap();
            let path = |name: &str| folder.path().join(name);
            let fd = open_target(folder.path()).unwrap();
            std::fs::write(path("file"), "mine").unwrap();
            std::fs::create_dir(path("folder")).unwrap();
            symlink("nowhere", path("link")).unwrap();
            for name in ["file", "folder", "link"] {
                std::fs::write(path("temporary"), "restored").unwrap();
                let published = publish(&fd, b"temporary", name.as_bytes()).unwrap();
                assert_eq!(published, Published::Taken, "{number} {name}");
                assert!(path("temporary").exists(), "{number} {name}");
                std::fs::remove_file(path("temporary")).unwrap();
                symlink("there", path("temporary")).unwrap();
                let published = publish(&fd, b"temporary", name.as_bytes()).unwrap();
                assert_eq!(published, Published::Taken, "{number} {name}");
                std::fs::remove_file(path("temporary")).unwrap();
            }
            assert_eq!(std::fs::read(path("file")).unwrap(), b"mine");
            assert!(path("folder").is_dir() && path("link").is_symlink());
        }
    }

    #[test]
    fn every_way_of_publishing_brings_all_of_it() {
        for (number, (publish, expected)) in WAYS.iter().enumerate() {
            let folder = tempfile::tempdir().unwrap();
            let path = |name: &str| folder.path().join(name);
            let fd = open_target(folder.path()).unwrap();
            let bytes = vec![7; 300_000];
            std::fs::write(path("temporary"), &bytes).unwrap();
            std::fs::set_permissions(path("temporary"), PermissionsExt::from_mode(0o000)).unwrap();
            assert_eq!(publish(&fd, b"temporary", b"file").unwrap(), *expected, "{number}");
            std::fs::set_permissions(path("file"), PermissionsExt::from_mode(0o600)).unwrap();
            assert!(std::fs::read(path("file")).unwrap() == bytes);
            symlink("there", path("temporary")).unwrap();
            assert_eq!(publish(&fd, b"temporary", b"link").unwrap(), *expected, "{number}");
            assert_eq!(std::fs::read_link(path("link")).unwrap(), Path::new("there"));
            make_node(&fd, b"temporary", FileType::Fifo, 0).unwrap();
            assert_eq!(publish(&fd, b"temporary", b"pipe").unwrap(), *expected, "{number}");
            assert!(std::fs::metadata(path("pipe")).unwrap().file_type().is_fifo());
            assert!(!path("temporary").exists(), "{number}");
        }
    }

    #[test]
    fn sameness_is_of_kind_and_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let fd = open_target(folder.path()).unwrap();
        let bytes = vec![7; COMPARED + 5];
        let mut other = bytes.clone();
        other[COMPARED + 4] = 8;
        std::fs::write(path("a"), &bytes).unwrap();
        std::fs::write(path("same"), &bytes).unwrap();
        std::fs::write(path("other"), &other).unwrap();
        std::fs::write(path("longer"), [&bytes[..], b"x"].concat()).unwrap();
        std::fs::create_dir(path("folder")).unwrap();
        symlink("a", path("link")).unwrap();
        symlink("a", path("same link")).unwrap();
        symlink("b", path("other link")).unwrap();
        make_node(&fd, b"pipe", FileType::Fifo, 0).unwrap();
        let same = |a: &str, b: &str| {
            let by_name = is_same(&fd, Ours::Named(a.as_bytes()), b.as_bytes());
            if path(a).is_file() && !path(a).is_symlink() {
                let file = std::fs::File::open(path(a)).unwrap();
                assert_eq!(is_same(&fd, Ours::Open(&file), b.as_bytes()), by_name, "{a} {b}");
            }
            by_name
        };
        assert!(same("a", "same") && same("link", "same link"));
        for other in ["other", "longer", "folder", "link", "pipe", "not there"] {
            assert!(!same("a", other), "{other}");
        }
        assert!(!same("link", "other link") && !same("link", "a") && !same("folder", "folder"));
    }
}
