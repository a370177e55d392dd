//! Writing past the system's cache.
//!
//! What is written for safekeeping is not read again soon, so a copy of it in
//! the cache costs time and pushes out what is. Bytes that begin on a page of
//! memory can go to the disk from where they are.

use super::gate::Gate;
use std::{fs::File, io};

/// In memory, in the file and in length, what is written so is a multiple of
/// this many bytes: the largest block that disks have.
const PAGE: usize = 4096;
/// Less than this many bytes go the usual way.
const LEAST: usize = 256 << 10;
/// How much one system call is given, in bytes: between two calls the writer
/// notices that it was cancelled.
const CALL: usize = 4 << 20;

/// Appends the start of `bytes` to `file`, which is `position` bytes long, and
/// returns how many bytes that were: none where the memory or the file does not
/// fit, or the file system cannot. What is left goes the usual way.
///
/// # Errors
/// When the disk refuses the bytes, because it is full for example.
pub(super) fn append(file: &File, bytes: &[u8], position: u64, gate: &Gate) -> io::Result<usize> {
    let fits = bytes.as_ptr().align_offset(PAGE) == 0 && position.is_multiple_of(PAGE as u64);
    let whole = bytes.len() - bytes.len() % PAGE;
    if !fits || whole < LEAST {
        return Ok(0);
    }
    let Some(usual) = system::begin(file) else { return Ok(0) };
    let written = append_pages(file, &bytes[..whole], gate);
    system::end(file, usual)?;
    written
}

fn append_pages(mut file: &File, bytes: &[u8], gate: &Gate) -> io::Result<usize> {
    use io::Write as _;
    let mut written = 0;
    while written < bytes.len() && !gate.is_shut() {
        let call = &bytes[written..bytes.len().min(written + CALL)];
        match file.write(call) {
            Ok(length) => {
                written += length;
                if length == 0 || !written.is_multiple_of(PAGE) {
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // The file system took the flag and cannot do it after all.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => break,
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}

#[cfg(target_os = "linux")]
mod system {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    use std::{fs::File, io};

    /// Turns the cache off for a file; `None` where that cannot be.
    pub(super) fn begin(file: &File) -> Option<OFlags> {
        let usual = fcntl_getfl(file).ok()?;
        fcntl_setfl(file, usual | OFlags::DIRECT).ok()?;
        Some(usual)
    }

    pub(super) fn end(file: &File, usual: OFlags) -> io::Result<()> {
        Ok(fcntl_setfl(file, usual)?)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::{fs::File, io};

    pub(super) fn begin(_: &File) -> Option<()> {
        None
    }

    pub(super) fn end(_: &File, (): ()) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn what_is_written_past_the_cache_is_what_was_given() {
        let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
        let path = folder.path().join("object");
        let mut file = File::create_new(&path).unwrap();
        let memory: Vec<u8> = (0..LEAST + 3 * PAGE).map(|at| (at % 251) as u8).collect();
        let start = memory.as_ptr().align_offset(PAGE);
        let bytes = &memory[start..start + LEAST + PAGE + 7];
        let gate = Gate::default();
        assert_eq!(append(&file, &bytes[1..], 0, &gate).unwrap(), 0, "not on a page");
        assert_eq!(append(&file, bytes, 1, &gate).unwrap(), 0, "in the midst of a page");
        let written = append(&file, bytes, 0, &gate).unwrap();
        assert!([0, LEAST + PAGE].contains(&written), "{written}");
        file.write_all(&bytes[written..]).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
}
