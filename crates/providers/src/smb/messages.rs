//! What is sent to a server, and what is in its answers.

use super::errors::Fault;
use bytes::Bytes;
use smb2::{
    Frame,
    msg::{
        close::CloseRequest,
        flush::FlushRequest,
        query_info::{InfoType, QueryInfoRequest, QueryInfoResponse},
        set_info::SetInfoRequest,
    },
    pack::{Pack, ReadCursor, Unpack, WriteCursor},
    types::{Command, FileId, status::NtStatus},
};

/// One request of a chain.
pub(super) type Request = (Command, Box<dyn Pack>);

/// Closes a file.
pub(super) fn close(file_id: FileId) -> Request {
    (Command::Close, Box::new(CloseRequest { flags: 0, file_id }))
}

/// Marks a file for removal when it is closed.
pub(super) fn dispose(file: FileId) -> Request {
    const DISPOSITION: u8 = 13;
    (Command::SetInfo, Box::new(set(file, DISPOSITION, vec![1])))
}

/// Changes something about a file: [MS-FSCC] 2.4 numbers what.
pub(super) fn set(file_id: FileId, class: u8, buffer: Vec<u8>) -> SetInfoRequest {
    SetInfoRequest {
        info_type: InfoType::File,
        file_info_class: class,
        additional_information: 0,
        file_id,
        buffer,
    }
}

/// Asks something about a file, or its file system: [MS-FSCC] 2.4 and 2.5.
pub(super) fn query(file_id: FileId, info_type: InfoType, class: u8, room: u32) -> Request {
    let request = QueryInfoRequest {
        info_type,
        file_info_class: class,
        output_buffer_length: room,
        additional_information: 0,
        flags: 0,
        file_id,
        input_buffer: Vec::new(),
    };
    (Command::QueryInfo, Box::new(request))
}

/// Number `at` of the 64-bit numbers in the answer to a [`query`].
pub(super) fn number(frame: &Frame, at: usize) -> Result<u64, Fault> {
    let answer: QueryInfoResponse = unpack(frame)?;
    let bytes =
        answer.output_buffer.get(at * 8..at * 8 + 8).and_then(|bytes| bytes.try_into().ok());
    bytes.map(u64::from_le_bytes).ok_or(Fault::Malformed("an answer is too short"))
}

/// The body of an answer.
pub(super) fn unpack<T: Unpack>(frame: &Frame) -> Result<T, Fault> {
    Ok(T::unpack(&mut ReadCursor::new(&frame.body))?)
}

/// A write whose bytes are taken from where they are: [MS-SMB2] 2.2.21.
pub(super) struct Write {
    pub(super) file: FileId,
    pub(super) offset: u64,
    pub(super) length: u32,
    pub(super) pieces: Vec<Bytes>,
}

impl Pack for Write {
    fn pack(&self, cursor: &mut WriteCursor) {
        cursor.write_u16_le(49);
        // The header's 64 bytes, and the 48 of this.
        cursor.write_u16_le(112);
        cursor.write_u32_le(self.length);
        cursor.write_u64_le(self.offset);
        cursor.write_u64_le(self.file.persistent);
        cursor.write_u64_le(self.file.volatile);
        cursor.write_zeros(16);
        for piece in &self.pieces {
            cursor.write_bytes(piece);
        }
    }
}

/// Whether an answer says that there is nothing more.
pub(super) fn is_end(status: NtStatus) -> bool {
    matches!(status, NtStatus::NO_MORE_FILES | NtStatus::NO_SUCH_FILE | NtStatus::END_OF_FILE)
}

/// Makes the bytes of a file, or the names in a folder, survive a power cut.
pub(super) fn flush(file_id: FileId) -> Request {
    (Command::Flush, Box::new(FlushRequest { file_id }))
}
