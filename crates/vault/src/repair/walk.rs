//! Walking snapshots, and making the trees they have without what is lost.
//!
//! A file of which any part is lost is left out, not shortened: what stands in
//! a backup passes for whole.

use super::lost::{EXAMPLES, LostBlob, LostFile, Survey};
use crate::{
    error::{Error, Result},
    format::{Id, Node, NodeKind, Tree},
    pack::BlobKind,
    progress::Progress,
    repository::Repository,
    restore::{LOOK_AHEAD, Trees},
};
use std::collections::{BTreeMap, HashMap, HashSet};
use storage::Cancel;

/// What became of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Whole,
    /// Another takes its place.
    Changed(Id),
    /// It cannot be read.
    Lost,
}

/// What is wrong in a folder, and which folders in it are not whole.
#[derive(Default)]
struct Unsound {
    blobs: Vec<(BlobKind, Id)>,
    files: Vec<LostFile>,
    count: u64,
    corrected: u64,
    children: Vec<Id>,
}

/// A folder that the walk is in.
struct Open {
    tree: Id,
    path: Vec<u8>,
    /// What has still to be looked at, the next at the end.
    rest: Vec<Node>,
    kept: Vec<Node>,
    changed: bool,
    unsound: Unsound,
}

/// What a walk has found out.
pub(super) struct Walk<'a> {
    repository: &'a Repository,
    progress: &'a Progress,
    cancel: &'a Cancel,
    pub(super) survey: Survey<'a>,
    known: HashMap<Id, Outcome>,
    unsound: HashMap<Id, Unsound>,
    /// The new trees.
    pub(super) trees: BTreeMap<Id, Vec<u8>>,
    lost: BTreeMap<(BlobKind, Id), LostBlob>,
}

/// What one snapshot has lost.
#[derive(Default)]
pub(super) struct Losses {
    pub(super) count: u64,
    pub(super) corrected: u64,
    pub(super) examples: Vec<LostFile>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        repository: &'a Repository,
        survey: Survey<'a>,
        progress: &'a Progress,
        cancel: &'a Cancel,
    ) -> Self {
        let (known, unsound) = (HashMap::new(), HashMap::new());
        let (trees, lost) = (BTreeMap::new(), BTreeMap::new());
        Self { repository, progress, cancel, survey, known, unsound, trees, lost }
    }

    /// Walks what hangs on a root.
    pub(super) async fn root(&mut self, root: Id) -> Result<Outcome> {
        let mut trees = Trees::new(self.repository, self.cancel);
        let mut open = Vec::new();
        self.enter(&mut trees, &mut open, root, Vec::new()).await?;
        while let Some(folder) = open.last_mut() {
            self.progress.control.go_on(self.cancel).await?;
            let unknown = |node: &Node| {
                let subtree = node.subtree.filter(|_| node.kind == NodeKind::Dir);
                subtree.filter(|id| !self.known.contains_key(id))
            };
            trees.ahead(folder.rest.iter().rev().take(LOOK_AHEAD).filter_map(unknown));
            let Some(node) = folder.rest.pop() else {
                if let Some(folder) = open.pop() {
                    self.leave(folder).await?;
                }
                continue;
            };
            if let (NodeKind::Dir, Some(subtree)) = (&node.kind, node.subtree)
                && !self.known.contains_key(&subtree)
            {
                let path = [&folder.path, &b"/"[..], &node.name].concat();
                folder.rest.push(node);
                self.enter(&mut trees, &mut open, subtree, path).await?;
                continue;
            }
            self.entry(folder, node).await?;
        }
        self.known.get(&root).copied().ok_or(Error::Internal("a walk left no trace"))
    }

    async fn enter(
        &mut self,
        trees: &mut Trees<'_>,
        open: &mut Vec<Open>,
        tree: Id,
        path: Vec<u8>,
    ) -> Result<()> {
        if self.known.contains_key(&tree) {
            return Ok(());
        }
        match trees.get(&tree).await {
            Ok(Tree { mut nodes }) => {
                nodes.reverse();
                let (kept, unsound) = (Vec::with_capacity(nodes.len()), Unsound::default());
                open.push(Open { tree, path, rest: nodes, kept, changed: false, unsound });
            }
            Err(Error::Damaged { .. } | Error::Missing(_)) => {
                self.known.insert(tree, Outcome::Lost);
            }
            // That the destination cannot read it proves nothing.
            Err(error) => return Err(error),
        }
        self.progress.files_done.add(1);
        Ok(())
    }

    /// Keeps an entry as it is, or as what is left of it.
    async fn entry(&mut self, folder: &mut Open, mut node: Node) -> Result<()> {
        let lost = match (&node.kind, node.subtree) {
            (NodeKind::Dir, Some(subtree)) => match self.known.get(&subtree) {
                Some(Outcome::Lost) => Some(Some((BlobKind::Tree, subtree))),
                Some(Outcome::Changed(tree)) => {
                    node.subtree = Some(*tree);
                    folder.changed = true;
                    folder.unsound.children.push(subtree);
                    None
                }
                _ => None,
            },
            (NodeKind::Dir, None) | (NodeKind::Irregular | NodeKind::Other(_), _) => Some(None),
            (NodeKind::File, _) => self.file(folder, &mut node).await?,
            _ => None,
        };
        match lost {
            Some(blob) => self.lose(folder, &node, blob),
            None => folder.kept.push(node),
        }
        Ok(())
    }

    /// What of a file is lost, if anything is. Its length is put right.
    async fn file(
        &mut self,
        folder: &mut Open,
        node: &mut Node,
    ) -> Result<Option<Option<(BlobKind, Id)>>> {
        let Some(content) = &node.content else { return Ok(Some(None)) };
        let mut length = 0_u64;
        for id in content {
            match self.survey.find(BlobKind::Data, id, self.cancel).await? {
                Some(plain) => length = length.saturating_add(plain.into()),
                None => return Ok(Some(Some((BlobKind::Data, *id)))),
            }
        }
        if length != node.size {
            node.size = length;
            folder.changed = true;
            folder.unsound.corrected += 1;
        }
        Ok(None)
    }

    fn lose(&mut self, folder: &mut Open, node: &Node, blob: Option<(BlobKind, Id)>) {
        let path = [&folder.path, &b"/"[..], &node.name].concat();
        let path = String::from_utf8_lossy(&path).into_owned();
        folder.changed = true;
        folder.unsound.count += 1;
        if let Some((kind, id)) = blob {
            folder.unsound.blobs.push((kind, id));
            self.note((kind, id), &path);
        }
        if folder.unsound.files.len() < EXAMPLES {
            let blob = blob.map(|(_, id)| id);
            folder.unsound.files.push(LostFile { path, blob });
        }
    }

    fn note(&mut self, (kind, id): (BlobKind, Id), path: &str) {
        let none = || LostBlob { kind, id, files: 0, examples: Vec::new(), snapshots: Vec::new() };
        let lost = self.lost.entry((kind, id)).or_insert_with(none);
        lost.files += 1;
        if lost.examples.len() < EXAMPLES {
            lost.examples.push(path.to_owned());
        }
    }

    async fn leave(&mut self, folder: Open) -> Result<()> {
        let outcome = if folder.changed {
            let tree = Tree { nodes: folder.kept };
            let bytes = tree
                .to_bytes()
                .map_err(|error| Error::damaged_id("tree", &folder.tree, error.to_string()))?;
            let id = Id::of(&bytes);
            if self.survey.find(BlobKind::Tree, &id, self.cancel).await?.is_none() {
                self.trees.insert(id, bytes);
            }
            self.unsound.insert(folder.tree, folder.unsound);
            Outcome::Changed(id)
        } else {
            Outcome::Whole
        };
        self.known.insert(folder.tree, outcome);
        Ok(())
    }

    /// What the snapshot of that root has lost.
    pub(super) fn losses(&mut self, snapshot: Id, root: Id) -> Losses {
        let mut losses = Losses::default();
        if self.known.get(&root) == Some(&Outcome::Lost) {
            self.note((BlobKind::Tree, root), "/");
            losses.count = 1;
            losses.examples.push(LostFile { path: "/".to_owned(), blob: Some(root) });
            self.concerns((BlobKind::Tree, root), snapshot);
        }
        let (mut steps, mut seen) = (vec![root], HashSet::new());
        while let Some(tree) = steps.pop() {
            if !seen.insert(tree) {
                continue;
            }
            let Some(unsound) = self.unsound.get(&tree) else { continue };
            losses.count += unsound.count;
            losses.corrected += unsound.corrected;
            let room = EXAMPLES.saturating_sub(losses.examples.len());
            losses.examples.extend(unsound.files.iter().take(room).cloned());
            steps.extend(&unsound.children);
            for blob in unsound.blobs.clone() {
                self.concerns(blob, snapshot);
            }
        }
        losses.examples.sort_by(|a, b| a.path.cmp(&b.path));
        losses
    }

    fn concerns(&mut self, blob: (BlobKind, Id), snapshot: Id) {
        if let Some(lost) = self.lost.get_mut(&blob)
            && lost.snapshots.last() != Some(&snapshot)
        {
            lost.snapshots.push(snapshot);
        }
    }

    /// Every blob that is lost.
    pub(super) fn lost(&self) -> Vec<LostBlob> {
        self.lost.values().cloned().collect()
    }
}
