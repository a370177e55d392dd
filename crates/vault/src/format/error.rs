//! Why bytes are not what the repository format calls for.

/// Bytes that are not a tree, a snapshot, a name or an id. Trying again does
/// not help: the bytes themselves are wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Not an id of 64 hexadecimal digits.
    #[error("\"{0}\" is not an id of 64 hexadecimal digits")]
    Id(String),
}
