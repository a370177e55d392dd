//! Files that are damaged, or not ours, or of the future.

use crate::{Place, ambient, at, plan, run_sql};
use model::{Ambient, clock::ManualClock, random::SystemRandom};
use std::{fs, path::PathBuf, sync::Arc};
use store::{Error, Store};

/// Opens the damaged database: it is said to be damaged, and stays as it is.
async fn assert_corrupt(place: &Place, what: &str) {
    let before = place.files();
    let error = Store::open(&place.path(), &ambient()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Corrupt { path } if *path == place.path()),
        "{what}: {error:?}"
    );
    let after: Vec<_> =
        place.files().into_iter().filter(|(name, _)| !name.ends_with("-shm")).collect();
    assert!(before == after, "{what}: something was changed");
}

/// A database with enough in it to be damaged in the middle.
async fn filled() -> Place {
    let place = Place::new();
    let store = place.open().await;
    for n in 0..200 {
        store.plans().save(&plan(n, &[])).await.unwrap();
    }
    store.close().await;
    assert_eq!(place.files().len(), 1, "a database that was closed is one file");
    place
}

#[tokio::test]
async fn what_is_no_database_is_damaged() {
    let cases: [(&str, Vec<u8>); 3] = [
        ("nothing", Vec::new()),
        ("few bytes", b"SQLite format 3\0".to_vec()),
        ("other bytes", (0..20_000u32).map(|n| (n * 7 % 251) as u8).collect()),
    ];
    for (what, bytes) in cases {
        let place = Place::new();
        fs::write(place.path(), bytes).unwrap();
        assert_corrupt(&place, what).await;
    }
    let place = Place::new();
    let other = place.path().with_extension("other");
    fs::write(&other, b"").unwrap();
    run_sql(&other, "CREATE TABLE a (b); PRAGMA user_version = 1").await;
    fs::rename(other, place.path()).unwrap();
    assert_corrupt(&place, "the database of another program").await;
}

#[tokio::test]
async fn a_database_that_was_cut_is_damaged() {
    let whole = fs::read(filled().await.path()).unwrap();
    for length in [whole.len() - 1, whole.len() / 2, 8192, 4096, 1000, 99] {
        let place = Place::new();
        fs::write(place.path(), &whole[..length]).unwrap();
        assert_corrupt(&place, &format!("{length} bytes of {}", whole.len())).await;
    }
}

#[tokio::test]
async fn one_changed_byte_in_the_structure_is_found() {
    let place = filled().await;
    let whole = fs::read(place.path()).unwrap();
    let page = 4096;
    // The first byte of a page says what kind of page it is.
    for number in [1, whole.len() / page / 2, whole.len() / page - 1] {
        let mut bytes = whole.clone();
        bytes[number * page] ^= 0x55;
        fs::write(place.path(), bytes).unwrap();
        assert_corrupt(&place, &format!("page {number}")).await;
    }
    fs::write(place.path(), whole).unwrap();
    assert_eq!(place.open().await.plans().list().await.unwrap().len(), 200);
}

#[tokio::test]
async fn damage_that_appears_later_is_called_damage() {
    let place = filled().await;
    let store = place.open().await;
    let mut bytes = fs::read(place.path()).unwrap();
    let end = bytes.len();
    bytes[4096..end].fill(0x99);
    fs::write(place.path(), bytes).unwrap();
    let error = store.plans().list().await.unwrap_err();
    assert!(matches!(&error, Error::Corrupt { path } if *path == place.path()), "{error:?}");
}

#[tokio::test]
async fn a_log_without_its_database_is_not_taken_for_nothing() {
    let place = Place::new();
    let log = PathBuf::from(format!("{}-wal", place.path().display()));
    fs::write(&log, b"what is left").unwrap();
    assert!(Store::exists(&place.path()).unwrap());
    assert_corrupt(&place, "a log alone").await;
    let aside = Store::set_aside(&place.path(), &ambient()).unwrap();
    assert_eq!(fs::read(format!("{}-wal", aside.display())).unwrap(), b"what is left");
    place.open().await;
}

#[tokio::test]
async fn a_damaged_database_is_set_aside_whole_and_never_overwritten() {
    let place = Place::new();
    let noon = "2026-11-24T12:00:00Z".parse().unwrap();
    let clock = Arc::new(ManualClock::new(noon));
    let ambient = Ambient { clock, random: Arc::new(SystemRandom) };
    let mut expected = Vec::new();
    for (content, suffix) in [("first", ""), ("second", "-2"), ("third", "-3")] {
        fs::write(place.path(), content).unwrap();
        for companion in ["-wal", "-shm"] {
            let name = format!("{}{companion}", place.path().display());
            fs::write(name, format!("{content}{companion}")).unwrap();
        }
        let aside = Store::set_aside(&place.path(), &ambient).unwrap();
        let name = format!("keepstead.db.damaged-20261124T120000Z{suffix}");
        assert_eq!(aside, place.folder.path().join(&name));
        for companion in ["", "-wal", "-shm"] {
            expected.push((format!("{name}{companion}"), format!("{content}{companion}").into()));
        }
        assert!(!Store::exists(&place.path()).unwrap());
    }
    expected.sort();
    assert_eq!(place.files(), expected);
    let store = place.open().await;
    assert_eq!(store.plans().list().await.unwrap(), []);
    assert_eq!(store.installation().get().await.unwrap().created_at, at(0));
}

#[tokio::test]
async fn a_newer_database_is_left_alone() {
    let place = filled().await;
    run_sql(&place.path(), "PRAGMA user_version = 4000; CREATE TABLE future (a)").await;
    let before = place.files();
    let open = async || Store::open(&place.path(), &ambient()).await.unwrap_err();
    let error = open().await;
    assert!(matches!(error, Error::Newer { found: 4000, known: 5 }), "{error:?}");
    assert!(place.files() == before, "something was changed");
}

#[tokio::test]
async fn a_newer_version_that_stands_in_the_log_is_seen() {
    let place = filled().await;
    let mut newer = crate::raw(&place.path()).await;
    sqlx::Executor::execute(&mut newer, "PRAGMA user_version = 4000").await.unwrap();
    let without_shm = || {
        let files = place.files().into_iter();
        files.filter(|(name, _)| !name.ends_with("-shm")).collect::<Vec<_>>()
    };
    let before = without_shm();
    assert_eq!(before.len(), 2, "the version is in the log");
    let error = Store::open(&place.path(), &ambient()).await.unwrap_err();
    assert!(matches!(error, Error::Newer { found: 4000, .. }), "{error:?}");
    assert!(without_shm() == before, "something was changed");
}
