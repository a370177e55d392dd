//! The lease: who does the work.
//!
//! A lock on a file, which the system lets go when its process ends, however
//! it ends. The row in the store only says who it is.

use crate::{Installation, Result, messages};
use std::fs::{File, TryLockError};

/// Held by the one process that works. Let go when dropped.
#[derive(Debug)]
pub(super) struct Lease {
    _file: File,
}

impl Lease {
    /// Takes the lease; `None` when another process has it.
    pub(super) async fn take(installation: &Installation) -> Result<Option<Self>> {
        let path = installation.folder().join("keepstead.lock");
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|_| messages::data_folder(installation.folder()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(_)) => {
                return Err(messages::data_folder(installation.folder()));
            }
        }
        let now = installation.ambient.clock.now();
        let holder = installation.machine.to_string();
        let row = installation.store.lease();
        row.take(&holder, std::process::id(), now).await.map_err(messages::store)?;
        Ok(Some(Self { _file: file }))
    }
}
