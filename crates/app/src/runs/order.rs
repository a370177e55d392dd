//! What a run was asked to do, as its row holds it.

use crate::{Result, messages};
use serde::{Serialize, de::DeserializeOwned};
use store::Run;

/// What a run was asked to do.
///
/// # Errors
/// When its row holds nothing of that kind.
pub(super) fn asked<T: DeserializeOwned>(run: &Run) -> Result<T> {
    let request = run.request.as_deref().unwrap_or_default();
    serde_json::from_str(request).map_err(|_| messages::request_lost())
}

/// As a row holds it; what a run came to is held in the same way.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|_| messages::fault())
}
