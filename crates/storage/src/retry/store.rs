//! The decorator that tries again.

use super::{Policy, Tries};
use crate::{
    Body, ByteRange, ByteStream, Cancel, Capabilities, Capacity, Entry, EntryStream, Error,
    ErrorKind, Key, Overwrite, Prefix, PutMode, Result, Retry, Store, unless_cancelled,
};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use model::Random;
use std::{future::Future, sync::Arc};

/// A store in front of another one that does again what has failed for a
/// while. A part of an object that broke off goes on where it stopped, and a
/// write whose answer was lost is looked at before it is called a failure.
///
/// An object that is read as a whole is read again from its beginning, where
/// nothing of it was handed on: it may have been replaced meanwhile. Whoever
/// asks for a part knows which object it is.
#[derive(Debug)]
pub struct RetryStore {
    inner: Arc<dyn Store>,
    policy: Policy,
    random: Arc<dyn Random>,
}

impl RetryStore {
    /// `inner`, as patient as `policy`.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>, policy: Policy, random: Arc<dyn Random>) -> Self {
        Self { inner, policy, random }
    }

    fn tries(&self) -> Tries {
        Tries::new(self.policy, Arc::clone(&self.random))
    }

    /// Does `work` until it succeeds or it is no use. It is told whether it was
    /// tried before.
    async fn again<T, F>(
        &self,
        operation: &'static str,
        cancel: &Cancel,
        work: impl Fn(bool) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let mut tries = self.tries();
        loop {
            match work(tries.failures() > 0).await {
                Err(error) => wait(&mut tries, error, operation, cancel).await?,
                done => return done,
            }
        }
    }
}

/// Waits until it is time for the next try.
async fn wait(
    tries: &mut Tries,
    error: Error,
    operation: &'static str,
    cancel: &Cancel,
) -> Result<()> {
    match tries.wait(error.retry()) {
        Some(time) => unless_cancelled(cancel, operation, tokio::time::sleep(time)).await,
        None if matches!(error.retry(), Retry::Never) => Err(error),
        None => Err(error.retry_advice(Retry::Exhausted)),
    }
}

/// Whether the bytes of an object are those of `body`: after a write whose
/// answer was lost.
///
/// # Errors
/// When it cannot be read.
pub async fn is_there(store: &dyn Store, key: &Key, body: &Body, cancel: &Cancel) -> Result<bool> {
    let found = store.stat(key, cancel).await?;
    if found.is_none_or(|entry| entry.length != body.length()) {
        return Ok(false);
    }
    let mut stored = store.get(key, ByteRange::Whole, cancel).await?;
    let mut wanted = body.unpaced().stream();
    let (mut left, mut right) = (Bytes::new(), Bytes::new());
    loop {
        for (bytes, source) in [(&mut left, &mut stored), (&mut right, &mut wanted)] {
            while bytes.is_empty() {
                match source.next().await.transpose()? {
                    Some(piece) => *bytes = piece,
                    None => break,
                }
            }
        }
        let length = left.len().min(right.len());
        if length == 0 {
            return Ok(left.is_empty() && right.is_empty());
        }
        if left.split_to(length) != right.split_to(length) {
            return Ok(false);
        }
    }
}

#[async_trait]
impl Store for RetryStore {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &Key, body: Body, mode: PutMode, cancel: &Cancel) -> Result<()> {
        let put = |again: bool| {
            let body = body.clone();
            async move {
                match self.inner.put(key, body.clone(), mode, cancel).await {
                    // The answer to an earlier try may have been lost.
                    Err(error) if again && error.kind() == ErrorKind::AlreadyExists => {
                        match is_there(&*self.inner, key, &body, cancel).await? {
                            true => Ok(()),
                            false => Err(error),
                        }
                    }
                    result => result,
                }
            }
        };
        self.again("put", cancel, put).await
    }

    async fn get(&self, key: &Key, range: ByteRange, cancel: &Cancel) -> Result<ByteStream> {
        let open = |_| self.inner.get(key, range, cancel);
        let bytes = self.again("get", cancel, open).await?;
        Ok(Resumed {
            store: Arc::clone(&self.inner),
            key: key.clone(),
            range,
            cancel: cancel.clone(),
            tries: self.tries(),
            fresh: {
                let (policy, random) = (self.policy, Arc::clone(&self.random));
                Box::new(move || Tries::new(policy, Arc::clone(&random)))
            },
            seen: 0,
            bytes: Some(bytes),
        }
        .stream())
    }

    async fn read(
        &self,
        key: &Key,
        range: ByteRange,
        limit: u64,
        cancel: &Cancel,
    ) -> Result<Bytes> {
        self.again("get", cancel, |_| self.inner.read(key, range, limit, cancel)).await
    }

    async fn stat(&self, key: &Key, cancel: &Cancel) -> Result<Option<Entry>> {
        self.again("stat", cancel, |_| self.inner.stat(key, cancel)).await
    }

    /// Begins again only while nothing of the listing was handed on: what it
    /// would show the second time may be another selection.
    fn list<'a>(&'a self, prefix: &Prefix, cancel: &Cancel) -> EntryStream<'a> {
        let state = (self.inner.list(prefix, cancel), self.tries(), false);
        let (prefix, cancel) = (prefix.clone(), cancel.clone());
        stream::unfold(Some(state), move |state| {
            let (prefix, cancel) = (prefix.clone(), cancel.clone());
            async move {
                let (mut listing, mut tries, begun) = state?;
                loop {
                    match listing.next().await? {
                        Err(error) if !begun => {
                            if let Err(error) = wait(&mut tries, error, "list", &cancel).await {
                                return Some((Err(error), None));
                            }
                            listing = self.inner.list(&prefix, &cancel);
                        }
                        Err(error) => return Some((Err(error), None)),
                        entry => return Some((entry, Some((listing, tries, true)))),
                    }
                }
            }
        })
        .boxed()
    }

    async fn delete(&self, keys: &[Key], cancel: &Cancel) -> Vec<Result<()>> {
        let mut results = self.inner.delete(keys, cancel).await;
        let mut tries = self.tries();
        loop {
            let failed = |result: &Result<()>| {
                result
                    .as_ref()
                    .err()
                    .map(Error::retry)
                    .filter(|retry| matches!(retry, Retry::Soon | Retry::After(_)))
            };
            let again: Vec<usize> =
                (0..results.len()).filter(|at| failed(&results[*at]).is_some()).collect();
            let advice =
                again.iter().filter_map(|at| failed(&results[*at])).max_by_key(
                    |retry| match retry {
                        Retry::After(time) => time.as_millis(),
                        _ => 0,
                    },
                );
            let Some(time) = advice.and_then(|advice| tries.wait(advice)) else { return results };
            if unless_cancelled(cancel, "delete", tokio::time::sleep(time)).await.is_err() {
                for at in again {
                    results[at] = Err(Error::cancelled("delete").at(keys[at].as_str()));
                }
                return results;
            }
            let keys: Vec<Key> = again.iter().map(|at| keys[*at].clone()).collect();
            for (at, result) in again.iter().zip(self.inner.delete(&keys, cancel).await) {
                results[*at] = result;
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
        let rename = async |again: bool| {
            match self.inner.rename(from, to, overwrite, cancel).await {
                // Done the first time, and the answer was lost.
                Err(error) if again && error.kind() == ErrorKind::NotFound => {
                    match self.inner.stat(to, cancel).await? {
                        Some(_) => Ok(()),
                        None => Err(error),
                    }
                }
                result => result,
            }
        };
        let mut tries = self.tries();
        loop {
            match rename(tries.failures() > 0).await {
                Err(error) => wait(&mut tries, error, "rename", cancel).await?,
                done => return done,
            }
        }
    }

    async fn copy(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        self.again("copy", cancel, |_| self.inner.copy(from, to, overwrite, cancel)).await
    }

    async fn capacity(&self, cancel: &Cancel) -> Result<Option<Capacity>> {
        self.again("capacity", cancel, |_| self.inner.capacity(cancel)).await
    }
}

/// An object that is being read, and goes on where it broke off.
struct Resumed {
    store: Arc<dyn Store>,
    key: Key,
    range: ByteRange,
    cancel: Cancel,
    tries: Tries,
    fresh: Box<dyn Fn() -> Tries + Send>,
    seen: u64,
    bytes: Option<ByteStream>,
}

impl Resumed {
    fn stream(self) -> ByteStream {
        stream::unfold(Some(self), |state| async move {
            let mut state = state?;
            match state.next().await? {
                Ok(piece) => Some((Ok(piece), Some(state))),
                Err(error) => Some((Err(error), None)),
            }
        })
        .boxed()
    }

    async fn next(&mut self) -> Option<Result<Bytes>> {
        loop {
            let error = match self.pull().await {
                Some(Err(error)) => error,
                Some(Ok(piece)) => {
                    self.seen += piece.len() as u64;
                    // What moves is not what keeps failing.
                    if self.tries.failures() > 0 && !piece.is_empty() {
                        self.tries = (self.fresh)();
                    }
                    return Some(Ok(piece));
                }
                None => return None,
            };
            self.bytes = None;
            if let Err(error) = wait(&mut self.tries, error, "get", &self.cancel).await {
                return Some(Err(error));
            }
        }
    }

    async fn pull(&mut self) -> Option<Result<Bytes>> {
        if self.bytes.is_none() {
            let range = match self.rest() {
                Ok(range) => range,
                Err(error) => return Some(Err(error)),
            };
            match self.store.get(&self.key, range, &self.cancel).await {
                Ok(bytes) => self.bytes = Some(bytes),
                Err(error) => return Some(Err(error)),
            }
        }
        self.bytes.as_mut()?.next().await
    }

    /// What has not been read yet.
    fn rest(&self) -> Result<ByteRange> {
        if self.seen == 0 {
            return Ok(self.range);
        }
        // Of an object as a whole it is not known whether it is the same one.
        let ByteRange::Exact { offset, length } = self.range else {
            let error = Error::new(ErrorKind::Unreachable, "get").at(self.key.as_str());
            return Err(error.retry_advice(Retry::Exhausted));
        };
        let left = length.checked_sub(self.seen).ok_or_else(|| {
            Error::new(ErrorKind::Damaged, "get").at(self.key.as_str()).retry_advice(Retry::Never)
        })?;
        Ok(ByteRange::Exact { offset: offset + self.seen, length: left })
    }
}
