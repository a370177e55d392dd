//! What a server can do beyond the minimum, found out by trying.
//!
//! That a server knows an extension does not say that its disk can do it: a
//! disk formatted for Windows has no hard links. So two files with temporary
//! names are made and removed when a store is opened.

use super::{
    errors::Fault,
    pending::Handle,
    place::{join, temp_name},
    session::Session,
    wire::{self, flags},
};
use crate::Context;
use std::sync::Arc;

/// What was found out. Does not change while a store is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Abilities {
    /// Of several that give a file one new name exactly one succeeds.
    pub(super) atomic_create: bool,
    /// A name is given to another file in one step.
    pub(super) atomic_replace: bool,
    /// A file, and the folder it is in, can be put on the disk.
    pub(super) durable: bool,
    pub(super) case_sensitive: bool,
    /// Bytes are copied from file to file at the server.
    pub(super) server_copy: bool,
}

/// Tries what the server can do in the folder `root`. Where nothing can be
/// written, what it says of itself is believed.
pub(super) async fn probe(session: &Arc<Session>, root: &str, context: &Context) -> Abilities {
    let says = session.extensions;
    let durable = says.fsync && sync_folder(session, root).await.is_ok();
    let said = Abilities {
        atomic_create: says.hardlink,
        atomic_replace: says.posix_rename,
        durable,
        case_sensitive: true,
        server_copy: says.copy_data,
    };
    let (first, second) = (temp_name(context), temp_name(context));
    let (a, b) = (join(root, &first), join(root, &second));
    let other_case = join(root, &first.to_ascii_uppercase());
    let opened =
        match session.ask(wire::open(&a, flags::WRITE | flags::CREATE | flags::EXCLUSIVE)).await {
            Ok(opened) => opened.handle().await,
            Err(fault) => Err(fault),
        };
    let Ok(handle) = opened else { return said };
    drop(Handle::new(session, handle));
    let tried = async {
        let linked = session.ask(wire::hardlink(&a, &b)).await?;
        let again = session.ask(wire::hardlink(&a, &b)).await?;
        let other = session.ask(wire::lstat(&other_case)).await?;
        let atomic_create =
            says.hardlink && linked.done().await.is_ok() && again.done().await.is_err();
        let case_sensitive = other.attributes().await.is_err_and(|fault| fault.is_missing());
        Ok::<_, Fault>(Abilities { atomic_create, case_sensitive, ..said })
    };
    let found = tried.await.unwrap_or(said);
    session.tell(wire::remove(&b));
    session.tell(wire::remove(&a));
    found
}

/// Has the server put a folder on its disk: the names in it, not the files.
/// OpenSSH opens folders like files, although the protocol does not say so.
pub(super) async fn sync_folder(session: &Arc<Session>, path: &str) -> Result<(), Fault> {
    let raw = session.ask(wire::open(path, flags::READ)).await?.handle().await?;
    let folder = Handle::new(session, raw);
    session.ask(wire::fsync(folder.raw())).await?.done().await
}
