//! Packets of the SSH File Transfer Protocol, version 3, and of the extensions
//! that OpenSSH added to it.
//!
//! Sources: draft-ietf-secsh-filexfer-02, and `PROTOCOL` of OpenSSH, section 4.
//!
//! Invariants: handles are bytes and stay bytes, because a server may choose
//! any; no length that a packet claims is trusted beyond the bytes that are
//! there.
//!
//! Deliberately absent: later versions of the protocol, which hardly any server
//! speaks.

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// The version spoken here.
const VERSION: u32 = 3;
/// No packet of a sound server is longer; OpenSSH's limit is 256 KiB.
pub(super) const LONGEST: usize = 1 << 20;
/// The length, the kind and the number of a request.
const HEAD: usize = 9;

/// What a file is opened for.
pub(super) mod flags {
    pub(crate) const READ: u32 = 0x01;
    pub(crate) const WRITE: u32 = 0x02;
    pub(crate) const CREATE: u32 = 0x08;
    pub(crate) const EXCLUSIVE: u32 = 0x20;
}

/// What a server says when something did not work.
pub(super) mod code {
    pub(crate) const OK: u32 = 0;
    pub(crate) const EOF: u32 = 1;
    pub(crate) const NO_SUCH_FILE: u32 = 2;
    pub(crate) const PERMISSION_DENIED: u32 = 3;
    pub(crate) const BAD_MESSAGE: u32 = 5;
    pub(crate) const UNSUPPORTED: u32 = 8;
    // Those of later versions, which some servers use all the same.
    pub(crate) const FILE_ALREADY_EXISTS: u32 = 11;
    pub(crate) const WRITE_PROTECT: u32 = 12;
    pub(crate) const NO_SPACE: u32 = 14;
    pub(crate) const QUOTA_EXCEEDED: u32 = 15;
}

/// A request without its number.
#[derive(Debug)]
pub(super) struct Request {
    head: BytesMut,
    /// The bytes of a file, which are not copied.
    tail: Vec<Bytes>,
}

impl Request {
    fn new(kind: u8) -> Self {
        let mut head = BytesMut::with_capacity(128);
        head.put_u32(0);
        head.put_u8(kind);
        head.put_u32(0);
        Self { head, tail: Vec::new() }
    }

    fn extended(name: &str) -> Self {
        Self::new(200).string(name.as_bytes())
    }

    fn u32(mut self, value: u32) -> Self {
        self.head.put_u32(value);
        self
    }

    fn u64(mut self, value: u64) -> Self {
        self.head.put_u64(value);
        self
    }

    fn string(mut self, value: &[u8]) -> Self {
        // A path or a handle; nobody has one of 4 GiB.
        self.head.put_u32(value.len() as u32);
        self.head.put_slice(value);
        self
    }

    /// Attributes that say nothing but who may use what is made.
    fn mode(self, mode: u32) -> Self {
        self.u32(0x04).u32(mode)
    }

    /// Its pieces, with its number.
    pub(super) fn numbered(mut self, number: u32) -> (Bytes, Vec<Bytes>) {
        let tail: usize = self.tail.iter().map(Bytes::len).sum();
        let length = (self.head.len() - 4 + tail) as u32;
        self.head[..4].copy_from_slice(&length.to_be_bytes());
        self.head[5..HEAD].copy_from_slice(&number.to_be_bytes());
        (self.head.freeze(), self.tail)
    }

    /// How many bytes of a file it carries.
    pub(super) fn carries(&self) -> usize {
        self.tail.iter().map(Bytes::len).sum()
    }
}

/// The greeting, which has no number.
pub(super) fn init() -> Bytes {
    let mut packet = BytesMut::with_capacity(HEAD);
    packet.put_u32(5);
    packet.put_u8(1);
    packet.put_u32(VERSION);
    packet.freeze()
}

pub(super) fn open(path: &str, flags: u32) -> Request {
    Request::new(3).string(path.as_bytes()).u32(flags).mode(0o600)
}

pub(super) fn close(handle: &[u8]) -> Request {
    Request::new(4).string(handle)
}

pub(super) fn read(handle: &[u8], offset: u64, length: u32) -> Request {
    Request::new(5).string(handle).u64(offset).u32(length)
}

pub(super) fn write(handle: &[u8], offset: u64, pieces: Vec<Bytes>) -> Request {
    let length = pieces.iter().map(Bytes::len).sum::<usize>();
    let mut request = Request::new(6).string(handle).u64(offset).u32(length as u32);
    request.tail = pieces;
    request
}

pub(super) fn lstat(path: &str) -> Request {
    Request::new(7).string(path.as_bytes())
}

pub(super) fn fstat(handle: &[u8]) -> Request {
    Request::new(8).string(handle)
}

pub(super) fn opendir(path: &str) -> Request {
    Request::new(11).string(path.as_bytes())
}

pub(super) fn readdir(handle: &[u8]) -> Request {
    Request::new(12).string(handle)
}

pub(super) fn remove(path: &str) -> Request {
    Request::new(13).string(path.as_bytes())
}

pub(super) fn mkdir(path: &str) -> Request {
    Request::new(14).string(path.as_bytes()).mode(0o700)
}

pub(super) fn realpath(path: &str) -> Request {
    Request::new(16).string(path.as_bytes())
}

pub(super) fn stat(path: &str) -> Request {
    Request::new(17).string(path.as_bytes())
}

pub(super) fn rename(from: &str, to: &str) -> Request {
    Request::new(18).string(from.as_bytes()).string(to.as_bytes())
}

pub(super) fn posix_rename(from: &str, to: &str) -> Request {
    Request::extended("posix-rename@openssh.com").string(from.as_bytes()).string(to.as_bytes())
}

pub(super) fn hardlink(from: &str, to: &str) -> Request {
    Request::extended("hardlink@openssh.com").string(from.as_bytes()).string(to.as_bytes())
}

pub(super) fn fsync(handle: &[u8]) -> Request {
    Request::extended("fsync@openssh.com").string(handle)
}

pub(super) fn statvfs(path: &str) -> Request {
    Request::extended("statvfs@openssh.com").string(path.as_bytes())
}

pub(super) fn limits() -> Request {
    Request::extended("limits@openssh.com")
}

/// Copies `length` bytes from `offset` of one open file to the same place of
/// another.
pub(super) fn copy_data(from: &[u8], to: &[u8], offset: u64, length: u64) -> Request {
    Request::extended("copy-data").string(from).u64(offset).u64(length).string(to).u64(offset)
}

/// What is said about a file, as far as it matters here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) length: Option<u64>,
    mode: Option<u32>,
    /// In seconds since 1970.
    pub(super) modified: Option<u32>,
}

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    File,
    Folder,
    /// A link, a device, …
    Other,
    /// The server does not say.
    Unknown,
}

impl Attributes {
    pub(super) fn what(&self) -> What {
        match self.mode.map(|mode| mode & 0o170_000) {
            Some(0o100_000) => What::File,
            Some(0o040_000) => What::Folder,
            Some(0) | None => What::Unknown,
            Some(_) => What::Other,
        }
    }
}

/// One name of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) name: Bytes,
    pub(super) attributes: Attributes,
}

/// The room of a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) total: u64,
    pub(super) free: u64,
    /// Whether another file can be made.
    pub(super) takes_files: bool,
    pub(super) read_only: bool,
}

/// What a server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Status { code: u32, message: String },
    Handle(Bytes),
    Data(Bytes),
    Names(Vec<Name>),
    Attributes(Attributes),
    Extended(Bytes),
}

/// What a server answers the greeting with: its version, and its extensions.
pub(super) fn version(packet: Bytes) -> Option<(u32, Vec<String>)> {
    let mut fields = Fields(packet);
    (fields.u8()? == 2).then_some(())?;
    let version = fields.u32()?;
    let mut extensions = Vec::new();
    while let Some(name) = fields.string() {
        fields.string()?;
        extensions.push(String::from_utf8_lossy(&name).into_owned());
    }
    Some((version, extensions))
}

/// The number of the request that a packet answers, and its answer; `None` when
/// it is no such packet.
pub(super) fn answer(packet: Bytes) -> Option<(u32, Answer)> {
    let mut fields = Fields(packet);
    let kind = fields.u8()?;
    let number = fields.u32()?;
    let answer = match kind {
        101 => {
            let code = fields.u32()?;
            // Some servers leave the words out.
            let message = fields.string().unwrap_or_default();
            Answer::Status { code, message: String::from_utf8_lossy(&message).into_owned() }
        }
        102 => Answer::Handle(fields.string()?),
        103 => Answer::Data(fields.string()?),
        104 => {
            let count = fields.u32()?;
            let mut names = Vec::new();
            for _ in 0..count {
                let name = fields.string()?;
                // The line of a listing for people.
                fields.string()?;
                names.push(Name { name, attributes: fields.attributes()? });
            }
            Answer::Names(names)
        }
        105 => Answer::Attributes(fields.attributes()?),
        201 => Answer::Extended(fields.0),
        _ => return None,
    };
    Some((number, answer))
}

/// What an answer to [`limits`] says of the longest read and write.
pub(super) fn limits_of(reply: Bytes) -> Option<(u64, u64)> {
    let mut fields = Fields(reply);
    fields.u64()?;
    Some((fields.u64()?, fields.u64()?))
}

/// What an answer to [`statvfs`] says.
pub(super) fn room_of(reply: Bytes) -> Option<Room> {
    let mut fields = Fields(reply);
    let mut next = || fields.u64();
    let (_, unit) = (next()?, next()?);
    let (blocks, _, free) = (next()?, next()?, next()?);
    let (files, _, free_files) = (next()?, next()?, next()?);
    let (_, flags) = (next()?, next()?);
    Some(Room {
        total: blocks.saturating_mul(unit),
        free: free.saturating_mul(unit),
        // File systems without a fixed number of files say 0.
        takes_files: files == 0 || free_files > 0,
        read_only: flags & 1 != 0,
    })
}

/// The fields of a packet, one after the other.
struct Fields(Bytes);

impl Fields {
    fn u8(&mut self) -> Option<u8> {
        self.0.try_get_u8().ok()
    }

    fn u32(&mut self) -> Option<u32> {
        self.0.try_get_u32().ok()
    }

    fn u64(&mut self) -> Option<u64> {
        self.0.try_get_u64().ok()
    }

    fn string(&mut self) -> Option<Bytes> {
        let length = self.u32()? as usize;
        (length <= self.0.len()).then(|| self.0.split_to(length))
    }

    fn attributes(&mut self) -> Option<Attributes> {
        let flags = self.u32()?;
        let mut found = Attributes::default();
        if flags & 0x01 != 0 {
            found.length = Some(self.u64()?);
        }
        if flags & 0x02 != 0 {
            self.u64()?;
        }
        if flags & 0x04 != 0 {
            found.mode = Some(self.u32()?);
        }
        if flags & 0x08 != 0 {
            self.u32()?;
            found.modified = Some(self.u32()?);
        }
        if flags & 0x8000_0000 != 0 {
            for _ in 0..self.u32()? {
                self.string()?;
                self.string()?;
            }
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_request_has_its_length_its_number_and_its_bytes() {
        let pieces = vec![Bytes::from_static(b"ab"), Bytes::from_static(b"c")];
        let (head, tail) = write(&[0xff, 0x00], 7, pieces).numbered(0x0102_0304);
        let mut packet = head.to_vec();
        tail.iter().for_each(|piece| packet.extend_from_slice(piece));
        let expected = [
            &[0, 0, 0, 26, 6, 1, 2, 3, 4][..],
            &[0, 0, 0, 2, 0xff, 0],
            &[0, 0, 0, 0, 0, 0, 0, 7],
            &[0, 0, 0, 3, b'a', b'b', b'c'],
        ]
        .concat();
        assert_eq!(packet, expected);
    }

    #[test]
    fn a_handle_may_be_any_bytes() {
        let packet = [&[102, 0, 0, 0, 9, 0, 0, 0, 4][..], &[0, 0, 0, 0x80]].concat();
        let (number, answer) = answer(packet.into()).unwrap();
        assert_eq!((number, answer), (9, Answer::Handle(Bytes::from_static(&[0, 0, 0, 0x80]))));
    }

    #[test]
    fn attributes_are_read_past_what_does_not_matter() {
        let mut packet = BytesMut::new();
        packet.put_u8(105);
        packet.put_u32(1);
        packet.put_u32(0x8000_000f);
        packet.put_u64(5);
        packet.put_slice(&[0; 8]);
        packet.put_u32(0o100_644);
        packet.put_slice(&[0, 0, 0, 1, 0, 0, 0, 2]);
        packet.put_slice(&[0, 0, 0, 1, 0, 0, 0, 1, b'a', 0, 0, 0, 0]);
        let (_, answer) = answer(packet.freeze()).unwrap();
        let Answer::Attributes(found) = answer else { panic!("{answer:?}") };
        assert_eq!((found.length, found.what(), found.modified), (Some(5), What::File, Some(2)));
    }

    proptest! {
        #[test]
        fn no_packet_makes_it_panic(packet: Vec<u8>, kind in 99_u8..106) {
            let _ = version(packet.clone().into());
            let _ = answer(packet.clone().into());
            let _ = limits_of(packet.clone().into());
            let _ = room_of(packet.clone().into());
            let _ = answer([&[kind, 0, 0, 0, 1][..], &packet].concat().into());
        }
    }
}
