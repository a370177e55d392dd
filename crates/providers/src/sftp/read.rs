//! Reading objects: many requests at once, in order, exactly.
//!
//! Invariant: no more bytes than [`ON_THE_WAY`] are asked for that nobody has
//! taken yet, whatever the length of the object.
//!
//! A file that is open stays the same file when its name is given to another
//! one, so what is read is never a mix of two objects.

use super::{
    errors::{Fault, damaged, foreign},
    pending::{Handle, Pending},
    place::{Place, is_temp},
    session::Session,
    wire::{self, What, flags},
};
use bytes::{Bytes, BytesMut};
use std::{collections::VecDeque, sync::Arc};
use storage::{ByteRange, Error, ErrorKind, Key, Result};

/// How many bytes of one object are asked for ahead.
const ON_THE_WAY: u64 = 4 << 20;
/// So many bytes are copied so that they stand alone in memory.
const SHORT: usize = 128 << 10;

/// The rest of an object that is being read.
#[derive(Debug)]
pub(super) struct Reading {
    session: Arc<Session>,
    handle: Handle,
    key: Key,
    /// Requests without an answer yet: where they begin, and how long they are.
    asked: VecDeque<(Pending, u64, u32)>,
    /// What is not asked for yet.
    next: u64,
    end: u64,
    /// What was not taken yet.
    left: u64,
}

impl Reading {
    /// Opens an object at the start of `range`.
    pub(super) async fn open(place: &Arc<Place>, key: &Key, range: ByteRange) -> Result<Self> {
        let session = place.session("get").await?;
        let name = key.as_str();
        let fail = |fault: Fault| fault.into_error("get", name);
        let (folder, last) = key.split();
        if is_temp(last) || !place.has_folder(&session, folder, "get").await? {
            return Err(not_found(key));
        }
        let path = place.path(Some(name));
        // A link is followed when it is opened, so what stands there is looked
        // at first; both go out together.
        let looking = session.ask(wire::lstat(&path)).await.map_err(fail)?;
        let opening = session.ask(wire::open(&path, flags::READ)).await.map_err(fail)?;
        let opened = opening.handle().await.map(|raw| Handle::new(&session, raw));
        let found = match looking.attributes().await {
            Ok(found) => found,
            Err(fault) if fault.is_missing() => {
                place.ensure_root(&session, "get").await?;
                return Err(not_found(key));
            }
            Err(fault) => return Err(fail(fault)),
        };
        match found.what() {
            What::File | What::Unknown => {}
            What::Folder => return Err(not_found(key)),
            What::Other => return Err(foreign("get", name)),
        }
        let handle = match opened {
            Ok(handle) => handle,
            Err(fault) if fault.is_missing() => return Err(not_found(key)),
            Err(fault) => return Err(fail(fault)),
        };

        let mut reading = Self {
            session: Arc::clone(&session),
            handle,
            key: key.clone(),
            asked: VecDeque::new(),
            next: 0,
            end: 0,
            left: 0,
        };
        // The object may have been replaced in between, so the open file is
        // asked; what is wanted of it is asked for in the same moment.
        let looking = session.ask(wire::fstat(reading.handle.raw())).await.map_err(fail)?;
        let guess = found.length.and_then(|length| part(range, length));
        if let Some((from, to)) = guess {
            reading.start(from, to).await?;
        }
        let length = looking.attributes().await.map_err(fail)?.length;
        let Some(length) = length.or(found.length) else {
            return Err(damaged("get", name, "the server does not say how long the object is"));
        };
        let Some((from, to)) = part(range, length) else {
            return Err(damaged("get", name, "the object is shorter than the range"));
        };
        if guess != Some((from, to)) {
            reading.start(from, to).await?;
        }
        Ok(reading)
    }

    async fn start(&mut self, from: u64, to: u64) -> Result<()> {
        self.asked.clear();
        (self.next, self.end, self.left) = (from, to, to - from);
        self.ask_ahead().await
    }

    /// How many bytes are still to come.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    fn fail(&self, fault: Fault) -> Error {
        fault.into_error("get", self.key.as_str())
    }

    async fn ask(&self, from: u64, length: u32) -> Result<Pending> {
        let request = wire::read(self.handle.raw(), from, length);
        self.session.ask(request).await.map_err(|fault| self.fail(fault))
    }

    /// Asks for as much as may be on the way.
    async fn ask_ahead(&mut self) -> Result<()> {
        let most = u64::from(self.session.longest.read);
        // What is asked for begins where the first answer will.
        let taken = self.end - self.left;
        while self.next < self.end && self.next - taken < ON_THE_WAY {
            let length = (self.end - self.next).min(most) as u32;
            let pending = self.ask(self.next, length).await?;
            self.asked.push_back((pending, self.next, length));
            self.next += u64::from(length);
        }
        Ok(())
    }

    /// The next piece, never empty; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>> {
        self.ask_ahead().await?;
        let Some((pending, from, length)) = self.asked.pop_front() else { return Ok(None) };
        let data = pending.data().await.map_err(|fault| self.fail(fault))?;
        let name = self.key.as_str();
        let got = data.len() as u64;
        if got == 0 {
            return Err(damaged("get", name, "the object ended early"));
        }
        if got > u64::from(length) {
            return Err(damaged("get", name, "the server sent more than was asked for"));
        }
        // A server may send less than was asked for; the rest comes next.
        if got < u64::from(length) {
            let rest = length - got as u32;
            let pending = self.ask(from + got, rest).await?;
            self.asked.push_front((pending, from + got, rest));
        }
        self.left -= got;
        Ok(Some(data))
    }

    /// All that is left, when that is no more than `limit`.
    pub(super) async fn all(mut self, limit: u64) -> Result<Bytes> {
        if self.left > limit {
            return Err(Error::new(ErrorKind::TooLarge, "read").at(self.key.as_str()));
        }
        let Some(first) = self.next().await? else { return Ok(Bytes::new()) };
        if self.left == 0 {
            // What is short would keep the memory of what arrived with it.
            let short = first.len() <= SHORT;
            return Ok(if short { Bytes::copy_from_slice(&first) } else { first });
        }
        // An object that claims more than it has takes no memory for it.
        let mut all = BytesMut::with_capacity((self.left as usize).min(64 << 20) + first.len());
        all.extend_from_slice(&first);
        while let Some(piece) = self.next().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }
}

fn not_found(key: &Key) -> Error {
    Error::new(ErrorKind::NotFound, "get").at(key.as_str())
}

/// Where `range` begins and ends in an object of `length` bytes; `None` when it
/// ends past it.
fn part(range: ByteRange, length: u64) -> Option<(u64, u64)> {
    let (from, to) = match range {
        ByteRange::Whole => (0, length),
        ByteRange::Exact { offset, length } => (offset, offset.checked_add(length)?),
        ByteRange::Last(count) => (length.saturating_sub(count), length),
    };
    (to <= length).then_some((from, to))
}
