//! Restoring without a part of the index.
//!
//! A lost or damaged index file makes blobs seem to be missing that are all
//! there. Every pack lists its own blobs, so a restore asks the packs that no
//! sound index file names. Nothing is written: repairing is another matter.

use super::{is_loss, is_lost_object};
use crate::{
    crypto::OVERHEAD,
    error::Result,
    format::Id,
    index::Index,
    layout::FileKind,
    pack::{BlobKind, MAX_HEADER, PackedBlob, parse_header},
    repository::Repository,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::HashSet;
use storage::{ByteRange, Cancel};

/// How much is read of the end of a pack, in bytes: more than most headers
/// have.
const TAIL: u64 = 16 << 10;

impl Repository {
    /// Makes sure that the index is as young as the tree `root`. When index
    /// files are damaged or `root` is unknown, the packs are asked; returns
    /// whether they were.
    pub(crate) async fn know_blobs_of(&self, root: &Id, cancel: &Cancel) -> Result<bool> {
        let known = || self.with_index(|index| index.contains(BlobKind::Tree, root));
        if known() {
            return Ok(false);
        }
        match self.load_index(cancel).await {
            Ok(()) if known() => return Ok(false),
            Ok(()) => {}
            Err(error) if is_loss(&error) => {}
            Err(error) => return Err(error),
        }
        self.salvage_index(cancel).await?;
        Ok(true)
    }

    /// Puts the index together from every index file that is sound, and from
    /// the packs that none of them names.
    pub(super) async fn salvage_index(&self, cancel: &Cancel) -> Result<()> {
        let width = self.store().capabilities().concurrency.max(1);
        let mut index = Index::default();
        let mut named = HashSet::new();
        let files = FileKind::Index.list(self.store(), cancel).await?;
        let mut loading = stream::iter(files)
            .map(|(id, _)| async move { self.load_index_file(&id, cancel).await })
            .buffered(width);
        while let Some(file) = loading.next().await {
            match file {
                Ok(file) => {
                    for (pack, blobs) in file.packs {
                        index.add_pack(pack, &blobs)?;
                        named.insert(pack);
                    }
                }
                Err(error) if is_loss(&error) => {}
                Err(error) => return Err(error),
            }
        }
        drop(loading);
        let mut packs = FileKind::Pack.list(self.store(), cancel).await?;
        packs.retain(|(pack, _)| !named.contains(pack));
        let mut asking = stream::iter(packs)
            .map(|(pack, length)| async move {
                Ok::<_, crate::Error>((pack, self.ask_pack(&pack, length, cancel).await?))
            })
            .buffer_unordered(width);
        while let Some((pack, blobs)) = asking.try_next().await? {
            index.add_pack(pack, &blobs)?;
        }
        drop(asking);
        self.with_index_mut(|current| *current = index);
        Ok(())
    }

    /// The blobs a pack says it holds; none when it cannot tell.
    async fn ask_pack(&self, pack: &Id, length: u64, cancel: &Cancel) -> Result<Vec<PackedBlob>> {
        let Some(tail) = self.pack_tail(pack, TAIL.min(length), cancel).await? else {
            return Ok(Vec::new());
        };
        let Some((rest, header)) = tail.split_last_chunk::<4>() else { return Ok(Vec::new()) };
        let header = u32::from_le_bytes(*header);
        let wanted = u64::from(header) + 4;
        if !(OVERHEAD as u32..=MAX_HEADER).contains(&header) || wanted > length {
            return Ok(Vec::new());
        }
        let mut sealed = match rest.len().checked_sub(header as usize) {
            Some(start) => rest[start..].to_vec(),
            None => match self.pack_tail(pack, wanted, cancel).await? {
                Some(tail) if tail.len() as u64 == wanted => tail[..header as usize].to_vec(),
                _ => return Ok(Vec::new()),
            },
        };
        let opened = self.master().open_in_place(&mut sealed);
        Ok(opened.ok().and_then(|header| parse_header(header).ok()).unwrap_or_default())
    }

    async fn pack_tail(&self, pack: &Id, length: u64, cancel: &Cancel) -> Result<Option<Vec<u8>>> {
        let key = FileKind::Pack.key(pack);
        match self.store().read(&key, ByteRange::Last(length), length, cancel).await {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if is_lost_object(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
