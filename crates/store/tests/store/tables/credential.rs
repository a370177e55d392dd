use crate::{Place, at};

#[tokio::test]
async fn credentials_come_back_as_they_were_sealed() {
    let place = Place::new();
    let store = place.open().await;
    let credentials = store.credentials();
    let sealed: Vec<u8> = (0..=255).collect();
    credentials.put("vault", &sealed, at(1)).await.unwrap();
    credentials.put("drive", b"old", at(2)).await.unwrap();
    credentials.put("drive", b"new", at(3)).await.unwrap();
    assert_eq!(credentials.get("vault").await.unwrap().unwrap().sealed, sealed);
    let found = credentials.get("drive").await.unwrap().unwrap();
    assert_eq!((found.created_at, found.updated_at), (at(2), at(3)));
    assert_eq!(found.sealed, b"new");
    assert!(!format!("{found:?}").contains("sealed"));
    assert_eq!(credentials.ids().await.unwrap(), ["drive", "vault"]);
    assert!(credentials.delete("drive").await.unwrap());
    assert!(!credentials.delete("drive").await.unwrap());
    assert_eq!(credentials.get("drive").await.unwrap(), None);
}
