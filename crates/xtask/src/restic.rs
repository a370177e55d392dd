//! The two judges: Debian 12's restic, and a newer one from a newer Debian unpacked beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{self, Outcome};

/// The Debian release whose restic is unpacked, and its keys.
const RELEASE: &str = "trixie";
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// The oldest restic that restores everything Keepstead writes.
const NEWER: (u32, u32) = (0, 18);

/// The restic programs that the tests run.
pub(crate) struct Judges {
    pub(crate) old: PathBuf,
    pub(crate) new: PathBuf,
}

impl Judges {
    /// Tells a command that runs tests where they are.
    pub(crate) fn tell<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("KEEPSTEAD_TEST_RESTIC_OLD", &self.old)
            .env("KEEPSTEAD_TEST_RESTIC_NEW", &self.new)
    }
}

/// Finds both programs, and fetches the newer one when it is not there yet.
///
/// `KEEPSTEAD_TEST_RESTIC_OLD` and `KEEPSTEAD_TEST_RESTIC_NEW` name others.
pub(crate) fn judges(root: &Path) -> Outcome<Judges> {
    let old = named("OLD").unwrap_or_else(|| PathBuf::from("/usr/bin/restic"));
    if !old.is_file() {
        return Err(format!(
            "{} is not there; KEEPSTEAD_TEST_RESTIC_OLD and KEEPSTEAD_TEST_RESTIC_NEW name others",
            old.display()
        ));
    }
    version(&old)?;
    Ok(Judges { old, new: current(root)? })
}

/// Finds a restic that restores everything Keepstead writes, and fetches it when
/// it is not there yet.
pub(crate) fn current(root: &Path) -> Outcome<PathBuf> {
    let new = match named("NEW") {
        Some(program) => program,
        None => newer(root)?,
    };
    let (found, text) = version(&new)?;
    if found < NEWER {
        return Err(format!("{} is {text}, and 0.18 or newer is needed", new.display()));
    }
    Ok(new)
}

fn named(which: &str) -> Option<PathBuf> {
    std::env::var_os(format!("KEEPSTEAD_TEST_RESTIC_{which}")).map(PathBuf::from)
}

#[expect(clippy::print_stdout, reason = "progress for a terminal")]
fn version(program: &Path) -> Outcome<((u32, u32), String)> {
    let text = step::output(Command::new(program).arg("version"))?;
    let text = text.trim().to_owned();
    println!("{}: {text}", program.display());
    let number = text.split_whitespace().nth(1).unwrap_or_default();
    let mut parts = number.split('.').map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Ok(((major, minor), text)),
        _ => Err(format!("{} does not say its version: {text}", program.display())),
    }
}

/// Downloads restic of a newer release through apt, which checks Debian's
/// signature, with state of its own so that this machine's packages stay as they are.
fn newer(root: &Path) -> Outcome<PathBuf> {
    let unpacked = root.join(".cache/restic-new");
    let program = unpacked.join("usr/bin/restic");
    if program.is_file() {
        return Ok(program);
    }
    let state = root.join(".cache/apt");
    let text = |error: std::io::Error| error.to_string();
    for folder in ["lists/partial", "archives/partial", "parts"] {
        fs::create_dir_all(state.join(folder)).map_err(text)?;
    }
    fs::write(state.join("status"), "").map_err(text)?;
    fs::write(state.join("apt.conf"), settings(&state)).map_err(text)?;
    let sources = format!("deb [signed-by={KEYS}] {} {RELEASE} main\n", mirror()?);
    fs::write(state.join("sources.list"), sources).map_err(text)?;

    step::run(apt(&state).arg("update"))?;
    step::run(apt(&state).args(["download", "restic"]).current_dir(state.join("archives")))?;
    let package = fs::read_dir(state.join("archives"))
        .map_err(text)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .ok_or("apt-get downloaded no package")?;
    step::run(Command::new("dpkg-deb").arg("--extract").arg(package).arg(&unpacked))?;
    fs::remove_dir_all(state).map_err(text)?;
    Ok(program)
}

/// The mirror that this machine takes Debian from.
fn mirror() -> Outcome<String> {
    let targets = step::output(Command::new("apt-get").args([
        "indextargets",
        "--format",
        "$(ORIGIN) $(COMPONENT) $(SUITE) $(REPO_URI)",
        "Created-By: Packages",
    ]))?;
    targets
        .lines()
        .filter_map(|line| line.strip_prefix("Debian main "))
        .filter(|line| !line.contains("security"))
        .find_map(|line| line.split_whitespace().last())
        .map(str::to_owned)
        .ok_or_else(|| {
            "apt knows no Debian mirror; set KEEPSTEAD_TEST_RESTIC_NEW to a restic of 0.18 or newer"
                .to_owned()
        })
}

/// apt-get with the state folder's settings.
fn apt(state: &Path) -> Command {
    let mut command = Command::new("apt-get");
    command.arg("--quiet").env("APT_CONFIG", state.join("apt.conf"));
    command
}

/// Settings that keep everything in the state folder.
fn settings(state: &Path) -> String {
    let places = [
        ("Dir::Etc::SourceList", "sources.list"),
        ("Dir::Etc::SourceParts", "parts"),
        ("Dir::Etc::PreferencesParts", "parts"),
        ("Dir::State::Lists", "lists"),
        ("Dir::State::status", "status"),
        ("Dir::Cache", "."),
        ("Dir::Cache::Archives", "archives"),
    ];
    // Downloads go into the repository's folder, which apt's own user may not enter.
    let mut text = "APT::Sandbox::User \"root\";\n".to_owned();
    for (setting, place) in places {
        text += &format!("{setting} \"{}\";\n", state.join(place).display());
    }
    text
}
