//! A folder of an SMB share, such as a NAS or another computer offers, without
//! the system having it mounted.
//!
//! Each object is one file; each component of its key but the last is a folder.
//! A file being written has a name of its own,
//! `.keepstead-<16 hexadecimal digits>.tmp`, in the folder of its object until
//! it is complete; keys with such a component are refused, and so are names
//! that SMB cannot carry.
//!
//! Invariants: nothing outside the folder is named in a request; a share is
//! never made, and a folder only when that was asked for; whatever is sent
//! after signing in is signed or encrypted. What a server makes of a link
//! inside the share is up to it: it is told not to follow links where the
//! protocol has a way to say so.
//!
//! Deliberately absent: guests, Kerberos, SMB 1, looking for servers on the
//! network, and removing folders that have become empty.

mod copy;
mod descriptor;
mod errors;
mod list;
mod messages;
mod names;
mod place;
mod publish;
mod read;
mod session;
mod store;
mod wire;
mod write;

use self::{place::Place, session::Settings, store::SmbStore};
use crate::{Choice, Context, Descriptor, Missing, Provider, Values, rclone::rclone};
use async_trait::async_trait;
use std::sync::Arc;
use storage::{Cancel, Error, ErrorKind, Result, Store, unless_cancelled};

/// Folders of SMB shares.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Smb;

#[async_trait]
impl Provider for Smb {
    fn descriptor(&self) -> &'static Descriptor {
        &descriptor::SMB
    }

    fn check(&self, values: &Values) -> Vec<(&'static str, String)> {
        descriptor::check(values)
    }

    fn location(&self, values: &Values) -> String {
        let said = ["host", "share", "folder"].map(|key| values.text(key).trim().trim_matches('/'));
        let parts: Vec<_> = said.into_iter().filter(|part| !part.is_empty()).collect();
        format!("//{}", parts.join("/"))
    }

    /// By rclone, which takes the password from `RCLONE_SMB_PASS`.
    fn restic(&self, values: &Values, below: &str) -> Option<String> {
        let said = ["host", "port", "user", "domain"].map(|key| (key, values.text(key).trim()));
        let parts = [values.text("share"), values.text("folder").trim_matches('/'), below];
        Some(rclone("smb", &said, &parts))
    }

    async fn open(
        &self,
        values: &Values,
        missing: Missing,
        context: &Context,
        cancel: &Cancel,
    ) -> Result<Arc<dyn Store>> {
        let opening = async {
            let settings = Settings::of(values);
            let gone = || {
                Error::new(ErrorKind::PlaceMissing, "open").because("the share has no such folder")
            };
            names::ensure_folder(&settings.folder, "open")?;
            let wire = settings.connect("open").await?;
            let find = || Place::find(settings.clone(), context.clone(), Arc::clone(&wire), "open");
            let place = match (find().await?, missing) {
                (Some(place), _) => place,
                (None, Missing::Fail) => return Err(gone()),
                (None, Missing::Make) => {
                    make(&wire, &settings.folder).await?;
                    find().await?.ok_or_else(gone)?
                }
            };
            let store: Arc<dyn Store> = Arc::new(SmbStore::new(place));
            Ok(store)
        };
        unless_cancelled(cancel, "open", opening).await?
    }

    async fn choices(
        &self,
        values: &Values,
        field: &str,
        below: &str,
        _: &Context,
        cancel: &Cancel,
    ) -> Result<Vec<Choice>> {
        let settings = Settings::of(values);
        let choosing = async {
            match field {
                "share" => shares(&settings).await,
                "folder" => folders(&settings, below).await,
                _ => Err(Error::new(ErrorKind::Unsupported, "choices")),
            }
        };
        unless_cancelled(cancel, "choices", choosing).await?
    }

    async fn make_folder(
        &self,
        values: &Values,
        folder: &str,
        _: &Context,
        cancel: &Cancel,
    ) -> Result<()> {
        let settings = Settings::of(values);
        let making = async { make(&settings.connect("open").await?, folder).await };
        unless_cancelled(cancel, "open", making).await?
    }
}

async fn make(wire: &Arc<wire::Wire>, folder: &str) -> Result<()> {
    names::ensure_folder(folder.trim_matches('/'), "open")?;
    let made = place::make_folders(wire, "", folder, false).await;
    made.map_err(|fault| {
        let error = fault.told("open", "");
        match error.kind() {
            ErrorKind::PermissionDenied if !wire.writable => {
                Error::new(ErrorKind::ReadOnly, "open").because(error)
            }
            _ => error,
        }
    })
}

async fn shares(settings: &Settings) -> Result<Vec<Choice>> {
    let shares = settings.shares("choices").await?.into_iter();
    let mut shares: Vec<_> =
        shares.map(|name| Choice { value: name.clone(), label: name }).collect();
    shares.sort_unstable();
    Ok(shares)
}

async fn folders(settings: &Settings, below: &str) -> Result<Vec<Choice>> {
    use smb2::types::flags::FileAttributes;
    let below = below.trim_matches('/');
    names::ensure_folder(below, "choices")?;
    let wire = settings.connect("choices").await?;
    let found = list::names_in(&wire, &names::below("", below)).await;
    let found = found.map_err(|fault| match fault.is_nothing() || fault.is_another_thing() {
        true => Error::new(ErrorKind::PlaceMissing, "choices").because(fault),
        false => fault.told("choices", ""),
    })?;
    let folder = |it: &smb2::msg::directory_info::DirectoryInfoEntry| {
        it.file_attributes & FileAttributes::DIRECTORY != 0
            && !list::is_link(it)
            && names::objection(&it.file_name).is_none()
    };
    let mut folders: Vec<_> = found
        .into_iter()
        .filter(folder)
        .map(|it| {
            let name = it.file_name;
            let value = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
            Choice { value, label: name }
        })
        .collect();
    folders.sort_unstable();
    Ok(folders)
}
