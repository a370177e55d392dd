//! Writing an object so that it is there whole or not at all.
//!
//! What survives a crash: until [`Unfinished::publish`] a file exists only under
//! a temporary name that no listing shows. Where the server can, its bytes are
//! on the disk before it is given its own name, and the name is on the disk
//! before success is reported.
//!
//! A write that is cancelled while it is published waits for the server's
//! answer, because what was asked cannot be taken back, but no longer than the
//! contract allows. After that it is unknown whether the object is there.

use super::{
    errors::{Fault, damaged},
    name::{Named, Naming, NotNamed},
    pending::{Handle, Pending},
    place::{Place, ensure_free, temp_name},
    session::Session,
    sweep::sweep,
    wire::{self, flags},
};
use bytes::Bytes;
use futures_util::StreamExt;
use std::{collections::VecDeque, sync::Arc, time::Duration};
use storage::{ByteStream, Cancel, Error, ErrorKind, Key, Overwrite, Result};

/// How many bytes of one object are on their way without an answer.
const ON_THE_WAY: usize = 4 << 20;
/// So many pieces of a body go out in one request at most.
const PIECES: usize = 512;
/// After so many bytes the server puts them on its disk, so that it does not
/// fall silent for long at the end.
const SYNCED: u64 = 64 << 20;
/// How long a cancelled write waits for the answer of what was asked last.
const LAST_WORD: Duration = Duration::from_millis(800);

/// A file under a temporary name, removed when dropped.
#[derive(Debug)]
pub(super) struct Temp {
    place: Arc<Place>,
    session: Arc<Session>,
    path: String,
    /// Whether it has to be removed.
    there: bool,
}

impl Drop for Temp {
    fn drop(&mut self) {
        if !self.there {
        } else if self.session.is_alive() {
            self.session.tell(wire::remove(&self.path));
        } else {
            self.place.remember(std::mem::take(&mut self.path));
        }
    }
}

/// An object that is being written. What is declared first is dropped first:
/// the file is closed before it is removed.
#[derive(Debug)]
pub(super) struct Unfinished {
    operation: &'static str,
    key: Key,
    handle: Option<Handle>,
    /// The folder, where it can be put on the disk.
    folder: Option<Handle>,
    temp: Temp,
    /// Writes without an answer yet, and their lengths.
    on_the_way: VecDeque<(Pending, usize)>,
    unanswered: usize,
    written: u64,
    synced: u64,
    length: u64,
}

impl Unfinished {
    /// Starts an object of `length` bytes.
    pub(super) async fn begin(
        place: &Arc<Place>,
        operation: &'static str,
        key: &Key,
        length: u64,
        overwrite: Overwrite,
    ) -> Result<Self> {
        ensure_free(key.as_str(), operation)?;
        let session = place.session(operation).await?;
        let (folder, _) = key.split();
        place.make_folder(&session, folder, operation).await?;
        if place.is_unswept(folder) {
            tokio::spawn(sweep(Arc::clone(place), Arc::clone(&session), folder.map(Into::into)));
        }
        match Self::open(place, &session, operation, key, length, overwrite).await {
            // The folder was there once.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                place.forget();
                place.make_folder(&session, folder, operation).await?;
                Self::open(place, &session, operation, key, length, overwrite).await
            }
            opened => opened,
        }
    }

    async fn open(
        place: &Arc<Place>,
        session: &Arc<Session>,
        operation: &'static str,
        key: &Key,
        length: u64,
        overwrite: Overwrite,
    ) -> Result<Self> {
        let fail = |fault: Fault| fault.into_error(operation, key.as_str());
        let (folder, _) = key.split();
        let name = temp_name(&place.context);
        let path = place.path(Some(&folder.map_or(name.clone(), |path| format!("{path}/{name}"))));
        let target = wire::lstat(&place.path(Some(key.as_str())));
        let opening = wire::open(&path, flags::WRITE | flags::CREATE | flags::EXCLUSIVE);
        let looking = match overwrite {
            Overwrite::Refuse => Some(session.ask(target).await.map_err(fail)?),
            Overwrite::Allow => None,
        };
        let (place, session) = (Arc::clone(place), Arc::clone(session));
        let opens_folder = place.opens_folder(folder);
        // From here on it may be there.
        let mut temp = Temp { place, session: Arc::clone(&session), path, there: true };
        let opening = session.ask(opening).await.map_err(fail)?;
        let opening_folder = match opens_folder {
            Some(request) => Some(session.ask(request).await.map_err(fail)?),
            None => None,
        };
        let handle = match opening.handle().await {
            Ok(raw) => Handle::new(&session, raw),
            Err(fault) => {
                temp.there = matches!(fault, Fault::Lost(_));
                return Err(temp.place.explain(&session, fault, operation, key.as_str(), 0).await);
            }
        };
        let folder = match opening_folder {
            Some(opening) => Some(Handle::new(&session, opening.handle().await.map_err(fail)?)),
            None => None,
        };
        // Spares the bytes of an object that will be refused; what decides is
        // the moment of publishing.
        if let Some(looking) = looking {
            match looking.attributes().await {
                Ok(_) => {
                    return Err(Error::new(ErrorKind::AlreadyExists, operation).at(key.as_str()));
                }
                Err(fault) if fault.is_missing() => {}
                Err(fault) => return Err(fail(fault)),
            }
        }
        Ok(Self {
            operation,
            key: key.clone(),
            handle: Some(handle),
            folder,
            temp,
            on_the_way: VecDeque::new(),
            unanswered: 0,
            written: 0,
            synced: 0,
            length,
        })
    }

    pub(super) fn session(&self) -> &Arc<Session> {
        &self.temp.session
    }

    async fn fail(&self, fault: Fault) -> Error {
        let (place, left) = (&self.temp.place, self.length);
        place.explain(self.session(), fault, self.operation, self.key.as_str(), left).await
    }

    /// Appends all of `body`. An error of it comes back as it is.
    pub(super) async fn write(&mut self, mut body: ByteStream) -> Result<()> {
        let most = self.session().longest.write as usize;
        let mut pieces: Vec<Bytes> = Vec::new();
        let mut gathered = 0;
        while let Some(piece) = body.next().await {
            let mut piece = piece?;
            while !piece.is_empty() {
                let part = piece.split_to(piece.len().min(most - gathered));
                gathered += part.len();
                pieces.push(part);
                if gathered == most || pieces.len() == PIECES {
                    self.send(std::mem::take(&mut pieces), gathered).await?;
                    gathered = 0;
                }
            }
        }
        if gathered > 0 {
            self.send(pieces, gathered).await?;
        }
        Ok(())
    }

    async fn send(&mut self, pieces: Vec<Bytes>, length: usize) -> Result<()> {
        while self.unanswered > 0 && self.unanswered + length > ON_THE_WAY {
            self.answered().await?;
        }
        let Some(handle) = &self.handle else { return Err(self.fail(Fault::Odd).await) };
        let request = wire::write(handle.raw(), self.written, pieces);
        match self.session().ask(request).await {
            Ok(pending) => self.on_the_way.push_back((pending, length)),
            Err(fault) => return Err(self.fail(fault).await),
        }
        self.unanswered += length;
        self.written += length as u64;
        if self.temp.place.abilities.durable && self.written - self.synced >= SYNCED {
            self.sync().await?;
        }
        Ok(())
    }

    /// Waits for the answer to the oldest write.
    async fn answered(&mut self) -> Result<()> {
        let Some((pending, length)) = self.on_the_way.pop_front() else { return Ok(()) };
        self.unanswered -= length;
        match pending.done().await {
            Ok(()) => Ok(()),
            Err(fault) => Err(self.fail(fault).await),
        }
    }

    /// Has the server put on its disk what was written so far.
    async fn sync(&mut self) -> Result<()> {
        let Some(handle) = &self.handle else { return Ok(()) };
        match self.session().ask(wire::fsync(handle.raw())).await {
            Ok(pending) => self.on_the_way.push_back((pending, 0)),
            Err(fault) => return Err(self.fail(fault).await),
        }
        self.synced = self.written;
        Ok(())
    }

    /// Appends a part of another file at the server.
    pub(super) async fn copy(&mut self, from: &Handle, part: u64) -> Result<()> {
        let Some(handle) = &self.handle else { return Err(self.fail(Fault::Odd).await) };
        let request = wire::copy_data(from.raw(), handle.raw(), self.written, part);
        let copied = match self.session().ask(request).await {
            Ok(pending) => pending.done().await,
            Err(fault) => Err(fault),
        };
        match copied {
            Ok(()) => self.written += part,
            Err(fault) => return Err(self.fail(fault).await),
        }
        Ok(())
    }

    /// Gives the object its name, once all its bytes are at the server.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] when the name must be free and is not.
    pub(super) async fn publish(mut self, overwrite: Overwrite, cancel: &Cancel) -> Result<()> {
        storage::unless_cancelled(cancel, self.operation, self.complete()).await??;
        let operation = self.operation;
        // Nothing was asked yet that could not be undone.
        if cancel.is_cancelled() {
            return Err(Error::cancelled(operation));
        }
        let last_word = async {
            cancel.cancelled().await;
            tokio::time::sleep(LAST_WORD).await;
        };
        tokio::select! {
            biased;
            named = self.name(overwrite) => named,
            () = last_word => Err(Error::cancelled(operation)),
        }
    }

    /// Sees that the server has every byte, and has it on its disk.
    async fn complete(&mut self) -> Result<()> {
        if self.temp.place.abilities.durable {
            self.sync().await?;
        }
        let Some(handle) = self.handle.take() else { return Err(self.fail(Fault::Odd).await) };
        let looking = match self.session().ask(wire::fstat(handle.raw())).await {
            Ok(pending) => pending,
            Err(fault) => return Err(self.fail(fault).await),
        };
        let closing = match handle.close().await {
            Ok(pending) => pending,
            Err(fault) => return Err(self.fail(fault).await),
        };
        while !self.on_the_way.is_empty() {
            self.answered().await?;
        }
        let stored = match looking.attributes().await {
            Ok(found) => found.length.unwrap_or(self.written),
            Err(fault) => return Err(self.fail(fault).await),
        };
        if let Err(fault) = closing.done().await {
            return Err(self.fail(fault).await);
        }
        // Both counts come from the same bytes, unless something is wrong here
        // or at the server; then the object must not appear.
        if self.written != self.length || stored != self.length {
            let why = "the file has another length than the object";
            return Err(damaged(self.operation, self.key.as_str(), why));
        }
        Ok(())
    }

    async fn name(&mut self, overwrite: Overwrite) -> Result<()> {
        let place = Arc::clone(&self.temp.place);
        let (from, to) = (self.temp.path.clone(), place.path(Some(self.key.as_str())));
        let naming = Naming { place: &place, session: self.session(), from: &from, to: &to };
        // The server works through what one session asks in its order, so the
        // folder goes to the disk after it has the name.
        let named = naming.give(overwrite, self.folder.as_ref()).await;
        let synced = match named {
            Ok(Named { moved, synced }) => {
                self.temp.there = !moved;
                synced
            }
            Err(NotNamed::Taken) => {
                let taken = Error::new(ErrorKind::AlreadyExists, self.operation);
                return Err(taken.at(self.key.as_str()));
            }
            Err(NotNamed::Fault(fault)) => return Err(self.fail(fault).await),
        };
        if let Err(fault) = synced {
            if overwrite == Overwrite::Refuse {
                // The name was free before, so a failed write leaves it free.
                self.session().tell(wire::remove(&to));
            }
            return Err(self.fail(fault).await);
        }
        Ok(())
    }
}
