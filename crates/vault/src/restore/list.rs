//! What a snapshot holds, without restoring it.

use super::Trees;
use crate::{
    error::{Error, Result},
    format::{Id, Node, NodeKind, Snapshot},
    platform::restore as system,
    repository::Repository,
};
use std::path::Path;
use storage::Cancel;

/// What the listing has still to do, the next at the end.
enum Step {
    Folder(Id, Vec<u8>),
    Show(Vec<u8>, Box<Node>),
}

impl Repository {
    /// Shows what lies in a folder of a snapshot, in the order of the names'
    /// bytes, each folder before what is in it: `path`, or everything. With
    /// `recursive` all that lies below, too. When `path` is no folder it is
    /// shown itself.
    ///
    /// # Errors
    /// [`Error::NoSuchPath`], or when a folder is missing or damaged.
    pub async fn ls(
        &self,
        snapshot: &Snapshot,
        path: Option<&Path>,
        recursive: bool,
        visit: &mut (dyn FnMut(&Path, &Node) + Send),
        cancel: &Cancel,
    ) -> Result<()> {
        self.know_blobs_of(&snapshot.tree, cancel).await?;
        let (mut tree, mut at) = (snapshot.tree, Vec::new());
        // Collected: held across an await, the closure of the filter would keep
        // the future from being sent to another thread.
        let whole = path.unwrap_or(Path::new(""));
        let components = whole.as_os_str().as_encoded_bytes().split(|byte| *byte == b'/');
        let components = components.filter(|name| !name.is_empty());
        let mut components = components.collect::<Vec<_>>().into_iter().peekable();
        while let Some(name) = components.next() {
            let folder = self.load_tree(&tree, cancel).await?;
            let none = || Error::NoSuchPath(whole.to_string_lossy().into_owned());
            let node = folder.find(name).ok_or_else(none)?;
            at.push(b'/');
            at.extend_from_slice(name);
            if node.kind == NodeKind::Dir {
                tree = node.subtree.ok_or_else(|| without_tree(&at))?;
            } else if components.peek().is_some() {
                return Err(none());
            } else {
                visit(system::as_path(&at), node);
                return Ok(());
            }
        }
        let mut trees = Trees::new(self, cancel);
        let mut steps = vec![Step::Folder(tree, at)];
        while let Some(step) = steps.pop() {
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            let (tree, at) = match step {
                Step::Folder(tree, at) => (tree, at),
                Step::Show(path, node) => {
                    visit(system::as_path(&path), &node);
                    continue;
                }
            };
            for node in trees.get(&tree).await?.nodes.into_iter().rev() {
                let path = [&at[..], b"/", &node.name].concat();
                if recursive && node.kind == NodeKind::Dir {
                    let tree = node.subtree.ok_or_else(|| without_tree(&path))?;
                    steps.push(Step::Folder(tree, path.clone()));
                }
                steps.push(Step::Show(path, Box::new(node)));
            }
            trees.ahead(steps.iter().rev().take(super::trees::LOOK_AHEAD).filter_map(|step| {
                match step {
                    Step::Folder(tree, _) => Some(*tree),
                    Step::Show(..) => None,
                }
            }));
        }
        Ok(())
    }
}

fn without_tree(path: &[u8]) -> Error {
    let path = String::from_utf8_lossy(path);
    Error::damaged(format!("folder {path}"), "the snapshot does not say what is in it")
}
