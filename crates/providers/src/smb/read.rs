//! Reading objects.
//!
//! An object is read window by window, and closed in between, because a server
//! replaces nothing that is open: whoever is slow to take what he reads must
//! not keep others from writing. Each window is seen to be of the same object.

use super::{
    errors::{Fault, damaged},
    messages::{is_end, number, query},
    names,
    place::{INTERNAL, Place},
    wire::{CHUNK, File, Opening, Wire},
};
use bytes::Bytes;
use futures_util::stream::{self, FuturesOrdered, StreamExt};
use smb2::{
    Frame,
    msg::{create::CreateResponse, query_info::InfoType, read::ReadRequest},
    types::{
        Command, FileId,
        flags::{FileAccessMask, FileAttributes},
    },
};
use std::sync::Arc;
use storage::{
    ByteRange, ByteStream, Cancel, Entry, Error, ErrorKind, Key, Result, Retry, unless_cancelled,
};
use tokio::sync::OwnedRwLockReadGuard;

/// How much is read before an object is closed again, in bytes: all of it is
/// under way at once.
const WINDOW: u64 = 8 * CHUNK;

/// Looks an object up; `None` when it is not there.
pub(super) async fn stat(
    place: &Place,
    wire: &Arc<Wire>,
    key: &Key,
    operation: &'static str,
) -> Result<Option<Entry>> {
    names::ensure_sound(key.as_str(), operation)?;
    let path = place.path(key.as_str());
    let opening = Opening::there(&path, FileAccessMask::FILE_READ_ATTRIBUTES, 0);
    match wire.once(opening, None).await {
        Ok(_) if names::is_reserved(key.as_str()) => Ok(None),
        Ok((about, _)) if is_folder(&about) => Ok(None),
        Ok((about, _)) => {
            Ok(Some(Entry { key: key.clone(), length: about.end_of_file, hash: None }))
        }
        Err(fault) if fault.is_nothing() || fault.is_another_thing() => {
            // With the folder itself gone, nothing is known of what was in it.
            place.ensure_there(wire, operation).await.map(|()| None)
        }
        Err(fault) => Err(place.told(wire, fault, operation, key.as_str())),
    }
}

fn is_folder(about: &CreateResponse) -> bool {
    about.file_attributes & FileAttributes::DIRECTORY != 0
}

/// Reads an object.
pub(super) async fn get(
    place: &Arc<Place>,
    key: &Key,
    range: ByteRange,
    cancel: &Cancel,
) -> Result<ByteStream> {
    names::ensure_sound(key.as_str(), "get")?;
    let opening = async {
        let wire = place.wire("get").await?;
        let gate = Arc::clone(&place.gate(key.as_str())).read_owned().await;
        let (file, version) = open(place, &wire, key).await?;
        let (offset, end) = match range {
            ByteRange::Whole => (0, Some(version.length)),
            ByteRange::Exact { offset, length } => (offset, offset.checked_add(length)),
            ByteRange::Last(count) => (version.length.saturating_sub(count), Some(version.length)),
        };
        let Some(end) = end.filter(|end| *end <= version.length) else {
            return Err(damaged("get", key.as_str(), "the object is shorter than the range"));
        };
        let reading = Reading { place: Arc::clone(place), key: key.clone(), version, offset, end };
        let length = reading.window();
        let first = window(&file, key, offset, length).await?;
        release(file, gate);
        Ok((first, Reading { offset: offset + length, ..reading }))
    };
    let (first, rest) = unless_cancelled(cancel, "get", opening).await??;
    let cancel = cancel.clone();
    let windows = stream::unfold(Some(Ahead::of(rest)), move |ahead| {
        let cancel = cancel.clone();
        async move {
            let Ahead(next) = ahead?;
            let next = next?;
            Some(match unless_cancelled(&cancel, "get", next.done()).await {
                Ok(Ok((pieces, rest))) => {
                    (pieces.into_iter().map(Ok).collect::<Vec<_>>(), Some(Ahead::of(rest)))
                }
                Ok(Err(error)) | Err(error) => (vec![Err(error)], None),
            })
        }
    });
    let first = stream::iter(first.into_iter().map(Ok));
    Ok(first.chain(windows.map(stream::iter).flatten()).boxed())
}

/// What tells one object of a name from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version {
    number: u64,
    created: u64,
    written: u64,
    length: u64,
}

async fn open(place: &Place, wire: &Arc<Wire>, key: &Key) -> Result<(File, Version)> {
    let nothing = || Error::new(ErrorKind::NotFound, "get").at(key.as_str());
    if names::is_reserved(key.as_str()) {
        return Err(nothing());
    }
    let path = place.path(key.as_str());
    let access = FileAccessMask::FILE_READ_DATA | FileAccessMask::FILE_READ_ATTRIBUTES;
    let number_of = query(FileId::SENTINEL, InfoType::File, INTERNAL, 8);
    let opened = wire.open_and(Opening::there(&path, access, Opening::FILE), Some(number_of));
    match opened.await {
        Ok((file, answer)) => {
            let fail = |fault: Fault| fault.told("get", key.as_str());
            let number = number(&answer.ok_or(Fault::Stopped).map_err(fail)?, 0).map_err(fail)?;
            let version = Version {
                number,
                created: file.about.creation_time.0,
                written: file.about.last_write_time.0,
                length: file.about.end_of_file,
            };
            Ok((file, version))
        }
        Err(fault) if fault.is_nothing() || fault.is_another_thing() => {
            place.ensure_there(wire, "get").await?;
            Err(nothing())
        }
        Err(fault) => Err(place.told(wire, fault, "get", key.as_str())),
    }
}

/// Closes an object, and lets others replace it once that is done, without
/// making its reader wait.
fn release(file: File, gate: OwnedRwLockReadGuard<()>) {
    tokio::spawn(async move {
        let _ = file.end().await;
        drop(gate);
    });
}

/// The rest of an object that is being read.
#[derive(Debug)]
struct Reading {
    place: Arc<Place>,
    key: Key,
    version: Version,
    offset: u64,
    end: u64,
}

impl Reading {
    fn window(&self) -> u64 {
        (self.end - self.offset).min(WINDOW)
    }

    async fn next(self) -> Result<(Vec<Bytes>, Self)> {
        let wire = self.place.wire("get").await?;
        let gate = self.place.gate(self.key.as_str()).read_owned().await;
        let (file, version) = match open(&self.place, &wire, &self.key).await {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(changed(self.key.as_str()));
            }
            opened => opened?,
        };
        if version != self.version {
            return Err(changed(self.key.as_str()));
        }
        let length = self.window();
        let pieces = window(&file, &self.key, self.offset, length).await?;
        release(file, gate);
        let offset = self.offset + length;
        Ok((pieces, Self { offset, ..self }))
    }
}

/// The window after the one that is being taken, on its way already.
struct Ahead(Option<Task>);

impl Ahead {
    fn of(reading: Reading) -> Self {
        let left = reading.window();
        Self((left > 0).then(|| Task(tokio::spawn(reading.next()))))
    }
}

type Window = Result<(Vec<Bytes>, Reading)>;

/// Ends with whoever waits for it.
struct Task(tokio::task::JoinHandle<Window>);

impl Task {
    async fn done(mut self) -> Window {
        (&mut self.0).await.unwrap_or_else(|_| Err(Error::cancelled("get")))
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Reads `length` bytes from `offset` on, in order.
async fn window(file: &File, key: &Key, offset: u64, length: u64) -> Result<Vec<Bytes>> {
    let chunk = file.wire.chunk(|params| params.max_read_size);
    let mut under_way = FuturesOrdered::new();
    let mut from = 0;
    while from < length {
        let part = (length - from).min(chunk);
        under_way.push_back(part_of(file, offset + from, part));
        from += part;
    }
    let mut pieces = Vec::with_capacity(under_way.len());
    while let Some(part) = under_way.next().await {
        for piece in part.map_err(|fault| fault.told("get", key.as_str()))? {
            match piece {
                Some(piece) => pieces.push(piece),
                None => return Err(damaged("get", key.as_str(), "the object shrank")),
            }
        }
    }
    Ok(pieces)
}

/// Reads `length` bytes from `offset` on; the last piece is `None` when the
/// file ends before. A server may give fewer at a time than it was asked for.
async fn part_of(file: &File, offset: u64, length: u64) -> Result<Vec<Option<Bytes>>, Fault> {
    let mut pieces = Vec::with_capacity(1);
    let mut done = 0;
    while done < length {
        let left = length - done;
        let request = ReadRequest {
            padding: 0x50,
            flags: 0,
            length: u32::try_from(left).map_err(|_| Fault::Malformed("a chunk too large"))?,
            offset: offset + done,
            file_id: file.id,
            minimum_count: 1,
            channel: 0,
            remaining_bytes: 0,
            read_channel_info: Vec::new(),
        };
        let answer = file.wire.ask(Command::Read, request, left).await?;
        if is_end(answer.header.status) {
            pieces.push(None);
            break;
        }
        let answer = file.wire.granted(Command::Read, answer)?;
        let piece = data(answer).filter(|piece| piece.len() as u64 <= left && !piece.is_empty());
        let piece = piece.ok_or(Fault::Malformed("an answer without the bytes it promises"))?;
        done += piece.len() as u64;
        pieces.push(Some(piece));
    }
    Ok(pieces)
}

/// The bytes in the answer to a read, without a copy: [MS-SMB2] 2.2.20.
fn data(frame: Frame) -> Option<Bytes> {
    let body = Bytes::from(frame.body);
    let start = usize::from(*body.get(2)?).checked_sub(64)?;
    let length = u32::from_le_bytes(body.get(4..8)?.try_into().ok()?);
    let end = start.checked_add(usize::try_from(length).ok()?)?;
    (end <= body.len()).then(|| body.slice(start..end))
}

/// Somebody else changed what is read. Read from the start, it is whole.
fn changed(key: &str) -> Error {
    Error::new(ErrorKind::Damaged, "get")
        .at(key)
        .retry_advice(Retry::Soon)
        .because("the object was replaced while it was read")
}
