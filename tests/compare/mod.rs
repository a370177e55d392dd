//! A comparison of two trees that misses nothing a backup must keep.
//!
//! Access and change times are deliberately not compared: reading changes the
//! one, and no program can set the other.

mod content;
mod difference;
mod links;
#[cfg(test)]
mod tests;

use std::{fmt::Display, io, path::Path};

use rustix::fs::{FileType, Stat};

pub use self::difference::{Difference, Kind};
use self::links::LinkGroups;
use crate::folder::{Folder, kind};

/// What a program is known not to bring back, or cannot be asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tolerance {
    /// Sockets may be missing: they mean nothing without the program that
    /// listened, and restic does not make them.
    pub missing_sockets: bool,
    /// Holes may be filled.
    pub filled_holes: bool,
    /// What nobody may touch may come back with permissions: rustic takes a mode
    /// of zero for one that is not known.
    pub mode_for_nobody: bool,
    /// The topmost folder may have lost all but what lies in it: rustic's
    /// backups do not hold it.
    pub bare_top: bool,
}

impl Tolerance {
    /// What either of the two tolerates.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            missing_sockets: self.missing_sockets || other.missing_sockets,
            filled_holes: self.filled_holes || other.filled_holes,
            mode_for_nobody: self.mode_for_nobody || other.mode_for_nobody,
            bare_top: self.bare_top || other.bare_top,
        }
    }
}

/// A copy may occupy this much more than the original: a hole that does not
/// start where a chunk starts is not seen.
const ALLOCATION_SLACK: u64 = 3 << 20;

/// Compares `copy` with `original`, entry by entry, and lists every difference.
///
/// The two paths themselves are compared too, but not their names.
///
/// # Errors
/// When either tree cannot be read completely.
pub fn compare(original: &Path, copy: &Path, tolerance: Tolerance) -> io::Result<Vec<Difference>> {
    let mut comparison = Comparison { tolerance, ..Comparison::default() };
    let (left, left_name) = parent_and_name(original)?;
    let (right, right_name) = parent_and_name(copy)?;
    comparison.entry(
        &[],
        Place { folder: &left, name: &left_name },
        Place { folder: &right, name: &right_name },
    )?;
    comparison.left_links.compare(&comparison.right_links, &mut comparison.differences);
    Ok(comparison.differences)
}

/// Fails the test that calls it, with the complete list, when `copy` differs
/// from `original`.
///
/// # Panics
/// When there is a difference or a tree cannot be read.
#[track_caller]
pub fn assert_same(original: &Path, copy: &Path, tolerance: Tolerance) {
    let differences = compare(original, copy, tolerance)
        .unwrap_or_else(|error| panic!("cannot compare {original:?} with {copy:?}: {error}"));
    assert!(
        differences.is_empty(),
        "{} differences between {} and its copy {}:\n{}",
        differences.len(),
        original.display(),
        copy.display(),
        difference::list(&differences),
    );
}

fn parent_and_name(path: &Path) -> io::Result<(Folder, Vec<u8>)> {
    use std::os::unix::ffi::OsStrExt;
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::Error::other("a path with a parent is needed"));
    };
    Ok((Folder::open(parent)?, name.as_bytes().to_vec()))
}

/// An entry seen from its open folder.
#[derive(Clone, Copy)]
struct Place<'a> {
    folder: &'a Folder,
    name: &'a [u8],
}

#[derive(Default)]
struct Comparison {
    tolerance: Tolerance,
    differences: Vec<Difference>,
    left_links: LinkGroups,
    right_links: LinkGroups,
}

impl Comparison {
    fn differ(&mut self, path: &[u8], kind: Kind, original: &dyn Display, copy: &dyn Display) {
        self.differences.push(Difference {
            path: path.to_vec(),
            kind,
            original: original.to_string(),
            copy: copy.to_string(),
        });
    }

    fn entry(&mut self, path: &[u8], left: Place<'_>, right: Place<'_>) -> io::Result<()> {
        let a = left.folder.stat(left.name)?;
        let b = right.folder.stat(right.name)?;
        if kind(&a) != kind(&b) {
            let (a, b) = (format!("{:?}", kind(&a)), format!("{:?}", kind(&b)));
            self.differ(path, Kind::Type, &a, &b);
            return Ok(());
        }
        if !(path.is_empty() && self.tolerance.bare_top) {
            self.metadata(path, &a, &b);
            self.xattrs(path, left, right)?;
        }
        match kind(&a) {
            FileType::RegularFile => {
                self.left_links.add(path, &a);
                self.right_links.add(path, &b);
                self.content(path, left, right, &a, &b)?;
            }
            FileType::Directory => {
                self.folder(
                    path,
                    &left.folder.enter(left.name)?,
                    &right.folder.enter(right.name)?,
                )?;
            }
            FileType::Symlink => {
                let a = left.folder.link_target(left.name)?;
                let b = right.folder.link_target(right.name)?;
                if a != b {
                    self.differ(path, Kind::LinkTarget, &a.escape_ascii(), &b.escape_ascii());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn metadata(&mut self, path: &[u8], a: &Stat, b: &Stat) {
        // Links have no mode of their own on Linux: always 0777.
        let for_nobody = a.st_mode & 0o7777 == 0;
        if a.st_mode != b.st_mode && !(for_nobody && self.tolerance.mode_for_nobody) {
            let (a, b) = (format!("{:06o}", a.st_mode), format!("{:06o}", b.st_mode));
            self.differ(path, Kind::Mode, &a, &b);
        }
        let times = [a, b].map(|stat| (stat.st_mtime, stat.st_mtime_nsec));
        if times[0] != times[1] {
            let [a, b] = times.map(|(seconds, nanos)| format!("{seconds}+{nanos:09}"));
            self.differ(path, Kind::Mtime, &a, &b);
        }
        if a.st_uid != b.st_uid {
            self.differ(path, Kind::Owner, &a.st_uid, &b.st_uid);
        }
        if a.st_gid != b.st_gid {
            self.differ(path, Kind::Group, &a.st_gid, &b.st_gid);
        }
        let device = matches!(kind(a), FileType::CharacterDevice | FileType::BlockDevice);
        if device && a.st_rdev != b.st_rdev {
            self.differ(path, Kind::Device, &a.st_rdev, &b.st_rdev);
        }
    }

    fn xattrs(&mut self, path: &[u8], left: Place<'_>, right: Place<'_>) -> io::Result<()> {
        let a = left.folder.xattrs(left.name)?;
        let b = right.folder.xattrs(right.name)?;
        if a != b {
            let [a, b] = [a, b].map(|list| difference::show_xattrs(&list));
            self.differ(path, Kind::Xattrs, &a, &b);
        }
        Ok(())
    }

    fn content(
        &mut self,
        path: &[u8],
        left: Place<'_>,
        right: Place<'_>,
        a: &Stat,
        b: &Stat,
    ) -> io::Result<()> {
        if a.st_size != b.st_size {
            self.differ(path, Kind::Size, &a.st_size, &b.st_size);
        }
        let files = (left.folder.read(left.name)?, right.folder.read(right.name)?);
        if let Some(at) = content::first_difference(files.0, files.1)? {
            self.differ(path, Kind::Content, &format!("at byte {}", at.offset), &at.bytes);
        }
        let [a, b] = [a, b].map(|stat| stat.st_blocks.unsigned_abs() * 512);
        if b > a + ALLOCATION_SLACK && !self.tolerance.filled_holes {
            self.differ(path, Kind::Allocation, &a, &b);
        }
        Ok(())
    }

    fn folder(&mut self, path: &[u8], left: &Folder, right: &Folder) -> io::Result<()> {
        let copies = right.names()?;
        let originals = left.names()?;
        for name in &originals {
            let path = join(path, name);
            let (left, right) =
                (Place { folder: left, name }, Place { folder: right, name: name.as_slice() });
            if copies.binary_search(name).is_ok() {
                self.entry(&path, left, right)?;
            } else if !(self.tolerance.missing_sockets
                && kind(&left.folder.stat(name)?) == FileType::Socket)
            {
                self.differ(&path, Kind::Missing, &"", &"");
            }
        }
        for name in copies.iter().filter(|name| originals.binary_search(name).is_err()) {
            self.differ(&join(path, name), Kind::Unexpected, &"", &"");
        }
        Ok(())
    }
}

fn join(path: &[u8], name: &[u8]) -> Vec<u8> {
    if path.is_empty() { name.to_vec() } else { [path, name].join(&b'/') }
}
