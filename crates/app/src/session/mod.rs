//! What a shell that stays open holds: the application in whatever state it
//! is, and what it tells by itself.
//!
//! Invariant: there is one state. It is `NotSetUp` until [`Session::begin`]
//! has done everything, and nothing is written before that.

mod begin;
mod events;
mod kit;
mod remote;
mod tray;
mod watch;

pub use begin::{Beginning, Begun, KitAnswer, NewKit};
pub use events::{BackupProgress, BackupStatus, Changed, Event, QueueStats, Topic};
pub use tray::{Tray, TrayAct, TrayIcon, TrayLine};

use crate::{
    Ambient, Application, Cancel, CleanUpPlan, Code, Error, Installation, KeychainState, Measured,
    Result, Verdict, messages,
    places::{self, Place, TriedPlace},
    vault::PathText,
};
use jiff::Timestamp;
use secrets::RecoveryPassphrase;
use serde::Serialize;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};
use tokio::sync::{Notify, RwLock, broadcast};

/// How many events may wait for somebody who listens slowly.
const EVENTS: usize = 256;
/// The version of the restic repository format of new backups.
const BACKUP_FORMAT: u32 = 2;

/// How far the application is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nothing is set up here.
    NotSetUp,
    /// The key to the secrets is missing.
    Locked,
    /// Everything works.
    Ready,
    /// The database cannot be used.
    Broken,
}

/// Which program this is, and how far it is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct AppState {
    /// Version of the program.
    pub version: String,
    /// Version of the restic repository format of new backups.
    pub backup_format: u32,
    /// How far it is opened.
    pub phase: Phase,
    /// Why it is locked or broken.
    pub problem: Option<Error>,
    /// Where the key lies, once that is known.
    pub keychain: Option<KeychainState>,
    /// Where its data lies.
    pub data_folder: PathText,
}

/// A kit that nothing was made with yet.
#[derive(Debug)]
struct UnusedKit {
    passphrase: RecoveryPassphrase,
    saved_at: Option<Timestamp>,
}

#[derive(Debug)]
enum State {
    NotSetUp,
    Locked(Installation, Error),
    Ready(Application),
    Broken(Error),
}

/// The application of a shell that stays open.
#[derive(Debug)]
pub struct Session {
    folder: PathBuf,
    ambient: Ambient,
    state: RwLock<State>,
    /// The words of a kit that is not used yet. Never written by themselves.
    kit: Mutex<Option<UnusedKit>>,
    /// The kit as it was saved last.
    saved_kit: Mutex<Option<PathBuf>>,
    events: broadcast::Sender<Event>,
    /// Tells the watch that there is something to do.
    wake: Notify,
    /// What is being measured, by who asked for it.
    measures: Mutex<HashMap<String, Cancel>>,
    /// Stops what finds out what a clean-up would do.
    planning: Mutex<Cancel>,
}

impl Session {
    /// Opens what is in the data folder, as far as it can be opened by itself.
    pub async fn open(folder: &Path, ambient: Ambient) -> Self {
        let state = State::find(folder, &ambient).await;
        Self {
            folder: folder.to_owned(),
            ambient,
            state: RwLock::new(state),
            kit: Mutex::new(None),
            saved_kit: Mutex::new(None),
            events: broadcast::channel(EVENTS).0,
            wake: Notify::new(),
            measures: Mutex::new(HashMap::new()),
            planning: Mutex::new(Cancel::new()),
        }
    }

    /// What the application tells by itself, from now on.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// How far it is opened.
    pub async fn state(&self) -> AppState {
        let state = self.state.read().await;
        let (phase, problem, keychain) = match &*state {
            State::NotSetUp => (Phase::NotSetUp, None, None),
            State::Locked(_, error) => (Phase::Locked, Some(error.clone()), None),
            State::Ready(application) => (Phase::Ready, None, Some(application.keychain())),
            State::Broken(error) => (Phase::Broken, Some(error.clone()), None),
        };
        AppState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            backup_format: BACKUP_FORMAT,
            phase,
            problem,
            keychain,
            data_folder: PathText::new(&self.folder),
        }
    }

    /// The application with its secrets open.
    ///
    /// # Errors
    /// Why it is not: [`Code::NotSetUp`], [`Code::AppLocked`], or what is wrong
    /// with the database.
    pub async fn application(&self) -> Result<Application> {
        match &*self.state.read().await {
            State::Ready(application) => Ok(application.clone()),
            State::NotSetUp => Err(messages::not_set_up(&self.folder)),
            State::Locked(_, error) | State::Broken(error) => Err(error.clone()),
        }
    }

    /// What is set up here, with its secrets open or closed.
    ///
    /// # Errors
    /// [`Code::NotSetUp`], or what is wrong with the database.
    pub async fn installation(&self) -> Result<Installation> {
        match &*self.state.read().await {
            State::Ready(application) => Ok(application.installation.clone()),
            State::Locked(installation, _) => Ok(installation.clone()),
            State::NotSetUp => Err(messages::not_set_up(&self.folder)),
            State::Broken(error) => Err(error.clone()),
        }
    }

    /// Whether everything is protected. Needs no secret.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn verdict(&self) -> Result<Verdict> {
        match self.installation().await {
            Ok(installation) => installation.verdict().await,
            Err(error) if error.code == Code::NotSetUp => {
                Ok(Verdict::not_set_up(self.ambient.clock.now()))
            }
            Err(error) => Err(error),
        }
    }

    /// Opens the secrets with the words of the recovery kit.
    ///
    /// # Errors
    /// [`Code::WrongPassphrase`], or as [`Session::application`].
    pub async fn unlock(&self, words: &str) -> Result<AppState> {
        let mut state = self.state.write().await;
        let installation = match &*state {
            State::Locked(installation, _) => installation.clone(),
            State::Ready(_) => {
                drop(state);
                return Ok(self.state().await);
            }
            State::NotSetUp => return Err(messages::not_set_up(&self.folder)),
            State::Broken(error) => return Err(error.clone()),
        };
        *state = State::Ready(installation.unlock(Some(words)).await?);
        drop(state);
        self.changed(&Topic::ALL);
        Ok(self.state().await)
    }

    /// Tries the keychain, or the database, once more.
    pub async fn open_again(&self) -> AppState {
        let mut state = self.state.write().await;
        if !matches!(*state, State::Ready(_)) {
            *state = State::find(&self.folder, &self.ambient).await;
        }
        drop(state);
        self.changed(&Topic::ALL);
        self.state().await
    }

    /// Renames a damaged database, so that a new one can be begun, and says to
    /// what.
    ///
    /// # Errors
    /// When the database is not damaged, or cannot be renamed.
    pub async fn set_database_aside(&self) -> Result<String> {
        let mut state = self.state.write().await;
        match &*state {
            State::Broken(error) if error.code == Code::StoreDamaged => {}
            State::Broken(error) => return Err(error.clone()),
            _ => return Err(messages::not_damaged()),
        }
        let aside = Installation::set_aside(&self.folder, &self.ambient)?;
        *state = State::find(&self.folder, &self.ambient).await;
        drop(state);
        // How far the application is opened is asked for anew by whoever read
        // where the file lies now.
        self.changed(&Topic::STORED);
        Ok(aside.to_string_lossy().into_owned())
    }

    /// Places that could hold copies, the best first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn places(&self) -> Result<Vec<Place>> {
        match self.installation().await {
            Ok(installation) => installation.places().await,
            Err(error) if error.code == Code::NotSetUp => {
                let own = self.folder.clone();
                let found = tokio::task::spawn_blocking(move || places::places(&own, &[]));
                found.await.map_err(|_| messages::fault())
            }
            Err(error) => Err(error),
        }
    }

    /// Tries to write in a folder, and leaves nothing there.
    ///
    /// # Errors
    /// Why nothing can be written there.
    pub async fn try_place(&self, folder: &Path) -> Result<TriedPlace> {
        places::try_place(folder, &self.folder).await
    }

    /// Counts what lies below folders. Asked for again by the same `slot`, what
    /// was asked for before ends.
    ///
    /// # Errors
    /// As [`measure`](crate::measure).
    pub async fn measure(
        &self,
        slot: String,
        folders: Vec<PathText>,
        patterns: Vec<String>,
    ) -> Result<Measured> {
        let cancel = Cancel::new();
        let before = {
            let mut measures = self.measures.lock().unwrap_or_else(PoisonError::into_inner);
            measures.insert(slot, cancel.clone())
        };
        if let Some(before) = before {
            before.cancel();
        }
        crate::measure(folders, patterns, &cancel).await
    }

    /// Finds out what a clean-up would do, as [`Application::plan_clean_up`].
    /// Asked for again, what was asked for before ends.
    ///
    /// # Errors
    /// As [`Application::plan_clean_up`]; [`Code::Cancelled`] after
    /// [`Session::stop_planning`].
    pub async fn plan_clean_up(&self, destination: &str) -> Result<CleanUpPlan> {
        let application = self.application().await?;
        let cancel = self.next_planning();
        application.plan_clean_up(destination, &cancel).await
    }

    /// Stops finding out what a clean-up would do, where anybody does.
    pub fn stop_planning(&self) {
        self.next_planning();
    }

    /// Cancels what was planned before; what is planned next hears of this.
    fn next_planning(&self) -> Cancel {
        let next = Cancel::new();
        let mut planning = self.planning.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *planning, next.clone()).cancel();
        next
    }

    /// The window is gone: what was kept for it is let go.
    pub async fn window_closed(&self) {
        self.stop_planning();
        let measures = self.measures.lock().map(|mut measures| std::mem::take(&mut *measures));
        for cancel in measures.unwrap_or_default().into_values() {
            cancel.cancel();
        }
        if let Ok(application) = self.application().await {
            application.close_backups().await;
        }
    }

    /// Closes the database, and returns when it is closed. Whoever still asks
    /// is told that it cannot be read.
    pub async fn close(&self) {
        if let Ok(installation) = self.installation().await {
            installation.store.close().await;
        }
    }

    /// Tells everybody what has to be asked for anew.
    pub fn changed(&self, topics: &[Topic]) {
        // Nobody may be listening.
        let _ = self.events.send(Event::Changed(Changed { topics: topics.to_vec() }));
        self.wake.notify_one();
    }
}

impl State {
    async fn find(folder: &Path, ambient: &Ambient) -> Self {
        match Installation::find(folder, ambient.clone()).await {
            Ok(None) => Self::NotSetUp,
            Ok(Some(installation)) => match installation.clone().unlock(None).await {
                Ok(application) => Self::Ready(application),
                Err(error) if error.code == Code::AppLocked => Self::Locked(installation, error),
                Err(error) => Self::Broken(error),
            },
            Err(error) => Self::Broken(error),
        }
    }
}
