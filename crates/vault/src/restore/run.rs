//! What all threads of one restore share, and what happens to an entry that
//! has no contents of its own.

use super::{
    Existing, RENAMED, Renamed, RestorePlan, RestoreReport,
    files::{FileJob, Inode, Standing as FileStanding},
    folders::{Folders, Made, Outcome, TargetFolder},
    include::Includes,
    leftovers::{Leftovers, Names, Process},
};
use crate::{
    control::Worker,
    error::Result,
    format::{Node, NodeKind},
    outcome::{SkipReason, Skipped},
    platform::restore::{self as system, Handle, Ours, Published, Standing},
    progress::Progress,
};
use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use storage::Cancel;

/// What became of the first name of an inode that has several.
#[derive(Clone, Debug)]
pub(super) enum FirstName {
    /// Its contents are not there yet.
    Pending,
    /// It is in its place.
    Done(Arc<TargetFolder>, Vec<u8>),
    /// It could not be restored.
    Failed(SkipReason),
}

/// A further name of an inode.
#[derive(Debug)]
pub(super) struct LinkJob {
    pub(super) folder: Arc<TargetFolder>,
    pub(super) node: Node,
    pub(super) inode: Inode,
    pub(super) standing: FileStanding,
}

/// What one folder leaves to be done.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) files: Vec<FileJob>,
    pub(super) links: Vec<LinkJob>,
    pub(super) folders: Vec<Arc<TargetFolder>>,
}

/// Where something that is finished has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Placed {
    /// It has this name. When it is a copy, its owner, permissions and times
    /// are still to be set.
    As { name: Vec<u8>, copied: bool },
    /// The same is there already.
    Same,
    /// Something else keeps the name.
    Taken,
}

/// One restore.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) folders: Folders,
    pub(super) existing: Existing,
    pub(super) privileged: bool,
    pub(super) progress: Arc<Progress>,
    pub(super) cancel: Cancel,
    includes: Includes,
    process: Process,
    /// Names what is not finished.
    unfinished: Names,
    numbers: AtomicU64,
    /// Bytes of files that are complete and wait for their names.
    pub(super) waiting: AtomicU64,
    first_names: Mutex<HashMap<Inode, FirstName>>,
    report: Mutex<RestoreReport>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Run {
    /// `random` tells the names of what is not finished from those of another
    /// run.
    pub(super) fn new(
        plan: &RestorePlan,
        random: &dyn model::Random,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<Self> {
        super::target::make(&plan.target)?;
        let folders = Folders::new(plan).map_err(|problem| crate::error::Error::Target {
            path: plan.target.clone(),
            problem,
        })?;
        let process = Process::current();
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        Ok(Self {
            folders,
            existing: plan.existing,
            privileged: system::is_privileged(),
            progress: Arc::clone(progress),
            cancel: cancel.clone(),
            includes: Includes::new(&plan.include)?,
            unfinished: process.names(bytes),
            process,
            numbers: AtomicU64::new(0),
            waiting: AtomicU64::new(0),
            first_names: Mutex::default(),
            report: Mutex::default(),
        })
    }

    /// What a thread of the restore asks between two pieces of its work.
    pub(super) fn worker(&self) -> Worker<'_> {
        Worker::new(&self.progress.control, &self.cancel, tokio::runtime::Handle::current())
    }

    /// Whether everything is restored.
    pub(super) fn selects_root(&self) -> bool {
        self.includes.matches(b"")
    }

    /// A number that names something that is not finished.
    pub(super) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// The name of something that is not finished.
    fn temporary(&self, number: u64) -> Vec<u8> {
        self.unfinished.of(number, None)
    }

    /// The name of a file that is not finished.
    pub(super) fn temporary_of(&self, job: &FileJob) -> Vec<u8> {
        self.unfinished.of(job.number, job.what)
    }

    /// Lists an entry as skipped.
    pub(super) fn skip(&self, folder: &TargetFolder, name: &[u8], reason: SkipReason) {
        self.progress.skipped.add(1);
        lock(&self.report).skipped.push(Skipped { path: folder.path_of(name), reason });
    }

    /// Lists a folder as skipped.
    pub(super) fn skip_folder(&self, folder: &TargetFolder, reason: SkipReason) {
        self.progress.skipped.add(1);
        let path = system::as_path(&folder.path()).to_owned();
        lock(&self.report).skipped.push(Skipped { path, reason });
    }

    /// Changes the report.
    pub(super) fn count(&self, change: impl FnOnce(&mut RestoreReport)) {
        change(&mut lock(&self.report));
    }

    /// What was done so far.
    pub(super) fn take_report(&self) -> RestoreReport {
        let mut report = std::mem::take(&mut *lock(&self.report));
        report.skipped.sort_by(|a, b| a.path.cmp(&b.path));
        report.renamed.sort();
        report
    }

    /// Writes down what became of the first name of an inode.
    pub(super) fn set_first_name(&self, inode: Inode, state: FirstName) {
        lock(&self.first_names).insert(inode, state);
    }

    /// Makes `folder` with those around it; `None` when that is impossible,
    /// which is listed.
    fn make(&self, folder: &TargetFolder) -> Option<Made> {
        let mut report = |folder: &TargetFolder, outcome| match outcome {
            Outcome::Skipped(reason) => self.skip_folder(folder, reason),
            Outcome::Renamed(name) => {
                self.renamed(system::as_path(&folder.path()).to_owned(), &name);
            }
        };
        self.folders.make(folder, &mut report).ok()
    }

    /// Takes note that something was given another name.
    fn renamed(&self, path: PathBuf, name: &[u8]) {
        let name = system::as_path(name).to_owned();
        self.count(|report| {
            report.renamed_count += 1;
            if report.renamed.len() < RENAMED {
                report.renamed.push(Renamed { path, name });
            }
        });
    }

    /// Does what can be done at once with the entries of a folder: folders,
    /// links, pipes and devices are made, files are handed back.
    pub(super) fn enter(&self, folder: &Arc<TargetFolder>, nodes: Vec<Node>) -> Found {
        let mut found = Found::default();
        let selected = folder.selected || (folder.is_root() && self.selects_root());
        let path = if selected { Vec::new() } else { folder.path() };
        // Opened when the first entry is made.
        let mut place: Option<(Made, Arc<Handle>)> = None;
        let mut left = Leftovers::default();
        let mut worker = self.worker();
        for node in nodes {
            if worker.go_on().is_err() {
                break;
            }
            let path = if selected { Vec::new() } else { [&path[..], b"/", &node.name].concat() };
            let wanted = selected || self.includes.matches(&path);
            if node.kind == NodeKind::Dir {
                if wanted || self.includes.may_match_below(&path) {
                    let child = self.folders.child(folder, node, wanted);
                    // One that is only passed through is made when something
                    // comes into it.
                    if !wanted || self.make(&child).is_some() {
                        found.folders.push(child);
                    }
                }
                continue;
            }
            if !wanted || node.kind == NodeKind::Socket {
                continue;
            }
            if place.is_none() {
                let Some(made) = self.make(folder) else { break };
                match self.folders.open(folder) {
                    Ok(fd) => {
                        self.folders.note_disk(&fd);
                        if made != Made::Fresh {
                            left = self.process.leftovers(&fd);
                        }
                        place = Some((made, fd));
                    }
                    Err(error) => {
                        self.skip_folder(folder, SkipReason::of_write(&error));
                        break;
                    }
                }
            }
            let Some((made, fd)) = &place else { break };
            let standing = match made {
                Made::Fresh => Some(FileStanding::Nothing),
                Made::Existing | Made::Linked => self.may_stand(folder, fd, &node),
            };
            if let Some(standing) = standing {
                self.entry(folder, fd, node, standing, &mut left, &mut found);
            }
        }
        // Of what was not looked at, nobody knows whether it is wanted.
        if let Some((_, fd)) = &place
            && !self.cancel.is_cancelled()
        {
            left.clear(fd);
        }
        found
    }

    /// What an entry finds at its place in a folder that was there; `None` when
    /// it does not come there.
    fn may_stand(&self, folder: &TargetFolder, fd: &Handle, node: &Node) -> Option<FileStanding> {
        let standing = match system::standing(fd, &node.name) {
            Ok(standing) => standing,
            Err(error) => {
                self.skip(folder, &node.name, SkipReason::of_write(&error));
                return None;
            }
        };
        match (standing, self.existing) {
            (Standing::Nothing, _) => Some(FileStanding::Nothing),
            (Standing::Folder(identity), Existing::Overwrite)
                if self.folders.is_forbidden(&identity) =>
            {
                self.skip(folder, &node.name, SkipReason::Destination);
                None
            }
            (_, Existing::Overwrite) => Some(FileStanding::Replaced),
            (Standing::File(length), Existing::KeepBoth)
                if node.kind == NodeKind::File && length == node.size =>
            {
                Some(FileStanding::MaybeSame)
            }
            (_, Existing::KeepBoth) if system::is_same_special(fd, node) => {
                self.kept(node);
                None
            }
            (_, Existing::KeepBoth) => Some(FileStanding::Nothing),
            (Standing::Folder(_), Existing::Keep) | (_, Existing::Refuse) => {
                self.skip(folder, &node.name, SkipReason::Exists);
                None
            }
            (_, Existing::Keep) => {
                self.kept(node);
                None
            }
        }
    }

    /// Counts an entry that was there already.
    pub(super) fn kept(&self, node: &Node) {
        self.count(|report| report.kept += 1);
        self.progress.files_done.add(1);
        // The bytes of names of one inode count once, and who has counted them
        // is not known here.
        if node.links < 2 {
            self.progress.bytes_done.add(node.size);
        }
    }

    fn entry(
        &self,
        folder: &Arc<TargetFolder>,
        fd: &Handle,
        node: Node,
        standing: FileStanding,
        left: &mut Leftovers,
        found: &mut Found,
    ) {
        match node.kind {
            NodeKind::File => {
                let inode = (node.links > 1).then_some((node.device_id, node.inode));
                if let Some(inode) = inode {
                    let mut first_names = lock(&self.first_names);
                    if first_names.contains_key(&inode) {
                        let folder = Arc::clone(folder);
                        found.links.push(LinkJob { folder, node, inode, standing });
                        return;
                    }
                    first_names.insert(inode, FirstName::Pending);
                }
                let number = self.next_number();
                let mut job = FileJob::new(number, Arc::clone(folder), node, inode, standing);
                if let Some(what) = job.what
                    && left.take(fd, what, &self.temporary_of(&job))
                {
                    job.go_on();
                }
                found.files.push(job);
            }
            NodeKind::Symlink | NodeKind::Fifo | NodeKind::Dev | NodeKind::CharDev => {
                self.special(folder, fd, &node);
            }
            _ => self.skip(folder, &node.name, SkipReason::Kind),
        }
    }

    /// Makes a link, a pipe or a device.
    fn special(&self, folder: &TargetFolder, fd: &Handle, node: &Node) {
        let temporary = self.temporary(self.next_number());
        let describe = |name: &[u8]| {
            system::describe(system::Entry::Named { folder: fd, name }, node, self.privileged)
        };
        let made = system::make_special(fd, &temporary, node).and_then(|()| {
            let mut described = describe(&temporary);
            let placed = self.place(folder, fd, &temporary, node, Ours::Named(&temporary))?;
            if let Placed::As { name, copied: true } = &placed {
                described = describe(name);
            }
            Ok((placed, described))
        });
        match made {
            Ok((Placed::As { .. }, described)) => {
                self.count(|report| report.others += 1);
                self.progress.files_done.add(1);
                if described.is_err() {
                    self.skip(folder, &node.name, SkipReason::Attributes);
                }
            }
            Ok((Placed::Same, _)) => self.kept(node),
            Ok((Placed::Taken, _)) => self.skip(folder, &node.name, SkipReason::Exists),
            Err(error) => {
                // Not there when it was the making of it that failed.
                let _ = system::remove(fd, &temporary);
                self.skip(folder, &node.name, SkipReason::of_write(&error));
            }
        }
    }

    /// Gives something finished its name, or another one beside what keeps it.
    /// Unless it has one after that, it is removed.
    pub(super) fn place(
        &self,
        folder: &TargetFolder,
        fd: &Handle,
        temporary: &[u8],
        node: &Node,
        ours: Ours<'_>,
    ) -> io::Result<Placed> {
        let placed = self.try_place(folder, fd, temporary, node, ours);
        if !matches!(placed, Ok(Placed::As { .. })) {
            let _ = system::remove(fd, temporary);
        }
        placed
    }

    fn try_place(
        &self,
        folder: &TargetFolder,
        fd: &Handle,
        temporary: &[u8],
        node: &Node,
        ours: Ours<'_>,
    ) -> io::Result<Placed> {
        let placed = |name: &[u8], published| {
            let (name, copied) = (name.to_vec(), published == Published::Copied);
            Placed::As { name, copied }
        };
        let replace = self.existing == Existing::Overwrite;
        match system::publish(fd, temporary, &node.name, replace)? {
            Published::Taken if self.existing != Existing::KeepBoth => return Ok(Placed::Taken),
            Published::Taken if system::is_same(fd, ours, &node.name) => return Ok(Placed::Same),
            Published::Taken => {}
            published => return Ok(placed(&node.name, published)),
        }
        for name in self.folders.names_beside(fd, &node.name, false) {
            let published = system::publish(fd, temporary, &name, false)?;
            // An earlier restore has brought the same here.
            let same = published == Published::Taken && system::is_same(fd, ours, &name);
            if published == Published::Taken && !same {
                continue;
            }
            self.renamed(folder.path_of(&node.name), &name);
            return Ok(if same { Placed::Same } else { placed(&name, published) });
        }
        Ok(Placed::Taken)
    }

    /// Gives inodes further names. When the first name of one could not be
    /// restored for a reason of its own, the next one comes back as a file, and
    /// those after it wait for that.
    pub(super) fn link_all(&self, jobs: Vec<LinkJob>) -> (Vec<FileJob>, Vec<LinkJob>) {
        let (mut files, mut waiting) = (Vec::new(), Vec::new());
        for job in jobs {
            let first = lock(&self.first_names).get(&job.inode).cloned();
            match first {
                Some(FirstName::Done(folder, name)) => {
                    files.extend(self.link(job, &folder, &name));
                }
                Some(FirstName::Pending) => waiting.push(job),
                Some(FirstName::Failed(SkipReason::Contents)) => {
                    self.skip(&job.folder, &job.node.name, SkipReason::Contents);
                }
                Some(FirstName::Failed(_)) | None => {
                    self.set_first_name(job.inode, FirstName::Pending);
                    self.again(&job.node);
                    let (number, inode) = (self.next_number(), Some(job.inode));
                    let (node, standing) = (job.node, job.standing);
                    files.push(FileJob::new(number, job.folder, node, inode, standing));
                }
            }
        }
        (files, waiting)
    }

    /// The bytes of an inode, which the plan counts once, are written anew.
    fn again(&self, node: &Node) {
        self.progress.bytes_total.add(node.size);
    }

    /// Gives an inode the further name of `job`. Where the system makes no
    /// link (a file system without them, a first name out of reach), the job
    /// comes back as a file of its own.
    fn link(&self, job: LinkJob, first_folder: &TargetFolder, first: &[u8]) -> Option<FileJob> {
        let temporary = self.temporary(self.next_number());
        let linked = self.folders.open(first_folder).and_then(|from| {
            let to = self.folders.open(&job.folder)?;
            if job.standing == FileStanding::MaybeSame
                && let Ok(file) = system::open_to_compare(&from, first)
                && system::is_same(&to, Ours::Open(&file), &job.node.name)
            {
                return Ok(Placed::Same);
            }
            system::hard_link(&from, first, &to, &temporary)?;
            let placed =
                self.place(&job.folder, &to, &temporary, &job.node, Ours::Named(&temporary));
            // Nothing is renamed to a further name of the same inode.
            if self.existing == Existing::Overwrite {
                let _ = system::remove(&to, &temporary);
            }
            placed
        });
        match linked {
            Ok(Placed::As { .. }) => {
                self.count(|report| report.files += 1);
                self.progress.files_done.add(1);
                None
            }
            Ok(Placed::Same) => {
                self.kept(&job.node);
                None
            }
            Ok(Placed::Taken) => {
                self.skip(&job.folder, &job.node.name, SkipReason::Exists);
                None
            }
            Err(_) => {
                self.again(&job.node);
                Some(FileJob::new(self.next_number(), job.folder, job.node, None, job.standing))
            }
        }
    }

    /// Finishes folders that are complete, each after those in it.
    pub(super) fn finish_folders(&self, folders: &[Arc<TargetFolder>]) {
        for folder in folders {
            match self.folders.finish(folder, self.privileged) {
                Ok(true) if folder.selected => self.count(|report| report.folders += 1),
                Ok(_) => {}
                Err(_) => self.skip_folder(folder, SkipReason::Attributes),
            }
        }
    }
}
