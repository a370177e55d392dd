//! Removing files of a repository for good.

use crate::{
    error::{Error, Result},
    format::Id,
    layout::FileKind,
    repository::Repository,
};
use futures_util::{StreamExt, stream};
use std::collections::HashSet;
use storage::{Cancel, ErrorKind, Key};

impl Repository {
    /// Deletes files, and looks whether they are gone. All are tried, also
    /// when some cannot be deleted.
    ///
    /// # Errors
    /// The first failure; or when the destination said that a file is deleted
    /// which is still there.
    pub(crate) async fn remove_files(
        &self,
        kind: FileKind,
        ids: impl IntoIterator<Item = Id>,
        cancel: &Cancel,
    ) -> Result<()> {
        let ids: Vec<Id> = ids.into_iter().collect();
        if ids.is_empty() {
            return Ok(());
        }
        let (store, capabilities) = (self.store(), self.store().capabilities());
        let mut batches: Vec<Vec<Key>> = Vec::new();
        for some in ids.chunks(capabilities.delete_batch.max(1)) {
            batches.push(some.iter().map(|id| kind.key(id)).collect());
        }
        let mut deleting = stream::iter(batches)
            .map(|keys| async move { store.delete(&keys, cancel).await })
            .buffer_unordered(capabilities.concurrency.max(1));
        let mut failure = None;
        while let Some(results) = deleting.next().await {
            failure = failure.or(results.into_iter().find_map(std::result::Result::err));
        }
        drop(deleting);
        if let Some(failure) = failure {
            return Err(failure.into());
        }
        let left = kind.list(self.store(), cancel).await?;
        let left: HashSet<Id> = left.into_iter().map(|(id, _)| id).collect();
        match ids.iter().find(|id| left.contains(id)) {
            None => Ok(()),
            Some(id) => {
                let error = storage::Error::new(ErrorKind::Damaged, "delete");
                Err(Error::Storage(error.at(kind.key(id).as_str())))
            }
        }
    }
}
