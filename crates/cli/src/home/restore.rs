//! `keepstead restore`.

use super::{Common, Session, absolute, run};
use app::{
    RestoreOrder, Trigger,
    vault::{Existing, PathText},
};
use clap::{Args, ValueEnum};
use std::{path::PathBuf, process::ExitCode};

/// Bring files back from a destination
///
/// The paths of the backup are laid out below the target, as restic lays them
/// out: /home/me/letter comes to DIR/home/me/letter.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The beginning of the backup's id, or `latest`
    #[arg(default_value = "latest")]
    id: String,
    /// The destination that holds it, by its name
    #[arg(long, short, value_name = "DESTINATION")]
    from: String,
    /// The plan whose latest backup is meant
    #[arg(long, short)]
    plan: Option<String>,
    /// The folder to restore to; it is made when it is missing
    #[arg(long, short, value_name = "DIR")]
    target: PathBuf,
    /// Only what matches: a path in the backup, or a pattern as `*.odt`
    #[arg(long, short, value_name = "PATTERN")]
    include: Vec<String>,
    /// What happens when files are there already
    #[arg(long, value_enum, value_name = "WHAT", default_value = "refuse")]
    existing: ExistingFiles,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ExistingFiles {
    /// Restore nothing at all
    Refuse,
    /// Replace them by those of the backup
    Overwrite,
    /// Leave them as they are
    Keep,
}

impl From<ExistingFiles> for Existing {
    fn from(files: ExistingFiles) -> Self {
        match files {
            ExistingFiles::Refuse => Self::Refuse,
            ExistingFiles::Overwrite => Self::Overwrite,
            ExistingFiles::Keep => Self::Keep,
        }
    }
}

impl Arguments {
    pub(crate) fn run(self) -> ExitCode {
        super::run(self.common, |session: Session| async move {
            let application = session.open().await?;
            let order = RestoreOrder {
                destination: self.from,
                plan: self.plan,
                backup: self.id,
                target: PathText::new(&absolute(&self.target)),
                include: self.include,
                existing: self.existing.into(),
            };
            let id = application.queue_restore(&order, Trigger::Command).await?;
            run::finish(&application, &[id], session.output, &session.cancel).await
        })
    }
}
