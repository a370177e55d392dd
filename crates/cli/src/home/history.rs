//! `keepstead history`.

use super::{Common, Session, run};
use crate::output::{local_time, visible};
use app::RunsWanted;
use clap::Args;
use std::process::ExitCode;

/// List what was run, the newest first, or one run with its log
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The id of a run
    run: Option<String>,
    /// Only runs of this plan
    #[arg(long, short, conflicts_with = "run")]
    plan: Option<String>,
    /// How many at most
    #[arg(long, short, default_value_t = 30)]
    limit: u32,
}

impl Arguments {
    pub(crate) fn run(self) -> ExitCode {
        super::run(self.common, |session: Session| async move {
            let output = session.output;
            let application = session.open().await?;
            if let Some(id) = self.run {
                let entry = application.run(&id).await?;
                output.message("run", &entry)?;
                run::say(output, &entry)?;
                for line in application.log(&id).await? {
                    output.message("log", &line)?;
                    let text = visible(&line.message);
                    output.say(&format!("{}  {text}", local_time(&line.at)))?;
                }
                // The log names them to people.
                for file in application.renamed(&id, 0, u32::MAX).await? {
                    output.message("renamed", &file)?;
                }
                for file in application.skipped(&id, None, 0, u32::MAX).await? {
                    output.message("skipped", &file)?;
                    output.say(&format!("  {}  {}", visible(&file.path.path), file.message))?;
                }
                return Ok(ExitCode::SUCCESS);
            }
            let wanted = RunsWanted { plan: self.plan, limit: self.limit, ..RunsWanted::default() };
            let entries = application.runs(&wanted).await?;
            if output.json {
                output.value(&entries)?;
            }
            for entry in &entries {
                output.say(&format!("{}  {}", local_time(&entry.queued_at), entry.id))?;
                run::say(output, entry)?;
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}
