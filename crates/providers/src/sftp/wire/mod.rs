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

mod answer;
mod request;

pub(super) use answer::{Answer, Attributes, Name, What, answer, limits_of, room_of, version};
pub(super) use request::{
    Request, close, copy_data, fstat, fsync, hardlink, init, limits, lstat, mkdir, open, opendir,
    posix_rename, read, readdir, realpath, remove, rename, stat, statvfs, write,
};

/// No packet of a sound server is longer; OpenSSH's limit is 256 KiB.
pub(super) const LONGEST: usize = 1 << 20;

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

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::{BufMut, Bytes, BytesMut};
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
