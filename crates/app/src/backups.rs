//! What lies at destinations: backups, and the files in them.

use crate::{
    Application, Cancel, Result,
    disk::Room,
    folders::ItemKind,
    messages,
    runs::{RestoreOrder, wanted},
    vault::{Entry, PathText, Vault},
};
use jiff::Timestamp;
use model::DestinationId;
use serde::Serialize;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};
use store::Destination;
use tokio::sync::Mutex;

/// The tag of the plan that made a backup.
pub(crate) const PLAN_TAG: &str = "ks:plan=";

/// A backup at a destination. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct BackupEntry {
    /// Its id.
    pub id: String,
    /// The beginning of it.
    pub short_id: String,
    /// When it was made, RFC 3339.
    pub time: String,
    /// The machine.
    pub hostname: String,
    /// The account there.
    pub username: String,
    /// What was backed up.
    pub paths: Vec<String>,
    /// The id of the plan that made it.
    pub plan: Option<String>,
    /// The name of that plan, where it is known here.
    pub plan_name: Option<String>,
    /// How many files it holds, where that was written down.
    pub files: Option<u64>,
    /// Their size.
    pub bytes: Option<u64>,
}

/// Something in a folder of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct BackupItem {
    /// Its path in the backup.
    pub path: PathText,
    /// The last part of it.
    pub name: String,
    /// What it is.
    pub kind: ItemKind,
    /// Size in bytes; 0 for what is no file.
    pub size: u64,
    /// When it was last changed, RFC 3339.
    pub modified: String,
}

/// What a restore would do. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct RestorePreview {
    /// The folder below which it happens.
    pub target: PathText,
    /// Files.
    pub files: u64,
    /// Folders.
    pub folders: u64,
    /// Links, pipes and devices.
    pub others: u64,
    /// Size of all files.
    pub bytes: u64,
    /// How many things stand where something is restored to.
    pub conflicts: u64,
    /// The first of them.
    pub conflict_examples: Vec<String>,
    /// Folders of the backup that cannot be read.
    pub unreadable: Vec<String>,
    /// What is left where it goes to.
    pub free: Option<u64>,
}

/// The destination that is being looked through: to open one takes a second.
#[derive(Clone, Debug, Default)]
pub(crate) struct OpenVault(Arc<Mutex<Option<Open>>>);

#[derive(Debug)]
struct Open {
    destination: DestinationId,
    vault: Arc<Vault>,
}

impl Application {
    /// Lets go of the destination that was looked through last.
    pub async fn close_backups(&self) {
        *self.open.0.lock().await = None;
    }

    async fn look_through(&self, row: &Destination, cancel: &Cancel) -> Result<Arc<Vault>> {
        let mut open = self.open.0.lock().await;
        if !self.look_at(row).await {
            *open = None;
            return Err(messages::not_here(&row.name, &crate::destinations::place_of(row)));
        }
        if let Some(open) = open.as_ref().filter(|open| open.destination == row.id) {
            return Ok(Arc::clone(&open.vault));
        }
        // Somebody is waiting for it.
        let vault = Arc::new(self.open_vault_within(row, Arc::default(), cancel).await?);
        *open = Some(Open { destination: row.id, vault: Arc::clone(&vault) });
        Ok(vault)
    }

    /// The backups at a destination, the newest first.
    ///
    /// # Errors
    /// When there is no such destination, or it cannot be read.
    pub async fn backups(&self, destination: &str, cancel: &Cancel) -> Result<Vec<BackupEntry>> {
        let row = self.find_destination(destination).await?;
        let vault = self.look_through(&row, cancel).await?;
        let plans = self.store.plans().list().await.map_err(messages::store)?;
        let names: HashMap<String, String> =
            plans.into_iter().map(|plan| (plan.id.to_string(), plan.name)).collect();
        let mut found = vault.list(cancel).await?;
        // By the moment: the texts are of different zones.
        found.sort_by_cached_key(|backup| {
            std::cmp::Reverse(backup.time.parse::<Timestamp>().unwrap_or(Timestamp::MIN))
        });
        let entry = |backup: crate::vault::BackupEntry| {
            let plan = backup.tags.iter().find_map(|tag| tag.strip_prefix(PLAN_TAG));
            BackupEntry {
                plan_name: plan.and_then(|plan| names.get(plan).cloned()),
                plan: plan.map(str::to_owned),
                files: backup.summary.as_ref().map(|counts| counts.total_files_processed),
                bytes: backup.summary.as_ref().map(|counts| counts.total_bytes_processed),
                id: backup.id,
                short_id: backup.short_id,
                time: backup.time,
                hostname: backup.hostname,
                username: backup.username,
                paths: backup.paths,
            }
        };
        Ok(found.into_iter().map(entry).collect())
    }

    /// What lies in a folder of a backup, folders first, then by name. Without
    /// a path: what was backed up.
    ///
    /// # Errors
    /// When there is no such destination, backup or folder, or it cannot be
    /// read.
    pub async fn backup_folder(
        &self,
        destination: &str,
        backup: &str,
        path: Option<PathText>,
        cancel: &Cancel,
    ) -> Result<Vec<BackupItem>> {
        let row = self.find_destination(destination).await?;
        let vault = self.look_through(&row, cancel).await?;
        let Some(path) = path else { return tops(&vault, backup, cancel).await };
        let mut items = contents(&vault, backup, Some(&PathBuf::from(path)), cancel).await?;
        items.sort_by_cached_key(|item| {
            (item.kind != ItemKind::Folder, item.name.to_lowercase(), item.name.clone())
        });
        Ok(items)
    }

    /// What a restore would do. Writes nothing.
    ///
    /// # Errors
    /// When there is no such backup or path, or the target cannot be used.
    pub async fn preview_restore(
        &self,
        order: &RestoreOrder,
        cancel: &Cancel,
    ) -> Result<RestorePreview> {
        let preview = self.foresee_restore(order, cancel).await?;
        let target = PathBuf::from(order.target());
        let there = target.ancestors().find(|folder| folder.exists());
        Ok(RestorePreview {
            free: there.and_then(|folder| Room::at(folder).free),
            target: order.target(),
            files: preview.files,
            folders: preview.folders,
            others: preview.others,
            bytes: preview.bytes,
            conflicts: preview.conflicts,
            conflict_examples: preview.conflict_examples,
            unreadable: preview.unreadable,
        })
    }

    /// The same with the id of the backup and the folders that are left out.
    ///
    /// # Errors
    /// As [`Application::preview_restore`].
    pub async fn foresee_restore(
        &self,
        order: &RestoreOrder,
        cancel: &Cancel,
    ) -> Result<crate::vault::RestorePreview> {
        let row = self.find_destination(&order.destination).await?;
        let vault = self.look_through(&row, cancel).await?;
        let plan = match &order.plan {
            Some(plan) => Some(self.find_plan(plan).await?),
            None => None,
        };
        let of = plan.as_ref().map(|plan| (plan.id, plan.name.as_str()));
        let backup = wanted(&vault, &order.backup, of, &row.name, cancel).await?;
        let request = order.request(backup, self.never(&row));
        Ok(vault.plan_restore(request, cancel).await?.preview())
    }
}

/// What was backed up, each with its whole path. Where another program wrote
/// something else there, what lies at the top.
async fn tops(vault: &Vault, backup: &str, cancel: &Cancel) -> Result<Vec<BackupItem>> {
    let snapshot = vault.list(cancel).await?.into_iter().find(|found| found.id == backup);
    let paths = snapshot.map(|snapshot| snapshot.paths).unwrap_or_default();
    let mut tops = Vec::with_capacity(paths.len());
    for path in paths.iter().map(Path::new) {
        let Some(above) = path.parent() else { continue };
        // What lies above a source is only passed through, and small.
        let beside = contents(vault, backup, Some(above), cancel).await;
        let found = beside.unwrap_or_default().into_iter();
        tops.extend(found.filter(|item| Path::new(&item.path.path) == path));
    }
    if tops.len() == paths.len() && !tops.is_empty() {
        return Ok(tops);
    }
    contents(vault, backup, None, cancel).await
}

async fn contents(
    vault: &Vault,
    backup: &str,
    path: Option<&Path>,
    cancel: &Cancel,
) -> Result<Vec<BackupItem>> {
    let mut items = Vec::new();
    let mut take = |entry: Entry| {
        // The folder itself comes before what is in it.
        let itself = path.is_some_and(|path| path == PathBuf::from(entry.path.clone()));
        if !itself || entry.kind != "dir" {
            items.push(item(entry));
        }
        std::ops::ControlFlow::Continue(())
    };
    vault.browse(backup, path, false, &mut take, cancel).await?;
    Ok(items)
}

fn item(entry: Entry) -> BackupItem {
    BackupItem {
        kind: match entry.kind.as_str() {
            "dir" => ItemKind::Folder,
            "file" => ItemKind::File,
            "symlink" => ItemKind::Link,
            _ => ItemKind::Other,
        },
        path: entry.path,
        name: entry.name,
        size: entry.size,
        modified: entry.mtime,
    }
}
