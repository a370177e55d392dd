//! Destinations: the places backups go to.

use super::credential::{self, Sealed};
use crate::{
    Result,
    db::{Db, Query, millis, number},
    platform,
    row::{Row, Table},
};
use jiff::Timestamp;
use model::DestinationId;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

const TABLE: Table = Table { name: "destination", key: &["id"] };

/// The kind of a destination that is a folder of this machine.
const LOCAL: &str = "local";

/// Where a destination is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A folder of this machine: on its own disk, on one that is plugged in, or
    /// of a share that is mounted.
    Folder(PathBuf),
    /// Somewhere else.
    Remote(Remote),
}

/// A destination that is no folder of this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remote {
    /// How it is reached, such as `s3`.
    pub kind: String,
    /// The service, where it is a known one.
    pub preset: Option<String>,
    /// What was said about it, without secrets.
    pub settings: BTreeMap<String, String>,
}

/// A destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Its id here.
    pub id: DestinationId,
    /// What people call it; no two have the same name.
    pub name: String,
    /// Where it is.
    pub location: Location,
    /// The id in the marker that the folder holds.
    pub marker_id: String,
    /// The folder of the repository in it; empty where it is itself one.
    pub vault: String,
    /// The type of the file system, such as `ext4`, where it is known.
    pub file_system: Option<String>,
    /// The device it is on, where it is known.
    pub device: Option<String>,
    /// Whether it is on another physical device than this machine's own disk.
    pub off_disk: Option<bool>,
    /// Whether it may be unplugged.
    pub removable: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last there.
    pub last_seen_at: Option<Timestamp>,
    /// When a backup was last completed there.
    pub last_copy_at: Option<Timestamp>,
    /// Its size in bytes, when it was last seen.
    pub capacity_total: Option<u64>,
    /// The bytes free on it, when it was last seen.
    pub capacity_free: Option<u64>,
    /// The bytes that backups take there: as they were last measured, and what
    /// was added since. There together with `measured_at`.
    pub stored_bytes: Option<u64>,
    /// The bytes of that which no backup needed when it was last measured.
    pub reclaimable_bytes: Option<u64>,
    /// When that was last measured.
    pub measured_at: Option<Timestamp>,
    /// How long it took to answer when it was last tried, in milliseconds.
    pub latency_ms: Option<u64>,
}

impl Destination {
    /// Its folder, where it is one of this machine.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match &self.location {
            Location::Folder(folder) => Some(folder),
            Location::Remote(_) => None,
        }
    }
}

/// The destinations.
#[derive(Clone, Copy)]
pub struct Destinations<'a>(pub(crate) &'a Db);

impl Destinations<'_> {
    /// Adds a destination.
    ///
    /// # Errors
    /// [`Error::Taken`](crate::Error::Taken) when the name or the id is there
    /// already; otherwise when the database fails.
    pub async fn insert(&self, destination: &Destination) -> Result<()> {
        self.0.change(insert(destination)?).await.map(drop)
    }

    /// Adds a destination together with its secrets: both or neither.
    ///
    /// # Errors
    /// As [`Destinations::insert`].
    pub async fn insert_with(&self, destination: &Destination, secrets: Sealed<'_>) -> Result<()> {
        let mut work = self.0.writing().await?;
        work.change(insert(destination)?).await?;
        work.change(credential::put(&secrets)).await?;
        work.commit().await
    }

    /// Replaces what was said about a destination together with its secrets:
    /// both or neither. Says whether it was there.
    ///
    /// # Errors
    /// As [`Destinations::insert`].
    pub async fn say_anew(
        &self,
        id: DestinationId,
        name: &str,
        remote: &Remote,
        secrets: Sealed<'_>,
    ) -> Result<bool> {
        let change = sqlx::query(
            "UPDATE destination SET name = ?2, kind = ?3, settings = ?4, preset = ?5
             WHERE id = ?1",
        );
        let change = change.bind(id.to_string()).bind(name).bind(&remote.kind);
        let change = change.bind(settings(remote)).bind(&remote.preset);
        let mut work = self.0.writing().await?;
        let was_there = work.change(change).await? > 0;
        if was_there {
            work.change(credential::put(&secrets)).await?;
        }
        work.commit().await?;
        Ok(was_there)
    }

    /// Replaces everything about a destination, and says whether it was there.
    ///
    /// # Errors
    /// As [`Destinations::insert`].
    pub async fn update(&self, destination: &Destination) -> Result<bool> {
        Ok(self.0.change(update(destination)?).await? > 0)
    }

    /// One destination.
    ///
    /// # Errors
    /// When the database fails or the row cannot be read.
    pub async fn get(&self, id: DestinationId) -> Result<Option<Destination>> {
        let find = sqlx::query("SELECT * FROM destination WHERE id = ?").bind(id.to_string());
        self.0.row(TABLE, find).await?.as_ref().map(destination).transpose()
    }

    /// The destination of that name.
    ///
    /// # Errors
    /// When the database fails or the row cannot be read.
    pub async fn by_name(&self, name: &str) -> Result<Option<Destination>> {
        let find = sqlx::query("SELECT * FROM destination WHERE name = ?").bind(name);
        self.0.row(TABLE, find).await?.as_ref().map(destination).transpose()
    }

    /// All destinations, in the order in which they were added.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn list(&self) -> Result<Vec<Destination>> {
        let find = sqlx::query("SELECT * FROM destination ORDER BY created_at, id");
        self.0.rows(TABLE, find).await?.iter().map(destination).collect()
    }

    /// Forgets a destination, and says whether it was there. Runs keep its name.
    ///
    /// # Errors
    /// [`Error::Reference`](crate::Error::Reference) while a plan goes there;
    /// otherwise when the database fails.
    pub async fn delete(&self, id: DestinationId) -> Result<bool> {
        Ok(self.0.change(delete(id)).await? > 0)
    }

    /// Forgets a destination together with its secrets, and says whether it was
    /// there.
    ///
    /// # Errors
    /// As [`Destinations::delete`].
    pub async fn delete_with(&self, id: DestinationId, secrets: &str) -> Result<bool> {
        let mut work = self.0.writing().await?;
        let was_there = work.change(delete(id)).await? > 0;
        work.change(credential::delete(secrets)).await?;
        work.commit().await?;
        Ok(was_there)
    }

    /// Remembers that a destination was there, and how much room it has.
    /// A size of `None` leaves what was known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seen(
        &self,
        id: DestinationId,
        at: Timestamp,
        total: Option<u64>,
        free: Option<u64>,
    ) -> Result<bool> {
        let seen = sqlx::query(
            "UPDATE destination SET last_seen_at = ?,
                 capacity_total = COALESCE(?, capacity_total),
                 capacity_free = COALESCE(?, capacity_free)
             WHERE id = ?",
        );
        let seen = seen.bind(millis(at)).bind(total.map(number)).bind(free.map(number));
        Ok(self.0.change(seen.bind(id.to_string())).await? > 0)
    }

    /// Remembers how long it took to answer, in milliseconds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answered(&self, id: DestinationId, latency_ms: u64) -> Result<bool> {
        let answered = sqlx::query("UPDATE destination SET latency_ms = ? WHERE id = ?");
        Ok(self.0.change(answered.bind(number(latency_ms)).bind(id.to_string())).await? > 0)
    }

    /// Remembers that a backup was completed there, which added `stored` bytes
    /// to what was measured, where anything was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn copied(&self, id: DestinationId, at: Timestamp, stored: u64) -> Result<bool> {
        // What has never been measured stays unknown: NULL and a number is NULL.
        let copied = sqlx::query(
            "UPDATE destination SET last_copy_at = ?, stored_bytes = stored_bytes + ?
             WHERE id = ?",
        );
        let copied = copied.bind(millis(at)).bind(number(stored)).bind(id.to_string());
        Ok(self.0.change(copied).await? > 0)
    }

    /// Remembers how many bytes backups take there, and how many of them no
    /// backup needs, where that is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn measured(
        &self,
        id: DestinationId,
        at: Timestamp,
        stored: u64,
        reclaimable: Option<u64>,
    ) -> Result<bool> {
        let measured = sqlx::query(
            "UPDATE destination SET measured_at = ?, stored_bytes = ?, reclaimable_bytes = ?
             WHERE id = ?",
        );
        let measured = measured.bind(millis(at)).bind(number(stored)).bind(reclaimable.map(number));
        Ok(self.0.change(measured.bind(id.to_string())).await? > 0)
    }
}

/// Forgets a destination.
fn delete(id: DestinationId) -> Query<'static> {
    sqlx::query("DELETE FROM destination WHERE id = ?").bind(id.to_string())
}

/// Adds a destination.
fn insert(destination: &Destination) -> Result<Query<'_>> {
    let insert = sqlx::query(
        "INSERT INTO destination (
             id, name, kind, path, settings, preset, marker_id, vault, file_system, device, off_disk,
             removable, created_at, last_seen_at, last_copy_at, capacity_total,
             capacity_free, stored_bytes, reclaimable_bytes, measured_at, latency_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    bind(insert, destination)
}

/// Replaces everything about a destination.
fn update(destination: &Destination) -> Result<Query<'_>> {
    let update = sqlx::query(
        "UPDATE destination SET
             name = ?2, kind = ?3, path = ?4, settings = ?5, preset = ?6,
             marker_id = ?7, vault = ?8, file_system = ?9, device = ?10,
             off_disk = ?11, removable = ?12, created_at = ?13, last_seen_at = ?14,
             last_copy_at = ?15, capacity_total = ?16, capacity_free = ?17,
             stored_bytes = ?18, reclaimable_bytes = ?19, measured_at = ?20,
             latency_ms = ?21
         WHERE id = ?1",
    );
    bind(update, destination)
}

/// What was said, as it is kept. A map of texts can always be written down.
fn settings(remote: &Remote) -> String {
    serde_json::to_string(&remote.settings).unwrap_or_default()
}

fn bind<'q>(query: Query<'q>, destination: &'q Destination) -> Result<Query<'q>> {
    let (kind, path, remote) = match &destination.location {
        Location::Folder(folder) => (LOCAL, Some(platform::path_to_bytes(folder)?), None),
        Location::Remote(remote) => (&*remote.kind, None, Some(remote)),
    };
    Ok(query
        .bind(destination.id.to_string())
        .bind(&destination.name)
        .bind(kind)
        .bind(path)
        .bind(remote.map(settings))
        .bind(remote.and_then(|remote| remote.preset.as_deref()))
        .bind(&destination.marker_id)
        .bind(&destination.vault)
        .bind(&destination.file_system)
        .bind(&destination.device)
        .bind(destination.off_disk)
        .bind(destination.removable)
        .bind(millis(destination.created_at))
        .bind(destination.last_seen_at.map(millis))
        .bind(destination.last_copy_at.map(millis))
        .bind(destination.capacity_total.map(number))
        .bind(destination.capacity_free.map(number))
        .bind(destination.stored_bytes.map(number))
        .bind(destination.reclaimable_bytes.map(number))
        .bind(destination.measured_at.map(millis))
        .bind(destination.latency_ms.map(number)))
}

fn destination(row: &Row) -> Result<Destination> {
    let kind: String = row.get("kind")?;
    let location = match &*kind {
        LOCAL => Location::Folder(row.get("path")?),
        _ => Location::Remote(Remote {
            settings: row.get("settings")?,
            preset: row.get("preset")?,
            kind,
        }),
    };
    Ok(Destination {
        id: row.get("id")?,
        name: row.get("name")?,
        location,
        marker_id: row.get("marker_id")?,
        vault: row.get("vault")?,
        file_system: row.get("file_system")?,
        device: row.get("device")?,
        off_disk: row.get("off_disk")?,
        removable: row.get("removable")?,
        created_at: row.get("created_at")?,
        last_seen_at: row.get("last_seen_at")?,
        last_copy_at: row.get("last_copy_at")?,
        capacity_total: row.get("capacity_total")?,
        capacity_free: row.get("capacity_free")?,
        stored_bytes: row.get("stored_bytes")?,
        reclaimable_bytes: row.get("reclaimable_bytes")?,
        measured_at: row.get("measured_at")?,
        latency_ms: row.get("latency_ms")?,
    })
}
