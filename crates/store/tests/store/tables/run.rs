use crate::{Place, at, finished, new_run};
use model::{RunId, RunKind, RunStatus, Trigger};
use store::{Error, Finished, NewRun, Run, RunCounts, RunError, RunFilter, Store};

async fn ids(runs: store::Result<Vec<Run>>) -> Vec<RunId> {
    runs.unwrap().into_iter().map(|run| run.id).collect()
}

async fn status(store: &Store, id: RunId) -> RunStatus {
    store.runs().get(id).await.unwrap().unwrap().status
}

#[tokio::test]
async fn a_run_is_a_row_before_it_starts() {
    let place = Place::new();
    let store = place.open().await;
    let new = new_run(1, 3);
    store.runs().insert(std::slice::from_ref(&new)).await.unwrap();
    let expected = Run {
        id: new.id,
        kind: RunKind::Backup,
        plan: None,
        plan_name: "Documents".into(),
        target: None,
        destination: None,
        destination_name: "Disk".into(),
        group: new.group,
        trigger: Trigger::Manual,
        status: RunStatus::Pending,
        cancel_requested: false,
        paused: false,
        queued_at: at(3),
        started_at: None,
        ended_at: None,
        counts: RunCounts::default(),
        snapshot: None,
        verified: false,
        request: Some("{\"a\":1}".into()),
        progress: None,
        result: None,
        error: None,
    };
    assert_eq!(store.runs().get(new.id).await.unwrap(), Some(expected));
    assert_eq!(store.runs().get(new_run(2, 0).id).await.unwrap(), None);
}

#[tokio::test]
async fn a_group_is_queued_whole_or_not_at_all() {
    let place = Place::new();
    let store = place.open().await;
    let error = store.runs().insert(&[new_run(1, 0), new_run(2, 0), new_run(1, 0)]).await;
    assert!(matches!(error, Err(Error::Taken { .. })), "{error:?}");
    assert_eq!(store.runs().list(&RunFilter::default()).await.unwrap(), []);
    let lost = NewRun { plan: Some(crate::plan(1, &[]).id), ..new_run(3, 0) };
    let error = store.runs().insert(&[lost]).await;
    assert!(matches!(error, Err(Error::Reference)), "{error:?}");
}

#[tokio::test]
async fn what_waits_or_is_under_way_is_not_queued_twice() {
    let place = Place::new();
    let store = place.open().await;
    let one = crate::destination(1);
    store.destinations().insert(&one).await.unwrap();
    let (kind, destination) = (RunKind::Verify, Some(one.id));
    let new = |n| NewRun { kind, destination, ..new_run(n, 0) };
    let runs = store.runs();
    let first = runs.insert_once(&new(1)).await.unwrap();
    assert_eq!(first, new(1).id);
    assert_eq!(runs.insert_once(&new(2)).await.unwrap(), first, "it waits");
    runs.start(first, at(1)).await.unwrap();
    assert_eq!(runs.insert_once(&new(2)).await.unwrap(), first, "it is under way");
    for (n, other) in [
        (3, NewRun { kind: RunKind::Prune, ..new(3) }),
        (4, NewRun { destination: None, ..new(4) }),
        (5, NewRun { request: Some("{}".into()), ..new(5) }),
        (6, NewRun { request: None, ..new(6) }),
    ] {
        assert_eq!(runs.insert_once(&other).await.unwrap(), new(n).id, "{n} is another");
    }
    runs.request_cancel(first).await.unwrap();
    assert_eq!(runs.insert_once(&new(7)).await.unwrap(), new(7).id, "the first is to stop");
    runs.finish(new(7).id, &finished(RunStatus::Success, 9)).await.unwrap();
    assert_eq!(runs.insert_once(&new(8)).await.unwrap(), new(8).id, "it is over");
}

#[tokio::test]
async fn a_run_goes_from_waiting_to_its_end_and_no_further() {
    let place = Place::new();
    let store = place.open().await;
    let runs = store.runs();
    let id = new_run(1, 0).id;
    runs.insert(&[new_run(1, 0)]).await.unwrap();
    assert!(!runs.set_status(id, RunStatus::Uploading).await.unwrap(), "it has not started");
    assert!(!runs.progress(id, "{}", &RunCounts::default()).await.unwrap());
    assert!(runs.start(id, at(5)).await.unwrap());
    assert!(!runs.start(id, at(6)).await.unwrap(), "only one starts it");
    for status in [RunStatus::Pending, RunStatus::Success] {
        assert!(!runs.set_status(id, status).await.unwrap(), "{status} is not something it does");
    }
    let counts = RunCounts {
        files_total: Some(10),
        files_done: 9,
        files_new: 8,
        files_changed: 7,
        files_unmodified: 6,
        files_skipped: 5,
        bytes_total: Some(1 << 50),
        bytes_done: 4,
        bytes_added: 3,
        bytes_stored: 2,
    };
    assert!(runs.progress(id, "{\"file\":\"a\"}", &counts).await.unwrap());
    assert!(runs.set_status(id, RunStatus::Uploading).await.unwrap());
    let found = runs.get(id).await.unwrap().unwrap();
    assert_eq!((found.counts, found.status), (counts, RunStatus::Uploading));
    assert_eq!(found.progress.as_deref(), Some("{\"file\":\"a\"}"));
    let error = runs.progress(id, "no JSON", &counts).await;
    assert!(matches!(error, Err(Error::Refused { .. })), "{error:?}");

    assert!(!runs.finish(id, &finished(RunStatus::Rotating, 7)).await.unwrap(), "not an end");
    let error = RunError { code: "full".into(), message: "Full.".into(), hint: Some("Go".into()) };
    let end = Finished {
        status: RunStatus::PartialSuccess,
        ended_at: at(9),
        counts: RunCounts { files_done: 10, bytes_total: None, ..counts },
        snapshot: Some("abc".into()),
        verified: true,
        result: Some("{\"kind\":\"verified\"}".into()),
        error: Some(error.clone()),
    };
    assert!(runs.finish(id, &end).await.unwrap());
    let over = runs.get(id).await.unwrap().unwrap();
    assert_eq!(
        (over.status, over.started_at, over.ended_at),
        (end.status, Some(at(5)), Some(at(9)))
    );
    assert_eq!(
        (over.counts, over.snapshot.as_deref(), over.verified),
        (end.counts, Some("abc"), true)
    );
    assert_eq!((&over.error, &over.progress), (&Some(error), &None));
    assert_eq!(over.result, end.result);

    assert!(!runs.finish(id, &finished(RunStatus::Failed, 20)).await.unwrap());
    assert!(!runs.start(id, at(20)).await.unwrap());
    assert!(!runs.set_status(id, RunStatus::Running).await.unwrap());
    assert!(!runs.progress(id, "{}", &counts).await.unwrap());
    assert!(!runs.request_cancel(id).await.unwrap());
    assert_eq!(runs.get(id).await.unwrap().unwrap(), over, "a run that is over never changes");
}

#[tokio::test]
async fn a_run_that_waits_can_be_cancelled() {
    let place = Place::new();
    let store = place.open().await;
    let runs = store.runs();
    let id = new_run(1, 0).id;
    runs.insert(&[new_run(1, 0)]).await.unwrap();
    assert!(runs.request_cancel(id).await.unwrap());
    assert!(runs.get(id).await.unwrap().unwrap().cancel_requested);
    assert!(runs.finish(id, &finished(RunStatus::Cancelled, 1)).await.unwrap());
    assert_eq!(status(&store, id).await, RunStatus::Cancelled);
    assert!(!runs.request_cancel(new_run(2, 0).id).await.unwrap());
}

#[tokio::test]
async fn a_run_is_paused_while_it_is_under_way_only() {
    let place = Place::new();
    let store = place.open().await;
    let runs = store.runs();
    let id = new_run(1, 0).id;
    let paused = async || runs.get(id).await.unwrap().unwrap().paused;
    runs.insert(&[new_run(1, 0)]).await.unwrap();
    assert!(!runs.set_paused(id, true).await.unwrap(), "it waits");
    runs.start(id, at(1)).await.unwrap();
    assert!(runs.set_paused(id, true).await.unwrap());
    assert!(paused().await);
    assert!(runs.set_status(id, RunStatus::Uploading).await.unwrap());
    assert!(paused().await, "what it does next does not matter");
    assert!(runs.set_paused(id, false).await.unwrap());
    assert!(!paused().await);
    assert!(runs.set_paused(id, true).await.unwrap());
    assert!(runs.finish(id, &finished(RunStatus::Failed, 3)).await.unwrap());
    assert!(!paused().await, "what is over stands still anyway");
    assert!(!runs.set_paused(id, true).await.unwrap());
}

#[tokio::test]
async fn waiting_and_interrupted_runs_are_found_oldest_first() {
    let place = Place::new();
    let store = place.open().await;
    let runs = store.runs();
    let new: Vec<_> = (1..=6).map(|n| new_run(n, 10 - n.cast_signed())).collect();
    runs.insert(&new).await.unwrap();
    let id: Vec<_> = new.iter().map(|run| run.id).collect();
    for started in [0, 2, 4] {
        runs.start(id[started], at(20)).await.unwrap();
    }
    runs.set_status(id[2], RunStatus::Rotating).await.unwrap();
    runs.finish(id[4], &finished(RunStatus::Failed, 30)).await.unwrap();
    runs.finish(id[5], &finished(RunStatus::Cancelled, 30)).await.unwrap();
    assert_eq!(ids(runs.pending().await).await, [id[3], id[1]]);
    assert_eq!(ids(runs.unfinished().await).await, [id[2], id[0]]);
}

#[tokio::test]
async fn runs_are_filtered_by_all_that_is_asked() {
    let place = Place::new();
    let store = place.open().await;
    store.destinations().insert(&crate::destination(1)).await.unwrap();
    let plan = crate::plan(1, &[crate::destination(1).id]);
    store.plans().save(&plan).await.unwrap();
    let runs = store.runs();
    let with_plan = NewRun { plan: Some(plan.id), ..new_run(1, 1) };
    let with_destination =
        NewRun { destination: Some(plan.targets[0].destination), ..new_run(2, 2) };
    let restore = NewRun { kind: RunKind::Restore, plan: Some(plan.id), ..new_run(3, 3) };
    let all = [with_plan.clone(), with_destination.clone(), restore.clone()];
    runs.insert(&all).await.unwrap();
    runs.start(restore.id, at(4)).await.unwrap();

    let any = RunFilter::default;
    let cases = [
        (any(), vec![&restore, &with_destination, &with_plan]),
        (RunFilter { limit: 1, ..any() }, vec![&restore]),
        (RunFilter { plan: Some(plan.id), ..any() }, vec![&restore, &with_plan]),
        (RunFilter { destination: with_destination.destination, ..any() }, vec![&with_destination]),
        (RunFilter { kinds: vec![RunKind::Restore, RunKind::Drill], ..any() }, vec![&restore]),
        (
            RunFilter { statuses: vec![RunStatus::Pending, RunStatus::Failed], ..any() },
            vec![&with_destination, &with_plan],
        ),
        (
            RunFilter { plan: Some(plan.id), kinds: vec![RunKind::Backup], ..any() },
            vec![&with_plan],
        ),
        (RunFilter { before: Some((at(2), with_destination.id)), ..any() }, vec![&with_plan]),
    ];
    for (filter, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|run| run.id).collect();
        assert_eq!(ids(runs.list(&filter).await).await, expected, "{filter:?}");
    }
}
