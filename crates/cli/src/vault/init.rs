//! `keepstead vault init`.

use super::Session;
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
use std::process::ExitCode;

/// Set up a repository
///
/// The folder is made when it is missing; the folder it lies in must be there,
/// so that a disk that is not mounted is noticed.
#[derive(Debug, Args)]
pub(super) struct Arguments {}

#[derive(Serialize)]
struct Summary<'a> {
    outcome: Outcome,
    #[serde(flatten)]
    created: &'a Created,
}

impl Arguments {
    pub(super) async fn run(self, session: &Session) -> Result<ExitCode> {
        let Session { output, repository, cancel, .. } = session;
        let passphrase = session.passphrase(passphrase::FIRST).await?;
        let created = Vault::init(repository, &passphrase, Ambient::system(), cancel).await?;
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
