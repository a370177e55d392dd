//! What the snapshots need: their folders, each read once, and the contents
//! that these name.
//!
//! All snapshots are walked at once, a level of folders after the other. The
//! folders of a level are read in the order in which they lie in their packs,
//! many with one request.

use super::{stretch::Stretch, table::Table};
use crate::{
    error::{Error, Result},
    format::Id,
    index::Place,
    opener::Opener,
    pack::BlobKind,
    progress::Progress,
    repository::Repository,
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use std::sync::Arc;
use storage::Cancel;

/// How many bytes of folders are read with one request, unless a single one
/// has more.
const STRETCH: u64 = 1 << 20;
/// How many bytes that nobody asked for are read to save a request.
const GAP: u64 = 32 << 10;

/// What a folder refers to. Everything else in it does not matter here; a
/// folder that a backup program could not read either is refused all the same.
#[derive(Deserialize)]
struct Folder {
    // Go writes null for a list that was never made; the key must be there.
    #[serde(deserialize_with = "Option::deserialize")]
    nodes: Option<Vec<Node>>,
}

#[derive(Deserialize)]
struct Node {
    #[serde(default)]
    content: Option<Vec<Id>>,
    #[serde(default)]
    subtree: Option<Id>,
}

/// Finds what the trees `roots` need, and notes it in `table`.
///
/// # Errors
/// When a folder, or the contents of a file, are missing or damaged.
pub(super) async fn find(
    repository: &Repository,
    table: &Arc<Table>,
    roots: impl IntoIterator<Item = Id>,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<()> {
    let mut level = Vec::new();
    for root in roots {
        need(table, BlobKind::Tree, &root, &mut level)?;
    }
    let width = repository.store().capabilities().concurrency.max(2);
    while !level.is_empty() {
        let readable = level.iter().map(|line| table.readable(*line as usize));
        let mut lines: Vec<usize> = readable.collect::<Result<_>>()?;
        lines.sort_unstable_by_key(|line| (table.lines[*line].pack, table.lines[*line].offset));
        progress.files_total.add(lines.len() as u64);
        level.clear();
        let mut reading = stream::iter(stretches(table, &lines))
            .map(|stretch| async move {
                progress.control.go_on(cancel).await?;
                let bytes = stretch.read(repository, cancel).await?;
                let (table, openers) = (Arc::clone(table), repository.openers());
                let found = stretch.blobs.len() as u64;
                let work = tokio::task::spawn_blocking(move || {
                    openers.with(|opener| open(&table, opener, &stretch, &bytes))?
                });
                let below = work.await.map_err(|_| Error::Internal("a folder was not read"))??;
                progress.files_done.add(found);
                Ok::<_, Error>(below)
            })
            .buffer_unordered(width);
        while let Some(below) = reading.try_next().await? {
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            level.extend(below);
        }
    }
    Ok(())
}

fn stretches(table: &Table, lines: &[usize]) -> Vec<Stretch> {
    Stretch::all(lines.iter().map(|line| table.place(*line)), STRETCH, GAP)
}

/// Opens the folders of a stretch, and returns those below that nobody has
/// met before.
fn open(table: &Table, opener: &mut Opener, stretch: &Stretch, bytes: &Bytes) -> Result<Vec<u32>> {
    let mut below = Vec::new();
    for blob in &stretch.blobs {
        let place = Place { pack: stretch.pack, blob: *blob };
        let plain = opener.open(&place, stretch.sealed(blob, bytes))?;
        let folder: Folder = serde_json::from_slice(plain)
            .map_err(|_| Error::damaged_id("tree", &blob.id, "it is not the JSON of a tree"))?;
        for node in folder.nodes.into_iter().flatten() {
            if let Some(subtree) = node.subtree {
                need(table, BlobKind::Tree, &subtree, &mut below)?;
            }
            for blob in node.content.iter().flatten() {
                let known = table.find(BlobKind::Data, blob);
                let line = known.ok_or_else(|| Error::Missing(format!("blob {blob}")))?;
                table.need(line);
            }
        }
    }
    Ok(below)
}

fn need(table: &Table, kind: BlobKind, id: &Id, new: &mut Vec<u32>) -> Result<()> {
    let line = table.find(kind, id).ok_or_else(|| Error::Missing(format!("tree {id}")))?;
    if table.need(line) {
        new.push(line);
    }
    Ok(())
}
