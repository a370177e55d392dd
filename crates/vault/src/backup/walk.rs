//! Finds what is to be backed up, in the order in which a snapshot holds it,
//! and compares it with the parent snapshot.

use super::{
    exclude::Excludes,
    read::{FileJob, FilesJob},
    shared::Run,
    sources::{Branch, Sources},
};
use crate::{
    error::{Error, Result},
    format::{Id, Node, NodeKind, PastNode},
    outcome::SkipReason,
    platform::{Facts, Folder, Identity},
};
use crossbeam_channel::{Receiver, Sender};
use std::{collections::HashSet, ffi::OsStr, os::unix::ffi::OsStrExt, path::Path, sync::Arc};

/// What the walk tells the assembler, in the order of the snapshot.
pub(crate) enum Event {
    /// The contents of a folder follow.
    Enter,
    /// An entry that is complete.
    Entry(Box<Node>),
    /// Files that are being read: the nodes of those that were not skipped.
    Files(Receiver<Vec<Node>>),
    /// The folder is complete but for its tree.
    Leave {
        /// Its node.
        node: Box<Node>,
        /// Its tree in the parent snapshot.
        before: Option<Id>,
    },
}

/// So many files at most are handed out at once: to hand one out takes as long
/// as to find that it has not changed.
const BATCH: usize = 32;
/// No further file is handed out with others that take so many bytes to read.
const BATCH_BYTES: u64 = 1 << 20;

/// Files of one folder that are to be read and follow one another.
#[derive(Default)]
struct Batch {
    files: Vec<FileJob>,
    /// What has to be read of them.
    bytes: u64,
}

impl Batch {
    fn add(&mut self, file: FileJob) {
        if !file.previous.as_ref().is_some_and(|previous| file.facts.matches(previous)) {
            self.bytes += file.facts.size();
        }
        self.files.push(file);
    }

    fn is_full(&self) -> bool {
        self.files.len() >= BATCH || self.bytes >= BATCH_BYTES
    }
}

/// Walks the sources of a run.
pub(crate) struct Walk<'a> {
    pub(crate) run: &'a Run,
    pub(crate) excludes: &'a Excludes,
    /// Folders that are never backed up, wherever they are mounted.
    pub(crate) forbidden: &'a HashSet<Identity>,
    pub(crate) events: Sender<Event>,
    pub(crate) files: Sender<FilesJob>,
}

/// The entries of a folder in the parent snapshot, read in step with the
/// folder itself: both are sorted by the bytes of the names.
struct Before {
    nodes: std::iter::Peekable<std::vec::IntoIter<PastNode>>,
}

impl Before {
    fn new(nodes: Option<Vec<PastNode>>) -> Self {
        Self { nodes: nodes.unwrap_or_default().into_iter().peekable() }
    }

    /// The entry of that name. Names come in ascending order.
    fn find(&mut self, name: &OsStr) -> Option<PastNode> {
        while self.nodes.next_if(|node| *node.name < *name.as_bytes()).is_some() {}
        self.nodes.next_if(|node| *node.name == *name.as_bytes())
    }
}

impl Walk<'_> {
    /// Walks all sources. `parent` is the root tree of the parent snapshot.
    pub(crate) fn all(&self, sources: &Sources, parent: Option<Id>) -> Result<()> {
        let before = Before::new(parent.and_then(|id| self.run.parent_tree(&id)));
        if sources.root.is_source {
            let folder = Arc::new(
                Folder::open(Path::new("/")).map_err(|_| Error::NoSource(sources.paths.clone()))?,
            );
            let Some(names) = self.names(&folder) else { return Ok(()) };
            return self.contents(&folder, &names, before);
        }
        self.branch(&sources.root, Path::new("/"), before)
    }

    /// Walks what lies below a folder that is only passed through.
    fn branch(&self, branch: &Branch, path: &Path, mut before: Before) -> Result<()> {
        let folder = match Folder::open_to_pass(path) {
            Ok(folder) => Arc::new(folder),
            Err(error) => {
                self.run.skip(path.to_owned(), SkipReason::of_read(&error));
                return Ok(());
            }
        };
        for (name, child) in &branch.children {
            let previous = before.find(name);
            if child.is_source {
                let mut batch = Batch::default();
                self.entry(&folder, name, previous, &mut batch)?;
                self.hand_out(&folder, &mut batch)?;
                continue;
            }
            let path = path.join(name);
            let described = Folder::open_to_pass(&path).and_then(|folder| {
                let facts = folder.own_facts()?;
                self.run.describer.node(&folder, OsStr::new(""), &facts)
            });
            let mut node = match described {
                Ok((node, _)) => node,
                Err(error) => {
                    self.run.skip(path, SkipReason::of_read(&error));
                    continue;
                }
            };
            node.name = name.as_bytes().to_vec();
            let tree = previous.as_ref().and_then(|node| node.subtree);
            self.send(Event::Enter)?;
            self.branch(child, &path, Before::new(tree.and_then(|id| self.run.parent_tree(&id))))?;
            self.send(Event::Leave { node: Box::new(node), before: tree })?;
        }
        Ok(())
    }

    fn names(&self, folder: &Folder) -> Option<Vec<std::ffi::OsString>> {
        match folder.names() {
            Ok(names) => Some(names),
            Err(error) => {
                self.run.skip(folder.path().to_owned(), SkipReason::of_read(&error));
                None
            }
        }
    }

    fn contents(
        &self,
        folder: &Arc<Folder>,
        names: &[std::ffi::OsString],
        mut before: Before,
    ) -> Result<()> {
        let (mut worker, mut batch) = (self.run.worker(), Batch::default());
        for name in names {
            worker.go_on()?;
            let previous = before.find(name);
            if !self.excludes.is_empty() && self.excludes.matches(&folder.path().join(name)) {
                continue;
            }
            self.entry(folder, name, previous, &mut batch)?;
        }
        self.hand_out(folder, &mut batch)
    }

    /// A file goes to the batch; before anything else, the batch is handed out.
    fn entry(
        &self,
        folder: &Arc<Folder>,
        name: &OsStr,
        previous: Option<PastNode>,
        batch: &mut Batch,
    ) -> Result<()> {
        let facts = match folder.facts(name) {
            Ok(facts) => facts,
            Err(error) => {
                self.run.skip(folder.path().join(name), SkipReason::of_read(&error));
                return Ok(());
            }
        };
        if facts.is_file() {
            self.run.progress.files_total.add(1);
            self.run.progress.bytes_total.add(facts.size());
            batch.add(FileJob { name: name.to_owned(), facts, previous });
            return if batch.is_full() { self.hand_out(folder, batch) } else { Ok(()) };
        }
        self.hand_out(folder, batch)?;
        if facts.is_folder() {
            self.folder(folder, name, &facts, previous)
        } else if facts.is_socket() {
            Ok(())
        } else {
            self.special(folder, name, &facts)
        }
    }

    fn hand_out(&self, folder: &Arc<Folder>, batch: &mut Batch) -> Result<()> {
        let Batch { files, .. } = std::mem::take(batch);
        if files.is_empty() {
            return Ok(());
        }
        let (reply, answer) = crossbeam_channel::bounded(1);
        let job = FilesJob { folder: Arc::clone(folder), files, reply };
        self.files.send(job).map_err(|_| Error::Cancelled)?;
        self.send(Event::Files(answer))
    }

    fn special(&self, folder: &Folder, name: &OsStr, facts: &Facts) -> Result<()> {
        let path = || folder.path().join(name);
        match self.run.describer.node(folder, name, facts) {
            Ok((node, _)) if node.kind == NodeKind::Irregular => {
                self.run.skip(path(), SkipReason::Kind);
                Ok(())
            }
            Ok((node, complete)) => {
                if !complete {
                    self.run.skip(path(), SkipReason::Attributes);
                }
                self.send(Event::Entry(Box::new(node)))
            }
            Err(error) => {
                self.run.skip(path(), SkipReason::of_read(&error));
                Ok(())
            }
        }
    }

    fn folder(
        &self,
        parent: &Folder,
        name: &OsStr,
        facts: &Facts,
        previous: Option<PastNode>,
    ) -> Result<()> {
        let path = parent.path().join(name);
        if self.forbidden.contains(&facts.identity()) {
            self.run.leave_out(path);
            return Ok(());
        }
        let opened = parent.open_child(name).and_then(|folder| {
            let facts = folder.own_facts()?;
            let (node, complete) = self.run.describer.node(&folder, OsStr::new(""), &facts)?;
            Ok((folder, node, complete))
        });
        let (folder, mut node, complete) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                self.run.skip(path, SkipReason::of_read(&error));
                return Ok(());
            }
        };
        let Some(names) = self.names(&folder) else { return Ok(()) };
        if !complete {
            self.run.skip(path.clone(), SkipReason::Attributes);
        }
        self.run.progress.set_current(&path);
        node.name = name.as_bytes().to_vec();
        let tree = previous.and_then(|node| node.subtree);
        let before = Before::new(tree.and_then(|id| self.run.parent_tree(&id)));
        self.send(Event::Enter)?;
        self.contents(&Arc::new(folder), &names, before)?;
        self.send(Event::Leave { node: Box::new(node), before: tree })
    }

    fn send(&self, event: Event) -> Result<()> {
        // Fails only when the assembler is gone: the run was cancelled or failed.
        self.events.send(event).map_err(|_| Error::Cancelled)
    }
}
