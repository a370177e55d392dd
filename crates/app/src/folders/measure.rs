//! How many files lie below folders, and how much that is, with and without
//! what patterns leave out.

use crate::{
    Cancel, Result,
    messages::{self, Act},
    vault::PathText,
};
use jiff::Timestamp;
use serde::Serialize;
use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
};
use vault::backup::Excludes;

/// One of the folders that were measured. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct Part {
    /// Which.
    pub path: PathText,
    /// Files in it, without those left out.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
    /// Folders below it.
    pub folders: u64,
    /// When a file in it was last changed, RFC 3339.
    pub newest: Option<String>,
    /// Whether it is not there.
    pub missing: bool,
}

/// What one pattern leaves out. Sizes are in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, specta::Type)]
pub struct LeftOut {
    /// The pattern.
    pub pattern: String,
    /// Files, with all in the folders that it matches.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
}

/// How much there is. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct Measured {
    /// Files, without those left out.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
    /// Folders.
    pub folders: u64,
    /// When a file was last changed, RFC 3339.
    pub newest: Option<String>,
    /// One for each folder that was asked for, in that order.
    pub parts: Vec<Part>,
    /// One for each pattern, in that order.
    pub left_out: Vec<LeftOut>,
    /// Folders that cannot be read.
    pub unreadable: u64,
}

/// Counts what lies below these folders; a folder within another counts once.
///
/// # Errors
/// [`Code::Pattern`](crate::Code::Pattern), and
/// [`Code::Cancelled`](crate::Code::Cancelled).
pub async fn measure(
    folders: Vec<PathText>,
    patterns: Vec<String>,
    cancel: &Cancel,
) -> Result<Measured> {
    let excludes = Excludes::new(&patterns)
        .map_err(|error| messages::vault(error, Act::Plan, Path::new("")))?;
    let cancel = cancel.clone();
    let measured = tokio::task::spawn_blocking(move || {
        let left_out =
            patterns.into_iter().map(|pattern| LeftOut { pattern, ..LeftOut::default() });
        let mut count = Count {
            excludes,
            left_out: left_out.collect(),
            unreadable: 0,
            seen: HashSet::new(),
            cancel,
        };
        let parts = folders.into_iter().map(|folder| count.part(folder)).collect::<Result<_>>()?;
        Ok(total(parts, count))
    });
    measured.await.map_err(|_| messages::fault())?
}

fn total(parts: Vec<Part>, count: Count) -> Measured {
    let sum = |number: fn(&Part) -> u64| parts.iter().map(number).sum();
    Measured {
        files: sum(|part| part.files),
        bytes: sum(|part| part.bytes),
        folders: sum(|part| part.folders),
        newest: parts.iter().filter_map(|part| part.newest.clone()).max(),
        left_out: count.left_out,
        unreadable: count.unreadable,
        parts,
    }
}

struct Count {
    excludes: Excludes,
    left_out: Vec<LeftOut>,
    unreadable: u64,
    /// Folders that were counted, so that none counts twice.
    seen: HashSet<PathBuf>,
    cancel: Cancel,
}

#[derive(Default)]
struct Sum {
    files: u64,
    bytes: u64,
    folders: u64,
    newest: Option<std::time::SystemTime>,
}

impl Count {
    fn part(&mut self, asked: PathText) -> Result<Part> {
        let mut sum = Sum::default();
        let found = fs::canonicalize(PathBuf::from(asked.clone()));
        let missing = found.is_err();
        if let Ok(path) = found {
            match fs::symlink_metadata(&path) {
                Ok(data) if data.is_dir() => self.below(path, &mut sum)?,
                Ok(data) => self.file(&path, &data, None, &mut sum),
                Err(_) => self.unreadable += 1,
            }
        }
        let newest = sum.newest.and_then(|at| Timestamp::try_from(at).ok());
        Ok(Part {
            path: asked,
            files: sum.files,
            bytes: sum.bytes,
            folders: sum.folders,
            newest: newest.map(|at| at.to_string()),
            missing,
        })
    }

    fn below(&mut self, folder: PathBuf, sum: &mut Sum) -> Result<()> {
        // With each folder, the pattern that leaves it out.
        let mut open: Vec<(PathBuf, Option<usize>)> = vec![(folder, None)];
        while let Some((folder, out)) = open.pop() {
            if self.cancel.is_cancelled() {
                return Err(messages::stopped());
            }
            if !self.seen.insert(folder.clone()) {
                continue;
            }
            match fs::read_dir(&folder) {
                Ok(entries) => {
                    for entry in entries.flatten() {
                        self.entry(&entry, out, sum, &mut open);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => self.unreadable += 1,
            }
        }
        Ok(())
    }

    fn entry(
        &mut self,
        entry: &fs::DirEntry,
        out: Option<usize>,
        sum: &mut Sum,
        open: &mut Vec<(PathBuf, Option<usize>)>,
    ) {
        // A name that vanished meanwhile is not there.
        let Ok(data) = entry.metadata() else { return };
        let path = entry.path();
        let out = out.or_else(|| self.excludes.pattern_of(&path));
        if data.is_dir() {
            sum.folders += u64::from(out.is_none());
            open.push((path, out));
        } else {
            self.file(&path, &data, out, sum);
        }
    }

    fn file(&mut self, path: &Path, data: &fs::Metadata, out: Option<usize>, sum: &mut Sum) {
        let bytes = if data.is_file() { data.len() } else { 0 };
        let out = out.or_else(|| self.excludes.pattern_of(path));
        if let Some(left) = out.and_then(|at| self.left_out.get_mut(at)) {
            left.files += 1;
            left.bytes += bytes;
            return;
        }
        sum.files += 1;
        sum.bytes += bytes;
        sum.newest = sum.newest.max(data.modified().ok());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn counts_each_file_once_and_says_what_each_pattern_leaves_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let below = |path: &str| folder.path().join(path);
        fs::create_dir_all(below("a/node_modules/deep")).expect("folders");
        for (path, size) in [
            ("a/one", 10),
            ("a/two.tmp", 20),
            ("a/node_modules/x", 30),
            ("a/node_modules/deep/y.tmp", 40),
            ("b", 50),
        ] {
            fs::write(below(path), vec![0; size]).expect("a file");
        }
        std::os::unix::fs::symlink(below("a"), below("again")).expect("a link");
        let asked = vec![
            PathText::new(folder.path()),
            PathText::new(&below("a")),
            PathText::new(&below("gone")),
        ];
        let patterns = vec!["*.tmp".to_owned(), "node_modules".to_owned()];
        let measured = measure(asked, patterns, &Cancel::new()).await.expect("it is measured");
        // The link counts as itself, with nothing in it.
        assert_eq!((measured.files, measured.bytes), (3, 60));
        let left: Vec<_> = measured.left_out.iter().map(|left| (left.files, left.bytes)).collect();
        assert_eq!(left, [(1, 20), (2, 70)]);
        assert_eq!(measured.parts[1].files, 0, "it lies within the first");
        assert_eq!(
            measured.parts.iter().map(|part| part.missing).collect::<Vec<_>>(),
            [false, false, true]
        );
        assert!(measured.newest.is_some());

        let cancel = Cancel::new();
        cancel.cancel();
        let stopped = measure(vec![PathText::new(folder.path())], Vec::new(), &cancel).await;
        assert_eq!(stopped.expect_err("it stops").code, crate::Code::Cancelled);
        let bad = measure(Vec::new(), vec!["[".to_owned()], &Cancel::new()).await;
        assert_eq!(bad.expect_err("it makes no sense").code, crate::Code::Pattern);
    }
}
