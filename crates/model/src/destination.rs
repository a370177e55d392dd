//! What kinds of destinations there are.

use crate::words::words;

words! {
    /// How a destination is reached.
    DestinationKind {
        /// A folder of this machine: on its own disk, or on one plugged into it.
        Local = "local",
    }
}
