//! Listings, and what is left of writes that never came to their end.
//!
//! Invariant: a listing ends without an error only when every folder was read
//! to its end and the store's folder is still the one it was.

use super::{
    errors::Fault,
    messages::{dispose, is_end, unpack},
    names,
    place::Place,
    wire::{Opening, Wire},
};
use futures_util::stream::{self, FuturesUnordered, StreamExt};
use smb2::{
    msg::{
        directory_info::{DirectoryInfoEntry, parse_entries},
        query_directory::{
            FileInformationClass, QueryDirectoryFlags, QueryDirectoryRequest,
            QueryDirectoryResponse,
        },
    },
    types::{
        Command, FileId,
        flags::{FileAccessMask, FileAttributes},
    },
};
use std::{sync::Arc, time::Duration};
use storage::{
    Cancel, Entry, EntryStream, Error, ErrorKind, Key, Prefix, Result, unless_cancelled,
};

/// So many folders are read at once.
const AT_ONCE: usize = 4;
/// How much one answer of a listing may hold, in bytes.
const ROOM: u32 = 256 << 10;
/// A file that was not written to for so long is nobody's any more.
const DEAD: Duration = Duration::from_secs(24 * 60 * 60);
/// Set in the tags of links of all kinds: [MS-FSCC] 2.1.2.1.
const SURROGATE: u32 = 0x2000_0000;

/// Lists all objects below a folder.
pub(super) fn list<'a>(place: &'a Arc<Place>, prefix: &Prefix, cancel: &Cancel) -> EntryStream<'a> {
    let cancel = cancel.clone();
    let first = prefix.as_folder().map(str::to_owned);
    let walk = Walk { waiting: vec![first], started: false, done: false };
    stream::unfold(walk, move |mut walk| {
        let cancel = cancel.clone();
        async move {
            if walk.done {
                return None;
            }
            let step = unless_cancelled(&cancel, "list", walk.step(place)).await;
            let entries = match step {
                Ok(Ok(entries)) => entries.into_iter().map(Ok).collect::<Vec<_>>(),
                Ok(Err(error)) | Err(error) => {
                    walk.done = true;
                    vec![Err(error)]
                }
            };
            Some((entries, walk))
        }
    })
    .map(stream::iter)
    .flatten()
    .boxed()
}

/// A listing that goes on some folders at a time.
struct Walk {
    /// Folders still to be read, relative to the store's.
    waiting: Vec<Option<String>>,
    started: bool,
    done: bool,
}

impl Walk {
    /// The objects of the next folders; afterwards that of none are missing.
    async fn step(&mut self, place: &Arc<Place>) -> Result<Vec<Entry>> {
        let wire = place.wire("list").await?;
        if !std::mem::replace(&mut self.started, true) {
            place.ensure_there(&wire, "list").await?;
            let first = self.waiting.first().cloned().flatten().unwrap_or_default();
            names::ensure_sound(&first, "list")?;
            if names::is_reserved(&first) {
                self.waiting.clear();
            }
        }
        let some = self.waiting.len().saturating_sub(AT_ONCE);
        let folders = self.waiting.split_off(some);
        let mut reading: FuturesUnordered<_> =
            folders.into_iter().map(|folder| read(place, &wire, folder)).collect();
        let mut entries = Vec::new();
        while let Some(found) = reading.next().await {
            let found = found?;
            self.waiting.extend(found.folders.into_iter().map(Some));
            entries.extend(found.entries);
        }
        if self.waiting.is_empty() {
            self.done = true;
            // A folder that was emptied by being unmounted or replaced looks
            // like one without objects.
            place.ensure_there(&wire, "list").await?;
        }
        Ok(entries)
    }
}

/// What is in one folder.
#[derive(Default)]
struct Found {
    entries: Vec<Entry>,
    folders: Vec<String>,
}

async fn read(place: &Arc<Place>, wire: &Arc<Wire>, folder: Option<String>) -> Result<Found> {
    let shown = folder.as_deref().unwrap_or_default();
    let path = place.path(shown);
    let mut names = match names_in(wire, &path).await {
        Ok(names) => names,
        // Nothing is in it any more.
        Err(fault) if fault.is_nothing() || fault.is_another_thing() => {
            return Ok(Found::default());
        }
        Err(fault) => return Err(place.told(wire, fault, "list", shown)),
    };
    // A name that is given to another file meanwhile may turn up twice.
    names.sort_unstable_by(|a, b| a.file_name.cmp(&b.file_name));
    names.dedup_by(|a, b| a.file_name == b.file_name);

    let mut found = Found::default();
    for about in names {
        let name = &*about.file_name;
        let below = if shown.is_empty() { name.to_owned() } else { format!("{shown}/{name}") };
        let is_folder = about.file_attributes & FileAttributes::DIRECTORY != 0;
        if names::is_temp(name) {
            if !is_folder && is_dead(place, &about) {
                sweep(wire, names::below(&path, name));
            }
            continue;
        }
        // A name that no key can have belongs to no object.
        let Ok(key) = Key::new(&*below) else { continue };
        if is_link(&about) {
            return Err(Error::new(ErrorKind::Other, "list")
                .at(below)
                .because("a link stands where an object or a folder should be"));
        }
        if is_folder {
            found.folders.push(below);
        } else {
            found.entries.push(Entry { key, length: about.end_of_file, hash: None });
        }
    }
    Ok(found)
}

/// Whether it stands for something elsewhere. Other reparse points are files
/// that the server keeps in its own way.
pub(super) fn is_link(about: &DirectoryInfoEntry) -> bool {
    about.file_attributes & FileAttributes::REPARSE_POINT != 0 && about.ea_size & SURROGATE != 0
}

/// All names in a folder.
pub(super) async fn names_in(
    wire: &Arc<Wire>,
    path: &str,
) -> Result<Vec<DirectoryInfoEntry>, Fault> {
    let class = FileInformationClass::FileBothDirectoryInformation;
    let room = wire.connection.params().map_or(64 << 10, |it| it.max_transact_size).min(ROOM);
    let query = |file_id| QueryDirectoryRequest {
        file_information_class: class,
        flags: QueryDirectoryFlags(0),
        file_index: 0,
        file_id,
        output_buffer_length: room,
        file_name: "*".to_owned(),
    };
    let access = FileAccessMask::FILE_READ_DATA | FileAccessMask::FILE_READ_ATTRIBUTES;
    let folder = wire.open(Opening::there(path, access, Opening::FOLDER)).await?;
    let mut names = Vec::new();
    loop {
        let answer = wire.ask(Command::QueryDirectory, query(folder.id), room.into()).await?;
        if is_end(answer.header.status) {
            break;
        }
        let answer = wire.granted(Command::QueryDirectory, answer)?;
        let answer: QueryDirectoryResponse = unpack(&answer)?;
        let some = parse_entries(class, &answer.output_buffer)?;
        if some.is_empty() {
            return Err(Fault::Malformed("a listing that neither goes on nor ends"));
        }
        names.extend(some.into_iter().filter(|it| !matches!(&*it.file_name, "." | "..")));
    }
    Ok(names)
}

fn is_dead(place: &Place, about: &DirectoryInfoEntry) -> bool {
    let now = std::time::SystemTime::from(place.context.clock.now());
    let written = about.last_write_time.to_system_time();
    written.is_some_and(|written| now.duration_since(written).is_ok_and(|age| age > DEAD))
}

/// Removes a file that somebody began to write and left behind, without making
/// anybody wait for it.
fn sweep(wire: &Arc<Wire>, path: String) {
    let wire = Arc::clone(wire);
    tokio::spawn(async move {
        // Where it cannot be removed it stays, and is invisible.
        let opening = Opening::there(&path, FileAccessMask::DELETE, Opening::FILE | Opening::LINK);
        let _ = wire.once(opening, Some(dispose(FileId::SENTINEL))).await;
    });
}
