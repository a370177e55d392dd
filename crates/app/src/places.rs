//! Places that could hold copies: disks and shares that are mounted here, and
//! whether they can be written to.
//!
//! Trying a place leaves nothing there, whenever the trial ends.

use crate::{
    Installation, Result,
    disk::{self, Disk, Room},
    marker::{Found, Marker},
    messages,
    vault::PathText,
};
use serde::Serialize;
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The folder that is made for copies on a disk.
const FOLDER: &str = "Keepstead";
/// How much is written to try a place, at most, and for how long.
const TRIAL: usize = 16 << 20;
const BLOCK: usize = 1 << 20;
const LONG_ENOUGH: Duration = Duration::from_millis(700);

/// What a place lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// A disk that comes and goes.
    Usb,
    /// A share of another machine.
    Network,
    /// Another disk of this computer.
    Disk,
    /// The disk that this computer's own files lie on.
    System,
}

impl PlaceKind {
    pub(crate) fn of(removable: bool, network: bool, off_disk: Option<bool>) -> Self {
        match (removable, network, off_disk) {
            (true, true, _) => Self::Network,
            (true, false, _) => Self::Usb,
            (false, _, Some(false)) => Self::System,
            (false, ..) => Self::Disk,
        }
    }
}

/// A disk or share that copies could go to. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct Place {
    /// The folder for the copies: one of its own, which is made when it is
    /// chosen.
    pub path: PathText,
    /// What it is called.
    pub name: String,
    /// What it lies on.
    pub kind: PlaceKind,
    /// What it holds in all.
    pub total: Option<u64>,
    /// What is left.
    pub free: Option<u64>,
    /// Whether it comes and goes.
    pub removable: bool,
    /// Whether it lies on another disk than this computer's own files, or
    /// elsewhere; `null` when that cannot be told.
    pub off_disk: Option<bool>,
    /// Whether anything can be written on it.
    pub writable: bool,
    /// The destination that it is already.
    pub destination: Option<String>,
}

/// What lies in a folder that was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// It is empty, or not there yet.
    Nothing,
    /// Files of something else, which stay.
    OtherFiles,
    /// Backups of Keepstead.
    Keepstead,
    /// A repository of restic, that could be taken over.
    Repository,
}

/// A place that was written to. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct TriedPlace {
    /// Where.
    pub path: PathText,
    /// What it is called.
    pub name: String,
    /// What is left.
    pub free: Option<u64>,
    /// What it holds in all.
    pub total: Option<u64>,
    /// As in [`Place::off_disk`].
    pub off_disk: Option<bool>,
    /// Whether it comes and goes.
    pub removable: bool,
    /// How fast it took what was written.
    pub bytes_per_second: u64,
    /// How long an answer took, in milliseconds, where it is no folder of this
    /// machine.
    pub latency_ms: Option<u64>,
    /// What lies there.
    pub holds: Holds,
}

/// Places that could hold copies, the best first. `known` are the paths of
/// destinations, with their ids; `own` is where this computer's files lie.
pub(crate) fn places(own: &Path, known: &[(PathBuf, String)]) -> Vec<Place> {
    let own = Disk::of(own);
    let mut places: Vec<Place> = disk::mounted()
        .into_iter()
        .map(|mounted| {
            let room = Room::at(&mounted.point);
            let off_disk = mounted.disk.survives(&own);
            let path = mounted.point.join(FOLDER);
            let known = known.iter().find(|(known, _)| *known == path || *known == mounted.point);
            Place {
                destination: known.map(|(_, id)| id.clone()),
                path: PathText::new(&path),
                name: mounted.name,
                kind: PlaceKind::of(mounted.disk.removable, mounted.disk.network, off_disk),
                total: room.total,
                free: room.free,
                removable: mounted.disk.removable,
                off_disk,
                writable: mounted.writable,
            }
        })
        // Other mounts of this computer's own disk help no more than its home.
        .filter(|place| place.kind != PlaceKind::System)
        .collect();
    places.sort_by(|a, b| {
        let rank = |place: &Place| (!place.writable, place.off_disk != Some(true), place.kind);
        rank(a).cmp(&rank(b)).then_with(|| b.free.cmp(&a.free))
    });
    places.extend(system_place(known));
    places
}

/// A folder in the home: possible, and not advised.
fn system_place(known: &[(PathBuf, String)]) -> Option<Place> {
    let home = directories::BaseDirs::new()?.home_dir().to_owned();
    let path = home.join(FOLDER);
    let room = Room::at(&home);
    Some(Place {
        destination: known.iter().find(|(known, _)| *known == path).map(|(_, id)| id.clone()),
        path: PathText::new(&path),
        name: messages::own_disk().to_owned(),
        kind: PlaceKind::System,
        total: room.total,
        free: room.free,
        removable: false,
        off_disk: Some(false),
        writable: true,
    })
}

/// What a folder is called as a destination: the disk that it is the folder
/// for copies of, or itself.
pub(crate) fn name_of(folder: &Path) -> String {
    let named = match folder.file_name() {
        Some(name) if name == FOLDER => folder.parent().and_then(Path::file_name).or(Some(name)),
        name => name,
    };
    named.map_or_else(|| folder.to_string_lossy(), |name| name.to_string_lossy()).into_owned()
}

/// The folder for copies, canonical. Only one with the name that is suggested
/// for it is made when it is missing, and nothing above it: that is the disk,
/// and any other name may be a slip.
pub(crate) async fn make_folder(asked: &Path) -> Result<PathBuf> {
    let path = asked.to_owned();
    let made = tokio::task::spawn_blocking(move || {
        let suggested = path.file_name().is_some_and(|name| name == FOLDER);
        match if suggested { fs::create_dir(&path) } else { Ok(()) } {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                fs::canonicalize(&path).map_err(|_| error)
            }
            _ => fs::canonicalize(&path),
        }
    });
    match made.await.map_err(|_| messages::fault())? {
        Ok(folder) => Ok(folder),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(messages::no_folder(asked)),
        Err(error) => Err(messages::cannot_write(asked, &error)),
    }
}

/// Tries to write in a folder, or where it would be made, and leaves nothing
/// there. `own` is where this computer's files lie.
pub(crate) async fn try_place(folder: &Path, own: &Path) -> Result<TriedPlace> {
    let (folder, own) = (folder.to_owned(), own.to_owned());
    let tried = tokio::task::spawn_blocking(move || tried(&folder, &own));
    tried.await.map_err(|_| messages::fault())?
}

fn tried(folder: &Path, own: &Path) -> Result<TriedPlace> {
    let missing = |_| messages::no_folder(folder);
    let (there, exists) = match fs::canonicalize(folder) {
        Ok(there) => (there, true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
            let above = above.ok_or_else(|| messages::no_folder(folder))?;
            (fs::canonicalize(above).map_err(missing)?, false)
        }
        Err(error) => return Err(messages::cannot_write(folder, &error)),
    };
    if !there.is_dir() {
        return Err(messages::not_a_folder(&there));
    }
    let speed = write_speed(&there).map_err(|error| messages::cannot_write(folder, &error))?;
    let (disk, room) = (Disk::of(&there), Room::at(&there));
    Ok(TriedPlace {
        path: PathText::new(folder),
        name: name_of(folder),
        free: room.free,
        total: room.total,
        off_disk: disk.survives(&Disk::of(own)),
        removable: disk.removable,
        bytes_per_second: speed,
        latency_ms: None,
        holds: if exists { holds(&there) } else { Holds::Nothing },
    })
}

fn holds(folder: &Path) -> Holds {
    if matches!(Marker::read(folder), Found::Marker(_)) {
        return Holds::Keepstead;
    }
    if folder.join("config").is_file() && folder.join("keys").is_dir() {
        return Holds::Repository;
    }
    match fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(false) => Holds::Nothing,
        _ => Holds::OtherFiles,
    }
}

/// Writes a file without a name, or one that loses it at once where the file
/// system has no such, down to the disk. In bytes per second.
fn write_speed(folder: &Path) -> io::Result<u64> {
    let mut file = tempfile::tempfile_in(folder)?;
    // Not zeros: some file systems store none.
    let block: Vec<u8> =
        (0..BLOCK).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let begun = Instant::now();
    let mut written = 0;
    while written < TRIAL && begun.elapsed() < LONG_ENOUGH {
        file.write_all(&block)?;
        written += BLOCK;
    }
    file.sync_all()?;
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a speed for people"
    )]
    Ok((written as f64 / begun.elapsed().as_secs_f64().max(1e-6)) as u64)
}

impl Installation {
    /// Places that could hold copies, the best first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn places(&self) -> Result<Vec<Place>> {
        let rows = self.store.destinations().list().await.map_err(messages::store)?;
        let known = rows.iter().filter_map(|row| Some((row.folder()?.into(), row.id.to_string())));
        let known = known.collect::<Vec<_>>();
        let own = self.folder().to_owned();
        let found = tokio::task::spawn_blocking(move || places(&own, &known));
        found.await.map_err(|_| messages::fault())
    }

    /// Tries to write in a folder, and leaves nothing there.
    ///
    /// # Errors
    /// Why nothing can be written there.
    pub async fn try_place(&self, folder: &Path) -> Result<TriedPlace> {
        try_place(folder, self.folder()).await
    }
}
