//! Why bytes are not what the repository format calls for.

/// Bytes that are not a tree, a snapshot, a name, a time, an id or a
/// polynomial. Trying again does not help: the bytes themselves are wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Not an id of 64 hexadecimal digits.
    #[error("\"{0}\" is not an id of 64 hexadecimal digits")]
    Id(String),
    /// Not the JSON that this object is made of.
    #[error("not a valid {what}: {reason}")]
    Json {
        /// `tree` or `snapshot`.
        what: &'static str,
        /// What the JSON parser says, with line and column.
        reason: String,
    },
    /// One node of a tree is not acceptable.
    #[error("entry {index} of the tree, \"{name}\": {problem}")]
    Node {
        /// Position in the tree, from 0.
        index: usize,
        /// The node's name, quoted as Go quotes it.
        name: String,
        /// What is wrong with it.
        problem: NodeProblem,
    },
    /// A quoted text that Go's `strconv.Unquote` refuses too.
    #[error("\"{0}\" is not a quoted name")]
    Quote(String),
    /// Not an RFC 3339 time between the years 0000 and 9999.
    #[error("\"{0}\" is not a time")]
    Time(String),
    /// Not a polynomial that cut points can be computed with.
    #[error("\"{0}\" is not an irreducible polynomial of degree 53")]
    Polynomial(String),
}

/// Why a node may not stand in a tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodeProblem {
    /// A name without a single byte.
    #[error("its name is empty")]
    EmptyName,
    /// `.` or `..`, which would lead a restore out of its target.
    #[error("its name stands for a folder itself or its parent")]
    DotName,
    /// A name that is a path.
    #[error("its name holds a slash")]
    Slash,
    /// A name that no file system can hold.
    #[error("its name holds a zero byte")]
    Zero,
    /// A name with an escape that cannot be undone.
    #[error("its name is badly quoted")]
    Quoting,
    /// The same name twice, or names not ascending by their bytes.
    #[error("it does not come after \"{previous}\", the entry before it")]
    Order {
        /// The name before, quoted.
        previous: String,
    },
    /// A `linktarget_raw` that is not base64.
    #[error("its link target is not base64")]
    LinkTarget,
    /// The value of an extended attribute is not base64.
    #[error("its extended attribute \"{0}\" is not base64")]
    Attribute(String),
    /// A time that cannot be read.
    #[error("its time \"{0}\" is not a time")]
    Time(String),
}

/// At most 80 characters of hostile input, for a message.
pub(super) fn excerpt(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.get(..320).unwrap_or(bytes)).chars().take(80).collect()
}
