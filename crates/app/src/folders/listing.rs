//! What lies in a folder.

use super::typed_path;
use crate::{Result, disk, messages, places::PlaceKind, vault::PathText};
use jiff::Timestamp;
use serde::Serialize;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What something in a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A folder.
    Folder,
    /// A file.
    File,
    /// A symbolic link. Backups keep it as one and do not follow it.
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// Something in a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct FolderItem {
    /// Where it is.
    pub path: PathText,
    /// The last part of it.
    pub name: String,
    /// What it is.
    pub kind: ItemKind,
    /// Size of a file in bytes.
    pub size: Option<u64>,
    /// When it was last changed, RFC 3339.
    pub modified: Option<String>,
    /// Whether it is left out of listings usually.
    pub hidden: bool,
    /// Whether this account may look into it.
    pub readable: bool,
}

/// A folder on the way to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct Trail {
    /// Where it is.
    pub path: PathText,
    /// What it is called.
    pub name: String,
}

/// What a shortcut leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ShortcutKind {
    /// The home of this account.
    Home,
    /// A disk.
    Disk,
    /// A share of another machine.
    Network,
    /// Everything.
    Computer,
}

/// A place to begin at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct Shortcut {
    /// Where it is.
    pub path: PathText,
    /// What it is called.
    pub name: String,
    /// What it leads to.
    pub kind: ShortcutKind,
}

/// A folder and what lies in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct FolderListing {
    /// Where it is, links resolved.
    pub path: PathText,
    /// What it is called.
    pub name: String,
    /// The folder above it.
    pub parent: Option<PathText>,
    /// From the top to this folder.
    pub trail: Vec<Trail>,
    /// Folders first, then by name.
    pub items: Vec<FolderItem>,
    /// Where one may begin.
    pub shortcuts: Vec<Shortcut>,
}

/// What lies in a folder; without a path, in the home. What was typed may have
/// blanks around it, or begin with `~`.
///
/// # Errors
/// When it is not there, is no folder, or may not be read.
pub async fn list_folder(path: Option<PathText>, hidden: bool) -> Result<FolderListing> {
    let asked = match path {
        // What the program gave out itself was not typed.
        Some(path) if path.path_hex.is_some() || Path::new(&path.path).is_dir() => path.into(),
        Some(path) => typed_path(&path.path)?,
        None => typed_path("~")?,
    };
    let listed = tokio::task::spawn_blocking(move || list(&asked, hidden));
    listed.await.map_err(|_| messages::fault())?
}

fn list(asked: &Path, hidden: bool) -> Result<FolderListing> {
    let failed = |error: &std::io::Error| messages::cannot_list(asked, error);
    let folder = fs::canonicalize(asked).map_err(|error| failed(&error))?;
    if !folder.is_dir() {
        return Err(messages::not_a_folder(&folder));
    }
    let mut items = Vec::new();
    for entry in fs::read_dir(&folder).map_err(|error| failed(&error))? {
        // One that vanished meanwhile is not there.
        let Ok(entry) = entry else { continue };
        let item = item(&entry);
        if hidden || !item.hidden {
            items.push(item);
        }
    }
    items.sort_by_cached_key(|item| (item.kind != ItemKind::Folder, sorted_name(&item.name)));
    Ok(FolderListing {
        name: name(&folder),
        parent: folder.parent().map(PathText::new),
        trail: trail(&folder),
        items,
        shortcuts: shortcuts(),
        path: PathText::new(&folder),
    })
}

/// As people sort: capitals do not matter, and the name itself decides the
/// rest.
fn sorted_name(name: &str) -> (String, String) {
    (name.to_lowercase(), name.to_owned())
}

fn item(entry: &fs::DirEntry) -> FolderItem {
    let path = entry.path();
    let name = entry.file_name().to_string_lossy().into_owned();
    let metadata = entry.metadata().ok();
    let kind = match metadata.as_ref().map(fs::Metadata::file_type) {
        Some(kind) if kind.is_dir() => ItemKind::Folder,
        Some(kind) if kind.is_file() => ItemKind::File,
        Some(kind) if kind.is_symlink() => ItemKind::Link,
        _ => ItemKind::Other,
    };
    let changed = metadata.as_ref().and_then(|data| data.modified().ok());
    FolderItem {
        size: metadata.as_ref().filter(|data| data.is_file()).map(fs::Metadata::len),
        modified: changed.and_then(|at| Timestamp::try_from(at).ok()).map(|at| at.to_string()),
        hidden: name.starts_with('.'),
        // A folder says only when it is opened; that is cheap.
        readable: kind != ItemKind::Folder || fs::read_dir(&path).is_ok(),
        path: PathText::new(&path),
        kind,
        name,
    }
}

fn name(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or(folder.as_os_str());
    name.to_string_lossy().into_owned()
}

fn trail(folder: &Path) -> Vec<Trail> {
    let mut trail: Vec<Trail> = folder
        .ancestors()
        .map(|folder| Trail { path: PathText::new(folder), name: name(folder) })
        .collect();
    trail.reverse();
    trail
}

fn shortcuts() -> Vec<Shortcut> {
    let shortcut =
        |path: &Path, name: String, kind| Shortcut { path: PathText::new(path), name, kind };
    let home: Option<PathBuf> =
        directories::BaseDirs::new().map(|folders| folders.home_dir().to_owned());
    let mut shortcuts = Vec::new();
    if let Some(home) = home {
        shortcuts.push(shortcut(&home, messages::home().to_owned(), ShortcutKind::Home));
    }
    for mounted in disk::mounted() {
        let kind = match PlaceKind::of(mounted.disk.removable, mounted.disk.network, None) {
            PlaceKind::Network => ShortcutKind::Network,
            _ => ShortcutKind::Disk,
        };
        shortcuts.push(shortcut(&mounted.point, mounted.name, kind));
    }
    shortcuts.push(shortcut(
        Path::new(std::path::MAIN_SEPARATOR_STR),
        messages::computer().to_owned(),
        ShortcutKind::Computer,
    ));
    shortcuts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn folders_come_first_and_names_as_people_sort() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["b", "A", "ä.txt", "Z.txt", "a.txt", ".hidden"] {
            if name.contains('.') {
                fs::write(folder.path().join(name), "12345").expect("a file");
            } else {
                fs::create_dir(folder.path().join(name)).expect("a folder");
            }
        }
        let asked = Some(PathText::new(folder.path()));
        let listed = list_folder(asked.clone(), false).await.expect("it is listed");
        let names: Vec<_> = listed.items.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names, ["A", "b", "a.txt", "Z.txt", "ä.txt"]);
        assert_eq!(listed.items[2].size, Some(5));
        assert_eq!((listed.items[0].size, listed.items[0].kind), (None, ItemKind::Folder));
        assert_eq!(listed.trail.last().map(|last| &last.path), Some(&listed.path));
        let all = list_folder(asked, true).await.expect("it is listed");
        assert_eq!(all.items.len(), 6);
    }

    #[tokio::test]
    async fn what_was_typed_is_understood_or_refused_in_words() {
        let folder = tempfile::tempdir().expect("a folder");
        let typed = |text: String| PathText { path: text, path_hex: None };
        let blanks = typed(format!("  {}  ", folder.path().display()));
        let listed = list_folder(Some(blanks), false).await.expect("blanks do not matter");
        assert_eq!(PathBuf::from(listed.path), folder.path().canonicalize().expect("a path"));
        let home = list_folder(Some(typed("~".to_owned())), false).await.expect("the home");
        assert_eq!(home, list_folder(None, false).await.expect("the home"));
        for bad in [format!("/{}", "a".repeat(300)), "/nowhere/at/all".to_owned(), "  ".to_owned()]
        {
            let error = list_folder(Some(typed(bad)), false).await.expect_err("it is refused");
            assert_eq!(error.code, crate::Code::FolderMissing);
            assert!(!error.hint.is_empty() && !error.message.contains("os error"), "{error:?}");
        }
    }
}
