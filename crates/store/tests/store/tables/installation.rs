use crate::{Place, at};

#[tokio::test]
async fn an_installation_keeps_its_id() {
    let place = Place::new();
    let store = place.open().await;
    let first = store.installation().get().await.unwrap();
    assert_eq!(first.created_at, at(0));
    assert_eq!(
        (first.kit_saved_at, first.kit_confirmed_at, first.first_success_at),
        (None, None, None)
    );
    store.close().await;
    let again = place.open().await.installation().get().await.unwrap();
    assert_eq!(again, first);
    let elsewhere = Place::new();
    let other = elsewhere.open().await.installation().get().await.unwrap();
    assert_ne!(other.machine, first.machine);
}

#[tokio::test]
async fn what_happened_is_remembered() {
    let place = Place::new();
    let store = place.open().await;
    store.installation().kit_saved(at(1)).await.unwrap();
    store.installation().kit_confirmed(at(2)).await.unwrap();
    assert!(store.installation().first_success(at(3)).await.unwrap());
    assert!(!store.installation().first_success(at(4)).await.unwrap(), "there is one first");
    let found = store.installation().get().await.unwrap();
    let times = [found.kit_saved_at, found.kit_confirmed_at, found.first_success_at];
    assert_eq!(times, [Some(at(1)), Some(at(2)), Some(at(3))]);
}
