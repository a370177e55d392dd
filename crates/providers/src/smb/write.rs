//! Writing an object so that it is there whole or not at all.
//!
//! What survives a crash: until [`finish`] a file exists only under a
//! temporary name that no listing shows; its bytes are on the server's disk
//! before it is given its own name, and the name is there before success is
//! reported. Whatever ends a write before that removes the file, by closing it.

use super::{
    errors::{Fault, damaged},
    messages::{Write, flush, number, query, unpack},
    names,
    place::Place,
    publish::finish,
    wire::{Ending, File, Opening, Wire},
};
use bytes::Bytes;
use futures_util::stream::{FuturesUnordered, StreamExt};
use smb2::{
    msg::{create::CreateDisposition, query_info::InfoType, write::WriteResponse},
    types::{Command, flags::FileAccessMask},
};
use std::{collections::VecDeque, sync::Arc};
use storage::{Body, Cancel, Error, ErrorKind, Key, Overwrite, Result, unless_cancelled};

/// So many chunks of one object are on their way to the server at most.
const AT_ONCE: usize = 8;
/// Whether a name is free is asked before so many bytes are sent.
const LARGE: u64 = 1 << 20;
/// `FileStandardInformation`.
const STANDARD: u8 = 5;

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
