//! Writing an object so that it is there whole or not at all.
//!
//! What survives a crash: until [`Pending::publish`] a file exists only under a
//! temporary name that no listing shows; its bytes are on the disk before it is
//! given its own name, and the name is on the disk before success is reported.

use super::{
    direct,
    errors::{damaged, from_io},
    gate::Gate,
    place::Place,
    platform::{Folder, Moved},
};
use bytes::Bytes;
use std::{
    fs::File,
    io::{self, IoSlice, Read, Write},
};
use storage::{Error, ErrorKind, Key, Overwrite, Result};

/// How much one system call is given at most, in bytes and in pieces: between
/// two calls the writer notices that it was cancelled.
const CALL: (usize, usize) = (4 << 20, 64);

/// An object that is being written.
#[derive(Debug)]
pub(super) struct Pending {
    operation: &'static str,
    key: Key,
    folder: Folder,
    temp: String,
    file: File,
    written: u64,
    /// Whether the temporary name has to be removed.
    temporary: bool,
}

impl Pending {
    /// Starts an object.
    pub(super) fn begin(
        place: &Place,
        operation: &'static str,
        key: &Key,
        overwrite: Overwrite,
    ) -> Result<Self> {
        let (folder, name) = place.find_or_make(key, operation)?;
        let fail = |error| from_io(error, operation, key.as_str());
        // Spares the bytes of an object that will be refused; what decides is
        // the moment of publishing.
        if overwrite == Overwrite::Refuse && folder.look(name).map_err(fail)?.is_some() {
            return Err(Error::new(ErrorKind::AlreadyExists, operation).at(key.as_str()));
        }
        let (temp, file) = create_temp(place, &folder).map_err(fail)?;
        Ok(Self { operation, key: key.clone(), folder, temp, file, written: 0, temporary: true })
    }

    fn fail(&self, error: io::Error) -> Error {
        from_io(error, self.operation, self.key.as_str())
    }

    /// Appends pieces. They are not copied on their way to the system, and a
    /// large one that begins on a page of memory is not copied there either.
    pub(super) fn write(&mut self, pieces: &[Bytes], gate: &Gate) -> Result<()> {
        let mut rest = pieces;
        // How much of the first piece has been written.
        let mut skip = 0;
        while !rest.is_empty() {
            if gate.is_shut() {
                return Err(Error::cancelled(self.operation));
            }
            let direct = if skip == 0 {
                direct::append(&self.file, &rest[0], self.written, gate)
            } else {
                Ok(0)
            };
            let mut written = match direct {
                Ok(0) => self.write_some(rest, skip),
                direct => direct,
            }
            .map_err(|error| self.fail(error))?;
            self.written += written as u64;
            // Go past what is written, and past empty pieces.
            while let Some(first) = rest.first() {
                let left = first.len() - skip;
                if written < left {
                    skip += written;
                    break;
                }
                written -= left;
                skip = 0;
                rest = &rest[1..];
            }
        }
        Ok(())
    }

    /// Appends as much of `pieces`, without the first `skip` bytes, as one
    /// system call takes.
    fn write_some(&mut self, pieces: &[Bytes], skip: usize) -> io::Result<usize> {
        let mut room = CALL.0;
        let mut slices = Vec::with_capacity(pieces.len().min(CALL.1));
        for (at, piece) in pieces.iter().take(CALL.1).enumerate() {
            let piece = &piece[if at == 0 { skip } else { 0 }..];
            let piece = &piece[..piece.len().min(room)];
            slices.push(IoSlice::new(piece));
            room -= piece.len();
            if room == 0 {
                break;
            }
        }
        match self.file.write_vectored(&slices) {
            Ok(0) if room < CALL.0 => Err(io::ErrorKind::WriteZero.into()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(0),
            written => written,
        }
    }

    /// Appends `length` bytes of another file, without bringing them here
    /// where the system can avoid it.
    pub(super) fn copy(&mut self, from: &File, length: u64, gate: &Gate) -> Result<()> {
        while self.written < length {
            if gate.is_shut() {
                return Err(Error::cancelled(self.operation));
            }
            let part = (length - self.written).min(64 << 20);
            let copied =
                io::copy(&mut from.take(part), &mut self.file).map_err(|error| self.fail(error))?;
            if copied == 0 {
                return Err(damaged(self.operation, self.key.as_str(), "the object shrank"));
            }
            self.written += copied;
        }
        Ok(())
    }

    /// Gives the object its name, once all its bytes are on the disk.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] when the name must be free and is not, and
    /// [`ErrorKind::NotMounted`] when the store's folder is gone.
    pub(super) fn publish(
        mut self,
        place: &Place,
        length: u64,
        overwrite: Overwrite,
        gate: &Gate,
    ) -> Result<()> {
        // Both counts come from the same bytes, unless something here is wrong;
        // then the object must not appear.
        let stored = self.file.metadata().map_err(|error| self.fail(error))?.len();
        if self.written != length || stored != length {
            let why = "the file has another length than the object";
            return Err(damaged(self.operation, self.key.as_str(), why));
        }
        self.file.sync_all().map_err(|error| self.fail(error))?;
        // A disk may have been torn off while this was written to it.
        place.root(self.operation)?;
        gate.pass(self.operation)?;
        let name = self.key.split().1;
        match overwrite {
            Overwrite::Allow => {
                self.folder
                    .replace(&self.temp, &self.folder, name)
                    .map_err(|error| self.fail(error))?;
                self.temporary = false;
            }
            Overwrite::Refuse => {
                let moved = self
                    .folder
                    .publish(&self.temp, &self.folder, name)
                    .map_err(|error| self.fail(error))?;
                self.temporary = moved == Moved::Linked;
            }
        }
        if let Err(error) = self.folder.sync() {
            if overwrite == Overwrite::Refuse {
                // The name was free before, so a failed write leaves it free.
                let _ = self.folder.remove(name);
            }
            return Err(self.fail(error));
        }
        Ok(())
    }
}

/// A new file under a temporary name that nobody else has.
fn create_temp(place: &Place, folder: &Folder) -> io::Result<(String, File)> {
    // With real randomness the first name is free.
    for _ in 0..64 {
        let temp = place.temp_name();
        match folder.create(&temp) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return created.map(|file| (temp, file)),
        }
    }
    // Not `AlreadyExists`: that would be taken for the object.
    Err(io::Error::other("no free name for a temporary file"))
}

impl Drop for Pending {
    fn drop(&mut self) {
        if self.temporary {
            // What stays behind is invisible, and swept away later.
            let _ = self.folder.remove(&self.temp);
        }
    }
}
