//! The store of a share.

use super::{copy, list, place::Place, read, write};
use async_trait::async_trait;
use std::sync::Arc;
use storage::{
    Body, ByteRange, ByteStream, Cancel, Capabilities, Capacity, Entry, EntryStream, Key,
    Overwrite, Prefix, PutMode, Result, Store, unless_cancelled,
};

/// A folder of a share.
#[derive(Debug)]
pub(super) struct SmbStore {
    place: Arc<Place>,
}

impl SmbStore {
    pub(super) fn new(place: Place) -> Self {
        Self { place: Arc::new(place) }
    }
}

#[async_trait]
impl Store for SmbStore {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            atomic_create: true,
            atomic_replace: true,
            rename: true,
            server_copy: true,
            case_sensitive: false,
            durable: self.place.durable,
            lists_at_once: true,
            concurrency: self.place.settings.concurrency,
            pack_size: 16 << 20,
            delete_batch: 1000,
            ..Capabilities::minimal()
        }
    }

    fn location(&self) -> String {
        self.place.settings.location()
    }

    async fn put(&self, key: &Key, body: Body, mode: PutMode, cancel: &Cancel) -> Result<()> {
        let overwrite = match mode {
            PutMode::CreateNew => Overwrite::Refuse,
            PutMode::Replace => Overwrite::Allow,
        };
        write::put(&self.place, key, body, overwrite, cancel).await
    }

    async fn get(&self, key: &Key, range: ByteRange, cancel: &Cancel) -> Result<ByteStream> {
        read::get(&self.place, key, range, cancel).await
    }

    async fn stat(&self, key: &Key, cancel: &Cancel) -> Result<Option<Entry>> {
        let looking = async {
            let wire = self.place.wire("stat").await?;
            read::stat(&self.place, &wire, key, "stat").await
        };
        unless_cancelled(cancel, "stat", looking).await?
    }

    fn list<'a>(&'a self, prefix: &Prefix, cancel: &Cancel) -> EntryStream<'a> {
        list::list(&self.place, prefix, cancel)
    }

    async fn delete(&self, keys: &[Key], cancel: &Cancel) -> Vec<Result<()>> {
        copy::delete(&self.place, keys, cancel).await
    }

    async fn rename(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        copy::rename(&self.place, from, to, overwrite, cancel).await
    }

    async fn copy(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        copy::copy(&self.place, from, to, overwrite, cancel).await
    }

    async fn capacity(&self, cancel: &Cancel) -> Result<Option<Capacity>> {
        unless_cancelled(cancel, "capacity", self.place.capacity()).await?
    }
}
