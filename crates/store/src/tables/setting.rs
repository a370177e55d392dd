//! Settings: words and their values. What they mean is not known here.

use crate::{Result, db::Db, row::Table};
use std::collections::BTreeMap;

const TABLE: Table = Table { name: "setting", key: &["key"] };

/// The settings that were changed.
#[derive(Clone, Copy)]
pub struct Settings<'a>(pub(crate) &'a Db);

impl Settings<'_> {
    /// The value of one setting.
    ///
    /// # Errors
    /// When the database fails or the value cannot be read.
    pub async fn get(&self, key: &str) -> Result<Option<String>> {
        let find = sqlx::query("SELECT * FROM setting WHERE key = ?").bind(key);
        self.0.row(TABLE, find).await?.map(|row| row.get("value")).transpose()
    }

    /// Sets one setting.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set(&self, key: &str, value: &str) -> Result<()> {
        let set = sqlx::query(
            "INSERT INTO setting (key, value) VALUES (?, ?)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        );
        self.0.change(set.bind(key).bind(value)).await.map(drop)
    }

    /// All of them.
    ///
    /// # Errors
    /// When the database fails or a value cannot be read.
    pub async fn all(&self) -> Result<BTreeMap<String, String>> {
        let rows = self.0.rows(TABLE, sqlx::query("SELECT * FROM setting")).await?;
        rows.iter().map(|row| Ok((row.get("key")?, row.get("value")?))).collect()
    }

    /// Forgets one setting, so that its default counts again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&self, key: &str) -> Result<bool> {
        let delete = sqlx::query("DELETE FROM setting WHERE key = ?").bind(key);
        Ok(self.0.change(delete).await? > 0)
    }
}
