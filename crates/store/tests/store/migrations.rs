//! Databases as earlier versions left them, read by this one.

use crate::{Place, raw};
use model::{RunKind, RunStatus};
use sqlx::{AssertSqlSafe, Connection, Executor, Row};
use store::Location;

#[tokio::test]
async fn what_earlier_versions_wrote_is_read() {
    let place = Place::new();
    place.open().await.close().await;
    let mut connection = raw(&place.path()).await;
    connection.execute(sqlx::raw_sql(include_str!("../data/1.sql"))).await.unwrap();
    connection.execute(sqlx::raw_sql(include_str!("../data/2.sql"))).await.unwrap();
    connection.execute(sqlx::raw_sql(include_str!("../data/3.sql"))).await.unwrap();
    connection.execute(sqlx::raw_sql(include_str!("../data/4.sql"))).await.unwrap();
    connection.execute(sqlx::raw_sql(include_str!("../data/5.sql"))).await.unwrap();
    connection.close().await.unwrap();

    let store = place.open().await;
    let plans = store.plans().list().await.unwrap();
    let [plan] = plans.as_slice() else { panic!("{plans:?}") };
    assert_eq!((plan.sources.len(), plan.excludes.len(), plan.targets.len()), (1, 1, 1));
    let latest = store.runs().latest_per_target(RunKind::Backup).await.unwrap();
    let run = latest[&plan.targets[0].id].last_good.as_ref().unwrap();
    assert_eq!((run.status, run.snapshot.as_deref()), (RunStatus::Success, Some("abc")));
    assert_eq!(store.run_log().list(run.id, 0, 9).await.unwrap().len(), 1);
    assert_eq!(store.run_skipped().open(run.id).await.unwrap(), 1);
    let renamed = store.run_renamed().list(run.id, 0, 9).await.unwrap();
    assert_eq!((renamed.len(), renamed[0].path.starts_with("/")), (1, true));
    let paused = store.runs().unfinished().await.unwrap();
    assert_eq!(paused.iter().map(|run| run.paused).collect::<Vec<_>>(), [true]);
    assert!(!run.paused);
    let measured = store.destinations().get(plan.targets[0].destination).await.unwrap().unwrap();
    assert_eq!((measured.stored_bytes, measured.reclaimable_bytes), (Some(3000), Some(20)));
    let verified = store.runs().verifications(measured.id).await.unwrap();
    assert_eq!(verified.len(), 1);
    assert!(verified[0].result.as_deref().is_some_and(|text| text.contains("structure")));
    assert_eq!((&*measured.vault, measured.latency_ms), ("vault", None));
    let bucket = store.destinations().by_name("Bucket").await.unwrap().unwrap();
    assert_eq!((&*bucket.vault, bucket.latency_ms), ("", Some(38)));
    let Location::Remote(remote) = bucket.location else { panic!("{bucket:?}") };
    assert_eq!(remote.preset.as_deref(), Some("aws"));
    assert_eq!((&*remote.kind, &*remote.settings["bucket"]), ("s3", "backups"));
    assert_eq!(store.lease().get().await.unwrap().unwrap().pid, 42);
}

#[tokio::test]
async fn every_table_is_strict_and_enumerations_are_checked() {
    let place = Place::new();
    place.open().await.close().await;
    let mut connection = raw(&place.path()).await;
    let list = "SELECT name, strict FROM pragma_table_list
         WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'";
    let tables = connection.fetch_all(list).await.unwrap();
    assert_eq!(tables.len(), 14);
    for table in tables {
        assert_eq!(table.get::<i64, _>(1), 1, "{} is not strict", table.get::<String, _>(0));
    }
    connection.execute(sqlx::raw_sql(include_str!("../data/1.sql"))).await.unwrap();
    let enumerations = [
        ("key_slot", "kind"),
        ("plan_target", "kind"),
        ("run", "kind"),
        ("run", "trigger"),
        ("run", "status"),
        ("run_log", "level"),
    ];
    let flags = [
        ("destination", "off_disk"),
        ("destination", "removable"),
        ("plan", "enabled"),
        ("run", "cancel_requested"),
        ("run", "paused"),
        ("run", "verified"),
        ("run_skipped", "accepted"),
    ];
    let json = [
        ("plan_target", "schedule"),
        ("plan_target", "retention"),
        ("run", "request"),
        ("run", "progress"),
        ("run", "result"),
    ];
    let cases = enumerations.map(|it| (it, "'other'")).into_iter();
    let cases = cases.chain(flags.map(|it| (it, "2"))).chain(json.map(|it| (it, "'{'")));
    for ((table, column), value) in cases {
        let sql = format!("UPDATE {table} SET {column} = {value}");
        let error = connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap_err();
        let kind = error.as_database_error().map(sqlx::error::DatabaseError::kind);
        assert!(
            matches!(kind, Some(sqlx::error::ErrorKind::CheckViolation)),
            "{table}.{column}: {error}"
        );
    }
    let halves = [
        "status = 'RUNNING'",
        "ended_at = NULL",
        "error_hint = 'x'",
        "error_code = 'x'",
        "paused = 1",
        "status = 'PENDING', ended_at = NULL, result = '{}'",
    ];
    for half in halves {
        let sql = format!("UPDATE run SET {half}");
        assert!(connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.is_err(), "{half}");
    }
    for half in ["stored_bytes = 1", "reclaimable_bytes = 1", "measured_at = 1"] {
        let sql = format!("UPDATE destination SET {half}");
        assert!(connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.is_err(), "{half}");
    }
}
