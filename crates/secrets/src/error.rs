//! What goes wrong with secrets.

/// A secret cannot be had. Says nothing about what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes were changed, cut, or sealed for another record or key.
    #[error("a sealed value does not open")]
    Damaged,
    /// The passphrase is another one.
    #[error("the passphrase does not open it")]
    WrongPassphrase,
    /// It is not eight words of the list.
    #[error("that is not a recovery passphrase")]
    NotAPassphrase,
    /// The bytes are of a version, or ask for work, that this program refuses.
    #[error("the sealed key is of an unknown kind")]
    Unsupported,
    /// The machine does not have the memory to derive a key.
    #[error("not enough memory")]
    Exhausted,
    /// A path does not fit into a code on the recovery kit.
    #[error("too long for the recovery kit")]
    TooLong,
    /// The recovery kit cannot be drawn.
    #[error("the recovery kit cannot be drawn")]
    NotDrawn,
}
