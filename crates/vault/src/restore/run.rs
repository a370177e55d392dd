//! What all threads of one restore share, and what happens to an entry that
//! has no contents of its own.

use super::{
    Existing, RestorePlan, RestoreReport,
    files::{FileJob, Inode},
    folders::{Folders, Made, TargetFolder},
    include::Includes,
};
use crate::{
    error::Result,
    format::{Node, NodeKind},
    outcome::{SkipReason, Skipped},
    platform::restore::{self as system, Handle, Standing},
    progress::Progress,
};
use std::{
    collections::HashMap,
    io,
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
}

/// What one folder leaves to be done.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) files: Vec<FileJob>,
    pub(super) links: Vec<LinkJob>,
    pub(super) folders: Vec<Arc<TargetFolder>>,
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
    /// Begins the names of what is not finished.
    prefix: String,
    names: AtomicU64,
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
        let folders = Folders::new(&plan.target, plan.existing).map_err(|error| {
            let problem = crate::error::TargetProblem::NotWritable(super::target::in_words(&error));
            crate::error::Error::Target { path: plan.target.clone(), problem }
        })?;
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        Ok(Self {
            folders,
            existing: plan.existing,
            privileged: system::is_privileged(),
            progress: Arc::clone(progress),
            cancel: cancel.clone(),
            includes: Includes::new(&plan.include)?,
            prefix: format!(".keepstead-restore-{}-", hex::encode(bytes)),
            names: AtomicU64::new(0),
            first_names: Mutex::default(),
            report: Mutex::default(),
        })
    }

    /// Whether everything is restored.
    pub(super) fn selects_root(&self) -> bool {
        self.includes.matches(b"")
    }

    /// A number that names something that is not finished.
    pub(super) fn next_number(&self) -> u64 {
        self.names.fetch_add(1, Ordering::Relaxed)
    }

    /// The name of something that is not finished.
    pub(super) fn temporary(&self, number: u64) -> Vec<u8> {
        format!("{}{number}", self.prefix).into_bytes()
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
        report
    }

    /// Writes down what became of the first name of an inode.
    pub(super) fn set_first_name(&self, inode: Inode, state: FirstName) {
        lock(&self.first_names).insert(inode, state);
    }

    /// Makes `folder` with those around it; `None` when that is impossible,
    /// which is listed.
    fn make(&self, folder: &TargetFolder) -> Option<Made> {
        self.folders.make(folder, &mut |folder, reason| self.skip_folder(folder, reason)).ok()
    }

    /// Does what can be done at once with the entries of a folder: folders,
    /// links, pipes and devices are made, files are handed back.
    pub(super) fn enter(&self, folder: &Arc<TargetFolder>, nodes: Vec<Node>) -> Found {
        let mut found = Found::default();
        let selected = folder.selected || (folder.is_root() && self.selects_root());
        let path = if selected { Vec::new() } else { folder.path() };
        // Opened when the first entry is made.
        let mut place: Option<(Made, Arc<Handle>)> = None;
        for node in nodes {
            if self.cancel.is_cancelled() {
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
                    Ok(fd) => place = Some((made, fd)),
                    Err(error) => {
                        self.skip_folder(folder, SkipReason::of_write(&error));
                        break;
                    }
                }
            }
            let Some((made, fd)) = &place else { break };
            if *made == Made::Existing && !self.may_stand(folder, fd, &node) {
                continue;
            }
            self.entry(folder, fd, node, &mut found);
        }
        found
    }

    /// Whether an entry may come to its place in a folder that was there.
    fn may_stand(&self, folder: &TargetFolder, fd: &Handle, node: &Node) -> bool {
        match (system::standing(fd, &node.name), self.existing) {
            (Ok(Standing::Nothing), _) | (Ok(_), Existing::Overwrite) => true,
            (Ok(Standing::Other), Existing::Keep) => {
                self.count(|report| report.kept += 1);
                self.progress.files_done.add(1);
                false
            }
            (Ok(_), _) => {
                self.skip(folder, &node.name, SkipReason::Exists);
                false
            }
            (Err(error), _) => {
                self.skip(folder, &node.name, SkipReason::of_write(&error));
                false
            }
        }
    }

    fn entry(&self, folder: &Arc<TargetFolder>, fd: &Handle, node: Node, found: &mut Found) {
        match node.kind {
            NodeKind::File => {
                let inode = (node.links > 1).then_some((node.device_id, node.inode));
                if let Some(inode) = inode {
                    let mut first_names = lock(&self.first_names);
                    if first_names.contains_key(&inode) {
                        found.links.push(LinkJob { folder: Arc::clone(folder), node, inode });
                        return;
                    }
                    first_names.insert(inode, FirstName::Pending);
                }
                found.files.push(FileJob::new(self.next_number(), Arc::clone(folder), node, inode));
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
        let made = system::make_special(fd, &temporary, node).and_then(|()| {
            let entry = system::Entry::Named { folder: fd, name: &temporary };
            let described = system::describe(entry, node, self.privileged);
            let published = self.publish(fd, &temporary, &node.name)?;
            Ok((published, described))
        });
        match made {
            Ok((true, described)) => {
                self.count(|report| report.others += 1);
                self.progress.files_done.add(1);
                if described.is_err() {
                    self.skip(folder, &node.name, SkipReason::Attributes);
                }
            }
            Ok((false, _)) => self.skip(folder, &node.name, SkipReason::Exists),
            Err(error) => self.skip(folder, &node.name, SkipReason::of_write(&error)),
        }
    }

    /// Gives something finished its name, or removes it; `false` when
    /// something else keeps the name.
    pub(super) fn publish(&self, fd: &Handle, temporary: &[u8], name: &[u8]) -> io::Result<bool> {
        let replace = self.existing == Existing::Overwrite;
        let published = system::publish(fd, temporary, name, replace);
        if !matches!(published, Ok(true)) {
            // Not there when it was the making of it that failed.
            let _ = system::remove(fd, temporary);
        }
        published
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
                    let number = self.next_number();
                    files.push(FileJob::new(number, job.folder, job.node, Some(job.inode)));
                }
            }
        }
        (files, waiting)
    }

    /// Gives an inode the further name of `job`. Where the system makes no
    /// link (a file system without them, a first name out of reach), the job
    /// comes back as a file of its own.
    fn link(&self, job: LinkJob, first_folder: &TargetFolder, first: &[u8]) -> Option<FileJob> {
        let temporary = self.temporary(self.next_number());
        let linked = self.folders.open(first_folder).and_then(|from| {
            let to = self.folders.open(&job.folder)?;
            system::hard_link(&from, first, &to, &temporary)?;
            self.publish(&to, &temporary, &job.node.name)
        });
        match linked {
            Ok(true) => {
                self.count(|report| report.files += 1);
                self.progress.files_done.add(1);
                None
            }
            Ok(false) => {
                self.skip(&job.folder, &job.node.name, SkipReason::Exists);
                None
            }
            Err(_) => Some(FileJob::new(self.next_number(), job.folder, job.node, None)),
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
