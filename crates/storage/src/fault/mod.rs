//! A store that fails on purpose, for tests of everything that must survive a
//! failing destination.
//!
//! A [`FaultStore`] stands in front of another store and carries out a plan of
//! [`Fault`]s: which operation, which keys, the how-manieth time, and what goes
//! wrong. Some effects stay within the contract (an error, a delay); others
//! break it as broken destinations do ([`Effect::keeps_contract`]). It also
//! writes down every operation, so that a test can first run a scenario, then
//! run it again once for each operation with that one failing. The same plan
//! and the same order of operations give the same faults.
//!
//! ```
//! use storage::{fault::{Effect, Fault, Operation}, ErrorKind, FaultStore, MemoryStore};
//! let store = FaultStore::new(MemoryStore::new());
//! store.plan([
//!     Fault::new(Effect::error(ErrorKind::Unreachable)).on(Operation::Put).below("data/").nth(3),
//!     Fault::new(Effect::OutOfSpace { after: 1 << 20 }),
//! ]);
//! ```

mod store;

use crate::{Error, ErrorKind, Retry};
use std::time::Duration;
pub use store::FaultStore;

/// The operations of a [`Store`](crate::Store) that can be made to fail. A
/// batch of deletions counts once for each key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// [`Store::put`](crate::Store::put).
    Put,
    /// [`Store::get`](crate::Store::get).
    Get,
    /// [`Store::stat`](crate::Store::stat).
    Stat,
    /// [`Store::list`](crate::Store::list); its key is the folder.
    List,
    /// [`Store::delete`](crate::Store::delete).
    Delete,
    /// [`Store::rename`](crate::Store::rename); its key is the old name.
    Rename,
    /// [`Store::copy`](crate::Store::copy); its key is the old name.
    Copy,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Put, Self::Get, Self::Stat, Self::List, Self::Delete, Self::Rename, Self::Copy];

    /// The name that stands in errors.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Get => "get",
            Self::Stat => "stat",
            Self::List => "list",
            Self::Delete => "delete",
            Self::Rename => "rename",
            Self::Copy => "copy",
        }
    }
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing happens, and an error says so.
    Error(ErrorKind, Retry),
    /// A put leaves the first half of the object under its name and fails. A
    /// get yields the first half of what was asked, a listing the first half
    /// of its entries; then they fail.
    Truncate,
    /// The same without the error: half is reported as all.
    TruncateSilently,
    /// A put, deletion, rename or copy happens twice and reports the second
    /// outcome, as a request whose answer was lost and which was sent again. A
    /// listing yields every entry twice.
    Duplicate,
    /// Happens after a while. The wait ends early when it is cancelled.
    Delay(Duration),
    /// A listing ends after `after` entries as if that were all.
    ShortList {
        /// How many entries it yields.
        after: usize,
    },
    /// A listing fails after `after` entries.
    TornList {
        /// How many entries it yields.
        after: usize,
    },
    /// A change is carried out, and yet an error is reported: the answer was
    /// lost on its way.
    SuccessButError(ErrorKind),
    /// A change is reported as done and does not happen; an object that is
    /// there is reported as missing; a listing is empty.
    FalseSuccess,
    /// Puts fail once they have stored `after` bytes in all. Deleting frees
    /// nothing. Takes no notice of [`Fault::nth`].
    OutOfSpace {
        /// The room in bytes.
        after: u64,
    },
}

impl Effect {
    /// An error of `kind` with the retry advice usual for it.
    #[must_use]
    pub fn error(kind: ErrorKind) -> Self {
        Self::Error(kind, Error::new(kind, "").retry())
    }

    /// Whether this effect means anything to `operation`. Those it means
    /// nothing to are neither changed nor counted.
    #[must_use]
    pub fn concerns(&self, operation: Operation) -> bool {
        use Operation::{Copy, Delete, Get, List, Put, Rename};
        match self {
            Self::Error(..) | Self::Delay(_) | Self::FalseSuccess => true,
            Self::Truncate | Self::TruncateSilently => matches!(operation, Put | Get | List),
            Self::Duplicate => matches!(operation, Put | List | Delete | Rename | Copy),
            Self::ShortList { .. } | Self::TornList { .. } => operation == List,
            Self::SuccessButError(_) => matches!(operation, Put | Delete | Rename | Copy),
            Self::OutOfSpace { .. } => operation == Put,
        }
    }

    /// Whether a store that behaves like this when asked for `operation` still
    /// keeps the contract. Callers must get along with those that do; a
    /// conformance suite must notice those that do not.
    #[must_use]
    pub fn keeps_contract(&self, operation: Operation) -> bool {
        match self {
            Self::Error(..) | Self::Delay(_) | Self::TornList { .. } | Self::OutOfSpace { .. } => {
                true
            }
            Self::Truncate => operation != Operation::Put,
            // Deleting twice is allowed; nothing says an error means that
            // nothing was deleted.
            Self::SuccessButError(_) | Self::Duplicate => operation == Operation::Delete,
            Self::TruncateSilently | Self::ShortList { .. } | Self::FalseSuccess => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Always,
    Nth(u64),
    From(u64),
}

/// One line of a plan: which operations, and what goes wrong with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    effect: Effect,
    operation: Option<Operation>,
    below: String,
    when: When,
}

impl Fault {
    /// A fault that strikes every operation its effect
    /// [concerns](Effect::concerns), until it is narrowed.
    #[must_use]
    pub const fn new(effect: Effect) -> Self {
        Self { effect, operation: None, below: String::new(), when: When::Always }
    }

    /// Strikes only this kind of operation.
    #[must_use]
    pub const fn on(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Strikes only names that start with `start` (plain text, not whole
    /// components; `""` is every name).
    #[must_use]
    pub fn below(mut self, start: impl Into<String>) -> Self {
        self.below = start.into();
        self
    }

    /// Strikes the `n`th matching operation only, counted from 1.
    #[must_use]
    pub const fn nth(mut self, n: u64) -> Self {
        self.when = When::Nth(n);
        self
    }

    /// Strikes the `n`th matching operation, counted from 1, and all after it.
    #[must_use]
    pub const fn from_nth(mut self, n: u64) -> Self {
        self.when = When::From(n);
        self
    }

    fn matches(&self, operation: Operation, key: &str) -> bool {
        self.operation.is_none_or(|only| only == operation)
            && self.effect.concerns(operation)
            && key.starts_with(&self.below)
    }
}

impl When {
    fn strikes(self, count: u64) -> bool {
        match self {
            Self::Always => true,
            Self::Nth(n) => count == n,
            Self::From(n) => count >= n,
        }
    }
}
