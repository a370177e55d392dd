//! The folder of a store: the connection it is reached by, and whether it is
//! still the folder it was.
//!
//! Invariants: one connection at a time, made anew by whoever needs it first
//! after it was lost; a folder that is missing after the store was opened is
//! never made, because another disk may be behind it.

use super::{
    errors::{Fault, not_mounted},
    messages::{flush, number, query},
    names,
    session::Settings,
    wire::{Opening, Wire},
};
use crate::Context;
use smb2::{
    msg::{
        create::{CreateAction, CreateDisposition},
        query_info::InfoType,
    },
    types::{FileId, flags::FileAccessMask, status::NtStatus},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};
use storage::{Capacity, Error, ErrorKind, Key, Result, Retry};
use tokio::sync::{Mutex as AsyncMutex, RwLock};

/// `FileInternalInformation`: the number of a file on its disk.
pub(super) const INTERNAL: u8 = 6;

/// The folder of a store.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) settings: Settings,
    pub(super) context: Context,
    /// Below the share, as it is sent.
    root: String,
    /// The number of the folder on its disk; 0 where disks have none.
    identity: u64,
    /// Whether folders can be flushed.
    pub(super) durable: bool,
    wire: AsyncMutex<Option<Arc<Wire>>>,
    /// Held for writing while a folder is made and flushed, so that nobody puts
    /// an object into a folder whose own name may not survive a power cut.
    pub(super) making: RwLock<()>,
    /// Held for reading while an object is open, for writing while it is
    /// replaced or deleted: a server replaces nothing that is open.
    gates: Mutex<HashMap<String, Weak<RwLock<()>>>>,
}

impl Place {
    /// The folder on a connection; `None` when it is not there.
    ///
    /// # Errors
    /// What the server says, and [`ErrorKind::Other`] when it is no folder.
    pub(super) async fn find(
        settings: Settings,
        context: Context,
        wire: Arc<Wire>,
        operation: &'static str,
    ) -> Result<Option<Self>> {
        let root = names::below("", &settings.folder);
        let identity = match identity(&wire, &root).await {
            Ok(identity) => identity,
            Err(fault) if fault.is_nothing() => return Ok(None),
            Err(fault) => return Err(fault.told(operation, "")),
        };
        let durable = wire.writable && flush_folder(&wire, &root).await.is_ok();
        Ok(Some(Self {
            settings,
            context,
            root,
            identity,
            durable,
            wire: AsyncMutex::new(Some(wire)),
            making: RwLock::default(),
            gates: Mutex::default(),
        }))
    }

    /// The connection, made anew if it was lost.
    pub(super) async fn wire(&self, operation: &'static str) -> Result<Arc<Wire>> {
        let mut wire = self.wire.lock().await;
        if let Some(wire) = &*wire
            && !wire.is_dead()
        {
            return Ok(Arc::clone(wire));
        }
        *wire = None;
        let made = self.settings.connect(operation).await.map_err(|error| match error.kind() {
            // It was there before, and may come back.
            ErrorKind::PlaceMissing => {
                not_mounted(operation, "the share is gone").retry_advice(Retry::Soon)
            }
            // A server that is being ended still takes connections.
            ErrorKind::NotThisService => {
                Error::new(ErrorKind::Unreachable, operation).because(error)
            }
            _ => error,
        })?;
        Ok(Arc::clone(wire.insert(made)))
    }

    /// The path of a key or a folder, as it is sent.
    pub(super) fn path(&self, key: &str) -> String {
        names::below(&self.root, key)
    }

    /// The folder a key lies in, as it is sent.
    pub(super) fn folder_of(&self, key: &Key) -> String {
        self.path(key.split().0.unwrap_or_default())
    }

    /// Puts a failure in the contract's words.
    pub(super) fn told(
        &self,
        wire: &Wire,
        fault: Fault,
        operation: &'static str,
        key: &str,
    ) -> Error {
        let error = fault.told(operation, key);
        let writes = matches!(operation, "put" | "rename" | "copy" | "delete" | "open");
        if error.kind() == ErrorKind::PermissionDenied && writes && !wire.writable {
            let read_only = Error::new(ErrorKind::ReadOnly, operation).because(error);
            return if key.is_empty() { read_only } else { read_only.at(key) };
        }
        error
    }

    /// That the folder is there, and is the one the store was opened on.
    pub(super) async fn ensure_there(
        &self,
        wire: &Arc<Wire>,
        operation: &'static str,
    ) -> Result<()> {
        match identity(wire, &self.root).await {
            Ok(found) if found == self.identity => Ok(()),
            Ok(_) => Err(not_mounted(operation, "another folder stands in its place")),
            Err(fault) if fault.is_nothing() || fault.is_another_thing() => {
                Err(not_mounted(operation, "the folder is gone").retry_advice(Retry::Soon))
            }
            Err(fault) => Err(fault.told(operation, "")),
        }
    }

    /// Makes a folder below the store's, with those it lies in.
    pub(super) async fn make_folders(&self, wire: &Arc<Wire>, folder: &str) -> Result<(), Fault> {
        make_folders(wire, &self.root, folder, self.durable).await
    }

    /// Makes the names in a folder survive a power cut.
    pub(super) async fn flush(&self, wire: &Arc<Wire>, folder: &str) -> Result<(), Fault> {
        if self.durable { flush_folder(wire, folder).await } else { Ok(()) }
    }

    /// What keeps an object from being replaced while it is open.
    pub(super) fn gate(&self, key: &str) -> Arc<RwLock<()>> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        // Servers do not tell names by their case.
        let key = key.to_lowercase();
        if let Some(gate) = gates.get(&key).and_then(Weak::upgrade) {
            return gate;
        }
        if gates.len() >= 1024 {
            gates.retain(|_, gate| gate.strong_count() > 0);
        }
        let gate = Arc::default();
        gates.insert(key, Arc::downgrade(&gate));
        gate
    }

    /// The room in bytes: in all, and left for this account.
    pub(super) async fn capacity(&self) -> Result<Option<Capacity>> {
        /// `FileFsFullSizeInformation`.
        const FULL_SIZE: u8 = 7;
        let wire = self.wire("capacity").await?;
        let (_, answer) = wire
            .once(
                Opening::there(&self.root, FileAccessMask::FILE_READ_ATTRIBUTES, Opening::FOLDER),
                Some(query(FileId::SENTINEL, InfoType::Filesystem, FULL_SIZE, 32)),
            )
            .await
            .map_err(|fault| fault.told("capacity", ""))?;
        let Some(answer) = answer else { return Ok(None) };
        let number = |at| number(&answer, at).map_err(|fault| fault.told("capacity", ""));
        let (all, free, unit) = (number(0)?, number(1)?, number(3)?);
        let unit = (unit & 0xffff_ffff).saturating_mul(unit >> 32);
        let bytes = |units: u64| Some(units.saturating_mul(unit));
        Ok(Some(Capacity { total: bytes(all), free: bytes(free) }))
    }
}

/// The number of a folder on its disk.
async fn identity(wire: &Arc<Wire>, folder: &str) -> Result<u64, Fault> {
    let opening = Opening::there(folder, FileAccessMask::FILE_READ_ATTRIBUTES, Opening::FOLDER);
    let number_of = query(FileId::SENTINEL, InfoType::File, INTERNAL, 8);
    let (_, answer) = wire.once(opening, Some(number_of)).await?;
    number(&answer.ok_or(Fault::Stopped)?, 0)
}

/// Makes the names in a folder survive a power cut.
pub(super) async fn flush_folder(wire: &Arc<Wire>, folder: &str) -> Result<(), Fault> {
    // Without a right to add files the server refuses: [MS-SMB2] 3.3.5.11.
    let access = FileAccessMask::FILE_WRITE_DATA | FileAccessMask::FILE_READ_ATTRIBUTES;
    let opening = Opening::there(folder, access, Opening::FOLDER);
    wire.open_and(opening, Some(flush(FileId::SENTINEL))).await.map(drop)
}

/// Makes the folder `folder` below `root`, with those it lies in. Somebody else
/// may be making the same.
pub(super) async fn make_folders(
    wire: &Arc<Wire>,
    root: &str,
    folder: &str,
    durable: bool,
) -> Result<(), Fault> {
    let mut path = root.to_owned();
    for part in folder.split('/').filter(|part| !part.is_empty()) {
        let parent = path.clone();
        path = names::below(&path, part);
        let opening = Opening {
            disposition: CreateDisposition::FileOpenIf,
            ..Opening::there(&path, FileAccessMask::FILE_READ_ATTRIBUTES, Opening::FOLDER)
        };
        match wire.open(opening).await {
            Ok(folder) if folder.about.create_action == CreateAction::FileCreated && durable => {
                flush_folder(wire, &parent).await?;
            }
            Ok(_) => {}
            Err(fault) if fault.status() == Some(NtStatus::OBJECT_NAME_COLLISION) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}
