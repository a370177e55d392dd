//! Writing trees.

use std::io::Write as _;

use super::{
    FormatError, Node, NodeProblem, go_json,
    go_json::{append_base64, append_compact, append_name, append_string},
};

/// Writes the bytes of a tree, node by node, exactly as restic writes them.
#[derive(Debug)]
pub struct TreeBuilder {
    bytes: Vec<u8>,
    previous: Vec<u8>,
    count: usize,
}

impl Default for TreeBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl TreeBuilder {
    /// A tree without nodes.
    #[must_use]
    pub fn new() -> Self {
        Self::with_buffer(Vec::new())
    }

    /// A tree without nodes that is written to `bytes`, whose content is
    /// dropped and whose capacity is used again.
    #[must_use]
    pub fn with_buffer(mut bytes: Vec<u8>) -> Self {
        bytes.clear();
        bytes.extend_from_slice(br#"{"nodes":["#);
        Self { bytes, previous: Vec::new(), count: 0 }
    }

    /// How many nodes the tree has.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Appends a node.
    ///
    /// # Errors
    /// [`FormatError::Node`] when its name cannot stand in a tree or does not
    /// come after the name before it, compared byte by byte. The tree is then
    /// as it was.
    pub fn push(&mut self, node: &Node) -> Result<(), FormatError> {
        check_name(self.count, &node.name, &self.previous)?;
        if self.count > 0 {
            self.bytes.push(b',');
        }
        append_node(&mut self.bytes, node);
        self.previous.clone_from(&node.name);
        self.count += 1;
        Ok(())
    }

    /// The bytes of the tree, whose SHA-256 is its id.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(b"]}\n");
        self.bytes
    }
}

/// Whether a node of this name may stand after `previous`, which is empty for
/// the first.
pub(super) fn check_name(index: usize, name: &[u8], previous: &[u8]) -> Result<(), FormatError> {
    let problem = match name {
        [] => NodeProblem::EmptyName,
        b"." | b".." => NodeProblem::DotName,
        _ if name.contains(&b'/') => NodeProblem::Slash,
        _ if name.contains(&0) => NodeProblem::Zero,
        _ if name <= previous => NodeProblem::Order { previous: shown(previous) },
        _ => return Ok(()),
    };
    Err(FormatError::Node { index, name: shown(name), problem })
}

/// A name for a message: quoted, and no longer than a file system allows.
pub(super) fn shown(name: &[u8]) -> String {
    let quoted = go_json::quote(name.get(..255).unwrap_or(name));
    String::from_utf8(quoted).unwrap_or_default()
}

/// Appends the JSON of a node: the fields in restic's order, those that Go
/// calls empty left out.
pub(super) fn append_node(out: &mut Vec<u8>, node: &Node) {
    out.extend_from_slice(br#"{"name":"#);
    append_name(out, &node.name);
    out.extend_from_slice(br#","type":"#);
    append_string(out, node.kind.as_str().as_bytes());
    append_number(out, "mode", u64::from(node.mode));
    for (key, time) in [("mtime", &node.mtime), ("atime", &node.atime), ("ctime", &node.ctime)] {
        append_key(out, key);
        out.push(b'"');
        time.append(out);
        out.push(b'"');
    }
    // Writing to a Vec cannot fail.
    let _ = write!(out, r#","uid":{},"gid":{}"#, node.uid, node.gid);
    append_text(out, "user", &node.user);
    append_text(out, "group", &node.group);
    append_number(out, "inode", node.inode);
    append_number(out, "device_id", node.device_id);
    append_number(out, "size", node.size);
    append_number(out, "links", node.links);
    append_link_target(out, node.link_target.as_deref().unwrap_or_default());
    append_attributes(out, node);
    append_number(out, "device", node.device);
    append_key(out, "content");
    match &node.content {
        None => out.extend_from_slice(b"null"),
        Some(ids) => {
            append_list(out, b'[', b']', ids, |out, id| {
                out.push(b'"');
                out.extend_from_slice(&id.to_hex());
                out.push(b'"');
            });
        }
    }
    if let Some(id) = &node.subtree {
        append_key(out, "subtree");
        out.push(b'"');
        out.extend_from_slice(&id.to_hex());
        out.push(b'"');
    }
    append_text(out, "error", &node.error);
    out.push(b'}');
}

/// A target that is not UTF-8 is written twice: mangled for old readers, and
/// as base64.
fn append_link_target(out: &mut Vec<u8>, target: &[u8]) {
    if target.is_empty() {
        return;
    }
    append_key(out, "linktarget");
    append_string(out, target);
    if std::str::from_utf8(target).is_err() {
        append_key(out, "linktarget_raw");
        append_base64(out, target);
    }
}

fn append_attributes(out: &mut Vec<u8>, node: &Node) {
    if !node.extended_attributes.is_empty() {
        append_key(out, "extended_attributes");
        append_list(out, b'[', b']', &node.extended_attributes, |out, attribute| {
            out.extend_from_slice(br#"{"name":"#);
            append_string(out, attribute.name.as_bytes());
            append_key(out, "value");
            match &attribute.value {
                None => out.extend_from_slice(b"null"),
                Some(value) => append_base64(out, value),
            }
            out.push(b'}');
        });
    }
    if !node.generic_attributes.is_empty() {
        append_key(out, "generic_attributes");
        append_list(out, b'{', b'}', &node.generic_attributes, |out, (key, value)| {
            append_string(out, key.as_bytes());
            out.push(b':');
            append_compact(out, value.get());
        });
    }
}

fn append_list<I: IntoIterator>(
    out: &mut Vec<u8>,
    open: u8,
    close: u8,
    items: I,
    append: impl Fn(&mut Vec<u8>, I::Item),
) {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        append(out, item);
    }
    out.push(close);
}

fn append_key(out: &mut Vec<u8>, key: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b"\":");
}

fn append_number(out: &mut Vec<u8>, key: &str, value: u64) {
    if value > 0 {
        append_key(out, key);
        let _ = write!(out, "{value}");
    }
}

fn append_text(out: &mut Vec<u8>, key: &str, text: &str) {
    if !text.is_empty() {
        append_key(out, key);
        append_string(out, text.as_bytes());
    }
}
