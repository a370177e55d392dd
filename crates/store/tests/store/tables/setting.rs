use crate::Place;

#[tokio::test]
async fn settings_are_set_changed_and_forgotten() {
    let place = Place::new();
    let store = place.open().await;
    let settings = store.settings();
    assert_eq!(settings.get("theme").await.unwrap(), None);
    settings.set("theme", "dark").await.unwrap();
    settings.set("language", "de").await.unwrap();
    settings.set("theme", "lïght").await.unwrap();
    assert_eq!(settings.get("theme").await.unwrap().as_deref(), Some("lïght"));
    let all: Vec<_> = settings.all().await.unwrap().into_iter().collect();
    let expected = [("language", "de"), ("theme", "lïght")].map(|(k, v)| (k.into(), v.into()));
    assert_eq!(all, expected);
    assert!(settings.delete("theme").await.unwrap());
    assert!(!settings.delete("theme").await.unwrap());
    assert_eq!(settings.get("theme").await.unwrap(), None);
}
