use crate::{Place, new_run, plan, run_sql};
use store::{Error, RunFilter};

#[track_caller]
fn assert_names<T: std::fmt::Debug>(result: store::Result<T>, place: (&str, &str, &str)) {
    let error = result.unwrap_err();
    let Error::Malformed { table, column, row, .. } = &error else { panic!("{error:?}") };
    assert_eq!((*table, *column, row.as_str()), place);
    let said = format!("{error} {error:?}");
    assert!(!said.contains("nonsense"), "the value itself is not told: {said}");
}

#[tokio::test]
async fn a_malformed_row_names_table_column_and_row() {
    let place = Place::new();
    let store = place.open().await;
    let plan = plan(1, &[]);
    store.plans().save(&plan).await.unwrap();
    let run = new_run(1, 0).id;
    store.runs().insert(&[new_run(1, 0)]).await.unwrap();
    let (run_id, plan_id) = (run.to_string(), plan.id.to_string());

    run_sql(&place.path(), "UPDATE run SET group_id = 'nonsense'").await;
    assert_names(store.runs().get(run).await, ("run", "group_id", &run_id));
    assert_names(store.runs().list(&RunFilter::default()).await, ("run", "group_id", &run_id));
    assert_names(store.runs().pending().await, ("run", "group_id", &run_id));

    run_sql(
        &place.path(),
        "PRAGMA ignore_check_constraints = ON;
         UPDATE run SET group_id = id, status = 'nonsense', ended_at = 0",
    )
    .await;
    assert_names(store.runs().get(run).await, ("run", "status", &run_id));

    run_sql(&place.path(), "UPDATE plan SET created_at = 9223372036854775807").await;
    assert_names(store.plans().list().await, ("plan", "created_at", &plan_id));

    run_sql(
        &place.path(),
        "UPDATE plan SET created_at = 0;
         UPDATE plan_exclude SET pattern = CAST(x'ff' AS TEXT) WHERE position = 1",
    )
    .await;
    let row = format!("{plan_id}/1");
    assert_names(store.plans().get(plan.id).await, ("plan_exclude", "pattern", &row));

    run_sql(&place.path(), "INSERT INTO setting VALUES ('theme', CAST(x'c0' AS TEXT))").await;
    assert_names(store.settings().all().await, ("setting", "value", "theme"));

    run_sql(
        &place.path(),
        "PRAGMA ignore_check_constraints = ON;
         UPDATE run SET status = 'PENDING', ended_at = NULL, files_done = -1",
    )
    .await;
    assert_names(store.runs().get(run).await, ("run", "files_done", &run_id));

    run_sql(&place.path(), "UPDATE installation SET machine_id = 'nonsense'").await;
    assert_names(store.installation().get().await, ("installation", "machine_id", "1"));
}
