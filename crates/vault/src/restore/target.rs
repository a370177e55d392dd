//! Whether a folder may be restored to.

use crate::{
    error::{Error, Result, TargetProblem},
    platform::restore as system,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A target that may be used.
#[derive(Debug)]
pub(super) struct Target {
    /// Absolute, links resolved.
    pub(super) path: PathBuf,
    /// Whether it is there.
    pub(super) exists: bool,
}

fn not_writable(reason: impl Into<String>) -> TargetProblem {
    TargetProblem::NotWritable(reason.into())
}

/// An error of the system in words, without its number.
pub(super) fn in_words(error: &io::Error) -> String {
    error.kind().to_string()
}

/// Looks at `target`, and writes nothing. `sources` are the folders that the
/// snapshot was taken of, `never` those that nothing is restored into. In place,
/// the target itself need not be writable: files come back into folders that
/// are, and nobody but root may write to `/`.
pub(super) fn look(
    target: &Path,
    sources: &[String],
    never: &[PathBuf],
    in_place: bool,
) -> Result<Target> {
    try_look(target, sources, never, in_place)
        .map_err(|problem| Error::Target { path: target.to_owned(), problem })
}

fn try_look(
    target: &Path,
    sources: &[String],
    never: &[PathBuf],
    in_place: bool,
) -> Result<Target, TargetProblem> {
    // A shell variable that is not set must not restore to wherever one stands.
    if target.as_os_str().is_empty() {
        return Err(not_writable("the path is empty"));
    }
    let absolute = std::path::absolute(target).map_err(|error| not_writable(in_words(&error)))?;
    let (ground, missing) = ground(&absolute)?;
    match fs::metadata(&ground) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(TargetProblem::NotAFolder),
        Err(error) => return Err(not_writable(in_words(&error))),
    }
    let exists = missing.as_os_str().is_empty();
    let path = if exists { ground.clone() } else { ground.join(missing) };
    for never in never {
        if let Ok(never) = fs::canonicalize(never)
            && path.starts_with(&never)
        {
            return Err(TargetProblem::InsideDestination(never));
        }
    }
    for source in sources {
        // Everything lies inside the root, so a backup of all of it may go
        // anywhere.
        if let Ok(source) = fs::canonicalize(source)
            && source.parent().is_some()
            && path.starts_with(&source)
        {
            return Err(TargetProblem::InsideSource(source));
        }
    }
    if !in_place || !exists {
        system::check_writable(&ground).map_err(|error| not_writable(in_words(&error)))?;
    }
    Ok(Target { path, exists })
}

/// The part of `path` that is there, links resolved, and the rest.
fn ground(path: &Path) -> Result<(PathBuf, PathBuf), TargetProblem> {
    let mut missing = PathBuf::new();
    let mut at = path;
    loop {
        match fs::canonicalize(at) {
            Ok(ground) => return Ok((ground, missing)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(TargetProblem::NotAFolder);
            }
            Err(error) => return Err(not_writable(in_words(&error))),
        }
        // A link that leads nowhere.
        if fs::symlink_metadata(at).is_ok() {
            return Err(TargetProblem::NotAFolder);
        }
        let (Some(parent), Some(name)) = (at.parent(), at.file_name()) else {
            return Err(not_writable("there is no such folder"));
        };
        missing = if missing.as_os_str().is_empty() {
            name.into()
        } else {
            Path::new(name).join(missing)
        };
        at = parent;
    }
}

/// Makes the target with the folders around it.
pub(super) fn make(target: &Path) -> Result<()> {
    #[cfg(unix)]
    use std::os::unix::fs::DirBuilderExt;

    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o755);
    builder.create(target).map_err(|error| Error::Target {
        path: target.to_owned(),
        problem: not_writable(in_words(&error)),
    })
}
