//! The conformance suite passes a sound store and fails each unsound one at
//! the point that is about it.

#![expect(clippy::unwrap_used, reason = "a failing step of a test is a failing test")]

use async_trait::async_trait;
use futures_util::stream::{self, StreamExt};
use std::sync::Arc;
use storage::{
    Body, ByteRange, ByteStream, Cancel, Capabilities, Entry, EntryStream, Error, ErrorKind,
    FaultStore, Key, MemoryStore, Overwrite, Prefix, PutMode, Result, Store, StoreExt,
    conformance::{self, Report},
    fault::{Effect, Fault, Operation},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_memory_store_conforms() {
    let place = MemoryStore::new();
    let report = conformance::check(|| {
        let store: Arc<dyn Store> = Arc::new(place.clone());
        async { Ok(store) }
    })
    .await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.passed.len(), 13);
    assert!(report.absent.is_empty(), "{report}");
}

/// A store that does one thing wrong.
#[derive(Clone, Debug)]
struct Unsound {
    inner: MemoryStore,
    fault: Wrong,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrong {
    CreateRaces,
    CreateReplaces,
    ReplaceHasAGap,
    KeepsTornBodies,
    PutIsDeaf,
    PutSurfacesLater,
    IgnoresRanges,
    ClampsRanges,
    LastCountsFromTheStart,
    GetIsDeaf,
    StatSeesFolders,
    PrefixIsText,
    DeletesFolders,
    DeletesSameNames,
    DeletingMissingFails,
    DeleteForgetsResults,
    ListIsDeaf,
    RenameCopies,
    RenameReplaces,
    CopyShares,
    CannotCopyButSaysOk,
}

#[async_trait]
impl Store for Unsound {
    fn capabilities(&self) -> Capabilities {
        let able = self.inner.capabilities();
        Capabilities { server_copy: self.fault != Wrong::CannotCopyButSaysOk, ..able }
    }

    fn location(&self) -> String {
        "unsound".into()
    }

    async fn put(&self, key: &Key, body: Body, mode: PutMode, cancel: &Cancel) -> Result<()> {
        let inner = &self.inner;
        match self.fault {
            Wrong::CreateRaces if mode == PutMode::CreateNew => {
                if inner.stat(key, cancel).await?.is_some() {
                    return Err(Error::new(ErrorKind::AlreadyExists, "put"));
                }
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                inner.put(key, body, PutMode::Replace, cancel).await
            }
            Wrong::CreateReplaces => inner.put(key, body, PutMode::Replace, cancel).await,
            Wrong::ReplaceHasAGap if mode == PutMode::Replace => {
                inner.remove(key);
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                inner.put(key, body, mode, cancel).await
            }
            Wrong::KeepsTornBodies => {
                let mut seen = Vec::new();
                let mut stream = body.stream();
                while let Some(piece) =
                    storage::unless_cancelled(cancel, "put", stream.next()).await?
                {
                    match piece {
                        Ok(piece) => seen.extend_from_slice(&piece),
                        Err(error) => {
                            inner.insert(key.clone(), seen);
                            return Err(error);
                        }
                    }
                }
                inner.put(key, seen.into(), mode, cancel).await
            }
            Wrong::PutIsDeaf => inner.put(key, body, mode, &Cancel::new()).await,
            Wrong::PutSurfacesLater => {
                let (inner, key) = (inner.clone(), key.clone());
                let late = tokio::spawn(async move {
                    tokio::time::sleep(std::time::Duration::from_millis(15)).await;
                    inner.put(&key, body, mode, &Cancel::new()).await
                });
                storage::unless_cancelled(cancel, "put", late).await?.unwrap()
            }
            _ => inner.put(key, body, mode, cancel).await,
        }
    }

    async fn get(&self, key: &Key, range: ByteRange, cancel: &Cancel) -> Result<ByteStream> {
        let length = self.inner.stat(key, &Cancel::new()).await?.map_or(0, |it| it.length);
        let range = match (self.fault, range) {
            (Wrong::IgnoresRanges, _) => ByteRange::Whole,
            (Wrong::ClampsRanges, ByteRange::Exact { offset, length: count }) => {
                let offset = offset.min(length);
                ByteRange::Exact { offset, length: count.min(length - offset) }
            }
            (Wrong::LastCountsFromTheStart, ByteRange::Last(count)) => {
                ByteRange::Exact { offset: 0, length: count.min(length) }
            }
            _ => range,
        };
        if self.fault == Wrong::GetIsDeaf {
            return self.inner.get(key, range, &Cancel::new()).await;
        }
        self.inner.get(key, range, cancel).await
    }

    async fn stat(&self, key: &Key, cancel: &Cancel) -> Result<Option<Entry>> {
        let found = self.inner.stat(key, cancel).await?;
        if self.fault == Wrong::StatSeesFolders {
            let below = Prefix::folder(key.as_str()).unwrap();
            let folder = !self.inner.list_all(&below, cancel).await?.is_empty();
            let entry = Entry { key: key.clone(), length: 0, hash: None };
            return Ok(found.or(folder.then_some(entry)));
        }
        Ok(found)
    }

    fn list<'a>(&'a self, prefix: &Prefix, cancel: &Cancel) -> EntryStream<'a> {
        match self.fault {
            Wrong::PrefixIsText => {
                let start = prefix.as_folder().unwrap_or_default().to_owned();
                let all = self.inner.list(&Prefix::everything(), cancel);
                all.filter(move |entry| {
                    let matches =
                        entry.as_ref().map_or(true, |it| it.key.as_str().starts_with(&start));
                    std::future::ready(matches)
                })
                .boxed()
            }
            Wrong::ListIsDeaf => self.inner.list(prefix, &Cancel::new()),
            _ => self.inner.list(prefix, cancel),
        }
    }

    async fn delete(&self, keys: &[Key], cancel: &Cancel) -> Vec<Result<()>> {
        for key in keys {
            let (folder, name) = (Prefix::folder(key.as_str()).unwrap(), key.split().1);
            for other in self.inner.objects() {
                let doomed = match self.fault {
                    Wrong::DeletesFolders => folder.contains(&other),
                    Wrong::DeletesSameNames => other.split().1 == name,
                    _ => false,
                };
                if doomed && !cancel.is_cancelled() {
                    self.inner.remove(&other);
                }
            }
            if self.fault == Wrong::DeletingMissingFails && !self.inner.objects().contains(key) {
                return keys
                    .iter()
                    .map(|_| Err(Error::new(ErrorKind::NotFound, "delete")))
                    .collect();
            }
        }
        let mut results = self.inner.delete(keys, cancel).await;
        if self.fault == Wrong::DeleteForgetsResults {
            results.truncate(1);
        }
        results
    }

    async fn rename(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        match self.fault {
            Wrong::RenameCopies => self.inner.copy(from, to, overwrite, cancel).await,
            Wrong::RenameReplaces => self.inner.rename(from, to, Overwrite::Allow, cancel).await,
            _ => self.inner.rename(from, to, overwrite, cancel).await,
        }
    }

    async fn copy(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        match self.fault {
            Wrong::CannotCopyButSaysOk => Ok(()),
            // A second name that loses its first one.
            Wrong::CopyShares => self.inner.rename(from, to, overwrite, cancel).await,
            _ => self.inner.copy(from, to, overwrite, cancel).await,
        }
    }
}

async fn check_unsound(fault: Wrong) -> Report {
    let place = Unsound { inner: MemoryStore::new(), fault };
    conformance::check(|| {
        let store: Arc<dyn Store> = Arc::new(place.clone());
        async { Ok(store) }
    })
    .await
}

macro_rules! unsound_stores_fail {
    ($($test:ident: $fault:ident => $($point:literal),+;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            let report = check_unsound(Wrong::$fault).await;
            $(assert!(report.has_failed($point), "{} did not fail:\n{report}", $point);)+
        }
    )*};
}

unsound_stores_fail! {
    a_racing_create_fails: CreateRaces => "create new";
    a_replacing_create_fails: CreateReplaces => "create new";
    a_gap_while_replacing_fails: ReplaceHasAGap => "overwrite";
    torn_bodies_fail: KeepsTornBodies => "failing body";
    a_deaf_put_fails: PutIsDeaf => "cancelled before", "cancelled during";
    a_put_after_its_cancellation_fails: PutSurfacesLater => "cancelled during";
    ignored_ranges_fail: IgnoresRanges => "ranges";
    clamped_ranges_fail: ClampsRanges => "ranges";
    wrong_last_bytes_fail: LastCountsFromTheStart => "ranges";
    a_deaf_get_fails: GetIsDeaf => "cancelled before";
    folders_as_objects_fail: StatSeesFolders => "missing";
    a_prefix_of_text_fails: PrefixIsText => "prefix", "listing";
    deleting_folders_fails: DeletesFolders => "delete";
    deleting_same_names_fails: DeletesSameNames => "delete";
    a_strict_delete_fails: DeletingMissingFails => "delete";
    lost_results_fail: DeleteForgetsResults => "delete", "listing";
    a_deaf_list_fails: ListIsDeaf => "cancelled before";
    a_copying_rename_fails: RenameCopies => "rename";
    a_replacing_rename_fails: RenameReplaces => "rename";
    a_moving_copy_fails: CopyShares => "copy";
    an_undeclared_copy_fails: CannotCopyButSaysOk => "copy";
}

async fn check_faulty(fault: Fault) -> Report {
    let place = MemoryStore::new();
    conformance::check(|| {
        let store = FaultStore::new(place.clone());
        store.plan([fault.clone()]);
        async { Ok(Arc::new(store) as Arc<dyn Store>) }
    })
    .await
}

/// Each effect that breaks the contract is noticed, whichever operation it
/// strikes, and not taken for something else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_that_breaks_the_contract_is_noticed() {
    let effects = [
        Effect::Truncate,
        Effect::TruncateSilently,
        Effect::Duplicate,
        Effect::ShortList { after: 1_000 },
        Effect::ShortList { after: 1 },
        Effect::SuccessButError(ErrorKind::Unreachable),
        Effect::FalseSuccess,
    ];
    let mut cases = Vec::new();
    for effect in effects {
        for operation in Operation::ALL {
            if effect.concerns(operation) && !effect.keeps_contract(operation) {
                cases.push((effect.clone(), operation));
            }
        }
    }
    assert_eq!(cases.len(), 20);
    // Most of a run is waiting.
    let mut runs = stream::iter(cases)
        .map(|(effect, operation)| async move {
            let report = check_faulty(Fault::new(effect.clone()).on(operation)).await;
            (effect, operation, report)
        })
        .buffer_unordered(5);
    while let Some((effect, operation, report)) = runs.next().await {
        assert!(!report.is_clean(), "{effect:?} of {operation:?} went unnoticed:\n{report}");
    }
}

/// A single lost entry among a thousand, and a single lost object.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_single_slip_is_noticed() {
    let cut = Fault::new(Effect::ShortList { after: 1_059 });
    assert!(check_faulty(cut).await.has_failed("listing"));
    for name in ["many/00999", "deep/same"] {
        let lost = Fault::new(Effect::FalseSuccess)
            .on(Operation::Put)
            .below(format!("conformance/listing/{name}"));
        let report = check_faulty(lost).await;
        assert_eq!(report.failed.len(), 1, "{report}");
        assert!(report.has_failed("listing"), "{report}");
    }
}

/// What one store writes must be there for the next one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_keeps_nothing_fails() {
    let report =
        conformance::check(|| async { Ok(Arc::new(MemoryStore::new()) as Arc<dyn Store>) }).await;
    for point in ["round trip", "listing", "create new", "overwrite"] {
        assert!(report.has_failed(point), "{report}");
    }
}

/// A delay that can be cancelled is no fault.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_store_conforms() {
    let slow = Fault::new(Effect::Delay(std::time::Duration::from_millis(20)))
        .below("conformance/cancelled");
    let report = check_faulty(slow).await;
    assert!(report.is_clean(), "{report}");
}

/// An error from every operation is reported as such, not as a panic.
#[tokio::test]
async fn a_store_out_of_reach_fails_every_point() {
    let report = check_faulty(Fault::new(Effect::error(ErrorKind::Unreachable))).await;
    assert_eq!(report.failed.len(), 13, "{report}");
    let closed = conformance::check(|| async { Err(Error::new(ErrorKind::NotMounted, "open")) });
    assert_eq!(closed.await.failed.len(), 13);
}
