//! The contract.

use crate::{
    Body, ByteStream, Cancel, Capabilities, Capacity, Error, ErrorKind, Key, Prefix, Result,
};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{BoxStream, StreamExt};
use std::fmt::Debug;

/// Whether a write may replace what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutMode {
    /// Fails with [`ErrorKind::AlreadyExists`] when the name is taken.
    CreateNew,
    /// Replaces what is there, whole.
    Replace,
}

/// Whether a rename may replace what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// Fails with [`ErrorKind::AlreadyExists`] when the new name is taken.
    Refuse,
    /// Replaces what is there.
    Allow,
}

/// Which bytes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteRange {
    /// All of them.
    Whole,
    /// `length` bytes from `offset`. All of them exist, or the read fails.
    Exact {
        /// The first byte.
        offset: u64,
        /// How many.
        length: u64,
    },
    /// The last `n` bytes, or the whole object when it is shorter.
    Last(u64),
}

/// An object as a destination lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its full name, as it was written.
    pub key: Key,
    /// Its length in bytes.
    pub length: u64,
    /// Its hash as [`Capabilities::hash`] says, in lowercase hexadecimal.
    pub hash: Option<Box<str>>,
}

/// A listing as it arrives. An error ends it.
pub type EntryStream<'a> = BoxStream<'a, Result<Entry>>;

/// A destination.
///
/// # What every store guarantees
/// 1. **Whole or nothing.** An object appears under its name with all its
///    bytes or not at all, whatever happens to this process, the network or
///    (where [`Capabilities::durable`]) the power. A failed or cancelled write
///    leaves what was there before; only where a server had all bytes and fell
///    silent over them may it turn out that they are there, all of them.
/// 2. **No false success.** `Ok` from [`put`](Store::put) means the
///    destination acknowledged as many bytes as the body holds.
/// 3. **Read your writes.** After `Ok`, every later read and listing through
///    the same store shows the change.
/// 4. **Exact reads.** A read yields exactly the bytes asked for, or an error;
///    never fewer, never others of another object.
/// 5. **Strict listings.** A listing yields every object below the prefix once
///    and then ends, or it yields an error. A shortened listing is a bug of
///    the store, because a caller deletes what it does not see.
/// 6. **Confinement.** Nothing outside the folder the store was given is read,
///    written, listed or deleted.
/// 7. **Cancellation.** Every operation ends within a second of its token,
///    with [`ErrorKind::Cancelled`].
/// 8. **Honest errors.** [`Error::retry`] says whether trying again can help.
///    A lack of room is never temporary. No error holds a secret.
/// 9. **Deleting is idempotent.** Deleting what is not there succeeds.
///
/// Stores do not retry, throttle or cache; decorators do.
#[async_trait]
pub trait Store: Debug + Send + Sync {
    /// What it can do. Does not change during its life.
    fn capabilities(&self) -> Capabilities;

    /// Where it is, in words for a person. Holds no secret.
    fn location(&self) -> String;

    /// Writes an object.
    async fn put(&self, key: &Key, body: Body, mode: PutMode, cancel: &Cancel) -> Result<()>;

    /// Reads an object. [`ErrorKind::NotFound`] when it is not there.
    async fn get(&self, key: &Key, range: ByteRange, cancel: &Cancel) -> Result<ByteStream>;

    /// Reads `range` of an object into memory. [`ErrorKind::TooLarge`] when
    /// there are more than `limit` bytes, so that a damaged destination cannot
    /// fill the memory.
    async fn read(
        &self,
        key: &Key,
        range: ByteRange,
        limit: u64,
        cancel: &Cancel,
    ) -> Result<Bytes> {
        together(self.get(key, range, cancel).await?, key, range, limit).await
    }

    /// Looks an object up; `None` when it is not there.
    async fn stat(&self, key: &Key, cancel: &Cancel) -> Result<Option<Entry>>;

    /// Lists all objects below `prefix`, at any depth, in any order. A folder
    /// that is not there is empty.
    fn list<'a>(&'a self, prefix: &Prefix, cancel: &Cancel) -> EntryStream<'a>;

    /// Deletes objects; one result for each key, in their order.
    async fn delete(&self, keys: &[Key], cancel: &Cancel) -> Vec<Result<()>>;

    /// Gives an object another name, where [`Capabilities::rename`].
    async fn rename(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        let (_, _, _) = (to, overwrite, cancel);
        Err(Error::new(ErrorKind::Unsupported, "rename").at(from.as_str()))
    }

    /// Copies an object at the destination, where [`Capabilities::server_copy`].
    async fn copy(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        let (_, _, _) = (to, overwrite, cancel);
        Err(Error::new(ErrorKind::Unsupported, "copy").at(from.as_str()))
    }

    /// The room at the destination, where it tells.
    async fn capacity(&self, cancel: &Cancel) -> Result<Option<Capacity>> {
        let _ = cancel;
        Ok(None)
    }
}

/// How much room is made at once for an object whose length is not known.
const WHOLE: u64 = 20 << 20;

/// Puts the pieces of an object together, as [`Store::read`] has it.
///
/// # Errors
/// The first error of `pieces`; [`ErrorKind::TooLarge`].
pub async fn together(
    mut pieces: ByteStream,
    key: &Key,
    range: ByteRange,
    limit: u64,
) -> Result<Bytes> {
    let Some(first) = pieces.next().await.transpose()? else { return Ok(Bytes::new()) };
    let too_large = || Error::new(ErrorKind::TooLarge, "read").at(key.as_str());
    if first.len() as u64 > limit {
        return Err(too_large());
    }
    let Some(second) = pieces.next().await.transpose()? else { return Ok(first) };
    let length = match range {
        ByteRange::Exact { length, .. } => length.min(limit),
        // What an object says of its length may be wrong.
        ByteRange::Whole | ByteRange::Last(_) => limit.min(WHOLE),
    };
    let mut all = BytesMut::with_capacity(usize::try_from(length).unwrap_or(0));
    all.extend_from_slice(&first);
    drop(first);
    let mut next = Some(second);
    while let Some(piece) = next {
        if (all.len() + piece.len()) as u64 > limit {
            return Err(too_large());
        }
        all.extend_from_slice(&piece);
        next = pieces.next().await.transpose()?;
    }
    Ok(all.freeze())
}

/// What callers of every store use.
#[async_trait]
pub trait StoreExt: Store {
    /// The whole listing, or the first error of it.
    ///
    /// # Errors
    /// As [`Store::list`].
    async fn list_all(&self, prefix: &Prefix, cancel: &Cancel) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let mut listing = self.list(prefix, cancel);
        while let Some(entry) = listing.next().await {
            entries.push(entry?);
        }
        Ok(entries)
    }

    /// Deletes one object.
    ///
    /// # Errors
    /// As [`Store::delete`].
    async fn delete_one(&self, key: &Key, cancel: &Cancel) -> Result<()> {
        match self.delete(std::slice::from_ref(key), cancel).await.pop() {
            Some(result) => result,
            None => Err(Error::new(ErrorKind::Damaged, "delete").at(key.as_str())),
        }
    }
}

impl<S: Store + ?Sized> StoreExt for S {}
