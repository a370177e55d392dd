//! Copying an object at the server, and renaming and deleting objects.

use super::{
    errors::Fault,
    messages::{dispose, unpack},
    names,
    place::Place,
    publish::finish,
    wire::{File, Opening, Wire},
    write::{create_temp, save},
};
use futures_util::stream::{self, StreamExt};
use smb2::{
    msg::{
        copychunk::{
            SrvCopychunk, SrvCopychunkCopy, SrvCopychunkResponse, SrvRequestResumeKeyResponse,
        },
        ioctl::{
            FSCTL_SRV_COPYCHUNK, FSCTL_SRV_REQUEST_RESUME_KEY, IoctlRequest, IoctlResponse,
            SMB2_0_IOCTL_IS_FSCTL,
        },
    },
    pack::{Pack, ReadCursor, Unpack, WriteCursor},
    types::{Command, FileId, flags::FileAccessMask, status::NtStatus},
};
use std::{collections::BTreeSet, sync::Arc};
use storage::{Cancel, Error, ErrorKind, Key, Overwrite, Result, unless_cancelled};

/// So many objects are deleted at once.
const AT_ONCE: usize = 8;
/// How much every server copies at once: so many pieces of so many bytes.
const USUAL: Limits = Limits { pieces: 16, piece: 1 << 20 };

/// Copies an object.
pub(super) async fn copy(
    place: &Arc<Place>,
    from: &Key,
    to: &Key,
    overwrite: Overwrite,
    cancel: &Cancel,
) -> Result<()> {
    names::ensure_writable(to, "copy")?;
    let copying = async {
        let wire = place.wire("copy").await?;
        let source = source(place, &wire, from, FileAccessMask::FILE_READ_DATA, "copy").await?;
        let fail = |fault| place.told(&wire, fault, "copy", to.as_str());
        let temp = create_temp(place, &wire, to, "copy").await?;
        let length = source.about.end_of_file;
        copy_bytes(&source, &temp, length).await.map_err(fail)?;
        let _ = source.end().await;
        let (saved, there) = tokio::join!(save(&temp, length), place.ensure_there(&wire, "copy"));
        there?;
        saved.map_err(fail)?;
        Ok(temp)
    };
    let temp = unless_cancelled(cancel, "copy", copying).await??;
    finish(place, temp, None, to, overwrite, "copy", cancel).await
}

/// Gives an object another name.
pub(super) async fn rename(
    place: &Arc<Place>,
    from: &Key,
    to: &Key,
    overwrite: Overwrite,
    cancel: &Cancel,
) -> Result<()> {
    names::ensure_writable(to, "rename")?;
    let taken = || Error::new(ErrorKind::AlreadyExists, "rename").at(to.as_str());
    let beginning = async {
        let wire = place.wire("rename").await?;
        let object = source(place, &wire, from, FileAccessMask::DELETE, "rename").await?;
        if from != to
            && let Some(folder) = to.split().0
            && from.split().0 != Some(folder)
        {
            let _making = place.making.write().await;
            let made = place.make_folders(&wire, folder).await;
            made.map_err(|fault| place.told(&wire, fault, "rename", to.as_str()))?;
        }
        Ok(object)
    };
    let object = unless_cancelled(cancel, "rename", beginning).await??;
    match (from == to, overwrite) {
        (true, Overwrite::Allow) => Ok(()),
        (true, Overwrite::Refuse) => Err(taken()),
        (false, _) => finish(place, object, Some(from), to, overwrite, "rename", cancel).await,
    }
}

/// An object that must be there.
async fn source(
    place: &Place,
    wire: &Arc<Wire>,
    key: &Key,
    access: u32,
    operation: &'static str,
) -> Result<File> {
    names::ensure_sound(key.as_str(), operation)?;
    let nothing = || Error::new(ErrorKind::NotFound, operation).at(key.as_str());
    if names::is_reserved(key.as_str()) {
        return Err(nothing());
    }
    let path = place.path(key.as_str());
    let access = access | FileAccessMask::FILE_READ_ATTRIBUTES;
    match wire.open(Opening::there(&path, access, Opening::FILE)).await {
        Ok(file) => Ok(file),
        Err(fault) if fault.is_nothing() || fault.is_another_thing() => {
            place.ensure_there(wire, operation).await?;
            Err(nothing())
        }
        Err(fault) => Err(place.told(wire, fault, operation, key.as_str())),
    }
}

/// Deletes objects; one result for each, in their order.
pub(super) async fn delete(place: &Arc<Place>, keys: &[Key], cancel: &Cancel) -> Vec<Result<()>> {
    let all = |error: &Error| {
        let of = |key: &Key| Error::new(error.kind(), "delete").at(key.as_str());
        keys.iter().map(|key| Err(of(key).retry_advice(error.retry()))).collect()
    };
    let beginning = async {
        let wire = place.wire("delete").await?;
        place.ensure_there(&wire, "delete").await.map(|()| wire)
    };
    let wire = match unless_cancelled(cancel, "delete", beginning).await {
        Ok(Ok(wire)) => wire,
        Ok(Err(error)) | Err(error) => return all(&error),
    };
    let deleting = stream::iter(keys.to_vec()).map(|key| {
        let (place, wire) = (Arc::clone(place), Arc::clone(&wire));
        async move {
            let deleting = delete_one(&place, &wire, &key);
            unless_cancelled(cancel, "delete", deleting).await.and_then(|result| result)
        }
    });
    let mut results: Vec<Result<bool>> = deleting.buffered(AT_ONCE).collect().await;
    let touched: BTreeSet<String> = keys
        .iter()
        .zip(&results)
        .filter(|(_, result)| matches!(result, Ok(true)))
        .map(|(key, _)| place.folder_of(key))
        .collect();
    for folder in touched {
        let flushing = place.flush(&wire, &folder);
        let flushed = unless_cancelled(cancel, "delete", flushing).await;
        let error = match flushed {
            Ok(Ok(())) => continue,
            // Not even the folder is left.
            Ok(Err(fault)) if fault.is_nothing() => continue,
            Ok(Err(fault)) => place.told(&wire, fault, "delete", ""),
            Err(error) => error,
        };
        for (key, result) in keys.iter().zip(&mut results) {
            if matches!(result, Ok(true)) && place.folder_of(key) == folder {
                let failed = Error::new(error.kind(), "delete").at(key.as_str());
                *result = Err(failed.retry_advice(error.retry()));
            }
        }
    }
    results.into_iter().map(|result| result.map(drop)).collect()
}

/// Deletes an object; `false` when it was not there.
async fn delete_one(place: &Place, wire: &Arc<Wire>, key: &Key) -> Result<bool> {
    names::ensure_sound(key.as_str(), "delete")?;
    if names::is_reserved(key.as_str()) {
        return Ok(false);
    }
    let path = place.path(key.as_str());
    let gate = place.gate(key.as_str());
    let _deleting = gate.write().await;
    let opening = Opening::there(&path, FileAccessMask::DELETE, Opening::FILE);
    match wire.once(opening, Some(dispose(FileId::SENTINEL))).await {
        Ok(_) => Ok(true),
        Err(fault) if fault.is_nothing() || fault.is_another_thing() => Ok(false),
        Err(fault) => Err(place.told(wire, fault, "delete", key.as_str())),
    }
}

/// What a server copies at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Limits {
    pieces: u64,
    piece: u64,
}

/// Copies bytes at the server: [MS-SMB2] 3.2.4.20.2.
async fn copy_bytes(source: &File, target: &File, length: u64) -> Result<(), Fault> {
    let wire = &source.wire;
    let ask = request(FSCTL_SRV_REQUEST_RESUME_KEY, source.id, 32, Vec::new());
    let answer: IoctlResponse = unpack(&wire.send(Command::Ioctl, ask, 0).await?)?;
    let key = SrvRequestResumeKeyResponse::unpack(&mut ReadCursor::new(&answer.output_data))?;
    let mut limits = USUAL;
    let mut done = 0;
    while done < length {
        let mut chunks = Vec::new();
        let mut at = done;
        while at < length && (chunks.len() as u64) < limits.pieces {
            let part = (length - at).min(limits.piece);
            let length = u32::try_from(part).map_err(|_| Fault::Malformed("a piece too large"))?;
            chunks.push(SrvCopychunk { source_offset: at, target_offset: at, length });
            at += part;
        }
        let mut cursor = WriteCursor::new();
        SrvCopychunkCopy { source_key: key.resume_key, chunks }.pack(&mut cursor);
        let ask = request(FSCTL_SRV_COPYCHUNK, target.id, 12, cursor.into_inner());
        let answer = wire.ask(Command::Ioctl, ask, 0).await?;
        let status = answer.header.status;
        let told = unpack::<IoctlResponse>(&answer).and_then(|it| {
            Ok(SrvCopychunkResponse::unpack(&mut ReadCursor::new(&it.output_data))?)
        });
        match told {
            Ok(told) if status == NtStatus::SUCCESS && told.total_bytes_written > 0 => {
                done += u64::from(told.total_bytes_written);
            }
            // It names its limits when it was asked for more.
            Ok(told) if status == NtStatus::INVALID_PARAMETER => {
                let piece = told.chunk_bytes_written.min(told.total_bytes_written).max(1);
                let pieces = u64::from(told.chunks_written)
                    .min(u64::from(told.total_bytes_written) / u64::from(piece))
                    .max(1);
                let stated = Limits { pieces, piece: piece.into() };
                if stated == limits {
                    return Err(Fault::Refused(status, Command::Ioctl));
                }
                limits = stated;
            }
            Ok(_) if status == NtStatus::SUCCESS => {
                return Err(Fault::Malformed("a copy that does not go on"));
            }
            _ => return Err(Fault::Refused(status, Command::Ioctl)),
        }
    }
    Ok(())
}

fn request(ctl_code: u32, file_id: FileId, room: u32, input_data: Vec<u8>) -> IoctlRequest {
    IoctlRequest {
        ctl_code,
        file_id,
        max_input_response: 0,
        max_output_response: room,
        flags: SMB2_0_IOCTL_IS_FSCTL,
        input_data,
    }
}
