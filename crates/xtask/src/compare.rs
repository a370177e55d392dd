//! Compares two folders entry by entry, without trusting the program that wrote either.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::platform;

struct Entry {
    path: PathBuf,
    metadata: Metadata,
    changed: SystemTime,
}

type Tree = BTreeMap<PathBuf, Entry>;

/// What differs between two folders: names, kinds, bytes, modes, times of
/// change, targets of links, and which names share one file. Empty when nothing does.
pub(crate) fn trees(left: &Path, right: &Path) -> io::Result<Vec<String>> {
    let (left, right) = (read(left)?, read(right)?);
    let mut differences = Vec::new();
    for (name, entry) in &left {
        match right.get(name) {
            None => differences.push(format!("{} is missing", name.display())),
            Some(other) => differences.extend(
                entries(entry, other)?
                    .into_iter()
                    .map(|difference| format!("{} {difference}", name.display())),
            ),
        }
    }
    for name in right.keys().filter(|name| !left.contains_key(*name)) {
        differences.push(format!("{} was not there before", name.display()));
    }
    if shared_names(&left) != shared_names(&right) {
        differences.push("the names that share one file differ".to_owned());
    }
    Ok(differences)
}

fn read(root: &Path) -> io::Result<Tree> {
    let mut tree = Tree::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(name) = waiting.pop() {
        let path = root.join(&name);
        let metadata = fs::symlink_metadata(&path)?;
        if metadata.is_dir() {
            for child in fs::read_dir(&path)? {
                waiting.push(name.join(child?.file_name()));
            }
        }
        let changed = metadata.modified()?;
        tree.insert(name, Entry { path, metadata, changed });
    }
    Ok(tree)
}

fn entries(left: &Entry, right: &Entry) -> io::Result<Vec<String>> {
    let mut differences = Vec::new();
    let (kind, other) = (left.metadata.file_type(), right.metadata.file_type());
    if kind != other {
        differences.push(format!("is {other:?}, was {kind:?}"));
        return Ok(differences);
    }
    let (mode, other) = (platform::mode(&left.metadata), platform::mode(&right.metadata));
    if mode != other {
        differences.push(format!("has mode {other:o}, had {mode:o}"));
    }
    if left.changed != right.changed {
        differences.push(format!("changed at {:?}, was {:?}", right.changed, left.changed));
    }
    if kind.is_symlink() && fs::read_link(&left.path)? != fs::read_link(&right.path)? {
        differences.push("links elsewhere".to_owned());
    }
    if kind.is_file() && fs::read(&left.path)? != fs::read(&right.path)? {
        differences.push("holds other bytes".to_owned());
    }
    Ok(differences)
}

/// The groups of names behind which the same file stands.
fn shared_names(tree: &Tree) -> Vec<Vec<&Path>> {
    let mut groups: BTreeMap<(u64, u64), Vec<&Path>> = BTreeMap::new();
    for (name, entry) in tree {
        if let Some(identity) = platform::shared_identity(&entry.metadata) {
            groups.entry(identity).or_default().push(name);
        }
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort();
    groups
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{File, FileTimes};
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    /// Two equal folders, one of which is then changed.
    fn changed(change: impl FnOnce(&Path)) -> Vec<String> {
        let [left, right] = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        for folder in [left.path(), right.path()] {
            fs::write(folder.join("file"), "bytes").expect("written");
            fs::hard_link(folder.join("file"), folder.join("twin")).expect("linked");
            platform::symlink("file", &folder.join("link")).expect("linked");
            fs::create_dir(folder.join("folder")).expect("made");
        }
        change(right.path());
        for folder in [left.path(), right.path()] {
            settle(folder);
        }
        let mut differences = trees(left.path(), right.path()).expect("compared");
        // A link's own time cannot be set with the standard library.
        differences.retain(|line| !line.starts_with("link changed at"));
        differences
    }

    /// Gives all that has no time of its own the same one.
    fn settle(folder: &Path) {
        for name in ["file", "twin", "folder", ""] {
            let Ok(file) = File::open(folder.join(name)) else { continue };
            if file.metadata().and_then(|data| data.modified()).is_ok_and(|at| at > recent()) {
                file.set_times(FileTimes::new().set_modified(recent())).expect("time is set");
            }
        }
    }

    fn recent() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_600_000_000)
    }

    #[test]
    fn equal_folders_do_not_differ() {
        assert_eq!(changed(|_| {}), Vec::<String>::new());
    }

    #[test]
    fn every_difference_is_told() {
        let write = |path: &Path, text| fs::write(path, text).expect("written");
        assert_eq!(
            changed(|folder| write(&folder.join("file"), "other")),
            ["file holds other bytes", "twin holds other bytes"]
        );
        assert_eq!(changed(|folder| write(&folder.join("new"), ""))[0], "new was not there before");
        assert_eq!(
            changed(|folder| fs::remove_dir(folder.join("folder")).expect("removed")),
            ["folder is missing"]
        );
        assert_eq!(
            changed(|folder| platform::set_mode(&folder.join("folder"), 0o700).expect("set")),
            ["folder has mode 700, had 755"]
        );
        assert_eq!(
            changed(|folder| {
                fs::remove_file(folder.join("link")).expect("removed");
                platform::symlink("twin", &folder.join("link")).expect("linked");
            }),
            ["link links elsewhere"]
        );
        assert_eq!(
            changed(|folder| {
                fs::remove_file(folder.join("twin")).expect("removed");
                write(&folder.join("twin"), "bytes");
            }),
            ["the names that share one file differ"]
        );
        let old = UNIX_EPOCH + Duration::new(1_500_000_000, 7);
        let told = changed(|folder| {
            let file = File::open(folder.join("file")).expect("opened");
            file.set_times(FileTimes::new().set_modified(old)).expect("time is set");
        });
        assert!(
            told.iter().all(|line| line.contains(" changed at ")) && told.len() == 2,
            "{told:?}"
        );
        assert!(
            changed(|folder| {
                fs::remove_dir(folder.join("folder")).expect("removed");
                write(&folder.join("folder"), "");
            })[0]
                .starts_with("folder is FileType")
        );
    }
}
