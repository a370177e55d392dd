//! Bytes on their way: counted, slowed down, stopped.

use std::{
    io::{self, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use super::{Shared, message::Sink};

/// What happens when enough bytes went by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    Cut,
    Stall,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Sent,
    Received,
}

/// Where the bytes of one request go one way.
pub(super) struct Flow<'a> {
    shared: &'a Shared,
    place: usize,
    way: Way,
    to: Option<&'a TcpStream>,
    duplex: bool,
    left: Option<(u64, Stop)>,
    pace: Option<u64>,
    free: Instant,
    /// Whether it is the other side that takes no more.
    pub(super) refused: bool,
    /// Whether a limit was reached.
    pub(super) stopped: bool,
}

impl<'a> Flow<'a> {
    /// To `to`, or to nowhere.
    pub(super) fn new(
        shared: &'a Shared,
        place: usize,
        way: Way,
        to: Option<&'a TcpStream>,
    ) -> Self {
        let pace = super::lock(&shared.script).pace;
        let free = Instant::now();
        Self {
            shared,
            place,
            way,
            to,
            duplex: false,
            left: None,
            pace,
            free,
            refused: false,
            stopped: false,
        }
    }

    /// To `to`, which sends at any time: nothing that it sends is an answer.
    pub(super) fn duplex(shared: &'a Shared, place: usize, way: Way, to: &'a TcpStream) -> Self {
        Self { duplex: true, ..Self::new(shared, place, way, Some(to)) }
    }

    /// Stops after so many bytes.
    pub(super) fn until(mut self, left: Option<(u64, Stop)>) -> Self {
        self.left = left;
        self
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(mut to) = self.to else { return Ok(()) };
        // Who answered already may not read on, and throws the answer away
        // when more comes.
        if self.way == Way::Sent && !self.duplex && has_answered(to)? {
            self.refused = true;
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        to.write_all(bytes).inspect_err(|_| self.refused = true)
    }

    fn piece(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(pace) = self.pace {
            self.free += Duration::from_secs_f64(bytes.len() as f64 / pace as f64);
            thread::sleep(self.free.saturating_duration_since(Instant::now()));
        }
        let count = bytes.len() as u64;
        // Who has the last of an answer may ask at once what was counted.
        if self.way == Way::Received {
            self.shared.amend(self.place, |request| request.received += count);
            return self.write(bytes);
        }
        self.write(bytes)?;
        self.shared.amend(self.place, |request| request.sent += count);
        Ok(())
    }

    fn stop(&mut self, stop: Stop) -> io::Error {
        self.stopped = true;
        while stop == Stop::Stall && !self.shared.ended() {
            thread::sleep(Duration::from_millis(20));
        }
        io::ErrorKind::ConnectionAborted.into()
    }
}

impl Sink for Flow<'_> {
    fn frame(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write(bytes)
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        let allowed = self.left.map_or(bytes.len(), |(left, _)| {
            usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len())
        });
        let longest = self.pace.map_or(bytes.len(), |pace| (pace / 20 + 1) as usize);
        for piece in bytes[..allowed].chunks(longest.max(1)) {
            self.piece(piece)?;
        }
        if let Some((left, stop)) = &mut self.left {
            *left -= allowed as u64;
            if *left == 0 {
                let stop = *stop;
                return Err(self.stop(stop));
            }
        }
        Ok(())
    }
}

/// Whether there is something to read from it, or it is gone.
fn has_answered(stream: &TcpStream) -> io::Result<bool> {
    stream.set_nonblocking(true)?;
    let peeked = stream.peek(&mut [0]);
    stream.set_nonblocking(false)?;
    Ok(!matches!(peeked, Err(error) if error.kind() == io::ErrorKind::WouldBlock))
}
