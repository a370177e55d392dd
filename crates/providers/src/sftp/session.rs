//! Many requests at once over one SFTP channel.
//!
//! Requests go out in the order in which they were asked, and nobody waits for
//! the answer to one before the next goes out. Once the connection is lost every
//! request that is under way fails with the same cause, and so does every later
//! one: a session never comes back to life.
//!
//! Invariants: the memory for bytes on their way out is bounded, whatever
//! number of objects is written; a handle that arrives after whoever asked for
//! it has gone is closed; a session is given up when the server has said
//! nothing at all for the time-out while something was asked of it, and never
//! because something takes long as a whole.
//!
//! Deliberately absent: reconnecting, which is for [`link`](super::link).

use super::{
    errors::{Fault, Lost},
    pending::Pending,
    transport::{self, Ends},
    wire::{self, Answer, Request},
};
use bytes::Bytes;
use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use storage::{Cancel, ErrorKind};
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    time::Instant,
};

/// How many bytes of files may wait to go out.
const WAITING: usize = 8 << 20;

/// A packet on its way out.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) head: Bytes,
    pub(super) tail: Vec<Bytes>,
    /// Room among the bytes that may wait.
    _room: Option<OwnedSemaphorePermit>,
}

/// Who waits for what.
#[derive(Debug)]
struct Waiting {
    requests: HashMap<u32, oneshot::Sender<Answer>>,
    /// When the server last gave a sign of life, or the first request went out
    /// that has no answer yet.
    since: Instant,
    closed: bool,
}

/// What the session shares with those who carry its packets.
#[derive(Debug)]
pub(super) struct Shared {
    waiting: Mutex<Waiting>,
    lost: OnceLock<Lost>,
    /// Fires when the connection is lost.
    pub(super) dead: Cancel,
    /// Fires when nobody needs the session any more.
    pub(super) unused: Cancel,
    /// Notified when everything that was asked has its answer.
    idle: Notify,
    timeout: Duration,
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server gave a sign of life.
    pub(super) fn heard(&self) {
        self.waiting().since = Instant::now();
    }

    /// Ends the session when the server has been silent for too long.
    pub(super) fn watch(&self) {
        let waiting = self.waiting();
        let silent = !waiting.requests.is_empty() && waiting.since.elapsed() >= self.timeout;
        drop(waiting);
        if silent {
            self.lose(&Lost::new(ErrorKind::TimedOut, "the server does not answer any more"));
        }
    }

    /// Ends the session; the first cause stays.
    pub(super) fn lose(&self, cause: &Lost) {
        let _ = self.lost.set(cause.clone());
        let mut waiting = self.waiting();
        waiting.closed = true;
        let requests = std::mem::take(&mut waiting.requests);
        drop(waiting);
        // Before anybody learns that no answer will come, so that whoever then
        // asks for a session does not get this one.
        self.dead.cancel();
        drop(requests);
    }

    /// Waits until everything that was asked has its answer.
    pub(super) async fn answered(&self) {
        while !self.waiting().requests.is_empty() {
            self.idle.notified().await;
        }
    }

    /// Why there is no connection any more.
    pub(super) fn cause(&self) -> Lost {
        let gone = || Lost::new(ErrorKind::Unreachable, "the connection was lost");
        self.lost.get().cloned().unwrap_or_else(gone)
    }

    /// Hands an answer to whoever waits for it; gives it back when nobody does.
    pub(super) fn deliver(&self, number: u32, answer: Answer) -> Option<Answer> {
        let mut waiting = self.waiting();
        waiting.since = Instant::now();
        let request = waiting.requests.remove(&number);
        if waiting.requests.is_empty() {
            self.idle.notify_one();
        }
        drop(waiting);
        match request {
            Some(request) => request.send(answer).err(),
            None => Some(answer),
        }
    }
}

/// A session of the file transfer protocol. Dropping the last one ends it, once
/// what was asked has gone out.
pub(super) struct Session {
    shared: Arc<Shared>,
    queue: mpsc::UnboundedSender<Outgoing>,
    room: Arc<Semaphore>,
    next: Arc<AtomicU32>,
    /// What the server can do.
    pub(super) extensions: Extensions,
    /// The longest read and write, in bytes.
    pub(super) longest: Longest,
}

/// The extensions of a server that matter here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extensions {
    pub(super) posix_rename: bool,
    pub(super) hardlink: bool,
    pub(super) fsync: bool,
    pub(super) statvfs: bool,
    pub(super) copy_data: bool,
    limits: bool,
}

/// How many bytes one request may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Longest {
    pub(super) read: u32,
    pub(super) write: u32,
}

impl Session {
    /// Begins a session over an open channel.
    ///
    /// # Errors
    /// What keeps the server from speaking the protocol.
    pub(super) async fn begin(ends: Ends, timeout: Duration) -> Result<Self, Lost> {
        let shared = Arc::new(Shared {
            waiting: Mutex::new(Waiting {
                requests: HashMap::new(),
                since: Instant::now(),
                closed: false,
            }),
            lost: OnceLock::new(),
            dead: Cancel::new(),
            unused: Cancel::new(),
            idle: Notify::new(),
            timeout,
        });
        let (queue, outgoing) = mpsc::unbounded_channel();
        let version =
            transport::start(ends, Arc::clone(&shared), &queue, outgoing, timeout).await?;
        let Some((3.., names)) = wire::version(version) else {
            return Err(Lost::new(ErrorKind::NotThisService, "no version 3 of SFTP"));
        };
        let has = |name: &str| names.iter().any(|known| known == name);
        let extensions = Extensions {
            posix_rename: has("posix-rename@openssh.com"),
            hardlink: has("hardlink@openssh.com"),
            fsync: has("fsync@openssh.com"),
            statvfs: has("statvfs@openssh.com"),
            copy_data: has("copy-data"),
            limits: has("limits@openssh.com"),
        };
        let mut session = Self {
            shared,
            queue,
            room: Arc::new(Semaphore::new(WAITING)),
            next: Arc::new(AtomicU32::new(1)),
            extensions,
            // What every server takes.
            longest: Longest { read: 32 << 10, write: 32 << 10 },
        };
        session.learn_limits().await;
        Ok(session)
    }

    /// Asks for the longest requests, where the server tells.
    async fn learn_limits(&mut self) {
        if !self.extensions.limits {
            return;
        }
        let Ok(reply) = self.ask(wire::limits()).await else { return };
        let Ok(reply) = reply.extended().await else { return };
        let Some((read, write)) = wire::limits_of(reply) else { return };
        // 0 means that there is none; more than this makes nothing faster.
        let bounded = |limit: u64| if limit == 0 { 256 << 10 } else { limit.clamp(1, 256 << 10) };
        self.longest = Longest { read: bounded(read) as u32, write: bounded(write) as u32 };
    }

    /// Whether something can still be asked of it.
    pub(super) fn is_alive(&self) -> bool {
        !self.shared.dead.is_cancelled()
    }

    /// Asks something. It has its place among the requests when this returns;
    /// the answer comes later.
    pub(super) async fn ask(&self, request: Request) -> Result<Pending, Fault> {
        let carries = request.carries().min(WAITING);
        let room = if carries == 0 {
            None
        } else {
            let room = Arc::clone(&self.room).acquire_many_owned(carries as u32);
            tokio::select! {
                biased;
                () = self.shared.dead.cancelled() => return Err(self.shared.cause().into()),
                room = room => room.ok(),
            }
        };
        self.send(request, room)
    }

    /// Asks something whose answer nobody waits for. What it needs of a session
    /// that is lost went with it.
    pub(super) fn tell(&self, request: Request) {
        drop(self.send(request, None));
    }

    fn send(&self, request: Request, room: Option<OwnedSemaphorePermit>) -> Result<Pending, Fault> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = oneshot::channel();
        {
            let mut waiting = self.shared.waiting();
            if waiting.closed {
                drop(waiting);
                return Err(self.shared.cause().into());
            }
            if waiting.requests.is_empty() {
                waiting.since = Instant::now();
            }
            waiting.requests.insert(number, sender);
        }
        let (head, tail) = request.numbered(number);
        if self.queue.send(Outgoing { head, tail, _room: room }).is_err() {
            self.shared.lose(&Lost::new(ErrorKind::Unreachable, "the connection was lost"));
        }
        Ok(Pending::new(receiver, &self.shared))
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("alive", &self.is_alive()).finish_non_exhaustive()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.shared.unused.cancel();
    }
}

/// A packet that closes a handle nobody asked for any more.
pub(super) fn farewell(handle: &[u8]) -> Outgoing {
    // Its answer is nobody's: no request has this number.
    let (head, tail) = wire::close(handle).numbered(0);
    Outgoing { head, tail, _room: None }
}
