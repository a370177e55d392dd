//! Answers to come, and what they leave open.

use super::{
    errors::Fault,
    session::{Session, Shared},
    wire::{self, Answer, Attributes, Name, code},
};
use bytes::Bytes;
use std::sync::Arc;
use tokio::sync::oneshot;

/// An answer to come.
#[derive(Debug)]
pub(super) struct Pending {
    receiver: oneshot::Receiver<Answer>,
    shared: Arc<Shared>,
}

impl Pending {
    pub(super) fn new(receiver: oneshot::Receiver<Answer>, shared: &Arc<Shared>) -> Self {
        Self { receiver, shared: Arc::clone(shared) }
    }

    async fn answer(self) -> Result<Answer, Fault> {
        match self.receiver.await {
            Ok(Answer::Status { code, message }) if code != code::OK => {
                Err(Fault::Status { code, message })
            }
            Ok(answer) => Ok(answer),
            Err(_) => Err(self.shared.cause().into()),
        }
    }

    /// That it was done.
    pub(super) async fn done(self) -> Result<(), Fault> {
        match self.answer().await? {
            Answer::Status { .. } => Ok(()),
            _ => Err(Fault::Odd),
        }
    }

    /// The handle of what was opened.
    pub(super) async fn handle(self) -> Result<Bytes, Fault> {
        match self.answer().await? {
            Answer::Handle(handle) => Ok(handle),
            _ => Err(Fault::Odd),
        }
    }

    /// What a file is like.
    pub(super) async fn attributes(self) -> Result<Attributes, Fault> {
        match self.answer().await? {
            Answer::Attributes(found) => Ok(found),
            _ => Err(Fault::Odd),
        }
    }

    /// Some names; none after the last.
    pub(super) async fn names(self) -> Result<Vec<Name>, Fault> {
        match self.answer().await {
            // Nothing but the end may look like it.
            Ok(Answer::Names(names)) if !names.is_empty() => Ok(names),
            Err(Fault::Status { code: code::EOF, .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
            Ok(_) => Err(Fault::Odd),
        }
    }

    /// Bytes of a file; none past its end.
    pub(super) async fn data(self) -> Result<Bytes, Fault> {
        match self.answer().await {
            Ok(Answer::Data(data)) => Ok(data),
            Err(Fault::Status { code: code::EOF, .. }) => Ok(Bytes::new()),
            Err(error) => Err(error),
            Ok(_) => Err(Fault::Odd),
        }
    }

    /// What an extension answers.
    pub(super) async fn extended(self) -> Result<Bytes, Fault> {
        match self.answer().await? {
            Answer::Extended(reply) => Ok(reply),
            _ => Err(Fault::Odd),
        }
    }
}

/// A file or folder that is open at the server, and closed when dropped.
#[derive(Debug)]
pub(super) struct Handle {
    session: Arc<Session>,
    raw: Bytes,
    open: bool,
}

impl Handle {
    pub(super) fn new(session: &Arc<Session>, raw: Bytes) -> Self {
        Self { session: Arc::clone(session), raw, open: true }
    }

    pub(super) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Closes it. What a server could not store it may say only now.
    pub(super) async fn close(mut self) -> Result<Pending, Fault> {
        self.open = false;
        self.session.ask(wire::close(&self.raw)).await
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.open {
            self.session.tell(wire::close(&self.raw));
        }
    }
}
