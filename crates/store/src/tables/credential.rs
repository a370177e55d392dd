//! Credentials, each sealed under the master key with its id as associated
//! data. Nothing here can open them.

use crate::{
    Result,
    db::{Db, Query, millis},
    row::Table,
};
use jiff::Timestamp;
use std::fmt;

const TABLE: Table = Table { name: "credential", key: &["id"] };

/// A sealed credential.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// What it is called; part of what is sealed.
    pub id: String,
    /// The sealed bytes.
    pub sealed: Vec<u8>,
    /// When it was first stored.
    pub created_at: Timestamp,
    /// When it was last replaced.
    pub updated_at: Timestamp,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A credential that is about to be stored.
#[derive(Clone, Copy)]
pub struct Sealed<'a> {
    /// What it is called; part of what is sealed.
    pub id: &'a str,
    /// The sealed bytes.
    pub bytes: &'a [u8],
    /// Now.
    pub at: Timestamp,
}

impl fmt::Debug for Sealed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Stores a credential, instead of the one of that id.
pub(super) fn put<'q>(sealed: &Sealed<'q>) -> Query<'q> {
    let put = sqlx::query(
        "INSERT INTO credential (id, sealed, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)
         ON CONFLICT (id) DO UPDATE
         SET sealed = excluded.sealed, updated_at = excluded.updated_at",
    );
    put.bind(sealed.id).bind(sealed.bytes).bind(millis(sealed.at))
}

/// Removes a credential.
pub(super) fn delete(id: &str) -> Query<'_> {
    sqlx::query("DELETE FROM credential WHERE id = ?").bind(id)
}

/// The sealed credentials.
#[derive(Clone, Copy)]
pub struct Credentials<'a>(pub(crate) &'a Db);

impl Credentials<'_> {
    /// Stores a credential, instead of the one of that id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put(&self, id: &str, sealed: &[u8], at: Timestamp) -> Result<()> {
        self.0.change(put(&Sealed { id, bytes: sealed, at })).await.map(drop)
    }

    /// One credential.
    ///
    /// # Errors
    /// When the database fails or the row cannot be read.
    pub async fn get(&self, id: &str) -> Result<Option<Credential>> {
        let find = sqlx::query("SELECT * FROM credential WHERE id = ?").bind(id);
        let Some(row) = self.0.row(TABLE, find).await? else { return Ok(None) };
        Ok(Some(Credential {
            id: row.get("id")?,
            sealed: row.get("sealed")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        }))
    }

    /// Removes a credential and says whether it was there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&self, id: &str) -> Result<bool> {
        Ok(self.0.change(delete(id)).await? > 0)
    }

    /// The ids of all credentials, in order.
    ///
    /// # Errors
    /// When the database fails or an id cannot be read.
    pub async fn ids(&self) -> Result<Vec<String>> {
        let rows = self.0.rows(TABLE, sqlx::query("SELECT id FROM credential ORDER BY id")).await?;
        rows.iter().map(|row| row.get("id")).collect()
    }
}
