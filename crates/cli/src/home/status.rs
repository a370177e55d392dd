//! `keepstead status`.

use super::{Common, Session};
use app::{Ambient, Installation, State, Verdict};
use clap::Args;
use std::process::ExitCode;

/// Say whether everything is protected
///
/// Exit codes: 0 protected, 3 anything else, 1 when it cannot be told.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
}

impl Arguments {
    pub(crate) fn run(self) -> ExitCode {
        super::run(self.common, |session: Session| async move {
            let output = session.output;
            // No secret is needed to say it.
            let found = Installation::find(&app::data_folder()?, Ambient::system()).await?;
            let verdict = match found {
                Some(installation) => installation.verdict().await?,
                None => Verdict::not_set_up(Ambient::system().clock.now()),
            };
            if output.json {
                output.value(&verdict)?;
            }
            output.say(&format!("{}: {}", verdict.word, verdict.sentence))?;
            for reason in verdict.reasons.iter().skip(1) {
                output.say(&format!("Also: {reason}"))?;
            }
            for note in verdict.notes.iter().chain(&verdict.left_out) {
                output.say(&format!("Note: {note}"))?;
            }
            if verdict.working > 0 {
                output.say("Work is waiting or under way.")?;
            }
            Ok(ExitCode::from(if verdict.state == State::Protected { 0 } else { 3 }))
        })
    }
}
