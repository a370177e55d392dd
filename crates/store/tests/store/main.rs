//! The store as its callers use it, and as its file meets damage, full disks
//! and other processes.

#![cfg(test)]

mod damage;
mod disk;
mod migrations;
mod platform;
mod processes;
mod tables;

use jiff::Timestamp;
use model::{
    Ambient, DestinationId, GroupId, PlanId, RunId, RunKind, TargetId, TargetKind, Trigger,
    clock::ManualClock,
    random::{Random, SeededRandom, SystemRandom},
};
use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use store::{Destination, Finished, Location, NewRun, Plan, RunCounts, Store, Target};

/// A moment, `second` seconds after an arbitrary one.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn ambient() -> Ambient {
    Ambient { clock: Arc::new(ManualClock::new(at(0))), random: Arc::new(SystemRandom) }
}

fn random(seed: u64) -> impl Random {
    SeededRandom::new(seed)
}

/// A database in a folder of its own.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("keepstead.db")
    }

    async fn open(&self) -> Store {
        Store::open(&self.path(), &ambient()).await.unwrap()
    }

    /// Everything in the folder by name.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                (name, std::fs::read(entry.path()).unwrap())
            })
            .collect();
        files.sort();
        files
    }
}

/// A connection that knows no rules.
async fn raw(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).foreign_keys(false).connect().await.unwrap()
}

async fn run_sql(path: &Path, sql: &'static str) {
    let mut connection = raw(path).await;
    connection.execute(sqlx::raw_sql(sql)).await.unwrap();
    connection.close().await.unwrap();
}

/// The n-th destination.
fn destination(n: u64) -> Destination {
    Destination {
        id: DestinationId::new(&random(n)),
        name: format!("Disk {n}"),
        location: Location::Folder(strange_path(n)),
        marker_id: format!("marker-{n}"),
        vault: "vault".into(),
        file_system: Some("ext4".to_owned()),
        device: None,
        off_disk: Some(true),
        removable: true,
        created_at: at(n.cast_signed()),
        last_seen_at: None,
        last_copy_at: Some(at(5)),
        capacity_total: Some(4_000_000_000_000),
        capacity_free: None,
        stored_bytes: None,
        reclaimable_bytes: None,
        measured_at: None,
        latency_ms: None,
    }
}

/// A path that is not UTF-8 where there are such paths.
fn strange_path(n: u64) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        let mut bytes = b"/media/\xff\xfe caf\xc3\xa9\n".to_vec();
        bytes.extend(n.to_string().bytes());
        std::ffi::OsString::from_vec(bytes).into()
    }
    #[cfg(not(unix))]
    PathBuf::from(format!("D:\\café {n}"))
}

/// The n-th plan, which goes to `destinations`.
fn plan(n: u64, destinations: &[DestinationId]) -> Plan {
    let source = random(n);
    Plan {
        id: PlanId::new(&source),
        name: format!("Plan {n}"),
        description: "What matters".to_owned(),
        enabled: true,
        paused_until: Some(at(60)),
        time_zone: Some("Europe/Zurich".to_owned()),
        sources: vec![strange_path(n), "/home/anna".into()],
        excludes: vec!["*.tmp".to_owned(), "node_modules".to_owned()],
        targets: destinations.iter().map(|&id| target(TargetId::new(&source), id)).collect(),
        created_at: at(n.cast_signed()),
        updated_at: at(n.cast_signed()),
    }
}

fn target(id: TargetId, destination: DestinationId) -> Target {
    Target {
        id,
        destination,
        kind: TargetKind::Encrypted,
        schedule: Some("{\"every\":\"day\"}".to_owned()),
        retention: None,
    }
}

/// A run that belongs to nothing, queued at second `second`.
fn new_run(n: u64, second: i64) -> NewRun {
    NewRun {
        id: RunId::new(&random(n)),
        kind: RunKind::Backup,
        plan: None,
        plan_name: "Documents".to_owned(),
        target: None,
        destination: None,
        destination_name: "Disk".to_owned(),
        group: GroupId::new(&random(n)),
        trigger: Trigger::Manual,
        queued_at: at(second),
        request: Some("{\"a\":1}".to_owned()),
    }
}

fn finished(status: model::RunStatus, second: i64) -> Finished {
    Finished {
        status,
        ended_at: at(second),
        counts: RunCounts::default(),
        snapshot: None,
        verified: false,
        result: None,
        error: None,
    }
}
