//! File modes as Go's `os.FileMode` numbers them, which is what a node holds.

/// A folder.
pub const DIR: u32 = 1 << 31;
/// A symbolic link.
pub const SYMLINK: u32 = 1 << 27;
/// A device; a block device unless [`CHAR_DEVICE`] is set too.
pub const DEVICE: u32 = 1 << 26;
/// A named pipe.
pub const NAMED_PIPE: u32 = 1 << 25;
/// A socket.
pub const SOCKET: u32 = 1 << 24;
/// Runs as its owner.
pub const SETUID: u32 = 1 << 23;
/// Runs as its group; on a folder, new entries take over its group.
pub const SETGID: u32 = 1 << 22;
/// With [`DEVICE`], a character device.
pub const CHAR_DEVICE: u32 = 1 << 21;
/// On a folder, only owners remove entries.
pub const STICKY: u32 = 1 << 20;
/// Something else, of which nothing more is known.
pub const IRREGULAR: u32 = 1 << 19;
/// Reading, writing and execution for owner, group and others, as on Unix.
pub const PERMISSIONS: u32 = 0o777;
/// All bits that say what kind of entry it is; none for a regular file.
pub const TYPE: u32 = DIR | SYMLINK | DEVICE | NAMED_PIPE | SOCKET | CHAR_DEVICE | IRREGULAR;

/// The bits of `st_mode` that say what kind of entry it is, and their kinds.
const KINDS: [(u32, u32); 7] = [
    (0o100_000, 0),
    (0o040_000, DIR),
    (0o120_000, SYMLINK),
    (0o060_000, DEVICE),
    (0o020_000, DEVICE | CHAR_DEVICE),
    (0o010_000, NAMED_PIPE),
    (0o140_000, SOCKET),
];
const UNIX_KIND: u32 = 0o170_000;
const SPECIAL: [(u32, u32); 3] = [(0o4000, SETUID), (0o2000, SETGID), (0o1000, STICKY)];

/// Go's mode for a Unix `st_mode`. restic stores the mode of a symbolic link
/// as it finds it (`0o777` on Linux) and applies it to none.
#[must_use]
pub fn from_unix(st_mode: u32) -> u32 {
    let kind = KINDS.iter().find(|(unix, _)| *unix == st_mode & UNIX_KIND);
    let special = SPECIAL.iter().filter(|(unix, _)| st_mode & unix != 0);
    kind.map_or(IRREGULAR, |(_, go)| *go)
        | special.fold(0, |bits, (_, go)| bits | go)
        | st_mode & PERMISSIONS
}

/// The `st_mode` for Go's mode: kind, set-id and sticky bits, permissions.
/// Irregular entries have no kind.
#[must_use]
pub fn to_unix(mode: u32) -> u32 {
    let kind = KINDS.iter().find(|(_, go)| *go == mode & TYPE);
    kind.map_or(0, |(unix, _)| *unix) | permissions(mode)
}

/// What `chmod` takes: permissions with the set-id and sticky bits, at most
/// `0o7777`.
#[must_use]
pub fn permissions(mode: u32) -> u32 {
    let special = SPECIAL.iter().filter(|(_, go)| mode & go != 0);
    special.fold(mode & PERMISSIONS, |bits, (unix, _)| bits | unix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_modes_as_go_does() {
        // Values that restic 0.19 stores.
        for (unix, go) in [
            (0o100_644, 420),
            (0o040_755, 2_147_484_141),
            (0o041_777, 2_148_532_735),
            (0o120_777, 134_218_239),
            (0o060_660, 67_109_296),
            (0o020_666, 69_206_454),
            (0o010_644, 33_554_852),
            (0o140_755, 16_777_709),
            (0o104_755, 8_389_101),
            (0o102_755, 4_194_797),
        ] {
            assert_eq!(from_unix(unix), go, "{unix:o}");
            assert_eq!(to_unix(go), unix, "{unix:o}");
            assert_eq!(permissions(go), unix & 0o7777);
        }
        assert_eq!(from_unix(0o644), IRREGULAR | 0o644);
        assert_eq!(to_unix(IRREGULAR | 0o644), 0o644);
    }
}
