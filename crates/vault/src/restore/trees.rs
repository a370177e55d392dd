//! Trees, read ahead of the walk that needs them.

use crate::{
    error::{Error, Result},
    format::{Id, Tree},
    repository::Repository,
};
use futures_util::{
    future::BoxFuture,
    stream::{FuturesUnordered, StreamExt},
};
use std::collections::{HashMap, HashSet};
use storage::{Cancel, ErrorKind};

/// How many of the next steps of a walk are searched for trees to read ahead.
pub(crate) const LOOK_AHEAD: usize = 256;

/// Whether an error means that this object is lost, and others may not be. A
/// destination that is out of reach is another matter.
pub(crate) fn is_loss(error: &Error) -> bool {
    match error {
        Error::Damaged { .. } | Error::Missing(_) => true,
        Error::Storage(error) => is_lost_object(error),
        _ => false,
    }
}

/// [`is_loss`] for what a destination says. A disk that cannot read a sector
/// reports "anything else".
pub(crate) fn is_lost_object(error: &storage::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound
            | ErrorKind::Damaged
            | ErrorKind::PermissionDenied
            | ErrorKind::TooLarge
            | ErrorKind::Other
    )
}

/// Loads trees, a few at once, in the order in which a walk announces them.
pub(crate) struct Trees<'a> {
    repository: &'a Repository,
    cancel: &'a Cancel,
    width: usize,
    loading: FuturesUnordered<BoxFuture<'a, (Id, Result<Tree>)>>,
    under_way: HashSet<Id>,
    ready: HashMap<Id, Result<Tree>>,
}

impl<'a> Trees<'a> {
    pub(crate) fn new(repository: &'a Repository, cancel: &'a Cancel) -> Self {
        let width = repository.store().capabilities().concurrency.max(1);
        let (under_way, ready) = (HashSet::new(), HashMap::new());
        Self { repository, cancel, width, loading: FuturesUnordered::new(), under_way, ready }
    }

    fn begin(&mut self, id: Id) {
        if !self.ready.contains_key(&id) && self.under_way.insert(id) {
            let (repository, cancel) = (self.repository, self.cancel);
            self.loading
                .push(Box::pin(async move { (id, repository.load_tree(&id, cancel).await) }));
        }
    }

    /// Begins to load those of `ids` that there is room for, the first first.
    pub(crate) fn ahead(&mut self, ids: impl IntoIterator<Item = Id>) {
        for id in ids {
            if self.ready.len() + self.under_way.len() >= self.width {
                return;
            }
            self.begin(id);
        }
    }

    /// A tree.
    pub(crate) async fn get(&mut self, id: &Id) -> Result<Tree> {
        self.begin(*id);
        loop {
            if let Some(tree) = self.ready.remove(id) {
                return tree;
            }
            self.wait().await?;
        }
    }

    async fn wait(&mut self) -> Result<()> {
        let (id, tree) =
            self.loading.next().await.ok_or(Error::Internal("a tree was never asked for"))?;
        self.under_way.remove(&id);
        self.ready.insert(id, tree);
        Ok(())
    }

    /// Waits for what is under way: before a long pause, in which connections
    /// that nobody reads from would time out.
    pub(crate) async fn settle(&mut self) -> Result<()> {
        while !self.under_way.is_empty() {
            self.wait().await?;
        }
        Ok(())
    }
}
