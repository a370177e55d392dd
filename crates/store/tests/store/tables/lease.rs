use crate::{Place, at};
use store::Lease;

#[tokio::test]
async fn one_process_holds_the_lease() {
    let place = Place::new();
    let store = place.open().await;
    let lease = store.lease();
    assert_eq!(lease.get().await.unwrap(), None);
    assert!(!lease.renew("window", 1, at(0)).await.unwrap(), "nobody holds it");
    assert_eq!(lease.take("window", 1, at(1)).await.unwrap(), None);
    assert!(lease.renew("window", 1, at(2)).await.unwrap());
    let held = Lease { holder: "window".into(), pid: 1, acquired_at: at(1), renewed_at: at(2) };
    assert_eq!(lease.get().await.unwrap(), Some(held.clone()));

    let before = lease.take("daemon", 4_000_000_000, at(3)).await.unwrap();
    assert_eq!(before, Some(held), "who did not release it is named");
    assert!(!lease.renew("window", 1, at(4)).await.unwrap());
    assert!(!lease.release("window", 1).await.unwrap());
    assert!(lease.release("daemon", 4_000_000_000).await.unwrap());
    assert_eq!(lease.get().await.unwrap(), None);
}
