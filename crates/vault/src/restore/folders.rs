//! The folders of a restore in its target: made when something comes into
//! them, opened step by step, a bounded number of them at once.
//!
//! Links that stand where the snapshot has a folder are another matter for each
//! of the two kinds of restore. Beside what is in use, nothing is followed: the
//! target may hold anything, and what is to be written lies below it. In place
//! ([`RestoreOptions::in_place`](super::RestoreOptions::in_place)) they mean
//! that the world has changed since the backup, which knew no links in its
//! paths: a home folder was moved, documents went to a larger disk. Whoever
//! restores to `~/Documents` means what is called so today, so the restore goes
//! through the link when it leads to a folder within the target, by the file
//! system's own account and not by its text. A link that leads to nothing, to
//! no folder or outside stays as well, and what would have come below it is
//! listed, or with [`Existing::KeepBoth`] comes into a folder beside it: the
//! disk it leads to may only be unplugged. In place no link is ever replaced by
//! a folder.

use super::{Existing, RestorePlan, cache::Cache, names::beside, target};
use crate::{
    error::TargetProblem,
    format::{Id, Node, NodeKind},
    outcome::SkipReason,
    platform::{
        self, Identity,
        restore::{self as system, Handle, Standing},
    },
};
use std::{
    collections::{HashMap, HashSet},
    io,
    path::PathBuf,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// How many folders are open at once.
const OPEN_FOLDERS: usize = 128;
/// How many names are tried for what comes beside something else.
const NAMES: u64 = 10_000;

/// A folder of the snapshot, and its place in the target.
#[derive(Debug)]
pub(super) struct TargetFolder {
    number: u64,
    parent: Option<Arc<TargetFolder>>,
    /// `None` for the target itself.
    node: Option<Box<Node>>,
    /// Whether it is restored itself, and not only passed through.
    pub(super) selected: bool,
    made: OnceLock<Result<Made, SkipReason>>,
    /// Its name in the target, where that is not the one in the snapshot.
    given: OnceLock<Vec<u8>>,
}

/// How a folder came to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// It was made just now, so it is empty but for what is restored.
    Fresh,
    /// It was there before.
    Existing,
    /// It was there before, and a link leads to it.
    Linked,
}

/// What stands where a folder belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// Nothing.
    Nothing,
    /// A folder.
    Folder,
    /// A link to a folder that may be followed.
    Linked,
    /// A folder that nothing is restored into, or a link that leads there.
    Forbidden,
    /// A link that is neither followed nor replaced.
    Link,
    /// Anything else.
    Other,
}

/// What became of a folder that is not simply there under its name.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is not there.
    Skipped(SkipReason),
    /// It was given this name.
    Renamed(Vec<u8>),
}

impl TargetFolder {
    fn name(&self) -> &[u8] {
        self.node.as_ref().map_or(&[][..], |node| &node.name)
    }

    /// The name under which it lies in the target.
    fn name_in_target(&self) -> &[u8] {
        self.given.get().map_or_else(|| self.name(), Vec::as_slice)
    }

    /// The tree that holds its entries.
    pub(super) fn subtree(&self) -> Option<Id> {
        self.node.as_ref().and_then(|node| node.subtree)
    }

    /// Whether it is the target itself.
    pub(super) fn is_root(&self) -> bool {
        self.parent.is_none()
    }

    /// Its path in the snapshot, empty for the root.
    pub(super) fn path(&self) -> Vec<u8> {
        let mut names = Vec::new();
        let mut at = Some(self);
        while let Some(folder) = at {
            if folder.node.is_some() {
                names.push(folder.name());
            }
            at = folder.parent.as_deref();
        }
        let mut path = Vec::new();
        for name in names.iter().rev() {
            path.push(b'/');
            path.extend_from_slice(name);
        }
        path
    }

    /// The path of an entry of it in the snapshot.
    pub(super) fn path_of(&self, name: &[u8]) -> PathBuf {
        let mut path = self.path();
        path.push(b'/');
        path.extend_from_slice(name);
        system::as_path(&path).to_owned()
    }
}

impl Drop for TargetFolder {
    /// One after the other: a chain of a million folders must not end in a
    /// million nested calls.
    fn drop(&mut self) {
        let mut next = self.parent.take();
        while let Some(parent) = next {
            next = Arc::try_unwrap(parent).ok().and_then(|mut parent| parent.parent.take());
        }
    }
}

/// All folders of one restore.
#[derive(Debug)]
pub(super) struct Folders {
    target: Arc<Handle>,
    identity: Identity,
    existing: Existing,
    in_place: bool,
    label: String,
    /// Folders that nothing is restored into.
    forbidden: HashSet<Identity>,
    open: Cache<Handle>,
    count: AtomicU64,
    /// A folder of every file system that something was restored to.
    disks: Mutex<HashMap<u64, Arc<Handle>>>,
}

impl Folders {
    /// Works below the target of `plan`, which is there.
    pub(super) fn new(plan: &RestorePlan) -> Result<Self, TargetProblem> {
        let failed = |error: io::Error| TargetProblem::NotWritable(target::in_words(&error));
        let target = system::open_target(&plan.target).map_err(failed)?;
        let identity = system::identity(&target).map_err(failed)?;
        let mut forbidden = HashSet::new();
        let around = system::around(&target).map_err(failed)?;
        for never in &plan.never {
            // One that is not there holds nothing that could be lost.
            let Ok(never) = never.canonicalize() else { continue };
            let places = platform::mounted_elsewhere(&never);
            for place in std::iter::once(&never).chain(&places) {
                let opened = system::open_target(place);
                forbidden.extend(opened.and_then(|place| system::identity(&place)));
            }
            if around.iter().any(|folder| forbidden.contains(folder)) {
                return Err(TargetProblem::InsideDestination(never));
            }
        }
        Ok(Self {
            target: Arc::new(target),
            identity,
            existing: plan.existing,
            in_place: plan.in_place,
            label: plan.label.clone(),
            forbidden,
            open: Cache::new(OPEN_FOLDERS),
            count: AtomicU64::new(1),
            disks: Mutex::default(),
        })
    }

    /// Writes everything to the disks that something was restored to.
    pub(super) fn sync(&self) -> io::Result<()> {
        let disks = self.disks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if disks.is_empty() {
            return system::sync(&self.target);
        }
        disks.values().try_for_each(|disk| system::sync(disk))
    }

    /// Takes note that something is restored to `folder`.
    pub(super) fn note_disk(&self, folder: &Arc<Handle>) {
        if let Ok(identity) = system::identity(folder) {
            let mut disks = self.disks.lock().unwrap_or_else(PoisonError::into_inner);
            disks.entry(identity.device()).or_insert_with(|| Arc::clone(folder));
        }
    }

    /// The root of the snapshot, which is the target itself.
    pub(super) fn root(&self) -> Arc<TargetFolder> {
        Arc::new(TargetFolder {
            number: 0,
            parent: None,
            node: None,
            selected: false,
            made: OnceLock::from(Ok(Made::Existing)),
            given: OnceLock::new(),
        })
    }

    /// A folder within `parent`. Nothing is made yet.
    pub(super) fn child(
        &self,
        parent: &Arc<TargetFolder>,
        node: Node,
        selected: bool,
    ) -> Arc<TargetFolder> {
        Arc::new(TargetFolder {
            number: self.count.fetch_add(1, Ordering::Relaxed),
            parent: Some(Arc::clone(parent)),
            node: Some(Box::new(node)),
            selected,
            made: OnceLock::new(),
            given: OnceLock::new(),
        })
    }

    /// A folder within `parent` that was found to be there.
    pub(super) fn found(
        &self,
        parent: &Arc<TargetFolder>,
        node: Node,
        selected: bool,
        made: Made,
    ) -> Arc<TargetFolder> {
        let child = self.child(parent, node, selected);
        let _ = child.made.set(Ok(made));
        child
    }

    /// What stands under `name`, where a folder belongs.
    pub(super) fn spot(&self, parent: &Handle, name: &[u8]) -> io::Result<Spot> {
        Ok(match system::standing(parent, name)? {
            Standing::Nothing => Spot::Nothing,
            Standing::Folder(identity) if self.forbidden.contains(&identity) => Spot::Forbidden,
            Standing::Folder(_) => Spot::Folder,
            Standing::Link if self.in_place => match self.follow(parent, name) {
                Ok(Some(_)) => Spot::Linked,
                Ok(None) => Spot::Forbidden,
                Err(_) => Spot::Link,
            },
            Standing::Link | Standing::File(_) | Standing::Other => Spot::Other,
        })
    }

    /// Opens the folder that a link leads to; `None` when nothing is restored
    /// there, an error when it is no folder within the target.
    fn follow(&self, parent: &Handle, name: &[u8]) -> io::Result<Option<Handle>> {
        let folder = system::open_linked(parent, name)?;
        let around = system::around(&folder)?;
        if around.iter().any(|folder| self.forbidden.contains(folder)) {
            return Ok(None);
        }
        if around.contains(&self.identity) {
            Ok(Some(folder))
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    /// Opens a folder that is there.
    pub(super) fn open(&self, folder: &TargetFolder) -> io::Result<Arc<Handle>> {
        let mut below = Vec::new();
        let mut at = folder;
        let mut fd = loop {
            let Some(parent) = &at.parent else { break Arc::clone(&self.target) };
            if let Some(fd) = self.open.get(at.number) {
                break fd;
            }
            below.push(at);
            at = parent;
        };
        while let Some(next) = below.pop() {
            fd = Arc::new(self.open_step(&fd, next)?);
            self.open.put(next.number, Arc::clone(&fd));
        }
        Ok(fd)
    }

    /// What was looked at before may be something else by now, so what is
    /// opened is looked at again.
    fn open_step(&self, parent: &Handle, folder: &TargetFolder) -> io::Result<Handle> {
        let name = folder.name_in_target();
        if folder.made.get() == Some(&Ok(Made::Linked)) {
            return self.follow(parent, name)?.ok_or(io::ErrorKind::PermissionDenied.into());
        }
        let opened = system::open_child(parent, name)?;
        if !self.forbidden.is_empty() && self.forbidden.contains(&system::identity(&opened)?) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(opened)
    }

    /// Makes a folder and those around it where they are not there yet.
    /// `report` hears of each one that cannot be made or has another name, once.
    pub(super) fn make(
        &self,
        folder: &TargetFolder,
        report: &mut dyn FnMut(&TargetFolder, Outcome),
    ) -> Result<Made, SkipReason> {
        let mut below = Vec::new();
        let mut at = folder;
        let mut made = loop {
            if let Some(made) = at.made.get() {
                break *made;
            }
            below.push(at);
            let Some(parent) = &at.parent else { break Ok(Made::Existing) };
            at = parent;
        };
        while let Some(next) = below.pop() {
            made = made.and_then(|_| {
                let made = self.make_one(next);
                match (made, next.given.get()) {
                    (Err(reason), _) => report(next, Outcome::Skipped(reason)),
                    (Ok(_), Some(given)) => report(next, Outcome::Renamed(given.clone())),
                    (Ok(_), None) => {}
                }
                made
            });
            // A second thread never gets here: only the walk makes folders.
            let _ = next.made.set(made);
        }
        made
    }

    fn make_one(&self, folder: &TargetFolder) -> Result<Made, SkipReason> {
        let failed = |error: io::Error| SkipReason::of_write(&error);
        let Some(parent) = &folder.parent else { return Ok(Made::Existing) };
        let parent = self.open(parent).map_err(failed)?;
        match system::make_folder(&parent, folder.name()) {
            Ok(()) => return Ok(Made::Fresh),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            // A file system that cannot be written to may have it all the same.
            Err(error) => match self.spot(&parent, folder.name()) {
                Ok(Spot::Folder | Spot::Linked | Spot::Forbidden) => {}
                _ => return Err(failed(error)),
            },
        }
        match self.spot(&parent, folder.name()).map_err(failed)? {
            Spot::Folder => Ok(Made::Existing),
            Spot::Linked => Ok(Made::Linked),
            Spot::Forbidden => Err(SkipReason::Destination),
            Spot::Other if self.existing == Existing::Overwrite => {
                system::remove(&parent, folder.name()).map_err(failed)?;
                system::make_folder(&parent, folder.name()).map_err(failed)?;
                Ok(Made::Fresh)
            }
            Spot::Other | Spot::Link if self.existing == Existing::KeepBoth => {
                self.make_beside(&parent, folder)
            }
            Spot::Other | Spot::Link => Err(SkipReason::Exists),
            Spot::Nothing => Err(SkipReason::NotWritten),
        }
    }

    /// Makes a folder beside what has its name.
    fn make_beside(&self, parent: &Handle, folder: &TargetFolder) -> Result<Made, SkipReason> {
        for name in self.names_beside(parent, folder.name(), true) {
            match system::make_folder(parent, &name) {
                Ok(()) => {
                    let _ = folder.given.set(name);
                    return Ok(Made::Fresh);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(SkipReason::of_write(&error)),
            }
        }
        Err(SkipReason::Exists)
    }

    /// Names to be tried for what cannot have `name`, the first first.
    pub(super) fn names_beside(
        &self,
        folder: &Handle,
        name: &[u8],
        is_folder: bool,
    ) -> impl Iterator<Item = Vec<u8>> {
        let longest = system::longest_name(folder);
        (1..=NAMES).map(move |nth| beside(name, &self.label, nth, is_folder, longest))
    }

    /// Gives a folder that is complete its owner, permissions and times:
    /// those that were made, and those that the restore is to bring back. One
    /// that was there before and is only passed through, or in which everything
    /// else is kept, keeps what it has; that something came into it shows in its
    /// time of modification, as programs that watch it expect.
    /// Returns whether it counts as restored.
    pub(super) fn finish(&self, folder: &TargetFolder, privileged: bool) -> io::Result<bool> {
        let restores = self.existing == Existing::Overwrite && folder.selected;
        let (Some(node), Some(Ok(made))) = (&folder.node, folder.made.get()) else {
            return Ok(false);
        };
        debug_assert_eq!(node.kind, NodeKind::Dir);
        if *made == Made::Fresh || restores {
            let fd = self.open(folder)?;
            system::describe(system::folder_entry(&fd), node, privileged)?;
        }
        self.open.remove(folder.number);
        Ok(*made == Made::Fresh || folder.selected)
    }

    /// Whether nothing is restored into this folder.
    pub(super) fn is_forbidden(&self, folder: &Identity) -> bool {
        self.forbidden.contains(folder)
    }
}
