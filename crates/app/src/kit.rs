//! The recovery kit: the words that open the backups when this machine is gone.

use crate::{Application, Result, messages};
use serde::Serialize;

/// What is known of the kit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KitState {
    /// When two of its words were typed in, RFC 3339.
    pub confirmed_at: Option<String>,
}

impl Application {
    /// What is known of the kit.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn kit_state(&self) -> Result<KitState> {
        let row = self.store.installation().get().await.map_err(messages::store)?;
        Ok(KitState { confirmed_at: row.kit_confirmed_at.map(|at| at.to_string()) })
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

    /// Takes the words that were typed as proof that the kit is at hand.
    ///
    /// # Errors
    /// [`Code::WrongKitWord`](crate::Code::WrongKitWord).
    pub async fn confirm_kit(&self, typed: &[(usize, String)]) -> Result<KitState> {
        let passphrase = self.recovery_passphrase().await?;
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
        let now = self.ambient.clock.now();
        self.store.installation().kit_confirmed(now).await.map_err(messages::store)?;
        self.kit_state().await
    }
}
