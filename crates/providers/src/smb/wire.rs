//! Requests on one connection to one share.
//!
//! Invariants: a request that was begun is always sent, whoever gives up
//! waiting for it, because a message number that is taken and never sent stalls
//! the connection; so each has a task of its own. A file that was opened is
//! closed, whoever drops it.
//!
//! Deliberately absent: the library's own operations on files. They decide for
//! themselves when to ask again and under which name; a store has to know.

use super::{
    errors::Fault,
    messages::{Request, close, dispose, unpack},
};
use smb2::{
    CompoundOp, Frame,
    client::Connection,
    msg::create::{
        CreateDisposition, CreateRequest, CreateResponse, ImpersonationLevel, ShareAccess,
    },
    pack::Pack,
    types::{Command, CreditCharge, FileId, OplockLevel, TreeId, flags::FileAccessMask},
};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::{runtime::Handle as Runtime, sync::Semaphore};

/// How much one request reads or writes at most, in bytes.
pub(super) const CHUNK: u64 = 1 << 20;
/// How many bytes a credit stands for.
const CREDIT: u64 = 64 << 10;
/// So many chunks are on their way to the server at most, of all objects that
/// are being written.
const WRITES: usize = 16;

/// A share of a server, on one connection.
pub(super) struct Wire {
    pub(super) connection: Connection,
    pub(super) tree: TreeId,
    /// What stands before every path of a share that belongs to a namespace.
    pub(super) namespace: Option<String>,
    /// Whether the share as a whole can be written to by this account.
    pub(super) writable: bool,
    /// Taken for each chunk that is being written.
    pub(super) writes: Arc<Semaphore>,
    dead: AtomicBool,
    runtime: Runtime,
}

impl Wire {
    pub(super) fn new(
        connection: Connection,
        tree: TreeId,
        namespace: Option<String>,
        writable: bool,
    ) -> Arc<Self> {
        Arc::new(Self {
            connection,
            tree,
            namespace,
            writable,
            writes: Arc::new(Semaphore::new(WRITES)),
            dead: AtomicBool::new(false),
            runtime: Runtime::current(),
        })
    }

    /// Whether it is of no use any more.
    pub(super) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Acquire) || self.connection.is_disconnected()
    }

    /// Notes a failure, and whether it was the connection's or the share's end.
    fn note(&self, fault: Fault) -> Fault {
        if fault.ends_connection() {
            self.dead.store(true, Ordering::Release);
        }
        fault
    }

    /// How many bytes one read or write asks for: what the server takes, and
    /// half of the credits it ever grants.
    pub(super) fn chunk(&self, most: impl Fn(&smb2::NegotiatedParams) -> u32) -> u64 {
        let taken = self.connection.params().map_or(CREDIT, |params| u64::from(most(&params)));
        let granted = self
            .connection
            .credit_ceiling()
            .map_or(CHUNK, |credits| (u64::from(credits) / 2).max(1) * CREDIT);
        CHUNK.min(taken).min(granted).max(1)
    }

    /// Sends one request that moves `bytes` bytes, and waits for its answer,
    /// whatever that says.
    pub(super) async fn ask(
        self: &Arc<Self>,
        command: Command,
        body: impl Pack + 'static,
        bytes: u64,
    ) -> Result<Frame, Fault> {
        let wire = Arc::clone(self);
        let charge = charge(bytes);
        let asking = self.runtime.spawn(async move {
            let answer =
                wire.connection.execute_with_credits(command, &body, Some(wire.tree), charge);
            answer.await.map_err(|error| wire.note(Fault::from(error)))
        });
        asking.await.unwrap_or(Err(Fault::Stopped))
    }

    /// As [`ask`](Wire::ask); an answer that says no is an error.
    pub(super) async fn send(
        self: &Arc<Self>,
        command: Command,
        body: impl Pack + 'static,
        bytes: u64,
    ) -> Result<Frame, Fault> {
        self.granted(command, self.ask(command, body, bytes).await?)
    }

    /// Sends requests together, of which each works on the file of the one
    /// before it, and waits for all answers.
    pub(super) async fn chain(
        self: &Arc<Self>,
        requests: Vec<Request>,
    ) -> Result<Vec<Result<Frame, Fault>>, Fault> {
        let wire = Arc::clone(self);
        let asking = self.runtime.spawn(async move { wire.chained(requests).await });
        asking.await.unwrap_or(Err(Fault::Stopped))
    }

    async fn chained(&self, requests: Vec<Request>) -> Result<Vec<Result<Frame, Fault>>, Fault> {
        let tree = Some(self.tree);
        let operations: Vec<_> = requests
            .iter()
            .map(|(command, body)| CompoundOp::new(*command, &**body, tree))
            .collect();
        let answers = self.connection.execute_compound(&operations).await;
        let answers = answers.map_err(|error| self.note(Fault::from(error)))?;
        let granted = answers.into_iter().zip(&requests).map(|(answer, (command, _))| {
            let frame = answer.map_err(|error| self.note(Fault::from(error)))?;
            self.granted(*command, frame)
        });
        Ok(granted.collect())
    }

    pub(super) fn granted(&self, command: Command, frame: Frame) -> Result<Frame, Fault> {
        let status = frame.header.status;
        if status.is_success_or_partial() {
            Ok(frame)
        } else {
            Err(self.note(Fault::Refused(status, command)))
        }
    }

    /// Opens or makes a file or folder.
    pub(super) async fn open(self: &Arc<Self>, opening: Opening<'_>) -> Result<File, Fault> {
        self.open_and(opening, None).await.map(|(file, _)| file)
    }

    /// As [`open`](Wire::open), and sends another request together with it.
    pub(super) async fn open_and(
        self: &Arc<Self>,
        opening: Opening<'_>,
        next: Option<Request>,
    ) -> Result<(File, Option<Frame>), Fault> {
        let wire = Arc::clone(self);
        let mut requests: Vec<Request> = vec![(Command::Create, Box::new(self.create(&opening)))];
        requests.extend(next);
        let ending = opening.ending;
        // The file belongs to the task until somebody takes it: should nobody
        // wait for it any more, it is closed there.
        let opened = self.runtime.spawn(async move {
            let mut answers = wire.chained(requests).await?.into_iter();
            let made = answers.next().unwrap_or(Err(Fault::Stopped))?;
            let about: CreateResponse = unpack(&made)?;
            let file = File { wire, id: about.file_id, about, ending };
            Ok((file, answers.next().transpose()?))
        });
        opened.await.unwrap_or(Err(Fault::Stopped))
    }

    /// Opens something, does at most one thing with it, and closes it, in one
    /// round trip; the answer to that one thing.
    pub(super) async fn once(
        self: &Arc<Self>,
        opening: Opening<'_>,
        middle: Option<Request>,
    ) -> Result<(CreateResponse, Option<Frame>), Fault> {
        let wire = Arc::clone(self);
        let mut requests: Vec<Request> = vec![(Command::Create, Box::new(self.create(&opening)))];
        requests.extend(middle);
        requests.push(close(FileId::SENTINEL));
        let asking = self.runtime.spawn(async move {
            let mut answers = wire.chained(requests).await?;
            let closed = answers.pop().unwrap_or(Err(Fault::Stopped));
            let mut answers = answers.into_iter();
            let made = answers.next().unwrap_or(Err(Fault::Stopped))?;
            let about: CreateResponse = unpack(&made)?;
            let middle = answers.next().transpose();
            if let Err(fault) = closed {
                // Some servers end a chain at its first failure.
                drop(File { wire, id: about.file_id, about, ending: Ending::Close });
                return Err(middle.err().unwrap_or(fault));
            }
            Ok((about, middle?))
        });
        asking.await.unwrap_or(Err(Fault::Stopped))
    }

    fn create(&self, opening: &Opening<'_>) -> CreateRequest {
        let name = match (&self.namespace, opening.path) {
            (None, path) => path.to_owned(),
            (Some(namespace), "") => namespace.clone(),
            (Some(namespace), path) => format!("{namespace}\\{path}"),
        };
        CreateRequest {
            requested_oplock_level: OplockLevel::None,
            impersonation_level: ImpersonationLevel::Impersonation,
            desired_access: FileAccessMask::new(opening.access),
            file_attributes: 0,
            share_access: ShareAccess(
                ShareAccess::FILE_SHARE_READ
                    | ShareAccess::FILE_SHARE_WRITE
                    | ShareAccess::FILE_SHARE_DELETE,
            ),
            create_disposition: opening.disposition,
            create_options: opening.options,
            name,
            create_contexts: Vec::new(),
        }
    }
}

impl fmt::Debug for Wire {
    /// Not the connection, which knows the keys of the session.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("tree", &self.tree).finish_non_exhaustive()
    }
}

/// How a file or folder is opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening<'a> {
    /// Its path below the share, with backslashes.
    pub(super) path: &'a str,
    /// What will be done with it: bits of [`FileAccessMask`].
    pub(super) access: u32,
    /// Whether it must be there.
    pub(super) disposition: CreateDisposition,
    /// What it must be.
    pub(super) options: u32,
    /// What becomes of it when it is dropped.
    pub(super) ending: Ending,
}

impl<'a> Opening<'a> {
    /// It must be a folder.
    pub(super) const FOLDER: u32 = 0x01;
    /// It must not be a folder.
    pub(super) const FILE: u32 = 0x40;
    /// It is removed when it is closed.
    pub(super) const GOES: u32 = 0x1000;
    /// A link is opened itself.
    pub(super) const LINK: u32 = 0x0020_0000;

    /// Something that must be there.
    pub(super) fn there(path: &'a str, access: u32, options: u32) -> Self {
        let disposition = CreateDisposition::FileOpen;
        Self { path, access, disposition, options, ending: Ending::Close }
    }
}

/// What becomes of a file when it is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It is closed.
    Close,
    /// It is removed and closed.
    Remove,
    /// It was closed already.
    Nothing,
}

/// An open file or folder.
#[derive(Debug)]
pub(super) struct File {
    pub(super) wire: Arc<Wire>,
    pub(super) id: FileId,
    pub(super) about: CreateResponse,
    pub(super) ending: Ending,
}

impl File {
    /// Ends it now, as dropping it would later.
    pub(super) async fn end(mut self) -> Result<(), Fault> {
        let requests = ending(self.id, self.ending);
        self.ending = Ending::Nothing;
        if requests.is_empty() {
            return Ok(());
        }
        let answers = self.wire.chain(requests).await?;
        answers.into_iter().try_for_each(|answer| answer.map(drop))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let requests = ending(self.id, self.ending);
        if requests.is_empty() || self.wire.is_dead() {
            return;
        }
        let wire = Arc::clone(&self.wire);
        self.wire.runtime.spawn(async move {
            // What stays behind is invisible, and swept away later.
            let _ = wire.chained(requests).await;
        });
    }
}

fn ending(file: FileId, ending: Ending) -> Vec<Request> {
    match ending {
        Ending::Nothing => Vec::new(),
        Ending::Close => vec![close(file)],
        Ending::Remove => vec![dispose(file), close(FileId::SENTINEL)],
    }
}

/// What a request costs that moves `bytes` bytes.
fn charge(bytes: u64) -> CreditCharge {
    CreditCharge(u16::try_from(bytes.div_ceil(CREDIT)).unwrap_or(u16::MAX).max(1))
}
