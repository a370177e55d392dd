//! A folder of a store as a store of its own.

use crate::{
    Body, ByteRange, ByteStream, Cancel, Capabilities, Capacity, Entry, EntryStream, Error,
    ErrorKind, InvalidKey, Key, Overwrite, Prefix, PutMode, Result, Store,
};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::StreamExt;
use std::sync::Arc;

/// A folder of a store. What is outside of it has no name in it.
#[derive(Debug)]
pub struct WithinStore {
    inner: Arc<dyn Store>,
    folder: Key,
}

impl WithinStore {
    /// The folder `folder` of `inner`.
    ///
    /// # Errors
    /// When that is no name for a folder.
    pub fn new(inner: Arc<dyn Store>, folder: &str) -> Result<Self, InvalidKey> {
        Ok(Self { inner, folder: Key::new(folder)? })
    }

    fn outer(&self, key: &Key) -> Result<Key> {
        Key::new(format!("{}/{key}", self.folder))
            .map_err(|_| Error::new(ErrorKind::Other, "name").at(key.as_str()))
    }

    fn outer_prefix(&self, prefix: &Prefix) -> Result<Prefix> {
        let folder = match prefix.as_folder() {
            Some(below) => format!("{}/{below}", self.folder),
            None => self.folder.as_str().to_owned(),
        };
        Prefix::folder(folder).map_err(|_| Error::new(ErrorKind::Other, "name"))
    }
}

/// The name within `folder` of what has the name `key` outside.
fn inner(folder: &Key, key: &Key) -> Result<Key> {
    let within = key.as_str().strip_prefix(folder.as_str()).and_then(|key| key.strip_prefix('/'));
    within
        .and_then(|name| Key::new(name).ok())
        .ok_or_else(|| Error::new(ErrorKind::Damaged, "list").at(key.as_str()))
}

#[async_trait]
impl Store for WithinStore {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &Key, body: Body, mode: PutMode, cancel: &Cancel) -> Result<()> {
        self.inner.put(&self.outer(key)?, body, mode, cancel).await
    }

    async fn get(&self, key: &Key, range: ByteRange, cancel: &Cancel) -> Result<ByteStream> {
        self.inner.get(&self.outer(key)?, range, cancel).await
    }

    async fn read(
        &self,
        key: &Key,
        range: ByteRange,
        limit: u64,
        cancel: &Cancel,
    ) -> Result<Bytes> {
        self.inner.read(&self.outer(key)?, range, limit, cancel).await
    }

    async fn stat(&self, key: &Key, cancel: &Cancel) -> Result<Option<Entry>> {
        let found = self.inner.stat(&self.outer(key)?, cancel).await?;
        Ok(found.map(|entry| Entry { key: key.clone(), ..entry }))
    }

    fn list<'a>(&'a self, prefix: &Prefix, cancel: &Cancel) -> EntryStream<'a> {
        let prefix = match self.outer_prefix(prefix) {
            Ok(prefix) => prefix,
            Err(error) => return futures_util::stream::iter([Err(error)]).boxed(),
        };
        self.inner
            .list(&prefix, cancel)
            .map(|entry| {
                let entry = entry?;
                Ok(Entry { key: inner(&self.folder, &entry.key)?, ..entry })
            })
            .boxed()
    }

    async fn delete(&self, keys: &[Key], cancel: &Cancel) -> Vec<Result<()>> {
        let outer: Result<Vec<Key>> = keys.iter().map(|key| self.outer(key)).collect();
        match outer {
            Ok(outer) => self.inner.delete(&outer, cancel).await,
            Err(_) => {
                let wrong = || Error::new(ErrorKind::Other, "delete");
                keys.iter().map(|key| Err(wrong().at(key.as_str()))).collect()
            }
        }
    }

    async fn rename(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        self.inner.rename(&self.outer(from)?, &self.outer(to)?, overwrite, cancel).await
    }

    async fn copy(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        self.inner.copy(&self.outer(from)?, &self.outer(to)?, overwrite, cancel).await
    }

    async fn capacity(&self, cancel: &Cancel) -> Result<Option<Capacity>> {
        self.inner.capacity(cancel).await
    }
}
