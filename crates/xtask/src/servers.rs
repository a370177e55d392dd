//! The real servers that the tests start: what Debian does not have of them is
//! fetched into `.cache/servers`, in exactly the committed versions.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::platform;
use crate::setup::{self, Consent};
use crate::step::{self, Outcome};

/// Fetches what is missing, or was fetched for another list of versions.
pub(crate) fn fetch(root: &Path) -> Outcome<()> {
    let (lists, fetched) = (root.join("crates/servers"), root.join(".cache/servers"));
    once(&lists, &fetched.join("python"), &["requirements.txt"], from_python)?;
    once(&lists, &fetched.join("node"), &["package.json", "package-lock.json"], from_node)
}

/// Does `work` in an empty folder, unless it was done there for the same lists.
#[expect(clippy::print_stdout, reason = "progress for a terminal")]
fn once(
    lists: &Path,
    folder: &Path,
    names: &[&str],
    work: fn(&Path) -> Outcome<()>,
) -> Outcome<()> {
    let text = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut wanted = Vec::new();
    for name in names {
        wanted.extend(fs::read(lists.join(name)).map_err(text)?);
    }
    let done = folder.join("done");
    if fs::read(&done).is_ok_and(|known| known == wanted) {
        println!("{} is there.", folder.display());
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(text)?;
    }
    fs::create_dir_all(folder).map_err(text)?;
    for name in names {
        fs::copy(lists.join(name), folder.join(name)).map_err(text)?;
    }
    work(folder)?;
    // Last, so that what was interrupted is done again.
    fs::write(done, wanted).map_err(text)
}

fn from_python(folder: &Path) -> Outcome<()> {
    // The system's own, for which the package with venv is installed.
    let system = Path::new("/usr/bin/python3");
    let python = if system.is_file() { system } else { Path::new("python3") };
    step::run(Command::new(python).args(["-m", "venv"]).arg(folder))?;
    let mut install = Command::new(folder.join("bin/pip"));
    install.args(["install", "--quiet", "--no-deps", "--no-compile", "--only-binary", ":all:"]);
    install.args(["--disable-pip-version-check", "--requirement"]);
    step::run(install.arg(folder.join("requirements.txt")))
}

fn from_node(folder: &Path) -> Outcome<()> {
    let mut install = platform::npm();
    // What Azurite needs for other databases and to build itself, it does not need here.
    install.args(["ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"]);
    step::run(install.args(["--loglevel=error"]).current_dir(folder))
}

/// `cargo xtask servers`: installs what the servers need, and runs them for people.
pub(crate) fn run(names: &[String], consent: Consent) -> Outcome<()> {
    let root = crate::root()?;
    setup::install_packages(platform::SERVERS, consent)?;
    fetch(root)?;
    let mut command = step::cargo();
    command.current_dir(root).args(["run", "--quiet", "--locked", "--package", "servers", "--"]);
    step::run_with_input(command.args(names))
}
