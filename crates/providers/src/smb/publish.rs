//! Giving what was written its name.
//!
//! Invariant: an object appears with all its bytes, which are on the server's
//! disk by then; of several that want one new name, on whatever machines, one
//! gets it.

use super::{
    errors::Fault,
    messages::{dispose, set},
    names,
    place::Place,
    wire::{Ending, File, Opening, Wire},
};
use sha2::{Digest, Sha256};
use smb2::{
    msg::create::CreateDisposition,
    types::{Command, FileId, flags::FileAccessMask, status::NtStatus},
};
use std::{sync::Arc, time::Duration};
use storage::{Cancel, Error, ErrorKind, Key, Overwrite, Result, Retry, unless_cancelled};
use tokio::time::{Instant, sleep, timeout};

/// So long a cancelled write waits for the server to say what became of it.
const GRACE: Duration = Duration::from_millis(800);
/// So long a write waits for others to have done with the name it wants.
const IN_USE: Duration = Duration::from_secs(10);
/// So long it waits before it tries again at first.
const SOON: Duration = Duration::from_millis(5);
/// `FileRenameInformation`, `FileLinkInformation`.
const RENAME: u8 = 10;
const LINK: u8 = 11;

/// Gives a file the name of `key`, and sees that it stays. From here on the
/// caller is told what became of it, even when it is cancelled meanwhile.
///
/// `from` is the object the file was until now.
pub(super) async fn finish(
    place: &Arc<Place>,
    file: File,
    from: Option<&Key>,
    key: &Key,
    overwrite: Overwrite,
    operation: &'static str,
    cancel: &Cancel,
) -> Result<()> {
    if cancel.is_cancelled() {
        return Err(Error::cancelled(operation));
    }
    let (place, key, from) = (Arc::clone(place), key.clone(), from.cloned());
    let stop = cancel.clone();
    let mut publishing = tokio::spawn(async move {
        publish(&place, file, from.as_ref(), &key, overwrite, operation, &stop).await
    });
    let outcome = tokio::select! {
        biased;
        outcome = &mut publishing => outcome,
        () = cancel.cancelled() => match timeout(GRACE, publishing).await {
            Ok(outcome) => outcome,
            Err(_) => return Err(Error::cancelled(operation)),
        },
    };
    outcome.unwrap_or_else(|_| Err(Error::cancelled(operation)))
}

async fn publish(
    place: &Place,
    mut file: File,
    from: Option<&Key>,
    key: &Key,
    overwrite: Overwrite,
    operation: &'static str,
    cancel: &Cancel,
) -> Result<()> {
    let wire = Arc::clone(&file.wire);
    let fail = |fault| place.told(&wire, fault, operation, key.as_str());
    let path = place.path(key.as_str());
    let linked = match overwrite {
        Overwrite::Allow => {
            replace(place, &file, key, &path, operation, cancel).await?;
            false
        }
        Overwrite::Refuse => create(&file, &place.folder_of(key), &path).await.map_err(fail)?,
    };
    // After a link the old name has to go; after a renaming there is none.
    file.ending = if linked { Ending::Remove } else { Ending::Close };
    let folder = place.folder_of(key);
    let old = from.map(|from| place.folder_of(from)).filter(|old| *old != folder);
    let (flushed, ended) = tokio::join!(place.flush(&wire, &folder), file.end());
    // What stays of a temporary file is invisible; of an object, it is not.
    if from.is_some() {
        ended.map_err(fail)?;
    }
    if let Err(fault) = flushed {
        if overwrite == Overwrite::Refuse && from.is_none() {
            // The name was free before, so a failed write leaves it free.
            let object = Opening::there(&path, FileAccessMask::DELETE, Opening::FILE);
            let _ = wire.once(object, Some(dispose(FileId::SENTINEL))).await;
        }
        return Err(fail(fault));
    }
    if let Some(old) = old {
        place.flush(&wire, &old).await.map_err(fail)?;
    }
    Ok(())
}

/// Gives a file a name that must be free; whether it is a second name.
///
/// Linking comes first because a server may look whether the name is free, and
/// replace what somebody has put there since; a link it cannot make so. Where
/// files can have one name only, whoever renames holds a claim to the new name.
async fn create(file: &File, folder: &str, path: &str) -> Result<bool, Fault> {
    match name(file, LINK, path, false).await {
        Ok(()) => return Ok(true),
        Err(fault) if fault.is_unable() || fault.status() == Some(NtStatus::ACCESS_DENIED) => {}
        Err(fault) => return Err(fault),
    }
    let claim = claim(&file.wire, folder, path).await?;
    let named = name(file, RENAME, path, false).await;
    let _ = claim.end().await;
    named.map(|()| false)
}

/// A file that only one can have, for as long as it is open, and that goes with
/// whoever has it. Its name is a temporary one that follows from `path`.
async fn claim(wire: &Arc<Wire>, folder: &str, path: &str) -> Result<File, Fault> {
    let hash = Sha256::digest(path.to_lowercase());
    let claim = names::below(folder, &names::temp_of(&hash[..8]));
    let opening = Opening {
        disposition: CreateDisposition::FileCreate,
        ..Opening::there(&claim, FileAccessMask::DELETE, Opening::FILE | Opening::GOES)
    };
    let since = Instant::now();
    loop {
        match wire.open(opening).await {
            Err(fault) if fault.is_claimed() && since.elapsed() < IN_USE => sleep(SOON).await,
            Err(fault) if fault.is_claimed() => {
                let taken = Error::new(ErrorKind::Other, "put").retry_advice(Retry::Soon);
                return Err(taken
                    .because("somebody else is writing an object of this name")
                    .into());
            }
            claimed => return claimed,
        }
    }
}

/// Gives a file a name and replaces what has it, as soon as nobody reads that.
async fn replace(
    place: &Place,
    file: &File,
    key: &Key,
    path: &str,
    operation: &'static str,
    cancel: &Cancel,
) -> Result<()> {
    let gate = place.gate(key.as_str());
    let since = Instant::now();
    let mut pause = SOON;
    loop {
        let outcome = {
            let _replacing = gate.write().await;
            name(file, RENAME, path, true).await
        };
        let fault = match outcome {
            Ok(()) => return Ok(()),
            Err(fault) => fault,
        };
        if !fault.is_in_use() || !file.wire.writable || since.elapsed() > IN_USE {
            return Err(place.told(&file.wire, fault, operation, key.as_str()));
        }
        // Somebody else may read it; or it is not ours to replace.
        if !is_open(&file.wire, path).await {
            return Err(place.told(&file.wire, fault, operation, key.as_str()));
        }
        unless_cancelled(cancel, operation, sleep(pause)).await?;
        pause = (pause * 2).min(Duration::from_millis(250));
    }
}

/// Whether what has a name could be replaced, were it not open.
async fn is_open(wire: &Arc<Wire>, path: &str) -> bool {
    match wire.open(Opening::there(path, FileAccessMask::DELETE, Opening::FILE)).await {
        Ok(file) => {
            // Otherwise this would be what keeps it open.
            let _ = file.end().await;
            true
        }
        Err(fault) => fault.is_nothing(),
    }
}

/// Gives a file a name, or a second one: [MS-FSCC] 2.4.42 and 2.4.27.
async fn name(file: &File, class: u8, path: &str, replace: bool) -> Result<(), Fault> {
    let path: Vec<u8> = path.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = u32::try_from(path.len()).map_err(|_| Fault::Malformed("a name too long"))?;
    let mut buffer = vec![u8::from(replace)];
    buffer.resize(16, 0);
    buffer.extend_from_slice(&length.to_le_bytes());
    buffer.extend_from_slice(&path);
    file.wire.send(Command::SetInfo, set(file.id, class, buffer), 0).await.map(drop)
}
