//! The work itself: each piece by every program in turn.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::data::{self, Amount, Set};
use super::figures::{Figures, Task};
use super::measure::{Cost, measure};
use super::tools::{Kind, Tool};
use crate::step::{self, Outcome};

/// Everything that a round needs.
pub(super) struct Rounds<'a> {
    pub(super) tools: &'a [Tool],
    /// The folder that is removed afterwards.
    pub(super) work: &'a Path,
    pub(super) figures: Figures,
    /// By how much the order of the programs is turned next.
    turn: usize,
}

impl<'a> Rounds<'a> {
    pub(super) fn new(tools: &'a [Tool], work: &'a Path) -> Self {
        Self { tools, work, figures: Figures::default(), turn: 0 }
    }

    /// Does everything once with one set.
    pub(super) fn round(&mut self, set: Set, source: &Path, amount: Amount) -> Outcome<()> {
        self.figures.amounts.insert(set, amount);
        self.each(set, Task::First, |tool, work| {
            make(&tool.cache())?;
            let repository = tool.repository("main");
            initialise(tool, &repository, work)?;
            let cost = measure(&backup(tool, &repository, &[source]), work)?;
            Ok((cost, size(&repository)? as f64))
        })?;
        if set == Set::Tree {
            self.each(set, Task::NoChange, |tool, work| {
                let cost = measure(&backup(tool, &tool.repository("main"), &[source]), work)?;
                Ok((cost, 0.0))
            })?;
        }
        self.each(set, Task::Restore, |tool, work| {
            let target = work.join("restored");
            make(&target)?;
            let cost = measure(&tool.restore(&tool.repository("main"), &target), work)?;
            // Not every program waits until what it restored is on the disk.
            let left = Instant::now();
            step::output(Command::new("sync").arg("--file-system").arg(&target))?;
            let lasting = cost.wall + left.elapsed().as_secs_f64();
            let restored = data::amount(&target).map_err(|error| error.to_string())?;
            retire(work, &target)?;
            if restored == amount {
                return Ok((cost, lasting));
            }
            Err(format!("{} restored {restored:?} of {amount:?}", tool.kind.name()))
        })?;
        self.each(set, Task::Check, |tool, work| {
            let check = tool.command(&tool.repository("main"), ["check", "--read-data"]);
            Ok((measure(&check, work)?, 0.0))
        })?;
        match set {
            Set::Bigfile => self.insert(source)?,
            Set::Docs => self.prune(source)?,
            Set::Photos | Set::Tree => {}
        }
        self.tools.iter().try_for_each(|tool| retire(self.work, tool.place()))
    }

    /// Backs up again with 1 KiB more in the middle of the file.
    fn insert(&mut self, source: &Path) -> Outcome<()> {
        let swapped = Swapped::new(source, self.work)?;
        self.each(Set::Bigfile, Task::Insert, |tool, work| {
            let repository = tool.repository("main");
            let before = size(&repository)?;
            let cost = measure(&backup(tool, &repository, &[source]), work)?;
            Ok((cost, size(&repository)? as f64 - before as f64))
        })?;
        drop(swapped);
        Ok(())
    }

    /// Removes two of five backups that have no file in common.
    fn prune(&mut self, source: &Path) -> Outcome<()> {
        let judge = self.tools.iter().find(|tool| tool.kind == Kind::Restic);
        self.each(Set::Docs, Task::Prune, |tool, work| {
            let repository = tool.repository("fifths");
            initialise(tool, &repository, work)?;
            let mut backups = Vec::new();
            for fifth in 0..5 {
                let [one, other] =
                    [0, 1].map(|half| source.join(format!("dept{}", fifth * 2 + half)));
                measure(&backup(tool, &repository, &[&one, &other]), work)?;
                let new = names(&repository.join("snapshots"))?;
                backups.extend(new.into_iter().find(|name| !backups.contains(name)));
            }
            let [first, _, third, ..] = &backups[..] else {
                return Err(format!("{} made {} backups of 5", tool.kind.name(), backups.len()));
            };
            let cost = measure(&tool.forget(&repository, [first, third]), work)?;
            let unneeded = match judge {
                Some(judge) => unneeded(judge, &repository)?,
                None => return Err("restic says what is needed, and is not there".to_owned()),
            };
            retire(work, &repository)?;
            Ok((cost, unneeded))
        })
    }

    /// Has every program do a piece of work, each time another one first.
    #[expect(clippy::print_stdout, reason = "progress for a terminal")]
    fn each(
        &mut self,
        set: Set,
        task: Task,
        piece: impl Fn(&Tool, &Path) -> Outcome<(Cost, f64)>,
    ) -> Outcome<()> {
        for at in 0..self.tools.len() {
            let tool = &self.tools[(at + self.turn) % self.tools.len()];
            // What others wrote is on its way to the disk no longer.
            step::output(&mut Command::new("sync"))?;
            let (cost, outcome) = piece(tool, self.work)?;
            println!(
                "{:8} {task:?}, {}: {:.2} s, {:.2} CPU-s, {:.0} MiB",
                set.name(),
                tool.kind.name(),
                cost.wall,
                cost.cpu,
                cost.peak / 1024.0
            );
            self.figures.add(set, task, tool.kind, cost, outcome);
        }
        self.turn += 1;
        Ok(())
    }
}

fn initialise(tool: &Tool, repository: &Path, work: &Path) -> Outcome<()> {
    measure(&tool.command(repository, ["init"]), work).map(drop)
}

fn backup(tool: &Tool, repository: &Path, sources: &[&Path]) -> Command {
    let arguments = std::iter::once(Path::new("backup")).chain(sources.iter().copied());
    tool.command(repository, arguments)
}

/// How many percent of the packs no backup needs, by restic's count.
fn unneeded(judge: &Tool, repository: &Path) -> Outcome<f64> {
    let stats = judge
        .command(repository, ["stats", "--mode", "raw-data", "--json", "--no-cache", "--no-lock"]);
    let mut stats = stats;
    let said = step::output(&mut stats)?;
    let needed = number_of(&said, "total_size")
        .ok_or_else(|| format!("restic says nothing of total_size: {said}"))?;
    let stored = size(&repository.join("data"))? as f64;
    Ok((stored - needed) / stored * 100.0)
}

/// The number of a name in an object of JSON.
fn number_of(json: &str, name: &str) -> Option<f64> {
    let (_, rest) = json.split_once(&format!("\"{name}\":"))?;
    rest.split([',', '}']).next()?.trim().parse().ok()
}

fn size(folder: &Path) -> Outcome<u64> {
    data::amount(folder).map(|amount| amount.bytes).map_err(|error| error.to_string())
}

fn names(folder: &Path) -> Outcome<Vec<String>> {
    let entries = fs::read_dir(folder).map_err(|error| error.to_string())?;
    Ok(entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
}

fn make(folder: &Path) -> Outcome<()> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

/// Puts a folder aside and empties its files. It is not removed before the end:
/// for minutes, ext4 looks through the places of deleted files whenever a file is
/// made (`recently_deleted` in fs/ext4/ialloc.c), and whoever works next would
/// pay for it with several times the processor's time.
fn retire(work: &Path, folder: &Path) -> Outcome<()> {
    let spent = work.join("spent");
    make(&spent)?;
    let place = spent.join(names(&spent)?.len().to_string());
    fs::rename(folder, &place).map_err(|error| format!("{}: {error}", folder.display()))?;
    empty(&place).map_err(|error| format!("{}: {error}", place.display()))
}

/// Gives back what the files below a folder take.
fn empty(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            empty(&entry.path())?;
        } else if kind.is_file() {
            // One that may not be written to stays as it is, and takes room.
            let _ = fs::OpenOptions::new().write(true).truncate(true).open(entry.path());
        }
    }
    Ok(())
}

/// Removes a folder of this program's own, if it is there.
pub(super) fn remove(folder: &Path) -> Outcome<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// The changed file in the place of the first, until this is dropped.
struct Swapped {
    file: PathBuf,
    aside: PathBuf,
}

impl Swapped {
    fn new(source: &Path, work: &Path) -> Outcome<Self> {
        let file = source.join("disk.img");
        // Beside the folder, so that a run that is killed loses nothing that
        // the next does not notice and make anew.
        let (changed, aside) = (work.join("disk.changed"), work.join("disk.first"));
        let text = |error: std::io::Error| format!("{}: {error}", file.display());
        data::insert(&file, &changed).map_err(text)?;
        fs::rename(&file, &aside).map_err(text)?;
        let swapped = Self { file, aside };
        fs::rename(&changed, &swapped.file).map_err(|error| error.to_string())?;
        Ok(swapped)
    }
}

impl Drop for Swapped {
    fn drop(&mut self) {
        // Should this fail, the next run finds another size and makes the set anew.
        let _ = fs::rename(&self.aside, &self.file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_json() {
        let json = r#"{"total_size":1234,"total_blob_count":5}"#;
        assert_eq!(number_of(json, "total_size"), Some(1234.0));
        assert_eq!(number_of(json, "total_blob_count"), Some(5.0));
        assert_eq!(number_of(json, "size"), None);
    }

    #[test]
    fn what_is_retired_is_out_of_the_way_and_takes_no_room() {
        let place = tempfile::tempdir().expect("a folder");
        for round in 0..2 {
            let folder = place.path().join("restored");
            make(&folder.join("in it")).expect("made");
            fs::write(folder.join("in it/file"), "content").expect("written");
            retire(place.path(), &folder).expect("retired");
            assert!(!folder.exists());
            let file = place.path().join(format!("spent/{round}/in it/file"));
            assert_eq!(fs::metadata(&file).expect("there").len(), 0);
        }
    }

    #[test]
    fn the_first_file_comes_back() {
        let place = tempfile::tempdir().expect("a folder");
        let file = place.path().join("disk.img");
        fs::write(&file, "first").expect("written");
        let work = place.path().join("work");
        fs::create_dir(&work).expect("made");
        let swapped = Swapped::new(place.path(), &work).expect("swapped");
        assert_eq!(fs::metadata(&file).expect("there").len(), 5 + 1024);
        drop(swapped);
        assert_eq!(fs::read(&file).expect("there"), b"first");
    }
}
