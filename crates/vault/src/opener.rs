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
    first: Opened,
    second: Opened,
}

/// A blob that was opened.
#[derive(Default)]
struct Opened {
    /// What it was when it was decrypted.
    decrypted: Vec<u8>,
    /// What it was when it was decompressed.
    decompressed: Vec<u8>,
    /// Unless it was stored as it is.
    is_compressed: bool,
}

impl Opened {
    fn plain(&self) -> &[u8] {
        if self.is_compressed { &self.decompressed } else { &self.decrypted }
    }
}

impl Opener {
    fn new(master: &MasterKey) -> Result<Self> {
        let decompressor = zstd::bulk::Decompressor::new()
            .map_err(|_| Error::Internal("zstd has no memory for a context"))?;
        let (first, second) = Default::default();
        Ok(Self { master: master.clone(), decompressor, first, second })
    }

    /// The contents of the blob at `place`, of which `sealed` are the bytes.
    ///
    /// # Errors
    /// [`Error::Damaged`] unless they are what the index and its id say.
    pub(crate) fn open(&mut self, place: &Place, sealed: &[u8]) -> Result<&[u8]> {
        self.verify(place, sealed, Id::of)?;
        Ok(self.first.plain())
    }

    /// The contents of two blobs, whose ids are found at the same time.
    pub(crate) fn open_two(&mut self, blobs: [(&Place, &[u8]); 2]) -> [Result<&[u8]>; 2] {
        let [(one, sealed), (other, sealed_too)] = blobs;
        let first = unseal(&self.master, &mut self.decompressor, &mut self.first, one, sealed);
        let second =
            unseal(&self.master, &mut self.decompressor, &mut self.second, other, sealed_too);
        let plain = [self.first.plain(), self.second.plain()];
        let [id, id_too] = match (&first, &second) {
            (Ok(()), Ok(())) => Id::of_two(plain),
            // One of them is not looked at.
            _ => plain.map(Id::of),
        };
        [
            first.and_then(|()| matches(one, id)).map(|()| plain[0]),
            second.and_then(|()| matches(other, id_too)).map(|()| plain[1]),
        ]
    }

    /// The same blob as it was sealed: still compressed, if it was. It is
    /// verified all the same.
    ///
    /// # Errors
    /// As [`Opener::open`].
    pub(crate) fn open_packed(&mut self, place: &Place, sealed: &[u8]) -> Result<&[u8]> {
        self.verify(place, sealed, Id::of)?;
        Ok(&self.first.decrypted)
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
        unseal(&self.master, &mut self.decompressor, &mut self.first, place, sealed)?;
        matches(place, id_of(self.first.plain()))
    }
}

/// Decrypts a blob, and decompresses it where that is called for.
fn unseal(
    master: &MasterKey,
    decompressor: &mut zstd::bulk::Decompressor<'static>,
    opened: &mut Opened,
    place: &Place,
    sealed: &[u8],
) -> Result<()> {
    let Opened { decrypted, decompressed, is_compressed } = opened;
    decrypted.shrink_to(KEPT);
    decompressed.shrink_to(KEPT);
    master
        .open_into(sealed, decrypted)
        .map_err(|_| damaged(place, "it was changed, or sealed with another key"))?;
    *is_compressed = place.blob.uncompressed_length.is_some();
    if let Some(length) = place.blob.uncompressed_length {
        let capacity = length.min(MAX_BLOB) as usize;
        decompressed.clear();
        decompressed.reserve_exact(capacity);
        // It takes the room there is, which may be that of a larger one.
        decompressor
            .decompress_to_buffer(decrypted, decompressed)
            .map_err(|_| damaged(place, "it cannot be decompressed"))?;
        if decompressed.len() != capacity {
            return Err(damaged(place, "it has another length than the index says"));
        }
    }
    Ok(())
}

fn matches(place: &Place, id: Id) -> Result<()> {
    if id == place.blob.id {
        Ok(())
    } else {
        Err(damaged(place, "its contents do not match its name"))
    }
}

fn damaged(place: &Place, reason: &str) -> Error {
    Error::damaged_id("pack", &place.pack, format!("blob {}: {reason}", place.blob.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{BlobKind, PackedBlob};
    use model::random::SeededRandom;

    fn sealed(master: &MasterKey, plain: &[u8], compress: bool) -> (Place, Vec<u8>) {
        let stored =
            if compress { zstd::bulk::compress(plain, 1).expect("memory") } else { plain.to_vec() };
        let mut sealed = Vec::new();
        master.seal_into(&SeededRandom::new(3), &stored, &mut sealed);
        let blob = PackedBlob {
            id: Id::of(plain),
            kind: BlobKind::Data,
            offset: 0,
            length: u32::try_from(sealed.len()).expect("short"),
            uncompressed_length: compress.then(|| u32::try_from(plain.len()).expect("short")),
        };
        (Place { pack: Id::of(b"pack"), blob }, sealed)
    }

    #[test]
    fn two_blobs_are_opened_as_each_by_itself() {
        let master = MasterKey::generate(&SeededRandom::new(1));
        let mut opener = Opener::new(&master).expect("memory");
        let texts = [vec![], vec![7; 100_000], (0..=255).cycle().take(70_001).collect::<Vec<u8>>()];
        for (one, other) in (0..3).flat_map(|one| (0..3).map(move |other| (one, other))) {
            for damage in 0..4 {
                let mut blobs = [
                    sealed(&master, &texts[one], one != 1),
                    sealed(&master, &texts[other], other == 1),
                ];
                // A changed byte, and another name.
                if damage & 1 == 1 {
                    blobs[0].1[20] ^= 1;
                }
                if damage & 2 == 2 {
                    blobs[1].0.blob.id = Id::of(b"another");
                }
                let each = blobs.each_ref().map(|(place, sealed)| {
                    let opened = opener.open(place, sealed);
                    opened.map(<[u8]>::to_vec).map_err(|error| error.to_string())
                });
                let [first, second] = &blobs;
                let both = opener.open_two([(&first.0, &first.1), (&second.0, &second.1)]);
                let both =
                    both.map(|one| one.map(<[u8]>::to_vec).map_err(|error| error.to_string()));
                assert_eq!(both, each);
                assert_eq!(both[0].is_ok(), damage & 1 == 0);
                assert_eq!(both[1].is_ok(), damage & 2 == 0);
            }
        }
    }
}
