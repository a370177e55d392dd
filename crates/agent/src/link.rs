//! The wire between the process that stays and the one that shows the window:
//! one line of JSON a message, over the socket that is the window's standard
//! input. Nobody else can reach it: it has no name.

use crate::commands::Arguments;
use app::Error;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use std::{io, os::unix::net::UnixStream as Socket};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// Makes a process the window of the one that started it; a screen may follow.
pub const WINDOW: &str = "--window";

/// A command that the window calls.
#[derive(Debug, Serialize, Deserialize)]
pub struct Call {
    /// What its answer will carry.
    pub id: u64,
    /// Its name.
    pub command: String,
    /// What it is called with.
    pub arguments: Arguments,
}

/// What the window is told.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// A command was done.
    Done {
        /// Which.
        id: u64,
        /// What it answers.
        answer: Box<RawValue>,
    },
    /// A command failed.
    Failed {
        /// Which.
        id: u64,
        /// Why.
        error: Box<RawValue>,
    },
    /// Something happened.
    Event {
        /// Its name.
        name: String,
        /// What is said about it.
        payload: Box<RawValue>,
    },
    /// The window is to come up, at a screen where one is named.
    Show {
        /// An address as in the window, `/runs/…`.
        to: Option<String>,
    },
}

impl Told {
    /// The answer to a call.
    #[must_use]
    pub fn answer(id: u64, answer: Result<Box<RawValue>, Error>) -> Self {
        match answer {
            Ok(answer) => Self::Done { id, answer },
            Err(error) => {
                let error = serde_json::value::to_raw_value(&error);
                Self::Failed { id, error: error.unwrap_or_default() }
            }
        }
    }
}

/// The end of the wire where messages come out.
#[derive(Debug)]
pub struct Incoming {
    from: BufReader<OwnedReadHalf>,
    line: Vec<u8>,
}

impl Incoming {
    /// The next message; nothing when the other side is gone.
    ///
    /// # Errors
    /// When the wire breaks, or carries something else.
    pub async fn next<M: DeserializeOwned>(&mut self) -> io::Result<Option<M>> {
        self.line.clear();
        if self.from.read_until(b'\n', &mut self.line).await? == 0 {
            return Ok(None);
        }
        Ok(Some(serde_json::from_slice(&self.line)?))
    }
}

/// Opens one end. What is sent goes out in its order; the wire is closed when
/// nobody holds the sender any more.
///
/// # Errors
/// When it is no socket.
pub fn open<M: Serialize + Send + 'static>(
    socket: Socket,
) -> io::Result<(Incoming, UnboundedSender<M>)> {
    socket.set_nonblocking(true)?;
    // Asking for the other side tells a socket from anything else.
    socket.peer_addr()?;
    let (from, to) = UnixStream::from_std(socket)?.into_split();
    let (sender, messages) = unbounded_channel();
    tokio::spawn(send(to, messages));
    Ok((Incoming { from: BufReader::new(from), line: Vec::new() }, sender))
}

async fn send<M: Serialize>(mut to: OwnedWriteHalf, mut messages: UnboundedReceiver<M>) {
    while let Some(message) = messages.recv().await {
        let Ok(mut line) = serde_json::to_vec(&message) else { continue };
        line.push(b'\n');
        if to.write_all(&line).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{json, value::to_raw_value};
    use std::os::fd::OwnedFd;

    #[tokio::test]
    async fn what_goes_in_comes_out_until_the_other_side_is_gone() {
        let (one, other) = Socket::pair().expect("two ends");
        let (mut calls, told) = open::<Told>(one).expect("the agent's end");
        let (mut heard, call) = open::<Call>(other).expect("the window's end");
        // Longer than a socket takes at once, with what must not end a line.
        let words = "one\ntwo ".repeat(100_000);
        let arguments = json!({ "words": words }).as_object().cloned().unwrap_or_default();
        call.send(Call { id: 7, command: "unlock".into(), arguments }).expect("sent");
        let asked: Call = calls.next().await.expect("it works").expect("a call");
        assert_eq!((asked.id, asked.command.as_str()), (7, "unlock"));
        assert_eq!(asked.arguments["words"], words);

        told.send(Told::answer(7, Ok(to_raw_value(&words).expect("JSON")))).expect("sent");
        told.send(Told::answer(8, Err(Error::fault()))).expect("sent");
        match heard.next().await.expect("it works").expect("an answer") {
            Told::Done { id: 7, answer } => assert_eq!(answer.get(), json!(words).to_string()),
            other => panic!("{other:?}"),
        }
        match heard.next().await.expect("it works").expect("an answer") {
            Told::Failed { id: 8, error } => {
                let error: serde_json::Value = serde_json::from_str(error.get()).expect("JSON");
                assert_eq!(error["code"], "internal");
            }
            other => panic!("{other:?}"),
        }
        drop((call, heard));
        assert!(calls.next::<Call>().await.expect("it ends").is_none());
    }

    #[tokio::test]
    async fn a_file_is_no_wire() {
        let file = std::fs::File::open("/dev/null").expect("it is there");
        assert!(open::<Call>(Socket::from(OwnedFd::from(file))).is_err());
    }
}
