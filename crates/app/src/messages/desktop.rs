//! What is said outside of the window: in the tray, by the desktop, and about
//! runs as they go.

use super::application::done;
use crate::RunEntry;
use model::{RunKind, RunStatus};

/// What a run does, in a few words.
pub(crate) fn run_name(run: &RunEntry) -> String {
    match run.kind {
        RunKind::Restore => format!("Restore from {}", run.destination),
        RunKind::Verify => format!("Verifying {}", run.destination),
        RunKind::Prune => format!("Cleaning up {}", run.destination),
        RunKind::Backup | RunKind::Drill | RunKind::Copy => {
            format!("{} to {}", run.plan, run.destination)
        }
    }
}

/// Where a run stands, in a sentence.
pub(crate) fn run_status(run: &RunEntry) -> String {
    let what = run_name(run);
    if run.paused {
        return format!("{what}: paused.");
    }
    match run.status {
        RunStatus::Pending => format!("{what}: waiting for its turn."),
        RunStatus::Running | RunStatus::Uploading | RunStatus::Rotating => {
            format!("{what}: under way.")
        }
        RunStatus::Success => format!("{what}: {}.", done(run.kind)),
        RunStatus::PartialSuccess => format!("{what}: done, but for {} files.", run.files_skipped),
        RunStatus::Cancelled => format!("{what}: cancelled."),
        RunStatus::Failed => {
            let why = run.error.as_ref().map_or("", |error| error.message.as_str());
            if is_damage(run) { format!("{what}: {why}") } else { format!("{what} failed. {why}") }
        }
    }
}

/// Whether a verification came to its end and found damage.
fn is_damage(run: &RunEntry) -> bool {
    run.kind == RunKind::Verify && run.status == RunStatus::Failed && run.result.is_some()
}

/// A run that waits for its turn.
pub(crate) fn waiting(what: &str) -> String {
    format!("{what}: waiting for its turn")
}

/// A run that stands still.
pub(crate) fn paused_line(what: &str, fraction: Option<f64>) -> String {
    match fraction.map(percent) {
        None => format!("{what}: paused"),
        Some(percent) => format!("{what}: paused at {percent} %"),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
fn percent(fraction: f64) -> u32 {
    (fraction * 100.0).floor() as u32
}

/// How far a run is, in a line.
pub(crate) fn progress_line(
    kind: RunKind,
    what: &str,
    fraction: Option<f64>,
    left: Option<u64>,
) -> String {
    let percent = fraction.map(percent);
    match (percent, left) {
        (None, _) if matches!(kind, RunKind::Verify | RunKind::Prune) => {
            format!("{what}: looking at what is there")
        }
        (None, _) => format!("{what}: counting files"),
        (Some(percent), None) => format!("{what}: {percent} %"),
        (Some(percent), Some(left)) => format!("{what}: {percent} %, {} left", about(left)),
    }
}

/// A time as people say it. It changes every minute at most.
fn about(seconds: u64) -> String {
    match seconds {
        0..=89 => "about 1 min".to_owned(),
        90..=5_399 => format!("about {} min", (seconds + 30) / 60),
        5_400..=129_599 => format!("about {} h", (seconds + 1_800) / 3_600),
        _ => format!("about {} days", (seconds + 43_200) / 86_400),
    }
}

/// The words of the tray.
pub(crate) struct TrayWords {
    pub(crate) unknown: &'static str,
    pub(crate) pause_backups: &'static str,
    pub(crate) resume_backups: &'static str,
    pub(crate) pause_restore: &'static str,
    pub(crate) resume_restore: &'static str,
    pub(crate) pause_verification: &'static str,
    pub(crate) resume_verification: &'static str,
    pub(crate) pause_clean_up: &'static str,
    pub(crate) resume_clean_up: &'static str,
    pub(crate) all: &'static str,
    pub(crate) restore: &'static str,
    pub(crate) open: &'static str,
    pub(crate) settings: &'static str,
    pub(crate) unlock: &'static str,
    pub(crate) set_up: &'static str,
    pub(crate) back_up_now: &'static str,
    pub(crate) plug_in: &'static str,
    pub(crate) show_run: &'static str,
    pub(crate) add_destination: &'static str,
    pub(crate) confirm_kit: &'static str,
    pub(crate) resume: &'static str,
    pub(crate) set_clock: &'static str,
}

pub(crate) fn tray() -> TrayWords {
    TrayWords {
        unknown: "Not known",
        pause_backups: "Pause backups",
        resume_backups: "Resume backups",
        pause_restore: "Pause the restore",
        resume_restore: "Resume the restore",
        pause_verification: "Pause the verification",
        resume_verification: "Resume the verification",
        pause_clean_up: "Pause the clean-up",
        resume_clean_up: "Resume the clean-up",
        all: "All plans",
        restore: "Restore files…",
        open: "Open Keepstead",
        settings: "Settings",
        unlock: "Unlock Keepstead",
        set_up: "Set up the first backup",
        back_up_now: "Back up now",
        plug_in: "Show the missing destination",
        show_run: "Show what failed",
        add_destination: "Add a second destination",
        confirm_kit: "Confirm the recovery kit",
        resume: "Show the paused plan",
        set_clock: "Set this computer’s clock",
    }
}

/// The words that belong to the shell alone.
#[derive(Debug)]
pub struct ShellWords {
    /// What the program is called.
    pub product: &'static str,
    /// Above the plans that can be backed up.
    pub back_up_now: &'static str,
    /// Ends the program.
    pub quit: &'static str,
    /// Ends it when nothing is under way any more.
    pub finish_then_quit: &'static str,
    /// Ends it although something is under way.
    pub quit_now: &'static str,
    /// It will end by itself.
    pub quitting: &'static str,
    /// A notification that was asked for.
    pub test_notification: &'static str,
    /// It goes on although its window was closed.
    pub stays: &'static str,
    /// The window's program cannot be started.
    pub no_window: &'static str,
}

/// The words that belong to the shell alone.
#[must_use]
pub fn shell_words() -> ShellWords {
    ShellWords {
        product: "Keepstead",
        back_up_now: "Back up now",
        quit: "Quit Keepstead",
        finish_then_quit: "Finish, then quit",
        quit_now: "Quit now, resume later",
        quitting: "Quits when the work is done",
        test_notification: "This is how Keepstead tells you that a backup failed.",
        stays: "Keepstead goes on without its window. Start it again to see it.",
        no_window: "The window does not open. Backups go on. Install Keepstead again to repair it.",
    }
}

/// What the desktop is told when a run failed: a title and a text.
#[must_use]
pub fn failure_notice(run: &RunEntry) -> (String, String) {
    let title = match run.kind {
        RunKind::Restore => format!("Restore from {} failed", run.destination),
        RunKind::Verify if is_damage(run) => format!("Backups on {} are damaged", run.destination),
        RunKind::Verify => format!("{} could not be verified", run.destination),
        RunKind::Prune => format!("{} could not be cleaned up", run.destination),
        RunKind::Backup | RunKind::Drill | RunKind::Copy => {
            format!("{} has no new copy on {}", run.plan, run.destination)
        }
    };
    let text = run.error.as_ref().map_or_else(String::new, |error| {
        format!("{} {}", error.message, error.hint).trim().to_owned()
    });
    (title, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_a_run_is_changes_a_few_times_only() {
        let backup = RunKind::Backup;
        let line = |fraction, left| progress_line(backup, "Photos to Disk", fraction, left);
        assert_eq!(line(None, None), "Photos to Disk: counting files");
        assert_eq!(line(Some(0.614), None), "Photos to Disk: 61 %");
        assert_eq!(line(Some(0.999), Some(3)), "Photos to Disk: 99 %, about 1 min left");
        assert_eq!(line(Some(0.5), Some(540)), "Photos to Disk: 50 %, about 9 min left");
        assert_eq!(line(Some(0.5), Some(9_000)), "Photos to Disk: 50 %, about 3 h left");
        assert_eq!(line(Some(0.5), Some(200_000)), "Photos to Disk: 50 %, about 2 days left");
        let kind = RunKind::Verify;
        let verifying = |fraction| progress_line(kind, "Verifying Disk", fraction, None);
        assert_eq!(verifying(None), "Verifying Disk: looking at what is there");
        assert_eq!(verifying(Some(0.5)), "Verifying Disk: 50 %");
        assert_eq!(paused_line("Photos to Disk", Some(0.619)), "Photos to Disk: paused at 61 %");
        assert_eq!(paused_line("Photos to Disk", None), "Photos to Disk: paused");
    }
}
