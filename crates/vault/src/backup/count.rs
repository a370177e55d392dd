//! Counts what a backup is going to read, ahead of the walk that hands it out.
//!
//! The walk itself cannot tell early how much there is: it stays a few hundred
//! files ahead of those who read them, so that memory is bounded. This one only
//! looks, by the same rules, and keeps nothing. Its errors are the walk's to
//! report. What it costs is bounded: it begins when the backup has taken longer
//! than [`PATIENCE`], so a short one never pays for it; it ends when the walk
//! does; where the system has priorities for threads, it takes what the others
//! leave of the processors; and as long as hardly any file has to be read, so
//! that looking is most of what the backup itself does, it takes no more than a
//! [`SHARE`] of them.

use super::{
    exclude::Excludes,
    shared::Tally,
    sources::{Branch, Sources},
};
use crate::{
    control::Worker,
    platform::{self, Folder, Identity, Seen},
    progress::Progress,
};
use crossbeam_channel::{Receiver, RecvTimeoutError};
use std::{
    collections::HashSet,
    ffi::OsString,
    io,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};
use storage::Cancel;
use tokio::runtime::Handle;

/// How long a backup takes before it is worth counting.
const PATIENCE: Duration = Duration::from_millis(500);
/// How many folders within one another are entered. Each is open while those in
/// it are counted, and the walk needs as many again.
const DEPTH: usize = 128;
/// After how many entries the counts are shown, and the end of the walk noticed.
const STRIDE: u64 = 512;

/// The part of all processors that counting takes while little is read.
const SHARE: f64 = 0.04;

/// Counts the sources of one backup.
pub(super) struct Count<'a> {
    pub(super) excludes: &'a Excludes,
    pub(super) forbidden: &'a HashSet<Identity>,
    pub(super) progress: &'a Progress,
    pub(super) tally: &'a Tally,
    pub(super) cancel: &'a Cancel,
    pub(super) runtime: Handle,
    /// Closes when the walk has ended.
    pub(super) walking: Receiver<()>,
}

/// What was counted, and whether it is all there is.
#[derive(Default)]
struct Sum {
    since: Option<Instant>,
    files: u64,
    bytes: u64,
    entries: u64,
    incomplete: bool,
}

/// How long to rest for each second of counting.
fn idle_for_each_busy() -> f64 {
    let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
    (1.0 / (SHARE * cores) - 1.0).max(0.0)
}

/// Nobody needs the counts any more.
struct Stop;

impl Count<'_> {
    /// Counts everything, unless the walk is over before.
    pub(super) fn all(&self, sources: &Sources) {
        if self.walking.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        platform::yield_to_others();
        let mut sum = Sum { since: Some(Instant::now()), ..Sum::default() };
        if self.branch(&sources.root, Path::new("/"), &mut sum).is_ok() {
            self.progress.set_ahead(sum.files, sum.bytes);
            if !sum.incomplete {
                self.progress.set_counted();
            }
        }
    }

    fn branch(&self, branch: &Branch, path: &Path, sum: &mut Sum) -> Result<(), Stop> {
        if branch.is_source {
            return match Folder::open(path) {
                Ok(folder) => self.below(folder, sum),
                Err(error) => self.missed(&error, sum),
            };
        }
        let folder = match Folder::open_to_pass(path) {
            Ok(folder) => folder,
            Err(error) => return self.missed(&error, sum),
        };
        for (name, child) in &branch.children {
            if !child.is_source {
                self.branch(child, &path.join(name), sum)?;
                continue;
            }
            let Ok(facts) = folder.facts(name) else { continue };
            if facts.is_file() {
                self.file(facts.size(), sum)?;
            } else if facts.is_folder() && !self.forbidden.contains(&facts.identity()) {
                match folder.open_child(name) {
                    Ok(folder) => self.below(folder, sum)?,
                    Err(error) => self.missed(&error, sum)?,
                }
            }
        }
        Ok(())
    }

    /// Counts what lies in a folder that is a source, or within one.
    fn below(&self, top: Folder, sum: &mut Sum) -> Result<(), Stop> {
        let names = self.folder(&top, sum)?;
        let mut open = vec![(top, names)];
        while let Some((folder, names)) = open.last_mut() {
            let Some(name) = names.pop() else {
                open.pop();
                continue;
            };
            let opened = folder.open_child(&name).and_then(|folder| {
                let identity = folder.own_facts()?.identity();
                Ok((folder, identity))
            });
            match opened {
                Ok((_, identity)) if self.forbidden.contains(&identity) => {}
                Ok(_) if open.len() >= DEPTH => sum.incomplete = true,
                Ok((folder, _)) => {
                    let names = self.folder(&folder, sum)?;
                    open.push((folder, names));
                }
                Err(error) => self.missed(&error, sum)?,
            }
        }
        Ok(())
    }

    /// Counts the files of a folder, and returns the names of folders in it.
    fn folder(&self, folder: &Folder, sum: &mut Sum) -> Result<Vec<OsString>, Stop> {
        let (mut folders, mut stopped) = (Vec::new(), Ok(()));
        let seen = folder.each(&mut |name, seen| {
            if !self.excludes.is_empty() && self.excludes.matches(&folder.path().join(name)) {
                return true;
            }
            let size = match seen {
                Seen::Folder => {
                    folders.push(name.to_owned());
                    None
                }
                Seen::Neither => None,
                Seen::File | Seen::Unknown => match folder.facts(name) {
                    Ok(facts) if facts.is_folder() => {
                        folders.push(name.to_owned());
                        None
                    }
                    Ok(facts) => facts.is_file().then(|| facts.size()),
                    Err(_) => None,
                },
            };
            stopped = match size {
                Some(size) => self.file(size, sum),
                None => self.step(sum),
            };
            stopped.is_ok()
        });
        stopped?;
        if let Err(error) = seen {
            self.missed(&error, sum)?;
        }
        Ok(folders)
    }

    fn file(&self, size: u64, sum: &mut Sum) -> Result<(), Stop> {
        sum.files += 1;
        sum.bytes += size;
        self.step(sum)
    }

    fn step(&self, sum: &mut Sum) -> Result<(), Stop> {
        sum.entries += 1;
        if !sum.entries.is_multiple_of(STRIDE) {
            return Ok(());
        }
        self.progress.set_ahead(sum.files, sum.bytes);
        let pause = match sum.since {
            Some(since) if self.reads_little() => since.elapsed().mul_f64(idle_for_each_busy()),
            _ => Duration::ZERO,
        };
        let over = self.walking.recv_timeout(pause) != Err(RecvTimeoutError::Timeout);
        let (control, runtime) = (&self.progress.control, self.runtime.clone());
        if over || Worker::new(control, self.cancel, runtime).go_on().is_err() {
            return Err(Stop);
        }
        sum.since = Some(Instant::now());
        Ok(())
    }

    /// Whether most files were taken over from the backup before.
    fn reads_little(&self) -> bool {
        let get = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let read = get(&self.tally.files_new) + get(&self.tally.files_changed);
        get(&self.tally.files_unmodified) > 9 * read
    }

    /// What this one could not look into the walk cannot either, unless it was
    /// for want of file handles.
    fn missed(&self, error: &io::Error, sum: &mut Sum) -> Result<(), Stop> {
        sum.incomplete |= platform::is_exhausted(error);
        self.step(sum)
    }
}
