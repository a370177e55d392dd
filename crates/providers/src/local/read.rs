//! Reading objects and listings, piece by piece.

use super::{
    errors::{damaged, from_io},
    gate::Gate,
    place::{Place, is_object, is_temp, walk},
    platform::{Folder, Found, What, read_at},
};
use bytes::Bytes;
use std::{fs::File, io, sync::Arc, time::SystemTime};
use storage::{
    ByteRange, Entry, Error, ErrorKind, Key, Prefix, Result, Retry,
    buffers::{self, Buffers},
};

/// How much is read at once, in bytes, of an object whose bytes pass through.
const PIECE: u64 = 1 << 20;
/// How much is read at once for whoever wants all of it.
const AT_ONCE: u64 = 32 << 20;

/// Memory for so many bytes or more is used again.
const POOLED: usize = 256 << 10;

/// The rest of an object that is being read.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    file: Arc<File>,
    key: Key,
    offset: u64,
    left: u64,
    buffers: Arc<Buffers>,
}

impl Reading {
    /// Opens an object at the start of `range`.
    pub(super) fn open(place: &Place, key: &Key, range: ByteRange) -> Result<Self> {
        let Some((file, size)) = place.object(key, "get")? else {
            return Err(Error::new(ErrorKind::NotFound, "get").at(key.as_str()));
        };
        let (offset, end) = match range {
            ByteRange::Whole => (0, Some(size)),
            ByteRange::Exact { offset, length } => (offset, offset.checked_add(length)),
            ByteRange::Last(count) => (size.saturating_sub(count), Some(size)),
        };
        match end {
            Some(end) if end <= size => {
                let left = end - offset;
                let (file, buffers) = (Arc::new(file), Arc::clone(&place.buffers));
                Ok(Self { file, key: key.clone(), offset, left, buffers })
            }
            _ => Err(damaged("get", key.as_str(), "the object is shorter than the range")),
        }
    }

    /// Whether all was read.
    pub(super) fn is_done(&self) -> bool {
        self.left == 0
    }

    /// All of it, unless it is too much to be read at once.
    pub(super) fn all(&mut self, limit: u64) -> Result<Option<Bytes>> {
        if self.left > limit {
            return Err(Error::new(ErrorKind::TooLarge, "read").at(self.key.as_str()));
        }
        if self.left > AT_ONCE { Ok(None) } else { self.some(AT_ONCE).map(Some) }
    }

    /// The next piece: all that is left, but at most [`PIECE`] bytes.
    pub(super) fn next(&mut self) -> Result<Bytes> {
        self.some(PIECE)
    }

    fn some(&mut self, most: u64) -> Result<Bytes> {
        let wanted = self.left.min(most) as usize;
        let pooled = wanted >= POOLED;
        let mut bytes = if pooled { self.buffers.take_used(wanted) } else { vec![0; wanted] };
        let mut filled = 0;
        while filled < wanted {
            let at = self.offset + filled as u64;
            match read_at(&self.file, &mut bytes[filled..], at) {
                Ok(0) => return Err(damaged("get", self.key.as_str(), "the object shrank")),
                Ok(read) => filled += read,
                Err(error) => return Err(from_io(error, "get", self.key.as_str())),
            }
        }
        self.offset += wanted as u64;
        self.left -= wanted as u64;
        Ok(if pooled { buffers::lend(bytes, 0, &self.buffers) } else { bytes.into() })
    }
}

/// A listing that goes on folder by folder.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    operation: &'static str,
    /// Folders still to be read, relative to the store's.
    waiting: Vec<Option<String>>,
    /// Whether the first folder, which may be missing, was read.
    started: bool,
}

impl Walk {
    pub(super) fn below(prefix: &Prefix, operation: &'static str) -> Self {
        let waiting = vec![prefix.as_folder().map(Into::into)];
        Self { operation, waiting, started: false }
    }

    pub(super) fn is_done(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Looks at every name of the next folder. `each` is given the folder's
    /// path, the name and what it is; folders are gone into later.
    pub(super) fn step(
        &mut self,
        place: &Place,
        gate: &Gate,
        mut each: impl FnMut(&Folder, &str, &str, &Found) -> Result<()>,
    ) -> Result<()> {
        let Some(path) = self.waiting.pop() else { return Ok(()) };
        let shown = path.as_deref().unwrap_or_default();
        let first = !std::mem::replace(&mut self.started, true);
        let fail = |error| from_io(error, self.operation, shown);

        let folder = match walk(place.root(self.operation)?, path.as_deref()) {
            Ok(folder) => folder,
            Err(error) if first && place.is_nowhere(shown, &error, self.operation)? => {
                return Ok(());
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Nothing here removes folders. What was in it is unknown, so
                // leaving it out would shorten the listing.
                return Err(Error::new(ErrorKind::Damaged, self.operation)
                    .at(shown)
                    .retry_advice(Retry::Soon)
                    .because("the folder vanished while it was listed"));
            }
            Err(error) => return Err(fail(error)),
        };

        let mut names = folder.names().map_err(fail)?;
        // A name that is given to another file meanwhile may turn up twice.
        names.sort_unstable();
        names.dedup();
        for (at, name) in names.iter().enumerate() {
            if at % 256 == 0 && gate.is_shut() {
                return Err(Error::cancelled(self.operation));
            }
            // A name that no key can have belongs to no object.
            let Some(name) = name.to_str() else { continue };
            let below = match &path {
                Some(path) => format!("{path}/{name}"),
                None => name.to_owned(),
            };
            // Deleted since its name was read: no object any more.
            let Some(found) = folder.look(name).map_err(fail)? else { continue };
            if found.what == What::Folder {
                // No key leads into a folder with a temporary name.
                if !is_temp(name.as_ref()) {
                    self.waiting.push(Some(below));
                }
            } else {
                each(&folder, name, &below, &found)?;
            }
        }
        // A folder that was emptied by being unmounted or replaced looks like
        // one without objects.
        place.root(self.operation).map(drop)
    }

    /// The objects of the next folder.
    pub(super) fn entries(&mut self, place: &Place, gate: &Gate) -> Result<Vec<Entry>> {
        let operation = self.operation;
        let mut entries = Vec::new();
        self.step(place, gate, |_, name, below, found| {
            if is_temp(name.as_ref()) {
                return Ok(());
            }
            // A name with a backslash is no key either.
            let Ok(key) = Key::new(below) else { return Ok(()) };
            if is_object(found, below, operation)? {
                entries.push(Entry { key, length: found.length, hash: None });
            }
            Ok(())
        })?;
        Ok(entries)
    }

    /// Removes what was left unfinished in the next folder before `moment`;
    /// how many files.
    pub(super) fn sweep(&mut self, place: &Place, gate: &Gate, moment: SystemTime) -> Result<u64> {
        let operation = self.operation;
        let mut removed = 0;
        self.step(place, gate, |folder, name, below, found| {
            let old = found.what == What::File && found.modified < moment;
            if old && is_temp(name.as_ref()) {
                let gone = folder.remove(name).map_err(|error| from_io(error, operation, below))?;
                removed += u64::from(gone);
            }
            Ok(())
        })?;
        Ok(removed)
    }
}
