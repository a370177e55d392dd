//! The decorator that carries a plan of faults out.

use super::{Effect, Fault, Operation};
use crate::{
    Body, ByteRange, ByteStream, Cancel, Capabilities, Capacity, Entry, EntryStream, Error,
    ErrorKind, Key, Overwrite, Prefix, PutMode, Result, Retry, Store, unless_cancelled,
};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A store in front of another one, with a plan of what goes wrong and a log
/// of what was asked.
#[derive(Debug)]
pub struct FaultStore<S> {
    inner: S,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The plan, with how often each line has matched.
    plan: Vec<(Fault, u64)>,
    log: Vec<(Operation, String)>,
    stored: u64,
}

impl<S> FaultStore<S> {
    /// `inner` without any fault yet.
    #[must_use]
    pub fn new(inner: S) -> Self {
        Self { inner, state: Mutex::default() }
    }

    /// The store behind it, free of faults.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// Replaces the plan. Counting, the room used and the log start afresh.
    /// Where several faults strike the same operation the first in the plan
    /// decides.
    pub fn plan(&self, faults: impl IntoIterator<Item = Fault>) {
        let plan = faults.into_iter().map(|fault| (fault, 0)).collect();
        *self.lock() = State { plan, ..State::default() };
    }

    /// Every operation since the plan was made, with its key, in the order in
    /// which they began; those that were made to fail included.
    #[must_use]
    pub fn operations(&self) -> Vec<(Operation, String)> {
        self.lock().log.clone()
    }

    /// How many operations of one kind there were since the plan was made.
    #[must_use]
    pub fn count(&self, operation: Operation) -> usize {
        self.lock().log.iter().filter(|(logged, _)| *logged == operation).count()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the operation down and looks up what is to happen to it.
    /// `length` is what a put would store.
    fn begin(&self, operation: Operation, key: &str, length: u64) -> Option<Effect> {
        let mut state = self.lock();
        state.log.push((operation, key.into()));
        let stored = state.stored;
        let mut effect = None;
        for (fault, count) in &mut state.plan {
            if !fault.matches(operation, key) {
                continue;
            }
            *count += 1;
            let strikes = match fault.effect {
                Effect::OutOfSpace { after } => stored.saturating_add(length) > after,
                _ => fault.when.strikes(*count),
            };
            if strikes && effect.is_none() {
                effect = Some(fault.effect.clone());
            }
        }
        // Refused bytes take no room, and neither do those of other faults.
        if effect.is_none() {
            state.stored = stored.saturating_add(length);
        }
        effect
    }
}

fn injected(kind: ErrorKind, operation: Operation, key: &str) -> Error {
    Error::new(kind, operation.name()).at(key).because("injected")
}

/// The first `limit` bytes of `bytes`, and nothing of what follows.
fn first_bytes(bytes: ByteStream, limit: u64) -> ByteStream {
    stream::unfold((bytes, limit), |(mut bytes, left)| async move {
        if left == 0 {
            return None;
        }
        let piece = match bytes.next().await? {
            Ok(piece) => piece,
            Err(error) => return Some((Err(error), (bytes, 0))),
        };
        let kept = piece.slice(..piece.len().min(usize::try_from(left).unwrap_or(usize::MAX)));
        let left = left - kept.len() as u64;
        Some((Ok(kept), (bytes, left)))
    })
    .boxed()
}

fn half(body: &Body) -> Body {
    let (whole, length) = (body.clone(), body.length() / 2);
    Body::replayable(length, move || first_bytes(whole.stream(), length))
}

fn then_fail<T: Send + 'static>(
    items: BoxStream<'_, Result<T>>,
    error: Error,
) -> BoxStream<'_, Result<T>> {
    items.chain(stream::once(async { Err(error) })).boxed()
}

impl<S: Store> FaultStore<S> {
    /// A change that takes no bytes: deletion, rename or copy.
    async fn change<F>(
        &self,
        operation: Operation,
        key: &Key,
        cancel: &Cancel,
        act: impl Fn() -> F + Send + Sync,
    ) -> Result<()>
    where
        F: Future<Output = Result<()>> + Send,
    {
        let name = key.as_str();
        match self.begin(operation, name, 0) {
            Some(Effect::Error(kind, retry)) => {
                Err(injected(kind, operation, name).retry_advice(retry))
            }
            Some(Effect::SuccessButError(kind)) => {
                act().await?;
                Err(injected(kind, operation, name))
            }
            Some(Effect::FalseSuccess) => Ok(()),
            Some(Effect::Duplicate) => {
                act().await?;
                act().await
            }
            Some(Effect::Delay(time)) => {
                unless_cancelled(cancel, operation.name(), tokio::time::sleep(time)).await?;
                act().await
            }
            _ => act().await,
        }
    }

    /// How many bytes `range` of an object has, so that half of it can be told.
    async fn range_length(&self, key: &Key, range: ByteRange, cancel: &Cancel) -> Result<u64> {
        let whole = self.inner.stat(key, cancel).await?.map_or(0, |entry| entry.length);
        Ok(match range {
            ByteRange::Whole => whole,
            ByteRange::Exact { length, .. } => length,
            ByteRange::Last(count) => count.min(whole),
        })
    }
}

#[async_trait]
impl<S: Store> Store for FaultStore<S> {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &Key, body: Body, mode: PutMode, cancel: &Cancel) -> Result<()> {
        let (inner, name) = (&self.inner, key.as_str());
        let fail = |kind| injected(kind, Operation::Put, name);
        match self.begin(Operation::Put, name, body.length()) {
            Some(Effect::Error(kind, retry)) => Err(fail(kind).retry_advice(retry)),
            Some(Effect::OutOfSpace { .. }) => {
                Err(fail(ErrorKind::OutOfSpace).retry_advice(Retry::Never))
            }
            Some(Effect::Truncate) => {
                inner.put(key, half(&body), mode, cancel).await?;
                Err(fail(ErrorKind::Unreachable))
            }
            Some(Effect::TruncateSilently) => inner.put(key, half(&body), mode, cancel).await,
            Some(Effect::SuccessButError(kind)) => {
                inner.put(key, body, mode, cancel).await?;
                Err(fail(kind))
            }
            Some(Effect::FalseSuccess) => Ok(()),
            Some(Effect::Duplicate) => {
                inner.put(key, body.clone(), mode, cancel).await?;
                inner.put(key, body, mode, cancel).await
            }
            Some(Effect::Delay(time)) => {
                unless_cancelled(cancel, "put", tokio::time::sleep(time)).await?;
                inner.put(key, body, mode, cancel).await
            }
            _ => inner.put(key, body, mode, cancel).await,
        }
    }

    async fn get(&self, key: &Key, range: ByteRange, cancel: &Cancel) -> Result<ByteStream> {
        let name = key.as_str();
        let effect = self.begin(Operation::Get, name, 0);
        match effect {
            Some(Effect::Error(kind, retry)) => {
                Err(injected(kind, Operation::Get, name).retry_advice(retry))
            }
            Some(Effect::FalseSuccess) => Err(injected(ErrorKind::NotFound, Operation::Get, name)),
            Some(Effect::Truncate | Effect::TruncateSilently) => {
                let length = self.range_length(key, range, cancel).await? / 2;
                let bytes = first_bytes(self.inner.get(key, range, cancel).await?, length);
                if effect == Some(Effect::TruncateSilently) {
                    return Ok(bytes);
                }
                let error = injected(ErrorKind::Unreachable, Operation::Get, name);
                Ok(then_fail::<Bytes>(bytes, error))
            }
            Some(Effect::Delay(time)) => {
                unless_cancelled(cancel, "get", tokio::time::sleep(time)).await?;
                self.inner.get(key, range, cancel).await
            }
            _ => self.inner.get(key, range, cancel).await,
        }
    }

    async fn stat(&self, key: &Key, cancel: &Cancel) -> Result<Option<Entry>> {
        let name = key.as_str();
        match self.begin(Operation::Stat, name, 0) {
            Some(Effect::Error(kind, retry)) => {
                Err(injected(kind, Operation::Stat, name).retry_advice(retry))
            }
            Some(Effect::FalseSuccess) => Ok(None),
            Some(Effect::Delay(time)) => {
                unless_cancelled(cancel, "stat", tokio::time::sleep(time)).await?;
                self.inner.stat(key, cancel).await
            }
            _ => self.inner.stat(key, cancel).await,
        }
    }

    fn list<'a>(&'a self, prefix: &Prefix, cancel: &Cancel) -> EntryStream<'a> {
        let name = prefix.as_folder().unwrap_or_default();
        let fail = |kind| injected(kind, Operation::List, name);
        let effect = self.begin(Operation::List, name, 0);
        match effect {
            Some(Effect::Error(kind, retry)) => {
                let error = fail(kind).retry_advice(retry);
                stream::once(async { Err(error) }).boxed()
            }
            Some(Effect::FalseSuccess) => stream::empty().boxed(),
            Some(Effect::Duplicate) => self
                .inner
                .list(prefix, cancel)
                .flat_map(|entry| match entry {
                    Ok(entry) => stream::iter(vec![Ok(entry.clone()), Ok(entry)]),
                    Err(error) => stream::iter(vec![Err(error)]),
                })
                .boxed(),
            Some(Effect::ShortList { after }) => {
                self.inner.list(prefix, cancel).take(after).boxed()
            }
            Some(Effect::TornList { after }) => then_fail(
                self.inner.list(prefix, cancel).take(after).boxed(),
                fail(ErrorKind::Unreachable),
            ),
            Some(Effect::Truncate | Effect::TruncateSilently) => {
                // Half of the listing is known only when all of it is.
                let listing = self.inner.list(prefix, cancel);
                let half = stream::once(listing.collect::<Vec<_>>()).flat_map(|mut all| {
                    all.truncate(all.len() / 2);
                    stream::iter(all)
                });
                if effect == Some(Effect::TruncateSilently) {
                    return half.boxed();
                }
                then_fail(half.boxed(), fail(ErrorKind::Unreachable))
            }
            Some(Effect::Delay(time)) => {
                let (prefix, cancel) = (prefix.clone(), cancel.clone());
                stream::once(async move {
                    match unless_cancelled(&cancel, "list", tokio::time::sleep(time)).await {
                        Ok(()) => self.inner.list(&prefix, &cancel),
                        Err(error) => stream::once(async { Err(error) }).boxed(),
                    }
                })
                .flatten()
                .boxed()
            }
            _ => self.inner.list(prefix, cancel),
        }
    }

    async fn delete(&self, keys: &[Key], cancel: &Cancel) -> Vec<Result<()>> {
        let mut results = Vec::with_capacity(keys.len());
        for key in keys {
            // One by one, so that each key can meet a fault of its own.
            let inner = &self.inner;
            let act = || async move {
                let mut results = inner.delete(std::slice::from_ref(key), cancel).await;
                results.pop().unwrap_or_else(|| Err(Error::new(ErrorKind::Damaged, "delete")))
            };
            results.push(self.change(Operation::Delete, key, cancel, act).await);
        }
        results
    }

    async fn rename(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        let act = || self.inner.rename(from, to, overwrite, cancel);
        self.change(Operation::Rename, from, cancel, act).await
    }

    async fn copy(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        let act = || self.inner.copy(from, to, overwrite, cancel);
        self.change(Operation::Copy, from, cancel, act).await
    }

    async fn capacity(&self, cancel: &Cancel) -> Result<Option<Capacity>> {
        self.inner.capacity(cancel).await
    }
}
