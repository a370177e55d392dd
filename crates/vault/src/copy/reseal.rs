//! Blobs opened with one key, verified, and sealed with another.
//!
//! They stay compressed as they are.

use super::{
    report::CopyError,
    walk::{Lost, as_loss},
    wanted::{missing, places},
};
use crate::{
    control::Worker,
    error::{Error, Result},
    index::Place,
    pack::PackedBlob,
    progress::Progress,
    prune::stretch::Stretch,
    repository::Repository,
    restore::is_loss,
};
use bytes::Bytes;
use std::sync::Arc;
use storage::Cancel;
use tokio::runtime::Handle;

/// Blobs that are ready to be packed.
#[derive(Debug, Default)]
pub(super) struct Resealed {
    /// In the order in which they stand in `bytes`; their offsets are those
    /// they had.
    pub(super) blobs: Vec<PackedBlob>,
    /// One after the other.
    pub(super) bytes: Vec<u8>,
    /// What could not be read.
    pub(super) lost: Lost,
}

/// Reads blobs of one repository and seals them for another.
#[derive(Clone)]
pub(super) struct Sealer {
    pub(super) from: Arc<Repository>,
    pub(super) to: Arc<Repository>,
    pub(super) progress: Arc<Progress>,
    pub(super) cancel: Cancel,
}

impl Sealer {
    /// Reads a stretch. A blob that is damaged there is read from wherever
    /// else it lies.
    ///
    /// # Errors
    /// When the repository cannot be read at all.
    pub(super) async fn read(&self, stretch: Stretch) -> Result<Resealed, CopyError> {
        let (mut resealed, doubtful) = match self.fetch(&stretch).await? {
            Ok(bytes) => self.seal(stretch, bytes, Vec::new()).await?,
            Err(_) => (Resealed::default(), stretch.blobs),
        };
        for blob in doubtful {
            resealed = self.rescue(blob, resealed).await?;
        }
        Ok(resealed)
    }

    /// Tries every copy of a blob, then gives it up.
    async fn rescue(
        &self,
        blob: PackedBlob,
        mut resealed: Resealed,
    ) -> Result<Resealed, CopyError> {
        let mut why = None;
        for place in places(&self.from, blob.kind, &blob.id) {
            let Some(stretch) = Stretch::all([place], u64::MAX, 0).pop() else { continue };
            let bytes = match self.fetch(&stretch).await? {
                Ok(bytes) => bytes,
                Err(error) => {
                    why.get_or_insert(as_loss(error, blob.kind, &blob.id));
                    continue;
                }
            };
            let target = std::mem::take(&mut resealed.bytes);
            let (one, doubtful) = self.seal(stretch, bytes, target).await?;
            resealed.bytes = one.bytes;
            if doubtful.is_empty() {
                resealed.blobs.extend(one.blobs);
                return Ok(resealed);
            }
            let reason = format!("blob {}: it is not what it should be", blob.id);
            why.get_or_insert_with(|| Error::damaged_id("pack", &place.pack, reason));
        }
        let why = why.unwrap_or_else(|| missing(blob.kind, &blob.id));
        resealed.lost.insert((blob.kind, blob.id), why);
        Ok(resealed)
    }

    /// The bytes of a stretch, or why they are lost.
    async fn fetch(&self, stretch: &Stretch) -> Result<Result<Bytes>, CopyError> {
        self.progress.control.go_on(&self.cancel).await.map_err(CopyError::of_source)?;
        match stretch.read(&self.from, &self.cancel).await {
            Err(error) if !is_loss(&error) => Err(CopyError::of_source(error)),
            read => Ok(read),
        }
    }

    /// Appends what is sound of a stretch to `target`; and what is not.
    async fn seal(
        &self,
        stretch: Stretch,
        bytes: Bytes,
        target: Vec<u8>,
    ) -> Result<(Resealed, Vec<PackedBlob>), CopyError> {
        let sealer = self.clone();
        let runtime = Handle::current();
        let sealing =
            tokio::task::spawn_blocking(move || sealer.seal_now(&stretch, &bytes, target, runtime));
        let sealed = sealing.await.map_err(|_| Error::Internal("blobs were not sealed"));
        sealed.map_err(CopyError::of_source)?.map_err(CopyError::of_source)
    }

    fn seal_now(
        &self,
        stretch: &Stretch,
        bytes: &Bytes,
        target: Vec<u8>,
        runtime: Handle,
    ) -> Result<(Resealed, Vec<PackedBlob>)> {
        let (master, random) = (self.to.master(), &*self.to.ambient().random);
        let mut worker = Worker::new(&self.progress.control, &self.cancel, runtime);
        let mut resealed = Resealed { bytes: target, ..Resealed::default() };
        let lengths = stretch.blobs.iter().map(|blob| blob.length as usize);
        resealed.bytes.reserve_exact(lengths.sum());
        let mut doubtful = Vec::new();
        self.from.openers().with(|opener| {
            for blob in &stretch.blobs {
                worker.go_on()?;
                let place = Place { pack: stretch.pack, blob: *blob };
                match opener.open_packed(&place, stretch.sealed(blob, bytes)) {
                    Ok(packed) => {
                        master.seal_into(random, packed, &mut resealed.bytes);
                        resealed.blobs.push(*blob);
                    }
                    Err(_) => doubtful.push(*blob),
                }
            }
            Ok((resealed, doubtful))
        })?
    }
}
