//! One backup from its lock to its snapshot: starts the threads, and ends it in
//! the right order.

use super::{
    BackupOptions, BackupReport, ParentChoice,
    assemble::assemble,
    budget::Budget,
    count::Count,
    exclude::Excludes,
    journal::Journal,
    large::store_chunks,
    read::Reader,
    shared::{BROKE_OFF, Run, Tally},
    sink::Sink,
    sources::Sources,
    upload::upload,
    walk::Walk,
};
use crate::{
    chunker,
    error::{Error, Result},
    format::{Id, NodeTime, Snapshot, SnapshotSummary},
    host::Host,
    layout::FileKind,
    lock::{Held, LockMode},
    outcome::Outcome,
    platform::{self, Describer, Folder, Identity},
    progress::Progress,
    repository::Repository,
};
use crossbeam_channel::Receiver;
use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};
use storage::{Cancel, buffers::Buffers};
use tokio::{runtime::Handle, sync::mpsc};

/// How many batches of files may be found ahead of being read: each keeps its
/// folder open.
const BATCHES_AHEAD: usize = 8;
/// How many events may be ahead of being put into trees: most are batches of
/// files, with some 20 KiB of nodes.
const EVENTS_AHEAD: usize = 512;
/// The memory of chunks that is kept while nobody uses it, in bytes.
const CHUNKS_KEPT: usize = 12 << 20;
/// Large files are read in segments when so many threads store chunks: it costs
/// an eighth more work (docs/decisions/0029-large-files-in-segments.md).
pub(super) const SEGMENTS_FROM: usize = 4;
/// How many packs of contents are filled side by side: threads that fill the same
/// one wait for each other, and each takes memory.
const LANES: usize = 2;
/// The stack of the walk, which descends once for every folder of a path.
const WALK_STACK: usize = 64 << 20;

impl Repository {
    /// Makes a snapshot of the sources.
    ///
    /// # Errors
    /// When no source can be read, the destination fails, another program holds
    /// the repository, or the work is cancelled. No snapshot is made then; what
    /// was stored already is found by the next backup.
    pub async fn backup(
        self: &Arc<Self>,
        options: &BackupOptions,
        host: &Host,
        progress: &Arc<Progress>,
        cancel: &Cancel,
    ) -> Result<BackupReport> {
        let excludes = Excludes::new(&options.excludes)?;
        let sources = Sources::find(&options.sources);
        if sources.paths.is_empty() {
            return Err(Error::NoSource(options.sources.clone()));
        }
        let never: Vec<_> =
            options.never.iter().filter_map(|path| std::fs::canonicalize(path).ok()).collect();
        for source in &sources.paths {
            if let Some(never) = never.iter().find(|never| source.starts_with(never)) {
                return Err(Error::SourceInDestination(source.clone(), never.clone()));
            }
        }
        self.locked(LockMode::Shared, host, cancel, |held| async move {
            progress.control.go_on(&held.cancel).await?;
            self.load_index(&held.cancel).await?;
            self.distrust_lost_packs(&held.cancel).await?;
            let parent = self.parent(options, &sources, host, &held.cancel).await?;
            self.run(options, excludes, sources, parent, host, progress, &held).await
        })
        .await
    }

    /// Forgets what the index says of packs that are missing or have another
    /// length: a backup that leant on them could not be restored.
    pub(crate) async fn distrust_lost_packs(&self, cancel: &Cancel) -> Result<()> {
        let packs = FileKind::Pack.list(self.store(), cancel).await?;
        let packs: HashMap<Id, u64> = packs.into_iter().collect();
        self.with_index_mut(|index| {
            index.forget_packs(|id, length| packs.get(id) != Some(&length));
        });
        Ok(())
    }

    /// The snapshot to compare with: the latest one of this machine with the
    /// same sources, as restic chooses it.
    async fn parent(
        &self,
        options: &BackupOptions,
        sources: &Sources,
        host: &Host,
        cancel: &Cancel,
    ) -> Result<Option<(Id, Snapshot)>> {
        match &options.parent {
            ParentChoice::None => Ok(None),
            ParentChoice::Snapshot(wanted) => self.find_snapshot(wanted, cancel).await.map(Some),
            ParentChoice::Latest => {
                let paths = path_texts(&sources.paths);
                let snapshots = self.snapshots(cancel).await?;
                Ok(snapshots.into_iter().rev().find(|(_, snapshot)| {
                    snapshot.hostname == host.hostname && snapshot.paths == paths
                }))
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one backup, each used once")]
    async fn run(
        self: &Arc<Self>,
        options: &BackupOptions,
        excludes: Excludes,
        sources: Sources,
        parent: Option<(Id, Snapshot)>,
        host: &Host,
        progress: &Arc<Progress>,
        held: &Held,
    ) -> Result<BackupReport> {
        platform::raise_open_file_limit();
        let clock = Arc::clone(&self.ambient().clock);
        let started = moment(&*clock);
        let journal = self.journal(options, &sources, host).await?;
        let (lanes, in_segments) = (lanes(options), options.threads >= SEGMENTS_FROM);
        // Packs of contents, one of trees, and a file that is read in segments.
        let budget = Budget::new(options.memory, lanes + 1 + usize::from(in_segments));
        let pack_size = self.store().capabilities().pack_size.min(budget.largest() as u64);
        let (packs, ready) = mpsc::unbounded_channel();
        let cancel = held.cancel.child_token();
        // Whatever ends this future ends the threads.
        let _stop = cancel.clone().drop_guard();
        let run = Arc::new(Run {
            repository: Arc::clone(self),
            cancel: cancel.clone(),
            progress: Arc::clone(progress),
            budget: Arc::clone(&budget),
            sink: Sink::new(Arc::clone(self), Arc::clone(progress), (pack_size, lanes), packs),
            in_segments: in_segments.then(Mutex::default),
            chunks: Buffers::keeping(CHUNKS_KEPT),
            describer: Describer::new(clock.time_zone()),
            journal: journal.clone(),
            background: options.background,
            threads: options.threads,
            reading: AtomicUsize::new(0),
            tally: Tally::default(),
            skipped: Mutex::default(),
            left_out: Mutex::default(),
            failure: Mutex::default(),
            runtime: Handle::current(),
        });
        for missing in &sources.missing {
            run.skip(missing.path.clone(), missing.reason);
        }
        let forbidden = identities(&options.never);
        let (paths, source_paths) = (path_texts(&sources.paths), sources.paths.clone());
        let parent_tree = parent.as_ref().map(|(_, snapshot)| snapshot.tree);
        let (threads, count) = (options.threads, options.count);

        let closing = async {
            cancel.cancelled().await;
            budget.close();
            std::future::pending::<()>().await;
        };
        let working = {
            let run = Arc::clone(&run);
            tokio::task::spawn_blocking(move || {
                work(&run, &excludes, &sources, &forbidden, parent_tree, threads, count)
            })
        };
        let uploading = async {
            let (named, kept) = (options.checkpoint, journal.as_ref());
            let result = upload(self, ready, named, kept, progress, &cancel).await;
            if let Err(error) = result {
                run.fail(error);
            }
        };
        let both = async {
            // The channel of packs closes when the threads have let go of the
            // sink's sender, which `work` takes away from it at its end.
            let (root, ()) = tokio::join!(working, uploading);
            root
        };
        let root = tokio::select! {
            root = both => root,
            () = closing => return Err(Error::Cancelled),
        };
        if let Some(error) = run.failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(error);
        }
        let root = root.map_err(|_| Error::Internal(BROKE_OFF))?.ok_or(Error::Cancelled)?;
        if run.read_nothing_of(&source_paths) {
            return Err(Error::NoSource(source_paths));
        }
        progress.control.go_on(&held.cancel).await?;
        self.still_held(held).await?;

        let finished = moment(&*clock);
        let summary = summary(&run, started, finished);
        let snapshot = Snapshot {
            time: started,
            parent: parent.as_ref().map(|(id, _)| *id),
            tree: root,
            paths,
            hostname: host.hostname.clone(),
            username: host.username.clone(),
            uid: host.uid,
            gid: host.gid,
            excludes: options.excludes.clone(),
            tags: options.tags.clone(),
            original: None,
            program_version: format!("keepstead {}", env!("CARGO_PKG_VERSION")),
            summary: Some(summary.clone()),
        };
        let json = snapshot.to_json().map_err(|_| Error::Internal("a snapshot is plain JSON"))?;
        let id = self.save_file(FileKind::Snapshot, &json, &held.cancel).await?;
        if let Some(journal) = journal {
            journal.remove();
        }
        let take = |list: &Mutex<Vec<PathBuf>>| {
            std::mem::take(&mut *list.lock().unwrap_or_else(PoisonError::into_inner))
        };
        let mut skipped =
            std::mem::take(&mut *run.skipped.lock().unwrap_or_else(PoisonError::into_inner));
        skipped.sort_by(|a, b| a.path.cmp(&b.path));
        let outcome =
            if skipped.is_empty() { Outcome::Succeeded } else { Outcome::FinishedWithSkipped };
        let left_out = take(&run.left_out);
        let resumed = run.tally.resumed.load(Ordering::Relaxed);
        Ok(BackupReport { id, snapshot, summary, outcome, skipped, resumed, left_out })
    }

    /// What a backup of these sources that broke off has left.
    async fn journal(
        self: &Arc<Self>,
        options: &BackupOptions,
        sources: &Sources,
        host: &Host,
    ) -> Result<Option<Arc<Journal>>> {
        let Some(folder) = options.journal.clone() else { return Ok(None) };
        let mut purpose = vec![self.config().id.as_bytes().to_vec(), host.hostname.clone().into()];
        purpose.extend(sources.paths.iter().map(|path| path.as_os_str().as_encoded_bytes().into()));
        let repository = Arc::clone(self);
        let opened = tokio::task::spawn_blocking(move || {
            let purpose: Vec<&[u8]> = purpose.iter().map(Vec::as_slice).collect();
            Arc::new(Journal::open(&folder, &purpose, repository.master()))
        });
        opened.await.map(Some).map_err(|_| Error::Internal("the journal broke off"))
    }
}

/// How many packs of contents are filled side by side: one where memory is short.
fn lanes(options: &BackupOptions) -> usize {
    let each = options.memory / (LANES + 3);
    if each >= chunker::MAX_SIZE { LANES.min(options.threads) } else { 1 }
}

/// Runs the threads of a backup to their end. `None` when one of them failed;
/// the run holds the reason.
fn work(
    run: &Arc<Run>,
    excludes: &Excludes,
    sources: &Sources,
    forbidden: &HashSet<Identity>,
    parent: Option<Id>,
    threads: usize,
    count: bool,
) -> Option<Id> {
    let (events, to_assemble) = crossbeam_channel::bounded(EVENTS_AHEAD);
    let (files, to_read) = crossbeam_channel::bounded(BATCHES_AHEAD);
    let (chunks, to_store) = crossbeam_channel::bounded(1);
    let (walking, over) = crossbeam_channel::bounded(0);
    let closing = Closing(run);
    let root = std::thread::scope(|scope| {
        let _breaking = run.breaking();
        let walk = Walk { run, excludes, forbidden, events, files };
        let walking = std::thread::Builder::new()
            .name("walk".to_owned())
            .stack_size(WALK_STACK)
            .spawn_scoped(scope, move || {
                let _breaking = run.breaking();
                run.yield_if_asked();
                if run.ended(walk.all(sources, parent)).is_some() {
                    run.progress.set_met();
                }
                drop(walking);
            });
        if walking.is_err() {
            run.fail(Error::Internal("the system starts no further threads"));
        }
        if count {
            let (progress, tally, cancel) = (&*run.progress, &run.tally, &run.cancel);
            let runtime = run.runtime.clone();
            let walking = over;
            let count = Count { excludes, forbidden, progress, tally, cancel, runtime, walking };
            // Where the system starts no further thread, nothing is counted.
            let _ = std::thread::Builder::new()
                .name("count".to_owned())
                .spawn_scoped(scope, move || count.all(sources));
        }
        for lane in 0..threads {
            let (jobs, chunks) = (to_read.clone(), chunks.clone());
            scope.spawn(move || {
                let _breaking = run.breaking();
                run.yield_if_asked();
                let read = Reader::new(run, lane, chunks).and_then(|reader| reader.read_all(&jobs));
                end_worker(run, read, &jobs);
            });
            let jobs = to_store.clone();
            scope.spawn(move || {
                let _breaking = run.breaking();
                run.yield_if_asked();
                end_worker(run, store_chunks(run, lane, &jobs), &jobs);
            });
        }
        drop((to_read, to_store, chunks));
        let root = run.ended(assemble(run, &to_assemble));
        // A walk that still has something to tell must not wait for ever.
        drop(to_assemble);
        root
    });
    drop(closing);
    if run.cancel.is_cancelled() { None } else { root }
}

/// Ends the uploads when it is dropped, however that comes: nobody stores blobs
/// any more.
struct Closing<'a>(&'a Run);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.ended(self.0.sink.close());
    }
}

/// Ends a thread. When it failed, what is still sent to it is dropped until
/// nobody sends any more: a channel keeps what was sent to receivers that are
/// gone, and whoever waits for the answer would wait for ever.
fn end_worker<T>(run: &Run, result: Result<()>, jobs: &Receiver<T>) {
    if run.ended(result).is_none() {
        jobs.iter().for_each(drop);
    }
}

fn identities(paths: &[PathBuf]) -> HashSet<Identity> {
    let identity = |path: &PathBuf| {
        let folder = Folder::open(&std::fs::canonicalize(path).ok()?).ok()?;
        Some(folder.own_facts().ok()?.identity())
    };
    paths.iter().filter_map(identity).collect()
}

/// Snapshots hold paths as text.
fn path_texts(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.to_string_lossy().into_owned()).collect()
}

fn moment(clock: &dyn model::Clock) -> NodeTime {
    let now = clock.now_zoned();
    NodeTime {
        seconds: now.timestamp().as_second(),
        nanoseconds: u32::try_from(now.timestamp().subsec_nanosecond()).unwrap_or(0),
        offset_seconds: now.offset().seconds(),
    }
}

fn summary(run: &Run, started: NodeTime, finished: NodeTime) -> SnapshotSummary {
    let (tally, added) = (&run.tally, &run.sink.added);
    let get = |number: &AtomicU64| number.load(Ordering::Relaxed);
    SnapshotSummary {
        backup_start: started,
        backup_end: finished,
        files_new: get(&tally.files_new),
        files_changed: get(&tally.files_changed),
        files_unmodified: get(&tally.files_unmodified),
        dirs_new: get(&tally.dirs_new),
        dirs_changed: get(&tally.dirs_changed),
        dirs_unmodified: get(&tally.dirs_unmodified),
        data_blobs: get(&added.data_blobs),
        tree_blobs: get(&added.tree_blobs),
        data_added: get(&added.plain),
        data_added_packed: get(&added.packed),
        total_files_processed: get(&tally.files_new)
            + get(&tally.files_changed)
            + get(&tally.files_unmodified),
        total_bytes_processed: get(&tally.bytes),
    }
}
