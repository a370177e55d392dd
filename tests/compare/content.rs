//! The bytes of two files.

use std::{
    fs::File,
    io::{self, Read},
};

/// Where two files differ first.
pub(super) struct At {
    /// Offset of the first differing byte.
    pub(super) offset: u64,
    /// The two bytes, or the end of the shorter file.
    pub(super) bytes: String,
}

/// Finds the first differing byte; the end of a file differs from every byte.
pub(super) fn first_difference(mut left: File, mut right: File) -> io::Result<Option<At>> {
    let (mut a, mut b) = (vec![0; 1 << 20], vec![0; 1 << 20]);
    let mut offset = 0;
    loop {
        let (length_a, length_b) = (fill(&mut left, &mut a)?, fill(&mut right, &mut b)?);
        let (read_a, read_b) = (&a[..length_a], &b[..length_b]);
        if read_a != read_b {
            let same = read_a.iter().zip(read_b).take_while(|(a, b)| a == b).count();
            let show = |bytes: &[u8]| match bytes.get(same) {
                Some(byte) => format!("{byte:#04x}"),
                None => "the end".to_owned(),
            };
            let bytes = format!("{} instead of {}", show(read_b), show(read_a));
            return Ok(Some(At { offset: offset + same as u64, bytes }));
        }
        if read_a.is_empty() {
            return Ok(None);
        }
        offset += read_a.len() as u64;
    }
}

/// Reads until `buffer` is full or the file ends.
fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}
