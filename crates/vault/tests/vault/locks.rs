//! Locks between machines, and between us and restic.

use crate::common::{CHEAP, ambient, clock, host, init, open, passphrase};
use model::clock::ManualClock;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use storage::{
    Cancel, ErrorKind, FaultStore, Key, MemoryStore,
    fault::{Effect, Fault, Operation},
};
use tokio::time::Instant;
use vault::{Error, Host, LockMode, Passphrase, Repository, format::Id, layout::FileKind};

struct Fixture {
    store: Arc<MemoryStore>,
    clock: Arc<ManualClock>,
    repository: Arc<Repository>,
}

async fn fixture() -> Fixture {
    let (store, clock) = (Arc::new(MemoryStore::new()), clock());
    let repository = init(store.clone(), ambient(&clock, 1)).await;
    Fixture { store, clock, repository }
}

impl Fixture {
    fn locks(&self) -> Vec<Key> {
        let keys = self.store.objects().into_iter();
        keys.filter(|key| key.as_str().starts_with("locks/")).collect()
    }

    /// Leaves a lock behind, as a machine does that loses its power.
    async fn abandon(&self, mode: LockMode, host: &Host) {
        let (cancel, look) = (Cancel::new(), |_| async { Ok(self.store.snapshot()) });
        let during = self
            .repository
            .locked(mode, host, &cancel, look)
            .await
            .expect("the repository is free");
        let left = during.into_iter().filter(|(key, _)| key.as_str().starts_with("locks/"));
        for (key, bytes) in left {
            self.store.insert(key, bytes);
        }
    }

    async fn try_lock(&self, mode: LockMode, host: &Host) -> vault::Result<()> {
        self.repository.locked(mode, host, &Cancel::new(), |_| async { Ok(()) }).await
    }
}

#[tokio::test(start_paused = true)]
async fn many_may_share_and_nobody_besides_an_exclusive_holder() {
    let fixture = fixture().await;
    fixture.abandon(LockMode::Shared, &host("other")).await;
    fixture.try_lock(LockMode::Shared, &host("home")).await.unwrap();
    let refused = fixture.try_lock(LockMode::Exclusive, &host("home")).await;
    let Err(Error::Locked(holder)) = refused else { panic!("{refused:?}") };
    assert_eq!((&*holder.hostname, holder.exclusive), ("other", false));

    assert_eq!(fixture.locks().len(), 1, "a refusal leaves no lock behind");

    fixture.store.remove(&fixture.locks()[0]);
    fixture.abandon(LockMode::Exclusive, &host("third")).await;
    let refused = fixture.try_lock(LockMode::Shared, &host("home")).await;
    let Err(Error::Locked(holder)) = refused else { panic!("{refused:?}") };
    assert_eq!((&*holder.hostname, holder.exclusive), ("third", true));
    assert_eq!(fixture.locks().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_fell_silent_is_passed_by_and_told() {
    let fixture = fixture().await;
    fixture.abandon(LockMode::Exclusive, &host("other")).await;
    fixture.clock.advance(Duration::from_secs(29 * 60));
    assert!(fixture.try_lock(LockMode::Shared, &host("home")).await.is_err());
    fixture.clock.advance(Duration::from_secs(2 * 60));
    fixture.try_lock(LockMode::Shared, &host("home")).await.unwrap();
    assert_eq!(fixture.locks(), [], "its lock is gone, so that it notices when it comes back");
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_process_left_behind_is_removed() {
    let fixture = fixture().await;
    // No process has a number above the kernel's limit.
    let dead = Host { pid: 0x3fff_fff0, ..host("home") };
    fixture.abandon(LockMode::Exclusive, &dead).await;
    fixture.try_lock(LockMode::Exclusive, &host("home")).await.unwrap();
    assert_eq!(fixture.locks(), []);

    // The same number on another machine says nothing.
    fixture.abandon(LockMode::Exclusive, &Host { pid: 0x3fff_fff0, ..host("other") }).await;
    assert!(fixture.try_lock(LockMode::Exclusive, &host("home")).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_damaged_lock_stands_until_it_is_removed_on_purpose() {
    let fixture = fixture().await;
    fixture.abandon(LockMode::Shared, &host("other")).await;
    let sound = fixture.locks();
    fixture.store.insert(Key::new(format!("locks/{}", "0".repeat(64))).unwrap(), vec![]);
    let refused = fixture.try_lock(LockMode::Shared, &host("home")).await;
    assert!(matches!(refused, Err(Error::Damaged { .. })), "{refused:?}");
    let removed = fixture.repository.remove_stale_locks(&host("home"), &Cancel::new()).await;
    assert_eq!((removed.unwrap(), fixture.locks()), (1, sound));
    fixture.try_lock(LockMode::Shared, &host("home")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_lock_settles_where_it_may_be_listed_late() {
    for (store, wait) in [(MemoryStore::new(), 0), (MemoryStore::new().listing_late(), 200)] {
        let repository = init(Arc::new(store), ambient(&clock(), 1)).await;
        let (begun, home, cancel) = (Instant::now(), host("home"), Cancel::new());
        let work = |_| async { Ok(begun.elapsed()) };
        let waited = repository.locked(LockMode::Exclusive, &home, &cancel, work).await;
        assert_eq!(waited.unwrap(), Duration::from_millis(wait));
    }
}

/// Three machines want to work alone and three to share, all at the same moment,
/// again and again. Nobody ever works beside one that works alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 6)]
async fn of_those_who_write_at_the_same_moment_nobody_works_beside_an_exclusive_holder() {
    let store = Arc::new(FaultStore::new(MemoryStore::new()));
    let repository = init(store.clone(), ambient(&clock(), 1)).await;
    // Between the first look and the lock, others have the time to look as well.
    let late = Fault::new(Effect::Delay(Duration::from_millis(2)));
    store.plan([late.on(Operation::Put).below("locks/").from_nth(1)]);
    let (alone, shared) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let machines = (0..6).map(|machine| {
        let (repository, alone, shared) = (repository.clone(), alone.clone(), shared.clone());
        tokio::spawn(async move {
            let mode = if machine < 3 { LockMode::Exclusive } else { LockMode::Shared };
            let (home, cancel) = (host(&format!("machine{machine}")), Cancel::new());
            let mut worked = 0;
            for round in 0..150 {
                // Not always the same ones give way.
                tokio::time::sleep(Duration::from_millis((machine * round) % 7)).await;
                let work = |_| async {
                    let mine = if mode == LockMode::Exclusive { &alone } else { &shared };
                    let before = mine.fetch_add(1, Ordering::SeqCst);
                    let beside = if mode == LockMode::Exclusive {
                        before + shared.load(Ordering::SeqCst)
                    } else {
                        alone.load(Ordering::SeqCst)
                    };
                    tokio::task::yield_now().await;
                    mine.fetch_sub(1, Ordering::SeqCst);
                    assert_eq!(beside, 0);
                    Ok(())
                };
                match repository.locked(mode, &home, &cancel, work).await {
                    Ok(()) => worked += 1,
                    Err(Error::Locked(_)) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            worked
        })
    });
    let mut worked = 0;
    for machine in machines.collect::<Vec<_>>() {
        worked += machine.await.unwrap();
    }
    assert!(worked > 0, "not everybody gives way all the time");
    assert!(!store.inner().objects().iter().any(|key| key.as_str().starts_with("locks/")));
}

#[tokio::test(start_paused = true)]
async fn a_lock_is_renewed_while_work_goes_on() {
    let fixture = fixture().await;
    let (home, cancel) = (host("home"), Cancel::new());
    let held = fixture.repository.locked(LockMode::Shared, &home, &cancel, |held| async move {
        Ok((held.cancel.is_cancelled(), tokio::time::sleep(Duration::from_secs(16 * 60)).await))
    });
    let watching = async {
        let mut seen = Vec::new();
        for _ in 0..15 {
            tokio::time::sleep(Duration::from_secs(60)).await;
            fixture.clock.advance(Duration::from_secs(60));
            let locks = fixture.locks();
            assert_eq!(locks.len(), 1);
            seen.extend(locks);
        }
        seen.dedup();
        seen.len()
    };
    let (result, different) = tokio::join!(held, watching);
    assert_eq!(result.unwrap(), (false, ()));
    assert!(different >= 3, "{different} locks in a quarter of an hour");
    assert_eq!(fixture.locks(), []);
}

#[tokio::test(start_paused = true)]
async fn work_ends_when_the_lock_was_taken_away() {
    let fixture = fixture().await;
    let (home, cancel) = (host("home"), Cancel::new());
    let held = fixture.repository.locked(LockMode::Shared, &home, &cancel, |held| async move {
        held.cancel.cancelled().await;
        Err::<(), _>(Error::Cancelled)
    });
    let taking = async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        for key in fixture.locks() {
            fixture.store.remove(&key);
        }
    };
    let (result, ()) = tokio::join!(held, taking);
    assert!(matches!(result, Err(Error::LockLost)), "{result:?}");
    assert!(!cancel.is_cancelled());
    assert_eq!(fixture.locks(), []);
}

/// rustic says neither when a key was made nor by whom.
#[tokio::test]
async fn a_key_that_says_nothing_of_its_origin_opens() {
    let fixture = fixture().await;
    let cancel = Cancel::new();
    let old = FileKind::Key.key(&fixture.repository.key_id());
    let bytes = fixture.store.remove(&old).unwrap();
    let mut file: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    for key in ["created", "username", "hostname"] {
        file.as_object_mut().unwrap().remove(key).unwrap();
    }
    let bytes = serde_json::to_vec(&file).unwrap();
    let id = Id::of(&bytes);
    fixture.store.insert(FileKind::Key.key(&id), bytes);
    let repository = open(fixture.store.clone(), ambient(&clock(), 3)).await;
    let [key] = &repository.keys(&cancel).await.unwrap()[..] else { panic!("one key") };
    assert_eq!((key.id, key.current, key.created.as_str()), (id, true, ""));
}

#[tokio::test]
async fn keys_are_added_removed_and_replaced() {
    let fixture = fixture().await;
    let (home, cancel) = (host("home"), Cancel::new());
    let secret = |text: &str| Passphrase::new(text.into()).unwrap();
    let try_open = |text: &str| {
        let (store, secret, clock) = (fixture.store.clone(), secret(text), clock());
        async move { Repository::open(store, &secret, ambient(&clock, 3), &Cancel::new()).await }
    };
    let second =
        fixture.repository.add_key(&secret("second"), CHEAP, &home, &cancel).await.unwrap();
    assert_eq!(try_open("second").await.unwrap().key_id(), second);
    assert_eq!(fixture.repository.keys(&cancel).await.unwrap().len(), 2);

    let own = fixture.repository.key_id();
    let refused = fixture.repository.remove_key(&own, &cancel).await;
    assert!(matches!(refused, Err(Error::KeyInUse)));
    fixture.repository.remove_key(&second, &cancel).await.unwrap();
    assert!(matches!(try_open("second").await, Err(Error::WrongPassphrase)));
    let again = fixture.repository.remove_key(&second, &cancel).await;
    assert!(matches!(again, Err(Error::Missing(_))));

    let (store, ambient) = (fixture.store.clone(), ambient(&clock(), 4));
    let mut opened = Repository::open(store, &passphrase(), ambient, &cancel).await.unwrap();
    opened.change_passphrase(&secret("new"), CHEAP, &home, &cancel).await.unwrap();
    assert!(matches!(try_open("correct horse").await, Err(Error::WrongPassphrase)));
    assert_eq!(try_open("new").await.unwrap().config(), opened.config());
    assert!(matches!(Passphrase::new(String::new()), Err(Error::EmptyPassphrase)));
}

#[tokio::test]
async fn a_repository_that_is_not_whole_is_told_apart_from_none() {
    let (clock, cancel) = (clock(), Cancel::new());
    let store = Arc::new(MemoryStore::new());
    let try_open = |store: Arc<MemoryStore>| {
        let (ambient, cancel) = (ambient(&clock, 2), cancel.clone());
        async move { Repository::open(store, &passphrase(), ambient, &cancel).await }
    };
    assert!(matches!(try_open(store.clone()).await, Err(Error::NotARepository(_))));

    init(store.clone(), ambient(&clock, 1)).await;
    let config = Key::new("config").unwrap();
    let whole = store.snapshot();
    store.remove(&config);
    assert!(matches!(try_open(store.clone()).await, Err(Error::HalfCreated(_))));
    // Nothing is lost in making it anew, and the key left behind goes.
    init(store.clone(), ambient(&clock, 7)).await;
    let repository = open(store.clone(), ambient(&clock, 8)).await;
    assert_eq!(repository.keys(&cancel).await.unwrap().len(), 1);

    // With data in it, only its owner can say what is to become of it.
    store.remove(&config);
    store.insert(Key::new(format!("data/aa/{}", "a".repeat(64))).unwrap(), vec![1]);
    let make = |store: Arc<MemoryStore>| {
        let (ambient, cancel) = (ambient(&clock, 9), cancel.clone());
        async move {
            let options = vault::InitOptions { cost: CHEAP, polynomial: None };
            Repository::init(store, &passphrase(), options, &host("home"), ambient, &cancel).await
        }
    };
    assert!(matches!(make(store.clone()).await, Err(Error::HalfCreated(_))));
    let exists = make(Arc::new(MemoryStore::from_snapshot(whole.clone()))).await;
    assert!(matches!(exists, Err(Error::RepositoryExists(_))));

    let flipped = Arc::new(MemoryStore::from_snapshot(whole.clone()));
    flipped.tamper(&config, |bytes| bytes[20] ^= 1);
    assert!(matches!(try_open(flipped).await, Err(Error::Damaged { .. })));
    let broken_key = Arc::new(MemoryStore::from_snapshot(whole));
    for key in broken_key.objects() {
        if key.as_str().starts_with("keys/") {
            broken_key.tamper(&key, |bytes| bytes.truncate(30));
        }
    }
    let opened = try_open(broken_key).await;
    assert!(matches!(opened, Err(Error::Damaged { .. })), "not a wrong passphrase");
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_removed_goes_with_the_next_look() {
    let before = fixture().await.store.snapshot();
    let store = Arc::new(FaultStore::new(MemoryStore::from_snapshot(before)));
    let repository = open(store.clone(), ambient(&clock(), 9)).await;
    let locks = || {
        let keys = store.inner().objects().into_iter();
        keys.filter(|key| key.as_str().starts_with("locks/")).count()
    };
    let pulled = Fault::new(Effect::error(ErrorKind::Unreachable)).on(Operation::Delete);
    let (home, cancel) = (host("home"), Cancel::new());
    let pull_out = |_| async {
        store.plan([pulled]);
        Ok(())
    };
    repository.locked(LockMode::Shared, &home, &cancel, pull_out).await.expect("the work is done");
    assert_eq!(locks(), 1, "it lies where nobody could remove it");
    // Plugged in again, it is in nobody's way, though its process lives.
    store.plan([]);
    let other = open(store.clone(), ambient(&clock(), 10)).await;
    let work = |_| async { Ok(()) };
    other.locked(LockMode::Exclusive, &home, &cancel, work).await.expect("it is free");
    assert_eq!(locks(), 0);
}
