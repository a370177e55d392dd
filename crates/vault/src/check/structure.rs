//! What the snapshots need: every folder, and every part of every file.

use super::{Check, Problem, Subject};
use crate::{
    error::{Error, Result},
    format::{Id, Node, NodeKind, Tree},
    index::Index,
    pack::BlobKind,
    restore::{LOOK_AHEAD, Trees, is_loss},
};
use std::collections::{HashMap, HashSet};

/// How many blobs that no index names are listed one by one.
const LISTED_BLOBS: usize = 1000;
/// How many paths a finding names.
const EXAMPLES: usize = 10;

/// What the walk has still to do, the next at the end.
enum Step {
    Enter(Id, Vec<u8>),
    Leave,
}

/// A folder that the walk is in.
struct Open {
    tree: Id,
    findings: Vec<usize>,
    children: Vec<Id>,
}

/// A folder that is not completely sound, or holds one that is not.
struct Unsound {
    /// Findings that concern the folder itself.
    findings: Vec<usize>,
    /// Folders in it that are not sound.
    children: Vec<Id>,
}

#[derive(Default)]
struct Walk {
    /// Every folder that was looked at, and whether it is sound with all that
    /// is in it.
    sound: HashMap<Id, bool>,
    unsound: HashMap<Id, Unsound>,
    /// The finding of each blob that no index names.
    unnamed: HashMap<Id, usize>,
    more_unnamed: Option<usize>,
}

impl Check<'_> {
    /// Walks all snapshots, each different folder once.
    pub(super) async fn structure(&mut self, snapshots: &[(Id, Id)]) -> Result<()> {
        let mut trees = Trees::new(self.repository, self.cancel);
        let mut walk = Walk::default();
        let mut open: Vec<Open> = Vec::new();
        for (_, root) in snapshots {
            let mut steps = vec![Step::Enter(*root, Vec::new())];
            while let Some(step) = steps.pop() {
                self.progress.control.go_on(self.cancel).await?;
                let (tree, path) = match step {
                    Step::Enter(tree, path) => (tree, path),
                    Step::Leave => {
                        walk.leave(open.pop());
                        continue;
                    }
                };
                if walk.sound.contains_key(&tree) {
                    continue;
                }
                self.report.trees += 1;
                let (findings, children) = match trees.get(&tree).await {
                    Ok(loaded) => self.folder(&mut walk, &tree, &loaded, &path),
                    Err(error) if is_loss(&error) => {
                        (self.unreadable(&tree, error, &path)?, Vec::new())
                    }
                    Err(error) => return Err(error),
                };
                steps.push(Step::Leave);
                let ids = children.iter().map(|(id, _)| *id).collect();
                open.push(Open { tree, findings, children: ids });
                steps.extend(children.into_iter().rev().map(|(id, path)| Step::Enter(id, path)));
                let known = &walk.sound;
                trees.ahead(steps.iter().rev().take(LOOK_AHEAD).filter_map(|step| match step {
                    Step::Enter(tree, _) if !known.contains_key(tree) => Some(*tree),
                    _ => None,
                }));
            }
        }
        for (snapshot, root) in snapshots {
            for finding in walk.below(root) {
                self.report.findings[finding].effect.snapshots.push(*snapshot);
            }
        }
        Ok(())
    }

    fn affect(&mut self, finding: usize, path: &[u8]) {
        let effect = &mut self.report.findings[finding].effect;
        effect.files += 1;
        if effect.examples.len() < EXAMPLES {
            effect.examples.push(String::from_utf8_lossy(path).into_owned());
        }
    }

    /// The findings of the packs from which a blob cannot be read, when it can
    /// be read from none.
    fn lost(&self, kind: BlobKind, id: &Id) -> Vec<usize> {
        let places: Vec<Id> = self.repository.with_index(|index| {
            let copies = index.copies(kind, id);
            index.find(kind, id).into_iter().chain(copies).map(|place| place.pack).collect()
        });
        if places.iter().all(|pack| self.bad.contains(&(kind, *id, *pack))) {
            places.iter().filter_map(|pack| self.pack_findings.get(pack).copied()).collect()
        } else {
            Vec::new()
        }
    }

    fn unreadable(&mut self, tree: &Id, error: Error, path: &[u8]) -> Result<Vec<usize>> {
        let path = if path.is_empty() { b"/" } else { path };
        let mut findings = self.lost(BlobKind::Tree, tree);
        if findings.is_empty() {
            let named = self.repository.with_index(|index| index.contains(BlobKind::Tree, tree));
            findings.push(if named {
                self.loss(Subject::Tree(*tree), error)?
            } else {
                self.error(Subject::Tree(*tree), Problem::NotIndexed)
            });
        }
        for finding in &findings {
            self.affect(*finding, path);
        }
        Ok(findings)
    }

    /// Looks at all entries of a folder. Returns the findings that concern it,
    /// and the folders in it.
    fn folder(
        &mut self,
        walk: &mut Walk,
        id: &Id,
        tree: &Tree,
        path: &[u8],
    ) -> (Vec<usize>, Vec<(Id, Vec<u8>)>) {
        let (mut findings, mut children) = (Vec::new(), Vec::new());
        for node in &tree.nodes {
            let path = [path, b"/", &node.name].concat();
            let mut concerned = Vec::new();
            match (&node.kind, &node.subtree) {
                (NodeKind::Dir, Some(subtree)) => children.push((*subtree, path.clone())),
                (NodeKind::Dir, None) => concerned.push(self.bad_entry(id, node, "has no tree")),
                (NodeKind::File, _) => concerned = self.file(walk, id, node),
                (NodeKind::Irregular | NodeKind::Other(_), _) => {
                    concerned.push(self.bad_entry(id, node, "is of no known kind"));
                }
                _ => {}
            }
            concerned.sort_unstable();
            concerned.dedup();
            for finding in &concerned {
                self.affect(*finding, &path);
            }
            findings.extend(concerned);
        }
        findings.sort_unstable();
        findings.dedup();
        (findings, children)
    }

    fn bad_entry(&mut self, tree: &Id, node: &Node, what: &str) -> usize {
        let name = String::from_utf8_lossy(&node.name);
        self.error(Subject::Tree(*tree), Problem::Damaged(format!("`{name}` {what}")))
    }

    fn file(&mut self, walk: &mut Walk, tree: &Id, node: &Node) -> Vec<usize> {
        let Some(content) = &node.content else {
            return vec![self.bad_entry(tree, node, "has no list of contents")];
        };
        let (mut findings, mut length) = (Vec::new(), 0_u64);
        for blob in content {
            let known = self.repository.with_index(|index| known(index, blob));
            match known {
                Ok(plain) => {
                    length = length.saturating_add(plain.into());
                    // Most repositories are sound: no look-up for each blob.
                    if !self.bad.is_empty() {
                        findings.extend(self.lost(BlobKind::Data, blob));
                    }
                }
                Err(problem) => findings.push(self.unnamed(walk, blob, problem)),
            }
        }
        if findings.is_empty() && length != node.size {
            let name = String::from_utf8_lossy(&node.name).into_owned();
            let problem = Problem::Size { name, recorded: node.size, contents: length };
            findings.push(self.error(Subject::Tree(*tree), problem));
        }
        findings
    }

    fn unnamed(&mut self, walk: &mut Walk, blob: &Id, problem: Problem) -> usize {
        if let Some(finding) = walk.unnamed.get(blob) {
            return *finding;
        }
        let finding = if walk.unnamed.len() < LISTED_BLOBS {
            self.error(Subject::Blob(*blob), problem)
        } else if let Some(finding) = walk.more_unnamed {
            if let Subject::MoreBlobs(count) = &mut self.report.findings[finding].subject {
                *count += 1;
            }
            finding
        } else {
            let finding = self.error(Subject::MoreBlobs(1), problem);
            walk.more_unnamed = Some(finding);
            finding
        };
        walk.unnamed.insert(*blob, finding);
        finding
    }
}

/// The length of a blob of file contents, or what is wrong with it.
fn known(index: &Index, blob: &Id) -> Result<u32, Problem> {
    index.plain_length(BlobKind::Data, blob).ok_or_else(|| {
        if index.contains(BlobKind::Tree, blob) { Problem::WrongKind } else { Problem::NotIndexed }
    })
}

impl Walk {
    fn leave(&mut self, open: Option<Open>) {
        let Some(Open { tree, findings, mut children }) = open else { return };
        children.retain(|child| self.sound.get(child) == Some(&false));
        let sound = findings.is_empty() && children.is_empty();
        self.sound.insert(tree, sound);
        if !sound {
            self.unsound.insert(tree, Unsound { findings, children });
        }
    }

    /// All findings that concern a folder or what is in it.
    fn below(&self, root: &Id) -> Vec<usize> {
        let (mut findings, mut seen) = (HashSet::new(), HashSet::new());
        let mut steps = vec![root];
        while let Some(tree) = steps.pop() {
            if let Some(unsound) = self.unsound.get(tree)
                && seen.insert(tree)
            {
                findings.extend(&unsound.findings);
                steps.extend(&unsound.children);
            }
        }
        let mut findings: Vec<usize> = findings.into_iter().collect();
        findings.sort_unstable();
        findings
    }
}
