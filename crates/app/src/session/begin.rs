//! The first steps: nothing is written before the last of them.

use super::{Session, State, Topic};
use crate::{
    Application, Cancel, PlanDraft, RemoteOrder, Result,
    destinations::{Described, UnusedVault, check_names, unused_vault},
    messages::{self, Act},
    places,
    vault::{Passphrase, PathText},
};
use model::Trigger;
use providers::Missing;
use secrets::RecoveryPassphrase;
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    sync::PoisonError,
};

/// The words of a new recovery kit, and which of them are asked for.
#[derive(Clone, PartialEq, Eq, Serialize, specta::Type)]
pub struct NewKit {
    /// The words.
    pub words: Vec<String>,
    /// Two places, counted from 0.
    pub questions: Vec<usize>,
}

/// A word that was typed as proof that the kit is at hand.
#[derive(Clone, Deserialize, specta::Type)]
pub struct KitAnswer {
    /// Its place, counted from 0.
    pub position: usize,
    /// What was typed.
    pub word: String,
}

/// Everything that the first backup needs.
#[derive(Clone, Deserialize, specta::Type)]
pub struct Beginning {
    /// Name of the plan.
    pub name: String,
    /// Files and folders.
    pub sources: Vec<PathText>,
    /// Patterns of what is left out.
    pub excludes: Vec<String>,
    /// Folders for the copies.
    pub places: Vec<PathText>,
    /// Servers and clouds for them.
    pub remotes: Vec<RemoteOrder>,
    /// Two words of the kit.
    pub answers: Vec<KitAnswer>,
}

/// What was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct Begun {
    /// The plan.
    pub plan: String,
    /// Its first runs, one for each place.
    pub runs: Vec<String>,
    /// What to know about it.
    pub notes: Vec<String>,
}

impl Session {
    /// Makes the words of a new kit, the same ones until they are used. They
    /// are in memory only.
    ///
    /// # Errors
    /// [`Code::AlreadySetUp`](crate::Code::AlreadySetUp).
    pub async fn new_kit(&self) -> Result<NewKit> {
        let passphrase = self.unused_kit().await?;
        Ok(NewKit {
            words: passphrase.words().into_iter().map(str::to_owned).collect(),
            questions: passphrase.questions(&*self.ambient.random).to_vec(),
        })
    }

    pub(crate) async fn unused_kit(&self) -> Result<RecoveryPassphrase> {
        if !matches!(*self.state.read().await, State::NotSetUp) {
            return Err(messages::already_set_up(&self.folder));
        }
        let mut kit = self.kit.lock().unwrap_or_else(PoisonError::into_inner);
        let made = kit.get_or_insert_with(|| super::UnusedKit {
            passphrase: RecoveryPassphrase::generate(&*self.ambient.random),
            saved_at: None,
        });
        Ok(made.passphrase.clone())
    }

    /// Sets everything up: the key, the destinations, the plan, its first runs.
    /// What can be refused is refused before anything is written.
    ///
    /// # Errors
    /// When the words are not those of the kit, a place cannot be used, or the
    /// data folder cannot be written to.
    pub async fn begin(&self, beginning: &Beginning) -> Result<Begun> {
        let passphrase = self.unused_kit().await?;
        crate::kit::check(&passphrase, &crate::kit::typed(&beginning.answers))?;
        let draft = PlanDraft {
            name: beginning.name.clone(),
            description: String::new(),
            sources: beginning.sources.clone(),
            excludes: beginning.excludes.clone(),
            destinations: Vec::new(),
        };
        crate::plans::check(&draft).await?;
        let places: Vec<PathBuf> = beginning.places.iter().cloned().map(PathBuf::from).collect();
        if places.is_empty() && beginning.remotes.is_empty() {
            return Err(messages::plan_incomplete());
        }
        let remotes = described(&beginning.remotes)?;
        let unused = self.check_places(&places, &remotes, &passphrase).await?;
        let mut state = self.state.write().await;
        if !matches!(*state, State::NotSetUp) {
            return Err(messages::already_set_up(&self.folder));
        }
        for vault in &unused {
            vault.set_aside(&Cancel::new()).await?;
        }
        let made = Application::prepare(&self.folder, &passphrase, self.ambient.clone()).await?;
        let filled = fill(&made, beginning, draft, &places).await;
        let store = made.store.clone();
        let ended = match filled {
            Ok(filled) => self.complete(made, &passphrase).await.map(|made| (made, filled)),
            Err(error) => Err(error),
        };
        let (made, (plan, runs)) = match ended {
            Ok(ended) => ended,
            // It still counts as not set up, and can be begun again with the
            // same words: they may be on paper already.
            Err(error) => {
                store.close().await;
                return Err(error);
            }
        };
        *self.kit.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let notes = messages::keychain_note(made.keychain()).into_iter().collect();
        *state = State::Ready(made);
        drop(state);
        // How far the application is opened is in the answer: whoever began asks
        // for it anew when its notes were read.
        self.changed(&Topic::STORED);
        Ok(Begun { plan, runs, notes })
    }

    /// The last things that are written.
    async fn complete(
        &self,
        made: Application,
        passphrase: &RecoveryPassphrase,
    ) -> Result<Application> {
        let saved_at = {
            let kit = self.kit.lock().unwrap_or_else(PoisonError::into_inner);
            kit.as_ref().and_then(|kit| kit.saved_at)
        };
        if let Some(at) = saved_at {
            made.store.installation().kit_saved(at).await.map_err(messages::store)?;
        }
        made.complete(passphrase).await
    }

    /// Writes to each place and looks at what lies there. Backups of other words
    /// are of no use, and are said before anything is written. Vaults of other
    /// words that hold nothing are returned.
    async fn check_places(
        &self,
        folders: &[PathBuf],
        remotes: &[Described],
        passphrase: &RecoveryPassphrase,
    ) -> Result<Vec<UnusedVault>> {
        let words = Passphrase::of_kit(passphrase)?;
        let cancel = Cancel::new();
        let mut unused = Vec::new();
        for folder in folders {
            places::try_place(folder, &self.folder).await?;
            unused.extend(unused_vault(folder, &words, &self.ambient).await?);
        }
        for remote in remotes {
            let trial = (Missing::Make, Act::AddDestination);
            remote.attempt(trial, &self.ambient, &cancel).await?;
            unused.extend(remote.unused_vault(&words, &self.ambient, &cancel).await?);
        }
        Ok(unused)
    }
}

/// The servers of a beginning. That two of them are one, or are called the
/// same, is said before any is called.
fn described(orders: &[RemoteOrder]) -> Result<Vec<Described>> {
    let mut remotes: Vec<Described> = Vec::with_capacity(orders.len());
    for order in orders {
        let remote = Described::of(order, None)?;
        if remotes.iter().any(|other| other.is_same_place(&remote)) {
            let place = remote.place();
            let name = order.given_name().unwrap_or(&place);
            return Err(messages::destination_known(Path::new(&place), name));
        }
        remotes.push(remote);
    }
    let names: Vec<&str> = orders.iter().filter_map(RemoteOrder::given_name).collect();
    check_names(&names)?;
    Ok(remotes)
}

async fn fill(
    made: &Application,
    beginning: &Beginning,
    draft: PlanDraft,
    folders: &[PathBuf],
) -> Result<(String, Vec<String>)> {
    // The names of servers were given; folders take one that is free.
    let mut remotes = Vec::with_capacity(beginning.remotes.len());
    for order in &beginning.remotes {
        remotes.push(made.add_remote(order, None, &Cancel::new()).await?.id);
    }
    let mut destinations = Vec::with_capacity(folders.len() + remotes.len());
    for folder in folders {
        destinations.push(made.add_destination(folder, None, None).await?.id);
    }
    destinations.extend(remotes);
    let plan = made.save_plan(None, &PlanDraft { destinations, ..draft }).await?;
    made.confirm_kit(&crate::kit::typed(&beginning.answers)).await?;
    let runs = made.queue_backups(std::slice::from_ref(&plan.id), Trigger::Manual).await?;
    Ok((plan.id, runs))
}
