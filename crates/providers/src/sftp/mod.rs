//! A folder on a server that is reached over SSH, by the file transfer protocol
//! (version 3) and the extensions of OpenSSH, where the server has them.
//!
//! One implementation for all systems: no program of the system is run. SSH
//! itself is `russh`; the packets of the file transfer protocol are put
//! together here, because the crate that goes with it takes handles for text,
//! waits for each request by itself and copies every byte three times.
//!
//! Each object is one file, readable by its owner only; each component of its
//! key but the last is a folder. A file being written has a name of its own,
//! `.keepstead-<16 hexadecimal digits>.tmp`, in the folder of its object until
//! it is complete; keys with such a component are refused.
//!
//! Invariants: nothing secret is sent to a server whose host key is not
//! trusted; a store has one connection, which is made again when it was lost,
//! and nothing is tried again here; no path leads out of the folder, as far as
//! [`place`] can see to it.
//!
//! Deliberately absent: jump hosts and the user's `ssh_config`; removing
//! folders that have become empty; compression, since what is stored does not
//! become smaller.

mod abilities;
mod changes;
mod connection;
mod errors;
mod folders;
mod heard;
mod link;
mod list;
mod name;
mod pending;
mod place;
mod read;
mod session;
mod settings;
mod sign_in;
mod store;
mod sweep;
mod transport;
mod trust;
mod wire;
mod write;

use self::{
    errors::Lost, link::Link, place::Place, session::Session, settings::Settings, store::SftpStore,
};
use crate::{Choice, Context, Descriptor, Missing, Provider, Values};
use async_trait::async_trait;
use std::sync::Arc;
use storage::{Cancel, Error, ErrorKind, Result, Store, unless_cancelled};

/// A folder on a server that is reached over SSH.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sftp;

async fn connect(values: &Values, operation: &'static str) -> Result<Arc<Session>> {
    let failed = |lost: Lost| lost.into_error(operation);
    connection::connect(&Settings::new(values)).await.map(Arc::new).map_err(failed)
}

#[async_trait]
impl Provider for Sftp {
    fn descriptor(&self) -> &'static Descriptor {
        &settings::DESCRIPTOR
    }

    fn check(&self, values: &Values) -> Vec<(&'static str, String)> {
        settings::check(values)
    }

    fn location(&self, values: &Values) -> String {
        let settings = Settings::new(values);
        format!("{} at {}", settings.folder, settings.server())
    }

    /// A path from the root has a second slash.
    fn restic(&self, values: &Values, below: &str) -> Option<String> {
        let settings = Settings::new(values);
        let folder = settings.folder.trim_end_matches('/');
        Some(format!("sftp://{}@{}/{folder}/{below}", settings.user, settings.server()))
    }

    async fn open(
        &self,
        values: &Values,
        missing: Missing,
        context: &Context,
        cancel: &Cancel,
    ) -> Result<Arc<dyn Store>> {
        let opening = async {
            let link = Link::new(Settings::new(values));
            let session = link.session().await.map_err(|lost| lost.into_error("open"))?;
            let root = folders::find(&session, &link.settings.folder, missing).await?;
            let abilities = abilities::probe(&session, &root, context).await;
            let place = Place::new(link, context.clone(), abilities, root);
            let store: Arc<dyn Store> = Arc::new(SftpStore::new(place));
            Ok(store)
        };
        unless_cancelled(cancel, "open", opening).await?
    }

    async fn choices(
        &self,
        values: &Values,
        field: &str,
        below: &str,
        _context: &Context,
        cancel: &Cancel,
    ) -> Result<Vec<Choice>> {
        if field != "folder" {
            return Err(Error::new(ErrorKind::Unsupported, "choices"));
        }
        let choosing = async {
            let session = connect(values, "choices").await?;
            folders::choices(&session, below).await
        };
        unless_cancelled(cancel, "choices", choosing).await?
    }

    async fn make_folder(
        &self,
        values: &Values,
        folder: &str,
        _context: &Context,
        cancel: &Cancel,
    ) -> Result<()> {
        let making = async {
            let session = connect(values, "make folder").await?;
            folders::make(&session, folder).await
        };
        unless_cancelled(cancel, "make folder", making).await?
    }
}
