//! The folder of a store, and how a key leads to a file in it. Everything here
//! blocks.

use super::{
    errors::{from_io, not_mounted},
    platform::{Folder, Found, Identity, What},
};
use model::Random;
use std::{
    ffi::OsStr,
    fmt::Write,
    fs::File,
    io,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};
use storage::{Error, ErrorKind, Key, Result, buffers::Buffers};

/// Starts and ends the names of files that are not objects yet.
const TEMP: (&str, &str) = (".keepstead-", ".tmp");

/// Whether a name is one this store gives to files that are being written.
pub(super) fn is_temp(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(TEMP.0.as_bytes()) && name.ends_with(TEMP.1.as_bytes())
}

/// So many bytes of memory that was read into are kept for the next reading.
const KEPT: usize = 64 << 20;

/// The folder of a store.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    pub(super) identity: Identity,
    pub(super) random: Arc<dyn Random>,
    /// Held for writing while a folder is made and synced, so that nobody puts
    /// an object into a folder whose own name may not survive a power cut.
    making: RwLock<()>,
    /// Memory for what is read.
    pub(super) buffers: Arc<Buffers>,
}

impl Place {
    pub(super) fn new(path: PathBuf, identity: Identity, random: Arc<dyn Random>) -> Self {
        let buffers = Arc::new(Buffers::keeping(KEPT));
        Self { path, identity, random, making: RwLock::new(()), buffers }
    }

    /// Opens the folder, if it is still the one the store was opened on. It is
    /// not kept open in between: that would keep a disk from being unmounted.
    pub(super) fn root(&self, operation: &'static str) -> Result<Folder> {
        let folder = Folder::open(&self.path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                not_mounted(operation, "the folder is gone")
            }
            _ => from_io(error, operation, ""),
        })?;
        match folder.is(&self.identity) {
            Ok(true) => Ok(folder),
            Ok(false) => Err(not_mounted(operation, "another folder stands in its place")),
            Err(error) => Err(from_io(error, operation, "")),
        }
    }

    /// The folder `key` lies in and its name there; `None` when there is no
    /// such folder.
    pub(super) fn find<'k>(
        &self,
        key: &'k Key,
        operation: &'static str,
    ) -> Result<Option<(Folder, &'k str)>> {
        let (path, name) = key.split();
        if is_temp(name.as_ref()) {
            return self.root(operation).map(|_| None);
        }
        Ok(self.folder(path, operation)?.map(|folder| (folder, name)))
    }

    /// The folder at `path`, or that of the store; `None` when there is none.
    pub(super) fn folder(
        &self,
        path: Option<&str>,
        operation: &'static str,
    ) -> Result<Option<Folder>> {
        let root = self.root(operation)?;
        let shown = path.unwrap_or_default();
        if shown.split('/').any(|part| is_temp(part.as_ref())) {
            return Ok(None);
        }
        match walk(root, path) {
            Ok(folder) => Ok(Some(folder)),
            Err(error) if self.is_nowhere(shown, &error, operation)? => Ok(None),
            Err(error) => Err(from_io(error, operation, shown)),
        }
    }

    /// Whether a path of folders failed with `error` because there is no such
    /// folder: it is missing, or it lies below an object.
    pub(super) fn is_nowhere(
        &self,
        path: &str,
        error: &io::Error,
        operation: &'static str,
    ) -> Result<bool> {
        match error.kind() {
            io::ErrorKind::NotFound => return Ok(true),
            io::ErrorKind::NotADirectory => {}
            _ => return Ok(false),
        }
        // A link to a folder is not a folder either, but what lies behind it
        // is unknown and not nothing.
        let fail = |error| from_io(error, operation, path);
        let mut folder = self.root(operation)?;
        for part in path.split('/') {
            match folder.look(part).map_err(fail)?.map(|found| found.what) {
                Some(What::Folder) => folder = folder.child(part).map_err(fail)?,
                Some(What::File) | None => return Ok(true),
                Some(What::Other) => return Ok(false),
            }
        }
        Ok(false)
    }

    /// As [`find`](Place::find), and makes the folders that are missing.
    pub(super) fn find_or_make<'k>(
        &self,
        key: &'k Key,
        operation: &'static str,
    ) -> Result<(Folder, &'k str)> {
        if key.as_str().split('/').any(|part| is_temp(part.as_ref())) {
            let error = Error::new(ErrorKind::Unsupported, operation).at(key.as_str());
            return Err(error.because("the name is reserved for files being written"));
        }
        let found = {
            let _reading = self.making.read().unwrap_or_else(PoisonError::into_inner);
            self.find(key, operation)?
        };
        if let Some(found) = found {
            return Ok(found);
        }
        let _making = self.making.write().unwrap_or_else(PoisonError::into_inner);
        let mut folder = self.root(operation)?;
        let (path, name) = key.split();
        for part in path.into_iter().flat_map(|path| path.split('/')) {
            folder = child_or_make(&folder, part)
                .map_err(|error| from_io(error, operation, key.as_str()))?;
        }
        Ok((folder, name))
    }

    /// A name for a file that is being written.
    pub(super) fn temp_name(&self) -> String {
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes);
        let mut name = String::from(TEMP.0);
        for byte in bytes {
            // Writing into a string cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
        name + TEMP.1
    }

    /// Opens an object for reading; `None` when it is not there.
    pub(super) fn object(&self, key: &Key, operation: &'static str) -> Result<Option<(File, u64)>> {
        let Some((folder, name)) = self.find(key, operation)? else { return Ok(None) };
        let fail = |error| from_io(error, operation, key.as_str());
        let file = match folder.read(name) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            // A link is refused when it is opened, with an error that differs
            // from system to system.
            Err(error) => {
                return match folder.look(name).map_err(fail)? {
                    Some(Found { what: What::Other, .. }) => Err(foreign(key.as_str(), operation)),
                    Some(_) => Err(fail(error)),
                    None => Ok(None),
                };
            }
        };
        let about = file.metadata().map_err(fail)?;
        if about.is_file() {
            Ok(Some((file, about.len())))
        } else if about.is_dir() {
            Ok(None)
        } else {
            Err(foreign(key.as_str(), operation))
        }
    }
}

/// Whether what stands under a name is an object. A folder is none.
///
/// # Errors
/// When it is something that this store does not make and will not touch.
pub(super) fn is_object(found: &Found, name: &str, operation: &'static str) -> Result<bool> {
    match found.what {
        What::File => Ok(true),
        What::Folder => Ok(false),
        What::Other => Err(foreign(name, operation)),
    }
}

fn foreign(name: &str, operation: &'static str) -> Error {
    Error::new(ErrorKind::Other, operation)
        .at(name)
        .because("a link or a device stands where an object should be")
}

/// Follows a path of folders down from `folder`.
pub(super) fn walk(mut folder: Folder, path: Option<&str>) -> io::Result<Folder> {
    for part in path.into_iter().flat_map(|path| path.split('/')) {
        folder = folder.child(part)?;
    }
    Ok(folder)
}

fn child_or_make(folder: &Folder, name: &str) -> io::Result<Folder> {
    match folder.child(name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            folder.make_child(name)?;
            folder.sync()?;
            folder.child(name)
        }
        child => child,
    }
}
