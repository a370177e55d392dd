//! What a restore is going to do.

use super::{
    Existing, RestoreOptions, RestorePlan, Trees,
    folders::{Folders, Made, Spot, TargetFolder},
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
use std::{collections::HashSet, path::PathBuf, sync::Arc};
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
    /// Nothing is restored below this path.
    Forbidden(Arc<[u8]>),
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
        let (never, in_place) = (options.never.clone(), options.in_place);
        let look = move || target::look(&wanted, &sources, &never, in_place);
        let target = tokio::task::spawn_blocking(look)
            .await
            .map_err(|_| Error::Internal("looking at the target failed"))??;
        let index_incomplete = self.know_blobs_of(&snapshot.tree, cancel).await?;
        let plan = RestorePlan {
            tree: snapshot.tree,
            target: target.path,
            target_exists: target.exists,
            include: options.include.clone(),
            existing: options.existing,
            never: options.never.clone(),
            in_place,
            label: options.label.clone(),
            files: 0,
            folders: 0,
            others: 0,
            bytes: 0,
            conflicts: 0,
            conflict_examples: Vec::new(),
            unreadable: Vec::new(),
            left_out: Vec::new(),
            index_incomplete,
        };
        let folders = if plan.target_exists {
            let folders = Folders::new(&plan);
            Some(folders.map_err(|problem| Error::Target { path: plan.target.clone(), problem })?)
        } else {
            None
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
            let matches =
                folder.selected && self.includes.is_complete() || self.includes.matches(&path);
            let selected = folder.selected || matches;
            match node.kind {
                NodeKind::Dir => {
                    self.child(folder, fd.as_deref(), node, path, selected);
                    continue;
                }
                NodeKind::Socket => continue,
                _ if !selected => continue,
                _ if self.is_left_out(&folder.place) => continue,
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
                Place::SomethingElse | Place::Forbidden(_) => true,
                Place::Folder(_) => fd.as_deref().is_some_and(|fd| {
                    !matches!(system::standing(fd, &node.name), Ok(Standing::Nothing))
                }),
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
        let tree = node.subtree;
        let place = match (&folder.place, fd, &self.folders) {
            (Place::Folder(parent), Some(fd), Some(folders)) => {
                let found = |node, made| folders.found(parent, node, selected, made);
                match folders.spot(fd, &node.name) {
                    Ok(Spot::Nothing) => Place::Nothing,
                    Ok(Spot::Folder) => Place::Folder(found(node, Made::Existing)),
                    Ok(Spot::Linked) => Place::Folder(found(node, Made::Linked)),
                    Ok(Spot::Forbidden) => Place::Forbidden(path.as_slice().into()),
                    Ok(Spot::Link | Spot::Other) | Err(_) => Place::SomethingElse,
                }
            }
            (Place::Nothing, ..) => Place::Nothing,
            (Place::Forbidden(path), ..) => Place::Forbidden(Arc::clone(path)),
            _ => Place::SomethingElse,
        };
        if selected && self.is_left_out(&place) {
            return;
        }
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

    /// Whether nothing is restored to `place`; lists the folder that keeps it.
    fn is_left_out(&mut self, place: &Place) -> bool {
        let Place::Forbidden(path) = place else { return false };
        let path = system::as_path(path);
        if !self.plan.left_out.iter().any(|listed| listed == path) {
            self.plan.left_out.push(path.to_owned());
        }
        true
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
        // What lies in a folder that cannot be read, or is left out, might have
        // matched.
        if let Some(pattern) = self.includes.unmatched()
            && plan.unreadable.is_empty()
            && plan.left_out.is_empty()
        {
            return Err(Error::NoSuchPath(pattern));
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
