//! The slots of the master key: the same key, wrapped in different ways.

use crate::{
    Result,
    db::{Db, millis},
    row::Table,
};
use jiff::Timestamp;
use model::KeySlotKind;
use std::fmt;

const TABLE: Table = Table { name: "key_slot", key: &["kind"] };

/// A slot.
#[derive(Clone, PartialEq, Eq)]
pub struct KeySlot {
    /// What opens it.
    pub kind: KeySlotKind,
    /// The wrapped key, in a form that is not known here.
    pub content: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl fmt::Debug for KeySlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySlot").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The slots of the master key.
#[derive(Clone, Copy)]
pub struct KeySlots<'a>(pub(crate) &'a Db);

impl KeySlots<'_> {
    /// Fills a slot, instead of what was in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put(&self, kind: KeySlotKind, content: &[u8], at: Timestamp) -> Result<()> {
        let put = sqlx::query(
            "INSERT INTO key_slot (kind, content, created_at) VALUES (?, ?, ?)
             ON CONFLICT (kind) DO UPDATE
             SET content = excluded.content, created_at = excluded.created_at",
        );
        let put = put.bind(kind.as_str()).bind(content).bind(millis(at));
        self.0.change(put).await.map(drop)
    }

    /// What is in a slot.
    ///
    /// # Errors
    /// When the database fails or the row cannot be read.
    pub async fn get(&self, kind: KeySlotKind) -> Result<Option<KeySlot>> {
        let find = sqlx::query("SELECT * FROM key_slot WHERE kind = ?").bind(kind.as_str());
        let Some(row) = self.0.row(TABLE, find).await? else { return Ok(None) };
        Ok(Some(KeySlot {
            kind: row.get("kind")?,
            content: row.get("content")?,
            created_at: row.get("created_at")?,
        }))
    }

    /// Empties a slot and says whether there was anything in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&self, kind: KeySlotKind) -> Result<bool> {
        let delete = sqlx::query("DELETE FROM key_slot WHERE kind = ?").bind(kind.as_str());
        Ok(self.0.change(delete).await? > 0)
    }
}
