//! `keepstead pause` and `keepstead resume`.

use super::{Common, Session, run};
use crate::failure::Result;
use app::Application;
use clap::Args;
use std::process::ExitCode;

/// Have what is under way stand still
///
/// What is on its way to the destination arrives; nothing more is read or sent,
/// and what waits goes on waiting behind it. The pause ends with `resume`, or
/// when the program that does the work ends: then the run is taken up by the
/// next.
#[derive(Debug, Args)]
pub(crate) struct PauseArguments {
    #[command(flatten)]
    held: Held,
}

/// Have what stands still go on
#[derive(Debug, Args)]
pub(crate) struct ResumeArguments {
    #[command(flatten)]
    held: Held,
}

#[derive(Debug, Args)]
struct Held {
    #[command(flatten)]
    common: Common,
    /// The id of a run; otherwise all it concerns
    run: Option<String>,
}

impl PauseArguments {
    pub(crate) fn run(self) -> ExitCode {
        self.held.run(true)
    }
}

impl ResumeArguments {
    pub(crate) fn run(self) -> ExitCode {
        self.held.run(false)
    }
}

impl Held {
    fn run(self, paused: bool) -> ExitCode {
        super::run(self.common, |session: Session| async move {
            let application = session.open().await?;
            hold(&application, self.run.as_deref(), paused, &session).await
        })
    }
}

async fn hold(
    application: &Application,
    id: Option<&str>,
    paused: bool,
    session: &Session,
) -> Result<ExitCode> {
    let output = session.output;
    let runs = match (id, paused) {
        (Some(id), true) => vec![application.pause_run(id).await?],
        (Some(id), false) => vec![application.resume_run(id).await?],
        (None, true) => application.pause_all().await?,
        (None, false) => application.resume_all().await?,
    };
    if output.json {
        output.value(&runs)?;
    }
    for entry in &runs {
        run::say(output, entry)?;
    }
    if runs.is_empty() {
        output.say(if paused {
            "Nothing was paused: nothing is under way that is not paused already."
        } else {
            "Nothing was resumed: nothing is paused."
        })?;
    }
    Ok(ExitCode::SUCCESS)
}
