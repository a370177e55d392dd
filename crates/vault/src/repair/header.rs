//! What a pack says of itself.

use crate::{
    error::{Error, Result},
    format::Id,
    layout::FileKind,
    pack::{self, PackError, PackedBlob},
    repository::Repository,
};
use storage::{ByteRange, Cancel, ErrorKind};

/// So many bytes at the end of a pack hold the header of most.
const GUESS: u64 = 32 << 10;

/// What came of reading a header.
pub(super) enum Header {
    /// The blobs of the pack.
    Blobs(Vec<PackedBlob>),
    /// It is none.
    Damaged(PackError),
    /// The destination cannot read it, and can read others.
    Unreadable(String),
}

/// Reads the header of a pack of `length` bytes.
///
/// # Errors
/// When the pack is not as it was listed, or the destination fails.
pub(super) async fn read(
    repository: &Repository,
    pack: &Id,
    length: u64,
    cancel: &Cancel,
) -> Result<Header> {
    if length == 0 {
        return Ok(Header::Damaged(PackError::TooShort));
    }
    let end = match last(repository, pack, length.min(GUESS), cancel).await? {
        Ok(end) => end,
        Err(reason) => return Ok(Header::Unreadable(reason)),
    };
    let needed = match pack::length_of_end(&end) {
        Ok(needed) if u64::from(needed) <= length => u64::from(needed),
        Ok(_) => return Ok(Header::Damaged(PackError::TooShort)),
        Err(error) => return Ok(Header::Damaged(error)),
    };
    let end = if needed <= end.len() as u64 {
        end
    } else {
        match last(repository, pack, needed, cancel).await? {
            Ok(end) => end,
            Err(reason) => return Ok(Header::Unreadable(reason)),
        }
    };
    Ok(match pack::parse_end(repository.master(), &end, length) {
        Ok(blobs) => Header::Blobs(blobs),
        Err(error) => Header::Damaged(error),
    })
}

async fn last(
    repository: &Repository,
    pack: &Id,
    length: u64,
    cancel: &Cancel,
) -> Result<Result<Vec<u8>, String>> {
    let key = FileKind::Pack.key(pack);
    let range = ByteRange::Last(length);
    match repository.store().read(&key, range, length, cancel).await {
        Ok(bytes) if bytes.len() as u64 == length => Ok(Ok(bytes.into())),
        // It was longer when it was listed.
        Ok(_) => Err(Error::PlanOutdated),
        Err(error) => match error.kind() {
            ErrorKind::NotFound => Err(Error::PlanOutdated),
            ErrorKind::PermissionDenied | ErrorKind::Other => Ok(Err(error.to_string())),
            _ => Err(error.into()),
        },
    }
}
