//! Where else a folder can be seen: on Linux a part of a file system may be
//! mounted at several places at once.

use std::path::{Path, PathBuf};

/// The places at which `folder`, whose path is canonical, or something within
/// it is mounted once more. None where the system does not say.
pub(crate) fn mounted_elsewhere(folder: &Path) -> Vec<PathBuf> {
    let table = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    elsewhere(&table, folder)
}

/// A line of the table.
struct Mount {
    device: Vec<u8>,
    /// What of the file system is mounted.
    root: PathBuf,
    /// Where to.
    point: PathBuf,
}

fn elsewhere(table: &[u8], folder: &Path) -> Vec<PathBuf> {
    let mounts: Vec<Mount> = table.split(|byte| *byte == b'\n').filter_map(mount).collect();
    // Of several at one place the last one is seen.
    let on = mounts.iter().filter(|mount| folder.starts_with(&mount.point)).reduce(|on, next| {
        let deeper = next.point.components().count() >= on.point.components().count();
        if deeper { next } else { on }
    });
    let Some(on) = on else { return Vec::new() };
    let below = folder.strip_prefix(&on.point).unwrap_or(Path::new(""));
    let inside = on.root.join(below);
    mounts
        .iter()
        .filter(|mount| mount.device == on.device && mount.root.starts_with(&inside))
        .map(|mount| mount.point.clone())
        .collect()
}

fn mount(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|byte| *byte == b' ').skip(2);
    let (device, root, point) = (fields.next()?, fields.next()?, fields.next()?);
    Some(Mount { device: device.to_vec(), root: unescaped(root), point: unescaped(point) })
}

/// Spaces and the like are written as a backslash and three octal digits.
fn unescaped(field: &[u8]) -> PathBuf {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((byte, after)) = rest.split_first() {
        let digits = (*byte == b'\\').then(|| after.get(..3)).flatten();
        let number = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match number {
            Some(number) => {
                bytes.push(number);
                rest = &after[3..];
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    super::restore::as_path(&bytes).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[u8] = b"\
22 1 8:1 / / rw - ext4 /dev/sda1 rw
30 22 8:2 / /mnt/disk rw - ext4 /dev/sdb1 rw
31 22 8:2 /backups/vault /srv/a\\040view rw - ext4 /dev/sdb1 rw
32 22 8:2 /music /home/me/Music rw - ext4 /dev/sdb1 rw
33 22 8:1 /backups /other rw - ext4 /dev/sda1 rw
34 22 8:2 /backups-old /old rw - ext4 /dev/sdb1 rw
";

    #[test]
    fn what_lies_in_a_folder_is_found_where_it_is_mounted_again() {
        let found = |folder: &str| elsewhere(TABLE, Path::new(folder));
        assert_eq!(found("/mnt/disk/backups"), [Path::new("/srv/a view")]);
        assert_eq!(found("/mnt/disk/music/a"), Vec::<PathBuf>::new());
        assert_eq!(found("/backups"), [Path::new("/other")]);
        assert_eq!(found("/home/me/Music"), [Path::new("/home/me/Music")]);
        assert_eq!(elsewhere(b"nonsense\n", Path::new("/a")), Vec::<PathBuf>::new());
    }
}
