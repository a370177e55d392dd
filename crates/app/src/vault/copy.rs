//! Copying backups from one repository to another.

use super::{Created, NamedBackup, Outcome, Passphrase, Vault, list::short};
use crate::{
    Ambient, Cancel, Code, Error, Result,
    messages::{self, Act},
};
use jiff::Timestamp;
use serde::Serialize;
use std::{path::Path, sync::Arc};
use vault::{
    Progress,
    copy::{Copied, CopyError, CopyOptions, Side, Sizes, Uncopied},
    format::{Id, Snapshot},
};

/// A backup that is in both repositories, or would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CopiedBackup {
    /// What it is where it is copied from.
    #[serde(flatten)]
    pub backup: NamedBackup,
    /// Its id where it is copied to; none where nothing was done.
    pub copy_id: Option<String>,
}

/// A backup that was not copied, because it is not whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UncopiedBackup {
    /// Its id.
    pub id: String,
    /// The beginning of it, which is enough to name it.
    pub short_id: String,
    /// When it was made, RFC 3339, where that can be read.
    pub time: Option<String>,
    /// What is wrong, for programs.
    pub code: Code,
    /// What is wrong, for people.
    pub message: String,
}

/// What a copy did, or would do. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CopySummary {
    /// How it ended; `partial` when backups are not whole.
    pub outcome: Outcome,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// The backups that were copied, oldest first.
    pub copied: Vec<CopiedBackup>,
    /// Those that were there already.
    pub already: Vec<CopiedBackup>,
    /// Those that are not whole. A dry run does not read the contents of files,
    /// so it finds less.
    pub uncopied: Vec<UncopiedBackup>,
    /// Parts of files that were stored.
    pub data_blobs: u64,
    /// Folders that were stored.
    pub tree_blobs: u64,
    /// The size of both, compressed and encrypted.
    pub bytes: u64,
    /// How long it took.
    pub duration_seconds: f64,
}

impl Vault {
    /// Makes a repository in `folder` as [`Vault::init`] does, which cuts files
    /// as `like` does: copies between the two then share what is the same.
    ///
    /// # Errors
    /// As [`Vault::init`].
    pub async fn init_like(
        folder: &Path,
        passphrase: &Passphrase,
        like: &Self,
        ambient: Ambient,
        cancel: &Cancel,
    ) -> Result<Created> {
        let polynomial = Some(like.repository.config().chunker_polynomial);
        Self::init_with(folder, passphrase, polynomial, ambient, cancel).await
    }

    /// Finds which of the `backups` of another repository this one lacks, and
    /// how much of them; all when none is named. Changes nothing.
    ///
    /// # Errors
    /// When one that is named is not there, or one of the repositories cannot
    /// be read.
    pub async fn preview_copy(
        &self,
        from: &Self,
        backups: &[String],
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<CopySummary> {
        let (started, options) = (self.ambient.clock.now(), &options(backups));
        let planned = from.locked_if_possible(cancel, |cancel| async move {
            let both = self.locked_if_possible(&cancel, |cancel| async move {
                let to = &self.repository;
                told(from.repository.plan_copy(to, options, progress, &cancel).await)
            });
            // What befalls the lock of this one is told as such.
            told(both.await.unwrap_or_else(|error| Err(of_destination(error))))
        });
        let planned = planned.await.map_err(from.failed(Act::Copy))?;
        let plan = planned.map_err(|error| self.copy_failed(from, error))?;
        let would = |(id, snapshot): &(Id, Snapshot)| CopiedBackup {
            backup: named(id, snapshot),
            copy_id: None,
        };
        let copied = plan.copy.iter().map(would).collect();
        let rest = (&plan.there[..], &plan.uncopied[..], plan.sizes);
        Ok(CopySummary { dry_run: true, ..self.copy_summary(copied, rest, started) })
    }

    /// Copies `backups` of another repository to this one; all when none is
    /// named. What is there already is not copied again, and nothing that is
    /// damaged is copied.
    ///
    /// # Errors
    /// When one that is named is not there, one of the repositories fails, or
    /// [`Code::Locked`] when another program holds one of them.
    pub async fn copy(
        &self,
        from: &Self,
        backups: &[String],
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<CopySummary> {
        let (started, options) = (self.ambient.clock.now(), &options(backups));
        // Where no lock can be had, nobody can remove anything either.
        let copied = from.locked_if_possible(cancel, |cancel| async move {
            let (to, host) = (&self.repository, &self.host);
            told(from.repository.copy_to(to, options, host, progress, &cancel).await)
        });
        let copied = copied.await.map_err(from.failed(Act::Copy))?;
        let report = copied.map_err(|error| self.copy_failed(from, error))?;
        let copied = report.copied.iter().map(copied_backup).collect();
        let rest = (&report.there[..], &report.uncopied[..], report.sizes);
        Ok(self.copy_summary(copied, rest, started))
    }

    fn copy_summary(
        &self,
        copied: Vec<CopiedBackup>,
        (there, uncopied, sizes): (&[Copied], &[Uncopied], Sizes),
        started: Timestamp,
    ) -> CopySummary {
        let all = uncopied.is_empty();
        CopySummary {
            outcome: if all { Outcome::Succeeded } else { Outcome::Partial },
            dry_run: false,
            copied,
            already: there.iter().map(copied_backup).collect(),
            uncopied: uncopied.iter().map(uncopied_backup).collect(),
            data_blobs: sizes.data_blobs,
            tree_blobs: sizes.tree_blobs,
            bytes: sizes.bytes,
            duration_seconds: self.seconds_since(started),
        }
    }

    /// Says what went wrong, and where.
    fn copy_failed(&self, from: &Self, CopyError { side, error }: CopyError) -> Error {
        match side {
            Side::Source => from.failed(Act::Copy)(error),
            Side::Destination => self.failed(Act::Copy)(error),
        }
    }
}

fn options(backups: &[String]) -> CopyOptions {
    CopyOptions { snapshots: backups.to_vec(), ..CopyOptions::default() }
}

/// Hands a failure through whoever holds a lock, but for one that may be about
/// that lock.
fn told<T>(done: Result<T, CopyError>) -> vault::Result<Result<T, CopyError>> {
    match done {
        Err(CopyError { error: vault::Error::Cancelled, .. }) => Err(vault::Error::Cancelled),
        done => Ok(done),
    }
}

fn of_destination(error: vault::Error) -> CopyError {
    CopyError { side: Side::Destination, error }
}

fn copied_backup(Copied { id, copy, snapshot }: &Copied) -> CopiedBackup {
    CopiedBackup { backup: named(id, snapshot), copy_id: Some(copy.to_string()) }
}

fn named(id: &Id, snapshot: &Snapshot) -> NamedBackup {
    let id = id.to_string();
    NamedBackup {
        short_id: short(&id),
        id,
        time: snapshot.time.to_string(),
        hostname: snapshot.hostname.clone(),
        paths: snapshot.paths.clone(),
        tags: snapshot.tags.clone(),
    }
}

fn uncopied_backup(Uncopied { id, snapshot, error }: &Uncopied) -> UncopiedBackup {
    let (id, (code, message)) = (id.to_string(), messages::not_whole(error));
    UncopiedBackup {
        short_id: short(&id),
        id,
        time: snapshot.as_ref().map(|snapshot| snapshot.time.to_string()),
        code,
        message,
    }
}
