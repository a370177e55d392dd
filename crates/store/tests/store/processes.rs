//! Several processes with one database.

use crate::{Place, ambient, at, raw};
use model::LogLevel;
use sqlx::Executor;
use std::{
    collections::BTreeSet,
    path::PathBuf,
    process::{Child, Command, Stdio},
};
use store::{LogFilter, NewLine, Store};

const PATH: &str = "KEEPSTEAD_TEST_DATABASE";
const NUMBER: &str = "KEEPSTEAD_TEST_NUMBER";
const LINES: usize = 60;

fn start(place: &Place, number: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::write_many_lines", "--ignored", "--nocapture"])
        .env(PATH, place.path())
        .env(NUMBER, number.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn processes_that_begin_and_write_at_once_lose_nothing() {
    let place = Place::new();
    let children: Vec<_> = (0..3).map(|number| start(&place, number)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
    }
    let store = place.open().await;
    let filter = LogFilter { limit: 1000, ..LogFilter::default() };
    let lines = store.run_log().search(&filter).await.unwrap();
    let found: BTreeSet<_> = lines.iter().map(|line| line.message.clone()).collect();
    let expected: BTreeSet<_> =
        (0..3).flat_map(|number| (0..LINES).map(move |line| format!("{number}/{line}"))).collect();
    assert_eq!(found, expected);
    assert_eq!(lines.len(), expected.len());
    let sequences: BTreeSet<_> = lines.iter().map(|line| line.seq).collect();
    assert_eq!(sequences.len(), lines.len(), "no number was given twice");
    store.close().await;
    assert_eq!(place.files().len(), 1, "no half-made database is left: {:?}", place.path());
}

#[tokio::test]
async fn who_begins_second_takes_the_database_of_the_first() {
    let place = Place::new();
    // Each finds nothing and makes a database before the first has its name.
    let (one, two, three) = tokio::join!(place.open(), place.open(), place.open());
    let mut machines = BTreeSet::new();
    for store in [&one, &two, &three] {
        machines.insert(store.installation().get().await.unwrap().machine);
    }
    assert_eq!(machines.len(), 1);
    one.settings().set("a", "b").await.unwrap();
    assert_eq!(two.settings().get("a").await.unwrap().as_deref(), Some("b"));
}

/// All processes write to the log of one run, which the first of them queues.
#[tokio::test]
#[ignore = "run by processes_that_begin_and_write_at_once_lose_nothing"]
async fn write_many_lines() {
    let path: PathBuf = std::env::var_os(PATH).expect("started by another test").into();
    let number = std::env::var(NUMBER).unwrap();
    let store = Store::open(&path, &ambient()).await.unwrap();
    let run = crate::new_run(1, 0);
    match store.runs().insert(std::slice::from_ref(&run)).await {
        Ok(()) | Err(store::Error::Taken { .. }) => {}
        Err(error) => panic!("{error:?}"),
    }
    for line in 0..LINES {
        let message = format!("{number}/{line}");
        let line = NewLine { at: at(0), level: LogLevel::Info, message };
        store.run_log().append(run.id, &[line]).await.unwrap();
        // Reads before it writes, and must not be overtaken in between.
        store.lease().take(&number, std::process::id(), at(0)).await.unwrap();
    }
    store.close().await;
}

#[tokio::test]
async fn what_another_connection_wrote_is_noticed() {
    let place = Place::new();
    let store = place.open().await;
    let first = store.data_version().await.unwrap();
    assert_eq!(store.data_version().await.unwrap(), first, "nothing happened");
    store.settings().get("a").await.unwrap();
    assert_eq!(store.data_version().await.unwrap(), first, "reading is not a change");
    let mut other = raw(&place.path()).await;
    other.execute("INSERT INTO setting VALUES ('a', 'b')").await.unwrap();
    let second = store.data_version().await.unwrap();
    assert_ne!(second, first);
    store.settings().set("a", "c").await.unwrap();
    assert_ne!(store.data_version().await.unwrap(), second);
}

#[tokio::test]
async fn a_lock_that_is_never_released_is_called_busy() {
    let place = Place::new();
    let store = place.open().await;
    let mut other = raw(&place.path()).await;
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let error = store.settings().set("a", "b").await.unwrap_err();
    assert!(matches!(error, store::Error::Busy), "{error:?}");
    assert_eq!(store.settings().get("a").await.unwrap(), None, "reading goes on");
    other.execute("ROLLBACK").await.unwrap();
    store.settings().set("a", "b").await.unwrap();
}

#[tokio::test]
async fn an_operation_that_is_dropped_leaves_no_lock() {
    let place = Place::new();
    let store = place.open().await;
    for n in 0..20u64 {
        let plan = crate::plan(n, &[]);
        let save = store.plans();
        let save = save.save(&plan);
        let _ = tokio::time::timeout(std::time::Duration::from_micros(n * 50), save).await;
    }
    store.settings().set("a", "b").await.unwrap();
    for plan in store.plans().list().await.unwrap() {
        assert_eq!(plan.sources.len(), 2, "a plan is saved whole or not at all");
    }
}
