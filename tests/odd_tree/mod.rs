//! A folder with every odd thing a backup must bring back.
//!
//! What only root may make (devices, foreign owners, files that even their
//! owner may not read, trusted attributes) is left out for anyone else.

mod files;
mod metadata;
mod names;

use std::{io, os::unix::ffi::OsStrExt, path::Path};

use rustix::fs::FileType;

use crate::folder::{Folder, Mtime, kind};

/// Who can bring back all of the tree, and so judge it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Every restic from 0.14. Older than 0.16, it loses link targets that
    /// are not UTF-8 and attributes of links.
    AnyRestic,
    /// restic from 0.18, which loses times after 2262.
    NewRestic,
    /// Keepstead alone.
    Keepstead,
}

/// What the tree is to hold.
#[derive(Clone, Copy, Debug)]
pub struct OddTree {
    /// Whom it is for.
    pub reach: Reach,
    /// Apparent size in bytes of the largest sparse file.
    pub sparse_size: u64,
    /// Entries in the crowded folder.
    pub crowd: u32,
    /// Seed of all random content.
    pub seed: u64,
}

impl Default for OddTree {
    fn default() -> Self {
        Self { reach: Reach::Keepstead, sparse_size: 64 << 20, crowd: 2_000, seed: 1 }
    }
}

/// Length in bytes of the longest absolute path in the tree. Restored below a
/// target it must still be shorter than the kernel's limit of 4,096.
pub const LONGEST_PATH: usize = 4_000;

impl OddTree {
    /// One that every program can judge.
    pub const FOR_ALL: Self =
        Self { reach: Reach::AnyRestic, sparse_size: 16 << 20, crowd: 2_000, seed: 1 };

    /// Makes the folder `root` and fills it.
    ///
    /// # Errors
    /// When anything cannot be made: a tree with less in it would prove less.
    /// Extended attributes and access lists must be supported where it stands.
    pub fn build(&self, root: &Path) -> io::Result<()> {
        std::fs::create_dir(root)?;
        let path_length = root.canonicalize()?.as_os_str().as_bytes().len();
        let top = Folder::open(root)?;
        let root_user = is_root();

        links(&top.folder(b"links")?, self.reach > Reach::AnyRestic)?;
        hard_links(&top)?;
        empty(&top.folder(b"empty")?)?;
        files::sizes(&top.folder(b"sizes")?, self.seed)?;
        files::sparse(&top.folder(b"sparse")?, self.sparse_size, self.seed)?;
        names::odd(&top.folder(b"names")?)?;
        names::deep(&top, path_length)?;
        crowd(&top.folder(b"crowd")?, self.crowd)?;
        special(&top.folder(b"special")?, root_user)?;
        metadata::xattrs(&top.folder(b"xattrs")?, root_user, self.reach > Reach::AnyRestic)?;
        metadata::times(&top.folder(b"times")?, self.reach)?;
        metadata::modes(&top.folder(b"modes")?, root_user)?;
        if root_user {
            metadata::owners(&top.folder(b"owners")?)?;
        }

        settle(&top, &mut 0)?;
        metadata::set_times(&top.enter(b"times")?, self.reach)?;
        // A changed owner clears the setuid bit, and a folder without
        // permissions cannot be filled, so modes come last.
        metadata::set_modes(&top.enter(b"modes")?, root_user)
    }
}

/// Whether this process may do what only root may.
#[must_use]
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Gives every entry below `folder` a modification time of its own, the
/// deepest first, because making an entry changes the time of its folder.
fn settle(folder: &Folder, count: &mut u32) -> io::Result<()> {
    for name in folder.names()? {
        if kind(&folder.stat(&name)?) == FileType::Directory {
            settle(&folder.enter(&name)?, count)?;
        }
        *count += 1;
        let seconds = 1_500_000_000 + i64::from(*count) * 1_013;
        let nanos = count.wrapping_mul(123_456_791) % 1_000_000_000;
        folder.set_mtime(&name, Mtime { seconds, nanos })?;
    }
    Ok(())
}

fn links(folder: &Folder, non_utf8: bool) -> io::Result<()> {
    folder.file(b"target", b"what a link points at")?;
    folder.symlink(b"relative", b"target")?;
    folder.symlink(b"parent", b"../empty")?;
    folder.symlink(b"dangling", b"no/such/thing")?;
    folder.symlink(b"absolute", b"/no/such/absolute/thing")?;
    folder.symlink(b"self", b"self")?;
    folder.symlink(b"loop-a", b"loop-b")?;
    folder.symlink(b"loop-b", b"loop-a")?;
    folder.symlink(b"loop-of-folders", b"..")?;
    folder.symlink(b"odd target", "sp ace/\"quote\"/\n\t\u{1F600}/e\u{301}".as_bytes())?;
    folder.symlink(b"dots", b".//./../links/./target")?;
    folder.symlink(b"html", b"<a&b>\xe2\x80\xa8")?;
    folder.symlink(b"long", &b"x/".repeat(250))?;
    folder.symlink(b"longest", &vec![b'y'; 4_095])?;
    if non_utf8 {
        folder.symlink(b"not UTF-8", b"caf\xe9/\xff\xfe")?;
        folder.symlink(b"half UTF-8", b"ok-\xf0\x9f\x98")?;
    }
    Ok(())
}

fn hard_links(top: &Folder) -> io::Result<()> {
    let first = top.folder(b"hard")?;
    let second = top.folder(b"hard too")?;
    first.file(b"pair", b"two names in one folder")?;
    first.hard_link(b"pair", &first, b"pair again")?;
    first.file(b"apart", &crate::content::random(77, 700_000))?;
    first.hard_link(b"apart", &second, b"apart")?;
    first.hard_link(b"apart", &second, b"a third name")?;
    first.file(b"empty", b"")?;
    first.hard_link(b"empty", &second, b"empty")?;
    // The same bytes, but no link: must not be joined on restore.
    first.file(b"twin", b"two names in one folder")
}

fn empty(folder: &Folder) -> io::Result<()> {
    folder.file(b"file", b"")?;
    folder.folder(b"folder")?;
    folder.folder(b"nested")?.folder(b"nested")?.folder(b"nested")?;
    Ok(())
}

fn crowd(folder: &Folder, entries: u32) -> io::Result<()> {
    for entry in 0..entries {
        // Scattered names, so that the order of creation is not the order of
        // the alphabet.
        let name = format!("{:08x}-{entry}", entry.wrapping_mul(2_654_435_761));
        folder.file(name.as_bytes(), format!("entry {}", entry / 3).as_bytes())?;
    }
    Ok(())
}

fn special(folder: &Folder, root_user: bool) -> io::Result<()> {
    folder.special(b"fifo", FileType::Fifo, (0, 0))?;
    folder.special(b"socket", FileType::Socket, (0, 0))?;
    if root_user {
        folder.special(b"char", FileType::CharacterDevice, (1, 3))?;
        folder.special(b"block", FileType::BlockDevice, (7, 77))?;
        folder.special(b"large numbers", FileType::CharacterDevice, (4_000, 1_000_000))?;
    }
    Ok(())
}
