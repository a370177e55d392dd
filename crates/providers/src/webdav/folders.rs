//! Folders that are known to be there.

use super::{place::Place, store::look};
use crate::http::{Call, Request};
use http::Method;
use std::collections::HashSet;
use storage::{Error, Result};
use tokio::sync::Mutex;

/// Folders that are known to be there. They are made one at a time: two that
/// make the same at once are refused by some servers.
#[derive(Debug, Default)]
pub(super) struct Folders(Mutex<HashSet<String>>);

impl Folders {
    /// Makes the folder that an object lies in, with those it lies in itself.
    pub(super) async fn make_for(
        &self,
        place: &Place,
        folder: Option<&str>,
        call: &Call,
    ) -> Result<()> {
        let Some(folder) = folder else { return Ok(()) };
        let mut known = self.0.lock().await;
        if known.contains(folder) {
            return Ok(());
        }
        let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
        for end in ends {
            let folder = &folder[..end];
            if !known.contains(folder) {
                make(call, &place.folder_url(folder)).await.map_err(|error| error.at(folder))?;
                known.insert(folder.to_owned());
            }
        }
        Ok(())
    }

    /// A folder that was known is not there: somebody has removed it.
    pub(super) async fn forget(&self) {
        self.0.lock().await.clear();
    }
}

/// Makes one folder. That it is there already is fine.
///
/// # Errors
/// What the server says; where it says that something is in the way, the next
/// request that needs the folder tells what.
pub(super) async fn make(call: &Call, url: &str) -> Result<(), Error> {
    let method = Method::from_bytes(b"MKCOL").unwrap_or_default();
    let answer = call.send(Request::new(method, url)).await?;
    match answer.status.as_u16() {
        200..=299 | 301 | 302 | 405 => Ok(()),
        // So Apache says that somebody else has made it meanwhile.
        403 => match look(call, url).await {
            Ok(Some(found)) if found.is_folder => Ok(()),
            _ => Err(call.refusal(&answer)),
        },
        _ => Err(call.refusal(&answer)),
    }
}
