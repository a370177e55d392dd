//! Messages of HTTP/1.1 as they are on the wire (RFC 9112).

use std::io::{self, BufRead, Read as _, Write};

use super::script::Reply;

/// Longer heads are nobody's.
const LONGEST: u64 = 64 << 10;
const PIECE: u64 = 16 << 10;

/// The first line and the headers of a message.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) first: String,
    pub(super) headers: Vec<(String, String)>,
}

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    Length(u64),
    Chunked,
    /// With the connection.
    Open,
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// A line without its end; none at the end of the connection.
fn line(from: &mut impl BufRead, left: &mut u64) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let read = from.take(*left).read_until(b'\n', &mut line)?;
    *left -= read as u64;
    if read == 0 {
        return Ok(None);
    }
    if line.pop() != Some(b'\n') {
        return Err(malformed("a line has no end"));
    }
    line.pop_if(|last| *last == b'\r');
    Ok(Some(String::from_utf8_lossy(&line).into_owned()))
}

impl Head {
    /// The next head; none at the end of the connection.
    pub(super) fn read(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut left = LONGEST;
        let Some(first) = line(from, &mut left)? else { return Ok(None) };
        let mut headers = Vec::new();
        loop {
            let text = line(from, &mut left)?.ok_or_else(|| malformed("a head has no end"))?;
            if text.is_empty() {
                return Ok(Some(Self { first, headers }));
            }
            let (name, value) = text.split_once(':').ok_or_else(|| malformed("no header"))?;
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }

    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let mut text = format!("{}\r\n", self.first);
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\r\n");
        }
        to.write_all((text + "\r\n").as_bytes())
    }

    /// The word at this place of the first line.
    pub(super) fn word(&self, place: usize) -> &str {
        self.first.split(' ').nth(place).unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let named = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    fn framed(&self, otherwise: Body) -> Body {
        let coding = self.header("Transfer-Encoding").unwrap_or_default();
        if coding.to_ascii_lowercase().contains("chunked") {
            return Body::Chunked;
        }
        let length = self.header("Content-Length").and_then(|length| length.parse().ok());
        length.map_or(otherwise, Body::Length)
    }

    pub(super) fn body_of_request(&self) -> Body {
        self.framed(Body::Length(0))
    }

    /// The status of an answer.
    pub(super) fn status(&self) -> u16 {
        self.word(1).parse().unwrap_or_default()
    }

    pub(super) fn body_of_answer(&self, method: &str) -> Body {
        let none = method == "HEAD" || matches!(self.status(), 100..200 | 204 | 304);
        if none { Body::Length(0) } else { self.framed(Body::Open) }
    }

    /// Whether the connection ends after this message.
    pub(super) fn is_last(&self) -> bool {
        let connection = self.header("Connection").unwrap_or_default().to_ascii_lowercase();
        connection.contains("close")
            || (self.first.contains("HTTP/1.0") && !connection.contains("keep-alive"))
    }
}

/// Where the bytes of a body go: those that frame it, and those that are it.
pub(super) trait Sink {
    fn frame(&mut self, bytes: &[u8]) -> io::Result<()>;
    fn data(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// Reads a body to its end.
pub(super) fn pump(from: &mut impl BufRead, body: Body, to: &mut impl Sink) -> io::Result<()> {
    match body {
        Body::Length(length) => exactly(from, length, to),
        Body::Open => exactly(from, u64::MAX, to).or_else(|error| {
            if error.kind() == io::ErrorKind::UnexpectedEof { Ok(()) } else { Err(error) }
        }),
        Body::Chunked => loop {
            let mut next = || {
                let mut left = LONGEST;
                line(from, &mut left)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
            };
            let size: io::Result<String> = next();
            let size = size?;
            to.frame(format!("{size}\r\n").as_bytes())?;
            let digits = size.split(';').next().unwrap_or_default().trim();
            let length = u64::from_str_radix(digits, 16).map_err(|_| malformed("no chunk"))?;
            if length > 0 {
                exactly(from, length, to)?;
            }
            // The end of a chunk, or the trailers and the empty line after them.
            loop {
                let mut left = LONGEST;
                let end = line(from, &mut left)?;
                let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
                to.frame(format!("{end}\r\n").as_bytes())?;
                if end.is_empty() {
                    break;
                }
            }
            if length == 0 {
                return Ok(());
            }
        },
    }
}

fn exactly(from: &mut impl BufRead, length: u64, to: &mut impl Sink) -> io::Result<()> {
    let mut left = length;
    while left > 0 {
        let there = from.fill_buf()?;
        if there.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let taken = left.min(there.len() as u64).min(PIECE) as usize;
        to.data(&there[..taken])?;
        from.consume(taken);
        left -= taken as u64;
    }
    Ok(())
}

impl Reply {
    pub(super) fn write(&self, to: &mut impl Write, method: &str, last: bool) -> io::Result<()> {
        let mut head = Head {
            first: format!("HTTP/1.1 {} By the test", self.status),
            headers: self.headers.clone(),
        };
        if self.status != 204 && self.status != 304 {
            head.headers.push(("Content-Length".to_owned(), self.body.len().to_string()));
        }
        if last {
            head.headers.push(("Connection".to_owned(), "close".to_owned()));
        }
        head.write(to)?;
        if method != "HEAD" {
            to.write_all(self.body.as_bytes())?;
        }
        to.flush()
    }
}
