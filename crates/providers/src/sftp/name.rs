//! Giving a file its name, in as few steps as the server can.
//!
//! A free name is given by a hard link, because exactly one of several links of
//! one name succeeds; where the disk has none, it is looked first and then
//! renamed, and two writers may meet (`atomic_create` is absent then).
//!
//! Without `posix-rename@openssh.com` nothing replaces a name in one step: the
//! old object is then moved aside under a temporary name, the new one put in
//! its place, and the old one removed. Between the first two steps the object
//! is not there under its name; should the connection end just then, its bytes
//! remain under the temporary name (`atomic_replace` is absent then).

use super::{
    errors::Fault,
    pending::Handle,
    place::{Place, temp_name},
    session::Session,
    wire::{self, What},
};
use std::sync::Arc;
use storage::Overwrite;

/// How often it is tried to give a name that comes and goes.
const ATTEMPTS: usize = 3;

/// A file that is given another name, or a second one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Naming<'a> {
    pub(super) place: &'a Arc<Place>,
    pub(super) session: &'a Arc<Session>,
    pub(super) from: &'a str,
    pub(super) to: &'a str,
}

/// A file has its name.
#[derive(Debug)]
pub(super) struct Named {
    /// Whether it lost the one it had before.
    pub(super) moved: bool,
    /// Whether the folder is on the disk with it.
    pub(super) synced: Result<(), Fault>,
}

/// Why a file was not given a name.
#[derive(Debug)]
pub(super) enum NotNamed {
    Taken,
    Fault(Fault),
}

impl<E: Into<Fault>> From<E> for NotNamed {
    fn from(fault: E) -> Self {
        Self::Fault(fault.into())
    }
}

impl Naming<'_> {
    /// Gives the name, and has `folder` put on the disk.
    pub(super) async fn give(
        self,
        overwrite: Overwrite,
        folder: Option<&Handle>,
    ) -> Result<Named, NotNamed> {
        let links = self.place.abilities.atomic_create;
        for attempt in 1..=ATTEMPTS {
            let asked = match overwrite {
                Overwrite::Refuse if links => wire::hardlink(self.from, self.to),
                Overwrite::Refuse => {
                    // A server may replace what is there although it should not.
                    if self.is_taken().await? {
                        return Err(NotNamed::Taken);
                    }
                    wire::rename(self.from, self.to)
                }
                Overwrite::Allow if self.place.abilities.atomic_replace => {
                    wire::posix_rename(self.from, self.to)
                }
                Overwrite::Allow => {
                    self.replace_in_steps().await?;
                    let synced = self.sync(folder).await;
                    return Ok(Named { moved: true, synced });
                }
            };
            let asked = self.session.ask(asked).await?;
            let syncing = match folder {
                Some(folder) => Some(self.session.ask(wire::fsync(folder.raw())).await?),
                None => None,
            };
            match asked.done().await {
                Ok(()) => {
                    let synced = match syncing {
                        Some(syncing) => syncing.done().await,
                        None => Ok(()),
                    };
                    return Ok(Named { moved: overwrite == Overwrite::Allow || !links, synced });
                }
                Err(Fault::Lost(lost)) => return Err(lost.into()),
                Err(fault) if overwrite == Overwrite::Allow => return Err(fault.into()),
                Err(fault) => {
                    if self.is_taken().await? {
                        return Err(NotNamed::Taken);
                    }
                    // Free again: whoever had the name has gone.
                    if attempt == ATTEMPTS {
                        return Err(fault.into());
                    }
                }
            }
        }
        Err(NotNamed::Taken)
    }

    async fn sync(&self, folder: Option<&Handle>) -> Result<(), Fault> {
        match folder {
            Some(folder) => self.session.ask(wire::fsync(folder.raw())).await?.done().await,
            None => Ok(()),
        }
    }

    async fn is_taken(&self) -> Result<bool, Fault> {
        match self.session.ask(wire::lstat(self.to)).await?.attributes().await {
            Ok(_) => Ok(true),
            Err(fault) if fault.is_missing() => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// For servers that replace no name.
    async fn replace_in_steps(&self) -> Result<(), Fault> {
        let rename = async |from: &str, to: &str| {
            self.session.ask(wire::rename(from, to)).await?.done().await
        };
        let Err(fault) = rename(self.from, self.to).await else { return Ok(()) };
        let there = self.session.ask(wire::lstat(self.to)).await?.attributes().await;
        if there.map(|found| found.what()) != Ok(What::File) {
            return Err(fault);
        }
        let folder = self.to.rsplit_once('/').map_or("", |(folder, _)| folder);
        let aside = format!("{folder}/{}", temp_name(&self.place.context));
        rename(self.to, &aside).await?;
        let renamed = rename(self.from, self.to).await;
        if renamed.is_err() {
            rename(&aside, self.to).await?;
        } else {
            self.session.tell(wire::remove(&aside));
        }
        renamed
    }
}
