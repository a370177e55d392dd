//! Folders of a server before a store is there: choosing one, and making one.
//!
//! Unlike the paths of a store, these may lead through links: it is the user
//! who names the folder, and a home folder often is a link.

use super::{
    errors::{Fault, Lost},
    list::names,
    place::join,
    session::Session,
    wire::{self, What},
};
use crate::{Choice, Missing};
use std::sync::Arc;
use storage::{Error, ErrorKind, Result};

/// The path of what a field holds: from the root, or from the home folder.
async fn absolute(session: &Session, folder: &str) -> Result<String, Fault> {
    let folder = match folder.trim_end_matches('/') {
        "" if folder.starts_with('/') => return Ok("/".to_owned()),
        folder if folder.starts_with('/') => return Ok(folder.to_owned()),
        folder => folder.strip_prefix("~/").unwrap_or(folder),
    };
    let home = resolved(session, ".").await?;
    Ok(if matches!(folder, "" | "." | "~") { home } else { join(&home, folder) })
}

/// A path without links.
async fn resolved(session: &Session, path: &str) -> Result<String, Fault> {
    let names = session.ask(wire::realpath(path)).await?.names().await?;
    let name = names.into_iter().next().ok_or(Fault::Odd)?.name;
    match String::from_utf8(name.to_vec()) {
        Ok(path) if path.starts_with('/') => Ok(path),
        Ok(_) => Err(Fault::Odd),
        Err(_) => {
            let why = "the folder's path is not UTF-8";
            Err(Lost::new(ErrorKind::Unsupported, why).into())
        }
    }
}

/// Whether there is a folder, behind links too.
async fn is_folder(session: &Session, path: &str) -> Result<bool, Fault> {
    match session.ask(wire::stat(path)).await?.attributes().await {
        Ok(found) => Ok(matches!(found.what(), What::Folder | What::Unknown)),
        Err(fault) if fault.is_missing() => Ok(false),
        Err(fault) => Err(fault),
    }
}

/// Finds the folder a store shall be in; its path without links.
pub(super) async fn find(session: &Session, folder: &str, missing: Missing) -> Result<String> {
    let fail = |fault: Fault| fault.into_error("open", "");
    let path = absolute(session, folder).await.map_err(fail)?;
    if !is_folder(session, &path).await.map_err(fail)? {
        match missing {
            Missing::Fail => return Err(Error::new(ErrorKind::PlaceMissing, "open")),
            Missing::Make => make_at(session, &path).await.map_err(fail)?,
        }
    }
    resolved(session, &path).await.map_err(fail)
}

/// Makes a folder, with those it lies in.
pub(super) async fn make(session: &Session, folder: &str) -> Result<()> {
    let making = async {
        let path = absolute(session, folder).await?;
        make_at(session, &path).await
    };
    making.await.map_err(|fault: Fault| fault.into_error("make folder", ""))
}

async fn make_at(session: &Session, path: &str) -> Result<(), Fault> {
    // From the innermost outwards until one can be made: an account may be
    // forbidden to look at the outer ones.
    let mut wanted = vec![path];
    while let Some(path) = wanted.last().copied() {
        let Err(fault) = session.ask(wire::mkdir(path)).await?.done().await else {
            wanted.pop();
            continue;
        };
        if is_folder(session, path).await? {
            wanted.pop();
        } else {
            match path.rsplit_once('/') {
                Some((parent, _))
                    if fault.is_missing()
                        && !parent.is_empty()
                        && !is_folder(session, parent).await? =>
                {
                    wanted.push(parent);
                }
                _ => return Err(fault),
            }
        }
    }
    Ok(())
}

/// The folders right below one; hidden ones can be named, but are not offered.
pub(super) async fn choices(session: &Arc<Session>, below: &str) -> Result<Vec<Choice>> {
    let fail = |fault: Fault| {
        if fault.is_missing() {
            return Error::new(ErrorKind::PlaceMissing, "choices");
        }
        fault.into_error("choices", "")
    };
    let folder = absolute(session, below).await.map_err(fail)?;
    let mut choices = Vec::new();
    for found in names(session, &folder).await.map_err(fail)? {
        let Ok(name) = std::str::from_utf8(&found.name) else { continue };
        if name.starts_with('.') {
            continue;
        }
        let path = join(&folder, name);
        let is_folder = match found.attributes.what() {
            What::Folder => true,
            What::File => false,
            // A link may lead to a folder, and one that leads nowhere does not.
            What::Other | What::Unknown => is_folder(session, &path).await.unwrap_or(false),
        };
        if is_folder {
            choices.push(Choice { value: path, label: name.to_owned() });
        }
    }
    choices.sort_by(|a, b| a.label.cmp(&b.label));
    Ok(choices)
}
