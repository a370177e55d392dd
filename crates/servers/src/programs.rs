//! Where the servers' programs are.

use std::{
    env, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Names another folder that holds what the registries of Python and Node give.
const VARIABLE: &str = "KEEPSTEAD_TEST_SERVERS";

/// Where Debian puts daemons, which are not in everybody's PATH.
const DAEMONS: [&str; 2] = ["/usr/sbin", "/usr/local/sbin"];

/// The folder into which `cargo xtask test` fetches servers.
#[must_use]
pub(crate) fn fetched() -> PathBuf {
    env::var_os(VARIABLE).map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/servers"),
        PathBuf::from,
    )
}

/// A program of that name: fetched, or installed.
///
/// # Errors
/// When it is not there, with what installs it.
pub(crate) fn program(name: &str) -> io::Result<PathBuf> {
    let fetched = fetched();
    let mut folders = vec![fetched.join("python/bin"), fetched.join("node/node_modules/.bin")];
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    folders.extend(DAEMONS.map(PathBuf::from));
    found(folders.iter().map(|folder| folder.join(name)), name)
}

/// The first of these files that is there.
pub(crate) fn found(places: impl Iterator<Item = PathBuf>, name: &str) -> io::Result<PathBuf> {
    places.into_iter().find(|place| place.is_file()).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> io::Error {
    let text = format!(
        "{name} is not on this machine; `cargo xtask test` installs it ({VARIABLE} names a \
         folder that holds it already)"
    );
    io::Error::new(io::ErrorKind::NotFound, text)
}

/// Runs a program to its end.
///
/// # Errors
/// When it fails, with what it said.
pub(crate) fn run(command: &mut Command) -> io::Result<String> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let (name, said) = (command.get_program(), String::from_utf8_lossy(&output.stderr));
    Err(io::Error::other(format!("{}: {}: {said}", name.display(), output.status)))
}
