//! Odd modes, owners, times and extended attributes.

use std::io;

use super::Reach;
use crate::folder::{Folder, Mtime};

/// Attributes on files, folders and, for root, links; access lists.
pub(super) fn xattrs(folder: &Folder, root_user: bool, on_links: bool) -> io::Result<()> {
    let every_byte: Vec<u8> = (0..=255).collect();
    let values: [(&str, &[u8]); 6] = [
        ("user.text", b"a value"),
        ("user.empty", b""),
        ("user.binary", &every_byte),
        ("user.zeros", &[0; 40]),
        ("user.html <&>\u{2028}", "caf\u{e9} <&>".as_bytes()),
        ("user.long", &[b'l'; 2_500]),
    ];
    folder.file(b"file", b"with attributes")?;
    folder.folder(b"folder")?.file(b"inside", b"without")?;
    folder.file(b"empty file", b"")?;
    for (attribute, value) in values {
        for name in [&b"file"[..], b"folder"] {
            folder.set_xattr(name, attribute, value)?;
        }
    }
    folder.set_xattr(b"empty file", "user.only", b"attribute")?;

    folder.file(b"access list", b"")?;
    folder.set_xattr(b"access list", "system.posix_acl_access", &access_list(6))?;
    folder.folder(b"folder with lists")?.folder(b"inside")?;
    let name = b"folder with lists";
    folder.set_xattr(name, "system.posix_acl_access", &access_list(7))?;
    folder.set_xattr(name, "system.posix_acl_default", &access_list(5))?;

    if root_user {
        if on_links {
            folder.symlink(b"link", b"file")?;
            folder.set_xattr(b"link", "trusted.keepstead", b"of the link")?;
        }
        folder.special(b"fifo", rustix::fs::FileType::Fifo, (0, 0))?;
        for name in [&b"file"[..], b"folder", b"fifo"] {
            folder.set_xattr(name, "trusted.keepstead", b"\x00trusted\xff")?;
        }
        // A file that may open low ports: lost when the owner is set after it.
        let capability = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        folder.file(b"capable", b"")?;
        folder.set_owner(b"capable", 12_345, 12_345)?;
        folder.set_xattr(b"capable", "security.capability", &capability)?;
    }
    Ok(())
}

/// An access list as Linux stores it (version 2 of its layout): owner, one
/// user by number with `permissions`, group, one group by number, mask, others.
fn access_list(permissions: u16) -> Vec<u8> {
    const UNNAMED: u32 = u32::MAX;
    let entries: [(u16, u16, u32); 6] = [
        (0x01, 7, UNNAMED),
        (0x02, permissions, 12_345),
        (0x04, 5, UNNAMED),
        (0x08, 4, 54_321),
        (0x10, 7, UNNAMED),
        (0x20, 0, UNNAMED),
    ];
    let mut bytes = 2_u32.to_le_bytes().to_vec();
    for (tag, permissions, id) in entries {
        bytes.extend_from_slice(&tag.to_le_bytes());
        bytes.extend_from_slice(&permissions.to_le_bytes());
        bytes.extend_from_slice(&id.to_le_bytes());
    }
    bytes
}

/// Within what ext4 can store, 1901 to 2446; the last beyond 64 bits of
/// nanoseconds.
const TIMES: [(&str, Mtime); 13] = [
    ("the epoch", Mtime { seconds: 0, nanos: 0 }),
    ("one nanosecond", Mtime { seconds: 0, nanos: 1 }),
    ("just before the epoch", Mtime { seconds: -1, nanos: 999_999_999 }),
    ("1950", Mtime { seconds: -631_152_000, nanos: 123_456_789 }),
    ("1901", Mtime { seconds: -2_147_483_648, nanos: 0 }),
    ("trailing zeros", Mtime { seconds: 1_700_000_000, nanos: 120_000_000 }),
    ("leading zeros", Mtime { seconds: 1_700_000_000, nanos: 12 }),
    ("microseconds", Mtime { seconds: 1_700_000_001, nanos: 123_456_000 }),
    ("summer", Mtime { seconds: 1_750_000_000, nanos: 999_999_999 }),
    ("2038", Mtime { seconds: 2_147_483_648, nanos: 5 }),
    ("2106", Mtime { seconds: 4_294_967_296, nanos: 500_000_000 }),
    ("2261", Mtime { seconds: 9_200_000_000, nanos: 987_654_321 }),
    ("2445", Mtime { seconds: 15_000_000_000, nanos: 987_654_321 }),
];

fn times_for(reach: Reach) -> &'static [(&'static str, Mtime)] {
    if reach == Reach::Keepstead { &TIMES } else { &TIMES[..TIMES.len() - 1] }
}

/// Entries for [`set_times`].
pub(super) fn times(folder: &Folder, reach: Reach) -> io::Result<()> {
    for (name, _) in times_for(reach) {
        folder.file(name.as_bytes(), name.as_bytes())?;
        folder.folder(format!("{name} folder").as_bytes())?.file(b"inside", b"")?;
        folder.symlink(format!("{name} link").as_bytes(), b"nowhere")?;
    }
    Ok(())
}

/// Every time on a file, a folder and a link.
pub(super) fn set_times(folder: &Folder, reach: Reach) -> io::Result<()> {
    for (name, mtime) in times_for(reach) {
        for suffix in ["", " folder", " link"] {
            folder.set_mtime(format!("{name}{suffix}").as_bytes(), *mtime)?;
        }
    }
    Ok(())
}

const FILE_MODES: [u32; 12] =
    [0o000, 0o400, 0o444, 0o600, 0o666, 0o755, 0o777, 0o1644, 0o2755, 0o4755, 0o6711, 0o7777];
const FOLDER_MODES: [u32; 9] = [0o000, 0o500, 0o555, 0o700, 0o777, 0o1777, 0o2775, 0o4755, 0o7777];

/// Whether only root could read an entry of this mode again.
fn needs_root(mode: u32) -> bool {
    mode & 0o400 == 0
}

/// Entries for [`set_modes`].
pub(super) fn modes(folder: &Folder, root_user: bool) -> io::Result<()> {
    for mode in FILE_MODES.into_iter().filter(|&mode| root_user || !needs_root(mode)) {
        folder.file(format!("file {mode:04o}").as_bytes(), b"a mode")?;
    }
    for mode in FOLDER_MODES.into_iter().filter(|&mode| root_user || !needs_root(mode)) {
        folder.folder(format!("folder {mode:04o}").as_bytes())?.file(b"inside", b"")?;
    }
    Ok(())
}

/// Every mode on a file and a folder, the name says which.
pub(super) fn set_modes(folder: &Folder, root_user: bool) -> io::Result<()> {
    for mode in FILE_MODES.into_iter().filter(|&mode| root_user || !needs_root(mode)) {
        folder.set_mode(format!("file {mode:04o}").as_bytes(), mode)?;
    }
    for mode in FOLDER_MODES.into_iter().filter(|&mode| root_user || !needs_root(mode)) {
        folder.set_mode(format!("folder {mode:04o}").as_bytes(), mode)?;
    }
    Ok(())
}

/// Owners without a name, and the largest number that is one.
pub(super) fn owners(folder: &Folder) -> io::Result<()> {
    for (user, group) in [
        (0, 12_345),
        (12_345, 0),
        (12_345, 54_321),
        (65_534, 65_534),
        (3_000_000_000, 4_294_967_294),
    ] {
        let name = format!("{user} {group}");
        folder.file(name.as_bytes(), b"owned")?;
        folder.folder(format!("{name} folder").as_bytes())?;
        folder.symlink(format!("{name} link").as_bytes(), b"nowhere")?;
        for suffix in ["", " folder", " link"] {
            folder.set_owner(format!("{name}{suffix}").as_bytes(), user, group)?;
        }
    }
    Ok(())
}
