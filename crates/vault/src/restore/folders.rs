//! The folders of a restore in its target: made when something comes into
//! them, opened step by step, a bounded number of them at once.

use super::{Existing, cache::Cache};
use crate::{
    format::{Id, Node, NodeKind},
    outcome::SkipReason,
    platform::restore::{self as system, Handle, Standing},
};
use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// How many folders are open at once.
const OPEN_FOLDERS: usize = 128;

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
}

/// How a folder came to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// It was made just now, so it is empty but for what is restored.
    Fresh,
    /// It was there before.
    Existing,
}

impl TargetFolder {
    fn name(&self) -> &[u8] {
        self.node.as_ref().map_or(&[][..], |node| &node.name)
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
    existing: Existing,
    open: Cache<Handle>,
    count: AtomicU64,
}

impl Folders {
    /// Works below `target`, which is there.
    pub(super) fn new(target: &Path, existing: Existing) -> io::Result<Self> {
        Ok(Self {
            target: Arc::new(system::open_target(target)?),
            existing,
            open: Cache::new(OPEN_FOLDERS),
            count: AtomicU64::new(1),
        })
    }

    /// The target itself.
    pub(super) fn target(&self) -> &Handle {
        &self.target
    }

    /// The root of the snapshot, which is the target itself.
    pub(super) fn root(&self) -> Arc<TargetFolder> {
        Arc::new(TargetFolder {
            number: 0,
            parent: None,
            node: None,
            selected: false,
            made: OnceLock::from(Ok(Made::Existing)),
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
        })
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
            fd = Arc::new(system::open_child(&fd, next.name())?);
            self.open.put(next.number, Arc::clone(&fd));
        }
        Ok(fd)
    }

    /// Makes a folder and those around it where they are not there yet.
    /// `report` hears of each one that cannot be made, once.
    pub(super) fn make(
        &self,
        folder: &TargetFolder,
        report: &mut dyn FnMut(&TargetFolder, SkipReason),
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
                if let Err(reason) = made {
                    report(next, reason);
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
            Err(error) => return Err(failed(error)),
        }
        match system::standing(&parent, folder.name()).map_err(failed)? {
            Standing::Folder => Ok(Made::Existing),
            Standing::Other if self.existing == Existing::Overwrite => {
                system::remove(&parent, folder.name()).map_err(failed)?;
                system::make_folder(&parent, folder.name()).map_err(failed)?;
                Ok(Made::Fresh)
            }
            Standing::Other => Err(SkipReason::Exists),
            Standing::Nothing => Err(SkipReason::NotWritten),
        }
    }

    /// Gives a folder that is complete its owner, permissions and times:
    /// those that were made, and those that the restore is to bring back.
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
}
