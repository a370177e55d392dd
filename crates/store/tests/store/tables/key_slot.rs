use crate::{Place, at};
use model::KeySlotKind;

#[tokio::test]
async fn each_slot_holds_one_key() {
    let place = Place::new();
    let store = place.open().await;
    let slots = store.key_slots();
    assert_eq!(slots.get(KeySlotKind::Passphrase).await.unwrap(), None);
    slots.put(KeySlotKind::Passphrase, b"wrapped \0\xff", at(1)).await.unwrap();
    slots.put(KeySlotKind::Keychain, b"other", at(2)).await.unwrap();
    slots.put(KeySlotKind::Passphrase, b"anew", at(3)).await.unwrap();
    let found = slots.get(KeySlotKind::Passphrase).await.unwrap().unwrap();
    assert_eq!((found.kind, found.content.as_slice()), (KeySlotKind::Passphrase, &b"anew"[..]));
    assert_eq!(found.created_at, at(3));
    assert!(!format!("{found:?}").contains("content"), "a key is not written to logs");
    assert!(slots.delete(KeySlotKind::Passphrase).await.unwrap());
    assert!(!slots.delete(KeySlotKind::Passphrase).await.unwrap());
    assert_eq!(slots.get(KeySlotKind::Keychain).await.unwrap().unwrap().content, b"other");
}
