//! What a backup asks of the trees of the snapshot before it.

use std::borrow::Cow;

use serde::Deserialize;

use super::{
    FormatError, Id, NodeKind, NodeProblem, NodeTime,
    error::excerpt,
    go_json, null_is_zero,
    tree::{Stored, null_is_no_text, parse, time},
    write,
};

/// An entry of a folder, as far as it tells whether the entry has changed, and
/// where its contents are. Of a folder of a million files, the rest would be
/// most of what is held in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PastNode {
    /// Raw bytes.
    pub(crate) name: Box<[u8]>,
    pub(crate) kind: NodeKind,
    pub(crate) mtime: NodeTime,
    pub(crate) ctime: NodeTime,
    pub(crate) inode: u64,
    /// In bytes.
    pub(crate) size: u64,
    /// As [`super::Node::content`].
    pub(crate) content: Option<Vec<Id>>,
    /// As [`super::Node::subtree`].
    pub(crate) subtree: Option<Id>,
}

impl PastNode {
    /// Reads the entries of a tree.
    ///
    /// # Errors
    /// As [`super::Tree::parse`]; what is not asked for is not looked at.
    pub(crate) fn parse_tree(bytes: &[u8]) -> Result<Vec<Self>, FormatError> {
        parse::<StoredPast<'_>>(bytes)
    }
}

/// The keys that are asked for, as [`super::tree`] reads them.
#[derive(Default, Deserialize)]
#[serde(default)]
struct StoredPast<'a> {
    #[serde(borrow, deserialize_with = "null_is_no_text")]
    name: Cow<'a, str>,
    #[serde(borrow, rename = "type", deserialize_with = "null_is_no_text")]
    kind: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "null_is_no_text")]
    mtime: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "null_is_no_text")]
    ctime: Cow<'a, str>,
    #[serde(deserialize_with = "null_is_zero")]
    inode: u64,
    #[serde(deserialize_with = "null_is_zero")]
    size: u64,
    content: Option<Vec<Id>>,
    subtree: Option<Id>,
}

impl<'de> Stored<'de> for StoredPast<'de> {
    type Node = PastNode;

    fn name(node: &PastNode) -> &[u8] {
        &node.name
    }

    fn into_node(self, index: usize, previous: &[u8]) -> Result<PastNode, FormatError> {
        let quoted = &self.name;
        let refused =
            |problem| FormatError::Node { index, name: excerpt(quoted.as_bytes()), problem };
        let name = go_json::unquote(quoted).map_err(|_| refused(NodeProblem::Quoting))?;
        write::check_name(index, &name, previous)?;
        Ok(PastNode {
            mtime: time(&self.mtime).map_err(refused)?,
            ctime: time(&self.ctime).map_err(refused)?,
            name: name.into(),
            kind: NodeKind::from_text(&self.kind),
            inode: self.inode,
            size: self.size,
            content: self.content,
            subtree: self.subtree,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Tree, *};

    #[test]
    fn is_what_the_whole_tree_says() {
        let bytes = include_bytes!("golden/tree.json");
        let whole = Tree::parse(bytes).unwrap().nodes.into_iter().map(|node| PastNode {
            name: node.name.into(),
            kind: node.kind,
            mtime: node.mtime,
            ctime: node.ctime,
            inode: node.inode,
            size: node.size,
            content: node.content,
            subtree: node.subtree,
        });
        assert_eq!(PastNode::parse_tree(bytes).unwrap(), whole.collect::<Vec<_>>());
        for (bytes, problem) in [
            (r#"{"nodes":[{"name":"b"},{"name":"a"}]}"#, "a"),
            (r#"{"nodes":[{"name":"a/b"}]}"#, "a/b"),
            (r#"{"nodes":[{"name":"a","mtime":"noon"}]}"#, "noon"),
        ] {
            let refused = PastNode::parse_tree(bytes.as_bytes()).unwrap_err().to_string();
            assert!(refused.contains(problem), "{refused}");
            assert_eq!(refused, Tree::parse(bytes.as_bytes()).unwrap_err().to_string());
        }
    }
}
