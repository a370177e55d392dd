//! What the tray says: the same verdict as everywhere, what is under way, and
//! what can be done. Words carry it all: menus have no colours.

use super::{Phase, Session};
use crate::{Fix, RunEntry, State, messages};
use model::{RunKind, RunStatus};

/// Where a line of the tray leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrayAct {
    /// To a screen of the window.
    Go(String),
    /// It backs this plan up, or all.
    BackUp(Option<String>),
    /// It has what is under way stand still.
    Pause,
    /// It has what stands still go on.
    Resume,
}

/// A line of the tray that leads somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrayLine {
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub act: TrayAct,
}

/// Which picture the tray shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrayIcon {
    /// The keep as the verdict has it.
    State(State),
    /// Something is under way, and nobody is needed.
    Working,
}

/// Everything the tray shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tray {
    /// Its picture.
    pub icon: TrayIcon,
    /// The verdict, always first.
    pub verdict: TrayLine,
    /// What is under way.
    pub running: Option<TrayLine>,
    /// Has that stand still, or go on.
    pub hold: Option<TrayLine>,
    /// What helps against the worst, when somebody is needed.
    pub fix: Option<TrayLine>,
    /// What can be backed up: all, then each plan; nothing without plans.
    pub back_up: Vec<TrayLine>,
    /// Other ways into the window.
    pub screens: Vec<TrayLine>,
}

impl Session {
    /// What the tray shows now.
    pub async fn tray(&self) -> Tray {
        let state = self.state().await;
        let go = |text: &str, to: &str| TrayLine { text: text.into(), act: TrayAct::Go(to.into()) };
        let verdict = match self.verdict().await {
            Ok(verdict) => verdict,
            Err(error) => {
                let words = messages::tray();
                return Tray {
                    icon: TrayIcon::State(State::Warning),
                    verdict: go(&format!("{}: {}", words.unknown, error.message), "/"),
                    running: None,
                    hold: None,
                    fix: None,
                    back_up: Vec::new(),
                    screens: vec![go(words.open, "/")],
                };
            }
        };
        let words = messages::tray();
        let ready = state.phase == Phase::Ready;
        let (mut plans, mut running) = (Vec::new(), None);
        if let (true, Ok(installation)) = (ready, self.installation().await) {
            plans = installation.plans().await.unwrap_or_default();
            running = installation.working().await.unwrap_or_default().into_iter().next();
        }
        let enabled: Vec<_> = plans.into_iter().filter(|plan| plan.enabled).collect();
        let mut back_up = Vec::new();
        if !enabled.is_empty() {
            back_up.push(TrayLine { text: words.all.into(), act: TrayAct::BackUp(None) });
            back_up.extend(
                enabled
                    .into_iter()
                    .map(|plan| TrayLine { text: plan.name, act: TrayAct::BackUp(Some(plan.id)) }),
            );
        }
        let mut screens = Vec::new();
        if ready && verdict.state != State::NotSetUp {
            screens.push(go(words.restore, "/restore"));
        }
        screens.push(go(words.open, "/"));
        if ready {
            screens.push(go(words.settings, "/settings"));
        }
        let locked = state.phase == Phase::Locked;
        let calm = matches!(verdict.state, State::Protected | State::Paused);
        Tray {
            icon: match running {
                // What stands still does not work.
                Some(ref run) if calm && !run.paused => TrayIcon::Working,
                _ => TrayIcon::State(verdict.state),
            },
            verdict: go(&format!("{}: {}", verdict.word, verdict.line), "/"),
            hold: running.as_ref().filter(|run| run.status.is_active()).map(hold),
            running: running.map(|run| TrayLine {
                text: under_way(&run),
                act: TrayAct::Go(format!("/runs/{}", run.id)),
            }),
            fix: if locked { Some(go(words.unlock, "/")) } else { verdict.fix.as_ref().map(fix) },
            back_up,
            screens,
        }
    }
}

fn fix(fix: &Fix) -> TrayLine {
    let words = messages::tray();
    let (text, act) = match fix {
        Fix::SetUp => (words.set_up, TrayAct::Go("/".into())),
        Fix::BackUp { plan } => (words.back_up_now, TrayAct::BackUp(Some(plan.clone()))),
        Fix::PlugIn { .. } => (words.plug_in, TrayAct::Go("/destinations".into())),
        Fix::ShowRun { run } => (words.show_run, TrayAct::Go(format!("/runs/{run}"))),
        Fix::AddDestination => (words.add_destination, TrayAct::Go("/destinations".into())),
        Fix::ConfirmKit => (words.confirm_kit, TrayAct::Go("/settings".into())),
        Fix::Resume { plan } => (words.resume, TrayAct::Go(format!("/plans/{plan}"))),
        Fix::SetClock => (words.set_clock, TrayAct::Go("/".into())),
    };
    TrayLine { text: format!("⚠ {text}"), act }
}

/// What holds the queue, or lets it go on.
fn hold(run: &RunEntry) -> TrayLine {
    let words = messages::tray();
    let (pause, resume) = match run.kind {
        RunKind::Restore => (words.pause_restore, words.resume_restore),
        RunKind::Verify => (words.pause_verification, words.resume_verification),
        RunKind::Prune => (words.pause_clean_up, words.resume_clean_up),
        RunKind::Backup | RunKind::Drill | RunKind::Copy => {
            (words.pause_backups, words.resume_backups)
        }
    };
    let text = if run.paused { resume } else { pause };
    TrayLine { text: text.into(), act: if run.paused { TrayAct::Resume } else { TrayAct::Pause } }
}

/// What is under way, in a line that does not change every second.
fn under_way(run: &RunEntry) -> String {
    let what = messages::run_name(run);
    if run.paused {
        let fraction = run.progress.as_ref().and_then(|progress| progress.fraction);
        return messages::paused_line(&what, fraction);
    }
    let Some(progress) = run.progress.as_ref().filter(|_| run.status != RunStatus::Pending) else {
        return messages::waiting(&what);
    };
    messages::progress_line(run.kind, &what, progress.fraction, progress.seconds_left)
}
