//! Reading what is backed up, on Linux and macOS.
//!
//! Everything is opened relative to its folder and never through a symbolic
//! link, so that a path that is swapped while the backup runs leads nowhere.

use crate::format::{ExtendedAttribute, Node, NodeKind, NodeTime, PastNode, mode};
use jiff::{Timestamp, tz::TimeZone};
use rustix::{
    fd::{AsFd, AsRawFd, OwnedFd},
    fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat},
    io::Errno,
};
use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
    fs::File,
    io,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
    sync::{PoisonError, RwLock},
};

/// Longer paths are not handed to the system, which takes 4,095 bytes.
const LONGEST_PATH: usize = 4000;

/// A folder that is open for reading.
#[derive(Debug)]
pub(crate) struct Folder {
    fd: OwnedFd,
    path: PathBuf,
}

/// What tells one entry of the file system from all others on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    #[allow(clippy::unnecessary_cast, reason = "the types differ between systems")]
    pub(super) fn of(stat: &Stat) -> Self {
        Self { device: stat.st_dev as u64, inode: stat.st_ino as u64 }
    }

    /// What tells its file system from others.
    pub(crate) fn device(&self) -> u64 {
        self.device
    }
}

/// What tells whether a file has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// In bytes.
    pub(crate) size: u64,
    pub(crate) inode: u64,
    /// When its contents changed, in seconds and nanoseconds.
    pub(crate) modified: (i64, u32),
    /// When anything of it changed.
    pub(crate) changed: (i64, u32),
}

/// What a folder says of an entry before anyone looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// Something else.
    Neither,
    /// Some file systems do not say.
    Unknown,
}

/// What the file system knows of an entry.
#[derive(Clone, Copy)]
pub(crate) struct Facts(Stat);

impl Folder {
    /// Opens a folder by its path.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let fd = rustix::fs::open(path, folder_flags(), Mode::empty())?;
        Ok(Self { fd, path: path.to_owned() })
    }

    /// Opens a folder that is only passed through: on Linux it need not be
    /// readable.
    pub(crate) fn open_to_pass(path: &Path) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        #[cfg(not(target_os = "linux"))]
        let flags = folder_flags();
        let fd = rustix::fs::open(path, flags, Mode::empty())?;
        Ok(Self { fd, path: path.to_owned() })
    }

    /// Opens a folder within this one.
    pub(crate) fn open_child(&self, name: &OsStr) -> io::Result<Self> {
        let fd = rustix::fs::openat(&self.fd, name, folder_flags(), Mode::empty())?;
        Ok(Self { fd, path: self.path.join(name) })
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The names in it, ascending by their bytes.
    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.fd)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(OsString::from_vec(name.to_vec()));
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Shows every name in it, in the system's order, with what the folder
    /// itself says of it, until `visit` says no.
    pub(crate) fn each(&self, visit: &mut dyn FnMut(&OsStr, Seen) -> bool) -> io::Result<()> {
        for entry in Dir::read_from(&self.fd)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            let seen = match entry.file_type() {
                FileType::RegularFile => Seen::File,
                FileType::Directory => Seen::Folder,
                FileType::Unknown => Seen::Unknown,
                _ => Seen::Neither,
            };
            if name != b"." && name != b".." && !visit(OsStr::from_bytes(name), seen) {
                break;
            }
        }
        Ok(())
    }

    /// What is known of an entry of it; a link is not followed.
    pub(crate) fn facts(&self, name: &OsStr) -> io::Result<Facts> {
        Ok(Facts(rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW)?))
    }

    /// What is known of the folder itself.
    pub(crate) fn own_facts(&self) -> io::Result<Facts> {
        Ok(Facts(rustix::fs::fstat(&self.fd)?))
    }

    /// Opens a file in it for reading. Its access time stays where the system
    /// allows it.
    pub(crate) fn open_file(&self, name: &OsStr) -> io::Result<(File, Facts)> {
        // Without NONBLOCK, a pipe that took the file's place would block.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let open = |flags| rustix::fs::openat(&self.fd, name, flags, Mode::empty());
        #[cfg(target_os = "linux")]
        let fd = match open(flags | OFlags::NOATIME) {
            Err(Errno::PERM) => open(flags)?,
            result => result?,
        };
        #[cfg(not(target_os = "linux"))]
        let fd = open(flags)?;
        let facts = Facts(rustix::fs::fstat(&fd)?);
        Ok((File::from(fd), facts))
    }

    /// What is known of an open file.
    pub(crate) fn facts_of(file: &File) -> io::Result<Facts> {
        Ok(Facts(rustix::fs::fstat(file)?))
    }

    /// The target of a link in it.
    pub(crate) fn read_link(&self, name: &OsStr) -> io::Result<Vec<u8>> {
        Ok(rustix::fs::readlinkat(&self.fd, name, Vec::new())?.into_bytes())
    }

    /// A path under which the system finds an entry, however deep it lies.
    fn reachable(&self, name: &OsStr) -> PathBuf {
        let path = if name.is_empty() { self.path.clone() } else { self.path.join(name) };
        if path.as_os_str().len() < LONGEST_PATH {
            path
        } else {
            Path::new("/proc/self/fd").join(self.fd.as_fd().as_raw_fd().to_string()).join(name)
        }
    }

    /// The extended attributes of an entry, or of the folder itself when `name`
    /// is empty, in the order in which the system names them; and whether that
    /// is all of them. The format holds no name that is not UTF-8.
    fn attributes(&self, name: &OsStr) -> (Vec<ExtendedAttribute>, bool) {
        let path = self.reachable(name);
        let Ok(list) = read_growing(|buffer| rustix::fs::llistxattr(&path, buffer)) else {
            return (Vec::new(), false);
        };
        let (mut attributes, mut complete) = (Vec::new(), true);
        for name in list.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
            let Ok(name) = String::from_utf8(name.to_vec()) else {
                complete = false;
                continue;
            };
            match read_growing(|buffer| rustix::fs::lgetxattr(&path, &*name, buffer)) {
                Ok(value) => attributes.push(ExtendedAttribute { name, value: Some(value) }),
                // Gone since the list was made.
                Err(error) if error.raw_os_error() == Some(Errno::NODATA.raw_os_error()) => {}
                Err(_) => complete = false,
            }
        }
        (attributes, complete)
    }
}

fn folder_flags() -> OFlags {
    OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC
}

/// Reads what a system call puts into a buffer of unknown size. Attributes that
/// the file system does not have are none.
fn read_growing(mut call: impl FnMut(&mut [u8]) -> Result<usize, Errno>) -> io::Result<Vec<u8>> {
    let mut small = [0; 512];
    match call(&mut small) {
        Ok(length) => return Ok(small[..length].to_vec()),
        Err(Errno::NOTSUP) => return Ok(Vec::new()),
        Err(Errno::RANGE) => {}
        Err(error) => return Err(error.into()),
    }
    let mut buffer = vec![0; 64 << 10];
    let length = call(&mut buffer)?;
    buffer.truncate(length);
    Ok(buffer)
}

impl Facts {
    /// What tells the entry from all others.
    pub(crate) fn identity(&self) -> Identity {
        Identity::of(&self.0)
    }

    /// Whether it is a regular file.
    pub(crate) fn is_file(&self) -> bool {
        self.kind() == FileType::RegularFile
    }

    /// Whether it is a folder.
    pub(crate) fn is_folder(&self) -> bool {
        self.kind() == FileType::Directory
    }

    /// Whether it is a socket, which no backup holds: only a running program
    /// gives it a meaning.
    pub(crate) fn is_socket(&self) -> bool {
        self.kind() == FileType::Socket
    }

    fn kind(&self) -> FileType {
        FileType::from_raw_mode(self.0.st_mode)
    }

    /// Its length in bytes.
    pub(crate) fn size(&self) -> u64 {
        u64::try_from(self.0.st_size).unwrap_or(0)
    }

    /// Whether it takes less room than it is long.
    #[allow(clippy::unnecessary_cast, reason = "the types differ between systems")]
    pub(super) fn has_holes(&self) -> bool {
        // POSIX leaves the unit open; Linux and macOS count in 512 bytes.
        (self.0.st_blocks as i64).saturating_mul(512) < self.0.st_size as i64
    }

    /// What tells whether it has changed.
    pub(crate) fn stamp(&self) -> Stamp {
        let (modified, changed) = (self.modified(), self.changed());
        Stamp { size: self.size(), inode: self.identity().inode, modified, changed }
    }

    /// Whether it is unchanged since `earlier` as far as the file system tells.
    pub(crate) fn same_as(&self, earlier: &Self) -> bool {
        self.identity() == earlier.identity()
            && self.0.st_size == earlier.0.st_size
            && self.modified() == earlier.modified()
            && self.changed() == earlier.changed()
    }

    /// Whether a file is still what `node` says it was.
    pub(crate) fn matches(&self, node: &PastNode) -> bool {
        let same = |time: &NodeTime, (seconds, nanoseconds)| {
            (time.seconds, time.nanoseconds) == (seconds, nanoseconds)
        };
        node.kind == NodeKind::File
            && node.size == self.size()
            && node.inode == self.identity().inode
            && same(&node.mtime, self.modified())
            && same(&node.ctime, self.changed())
    }

    #[allow(
        clippy::unnecessary_cast,
        clippy::cast_possible_truncation,
        reason = "the types differ between systems"
    )]
    fn modified(&self) -> (i64, u32) {
        (self.0.st_mtime as i64, self.0.st_mtime_nsec as u32)
    }

    #[allow(
        clippy::unnecessary_cast,
        clippy::cast_possible_truncation,
        reason = "the types differ between systems"
    )]
    fn changed(&self) -> (i64, u32) {
        (self.0.st_ctime as i64, self.0.st_ctime_nsec as u32)
    }
}

/// Turns what the file system knows into nodes.
#[derive(Debug)]
pub(crate) struct Describer {
    zone: TimeZone,
    users: Names,
    groups: Names,
}

/// Names of numbers, each looked up once.
type Names = RwLock<HashMap<u32, String>>;

impl Describer {
    /// Writes times down in `zone`, as restic does in the machine's.
    pub(crate) fn new(zone: TimeZone) -> Self {
        Self { zone, users: Names::default(), groups: Names::default() }
    }

    /// The node of an entry of `folder`, or of the folder itself when `name` is
    /// empty. Contents, subtree and the name in the backup are the caller's.
    /// The flag says whether all its attributes are in it.
    pub(crate) fn node(
        &self,
        folder: &Folder,
        name: &OsStr,
        facts: &Facts,
    ) -> io::Result<(Node, bool)> {
        let stat = &facts.0;
        let kind = match facts.kind() {
            FileType::RegularFile => NodeKind::File,
            FileType::Directory => NodeKind::Dir,
            FileType::Symlink => NodeKind::Symlink,
            FileType::BlockDevice => NodeKind::Dev,
            FileType::CharacterDevice => NodeKind::CharDev,
            FileType::Fifo => NodeKind::Fifo,
            FileType::Socket => NodeKind::Socket,
            _ => NodeKind::Irregular,
        };
        let mtime = self.time(facts.modified());
        let (has_links, has_device) = match kind {
            NodeKind::File | NodeKind::Symlink => (true, false),
            NodeKind::Dev | NodeKind::CharDev => (true, true),
            _ => (false, false),
        };
        let (extended_attributes, complete) = folder.attributes(name);
        #[allow(clippy::unnecessary_cast, reason = "the types differ between systems")]
        let node = Node {
            name: name.as_bytes().to_vec(),
            mode: mode::from_unix(stat.st_mode as u32),
            mtime,
            // Reading changes it, so a stored one would make every tree new.
            atime: mtime,
            ctime: self.time(facts.changed()),
            uid: stat.st_uid,
            gid: stat.st_gid,
            user: look_up(&self.users, stat.st_uid, |uid| {
                uzers::get_user_by_uid(uid).map(|user| user.name().to_owned())
            }),
            group: look_up(&self.groups, stat.st_gid, |gid| {
                uzers::get_group_by_gid(gid).map(|group| group.name().to_owned())
            }),
            inode: facts.identity().inode,
            device_id: facts.identity().device,
            size: if kind == NodeKind::File { facts.size() } else { 0 },
            links: if has_links { stat.st_nlink as u64 } else { 0 },
            link_target: if kind == NodeKind::Symlink {
                Some(folder.read_link(name)?)
            } else {
                None
            },
            device: if has_device { stat.st_rdev as u64 } else { 0 },
            kind,
            extended_attributes,
            ..Node::default()
        };
        Ok((node, complete))
    }

    fn time(&self, (seconds, nanoseconds): (i64, u32)) -> NodeTime {
        let offset_seconds = Timestamp::from_second(seconds)
            .map_or(0, |moment| self.zone.to_offset(moment).seconds());
        NodeTime { seconds, nanoseconds, offset_seconds }
    }
}

fn look_up(names: &Names, number: u32, find: impl Fn(u32) -> Option<OsString>) -> String {
    if let Some(name) = names.read().unwrap_or_else(PoisonError::into_inner).get(&number) {
        return name.clone();
    }
    let name = find(number).map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    names.write().unwrap_or_else(PoisonError::into_inner).entry(number).or_insert(name).clone()
}

/// Lets this process hold as many files open as the system permits it: a path
/// of 4,000 bytes has up to 2,000 folders that are open at once.
pub(crate) fn raise_open_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where it is refused, deep trees end in an error that names the folder.
    let _ = setrlimit(Resource::Nofile, limit);
}
