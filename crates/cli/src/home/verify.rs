//! `keepstead verify`.

use super::{Common, Session, run};
use app::{Depth, Trigger};
use clap::{Args, ValueEnum};
use std::process::ExitCode;

/// Verify that what lies at a destination can be restored
///
/// While the window is open, or another command runs, that one does the work
/// and this one watches. Damage is named, and stays in the verdict until a
/// verification that reads at least as much finds none. Exit codes: 0 no errors
/// were found, 1 damaged, failed or cancelled.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
    /// Its name
    destination: String,
    /// How much is read
    #[arg(long, value_enum, default_value = "everything")]
    depth: HowDeep,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum HowDeep {
    /// The names and lengths of everything, and every folder
    Structure,
    /// A tenth of all that is stored as well, chosen at random
    Sample,
    /// Every byte
    Everything,
}

impl From<HowDeep> for Depth {
    fn from(depth: HowDeep) -> Self {
        match depth {
            HowDeep::Structure => Self::Structure,
            HowDeep::Sample => Self::Sample,
            HowDeep::Everything => Self::Everything,
        }
    }
}

impl Arguments {
    pub(crate) fn run(self) -> ExitCode {
        super::run(self.common, |session: Session| async move {
            let application = session.open().await?;
            let (destination, depth) = (&self.destination, self.depth.into());
            let id = application.queue_verify(destination, depth, Trigger::Command).await?;
            run::finish(&application, &[id], session.output, &session.cancel).await
        })
    }
}
