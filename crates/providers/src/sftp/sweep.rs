//! Removing what dead writers left behind.
//!
//! Whoever wrote a file under a temporary name may still be at work, on this
//! machine or another, so only what was not touched for a day is removed. A
//! folder is looked through once in the life of a store, when the first object
//! is written to it: everything the store writes is in such a folder, and a
//! store that is only read changes nothing.

use super::{
    errors::Fault,
    pending::Handle,
    place::{Place, is_temp, join},
    session::Session,
    wire::{self, What},
};
use std::sync::Arc;

/// In seconds.
const DAY: i64 = 86_400;

/// Removes old temporary files of one folder. What fails is tried again by the
/// next store.
pub(super) async fn sweep(place: Arc<Place>, session: Arc<Session>, folder: Option<String>) {
    let path = place.path(folder.as_deref());
    let before = place.context.clock.now().as_second() - DAY;
    drop(place);
    let _ = sweep_folder(&session, &path, before).await;
}

async fn sweep_folder(session: &Arc<Session>, path: &str, before: i64) -> Result<(), Fault> {
    let raw = session.ask(wire::opendir(path)).await?.handle().await?;
    let folder = Handle::new(session, raw);
    loop {
        let names = session.ask(wire::readdir(folder.raw())).await?.names().await?;
        if names.is_empty() {
            return Ok(());
        }
        for found in names {
            let Ok(name) = std::str::from_utf8(&found.name) else { continue };
            let old = found.attributes.modified.is_some_and(|at| i64::from(at) < before);
            if old && is_temp(name) && found.attributes.what() == What::File {
                session.tell(wire::remove(&join(path, name)));
            }
        }
    }
}
