//! `keepstead vault unlock`.

use super::Session;
use crate::{
    failure::Result,
    output::{plural, unless_closed},
};
use app::vault::{LocksRemoved, Outcome};
use clap::Args;
use serde::Serialize;
use std::process::ExitCode;

/// Remove locks that nobody holds any more
///
/// Those of programs of this account that no longer run, those older than half
/// an hour, and damaged ones. The locks of programs at work stay.
#[derive(Debug, Args)]
pub(super) struct Arguments {}

#[derive(Serialize)]
struct Summary {
    outcome: Outcome,
    #[serde(flatten)]
    removed: LocksRemoved,
}

impl Arguments {
    pub(super) async fn run(self, session: &Session) -> Result<ExitCode> {
        let Session { output, cancel, .. } = session;
        let removed = session.open().await?.unlock(cancel).await?;
        unless_closed(
            output.message("summary", &Summary { outcome: Outcome::Succeeded, removed }),
        )?;
        let count = plural(removed.locks_removed as u64, "lock", "locks");
        unless_closed(output.say(&format!("Removed {count}")))?;
        Ok(ExitCode::SUCCESS)
    }
}
