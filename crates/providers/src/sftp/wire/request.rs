//! What is asked of a server.

use bytes::{BufMut, Bytes, BytesMut};

/// The version spoken here.
const VERSION: u32 = 3;
/// The length, the kind and the number of a request.
const HEAD: usize = 9;

/// A request without its number.
#[derive(Debug)]
pub(in crate::sftp) struct Request {
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
    pub(in crate::sftp) fn numbered(mut self, number: u32) -> (Bytes, Vec<Bytes>) {
        let tail: usize = self.tail.iter().map(Bytes::len).sum();
        let length = (self.head.len() - 4 + tail) as u32;
        self.head[..4].copy_from_slice(&length.to_be_bytes());
        self.head[5..HEAD].copy_from_slice(&number.to_be_bytes());
        (self.head.freeze(), self.tail)
    }

    /// How many bytes of a file it carries.
    pub(in crate::sftp) fn carries(&self) -> usize {
        self.tail.iter().map(Bytes::len).sum()
    }
}

/// The greeting, which has no number.
pub(in crate::sftp) fn init() -> Bytes {
    let mut packet = BytesMut::with_capacity(HEAD);
    packet.put_u32(5);
    packet.put_u8(1);
    packet.put_u32(VERSION);
    packet.freeze()
}

pub(in crate::sftp) fn open(path: &str, flags: u32) -> Request {
    Request::new(3).string(path.as_bytes()).u32(flags).mode(0o600)
}

pub(in crate::sftp) fn close(handle: &[u8]) -> Request {
    Request::new(4).string(handle)
}

pub(in crate::sftp) fn read(handle: &[u8], offset: u64, length: u32) -> Request {
    Request::new(5).string(handle).u64(offset).u32(length)
}

pub(in crate::sftp) fn write(handle: &[u8], offset: u64, pieces: Vec<Bytes>) -> Request {
    let length = pieces.iter().map(Bytes::len).sum::<usize>();
    let mut request = Request::new(6).string(handle).u64(offset).u32(length as u32);
    request.tail = pieces;
    request
}

pub(in crate::sftp) fn lstat(path: &str) -> Request {
    Request::new(7).string(path.as_bytes())
}

pub(in crate::sftp) fn fstat(handle: &[u8]) -> Request {
    Request::new(8).string(handle)
}

pub(in crate::sftp) fn opendir(path: &str) -> Request {
    Request::new(11).string(path.as_bytes())
}

pub(in crate::sftp) fn readdir(handle: &[u8]) -> Request {
    Request::new(12).string(handle)
}

pub(in crate::sftp) fn remove(path: &str) -> Request {
    Request::new(13).string(path.as_bytes())
}

pub(in crate::sftp) fn mkdir(path: &str) -> Request {
    Request::new(14).string(path.as_bytes()).mode(0o700)
}

pub(in crate::sftp) fn realpath(path: &str) -> Request {
    Request::new(16).string(path.as_bytes())
}

pub(in crate::sftp) fn stat(path: &str) -> Request {
    Request::new(17).string(path.as_bytes())
}

pub(in crate::sftp) fn rename(from: &str, to: &str) -> Request {
    Request::new(18).string(from.as_bytes()).string(to.as_bytes())
}

pub(in crate::sftp) fn posix_rename(from: &str, to: &str) -> Request {
    Request::extended("posix-rename@openssh.com").string(from.as_bytes()).string(to.as_bytes())
}

pub(in crate::sftp) fn hardlink(from: &str, to: &str) -> Request {
    Request::extended("hardlink@openssh.com").string(from.as_bytes()).string(to.as_bytes())
}

pub(in crate::sftp) fn fsync(handle: &[u8]) -> Request {
    Request::extended("fsync@openssh.com").string(handle)
}

pub(in crate::sftp) fn statvfs(path: &str) -> Request {
    Request::extended("statvfs@openssh.com").string(path.as_bytes())
}

pub(in crate::sftp) fn limits() -> Request {
    Request::extended("limits@openssh.com")
}

/// Copies `length` bytes from `offset` of one open file to the same place of
/// another.
pub(in crate::sftp) fn copy_data(from: &[u8], to: &[u8], offset: u64, length: u64) -> Request {
    Request::extended("copy-data").string(from).u64(offset).u64(length).string(to).u64(offset)
}
