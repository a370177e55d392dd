//! Where a file has holes: stretches that take no room and read as zeros.

use super::Facts;
use std::{fs::File, io};

/// Whether `file` has holes, and its file system tells truly where.
///
/// Only file systems are believed that know of what is written to a hole
/// before it has a place on the disk: ext4, XFS, and memory. ZFS has called
/// holes what held data (<https://github.com/openzfs/zfs/issues/15526>), and
/// one that is not known here may do the same.
pub(crate) fn tells_holes(file: &File, facts: &Facts) -> bool {
    #[cfg(target_os = "linux")]
    {
        /// `statfs(2)`.
        const TRUE: [i64; 3] = [0xef53, 0x5846_5342, 0x0102_1994];
        facts.has_holes()
            && rustix::fs::fstatfs(file).is_ok_and(|system| TRUE.contains(&system.f_type))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (file, facts);
        false
    }
}

/// Where the first byte at or after `at` is that lies in no hole; `None` when
/// everything up to the end lies in one. Where the file is read next is moved.
#[cfg_attr(not(target_os = "linux"), allow(unused_variables, reason = "nobody asks"))]
pub(crate) fn next_data(file: &File, at: u64) -> io::Result<Option<u64>> {
    #[cfg(target_os = "linux")]
    match rustix::fs::seek(file, rustix::fs::SeekFrom::Data(at)) {
        Ok(data) => Ok(Some(data)),
        Err(rustix::io::Errno::NXIO) => Ok(None),
        Err(error) => Err(error.into()),
    }
    #[cfg(not(target_os = "linux"))]
    Ok(Some(at))
}
