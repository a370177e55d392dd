//! Backups come back as they were.

use crate::common::{back_up, in_memory};
use std::{path::Path, sync::Arc};
use storage::Cancel;
use tests::{
    compare::{Tolerance, assert_same},
    odd_tree::OddTree,
};
use vault::{
    Existing, Outcome, Progress, Repository, RestoreOptions, RestoreReport, format::Snapshot,
};

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
    let tolerance = Tolerance { missing_sockets: true, ..Tolerance::default() };
    assert_same(&source, &below(&target, &source), tolerance);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_odd_thing_is_known_again_and_replaced_whole() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let (source, target) = (folder.join("source"), folder.join("target"));
    OddTree::default().build(&source).unwrap();
    let (_, repository) = in_memory().await;
    let snapshot = back_up(&repository, &source).await.unwrap().snapshot;
    let first = restore(&repository, &snapshot, &into(&target)).await.unwrap();
    let tolerance = Tolerance { missing_sockets: true, ..Tolerance::default() };
    // Nothing comes beside what is the same already.
    let options = RestoreOptions { existing: Existing::KeepBoth, ..into(&target) };
    let again = restore(&repository, &snapshot, &options).await.unwrap();
    assert_eq!((again.skipped, again.renamed), (vec![], vec![]));
    assert_eq!((again.files, again.others, again.kept), (0, 0, first.files + first.others));
    assert_same(&source, &below(&target, &source), tolerance);
    // To where it was, as it was.
    for in_place in [false, true] {
        let existing = Existing::Overwrite;
        let options = RestoreOptions { existing, in_place, ..into(&target) };
        let over = restore(&repository, &snapshot, &options).await.unwrap();
        assert_eq!((over.files, over.others), (first.files, first.others));
        assert_eq!((over.skipped, over.kept), (vec![], 0));
        assert_same(&source, &below(&target, &source), tolerance);
    }
}
