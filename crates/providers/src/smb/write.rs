//! Writing an object so that it is there whole or not at all.
//!
//! What survives a crash: until [`publish`] a file exists only under a
//! temporary name that no listing shows; its bytes are on the server's disk
//! before it is given its own name, and the name is there before success is
//! reported. Whatever ends a write before that removes the file, by closing it.

use super::{
    errors::{Fault, damaged},
    names,
    place::{Place, flush},
    wire::{Ending, File, Opening, Wire, Write, dispose, number, query, set, unpack},
};
use bytes::Bytes;
use futures_util::stream::{FuturesUnordered, StreamExt};
use smb2::{
    msg::{create::CreateDisposition, query_info::InfoType, write::WriteResponse},
    types::{Command, FileId, flags::FileAccessMask, status::NtStatus},
};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use storage::{Body, Cancel, Error, ErrorKind, Key, Overwrite, Result, Retry, unless_cancelled};
use tokio::time::{Instant, sleep, timeout};

/// So many chunks of one object are on their way to the server at most.
const AT_ONCE: usize = 8;
/// Whether a name is free is asked before so many bytes are sent.
const LARGE: u64 = 1 << 20;
/// So long a cancelled write waits for the server to say what became of it.
const GRACE: Duration = Duration::from_millis(800);
/// So long a write waits for others to close the object it replaces.
const IN_USE: Duration = Duration::from_secs(10);
/// `FileStandardInformation`, `FileRenameInformation`, `FileLinkInformation`.
const STANDARD: u8 = 5;
const RENAME: u8 = 10;
const LINK: u8 = 11;

/// Writes an object.
pub(super) async fn put(
    place: &Arc<Place>,
    key: &Key,
    body: Body,
    overwrite: Overwrite,
    cancel: &Cancel,
) -> Result<()> {
    names::ensure_writable(key, "put")?;
    let length = body.length();
    let writing = async {
        let wire = place.wire("put").await?;
        // Spares the bytes of an object that will be refused; what decides is
        // the moment of publishing.
        if overwrite == Overwrite::Refuse
            && length >= LARGE
            && super::read::stat(place, &wire, key, "put").await?.is_some()
        {
            return Err(Error::new(ErrorKind::AlreadyExists, "put").at(key.as_str()));
        }
        let fail = |fault| place.told(&wire, fault, "put", key.as_str());
        let temp = create_temp(place, &wire, key, "put").await?;
        let written = send(&temp, body).await.map_err(fail)?;
        if written != length {
            return Err(damaged("put", key.as_str(), "other bytes were sent than the body holds"));
        }
        let (saved, there) = tokio::join!(save(&temp, length), place.ensure_there(&wire, "put"));
        there?;
        saved.map_err(fail)?;
        Ok(temp)
    };
    let temp = unless_cancelled(cancel, "put", writing).await??;
    finish(place, temp, None, key, overwrite, "put", cancel).await
}

/// A new file under a temporary name, in the folder of `key`.
pub(super) async fn create_temp(
    place: &Place,
    wire: &Arc<Wire>,
    key: &Key,
    operation: &'static str,
) -> Result<File> {
    let fail = |fault| place.told(wire, fault, operation, key.as_str());
    let folder = place.folder_of(key);
    let path = names::below(&folder, &names::temp_name(&*place.context.random));
    let opening = Opening {
        disposition: CreateDisposition::FileCreate,
        ending: Ending::Remove,
        ..Opening::there(
            &path,
            FileAccessMask::FILE_READ_DATA
                | FileAccessMask::FILE_WRITE_DATA
                | FileAccessMask::FILE_READ_ATTRIBUTES
                | FileAccessMask::DELETE,
            Opening::FILE,
        )
    };
    let first = {
        let _reading = place.making.read().await;
        wire.open(opening).await
    };
    match first {
        Err(fault) if fault.is_nothing() => {}
        opened => return opened.map_err(fail),
    }
    // Not below a folder that is gone, or is another now.
    place.ensure_there(wire, operation).await?;
    let _making = place.making.write().await;
    place.make_folders(wire, key.split().0.unwrap_or_default()).await.map_err(fail)?;
    wire.open(opening).await.map_err(fail)
}

/// Sends the bytes of an object; how many.
async fn send(temp: &File, body: Body) -> Result<u64, Fault> {
    let chunk = temp.wire.chunk(|params| params.max_write_size);
    let mut source = body.stream();
    let mut waiting: VecDeque<Bytes> = VecDeque::new();
    let (mut gathered, mut offset) = (0_u64, 0_u64);
    let mut under_way = FuturesUnordered::new();
    loop {
        let next = source.next().await.transpose()?;
        let last = next.is_none();
        gathered += next.as_ref().map_or(0, |piece| piece.len() as u64);
        waiting.extend(next);
        while gathered >= chunk || (last && gathered > 0) {
            let length = gathered.min(chunk);
            let pieces = take(&mut waiting, length);
            if under_way.len() >= AT_ONCE {
                under_way.next().await.transpose()?;
            }
            under_way.push(write(temp, offset, length, pieces).await?);
            gathered -= length;
            offset += length;
        }
        if last {
            break;
        }
    }
    while under_way.next().await.transpose()?.is_some() {}
    Ok(offset)
}

/// The first `length` bytes of what is waiting.
fn take(waiting: &mut VecDeque<Bytes>, length: u64) -> Vec<Bytes> {
    let mut left = usize::try_from(length).unwrap_or(usize::MAX);
    let mut pieces = Vec::new();
    while left > 0
        && let Some(mut piece) = waiting.pop_front()
    {
        if piece.len() > left {
            let rest = piece.split_off(left);
            waiting.push_front(rest);
        }
        left -= piece.len();
        pieces.push(piece);
    }
    pieces
}

/// Begins to write a chunk, as soon as there is room for it on the way; what it
/// returns ends with it.
async fn write(
    temp: &File,
    offset: u64,
    length: u64,
    pieces: Vec<Bytes>,
) -> Result<impl Future<Output = Result<(), Fault>> + use<>, Fault> {
    let wire = Arc::clone(&temp.wire);
    let room = Arc::clone(&wire.writes).acquire_owned().await.map_err(|_| Fault::Stopped)?;
    let file = temp.id;
    let writing = tokio::spawn(async move {
        let length = u32::try_from(length).map_err(|_| Fault::Malformed("a chunk too large"))?;
        let request = Write { file, offset, length, pieces };
        let answer: WriteResponse =
            unpack(&wire.send(Command::Write, request, length.into()).await?)?;
        drop(room);
        if answer.count == length {
            Ok(())
        } else {
            Err(Fault::Malformed("the server wrote fewer bytes than it was sent"))
        }
    });
    Ok(async move { writing.await.unwrap_or(Err(Fault::Stopped)) })
}

/// Sees that a file has its length, and that its bytes are on the disk.
pub(super) async fn save(temp: &File, length: u64) -> Result<(), Fault> {
    let requests = vec![query(temp.id, InfoType::File, STANDARD, 24), flush(temp.id)];
    let mut answers = temp.wire.chain(requests).await?.into_iter();
    let mut next = || answers.next().unwrap_or(Err(Fault::Stopped));
    let found = number(&next()?, 1)?;
    next()?;
    if found == length {
        Ok(())
    } else {
        Err(Fault::Malformed("the file has another length than the object"))
    }
}

/// Gives a file the name of `key`, and sees that it stays. From here on the
/// caller is told what became of it, even when it is cancelled meanwhile.
///
/// `from` is the object the file was until now.
pub(super) async fn finish(
    place: &Arc<Place>,
    file: File,
    from: Option<&Key>,
    key: &Key,
    overwrite: Overwrite,
    operation: &'static str,
    cancel: &Cancel,
) -> Result<()> {
    if cancel.is_cancelled() {
        return Err(Error::cancelled(operation));
    }
    let (place, key, from) = (Arc::clone(place), key.clone(), from.cloned());
    let stop = cancel.clone();
    let mut publishing = tokio::spawn(async move {
        publish(&place, file, from.as_ref(), &key, overwrite, operation, &stop).await
    });
    let outcome = tokio::select! {
        biased;
        outcome = &mut publishing => outcome,
        () = cancel.cancelled() => match timeout(GRACE, publishing).await {
            Ok(outcome) => outcome,
            Err(_) => return Err(Error::cancelled(operation)),
        },
    };
    outcome.unwrap_or_else(|_| Err(Error::cancelled(operation)))
}

async fn publish(
    place: &Place,
    mut file: File,
    from: Option<&Key>,
    key: &Key,
    overwrite: Overwrite,
    operation: &'static str,
    cancel: &Cancel,
) -> Result<()> {
    let wire = Arc::clone(&file.wire);
    let fail = |fault| place.told(&wire, fault, operation, key.as_str());
    let path = place.path(key.as_str());
    let linked = match overwrite {
        Overwrite::Allow => {
            replace(place, &file, key, &path, operation, cancel).await?;
            false
        }
        Overwrite::Refuse => create(&file, &path).await.map_err(fail)?,
    };
    // After a link the old name has to go; after a renaming there is none.
    file.ending = if linked { Ending::Remove } else { Ending::Close };
    let folder = place.folder_of(key);
    let old = from.map(|from| place.folder_of(from)).filter(|old| *old != folder);
    let (flushed, ended) = tokio::join!(place.flush(&wire, &folder), file.end());
    // What stays of a temporary file is invisible; of an object, it is not.
    if from.is_some() {
        ended.map_err(fail)?;
    }
    if let Err(fault) = flushed {
        if overwrite == Overwrite::Refuse && from.is_none() {
            // The name was free before, so a failed write leaves it free.
            let object = Opening::there(&path, FileAccessMask::DELETE, Opening::FILE);
            let _ = wire.once(object, Some(dispose(FileId::SENTINEL))).await;
        }
        return Err(fail(fault));
    }
    if let Some(old) = old {
        place.flush(&wire, &old).await.map_err(fail)?;
    }
    Ok(())
}

/// Gives a file a name that must be free; whether it is a second name.
///
/// Linking comes first because a server may look whether the name is free, and
/// replace what somebody has put there since; a link it cannot make so.
async fn create(file: &File, path: &str) -> Result<bool, Fault> {
    match name(file, LINK, path, false).await {
        Ok(()) => Ok(true),
        Err(fault) if fault.is_unable() || fault.status() == Some(NtStatus::ACCESS_DENIED) => {
            name(file, RENAME, path, false).await.map(|()| false)
        }
        Err(fault) => Err(fault),
    }
}

/// Gives a file a name and replaces what has it, as soon as nobody reads that.
async fn replace(
    place: &Place,
    file: &File,
    key: &Key,
    path: &str,
    operation: &'static str,
    cancel: &Cancel,
) -> Result<()> {
    let gate = place.gate(key.as_str());
    let since = Instant::now();
    let mut pause = Duration::from_millis(5);
    loop {
        let outcome = {
            let _replacing = gate.write().await;
            name(file, RENAME, path, true).await
        };
        let fault = match outcome {
            Ok(()) => return Ok(()),
            Err(fault) => fault,
        };
        if !fault.is_in_use() || !file.wire.writable || since.elapsed() > IN_USE {
            return Err(place.told(&file.wire, fault, operation, key.as_str()));
        }
        // Somebody else may read it; or it is not ours to replace.
        if !is_open(&file.wire, path).await {
            return Err(place.told(&file.wire, fault, operation, key.as_str()));
        }
        unless_cancelled(cancel, operation, sleep(pause)).await?;
        pause = (pause * 2).min(Duration::from_millis(250));
    }
}

/// Whether what has a name could be replaced, were it not open.
async fn is_open(wire: &Arc<Wire>, path: &str) -> bool {
    match wire.open(Opening::there(path, FileAccessMask::DELETE, Opening::FILE)).await {
        Ok(file) => {
            // Otherwise this would be what keeps it open.
            let _ = file.end().await;
            true
        }
        Err(fault) => fault.is_nothing(),
    }
}

/// Gives a file a name, or a second one: [MS-FSCC] 2.4.42 and 2.4.27.
async fn name(file: &File, class: u8, path: &str, replace: bool) -> Result<(), Fault> {
    let path: Vec<u8> = path.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = u32::try_from(path.len()).map_err(|_| Fault::Malformed("a name too long"))?;
    let mut buffer = vec![u8::from(replace)];
    buffer.resize(16, 0);
    buffer.extend_from_slice(&length.to_le_bytes());
    buffer.extend_from_slice(&path);
    file.wire.send(Command::SetInfo, set(file.id, class, buffer), 0).await.map(drop)
}

/// The advice for what somebody else changed while it was worked on.
pub(super) fn changed(operation: &'static str, key: &str) -> Error {
    Error::new(ErrorKind::Damaged, operation)
        .at(key)
        .retry_advice(Retry::Soon)
        .because("the object was replaced while it was read")
}
