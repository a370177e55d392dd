//! The form of a destination, which is filled in before anything is set up as
//! it is afterwards.

use super::Session;
use crate::{
    Application, Cancel, Code, FieldChoice, RemoteOrder, Result, TriedRemote, WrongField,
    destinations::{Described, FOLDER},
    messages::Act,
};
use providers::Missing;

impl Session {
    /// The application, or nothing where none is set up yet.
    async fn set_up(&self) -> Result<Option<Application>> {
        match self.application().await {
            Err(error) if error.code == Code::NotSetUp => Ok(None),
            opened => opened.map(Some),
        }
    }

    /// What of an order was said wrongly, or not at all. Nothing is sent.
    ///
    /// # Errors
    /// As [`Application::wrong_settings`].
    pub async fn wrong_settings(&self, order: &RemoteOrder) -> Result<Vec<WrongField>> {
        match self.set_up().await? {
            Some(application) => application.wrong_settings(order).await,
            None => order.wrong(),
        }
    }

    /// Writes to a place that was described, reads it back, and leaves nothing
    /// there.
    ///
    /// # Errors
    /// As [`Application::try_remote`].
    pub async fn try_remote(&self, order: &RemoteOrder, cancel: &Cancel) -> Result<TriedRemote> {
        if let Some(application) = self.set_up().await? {
            return application.try_remote(order, cancel).await;
        }
        let trial = (Missing::Make, Act::AddDestination);
        Described::of(order, None)?.attempt(trial, &self.ambient, cancel).await
    }

    /// What a field can hold, as the destination says.
    ///
    /// # Errors
    /// As [`Application::remote_choices`].
    pub async fn remote_choices(
        &self,
        order: &RemoteOrder,
        field: &str,
        below: &str,
        cancel: &Cancel,
    ) -> Result<Vec<FieldChoice>> {
        if let Some(application) = self.set_up().await? {
            return application.remote_choices(order, field, below, cancel).await;
        }
        Described::of(order, Some(field))?.choices(field, below, &self.ambient, cancel).await
    }

    /// Makes a folder in a place that was described.
    ///
    /// # Errors
    /// As [`Application::make_remote_folder`].
    pub async fn make_remote_folder(
        &self,
        order: &RemoteOrder,
        folder: &str,
        cancel: &Cancel,
    ) -> Result<()> {
        if let Some(application) = self.set_up().await? {
            return application.make_remote_folder(order, folder, cancel).await;
        }
        Described::of(order, Some(FOLDER))?.make_folder(folder, &self.ambient, cancel).await
    }
}
