use crate::{Place, at, destination, plan, strange_path};
use store::{Destination, Error, Location, Remote, Sealed};

#[tokio::test]
async fn destinations_come_back_as_they_were() {
    let place = Place::new();
    let store = place.open().await;
    let destinations = store.destinations();
    let one = destination(1);
    let two = Destination {
        file_system: None,
        device: Some("sdb".into()),
        off_disk: None,
        removable: false,
        last_seen_at: Some(at(9)),
        last_copy_at: None,
        capacity_total: None,
        capacity_free: Some(0),
        stored_bytes: Some(5_000_000_000_000),
        reclaimable_bytes: Some(0),
        measured_at: Some(at(8)),
        latency_ms: Some(9),
        vault: String::new(),
        location: Location::Remote(Remote {
            kind: "s3".into(),
            preset: Some("aws".into()),
            settings: [("bucket".into(), "b \"ü\"".into()), ("folder".into(), String::new())]
                .into(),
        }),
        ..destination(2)
    };
    destinations.insert(&two).await.unwrap();
    destinations.insert(&one).await.unwrap();
    assert_eq!(destinations.list().await.unwrap(), [one.clone(), two.clone()], "by age");
    assert_eq!(destinations.get(two.id).await.unwrap(), Some(two.clone()));
    assert_eq!(destinations.by_name("Disk 1").await.unwrap(), Some(one.clone()));
    assert_eq!(destinations.by_name("disk").await.unwrap(), None);

    let moved =
        Destination { location: Location::Folder(strange_path(77)), off_disk: Some(false), ..two };
    assert!(destinations.update(&moved).await.unwrap());
    assert_eq!(destinations.get(moved.id).await.unwrap(), Some(moved.clone()));
    assert!(destinations.delete(moved.id).await.unwrap());
    assert!(!destinations.delete(moved.id).await.unwrap());
    assert!(!destinations.update(&moved).await.unwrap());
    assert_eq!(destinations.list().await.unwrap(), [one]);
}

#[tokio::test]
async fn a_destination_and_its_secrets_come_and_go_together() {
    let place = Place::new();
    let store = place.open().await;
    let (destinations, credentials) = (store.destinations(), store.credentials());
    let remote = |kind: &str| Remote { kind: kind.into(), ..Remote::default() };
    let one = Destination { location: Location::Remote(remote("s3")), ..destination(1) };
    let two = destination(2);
    let (s3, webdav) = (remote("s3"), remote("webdav"));
    let sealed = |bytes: &'static [u8]| Sealed { id: "destination:1", bytes, at: at(1) };
    let kept = async || {
        let found = store.credentials().get("destination:1").await.unwrap();
        found.map(|found| found.sealed)
    };
    destinations.insert_with(&one, sealed(b"first")).await.unwrap();
    assert_eq!(kept().await.as_deref(), Some(&b"first"[..]));
    let said = destinations.say_anew(one.id, "Other", &webdav, sealed(b"second"));
    assert!(said.await.unwrap());
    let changed = Destination {
        name: "Other".into(),
        location: Location::Remote(remote("webdav")),
        ..one.clone()
    };
    assert_eq!(kept().await.as_deref(), Some(&b"second"[..]));
    assert_eq!(destinations.get(one.id).await.unwrap(), Some(changed.clone()));

    // What is refused changes neither.
    let taken = Destination { name: "Other".into(), ..two.clone() };
    destinations.insert_with(&taken, sealed(b"third")).await.unwrap_err();
    destinations.insert(&two).await.unwrap();
    let said = destinations.say_anew(one.id, &two.name, &s3, sealed(b"third"));
    said.await.unwrap_err();
    let said = destinations.say_anew(destination(3).id, "Gone", &s3, sealed(b"third"));
    assert!(!said.await.unwrap());
    assert_eq!(kept().await.as_deref(), Some(&b"second"[..]));
    assert_eq!(destinations.get(one.id).await.unwrap(), Some(changed));

    // One that is in use keeps its secrets.
    let plan = plan(1, &[one.id]);
    store.plans().save(&plan).await.unwrap();
    destinations.delete_with(one.id, "destination:1").await.unwrap_err();
    assert!(kept().await.is_some());
    store.plans().delete(plan.id).await.unwrap();
    assert!(destinations.delete_with(one.id, "destination:1").await.unwrap());
    assert!(credentials.ids().await.unwrap().is_empty());
    assert_eq!(destinations.list().await.unwrap(), [two]);
}

#[tokio::test]
async fn seeing_a_destination_keeps_what_is_not_known_now() {
    let place = Place::new();
    let store = place.open().await;
    let destinations = store.destinations();
    let one = destination(1);
    destinations.insert(&one).await.unwrap();
    assert!(destinations.seen(one.id, at(10), None, Some(7)).await.unwrap());
    assert!(destinations.copied(one.id, at(11), 500).await.unwrap());
    let expected = Destination {
        last_seen_at: Some(at(10)),
        last_copy_at: Some(at(11)),
        capacity_free: Some(7),
        ..one
    };
    assert_eq!(destinations.get(expected.id).await.unwrap(), Some(expected));
    assert!(!destinations.copied(destination(2).id, at(1), 0).await.unwrap());
}

#[tokio::test]
async fn what_is_stored_grows_once_it_was_measured() {
    let place = Place::new();
    let store = place.open().await;
    let destinations = store.destinations();
    let one = destination(1);
    destinations.insert(&one).await.unwrap();
    let figures = async || {
        let row = store.destinations().get(one.id).await.unwrap().unwrap();
        (row.stored_bytes, row.reclaimable_bytes, row.measured_at)
    };
    destinations.copied(one.id, at(10), 500).await.unwrap();
    assert_eq!(figures().await, (None, None, None), "what was there before is not known");
    assert!(destinations.measured(one.id, at(11), 4_000, Some(30)).await.unwrap());
    destinations.copied(one.id, at(12), 500).await.unwrap();
    assert_eq!(figures().await, (Some(4_500), Some(30), Some(at(11))));
    assert!(destinations.measured(one.id, at(13), 4_600, None).await.unwrap());
    assert_eq!(figures().await, (Some(4_600), None, Some(at(13))));
    assert!(!destinations.measured(destination(2).id, at(1), 0, None).await.unwrap());
}

#[tokio::test]
async fn names_differ_and_destinations_in_use_stay() {
    let place = Place::new();
    let store = place.open().await;
    let destinations = store.destinations();
    let one = destination(1);
    destinations.insert(&one).await.unwrap();
    let same = Destination { name: one.name.clone(), ..destination(2) };
    let taken = destinations.insert(&same).await.unwrap_err();
    assert!(matches!(&taken, Error::Taken { column } if column == "destination.name"), "{taken:?}");
    let nameless = Destination { name: String::new(), ..destination(3) };
    let refused = destinations.insert(&nameless).await.unwrap_err();
    assert!(matches!(refused, Error::Refused { .. }), "{refused:?}");

    let plan = plan(1, &[one.id]);
    store.plans().save(&plan).await.unwrap();
    let used = destinations.delete(one.id).await.unwrap_err();
    assert!(matches!(used, Error::Reference), "{used:?}");
    store.plans().delete(plan.id).await.unwrap();
    assert!(destinations.delete(one.id).await.unwrap());
}
