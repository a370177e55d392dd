//! Linux: the mount table names the device or the share, and sysfs the
//! physical disks below it.
//!
//! Formats: `proc_pid_mountinfo(5)`, and the kernel's `sysfs-block`.

use super::{Disk, Mounted, Room};
use std::{
    fs,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
};

/// Kinds of file systems that lie on another machine.
const NETWORK: [&str; 9] =
    ["9p", "afs", "ceph", "cifs", "fuse.rclone", "fuse.sshfs", "nfs", "nfs4", "smb3"];

/// Kinds of file systems of disks that people keep files on.
const DISKS: [&str; 16] = [
    "apfs", "bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "fuseblk", "hfsplus",
    "jfs", "ntfs", "ntfs3", "vfat", "xfs", "zfs",
];

/// Where the system keeps its own mounts. Disks that a desktop mounts are in
/// `/run/media`.
const SYSTEM: [&str; 9] =
    ["/boot", "/dev", "/efi", "/etc", "/nix", "/proc", "/snap", "/sys", "/var/lib"];

/// A line of the mount table.
#[derive(Debug, PartialEq, Eq)]
struct Mount {
    point: PathBuf,
    kind: String,
    source: String,
    number: String,
    read_only: bool,
}

pub(super) fn disk_of(folder: &Path) -> Option<Disk> {
    let folder = fs::canonicalize(folder).ok()?;
    let table = fs::read("/proc/self/mountinfo").ok()?;
    disk_below(&mount_of(&folder, &table)?)
}

pub(super) fn room_at(folder: &Path) -> Option<Room> {
    let stat = rustix::fs::statvfs(folder).ok()?;
    let bytes = |blocks: u64| blocks.checked_mul(stat.f_frsize);
    Some(Room { total: bytes(stat.f_blocks), free: bytes(stat.f_bavail) })
}

pub(super) fn mounted() -> Vec<Mounted> {
    let Ok(table) = fs::read("/proc/self/mountinfo") else { return Vec::new() };
    let mut found: Vec<Mounted> = Vec::new();
    for mount in table.split(|byte| *byte == b'\n').filter_map(parse) {
        // A later mount hides an earlier one of the same place.
        found.retain(|earlier| earlier.point != mount.point);
        if !holds_files(&mount) {
            continue;
        }
        let Some(disk) = disk_below(&mount) else { continue };
        // The same file system may be mounted in several places.
        if found.iter().any(|other| disk.file_system.is_some() && other.disk == disk) {
            continue;
        }
        found.push(Mounted {
            name: name_of(&mount),
            writable: !mount.read_only,
            point: mount.point,
            disk,
        });
    }
    found
}

fn holds_files(mount: &Mount) -> bool {
    let kind = mount.kind.as_str();
    let own = SYSTEM.iter().any(|folder| mount.point.starts_with(folder))
        || (mount.point.starts_with("/run") && !mount.point.starts_with("/run/media"))
        || mount.point == Path::new("/");
    !own && mount.point.is_dir() && (DISKS.contains(&kind) || NETWORK.contains(&kind))
}

/// The label that a desktop mounts a disk under, or the name of a share.
fn name_of(mount: &Mount) -> String {
    let point = mount.point.file_name().map(|name| name.to_string_lossy().into_owned());
    point.unwrap_or_else(|| mount.source.clone())
}

fn disk_below(mount: &Mount) -> Option<Disk> {
    let file_system = rustix::fs::statvfs(&mount.point).ok().map(|stat| stat.f_fsid);
    let file_system = file_system.filter(|id| *id != 0).map(|id| format!("{id:016x}"));
    if NETWORK.contains(&mount.kind.as_str()) {
        return Some(Disk { devices: Vec::new(), network: true, removable: true, file_system });
    }
    let number = match mount.number.split_once(':') {
        // Some file systems have a number of their own, and name their device.
        Some(("0", _)) => number_of(Path::new(&mount.source))?,
        _ => mount.number.clone(),
    };
    let mut devices = Vec::new();
    physical(Path::new("/sys/dev/block").join(number), &mut devices, 0);
    devices.sort();
    devices.dedup();
    let removable = !devices.is_empty() && devices.iter().all(|device| is_removable(device));
    Some(Disk { devices, network: false, removable, file_system })
}

/// The mount that a folder lies in: the last of those with the longest path.
fn mount_of(folder: &Path, table: &[u8]) -> Option<Mount> {
    let lines = table.split(|byte| *byte == b'\n').filter_map(parse);
    lines
        .filter(|mount| folder.starts_with(&mount.point))
        .max_by_key(|mount| mount.point.as_os_str().len())
}

fn parse(line: &[u8]) -> Option<Mount> {
    let fields: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
    let dash = fields.iter().position(|field| *field == b"-")?;
    let text = |index: usize| Some(String::from_utf8_lossy(fields.get(index)?).into_owned());
    Some(Mount {
        point: PathBuf::from(std::ffi::OsStr::from_bytes(&unescaped(fields.get(4)?))),
        kind: text(dash + 1)?,
        source: text(dash + 2)?,
        number: text(2)?,
        read_only: text(5)?.split(',').any(|option| option == "ro"),
    })
}

/// Blanks, tabs, newlines and backslashes stand in the table as `\040` and the
/// like.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&byte, after)) = rest.split_first() {
        let code = (byte == b'\\')
            .then(|| after.get(..3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 8).ok());
        bytes.push(code.unwrap_or(byte));
        rest = if code.is_some() { &after[3..] } else { after };
    }
    bytes
}

fn number_of(device: &Path) -> Option<String> {
    let number = fs::metadata(device).ok().filter(|data| data.mode() & 0o170_000 == 0o060_000)?;
    let number = number.rdev();
    Some(format!("{}:{}", rustix::fs::major(number), rustix::fs::minor(number)))
}

/// The whole disks below a block device: a partition's parent, and what
/// mapped and striped devices are made of.
fn physical(device: PathBuf, found: &mut Vec<String>, depth: usize) {
    let Ok(device) = fs::canonicalize(device) else { return };
    if depth > 8 {
        return;
    }
    let below: Vec<PathBuf> = fs::read_dir(device.join("slaves"))
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    if !below.is_empty() {
        for slave in below {
            physical(slave, found, depth + 1);
        }
        return;
    }
    // A file on a loop device lies on the disk of that file.
    if let Ok(file) = fs::read(device.join("loop/backing_file")) {
        let file = file.strip_suffix(b"\n").unwrap_or(&file);
        let path = Path::new(std::ffi::OsStr::from_bytes(file));
        let devices = path.parent().and_then(disk_of).map(|disk| disk.devices);
        found.extend(devices.unwrap_or_default());
        return;
    }
    let whole = if device.join("partition").exists() { device.parent() } else { Some(&*device) };
    if let Some(name) = whole.and_then(Path::file_name) {
        found.push(name.to_string_lossy().into_owned());
    }
}

fn is_removable(device: &str) -> bool {
    let folder = Path::new("/sys/block").join(device);
    let flagged = fs::read(folder.join("removable")).is_ok_and(|text| text.starts_with(b"1"));
    // Disks on USB say they stay, as they hold their medium.
    flagged || fs::canonicalize(&folder).is_ok_and(|path| path.to_string_lossy().contains("/usb"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[u8] = b"\
22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
40 22 0:35 / /media/attic rw - cifs //attic-nas/backup rw
41 22 8:17 / /media/Blue\\040disk rw,nosuid - ext4 /dev/sdb1 rw
42 22 0:50 /@home /home rw - btrfs /dev/sda3 rw
43 41 0:51 / /media/Blue\\040disk rw - tmpfs none rw
";

    fn point(folder: &str) -> (String, String) {
        let mount = mount_of(Path::new(folder), TABLE).expect("a mount");
        (mount.kind, mount.number)
    }

    #[test]
    fn a_folder_lies_in_the_innermost_mount_that_came_last() {
        assert_eq!(point("/etc"), ("ext4".to_owned(), "8:2".to_owned()));
        assert_eq!(point("/media/attic/backups").0, "cifs");
        assert_eq!(point("/media/Blue disk/backups").1, "0:51");
        assert_eq!(point("/media/Blue disks").1, "8:2");
        assert_eq!(point("/home/mara").0, "btrfs");
    }

    #[test]
    fn escapes_of_the_mount_table_are_undone() {
        assert_eq!(unescaped(br"Blue\040disk\134x\09"), b"Blue disk\\x\\09");
        assert_eq!(unescaped(b"\\"), b"\\");
    }

    #[test]
    fn a_folder_shares_its_disk_with_itself() {
        let disk = Disk::of(&std::env::temp_dir());
        assert_ne!(disk.survives(&disk), Some(true));
    }
}
