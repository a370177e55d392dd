//! Reading trees.

use std::{borrow::Cow, collections::BTreeMap, fmt, marker::PhantomData};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, de};

use super::{
    ExtendedAttribute, FormatError, Id, Node, NodeKind, NodeProblem, NodeTime, RawJson,
    TreeBuilder, error::excerpt, go_json, null_is_zero, write,
};

/// A folder as it is stored: its entries, ascending by the bytes of their
/// names, each name once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The entries.
    pub nodes: Vec<Node>,
}

impl Tree {
    /// Reads the bytes of a tree. Unknown keys are ignored, in the tree and in
    /// its nodes, so that what newer programs add does no harm.
    ///
    /// # Errors
    /// [`FormatError::Json`] when the bytes are not the JSON of a tree, and
    /// [`FormatError::Node`] when a name is empty, `.`, `..`, holds a slash or
    /// a zero byte, cannot be unquoted or does not come after the one before:
    /// a tree that is not ours to trust is not read in part.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        parse::<StoredNode<'_>>(bytes).map(|nodes| Self { nodes })
    }

    /// The bytes of the tree.
    ///
    /// # Errors
    /// As [`TreeBuilder::push`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, FormatError> {
        let mut builder = TreeBuilder::new();
        for node in &self.nodes {
            builder.push(node)?;
        }
        Ok(builder.finish())
    }

    /// The entry of this name.
    #[must_use]
    pub fn find(&self, name: &[u8]) -> Option<&Node> {
        let found = self.nodes.binary_search_by(|node| node.name.as_slice().cmp(name));
        found.ok().and_then(|index| self.nodes.get(index))
    }
}

/// What the JSON of a node is read as.
pub(super) trait Stored<'de>: Deserialize<'de> {
    /// What is kept of it.
    type Node;

    /// Takes over entry `index` of a tree, which comes after the name `previous`.
    fn into_node(self, index: usize, previous: &[u8]) -> Result<Self::Node, FormatError>;

    /// The name of the entry.
    fn name(node: &Self::Node) -> &[u8];
}

/// Reads the bytes of a tree: see [`Tree::parse`].
pub(super) fn parse<'de, S: Stored<'de>>(bytes: &'de [u8]) -> Result<Vec<S::Node>, FormatError> {
    let mut refused = None;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let nodes = deserializer
        .deserialize_map(TreeVisitor::<S> { refused: &mut refused, stored: PhantomData })
        .and_then(|nodes| deserializer.end().map(|()| nodes));
    match (nodes, refused) {
        (Ok(nodes), _) => Ok(nodes),
        (Err(_), Some(refused)) => Err(refused),
        (Err(error), None) => Err(FormatError::Json { what: "tree", reason: error.to_string() }),
    }
}

struct TreeVisitor<'r, S> {
    /// Carries a typed error past serde, which knows texts only.
    refused: &'r mut Option<FormatError>,
    stored: PhantomData<S>,
}

impl<'de, S: Stored<'de>> de::Visitor<'de> for TreeVisitor<'_, S> {
    type Value = Vec<S::Node>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a tree")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut nodes = None;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key != "nodes" {
                map.next_value::<de::IgnoredAny>()?;
            } else if nodes.is_some() {
                return Err(de::Error::duplicate_field("nodes"));
            } else {
                let list = NodesVisitor::<S> { refused: self.refused, stored: PhantomData };
                nodes = Some(map.next_value_seed(list)?);
            }
        }
        nodes.ok_or_else(|| de::Error::missing_field("nodes"))
    }
}

struct NodesVisitor<'r, S> {
    refused: &'r mut Option<FormatError>,
    stored: PhantomData<S>,
}

impl<'de, S: Stored<'de>> de::DeserializeSeed<'de> for NodesVisitor<'_, S> {
    type Value = Vec<S::Node>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        // Go writes null for a list that was never made.
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Stored<'de>> de::Visitor<'de> for NodesVisitor<'_, S> {
    type Value = Vec<S::Node>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of nodes")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut nodes: Vec<S::Node> = Vec::new();
        while let Some(stored) = list
            .next_element::<S>()
            .map_err(|error| de::Error::custom(format_args!("entry {}: {error}", nodes.len())))?
        {
            let previous = nodes.last().map_or(&[][..], S::name);
            match stored.into_node(nodes.len(), previous) {
                Ok(node) => nodes.push(node),
                Err(refused) => {
                    *self.refused = Some(refused);
                    return Err(de::Error::custom("a node is not acceptable"));
                }
            }
        }
        Ok(nodes)
    }
}

/// A node as its JSON holds it. A key that is missing or `null` counts as
/// Go's zero value, as in restic.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct StoredNode<'a> {
    #[serde(borrow, deserialize_with = "null_is_no_text")]
    name: Cow<'a, str>,
    #[serde(borrow, rename = "type", deserialize_with = "null_is_no_text")]
    kind: Cow<'a, str>,
    #[serde(deserialize_with = "null_is_zero")]
    mode: u32,
    #[serde(borrow, deserialize_with = "null_is_no_text")]
    mtime: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "null_is_no_text")]
    atime: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "null_is_no_text")]
    ctime: Cow<'a, str>,
    #[serde(deserialize_with = "null_is_zero")]
    uid: u32,
    #[serde(deserialize_with = "null_is_zero")]
    gid: u32,
    #[serde(deserialize_with = "null_is_zero")]
    user: String,
    #[serde(deserialize_with = "null_is_zero")]
    group: String,
    #[serde(deserialize_with = "null_is_zero")]
    inode: u64,
    #[serde(deserialize_with = "null_is_zero")]
    device_id: u64,
    #[serde(deserialize_with = "null_is_zero")]
    size: u64,
    #[serde(deserialize_with = "null_is_zero")]
    links: u64,
    linktarget: Option<String>,
    linktarget_raw: Option<String>,
    extended_attributes: Option<Vec<StoredAttribute>>,
    generic_attributes: Option<BTreeMap<String, RawJson>>,
    #[serde(deserialize_with = "null_is_zero")]
    device: u64,
    content: Option<Vec<Id>>,
    subtree: Option<Id>,
    #[serde(deserialize_with = "null_is_zero")]
    error: String,
}

/// As [`null_is_zero`], of text that is copied only where it holds escapes.
pub(super) fn null_is_no_text<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Cow<'de, str>, D::Error> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

    Ok(Option::deserialize(from)?.map(|Text(text)| text).unwrap_or_default())
}

#[derive(Deserialize)]
struct StoredAttribute {
    #[serde(default, deserialize_with = "null_is_zero")]
    name: String,
    #[serde(default)]
    value: Option<String>,
}

/// The time that a node holds as `text`.
pub(super) fn time(text: &str) -> Result<NodeTime, NodeProblem> {
    match text {
        "" => Ok(NodeTime::default()),
        text => NodeTime::parse(text).map_err(|_| NodeProblem::Time(excerpt(text.as_bytes()))),
    }
}

impl<'de> Stored<'de> for StoredNode<'de> {
    type Node = Node;

    fn name(node: &Node) -> &[u8] {
        &node.name
    }

    fn into_node(self, index: usize, previous: &[u8]) -> Result<Node, FormatError> {
        let quoted = &self.name;
        let refused =
            |problem| FormatError::Node { index, name: excerpt(quoted.as_bytes()), problem };
        let name = go_json::unquote(quoted).map_err(|_| refused(NodeProblem::Quoting))?;
        write::check_name(index, &name, previous)?;
        let time = |text: &str| time(text).map_err(refused);
        let (mtime, atime, ctime) = (time(&self.mtime)?, time(&self.atime)?, time(&self.ctime)?);
        let link_target = match self.linktarget_raw {
            Some(raw) => Some(STANDARD.decode(raw).map_err(|_| refused(NodeProblem::LinkTarget))?),
            None => self.linktarget.map(String::into_bytes),
        };
        let attribute = |stored: StoredAttribute| match stored.value.map(|raw| STANDARD.decode(raw))
        {
            Some(Err(_)) => Err(refused(NodeProblem::Attribute(excerpt(stored.name.as_bytes())))),
            Some(Ok(value)) => Ok(ExtendedAttribute { name: stored.name, value: Some(value) }),
            None => Ok(ExtendedAttribute { name: stored.name, value: None }),
        };
        let attributes = self.extended_attributes.unwrap_or_default();
        Ok(Node {
            extended_attributes: attributes.into_iter().map(attribute).collect::<Result<_, _>>()?,
            name: name.into_owned(),
            kind: NodeKind::from_text(&self.kind),
            mode: self.mode,
            mtime,
            atime,
            ctime,
            uid: self.uid,
            gid: self.gid,
            user: self.user,
            group: self.group,
            inode: self.inode,
            device_id: self.device_id,
            size: self.size,
            links: self.links,
            link_target: link_target.filter(|target| !target.is_empty()),
            generic_attributes: self.generic_attributes.unwrap_or_default(),
            device: self.device,
            content: self.content,
            subtree: self.subtree,
            error: self.error,
        })
    }
}
