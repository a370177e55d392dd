use crate::{Place, at, destination, finished, new_run, plan};
use model::{DestinationId, RunId, RunKind, RunStatus, TargetId};
use store::{Days, Finished, NewRun, Plan, Run, RunFilter, Store};

/// Two plans with two targets each.
async fn with_plans() -> (Place, Store, [Plan; 2]) {
    let place = Place::new();
    let store = place.open().await;
    let to = [destination(1), destination(2)];
    for it in &to {
        store.destinations().insert(it).await.unwrap();
    }
    let plans = [1, 2].map(|n| plan(n, &[to[0].id, to[1].id]));
    for plan in &plans {
        store.plans().save(plan).await.unwrap();
    }
    (place, store, plans)
}

/// A run of a target, queued at `second` and with this status; over ten seconds
/// later if it is over.
async fn add(
    store: &Store,
    plan: &Plan,
    target: TargetId,
    kind: RunKind,
    second: i64,
    status: RunStatus,
) -> RunId {
    let seed = u64::try_from(second).unwrap() * 100 + kind as u64;
    let new = NewRun { kind, plan: Some(plan.id), target: Some(target), ..new_run(seed, second) };
    let id = new.id;
    store.runs().insert(&[new]).await.unwrap();
    if status.is_over() {
        assert!(store.runs().finish(id, &finished(status, second + 10)).await.unwrap());
    } else if status.is_active() {
        assert!(store.runs().start(id, at(second)).await.unwrap());
        assert!(store.runs().set_status(id, status).await.unwrap());
    }
    id
}

#[tokio::test]
async fn the_last_and_the_last_good_run_of_each_target_are_found() {
    use RunStatus::{Failed, PartialSuccess, Success, Uploading};
    let (_place, store, [one, two]) = with_plans().await;
    let (a, b) = (one.targets[0].id, one.targets[1].id);
    let c = two.targets[0].id;
    let backup = RunKind::Backup;
    add(&store, &one, a, backup, 1, Success).await;
    let good = add(&store, &one, a, backup, 2, PartialSuccess).await;
    add(&store, &one, a, backup, 3, Failed).await;
    let last = add(&store, &one, a, backup, 4, Uploading).await;
    add(&store, &one, a, RunKind::Verify, 5, Success).await;
    let only = add(&store, &one, b, backup, 6, Failed).await;
    let both = add(&store, &two, c, backup, 7, Success).await;

    let found = store.runs().latest_per_target(backup).await.unwrap();
    assert_eq!(found.len(), 3, "the fourth target has never run");
    let ids = |target| {
        let latest: &store::LatestRuns = &found[target];
        (latest.last.id, latest.last_good.as_ref().map(|run: &Run| run.id))
    };
    assert_eq!(ids(&a), (last, Some(good)));
    assert_eq!(ids(&b), (only, None));
    assert_eq!(ids(&c), (both, Some(both)));
    let verified = store.runs().latest_per_target(RunKind::Verify).await.unwrap();
    assert_eq!(verified.keys().collect::<Vec<_>>(), [&a]);
}

#[tokio::test]
async fn the_days_of_a_plan_are_those_of_its_backups() {
    use RunStatus::{Failed, Pending, Success};
    let (_place, store, [one, two]) = with_plans().await;
    let (a, b, c) = (one.targets[0].id, one.targets[1].id, two.targets[0].id);
    let backup = RunKind::Backup;
    add(&store, &one, a, backup, 1, Success).await;
    let first = add(&store, &one, a, backup, 2, Failed).await;
    add(&store, &one, a, RunKind::Drill, 3, Success).await;
    let second = add(&store, &one, a, backup, 4, Pending).await;
    let other = add(&store, &one, b, backup, 5, Success).await;
    add(&store, &two, c, backup, 6, Success).await;

    let days = store.runs().days(Days::Plan(one.id), at(2)).await.unwrap();
    assert_eq!(days.len(), 2);
    let strip: Vec<_> = days[&a].iter().map(|day| (day.run, day.status, day.ended_at)).collect();
    assert_eq!(strip, [(first, Failed, Some(at(12))), (second, Pending, None)]);
    assert_eq!((days[&b][0].run, days[&b][0].queued_at), (other, at(5)));
    let one_target = store.runs().days(Days::Target(b), at(0)).await.unwrap();
    assert_eq!(one_target.keys().collect::<Vec<_>>(), [&b]);
    assert_eq!(store.runs().days(Days::All, at(0)).await.unwrap().len(), 3);
}

#[tokio::test]
async fn old_runs_are_forgotten_but_for_what_proves_protection() {
    use RunStatus::{Failed, Pending, Success};
    let (_place, store, [one, _]) = with_plans().await;
    let (a, b) = (one.targets[0].id, one.targets[1].id);
    let backup = RunKind::Backup;
    let older = add(&store, &one, a, backup, 1, Success).await;
    let proof = add(&store, &one, a, backup, 2, Success).await;
    let failed = add(&store, &one, a, backup, 3, Failed).await;
    let drill = add(&store, &one, a, RunKind::Drill, 4, Success).await;
    let waiting = add(&store, &one, b, backup, 5, Pending).await;
    let recent = add(&store, &one, b, backup, 50, Failed).await;
    let line = store::NewLine { at: at(1), level: model::LogLevel::Info, message: "x".into() };
    store.run_log().append(older, std::slice::from_ref(&line)).await.unwrap();
    store.run_log().append(proof, &[line]).await.unwrap();

    assert_eq!(store.runs().delete_before(at(40)).await.unwrap(), 2);
    let left: Vec<_> = store.runs().list(&RunFilter::default()).await.unwrap();
    let left: Vec<_> = left.iter().map(|run| run.id).collect();
    assert_eq!(left, [recent, waiting, drill, proof]);
    assert!(!left.contains(&failed));
    assert_eq!(store.run_log().list(older, 0, 10).await.unwrap(), []);
    assert_eq!(store.run_log().list(proof, 0, 10).await.unwrap().len(), 1);
}

/// A verification that ended ten seconds after `second`, and came to its end
/// where a depth is given.
async fn verify(
    store: &Store,
    destination: DestinationId,
    second: i64,
    status: RunStatus,
    depth: Option<&str>,
) -> RunId {
    let seed = u64::try_from(second).unwrap() + 70_000;
    let kind = RunKind::Verify;
    let new = NewRun { kind, destination: Some(destination), ..new_run(seed, second) };
    let id = new.id;
    store.runs().insert(&[new]).await.unwrap();
    let result = depth.map(|depth| format!("{{\"depth\":\"{depth}\"}}"));
    let end = Finished { result, ..finished(status, second + 10) };
    assert!(store.runs().finish(id, &end).await.unwrap());
    id
}

#[tokio::test]
async fn the_newest_verifications_of_each_depth_are_found_and_stay() {
    use RunStatus::{Cancelled, Failed, Success};
    let (_place, store, [one, _]) = with_plans().await;
    let (here, there) = (one.targets[0].destination, one.targets[1].destination);
    verify(&store, here, 1, Success, Some("structure")).await;
    verify(&store, here, 2, Failed, Some("everything")).await;
    let damaged = verify(&store, here, 3, Failed, Some("everything")).await;
    verify(&store, here, 4, Cancelled, None).await;
    verify(&store, here, 5, Failed, None).await;
    let sound = verify(&store, here, 6, Success, Some("structure")).await;
    let other = verify(&store, there, 7, Success, Some("structure")).await;
    let sample = verify(&store, here, 8, Success, Some("sample")).await;

    let expected = [sample, sound, damaged];
    let found = store.runs().verifications(here).await.unwrap();
    assert_eq!(found.iter().map(|run| run.id).collect::<Vec<_>>(), expected);
    assert_eq!(store.runs().delete_before(at(100)).await.unwrap(), 4);
    assert_eq!(store.runs().verifications(here).await.unwrap(), found);
    assert_eq!(store.runs().verifications(there).await.unwrap()[0].id, other);
}
