//! Stopping an operation from outside.

use crate::{Error, Result};
use std::future::Future;

/// Stops an operation from outside. Every operation of a
/// [`Store`](crate::Store) takes one.
pub use tokio_util::sync::CancellationToken as Cancel;

/// Waits for `work`, but no longer than until `cancel` says stop. What was
/// under way in `work` is dropped then.
///
/// # Errors
/// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled), named after
/// `operation`.
pub async fn unless_cancelled<F: Future>(
    cancel: &Cancel,
    operation: &'static str,
    work: F,
) -> Result<F::Output> {
    tokio::select! {
        // A token that has fired already stops even work that is ready.
        biased;
        () = cancel.cancelled() => Err(Error::cancelled(operation)),
        output = work => Ok(output),
    }
}
