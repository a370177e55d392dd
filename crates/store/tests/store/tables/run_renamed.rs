use crate::{Place, new_run, strange_path};
use store::{Error, Renamed};

#[tokio::test]
async fn what_was_given_another_name_is_listed() {
    let place = Place::new();
    let store = place.open().await;
    let (run, other) = (new_run(1, 0).id, new_run(2, 0).id);
    store.runs().insert(&[new_run(1, 0), new_run(2, 0)]).await.unwrap();
    let list: Vec<_> =
        (0..5).map(|n| Renamed { path: strange_path(n), name: strange_path(n + 10) }).collect();
    let renamed = store.run_renamed();
    renamed.add(run, &list[..3]).await.unwrap();
    renamed.add(run, &list[3..]).await.unwrap();
    renamed.add(other, &list[4..]).await.unwrap();
    assert_eq!(renamed.list(run, 0, 100).await.unwrap(), list);
    assert_eq!(renamed.list(run, 1, 2).await.unwrap(), list[1..3]);
    assert_eq!(renamed.list(other, 0, 100).await.unwrap(), list[4..]);
    let error = renamed.add(new_run(3, 0).id, &list).await;
    assert!(matches!(error, Err(Error::Reference)), "{error:?}");
}
