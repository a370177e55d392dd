//! Backups come back as they were.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use common::{back_up, in_memory};
use std::{path::Path, sync::Arc};
use storage::Cancel;
use tests::{
    compare::{Tolerance, assert_same},
    odd_tree::OddTree,
};
use vault::{Outcome, Progress, Repository, RestoreOptions, RestoreReport, format::Snapshot};

/// Plans and restores.
async fn restore(
    repository: &Repository,
    snapshot: &Snapshot,
    options: &RestoreOptions,
) -> vault::Result<RestoreReport> {
    let cancel = Cancel::new();
    let plan = repository.plan_restore(snapshot, options, &cancel).await?;
    repository.restore(&plan, &Arc::new(Progress::default()), &cancel).await
}

/// `path` as it is laid out below `target`.
fn below(target: &Path, path: &Path) -> std::path::PathBuf {
    target.join(path.strip_prefix("/").unwrap())
}

fn into(target: &Path) -> RestoreOptions {
    RestoreOptions { target: target.to_owned(), ..RestoreOptions::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_odd_thing_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let (source, target) = (folder.join("source"), folder.join("target"));
    OddTree::default().build(&source).unwrap();
    let (_, repository) = in_memory().await;
    let report = back_up(&repository, &source).await.unwrap();
    assert_eq!(report.skipped, []);
    let restored = restore(&repository, &report.snapshot, &into(&target)).await.unwrap();
    assert_eq!(restored.skipped, []);
    assert_eq!(restored.outcome(), Outcome::Succeeded);
    let tolerance = Tolerance { missing_sockets: true, filled_holes: false };
    assert_same(&source, &below(&target, &source), tolerance);
}
