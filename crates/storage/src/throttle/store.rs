//! The decorator that paces what passes through it.

use super::{Limiter, Limits, limiter::paced};
use crate::{
    Body, ByteRange, ByteStream, Cancel, Capabilities, Capacity, Entry, EntryStream, Key,
    Overwrite, Prefix, PutMode, Result, Store, together,
};
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;

/// A store in front of another one that keeps to [`Limits`].
#[derive(Debug)]
pub struct ThrottledStore {
    inner: Arc<dyn Store>,
    limits: Arc<Limits>,
}

impl ThrottledStore {
    /// `inner`, within `limits`. Several stores may share them.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>, limits: Arc<Limits>) -> Self {
        Self { inner, limits }
    }
}

/// One direction of limits that are shared.
struct Upload(Arc<Limits>);
struct Download(Arc<Limits>);

impl AsRef<Limiter> for Upload {
    fn as_ref(&self) -> &Limiter {
        &self.0.upload
    }
}

impl AsRef<Limiter> for Download {
    fn as_ref(&self) -> &Limiter {
        &self.0.download
    }
}

#[async_trait]
impl Store for ThrottledStore {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &Key, body: Body, mode: PutMode, cancel: &Cancel) -> Result<()> {
        let at_once = self.limits.upload.get().is_none();
        let (limits, token) = (Arc::new(Upload(Arc::clone(&self.limits))), cancel.clone());
        let pace = move |bytes| paced(bytes, Arc::clone(&limits), token.clone(), "put", true);
        self.inner.put(key, body.paced(at_once, pace), mode, cancel).await
    }

    async fn get(&self, key: &Key, range: ByteRange, cancel: &Cancel) -> Result<ByteStream> {
        let bytes = self.inner.get(key, range, cancel).await?;
        let limits = Arc::new(Download(Arc::clone(&self.limits)));
        Ok(paced(bytes, limits, cancel.clone(), "get", false))
    }

    async fn read(
        &self,
        key: &Key,
        range: ByteRange,
        limit: u64,
        cancel: &Cancel,
    ) -> Result<Bytes> {
        if self.limits.download.get().is_none() {
            return self.inner.read(key, range, limit, cancel).await;
        }
        together(self.get(key, range, cancel).await?, key, range, limit).await
    }

    async fn stat(&self, key: &Key, cancel: &Cancel) -> Result<Option<Entry>> {
        self.inner.stat(key, cancel).await
    }

    fn list<'a>(&'a self, prefix: &Prefix, cancel: &Cancel) -> EntryStream<'a> {
        self.inner.list(prefix, cancel)
    }

    async fn delete(&self, keys: &[Key], cancel: &Cancel) -> Vec<Result<()>> {
        self.inner.delete(keys, cancel).await
    }

    async fn rename(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        self.inner.rename(from, to, overwrite, cancel).await
    }

    async fn copy(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        self.inner.copy(from, to, overwrite, cancel).await
    }

    async fn capacity(&self, cancel: &Cancel) -> Result<Option<Capacity>> {
        self.inner.capacity(cancel).await
    }
}
