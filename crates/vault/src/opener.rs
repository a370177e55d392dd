//! Blobs as they lie in packs, opened, decompressed and verified.

use crate::{
    crypto::MasterKey,
    error::{Error, Result},
    format::Id,
    index::Place,
    pack::MAX_BLOB,
};
use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

/// Memory that is kept from one blob to the next, in bytes: the largest chunk,
/// and a little. One huge tree must not keep its memory.
const KEPT: usize = 9 << 20;

/// Lends openers, and takes back as many as there are processors to open with.
pub(crate) struct Openers {
    master: MasterKey,
    most: usize,
    idle: Mutex<Vec<Opener>>,
}

impl fmt::Debug for Openers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Openers").finish_non_exhaustive()
    }
}

impl Openers {
    pub(crate) fn new(master: &MasterKey, processors: usize) -> Self {
        Self { master: master.clone(), most: processors, idle: Mutex::default() }
    }

    /// Does `work` with an opener.
    ///
    /// # Errors
    /// When there is no memory for one.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Opener) -> T) -> Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut opener = match idle {
            Some(opener) => opener,
            None => Opener::new(&self.master)?,
        };
        let done = work(&mut opener);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.most {
            idle.push(opener);
        }
        Ok(done)
    }
}

/// Opens one blob after the other, in memory that is used again.
pub(crate) struct Opener {
    master: MasterKey,
    decompressor: zstd::bulk::Decompressor<'static>,
    /// What the last blob was when it was decrypted.
    decrypted: Vec<u8>,
    /// What it was when it was decompressed, unless it was stored as it is.
    decompressed: Vec<u8>,
}

impl Opener {
    fn new(master: &MasterKey) -> Result<Self> {
        let decompressor = zstd::bulk::Decompressor::new()
            .map_err(|_| Error::Internal("zstd has no memory for a context"))?;
        let (decrypted, decompressed) = (Vec::new(), Vec::new());
        Ok(Self { master: master.clone(), decompressor, decrypted, decompressed })
    }

    /// The contents of the blob at `place`, of which `sealed` are the bytes.
    ///
    /// # Errors
    /// [`Error::Damaged`] unless they are what the index and its id say.
    pub(crate) fn open(&mut self, place: &Place, sealed: &[u8]) -> Result<&[u8]> {
        self.verify(place, sealed, Id::of)?;
        Ok(match place.blob.uncompressed_length {
            None => &self.decrypted,
            Some(_) => &self.decompressed,
        })
    }

    /// The same blob as it was sealed: still compressed, if it was. It is
    /// verified all the same.
    ///
    /// # Errors
    /// As [`Opener::open`].
    pub(crate) fn open_packed(&mut self, place: &Place, sealed: &[u8]) -> Result<&[u8]> {
        self.verify(place, sealed, Id::of)?;
        Ok(&self.decrypted)
    }

    /// Whether a blob could be opened. `id_of` says the id of its contents.
    ///
    /// # Errors
    /// As [`Opener::open`].
    pub(crate) fn verify(
        &mut self,
        place: &Place,
        sealed: &[u8],
        id_of: impl FnOnce(&[u8]) -> Id,
    ) -> Result<()> {
        self.decrypted.shrink_to(KEPT);
        self.decompressed.shrink_to(KEPT);
        let blob = &place.blob;
        let damaged =
            |reason| Error::damaged_id("pack", &place.pack, format!("blob {}: {reason}", blob.id));
        self.master
            .open_into(sealed, &mut self.decrypted)
            .map_err(|_| damaged("it was changed, or sealed with another key"))?;
        let plain = match blob.uncompressed_length {
            None => &self.decrypted,
            Some(length) => {
                let capacity = length.min(MAX_BLOB) as usize;
                self.decompressed.clear();
                self.decompressed.reserve_exact(capacity);
                // It takes the room there is, which may be that of a larger one.
                self.decompressor
                    .decompress_to_buffer(&self.decrypted, &mut self.decompressed)
                    .map_err(|_| damaged("it cannot be decompressed"))?;
                if self.decompressed.len() != capacity {
                    return Err(damaged("it has another length than the index says"));
                }
                &self.decompressed
            }
        };
        if id_of(plain) != blob.id {
            return Err(damaged("its contents do not match its name"));
        }
        Ok(())
    }
}
