//! The recovery kit: the words that open the backups when this machine is gone.

mod file;
#[cfg(test)]
mod tests;

use crate::{
    Application, Code, Installation, KitAnswer, RemoteOrder, Result, Security,
    destinations::{Described, VAULT, vault_in},
    messages,
};
use jiff::Zoned;
use secrets::{
    RecoveryPassphrase,
    kit::{Kit, Pdf, Place},
};
use serde::Serialize;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// What is known of the kit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KitState {
    /// When two of its words were typed in, RFC 3339.
    pub confirmed_at: Option<String>,
    /// When it was last saved as a file, RFC 3339.
    pub saved_at: Option<String>,
}

/// A destination as the kit names it.
#[derive(Clone, Debug)]
pub(crate) struct KitPlace {
    pub(crate) name: String,
    /// Its folder, or where else it is, in words.
    pub(crate) folder: PathBuf,
    /// As restic takes it.
    pub(crate) repository: PathBuf,
}

impl KitPlace {
    /// A folder of this machine.
    pub(crate) fn folder(name: String, folder: PathBuf) -> Self {
        Self { name, repository: vault_in(&folder), folder }
    }

    /// A place that is to become a destination.
    ///
    /// # Errors
    /// What was said wrongly about it.
    pub(crate) fn ordered(order: &RemoteOrder) -> Result<Self> {
        let described = Described::of(order, None)?;
        let place = described.place();
        Ok(Self {
            name: order.given_name().unwrap_or(&place).to_owned(),
            repository: described.repository(VAULT).into(),
            folder: place.into(),
        })
    }
}

/// The kit as a document to print.
///
/// # Errors
/// When a path is too long for it.
pub(crate) fn kit_pdf(
    passphrase: &RecoveryPassphrase,
    places: &[KitPlace],
    made_at: &Zoned,
    machine: &str,
) -> Result<Pdf> {
    let places: Vec<Place<'_>> = places
        .iter()
        .map(|place| Place {
            name: &place.name,
            folder: &place.folder,
            repository: &place.repository,
        })
        .collect();
    let texts = messages::kit(made_at, machine);
    let kit = Kit { passphrase, destinations: &places, texts: &texts };
    kit.to_pdf().map_err(messages::kit_not_made)
}

/// Where a kit is saved.
#[derive(Clone, Debug)]
pub(crate) enum SaveAt {
    /// At this path.
    File {
        path: PathBuf,
        /// Whether what stands there is replaced.
        replace: bool,
    },
    /// In this folder, under a name that nothing has.
    Folder(PathBuf),
}

/// Saves a kit, readable by this account only, and says where.
pub(crate) async fn save(
    passphrase: RecoveryPassphrase,
    places: Vec<KitPlace>,
    at: SaveAt,
    ambient: &model::Ambient,
) -> Result<PathBuf> {
    let made_at = ambient.clock.now_zoned();
    let random = Arc::clone(&ambient.random);
    let machine = vault::Host::current().hostname;
    let save = move || {
        let pdf = kit_pdf(&passphrase, &places, &made_at, &machine)?;
        let write = |path: &Path, replace| file::write(path, &pdf, replace, &*random);
        match at {
            SaveAt::File { path, replace } => match write(&path, replace) {
                Ok(()) => Ok(path),
                Err(error) => Err(messages::kit_not_saved(&error, &path)),
            },
            SaveAt::Folder(folder) => {
                for name in messages::kit_names() {
                    let path = folder.join(name);
                    match write(&path, false)
                        .map_err(|error| messages::kit_not_saved(&error, &path))
                    {
                        Ok(()) => return Ok(path),
                        Err(error) if error.code == Code::FileExists => {}
                        Err(error) => return Err(error),
                    }
                }
                Err(messages::fault())
            }
        }
    };
    tokio::task::spawn_blocking(save).await.map_err(|_| messages::fault())?
}

impl Installation {
    /// What is known of the kit.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn kit_state(&self) -> Result<KitState> {
        let row = self.store.installation().get().await.map_err(messages::store)?;
        Ok(KitState {
            confirmed_at: row.kit_confirmed_at.map(|at| at.to_string()),
            saved_at: row.kit_saved_at.map(|at| at.to_string()),
        })
    }
}

impl Application {
    /// Saves the kit as a document to print, readable by this account only.
    ///
    /// # Errors
    /// [`Code::FileExists`] when there is something and it should not be
    /// replaced; or when the file cannot be written.
    pub async fn save_kit(&self, path: &Path, replace: bool) -> Result<KitState> {
        self.save_kit_at(SaveAt::File { path: path.to_owned(), replace }).await?;
        self.kit_state().await
    }

    pub(crate) async fn save_kit_at(&self, at: SaveAt) -> Result<PathBuf> {
        let passphrase = self.recovery_passphrase().await?;
        let rows = self.store.destinations().list().await.map_err(messages::store)?;
        let place = |row: store::Destination| KitPlace {
            folder: crate::destinations::place_of(&row),
            repository: crate::destinations::repository_of(&row).into(),
            name: row.name,
        };
        let places = rows.into_iter().map(place).collect();
        let path = save(passphrase, places, at, &self.ambient).await?;
        let now = self.ambient.clock.now();
        self.store.installation().kit_saved(now).await.map_err(messages::store)?;
        Ok(path)
    }

    /// The words of the passphrase, for whoever asks for them.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn kit_words(&self) -> Result<Vec<String>> {
        let passphrase = self.recovery_passphrase().await?;
        Ok(passphrase.words().into_iter().map(str::to_owned).collect())
    }

    /// Which two words are asked for, counted from 0.
    ///
    /// # Errors
    /// When the passphrase cannot be read.
    pub async fn kit_questions(&self) -> Result<[usize; 2]> {
        Ok(self.recovery_passphrase().await?.questions(&*self.ambient.random))
    }

    /// The same as [`Application::confirm_kit`], as the window hands them over.
    ///
    /// # Errors
    /// [`Code::WrongKitWord`].
    pub async fn confirm_answers(&self, answers: &[KitAnswer]) -> Result<Security> {
        self.confirm_kit(&typed(answers)).await?;
        self.security().await
    }

    /// Takes the words that were typed as proof that the kit is at hand.
    ///
    /// # Errors
    /// [`Code::WrongKitWord`].
    pub async fn confirm_kit(&self, typed: &[(usize, String)]) -> Result<KitState> {
        check(&self.recovery_passphrase().await?, typed)?;
        let now = self.ambient.clock.now();
        self.store.installation().kit_confirmed(now).await.map_err(messages::store)?;
        self.kit_state().await
    }
}

/// Whether these are two words of the passphrase, each with its place counted
/// from 0.
pub(crate) fn check(passphrase: &RecoveryPassphrase, typed: &[(usize, String)]) -> Result<()> {
    let mut positions: Vec<usize> = typed.iter().map(|(position, _)| *position).collect();
    positions.sort_unstable();
    positions.dedup();
    if positions.len() < 2 {
        return Err(messages::two_words());
    }
    for (position, word) in typed {
        if !passphrase.confirm(*position, word) {
            return Err(messages::wrong_word(*position));
        }
    }
    Ok(())
}

/// Words with their places.
pub(crate) fn typed(answers: &[KitAnswer]) -> Vec<(usize, String)> {
    answers.iter().map(|answer| (answer.position, answer.word.clone())).collect()
}
