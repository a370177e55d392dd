//! The application of a program that stays open, and what is asked of it.

use crate::{
    commands::{self, Arguments},
    desktop, events,
    menu::{Choice, Icon},
};
use app::{
    Ambient, Application, Cancel, Error, QueueStats, Result, RunStatus, Session, Topic, TrayAct,
    Trigger,
};
use serde::Serialize;
use serde_json::value::RawValue;
use std::{
    ops::Deref,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::OnceCell;

/// Starts without a window, as the session does it.
pub const HIDDEN: &str = "--hidden";

/// How long what is under way may take to let go.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the window for a screen.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct Go {
    /// An address as in the window, `/runs/…`.
    pub to: String,
}

/// What stands around the desk: the window and the tray, however they are made.
/// None of it waits.
pub trait Shell: Send + Sync {
    /// Tells the window something, where one is open.
    fn tell(&self, event: &'static str, payload: Box<RawValue>);
    /// Brings the window up, at a screen where one is named.
    fn show(&self, to: Option<&str>);
    /// Shows this in the tray. Desktops without one have the window and
    /// notifications.
    fn draw(&self, icon: Icon);
    /// Ends the program.
    fn end(&self);
}

/// The desk, as everybody holds it.
#[derive(Clone, Default)]
pub struct At(Arc<Desk>);

impl Deref for At {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.0
    }
}

/// The window sends no desk: it is no argument of the bindings.
impl specta::function::FunctionArg for At {
    fn to_datatype(_: &mut specta::Types) -> Option<specta::datatype::DataType> {
        None
    }
}

/// The application of this program, and the shell around it.
#[derive(Default)]
pub struct Desk {
    session: OnceCell<Arc<Session>>,
    shell: OnceLock<Box<dyn Shell>>,
    /// Whether it ends when nothing is under way any more.
    finishing: AtomicBool,
    /// What the tray shows now, so that it is drawn only when it changes: an
    /// open menu closes when it is replaced.
    shown: Mutex<Option<Icon>>,
}

impl At {
    /// Opens the application, does its work, and tells the shell of it, until
    /// the process ends.
    pub async fn serve(&self, shell: Box<dyn Shell>) {
        // A desk is served once.
        let _ = self.shell.set(shell);
        let session = self.session().await;
        self.watch_signals();
        tokio::spawn(events::pass_on(self.clone(), session.listen()));
        self.refresh().await;
        session.watch(&Cancel::new()).await;
    }

    /// Answers a command of the window, as JSON.
    ///
    /// # Errors
    /// What the command answers.
    pub async fn call(&self, command: &str, arguments: Arguments) -> Result<Box<RawValue>> {
        commands::answer(self.clone(), command, arguments).await
    }

    /// The session ends, or somebody asks the program to.
    #[cfg(unix)]
    fn watch_signals(&self) {
        use tokio::signal::unix::{SignalKind, signal};
        // restic sends it to whoever holds a lock, to see whether there is such a
        // process. Once taken, it is never again the end of one.
        drop(signal(SignalKind::hangup()));
        for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
            let at = self.clone();
            tokio::spawn(async move {
                if let Ok(mut signals) = signal(kind) {
                    signals.recv().await;
                    at.quit(false).await;
                }
            });
        }
    }

    #[cfg(not(unix))]
    fn watch_signals(&self) {}
}

impl Desk {
    /// What is open, opened where it is not yet.
    pub(crate) async fn session(&self) -> Arc<Session> {
        let open = || async {
            let folder = app::data_folder().unwrap_or_default();
            let session = Session::open(&folder, Ambient::system()).await;
            if let Ok(words) = std::env::var("KEEPSTEAD_UNLOCK") {
                // Words that do not fit leave it locked, and the window says so.
                let _ = session.unlock(&words).await;
            }
            Arc::new(session)
        };
        Arc::clone(self.session.get_or_init(open).await)
    }

    pub(crate) async fn application(&self) -> Result<Application> {
        self.session().await.application().await
    }

    /// Does something, and when it was done says what has to be asked for anew.
    pub(crate) async fn changing<T>(
        &self,
        topics: &[Topic],
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let done = work.await?;
        self.session().await.changed(topics);
        Ok(done)
    }

    /// Tells the window something.
    pub(crate) fn tell<T: Serialize>(&self, event: &'static str, payload: &T) {
        if let (Some(shell), Ok(payload)) =
            (self.shell.get(), serde_json::value::to_raw_value(payload))
        {
            shell.tell(event, payload);
        }
    }

    /// Brings the window up, at a screen where one is named.
    pub fn show(&self, to: Option<&str>) {
        if let Some(shell) = self.shell.get() {
            shell.show(to);
        }
    }

    /// Draws the tray anew where it changed.
    pub(crate) async fn refresh(&self) {
        let tray = self.session().await.tray().await;
        let icon = Icon::of(&tray, self.finishing.load(Ordering::Relaxed));
        {
            let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
            if shown.as_ref() == Some(&icon) {
                return;
            }
            *shown = Some(icon.clone());
        }
        if let Some(shell) = self.shell.get() {
            shell.draw(icon);
        }
    }

    /// Does what was chosen in the tray.
    pub async fn choose(&self, choice: Choice) {
        match choice {
            Choice::Act(TrayAct::Go(to)) => self.show(Some(&to)),
            Choice::Act(TrayAct::BackUp(plan)) => self.back_up(plan).await,
            Choice::Act(TrayAct::Pause) => self.hold(true).await,
            Choice::Act(TrayAct::Resume) => self.hold(false).await,
            Choice::Quit { finish } => self.quit(finish).await,
        }
    }

    /// What goes wrong is in the run, and told when it ends.
    async fn back_up(&self, plan: Option<String>) {
        let Ok(application) = self.application().await else { return self.show(Some("/")) };
        let plans: Vec<_> = plan.into_iter().collect();
        let queue = application.queue_backups(&plans, Trigger::Manual);
        let _ = self.changing(&[Topic::Working, Topic::Verdict], queue).await;
    }

    /// Has what is under way stand still, or go on. What ended meanwhile did so.
    async fn hold(&self, paused: bool) {
        let Ok(application) = self.application().await else { return self.show(Some("/")) };
        let held = async {
            if paused { application.pause_all().await } else { application.resume_all().await }
        };
        let _ = self.changing(&[Topic::Working, Topic::Runs], held).await;
        self.refresh().await;
    }

    /// A run ended: that it failed is told once, until it succeeds again.
    pub(crate) async fn ended(&self, status: &app::BackupStatus) {
        if status.status != RunStatus::Failed {
            return;
        }
        let Ok(application) = self.application().await else { return };
        let wanted = application.notifications().await.unwrap_or(true);
        let is_new = application.is_new_failure(&status.run_id).await.unwrap_or(true);
        if let (true, true, Ok(run)) = (wanted, is_new, application.run(&status.run_id).await) {
            let (title, text) = app::failure_notice(&run);
            // Where no notification can be shown, the tray and the window say it.
            let _ = desktop::notify(&title, &text).await;
        }
    }

    /// The window is gone: what was kept for it is let go.
    pub async fn window_closed(&self) {
        self.session().await.window_closed().await;
        if !desktop::has_tray().await {
            let words = app::shell_words();
            // It says once that it goes on.
            let _ = desktop::notify(words.product, words.stays).await;
        }
    }

    /// Ends the program: at once, or when nothing is under way any more.
    pub async fn quit(&self, finish: bool) {
        if let Ok(application) = self.application().await {
            let working = application.working().await.is_ok_and(|runs| !runs.is_empty());
            if working && finish {
                self.finishing.store(true, Ordering::Relaxed);
                // What stands still would never be finished.
                let _ = application.resume_all().await;
                return self.refresh().await;
            }
            if working {
                // What is stored already is not stored again when it is taken up.
                application.stop_working();
                let _ = tokio::time::timeout(PATIENCE, application.stopped()).await;
            }
        }
        self.end().await;
    }

    /// Ends it when that was asked for and there is nothing left to do.
    pub(crate) async fn when_done(&self, stats: &QueueStats) {
        if self.finishing.load(Ordering::Relaxed) && stats.waiting == 0 && stats.active == 0 {
            self.end().await;
        }
    }

    async fn end(&self) {
        self.session().await.close().await;
        if let Some(shell) = self.shell.get() {
            shell.end();
        }
    }
}
