//! What is still whole in a pack that does not say what is in it.

use super::index::UnreadablePack;
use crate::{
    error::{Error, Result},
    format::Id,
    index::Place,
    layout::FileKind,
    pack::{PackWriter, PackedBlob},
    prune::{repack, rewrite::Rewrite},
    repository::Repository,
};
use storage::{ByteRange, Cancel};

/// Longer packs, in bytes, are none that anyone has made: they are not read, and
/// what is known of them is left alone.
pub(super) const LARGEST: u64 = 1 << 30;

/// The blobs of `known` that can be read and are what they are called, each as
/// it is sealed.
pub(super) async fn whole(
    repository: &Repository,
    pack: &Id,
    length: u64,
    known: &[PackedBlob],
    cancel: &Cancel,
) -> Result<Vec<(PackedBlob, Vec<u8>)>> {
    if known.is_empty() || length == 0 || length > LARGEST {
        return Ok(Vec::new());
    }
    let key = FileKind::Pack.key(pack);
    let bytes = repository.store().read(&key, ByteRange::Whole, length, cancel).await?;
    let (openers, pack, known) = (repository.openers(), *pack, known.to_vec());
    let opening = tokio::task::spawn_blocking(move || {
        let mut whole = Vec::new();
        for blob in known {
            let start = blob.offset as usize;
            let sealed = bytes.get(start..start.saturating_add(blob.length as usize));
            let Some(sealed) = sealed else { continue };
            let place = Place { pack, blob };
            if openers.with(|opener| opener.open(&place, sealed).is_ok())? {
                whole.push((blob, sealed.to_vec()));
            }
        }
        Ok(whole)
    });
    opening.await.map_err(|_| Error::Internal("blobs were not verified"))?
}

/// Copies them to a pack of their own, reads it back and adds it to the new
/// index; how many blobs.
///
/// # Errors
/// [`Error::PlanOutdated`] when others are whole than when it was planned: one
/// of the two reads was wrong.
pub(super) async fn copy(
    repository: &Repository,
    pack: &UnreadablePack,
    rewrite: &mut Rewrite<'_>,
    cancel: &Cancel,
) -> Result<usize> {
    let whole = whole(repository, &pack.id, pack.length, &pack.known, cancel).await?;
    if !whole.iter().map(|(blob, _)| blob).eq(&pack.whole) {
        return Err(Error::PlanOutdated);
    }
    let count = whole.len();
    // Data and trees are never in one pack.
    let (trees, data): (Vec<_>, Vec<_>) =
        whole.into_iter().partition(|(blob, _)| blob.kind == crate::pack::BlobKind::Tree);
    for some in [data, trees] {
        let mut writer = PackWriter::default();
        for (blob, sealed) in &some {
            writer.add(blob.kind, blob.id, sealed, blob.uncompressed_length)?;
        }
        if writer.len() > 0 {
            let (pack, _) = repack::store(repository, writer, cancel).await?;
            rewrite.add_pack(pack.id, pack.blobs).await?;
        }
    }
    Ok(count)
}
