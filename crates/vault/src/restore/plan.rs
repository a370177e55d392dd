//! What a restore is going to do.

use super::{
    Existing, RestoreOptions, RestorePlan, Trees,
    folders::{Folders, TargetFolder},
    include::Includes,
    is_loss, target,
};
use crate::{
    error::{Error, Result, TargetProblem},
    format::{Id, Node, NodeKind, Snapshot, Tree},
    index::Index,
    pack::BlobKind,
    platform::restore::{self as system, Handle, Standing},
    repository::Repository,
};
use std::{collections::HashSet, io, path::PathBuf, sync::Arc};
use storage::Cancel;

/// How many conflicts are named.
const EXAMPLES: usize = 20;

/// A folder that the plan has still to look into.
struct Pending {
    tree: Id,
    path: Vec<u8>,
    selected: bool,
    place: Place,
}

/// What stands in the target where a folder of the snapshot belongs.
#[derive(Clone)]
enum Place {
    Folder(Arc<TargetFolder>),
    Nothing,
    SomethingElse,
}

struct Planner {
    plan: RestorePlan,
    includes: Includes,
    folders: Option<Folders>,
    /// Inodes of which one name was counted.
    linked: HashSet<(u64, u64)>,
    stack: Vec<Pending>,
    /// Whether a file needs a blob that the index does not know.
    misses_blobs: bool,
}

impl Repository {
    /// Looks at what a restore would do. Writes nothing.
    ///
    /// # Errors
    /// [`Error::Target`] when the target cannot be used, [`Error::NoSuchPath`]
    /// when something is asked for that the snapshot does not hold, or when
    /// the root of the snapshot cannot be read.
    pub async fn plan_restore(
        &self,
        snapshot: &Snapshot,
        options: &RestoreOptions,
        cancel: &Cancel,
    ) -> Result<RestorePlan> {
        let includes = Includes::new(&options.include)?;
        let (wanted, sources) = (options.target.clone(), snapshot.paths.clone());
        let never = options.never.clone();
        let target = tokio::task::spawn_blocking(move || target::look(&wanted, &sources, &never))
            .await
            .map_err(|_| Error::Internal("looking at the target failed"))??;
        let index_incomplete = self.know_blobs_of(&snapshot.tree, cancel).await?;
        let folders = if target.exists {
            Some(Folders::new(&target.path, options.existing).map_err(|error| Error::Target {
                path: target.path.clone(),
                problem: TargetProblem::NotWritable(target::in_words(&error)),
            })?)
        } else {
            None
        };
        let plan = RestorePlan {
            tree: snapshot.tree,
            target: target.path,
            target_exists: target.exists,
            include: options.include.clone(),
            existing: options.existing,
            files: 0,
            folders: 0,
            others: 0,
            bytes: 0,
            conflicts: 0,
            conflict_examples: Vec::new(),
            unreadable: Vec::new(),
            index_incomplete,
        };
        let mut planner = Planner::new(plan.clone(), Includes::new(&options.include)?, folders);
        planner.walk(self, cancel).await?;
        if planner.misses_blobs || !planner.plan.unreadable.is_empty() {
            // What the index does not know may be there all the same.
            let known = self.with_index(Index::counts);
            self.salvage_index(cancel).await?;
            if self.with_index(Index::counts) != known {
                let plan = RestorePlan { index_incomplete: true, ..plan };
                planner = Planner::new(plan, includes, planner.folders);
                planner.walk(self, cancel).await?;
            }
        }
        planner.finish()
    }
}

impl Planner {
    fn new(plan: RestorePlan, includes: Includes, folders: Option<Folders>) -> Self {
        let (linked, stack) = (HashSet::new(), Vec::new());
        Self { plan, includes, folders, linked, stack, misses_blobs: false }
    }

    async fn walk(&mut self, repository: &Repository, cancel: &Cancel) -> Result<()> {
        let mut trees = Trees::new(repository, cancel);
        let place = match &self.folders {
            Some(folders) => Place::Folder(folders.root()),
            None => Place::Nothing,
        };
        let selected = self.includes.matches(b"");
        let (tree, path) = (self.plan.tree, Vec::new());
        self.stack.push(Pending { tree, path, selected, place });
        let mut first = true;
        while let Some(pending) = self.stack.pop() {
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            match trees.get(&pending.tree).await {
                Ok(tree) => {
                    self.misses_blobs |= misses_blobs(repository, &tree);
                    self.folder(&pending, tree.nodes);
                }
                Err(error) if is_loss(&error) && !first => {
                    self.plan.unreadable.push(system::as_path(&pending.path).to_owned());
                }
                Err(error) => return Err(error),
            }
            first = false;
            trees.ahead(
                self.stack.iter().rev().take(super::trees::LOOK_AHEAD).map(|pending| pending.tree),
            );
        }
        Ok(())
    }

    fn folder(&mut self, folder: &Pending, nodes: Vec<Node>) {
        let fd = match (&folder.place, &self.folders) {
            (Place::Folder(place), Some(folders)) => folders.open(place).ok(),
            _ => None,
        };
        let below = self.stack.len();
        for node in nodes {
            let mut path = folder.path.clone();
            path.push(b'/');
            path.extend_from_slice(&node.name);
            // Below a folder that is selected patterns are still held against
            // everything, because each of them has to match something.
            let matches = folder.selected && self.includes.unmatched().is_none()
                || self.includes.matches(&path);
            let selected = folder.selected || matches;
            match node.kind {
                NodeKind::Dir => {
                    self.child(folder, fd.as_deref(), node, path, selected);
                    continue;
                }
                NodeKind::Socket => continue,
                _ if !selected => continue,
                NodeKind::File => {
                    self.plan.files += 1;
                    let inode = (node.device_id, node.inode);
                    if node.links < 2 || self.linked.insert(inode) {
                        self.plan.bytes += node.size;
                    }
                }
                _ => self.plan.others += 1,
            }
            let taken = match &folder.place {
                Place::Nothing => false,
                Place::SomethingElse => true,
                Place::Folder(_) => {
                    fd.as_deref().is_some_and(|fd| !is_free(&system::standing(fd, &node.name)))
                }
            };
            if taken {
                self.conflict(&path);
            }
        }
        // The stack gives back what was put on it last.
        self.stack[below..].reverse();
    }

    fn child(
        &mut self,
        folder: &Pending,
        fd: Option<&Handle>,
        node: Node,
        path: Vec<u8>,
        selected: bool,
    ) {
        if !selected && !self.includes.may_match_below(&path) {
            return;
        }
        let standing = fd.map(|fd| system::standing(fd, &node.name));
        let tree = node.subtree;
        let place = match (&folder.place, standing, &self.folders) {
            (Place::Folder(parent), Some(Ok(Standing::Folder)), Some(folders)) => {
                Place::Folder(folders.child(parent, node, selected))
            }
            (Place::Folder(_), Some(standing), _) if is_free(&standing) => Place::Nothing,
            (Place::Nothing, ..) => Place::Nothing,
            _ => Place::SomethingElse,
        };
        if selected {
            self.plan.folders += 1;
            if matches!(place, Place::SomethingElse) {
                self.conflict(&path);
            }
        }
        match tree {
            Some(tree) => self.stack.push(Pending { tree, path, selected, place }),
            None => self.plan.unreadable.push(system::as_path(&path).to_owned()),
        }
    }

    fn conflict(&mut self, path: &[u8]) {
        self.plan.conflicts += 1;
        if self.plan.conflict_examples.len() < EXAMPLES {
            let below = path.strip_prefix(b"/").unwrap_or(path);
            self.plan.conflict_examples.push(self.plan.target.join(system::as_path(below)));
        }
    }

    fn finish(self) -> Result<RestorePlan> {
        let plan = self.plan;
        // What lies in a folder that cannot be read might have matched.
        if let Some(pattern) = self.includes.unmatched()
            && plan.unreadable.is_empty()
        {
            return Err(Error::NoSuchPath(pattern.to_owned()));
        }
        if plan.existing == Existing::Refuse && plan.conflicts > 0 {
            let first: PathBuf = plan.conflict_examples.first().cloned().unwrap_or_default();
            return Err(Error::Target {
                path: plan.target,
                problem: TargetProblem::Exists { count: plan.conflicts, first },
            });
        }
        Ok(plan)
    }
}

fn misses_blobs(repository: &Repository, tree: &Tree) -> bool {
    repository.with_index(|index| {
        let mut contents = tree.nodes.iter().filter_map(|node| node.content.as_ref()).flatten();
        contents.any(|blob| !index.contains(BlobKind::Data, blob))
    })
}

fn is_free(standing: &io::Result<Standing>) -> bool {
    matches!(standing, Ok(Standing::Nothing))
}
