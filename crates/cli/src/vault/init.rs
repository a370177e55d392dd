//! `keepstead vault init`.

use super::{Session, copy::open_from};
use crate::{
    failure::Result,
    output::{unless_closed, visible},
    passphrase,
};
use app::{
    Ambient,
    vault::{Created, Outcome, Vault},
};
use clap::Args;
use serde::Serialize;
use std::{path::PathBuf, process::ExitCode};

/// Set up a repository
///
/// The folder is made when it is missing; the folder it lies in must be there,
/// so that a disk that is not mounted is noticed.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Cut files as the repository in this folder does, so that copies between
    /// the two take no room for what is the same
    #[arg(long, value_name = "DIR")]
    like: Option<PathBuf>,
    /// A file that holds the passphrase of that repository; without it, the
    /// variable KEEPSTEAD_FROM_PASSWORD or the terminal is asked
    #[arg(long, value_name = "FILE", requires = "like")]
    from_password_file: Option<PathBuf>,
}

#[derive(Serialize)]
struct Summary<'a> {
    outcome: Outcome,
    #[serde(flatten)]
    created: &'a Created,
}

impl Arguments {
    pub(super) async fn run(self, session: &Session) -> Result<ExitCode> {
        let Session { output, repository, cancel, .. } = session;
        let like = match &self.like {
            Some(folder) => {
                Some(open_from(session, folder, self.from_password_file.as_deref()).await?)
            }
            None => None,
        };
        let passphrase = session.passphrase(passphrase::FIRST).await?;
        let ambient = Ambient::system();
        let created = match &like {
            Some(like) => Vault::init_like(repository, &passphrase, like, ambient, cancel).await?,
            None => Vault::init(repository, &passphrase, ambient, cancel).await?,
        };
        let summary = Summary { outcome: Outcome::Succeeded, created: &created };
        unless_closed(output.message("summary", &summary))?;
        unless_closed(output.say(&format!(
            "Set up repository {} in {}\nKeep its passphrase safe: without it nothing can be \
             restored.",
            &created.repository_id[..8],
            visible(&created.repository.path),
        )))?;
        Ok(ExitCode::SUCCESS)
    }
}
