//! Carrying a plan out: the walk, in portions of bounded size.

use super::{
    RestorePlan, RestoreReport, Trees,
    contents::{self, blocking},
    files::FileJob,
    folders::TargetFolder,
    is_loss,
    run::{LinkJob, Run},
};
use crate::{
    error::{Error, Result},
    format::Id,
    outcome::SkipReason,
    pack::BlobKind,
    progress::Progress,
    repository::Repository,
};
use std::sync::Arc;
use storage::Cancel;

/// Contents are read when this many files, links and folders have come
/// together, or their files have this many blobs.
const ENTRIES: usize = 32_768;
const BLOBS: usize = 262_144;

/// What the walk has still to do, the next at the end.
enum Step {
    Enter(Id, Arc<TargetFolder>),
    Leave(Arc<TargetFolder>),
}

/// What has come together.
#[derive(Default)]
struct Portion {
    files: Vec<FileJob>,
    blobs: usize,
    links: Vec<LinkJob>,
    left: Vec<Arc<TargetFolder>>,
}

impl Portion {
    fn is_full(&self) -> bool {
        self.files.len() + self.links.len() + self.left.len() >= ENTRIES || self.blobs >= BLOBS
    }
}

impl Repository {
    /// Carries a plan out. What cannot be restored is listed, and everything
    /// else is.
    ///
    /// # Errors
    /// When the target cannot be used any more, the destination cannot be
    /// reached, or the work was cancelled. What has its final name by then is
    /// complete.
    pub async fn restore(
        &self,
        plan: &RestorePlan,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<RestoreReport> {
        let known = self.with_index(|index| index.contains(BlobKind::Tree, &plan.tree));
        if plan.index_incomplete && !known {
            self.salvage_index(cancel).await?;
        }
        self.know_blobs_of(&plan.tree, cancel).await?;
        progress.files_total.add(plan.files + plan.others);
        progress.bytes_total.add(plan.bytes);
        progress.set_counted();
        let (wanted, random) = (plan.clone(), Arc::clone(&self.ambient().random));
        let (shown, token) = (Arc::clone(progress), cancel.clone());
        let run = Arc::new(blocking(move || Run::new(&wanted, &*random, &shown, &token)).await??);
        self.walk_target(plan, &run, cancel).await?;
        let synced = Arc::clone(&run);
        let sync = blocking(move || synced.folders.sync());
        tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(Error::Cancelled),
            synced = sync => synced?.map_err(|error| Error::Target {
                path: plan.target.clone(),
                problem: crate::error::TargetProblem::NotWritable(super::target::in_words(&error)),
            })?,
        }
        Ok(run.take_report())
    }

    async fn walk_target(&self, plan: &RestorePlan, run: &Arc<Run>, cancel: &Cancel) -> Result<()> {
        let mut trees = Trees::new(self, cancel);
        let mut steps = vec![Step::Enter(plan.tree, run.folders.root())];
        let mut portion = Portion::default();
        while let Some(step) = steps.pop() {
            run.progress.control.go_on(cancel).await?;
            match step {
                Step::Leave(folder) => portion.left.push(folder),
                Step::Enter(tree, folder) => {
                    self.enter(&mut trees, &tree, folder, run, &mut steps, &mut portion).await?;
                    trees.ahead(steps.iter().rev().take(super::trees::LOOK_AHEAD).filter_map(
                        |step| match step {
                            Step::Enter(tree, _) => Some(*tree),
                            Step::Leave(_) => None,
                        },
                    ));
                }
            }
            if portion.is_full() {
                trees.settle().await?;
                self.complete(std::mem::take(&mut portion), run, cancel).await?;
            }
        }
        self.complete(portion, run, cancel).await
    }

    async fn enter(
        &self,
        trees: &mut Trees<'_>,
        tree: &Id,
        folder: Arc<TargetFolder>,
        run: &Arc<Run>,
        steps: &mut Vec<Step>,
        portion: &mut Portion,
    ) -> Result<()> {
        let tree = match trees.get(tree).await {
            Ok(tree) => tree,
            Err(error) if is_loss(&error) && !folder.is_root() => {
                run.skip_folder(&folder, SkipReason::Contents);
                portion.left.push(folder);
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let (shared, entered) = (Arc::clone(run), Arc::clone(&folder));
        let found = blocking(move || shared.enter(&entered, tree.nodes)).await?;
        let contents = found.files.iter().filter_map(|file| file.node.content.as_ref());
        portion.blobs += contents.map(Vec::len).sum::<usize>();
        portion.files.extend(found.files);
        portion.links.extend(found.links);
        steps.push(Step::Leave(folder));
        for child in found.folders.into_iter().rev() {
            match child.subtree() {
                Some(tree) => steps.push(Step::Enter(tree, child)),
                None => {
                    run.skip_folder(&child, SkipReason::Contents);
                    portion.left.push(child);
                }
            }
        }
        Ok(())
    }

    /// Restores the contents of what has come together, then the further names
    /// of hard links, then finishes the folders that nothing more comes into.
    async fn complete(&self, portion: Portion, run: &Arc<Run>, cancel: &Cancel) -> Result<()> {
        let Portion { mut files, mut links, left, .. } = portion;
        while !files.is_empty() || !links.is_empty() {
            contents::restore(self, run, files, cancel).await?;
            let (shared, jobs) = (Arc::clone(run), std::mem::take(&mut links));
            // A further name whose first one had no place is restored itself;
            // those that come after it are linked to it.
            let (again, later) = blocking(move || shared.link_all(jobs)).await?;
            (files, links) = (again, later);
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
        }
        let shared = Arc::clone(run);
        blocking(move || shared.finish_folders(&left)).await
    }
}
