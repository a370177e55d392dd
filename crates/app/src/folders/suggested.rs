//! The folders that most people want to keep.

use crate::vault::PathText;
use serde::Serialize;
use std::path::Path;

/// What a suggested folder is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum SuggestedKind {
    Documents,
    Desktop,
    Pictures,
    Music,
    Videos,
}

/// A folder that most people want to keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct SuggestedFolder {
    /// Where it is.
    pub path: PathText,
    /// What it is called here.
    pub name: String,
    /// What it is for.
    pub kind: SuggestedKind,
    /// Whether most people choose it.
    pub chosen: bool,
}

/// Those that are there, the usual ones first.
#[must_use]
pub fn suggested_folders() -> Vec<SuggestedFolder> {
    use SuggestedKind as Kind;
    let Some(folders) = directories::UserDirs::new() else { return Vec::new() };
    let home = folders.home_dir();
    let usual = [
        (Kind::Documents, folders.document_dir(), "Documents", true),
        (Kind::Desktop, folders.desktop_dir(), "Desktop", true),
        (Kind::Pictures, folders.picture_dir(), "Pictures", true),
        (Kind::Music, folders.audio_dir(), "Music", false),
        (Kind::Videos, folders.video_dir(), "Videos", false),
    ];
    let mut found: Vec<SuggestedFolder> = Vec::new();
    for (kind, told, name, chosen) in usual {
        // Desktops without a record of such folders still have them. A record
        // that names the home itself means that there is none.
        let path = told.map_or_else(|| home.join(name), Path::to_owned);
        let path = PathText::new(&path);
        let is_new = found.iter().all(|other| other.path != path);
        if is_new && Path::new(&path.path).is_dir() && Path::new(&path.path) != home {
            let name = Path::new(&path.path)
                .file_name()
                .map_or(name.into(), |name| name.to_string_lossy());
            found.push(SuggestedFolder {
                name: name.into_owned(),
                path: path.clone(),
                kind,
                chosen,
            });
        }
    }
    found
}
