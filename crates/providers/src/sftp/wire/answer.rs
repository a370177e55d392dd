//! What a server answers.

use bytes::{Buf, Bytes};

/// What is said about a file, as far as it matters here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::sftp) struct Attributes {
    pub(in crate::sftp) length: Option<u64>,
    mode: Option<u32>,
    /// In seconds since 1970.
    pub(in crate::sftp) modified: Option<u32>,
}

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sftp) enum What {
    File,
    Folder,
    /// A link, a device, …
    Other,
    /// The server does not say.
    Unknown,
}

impl Attributes {
    pub(in crate::sftp) fn what(&self) -> What {
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
pub(in crate::sftp) struct Name {
    pub(in crate::sftp) name: Bytes,
    pub(in crate::sftp) attributes: Attributes,
}

/// The room of a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sftp) struct Room {
    pub(in crate::sftp) total: u64,
    pub(in crate::sftp) free: u64,
    /// Whether another file can be made.
    pub(in crate::sftp) takes_files: bool,
    pub(in crate::sftp) read_only: bool,
}

/// What a server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sftp) enum Answer {
    Status { code: u32, message: String },
    Handle(Bytes),
    Data(Bytes),
    Names(Vec<Name>),
    Attributes(Attributes),
    Extended(Bytes),
}

/// What a server answers the greeting with: its version, and its extensions.
pub(in crate::sftp) fn version(packet: Bytes) -> Option<(u32, Vec<String>)> {
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
pub(in crate::sftp) fn answer(packet: Bytes) -> Option<(u32, Answer)> {
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
pub(in crate::sftp) fn limits_of(reply: Bytes) -> Option<(u64, u64)> {
    let mut fields = Fields(reply);
    fields.u64()?;
    Some((fields.u64()?, fields.u64()?))
}

/// What an answer to [`statvfs`] says.
pub(in crate::sftp) fn room_of(reply: Bytes) -> Option<Room> {
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
