//! The main job without a window: a generated folder goes into an encrypted
//! backup, comes back, and is compared.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{self, Outcome, Steps};
use crate::{compare, platform, sample};

/// How many steps `make` takes.
pub(crate) const STEPS: usize = 6;

/// Runs the whole job in a folder that it empties first.
#[expect(clippy::print_stdout, reason = "the result, for a terminal")]
pub(crate) fn make(keepstead: &Path, place: &Path, steps: &mut Steps) -> Outcome<()> {
    let source = place.join("source");
    let repository = place.join("repository");
    let target = place.join("restored");
    let passphrase = place.join("passphrase");
    let vault = |arguments: &[&str], last: &[&Path]| {
        let mut command = Command::new(keepstead);
        command.arg("vault").args(arguments).args(last);
        command.arg("--repository").arg(&repository).arg("--password-file").arg(&passphrase);
        step::run(&mut command)
    };

    let generated = steps.step("Generate a folder", || {
        let text = |error: std::io::Error| format!("{}: {error}", place.display());
        if place.exists() {
            fs::remove_dir_all(place).map_err(text)?;
        }
        fs::create_dir_all(&source).map_err(text)?;
        // A passphrase for invented files, so it may stand here.
        fs::write(&passphrase, "generated files need no secret\n").map_err(text)?;
        platform::set_mode(&passphrase, 0o600).map_err(text)?;
        sample::generate(&source).map_err(text)
    })?;
    println!("{} files, {} bytes, in {}", generated.files, generated.bytes, source.display());

    steps.step("Set up an encrypted repository", || vault(&["init"], &[]))?;
    steps.step("Back up", || vault(&["backup"], &[&source]))?;
    steps.step("Check, reading back every byte", || vault(&["check", "--read-data"], &[]))?;
    steps.step("Restore", || vault(&["restore", "latest", "--target"], &[&target]))?;
    let restored = below(&target, &source)?;
    steps.step("Compare names, bytes, modes, times and links", || {
        let differences = compare::trees(&source, &restored).map_err(|error| error.to_string())?;
        if differences.is_empty() {
            return Ok(());
        }
        Err(format!("the copy differs:\n  {}", differences.join("\n  ")))
    })?;

    println!(
        "\n{} files ({} bytes) went into an encrypted backup and came back identical.\n\n  \
         Folder      {}\n  Backup      {}\n  Restored    {}\n  Passphrase  {}\n",
        generated.files,
        generated.bytes,
        source.display(),
        repository.display(),
        restored.display(),
        passphrase.display(),
    );
    let mut restic = Command::new("restic");
    restic.arg("--repo").arg(&repository).arg("--password-file").arg(&passphrase);
    restic.arg("snapshots");
    println!("Without Keepstead, restic opens the same backup:\n\n  {}", step::shown(&restic));
    Ok(())
}

/// Where a restore into `target` puts what was backed up from `source`.
fn below(target: &Path, source: &Path) -> Outcome<PathBuf> {
    let source = source.canonicalize().map_err(|error| error.to_string())?;
    Ok(target.join(source.components().filter_map(component).collect::<PathBuf>()))
}

/// The folder that restores have for a component: `C:` becomes `C`, the root none.
fn component(part: std::path::Component<'_>) -> Option<PathBuf> {
    use std::path::{Component, Prefix};
    match part {
        Component::Normal(name) => Some(PathBuf::from(name)),
        Component::Prefix(prefix) => match prefix.kind() {
            Prefix::Disk(letter) | Prefix::VerbatimDisk(letter) => {
                Some(PathBuf::from(char::from(letter).to_string()))
            }
            _ => None,
        },
        _ => None,
    }
}
