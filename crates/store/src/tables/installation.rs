//! The one row about this installation. It is made with the database.

use crate::{
    Result,
    db::{Db, millis},
    row::Table,
};
use jiff::Timestamp;
use model::MachineId;

const TABLE: Table = Table { name: "installation", key: &["only"] };

/// This installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// Its id, which its backups carry.
    pub machine: MachineId,
    /// When the database was made.
    pub created_at: Timestamp,
    /// When the recovery kit was last saved or printed.
    pub kit_saved_at: Option<Timestamp>,
    /// When two of its words were last typed in.
    pub kit_confirmed_at: Option<Timestamp>,
    /// When a backup succeeded for the first time.
    pub first_success_at: Option<Timestamp>,
}

/// The row about this installation.
#[derive(Clone, Copy)]
pub struct Installations<'a>(pub(crate) &'a Db);

impl Installations<'_> {
    /// What is known.
    ///
    /// # Errors
    /// When the database fails or the row is gone, which no operation does.
    pub async fn get(&self) -> Result<Installation> {
        let row = self.0.row(TABLE, sqlx::query("SELECT * FROM installation")).await?;
        let row = row.ok_or_else(|| crate::Error::Corrupt { path: self.0.path.clone() })?;
        Ok(Installation {
            machine: row.get("machine_id")?,
            created_at: row.get("created_at")?,
            kit_saved_at: row.get("kit_saved_at")?,
            kit_confirmed_at: row.get("kit_confirmed_at")?,
            first_success_at: row.get("first_success_at")?,
        })
    }

    /// Remembers that the recovery kit was saved.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kit_saved(&self, at: Timestamp) -> Result<()> {
        let set = sqlx::query("UPDATE installation SET kit_saved_at = ?").bind(millis(at));
        self.0.change(set).await.map(drop)
    }

    /// Remembers that the recovery kit was confirmed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kit_confirmed(&self, at: Timestamp) -> Result<()> {
        let set = sqlx::query("UPDATE installation SET kit_confirmed_at = ?").bind(millis(at));
        self.0.change(set).await.map(drop)
    }

    /// Remembers the first success. Later ones change nothing; says whether
    /// this was the first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_success(&self, at: Timestamp) -> Result<bool> {
        let set = sqlx::query(
            "UPDATE installation SET first_success_at = ? WHERE first_success_at IS NULL",
        );
        Ok(self.0.change(set.bind(millis(at))).await? > 0)
    }
}
