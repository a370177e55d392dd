//! What the owner chose, beside plans: whether to be told of failures, and how
//! safe the secrets are.

use crate::{Application, Installation, KeychainState, Result, messages};
use serde::Serialize;

/// Whether failures are told by the desktop. Off when it says `off`.
const NOTIFICATIONS: &str = "notifications";

/// How safe the secrets are, and the way back to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct Security {
    /// Where the key lies.
    pub keychain: KeychainState,
    /// When the recovery kit was saved to be printed, RFC 3339.
    pub kit_saved_at: Option<String>,
    /// When two of its words were typed in, RFC 3339.
    pub kit_confirmed_at: Option<String>,
}

impl Application {
    /// How safe the secrets are.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn security(&self) -> Result<Security> {
        let kit = self.kit_state().await?;
        Ok(Security {
            keychain: self.keychain(),
            kit_saved_at: kit.saved_at,
            kit_confirmed_at: kit.confirmed_at,
        })
    }
}

impl Installation {
    /// Whether the desktop tells of failures.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn notifications(&self) -> Result<bool> {
        let value = self.store.settings().get(NOTIFICATIONS).await.map_err(messages::store)?;
        Ok(value.as_deref() != Some("off"))
    }

    /// Chooses whether the desktop tells of failures.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn set_notifications(&self, on: bool) -> Result<()> {
        let value = if on { "on" } else { "off" };
        self.store.settings().set(NOTIFICATIONS, value).await.map_err(messages::store)
    }
}
