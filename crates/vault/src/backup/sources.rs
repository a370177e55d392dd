//! Which paths are backed up, and where they stand in the snapshot: at their
//! absolute path, as restic lays them out.

use crate::outcome::{SkipReason, Skipped};
use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Component, Path, PathBuf},
};

/// A folder on the way to a source, or a source.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Branch {
    pub(crate) children: BTreeMap<OsString, Branch>,
    /// Everything below is backed up.
    pub(crate) is_source: bool,
}

/// The sources of a backup.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// The root folder.
    pub(crate) root: Branch,
    /// Canonical paths, sorted, none within another.
    pub(crate) paths: Vec<PathBuf>,
    /// Those that cannot be backed up.
    pub(crate) missing: Vec<Skipped>,
}

impl Sources {
    /// Looks `wanted` up in the file system.
    pub(crate) fn find(wanted: &[PathBuf]) -> Self {
        let mut sources = Self::default();
        let mut found = Vec::new();
        for path in wanted {
            match std::fs::canonicalize(path) {
                Ok(path) => found.push(path),
                Err(error) => sources.missing.push(Skipped {
                    path: path.clone(),
                    reason: match error.kind() {
                        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
                            SkipReason::Missing
                        }
                        _ => SkipReason::of_read(&error),
                    },
                }),
            }
        }
        found.sort();
        for path in found {
            if sources.root.add(&path) {
                sources.paths.push(path);
            }
        }
        sources
    }
}

impl Branch {
    /// Adds a canonical path; `false` when it lies within a source already.
    /// Paths come sorted, so that a folder comes before what is in it.
    fn add(&mut self, path: &Path) -> bool {
        let mut branch = self;
        for component in path.components() {
            if branch.is_source {
                return false;
            }
            if let Component::Normal(name) = component {
                branch = branch.children.entry(name.to_owned()).or_default();
            }
        }
        !std::mem::replace(&mut branch.is_source, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_within_another_is_backed_up_once() {
        let mut root = Branch::default();
        let added: Vec<_> = ["/a", "/a/b", "/a", "/ab", "/c/d"]
            .iter()
            .map(|path| root.add(Path::new(path)))
            .collect();
        assert_eq!(added, [true, false, false, true, true]);
        assert_eq!(root.children.keys().collect::<Vec<_>>(), ["a", "ab", "c"]);
        assert!(!root.children["c".as_ref() as &std::ffi::OsStr].is_source);
    }
}
