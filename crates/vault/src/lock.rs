//! Locks, as restic writes and honours them.
//!
//! Everyone who works on a repository leaves a file in `locks/`. Many may work
//! at once as long as nobody is exclusive; whoever removes data is. A lock is
//! renewed every five minutes and counts for thirty. Source: restic's design
//! document, section "Locks".

use crate::{
    error::{Error, LockHolder, Result},
    format::{Id, null_is_zero},
    host::{self, Host},
    layout::{self, FileKind},
    repository::Repository,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use storage::{Cancel, StoreExt};

/// How often a lock is renewed.
const RENEW: Duration = Duration::from_secs(5 * 60);
/// How long a lock counts.
const LIFETIME: Duration = Duration::from_secs(30 * 60);
/// How long to wait before looking again for a lock that was written at the
/// same moment, where it may be listed late. Elsewhere whoever writes second
/// finds the first at once.
const SETTLE: Duration = Duration::from_millis(200);
/// How long the removal of a lock is waited for when the work was cancelled.
const PATIENCE: Duration = Duration::from_millis(500);

/// Locks of this process that it could not remove: its disk was pulled out. By
/// the next time it is there again, they would pass for those of a process that
/// lives. No two locks have the same id.
static LEFT: Mutex<BTreeSet<Id>> = Mutex::new(BTreeSet::new());

fn left() -> std::sync::MutexGuard<'static, BTreeSet<Id>> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether others may work on the repository meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockMode {
    /// Others may read and add.
    Shared,
    /// Nobody else may work.
    Exclusive,
}

/// The JSON of a lock file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockFile {
    /// When it was written or renewed, RFC 3339.
    pub time: String,
    /// Whether it is exclusive.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub exclusive: bool,
    /// The machine that holds it.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub hostname: String,
    /// The account there.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub username: String,
    /// The process there.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub pid: u64,
    /// The number of the account.
    #[serde(default, skip_serializing_if = "is_zero", deserialize_with = "null_is_zero")]
    pub uid: u32,
    /// The number of its group.
    #[serde(default, skip_serializing_if = "is_zero", deserialize_with = "null_is_zero")]
    pub gid: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl LockFile {
    /// Reads the JSON of a lock file. Never panics, whatever the bytes.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(json: &[u8]) -> Result<Self, &'static str> {
        let file: Self =
            serde_json::from_slice(json).map_err(|_| "it is not the JSON of a lock")?;
        file.moment().ok_or("it has no time")?;
        Ok(file)
    }

    fn new(mode: LockMode, host: &Host, clock: &dyn model::Clock) -> Self {
        Self {
            time: host::now(clock),
            exclusive: mode == LockMode::Exclusive,
            hostname: host.hostname.clone(),
            username: host.username.clone(),
            pid: host.pid.into(),
            uid: host.uid,
            gid: host.gid,
        }
    }

    fn moment(&self) -> Option<Timestamp> {
        self.time.parse().ok()
    }

    /// Whether its holder has been silent for so long that it must be gone.
    fn is_stale(&self, now: Timestamp) -> bool {
        self.moment().is_some_and(|moment| is_older(moment, now, LIFETIME))
    }

    /// Whether it was left behind by an earlier process of this account.
    fn is_own_leftover(&self, host: &Host) -> bool {
        self.hostname == host.hostname
            && self.username == host.username
            && self.pid != u64::from(host.pid)
            && !crate::platform::process_exists(self.pid)
    }

    fn holder(&self) -> LockHolder {
        LockHolder {
            hostname: self.hostname.clone(),
            username: self.username.clone(),
            pid: self.pid,
            since: self.time.clone(),
            exclusive: self.exclusive,
        }
    }
}

/// A lock that is held while work goes on.
#[derive(Debug)]
pub struct Held {
    current: Mutex<Id>,
    /// Cancelled with the caller's token, and when the lock is lost.
    pub cancel: Cancel,
}

impl Held {
    fn id(&self) -> Id {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn replace(&self, id: Id) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = id;
    }
}

impl Repository {
    /// Does `work` under a lock, which is renewed meanwhile and removed after.
    ///
    /// # Errors
    /// [`Error::Locked`] when another holder stands against it,
    /// [`Error::LockLost`] when it was lost, or the error of `work`.
    pub async fn locked<T, F>(
        &self,
        mode: LockMode,
        host: &Host,
        cancel: &Cancel,
        work: impl FnOnce(Arc<Held>) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let id = self.acquire(mode, host, cancel).await?;
        let held = Arc::new(Held { current: Mutex::new(id), cancel: cancel.child_token() });
        let done = Cancel::new();
        let working = async {
            let result = work(Arc::clone(&held)).await;
            done.cancel();
            result
        };
        let (result, kept) = tokio::join!(working, self.keep(mode, host, &held, &done, cancel));
        // The lock goes even when the work was cancelled.
        self.release(held.id(), cancel).await;
        match (result, kept) {
            (Err(Error::Cancelled), Err(lost)) if !cancel.is_cancelled() => Err(lost),
            (result, _) => result,
        }
    }

    /// Removes a lock of this process. One that cannot be removed now is removed
    /// by the next look at the locks, or runs out by itself. Goes on by itself
    /// when it is cancelled and the destination does not answer.
    async fn release(&self, id: Id, cancel: &Cancel) {
        left().insert(id);
        let store = self.shared_store();
        let removing = tokio::spawn(async move {
            let removed = store.delete_one(&FileKind::Lock.key(&id), &Cancel::new()).await;
            if removed.is_ok() {
                left().remove(&id);
            }
        });
        let given_up = async {
            cancel.cancelled().await;
            tokio::time::sleep(PATIENCE).await;
        };
        tokio::select! {
            biased;
            _ = removing => {}
            () = given_up => {}
        }
    }

    /// Removes a lock that nobody holds any more.
    async fn remove_lock(&self, id: &Id, cancel: &Cancel) -> Result<()> {
        self.store().delete_one(&FileKind::Lock.key(id), cancel).await?;
        left().remove(id);
        Ok(())
    }

    /// Fails when the lock is gone: to be asked before a result is made final.
    pub(crate) async fn still_held(&self, held: &Held) -> Result<()> {
        let key = FileKind::Lock.key(&held.id());
        match self.store().stat(&key, &held.cancel).await? {
            Some(_) => Ok(()),
            None => Err(Error::LockLost),
        }
    }

    /// Renews the lock until `done`. When it is lost, the work is cancelled.
    async fn keep(
        &self,
        mode: LockMode,
        host: &Host,
        held: &Held,
        done: &Cancel,
        cancel: &Cancel,
    ) -> Result<()> {
        let mut renewed = self.ambient().clock.now();
        loop {
            tokio::select! {
                () = done.cancelled() => return Ok(()),
                () = tokio::time::sleep(RENEW) => {}
            }
            let now = self.ambient().clock.now();
            match self.renew(mode, host, held, cancel).await {
                Ok(()) => renewed = now,
                Err(Error::Cancelled) => return Ok(()),
                // Out of reach for a while is no loss as long as the lock counts.
                Err(error) => {
                    let lost = matches!(error, Error::LockLost)
                        || is_older(renewed, now, LIFETIME - 2 * RENEW);
                    if lost {
                        held.cancel.cancel();
                        return Err(Error::LockLost);
                    }
                }
            }
        }
    }

    /// Removes the locks that nobody holds any more: those that ran out, those
    /// an earlier process of this account left behind, and those that are
    /// damaged. Returns how many.
    ///
    /// # Errors
    /// When the locks cannot be listed, read or removed.
    pub async fn remove_stale_locks(&self, host: &Host, cancel: &Cancel) -> Result<usize> {
        let now = self.ambient().clock.now();
        let mut removed = 0;
        for (id, _) in FileKind::Lock.list(self.store(), cancel).await? {
            let gone = match self.load_lock(&id, cancel).await {
                Ok(Some(file)) => {
                    left().contains(&id) || file.is_own_leftover(host) || file.is_stale(now)
                }
                Ok(None) => false,
                Err(Error::Damaged { .. }) => true,
                Err(error) => return Err(error),
            };
            if gone {
                self.remove_lock(&id, cancel).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Reads a lock; `None` when it was released, or replaced by its renewal,
    /// since it was listed.
    async fn load_lock(&self, id: &Id, cancel: &Cancel) -> Result<Option<LockFile>> {
        let loaded = layout::load(self.store(), self.master(), FileKind::Lock, id, cancel).await;
        let json = match loaded {
            Ok(json) => json,
            Err(Error::Missing(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let file = LockFile::parse(&json);
        file.map(Some).map_err(|reason| Error::damaged_id("lock", id, reason))
    }

    async fn acquire(&self, mode: LockMode, host: &Host, cancel: &Cancel) -> Result<Id> {
        self.refuse_conflict(mode, host, None, cancel).await?;
        let id = self.write_lock(mode, host, cancel).await?;
        let settled = async {
            if !self.store().capabilities().lists_at_once {
                tokio::select! {
                    () = tokio::time::sleep(SETTLE) => {}
                    () = cancel.cancelled() => return Err(Error::Cancelled),
                }
            }
            self.refuse_conflict(mode, host, Some(&id), cancel).await
        };
        if let Err(error) = settled.await {
            self.release(id, cancel).await;
            return Err(error);
        }
        Ok(id)
    }

    async fn write_lock(&self, mode: LockMode, host: &Host, cancel: &Cancel) -> Result<Id> {
        let file = LockFile::new(mode, host, &*self.ambient().clock);
        let json =
            serde_json::to_vec(&file).map_err(|_| Error::Internal("a lock is plain JSON"))?;
        self.save_file(FileKind::Lock, &json, cancel).await
    }

    /// Fails when a lock other than `own` stands against `mode`. What this
    /// account left behind, and exclusive locks that ran out, are removed: a
    /// holder that comes back from sleep looks for its lock before it goes on.
    async fn refuse_conflict(
        &self,
        mode: LockMode,
        host: &Host,
        own: Option<&Id>,
        cancel: &Cancel,
    ) -> Result<()> {
        let now = self.ambient().clock.now();
        for (id, _) in FileKind::Lock.list(self.store(), cancel).await? {
            if own == Some(&id) {
                continue;
            }
            let Some(file) = self.load_lock(&id, cancel).await? else { continue };
            let stands_against = mode == LockMode::Exclusive || file.exclusive;
            let gone = left().contains(&id)
                || file.is_own_leftover(host)
                || (stands_against && file.is_stale(now));
            if gone {
                self.remove_lock(&id, cancel).await?;
            } else if stands_against {
                return Err(Error::Locked(file.holder()));
            }
        }
        Ok(())
    }

    /// Writes a new lock, and goes on only if the old one still exists:
    /// whoever removed it took this process for gone.
    async fn renew(&self, mode: LockMode, host: &Host, held: &Held, cancel: &Cancel) -> Result<()> {
        let new = self.write_lock(mode, host, cancel).await?;
        let old = held.id();
        match self.store().stat(&FileKind::Lock.key(&old), cancel).await {
            Ok(Some(_)) => {}
            Ok(None) => {
                self.release(new, cancel).await;
                return Err(Error::LockLost);
            }
            Err(error) => {
                self.release(new, cancel).await;
                return Err(error.into());
            }
        }
        held.replace(new);
        self.release(old, cancel).await;
        Ok(())
    }
}

/// Whether more than `limit` lies between the two moments.
fn is_older(then: Timestamp, now: Timestamp, limit: Duration) -> bool {
    Duration::try_from(now.duration_since(then)).is_ok_and(|age| age > limit)
}
