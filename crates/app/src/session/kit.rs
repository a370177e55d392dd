//! Saving the recovery kit from the window: into the downloads, where people
//! look for what a program gave them.

use super::{Session, Topic};
use crate::{
    Code, RemoteOrder, Result,
    kit::{KitPlace, SaveAt, save},
    messages, places,
    vault::PathText,
};
use std::{path::PathBuf, sync::PoisonError};

impl Session {
    /// Writes the kit as a PDF into the downloads, and says where: before
    /// [`Session::begin`] for the places named, after it for all destinations.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn save_kit(&self, places: &[PathBuf], remotes: &[RemoteOrder]) -> Result<PathText> {
        let folder = SaveAt::Folder(downloads()?);
        let path = match self.application().await {
            Ok(application) => application.save_kit_at(folder).await?,
            Err(error) if error.code == Code::NotSetUp => {
                let place =
                    |folder: &PathBuf| KitPlace::folder(places::name_of(folder), folder.clone());
                let remotes = remotes.iter().map(KitPlace::ordered).collect::<Result<Vec<_>>>()?;
                let places = places.iter().map(place).chain(remotes).collect();
                let path = save(self.unused_kit().await?, places, folder, &self.ambient).await?;
                let now = self.ambient.clock.now();
                let mut kit = self.kit.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(kit) = kit.as_mut() {
                    kit.saved_at = Some(now);
                }
                path
            }
            Err(error) => return Err(error),
        };
        let mut saved = self.saved_kit.lock().unwrap_or_else(PoisonError::into_inner);
        *saved = Some(path.clone());
        drop(saved);
        self.changed(&[Topic::Security]);
        Ok(PathText::new(&path))
    }

    /// The PDF that was saved last.
    ///
    /// # Errors
    /// [`Code::FolderMissing`] when none was, or it is gone.
    pub fn saved_kit(&self) -> Result<PathBuf> {
        let saved = self.saved_kit.lock().unwrap_or_else(PoisonError::into_inner).clone();
        saved.filter(|path| path.is_file()).ok_or_else(messages::no_saved_kit)
    }
}

/// Where downloads go; on desktops without a record of it, the home.
fn downloads() -> Result<PathBuf> {
    let folders = directories::UserDirs::new().ok_or_else(messages::no_home)?;
    let home = folders.home_dir();
    let usual = home.join("Downloads");
    let told = folders.download_dir().map(PathBuf::from);
    Ok(told.or(Some(usual)).filter(|folder| folder.is_dir()).unwrap_or_else(|| home.to_owned()))
}
