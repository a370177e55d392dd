use crate::{Place, at, destination, new_run, plan, random, target};
use model::{TargetId, TargetKind};
use store::{Error, NewRun, Plan, Store, Target};

async fn with_destinations() -> (Place, Store, Vec<model::DestinationId>) {
    let place = Place::new();
    let store = place.open().await;
    let mut ids = Vec::new();
    for n in 1..=3 {
        store.destinations().insert(&destination(n)).await.unwrap();
        ids.push(destination(n).id);
    }
    (place, store, ids)
}

#[tokio::test]
async fn plans_come_back_with_their_parts_in_order() {
    let (_place, store, to) = with_destinations().await;
    let full = plan(1, &[to[2], to[0]]);
    let bare = Plan {
        paused_until: None,
        time_zone: None,
        enabled: false,
        sources: Vec::new(),
        excludes: Vec::new(),
        ..plan(2, &[])
    };
    store.plans().save(&bare).await.unwrap();
    store.plans().save(&full).await.unwrap();
    assert_eq!(store.plans().get(full.id).await.unwrap(), Some(full.clone()));
    assert_eq!(store.plans().by_name("Plan 2").await.unwrap(), Some(bare.clone()));
    assert_eq!(store.plans().list().await.unwrap(), [full, bare]);
    assert_eq!(store.plans().get(plan(3, &[]).id).await.unwrap(), None);
    assert_eq!(store.plans().by_name("Plan 3").await.unwrap(), None);
}

#[tokio::test]
async fn saving_again_replaces_a_plan_and_keeps_what_its_runs_refer_to() {
    let (_place, store, to) = with_destinations().await;
    let first = plan(1, &[to[0], to[1]]);
    store.plans().save(&first).await.unwrap();
    let run = |n: u64, target: TargetId| NewRun {
        plan: Some(first.id),
        target: Some(target),
        destination: Some(to[0]),
        ..new_run(n, 0)
    };
    let (kept, gone) = (run(1, first.targets[1].id), run(2, first.targets[0].id));
    store.runs().insert(&[kept.clone(), gone.clone()]).await.unwrap();

    let second = Plan {
        name: "Renamed".into(),
        sources: vec!["/only".into()],
        excludes: Vec::new(),
        targets: vec![
            Target { kind: TargetKind::Readable, ..target(TargetId::new(&random(99)), to[2]) },
            Target { schedule: None, retention: Some("[]".into()), ..first.targets[1].clone() },
        ],
        created_at: at(500),
        updated_at: at(501),
        ..first.clone()
    };
    store.plans().save(&second).await.unwrap();
    let expected = Plan { created_at: first.created_at, ..second };
    assert_eq!(store.plans().get(first.id).await.unwrap(), Some(expected));
    let target_of = async |run: &NewRun| store.runs().get(run.id).await.unwrap().unwrap().target;
    assert_eq!(target_of(&kept).await, kept.target);
    assert_eq!(target_of(&gone).await, None);

    assert!(store.plans().set_enabled(first.id, false, at(600)).await.unwrap());
    let found = store.plans().get(first.id).await.unwrap().unwrap();
    assert_eq!((found.enabled, found.updated_at), (false, at(600)));
    assert!(store.plans().delete(first.id).await.unwrap());
    assert!(!store.plans().delete(first.id).await.unwrap());
    assert!(!store.plans().set_enabled(first.id, true, at(1)).await.unwrap());
    let run = store.runs().get(kept.id).await.unwrap().unwrap();
    assert_eq!((run.plan, run.target, run.plan_name.as_str()), (None, None, "Documents"));
}

#[tokio::test]
async fn what_is_refused_changes_nothing() {
    let (_place, store, to) = with_destinations().await;
    let good = plan(1, &[to[0]]);
    store.plans().save(&good).await.unwrap();
    let other = plan(2, &[to[1]]);
    store.plans().save(&other).await.unwrap();
    let changed = Plan { sources: vec!["/new".into()], ..good.clone() };
    let broken = |targets: Vec<Target>| Plan { targets, ..changed.clone() };
    let own = &good.targets[0];
    let twice = Target { id: TargetId::new(&random(50)), ..own.clone() };
    let cases = [
        (Plan { name: other.name.clone(), ..changed.clone() }, "taken"),
        (broken(vec![own.clone(), twice]), "taken"),
        (broken(vec![Target { destination: destination(9).id, ..own.clone() }]), "reference"),
        (broken(vec![Target { id: other.targets[0].id, ..own.clone() }]), "refused"),
        (broken(vec![Target { schedule: Some("{not JSON".into()), ..own.clone() }]), "refused"),
        (Plan { name: String::new(), ..changed.clone() }, "refused"),
    ];
    for (case, expected) in cases {
        let error = store.plans().save(&case).await.unwrap_err();
        let found = match error {
            Error::Taken { .. } => "taken",
            Error::Reference => "reference",
            Error::Refused { .. } => "refused",
            other => panic!("{other:?}"),
        };
        assert_eq!(found, expected, "{case:?}");
        assert_eq!(store.plans().list().await.unwrap(), [good.clone(), other.clone()]);
    }
}
